// A whole local cluster in this process: pods as processes, the gateway's split, accounts, restarts.

import ClusterSim
import Foundation
import HTTPModel
import JSONTree
import KubeModel
import Logging
import Testing
import Transport

@testable import LocalCluster

@Suite struct LocalClusterTests {
    /// A running cluster and the files that it was given.
    private struct Stage {
        var server: ClusterServer
        var client = CurlClient()

        /// Asks as the administrator, over HTTPS.
        func ask(_ method: String, _ path: String, _ body: JSON? = nil, type: String = "application/json")
            async throws
            -> (status: Int, body: JSON)
        {
            var options = TransferOptions.standard
            let kubeconfig = server.adminKubeconfig
            options.tls.certificateAuthorities = Array(kubeconfig.authorityPEM.utf8)
            let headers: HTTPHeaders = ["Authorization": "Bearer \(kubeconfig.token)", "Content-Type": type]
            let request = HTTPRequest(
                method: method, target: server.url + path, headers: headers, body: body?.bytes() ?? [])
            let response = try await client.send(request, options: options)
            return (response.status, (try? JSON.parse(response.body)) ?? .null)
        }

        /// Looks at a path again after each change of a collection, until what is there satisfies.
        func wait(
            for what: String, _ path: String, watching collection: String, _ test: (JSON) -> Bool
        ) async throws {
            var options = TransferOptions.standard
            options.tls.certificateAuthorities = Array(server.adminKubeconfig.authorityPEM.utf8)
            let watch = HTTPRequest(
                method: "GET", target: "\(server.url)\(collection)?watch=1&timeoutSeconds=30",
                headers: ["Authorization": "Bearer \(server.adminKubeconfig.token)"])
            let stream = try await client.stream(watch, options: options)
            var last = try await ask("GET", path).body
            if test(last) { return }
            for try await _ in stream.body {
                last = try await ask("GET", path).body
                if test(last) { return }
            }
            Issue.record("\(what) did not come about: \(last.text().prefix(2000))")
        }
    }

    private let folder = NSTemporaryDirectory() + "martlet-" + UUID().uuidString

    /// Runs a cluster for the time of a body.
    private func withCluster(_ options: LocalClusterOptions, _ body: (Stage) async throws -> Void)
        async throws
    {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try await ClusterServer.start(options, logger: logger) { Issue.record("\($0)") }
        do {
            try await body(Stage(server: server))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private func configMap(_ name: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)],
            "data": ["k": .string(name)],
        ]
    }

    private let configMaps = "/api/v1/namespaces/default/configmaps"

    @Test func `what was acknowledged is there after a restart, and revisions go on`() async throws {
        var options = LocalClusterOptions()
        options.dataDirectory = folder
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var token = ""
        var revision: Int64 = 0
        try await withCluster(options) { stage in
            for number in 0..<20 {
                #expect(try await stage.ask("POST", configMaps, configMap("c\(number)")).status == 201)
            }
            #expect(try await stage.ask("DELETE", "\(configMaps)/c3").status == 200)
            let list = try await stage.ask("GET", configMaps).body
            revision = list["metadata"]["resourceVersion"].string.flatMap { Int64($0) } ?? 0
            token = stage.server.adminKubeconfig.token
        }
        try await withCluster(options) { stage in
            #expect(stage.server.adminKubeconfig.token == token)
            let list = try await stage.ask("GET", configMaps).body
            let names = Set(list["items"].elements.compactMap { $0["metadata"]["name"].string })
            #expect(names.isSuperset(of: (0..<20).filter { $0 != 3 }.map { "c\($0)" }))
            #expect(!names.contains("c3"))
            let next = try await stage.ask("POST", configMaps, configMap("next")).body
            let after = try #require(next["metadata"]["resourceVersion"].string.flatMap { Int64($0) })
            #expect(after > revision)
        }
    }

    @Test func `requests without or with wrong credentials are not the administrator's`() async throws {
        try await withCluster(LocalClusterOptions()) { stage in
            var options = TransferOptions.standard
            options.tls.certificateAuthorities = Array(stage.server.adminKubeconfig.authorityPEM.utf8)
            for headers in [[:], ["Authorization": "Bearer wrong"]] as [HTTPHeaders] {
                let request = HTTPRequest(
                    method: "GET", target: "\(stage.server.url)/api/v1/namespaces/default/secrets",
                    headers: headers)
                let response = try await stage.client.send(request, options: options)
                #expect(response.status == 401)
            }
        }
    }

    @Test func `a service account's kubeconfig is made before anybody made the account`() async throws {
        try await withCluster(LocalClusterOptions()) { stage in
            let kubeconfig = try await stage.server.serviceAccountKubeconfig(
                namespace: "martlet-system", name: "martlet")
            var options = TransferOptions.standard
            options.tls.certificateAuthorities = Array(kubeconfig.authorityPEM.utf8)
            let request = HTTPRequest(
                method: "GET", target: "\(stage.server.url)/api/v1/namespaces/default/secrets",
                headers: ["Authorization": "Bearer \(kubeconfig.token)"])
            let response = try await stage.client.send(request, options: options)
            #expect(response.status == 403)
            #expect(
                String(decoding: response.body, as: UTF8.self).contains(
                    "system:serviceaccount:martlet-system:martlet"))
        }
    }

    // MARK: Pods as processes

    /// A web server in a shell script is none; Python is there wherever the conformance data is played.
    private func makeServer() throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/web"
        let script = """
            #!/usr/bin/env python3
            import http.server, os
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self):
                    if self.path == "/exit": os._exit(3)
                    body = (os.environ["IMAGE_TAG"] + " " + os.environ.get("GREETING", "")).encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *args): pass
            print("listening", flush=True)
            http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
            """
        try script.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private func deployment(_ name: String, tag: String, replicas: Int) -> JSON {
        let labels: JSON = ["app": .string(name)]
        return [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
            "spec": [
                "replicas": JSON(replicas), "selector": ["matchLabels": labels],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": [
                        "terminationGracePeriodSeconds": 1,
                        "containers": [
                            [
                                "name": "web", "image": .string("shop/web:\(tag)"),
                                "ports": [["containerPort": 8080]],
                                "env": [["name": "GREETING", "value": "hello from $(POD_NAMESPACE)"]],
                                "readinessProbe": [
                                    "httpGet": ["path": "/", "port": 8080], "periodSeconds": 1,
                                ],
                            ]
                        ],
                    ],
                ],
            ],
        ]
    }

    private func service(_ name: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
            "spec": ["selector": ["app": .string(name)], "ports": [["port": 80, "targetPort": 8080]]],
        ]
    }

    /// What Istio's CRD would be, with nothing checked.
    private let virtualServices: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "virtualservices.networking.istio.io"],
        "spec": [
            "group": "networking.istio.io", "scope": "Namespaced",
            "names": [
                "plural": "virtualservices", "singular": "virtualservice", "kind": "VirtualService",
                "listKind": "VirtualServiceList",
            ],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true,
                    "schema": [
                        "openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
                    ],
                ]
            ],
        ],
    ]

    private func virtualService(canary weight: Int) -> JSON {
        [
            "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": ["name": "web"],
            "spec": [
                "hosts": ["web.example"],
                "http": [
                    [
                        "route": [
                            ["destination": ["host": "stable"], "weight": JSON(100 - weight)],
                            ["destination": ["host": "canary"], "weight": JSON(weight)],
                        ]
                    ]
                ],
            ],
        ]
    }

    @Test func `pods run as processes, and the gateway splits requests among them by weight`() async throws {
        var options = LocalClusterOptions()
        options.images = ["shop/web": try makeServer()]
        options.gatewayPort = 0
        options.metricsPort = 0
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await withCluster(options) { stage in
            let deployments = "/apis/apps/v1/namespaces/default/deployments"
            for (name, tag) in [("stable", "v1"), ("canary", "v2")] {
                #expect(
                    try await stage.ask("POST", deployments, deployment(name, tag: tag, replicas: 1)).status
                        == 201)
                #expect(
                    try await stage.ask("POST", "/api/v1/namespaces/default/services", service(name)).status
                        == 201)
                try await waitForEndpoint(of: name, stage)
            }
            let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
            #expect(try await stage.ask("POST", definitions, virtualServices).status == 201)
            let routes = "/apis/networking.istio.io/v1/namespaces/default/virtualservices"
            try await stage.wait(for: "the VirtualServices' API", routes, watching: definitions) {
                $0["kind"] == "VirtualServiceList"
            }
            #expect(try await stage.ask("POST", routes, virtualService(canary: 30)).status == 201)
            let shares = try await shares(stage, requests: 100)
            #expect(shares == ["v1 hello from default": 70, "v2 hello from default": 30])
            let metrics = try await stage.client.send(
                HTTPRequest(
                    method: "GET", target: "http://127.0.0.1:\(stage.server.metricsPort ?? 0)/metrics"))
            let lines = String(decoding: metrics.body, as: UTF8.self).split(separator: "\n")
            let canary = lines.first {
                $0.hasPrefix("istio_requests_total") && $0.contains("destination_service_name=\"canary\"")
            }
            #expect(canary?.hasSuffix(" 30") == true)
            let log = try await podLog(stage, app: "stable")
            #expect(log == "listening\n")
        }
    }

    /// Waits until a Service has a ready endpoint.
    private func waitForEndpoint(of service: String, _ stage: Stage) async throws {
        let slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
        try await stage.wait(for: "an endpoint of \(service)", slices, watching: slices) { list in
            list["items"].elements.contains { slice in
                slice["metadata"]["labels"]["kubernetes.io/service-name"] == .string(service)
                    && slice["endpoints"].elements.contains { $0["conditions"]["ready"] == true }
            }
        }
    }

    /// How often each answer came.
    private func shares(_ stage: Stage, requests: Int) async throws -> [String: Int] {
        var shares: [String: Int] = [:]
        for _ in 0..<requests {
            let request = HTTPRequest(
                method: "GET", target: "http://127.0.0.1:\(stage.server.gatewayPort ?? 0)/",
                headers: ["Host": "web.example"])
            let response = try await stage.client.send(request)
            shares[String(decoding: response.body, as: UTF8.self), default: 0] += 1
        }
        return shares
    }

    private func podLog(_ stage: Stage, app: String) async throws -> String {
        let pods = try await stage.ask("GET", "/api/v1/namespaces/default/pods?labelSelector=app%3D\(app)")
            .body
        let name = pods["items"][0]["metadata"]["name"].string ?? ""
        var options = TransferOptions.standard
        options.tls.certificateAuthorities = Array(stage.server.adminKubeconfig.authorityPEM.utf8)
        let request = HTTPRequest(
            method: "GET", target: "\(stage.server.url)/api/v1/namespaces/default/pods/\(name)/log",
            headers: ["Authorization": "Bearer \(stage.server.adminKubeconfig.token)"])
        return String(decoding: try await stage.client.send(request, options: options).body, as: UTF8.self)
    }

    @Test func `a container that exits is started again and counted`() async throws {
        var options = LocalClusterOptions()
        options.images = ["shop/web": try makeServer()]
        options.gatewayPort = 0
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await withCluster(options) { stage in
            let deployments = "/apis/apps/v1/namespaces/default/deployments"
            _ = try await stage.ask("POST", deployments, deployment("web", tag: "v1", replicas: 1))
            _ = try await stage.ask("POST", "/api/v1/namespaces/default/services", service("web"))
            try await waitForEndpoint(of: "web", stage)
            let pods = "/api/v1/namespaces/default/pods"
            let crash = HTTPRequest(
                method: "GET", target: "http://127.0.0.1:\(stage.server.gatewayPort ?? 0)/exit",
                headers: ["Host": "web.default"])
            let response = try await stage.client.send(crash)
            #expect(response.status == 503)
            try await stage.wait(for: "the restart", pods, watching: pods) { pods in
                let status = pods["items"][0]["status"]["containerStatuses"][0]
                return status["restartCount"] == 1 && status["ready"] == true
                    && status["lastState"]["terminated"]["exitCode"] == 3
            }
        }
    }
}
