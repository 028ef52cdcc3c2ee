// Who may do what: tokens, roles, impersonation, reviews.

import HTTPModel
import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct AccessTests {
    /// A service account's user by a token that the server made.
    private func account(_ harness: inout Harness, _ name: String) throws -> (token: String, user: UserInfo) {
        harness.send(
            "POST", "/api/v1/namespaces/default/serviceaccounts",
            ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": .string(name)]])
        let answer = harness.send(
            "POST", "/api/v1/namespaces/default/serviceaccounts/\(name)/token",
            ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": [:]])
        let token = try #require(answer.body["status"]["token"].string)
        let headers: HTTPHeaders = ["Authorization": "Bearer \(token)"]
        return (token, try #require(harness.machine.authenticate(headers, now: harness.now)))
    }

    @Test func `the digest is that of the standard's example`() {
        let digest = SHA256.digest(Array("abc".utf8)).map { String($0, radix: 16) }.joined()
        #expect(digest == "ba7816bf8f1cfea414140de5dae2223b0361a396177a9cb410ff61f2015ad")
    }

    @Test func `the authentication code is that of RFC 4231's second case`() {
        let code = SHA256.authenticationCode(
            Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(code.prefix(4) == [0x5B, 0xDC, 0xC1, 0x46])
    }

    @Test func `a token names its account, until the account is gone or the time is over`() throws {
        var harness = Harness()
        let (token, user) = try account(&harness, "robot")
        #expect(user.name == "system:serviceaccount:default:robot")
        let headers: HTTPHeaders = ["Authorization": "Bearer \(token)"]
        let later = harness.now + .seconds(3601)
        #expect(harness.machine.authenticate(headers, now: later) == nil)
        harness.send("DELETE", "/api/v1/namespaces/default/serviceaccounts/robot")
        #expect(harness.machine.authenticate(headers, now: harness.now) == nil)
    }

    @Test(arguments: [
        "", "Bearer ", "Bearer a.b.c", "Bearer nonsense", "Basic dTpw", "Bearer ..", "bearer ééé",
    ])
    func `other credentials are nobody's`(value: String) {
        let harness = Harness()
        let headers: HTTPHeaders = value.isEmpty ? [:] : ["Authorization": value]
        #expect(harness.machine.authenticate(headers, now: harness.now) == nil)
    }

    @Test func `a changed token is refused`() throws {
        var harness = Harness()
        let (token, _) = try account(&harness, "robot")
        var parts = token.split(separator: ".").map(String.init)
        parts[1] = String(parts[1].reversed())
        let headers: HTTPHeaders = ["Authorization": "Bearer \(parts.joined(separator: "."))"]
        #expect(harness.machine.authenticate(headers, now: harness.now) == nil)
    }

    @Test func `an account may do what a binding gives, and nothing else`() throws {
        var harness = Harness()
        let (_, user) = try account(&harness, "robot")
        let path = "/api/v1/namespaces/default/configmaps"
        harness.user = user
        #expect(harness.send("GET", path).status == 403)
        harness.user = .admin
        let group = "rbac.authorization.k8s.io"
        harness.send(
            "POST", "/apis/\(group)/v1/namespaces/default/rolebindings",
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                "metadata": ["name": "r"],
                "roleRef": ["apiGroup": .string(group), "kind": "ClusterRole", "name": "view"],
                "subjects": [["kind": "ServiceAccount", "name": "robot", "namespace": "default"]],
            ])
        harness.user = user
        #expect(harness.send("GET", path).status == 200)
        #expect(harness.send("POST", path, Harness.configMap("a")).status == 403)
        #expect(harness.send("GET", "/api/v1/configmaps").status == 403)
        #expect(harness.send("GET", "/api/v1/namespaces/default/secrets").status == 403)
    }

    @Test func `nobody grants more than they have`() throws {
        var harness = Harness()
        let (_, user) = try account(&harness, "robot")
        let group = "rbac.authorization.k8s.io"
        let role: JSON = [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": ["name": "binder"],
            "rules": [["apiGroups": [.string(group)], "resources": ["rolebindings"], "verbs": ["create"]]],
        ]
        harness.send("POST", "/apis/\(group)/v1/clusterroles", role)
        harness.send(
            "POST", "/apis/\(group)/v1/clusterrolebindings",
            [
                "metadata": ["name": "binder"],
                "roleRef": ["apiGroup": .string(group), "kind": "ClusterRole", "name": "binder"],
                "subjects": [["kind": "ServiceAccount", "name": "robot", "namespace": "default"]],
            ])
        harness.user = user
        let refused = harness.send(
            "POST", "/apis/\(group)/v1/namespaces/default/rolebindings",
            [
                "metadata": ["name": "x"],
                "roleRef": ["apiGroup": .string(group), "kind": "ClusterRole", "name": "cluster-admin"],
            ])
        #expect(refused.status == 403)
        #expect(refused.body["message"].string?.contains("attempting to grant RBAC permissions") == true)
    }

    @Test func `acting as another takes that one's rights`() {
        var harness = Harness()
        let path = "/api/v1/namespaces/default/configmaps"
        #expect(harness.send("GET", path, headers: ["Impersonate-User": "someone"]).status == 403)
        let review: JSON = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": ["resourceAttributes": ["verb": "get", "resource": "pods", "namespace": "default"]],
        ]
        let target = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        #expect(harness.send("POST", target, review).body["status"]["allowed"] == true)
        let other = harness.send("POST", target, review, headers: ["Impersonate-User": "someone"])
        #expect(other.body["status"]["allowed"] == false)
    }
}
