// kubeconfig files: merging, contexts, credentials.

import JSONTree
import KubeClient
import KubeModel
import Testing
import Transport

@Suite struct KubeconfigTests {
    private func config(_ texts: String...) throws -> Kubeconfig {
        try Kubeconfig.parse(texts.enumerated().map { ("/users/u/.kube/config\($0)", Array($1.utf8)) })
    }

    private let base = """
        apiVersion: v1
        kind: Config
        current-context: dev
        clusters:
        - name: dev
          cluster:
            server: https://dev.example:6443/
            certificate-authority-data: Q0E=
            tls-server-name: kube
            proxy-url: http://proxy:3128
        contexts:
        - name: dev
          context: {cluster: dev, user: dev, namespace: apps}
        - name: none
          context: {cluster: missing, user: dev}
        users:
        - name: dev
          user:
            client-certificate-data: Q0VSVA==
            client-key-data: S0VZ
            as: other
            as-groups: [g1, g2]
        """

    private func user(_ user: String) throws -> Kubeconfig {
        try config(
            """
            current-context: c
            clusters: [{name: c, cluster: {server: "https://h"}}]
            contexts: [{name: c, context: {cluster: c, user: u}}]
            users: [{name: u, user: \(user)}]
            """)
    }

    @Test func `a context is a server, trust, credentials and a namespace`() throws {
        let access = try config(base).access()
        #expect(access.server == "https://dev.example:6443")
        #expect(access.tls.certificateAuthorities == Array("CA".utf8))
        #expect(access.tls.clientCertificate == Array("CERT".utf8))
        #expect(access.tls.clientKey == Array("KEY".utf8))
        #expect(access.tls.serverName == "kube")
        #expect(access.proxy == "http://proxy:3128")
        #expect(access.namespace == "apps")
        #expect(access.impersonation == Impersonation(user: "other", groups: ["g1", "g2"]))
    }

    @Test func `of several files the first one's entries win`() throws {
        let other = """
            current-context: other
            clusters:
            - name: dev
              cluster: {server: "https://wrong"}
            - name: other
              cluster: {server: "https://other", insecure-skip-tls-verify: true}
            contexts:
            - name: other
              context: {cluster: other, user: other}
            users:
            - name: other
              user: {token: secret}
            """
        let merged = try config(base, other)
        #expect(merged.currentContext == "dev")
        #expect(merged.contextNames == ["dev", "none", "other"])
        #expect(try merged.access().server == "https://dev.example:6443")
        let access = try merged.access(context: "other")
        #expect(access.tls.isInsecure)
        #expect(access.namespace == "default")
        guard case .token("secret") = access.credential else { Issue.record("\(access.credential)"); return }
        #expect(!"\(access.credential)".contains("secret"))
    }

    @Test func `what is missing is named`() throws {
        let config = try config(base)
        for context in ["none", "nowhere"] {
            let error = #expect(throws: KubeError.self) { try config.access(context: context) }
            #expect(error?.description.contains(context) == true)
        }
        #expect(throws: KubeError.self) { try self.config("a: [").access() }
        #expect(throws: KubeError.self) { try self.config("- a").access() }
        #expect(throws: KubeError.self) { try self.config("").access() }
        #expect(throws: KubeError.self) { try Kubeconfig.load(path: "/nowhere/config", environment: [:]) }
        #expect(try Kubeconfig.load(environment: ["KUBECONFIG": "/nowhere"]) == nil)
        #expect(throws: KubeError.self) { try ClusterAccess.find(environment: [:]) }
    }

    @Test(
        "each way to log in is read",
        arguments: [
            ("{tokenFile: token}", "token file /users/u/.kube/token"), ("{username: a, password: b}", "basic"),
            ("{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, args: [x]}}", "exec /users/u/.kube/./login"),
            ("{exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}}", "exec aws"), ("{}", "none"),
        ])
    func credentials(_ text: String, _ expected: String) throws {
        #expect(try user(text).access().credential.description == expected)
    }

    @Test(arguments: [
        "{auth-provider: {name: gcp}}", "{exec: {apiVersion: v9, command: x}}",
        "{exec: {apiVersion: client.authentication.k8s.io/v1}}", "{client-key-data: '***'}", "{client-key: /nowhere/key}",
    ])
    func `what cannot work is refused`(_ text: String) throws {
        let config = try user(text)
        #expect(throws: KubeError.self) { try config.access() }
    }
}
