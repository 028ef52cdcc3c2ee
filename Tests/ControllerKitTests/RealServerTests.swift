// The client and a host against the embedded cluster over TLS and HTTP/2, through restarts.

import ClusterSim
import ControllerKit
import Glibc
import HTTPModel
import JSONTree
import KubeClient
import KubeModel
import LocalCluster
import Logging
import Telemetry
import Testing
import Transport

@Suite(.serialized) struct RealServerTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func server(_ change: (inout LocalClusterOptions) -> Void = { _ in }) async throws -> ClusterServer {
        var options = LocalClusterOptions()
        change(&options)
        return try await ClusterServer.start(options, logger: quiet) { Issue.record("\($0)") }
    }

    private func client(_ server: ClusterServer, _ metrics: MetricRegistry = MetricRegistry()) throws -> KubeClient {
        KubeClient(
            try access(kubeconfig: server.adminKubeconfig.text), exchange: CurlClient(), now: { SystemRuntime().now() })
    }

    private func parent(_ name: String) -> KubeObject {
        KubeObject([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "namespace": "default", "labels": ["role": "parent"]],
        ])
    }

    private func counted(_ client: KubeClient) async throws -> Int {
        try await client.listAll(ChildController.maps, ListScope(namespace: "default")).items
            .count { $0.tree["data"]["children"] == "1" }
    }

    private func host(_ client: KubeClient, _ change: (inout HostOptions) -> Void = { _ in }) -> ControllerHost {
        var options = HostOptions()
        change(&options)
        return ControllerHost(
            [ChildController()], api: client, metrics: MetricRegistry(), logger: quiet, options: options)
    }

    @Test func `a host keeps up over the wire`() async throws {
        let server = try await server()
        let client = try client(server)
        for number in 0..<30 { try await client.write(.create(parent("p\(number)"))) }
        let host = host(client)
        let work = Task { await host.run() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 30..<100 { group.addTask { try await client.write(.create(parent("p\(number)"))) } }
            try await group.waitForAll()
        }
        try await eventually("100 counted parents") { try await counted(client) == 100 }
        let all = try await client.listAll(ChildController.maps, ListScope(namespace: "default"), pageSize: 7).items
        #expect(all.count { $0.controller != nil } == 100)
        work.cancel()
        await work.value
        await server.stop()
    }

    @Test func `a restarted server is found again`() async throws {
        let folder = "/tmp/martlet-kit-\(UInt64.random(in: 0 ... .max))"
        mkdir(folder, 0o700)
        var first: ClusterServer? = try await server { $0.dataDirectory = folder }
        let url = first?.url ?? ""
        let client = try client(#require(first))
        let host = host(client)
        let work = Task { await host.run() }
        try await client.write(.create(parent("a")))
        try await eventually("a's child") { try await counted(client) == 1 }
        let port = url.split(separator: ":").last.flatMap { Int($0) } ?? 0
        await first?.stop()
        first = nil
        // The directory's lock goes with the last of the old server's tasks.
        var second: ClusterServer?
        try await eventually("the server starts again") {
            second = try? await server {
                $0.dataDirectory = folder
                $0.port = port
            }
            return second != nil
        }
        try await client.write(.create(parent("b")))
        try await eventually("b's child") { try await counted(client) == 2 }
        work.cancel()
        await work.value
        await second?.stop()
    }

    @Test func `of two candidates one leads and the other takes over`() async throws {
        let server = try await server()
        let client = try client(server)
        func candidate(_ identity: String) -> ControllerHost {
            host(client) { options in
                options.lease = ObjectKey(namespace: "default", name: "lease")
                options.identity = identity
                options.leaseTiming.retryPeriod = .milliseconds(100)
            }
        }
        let (one, two) = (candidate("one"), candidate("two"))
        let first = Task { await one.run() }
        try await eventually("one leads") { one.isLeading }
        let second = Task { await two.run() }
        try await client.write(.create(parent("a")))
        try await eventually("a's child") { try await counted(client) == 1 }
        #expect(!two.isLeading)
        first.cancel()
        await first.value
        try await eventually("two leads") { two.isLeading }
        second.cancel()
        await second.value
        await server.stop()
    }
}
