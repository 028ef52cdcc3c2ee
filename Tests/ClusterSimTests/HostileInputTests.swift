// Requests that no honest client sends: refused, never a trap.

import HTTPModel
import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct HostileInputTests {
    @Test(arguments: [
        "", "/", "//", "/api", "/api/", "/api/v1/", "/apis//v1/x", "/api/v1/namespaces",
        "/api/v1/namespaces//configmaps",
        "/api/v1/namespaces/default/configmaps/%2e%2e", "/api/v1/namespaces/a/b/c/d/e/f", "/%",
        "/api/v1/pods?limit=-5",
        "/api/v1/pods?limit=9223372036854775807", "/api/v1/pods?continue=%00",
        "/api/v1/pods?fieldSelector=%3D%3D",
        "/api/v1/pods?labelSelector=%28%28%28", "/api/v1/pods?resourceVersion=99999999999999999999",
        "/api/v1/pods?resourceVersion=18446744073709551615", "/api/v1/pods?fieldSelector=a%5C",
        "/openapi/v3/apis", "/openapi/v3/apis//", "/openapi", "/healthz/x/y", "/api/v1/watch",
        "/api/v1/watch/pods/x",
    ])
    func `odd paths and queries are answered`(target: String) {
        var harness = Harness()
        for method in ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"] {
            let request = HTTPRequest(
                method: method, target: target, headers: ["Content-Type": "application/json"],
                body: [0x7B, 0x7D])
            guard
                case .response(let response) = harness.machine.handle(request, user: .admin, now: harness.now)
            else { continue }
            #expect((200..<600).contains(response.status), "\(method) \(target)")
        }
    }

    @Test(arguments: [
        "null", "[]", "1", "\"x\"", "{\"metadata\":1}", "{\"metadata\":{\"name\":{}}}",
        "{\"metadata\":{\"name\":\"a\",\"labels\":[1]}}",
        "{\"metadata\":{\"name\":\"a\",\"finalizers\":{\"a\":1}}}",
        "{\"metadata\":{\"name\":\"a\",\"ownerReferences\":[1,{}]}}",
        "{\"metadata\":{\"name\":\"a\",\"managedFields\":[1,{\"fieldsV1\":1}]}}",
        "{\"metadata\":{\"name\":\"a\",\"generation\":-9223372036854775808}}",
        "{\"metadata\":{\"name\":\"a\",\"deletionTimestamp\":\"never\"}}", "{\"a\":1,\"a\":2}",
        "{\"metadata\":{\"generateName\":\"\",\"name\":\"\"}}",
    ])
    func `odd bodies are answered`(body: String) {
        var harness = Harness()
        let kinds = [
            "api/v1/namespaces/default/configmaps", "api/v1/namespaces/default/pods", "api/v1/namespaces",
            "apis/apps/v1/namespaces/default/deployments",
            "apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        ]
        for kind in kinds {
            for (method, suffix, type) in [
                ("POST", "", "application/json"), ("POST", "", "application/yaml"),
                ("PUT", "/a", "application/json"), ("PATCH", "/a", "application/merge-patch+json"),
                ("PATCH", "/a", "application/json-patch+json"), ("DELETE", "/a", "application/json"),
                ("PATCH", "/a", "application/strategic-merge-patch+json"),
                ("PATCH", "/a?fieldManager=m", "application/apply-patch+yaml"),
            ] {
                let request = HTTPRequest(
                    method: method, target: "/\(kind)\(suffix)", headers: ["Content-Type": type],
                    body: Array(body.utf8))
                guard
                    case .response(let response) = harness.machine.handle(
                        request, user: .admin, now: harness.now)
                else { continue }
                #expect((200..<600).contains(response.status), "\(method) \(kind) \(body)")
            }
            harness.machine.tick(now: harness.now)
        }
    }

    @Test func `a body beyond the limit is too large`() {
        var harness = Harness()
        let request = HTTPRequest(
            method: "POST", target: "/api/v1/namespaces/default/configmaps",
            headers: ["Content-Type": "application/json"],
            body: [UInt8](repeating: 0x20, count: Limits.bodyByteCountMax + 1))
        guard case .response(let response) = harness.machine.handle(request, user: .admin, now: harness.now)
        else { return }
        #expect(response.status == 413)
    }

    @Test func `deep nesting is refused before it can hurt`() {
        var harness = Harness()
        let text = String(repeating: "[", count: 100_000)
        let request = HTTPRequest(
            method: "POST", target: "/api/v1/namespaces/default/configmaps",
            headers: ["Content-Type": "application/json"], body: Array(text.utf8))
        guard case .response(let response) = harness.machine.handle(request, user: .admin, now: harness.now)
        else { return }
        #expect(response.status == 400)
    }
}
