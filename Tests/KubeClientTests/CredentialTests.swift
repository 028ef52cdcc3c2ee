// Credentials: tokens, files that change, plugins.

import Glibc
import HTTPModel
@testable import KubeClient
import KubeModel
import Synchronization
import Testing
import Transport

/// A file that is gone with its test.
private final class Scratch: Sendable {
    let path = "/tmp/martlet-test-\(UInt64.random(in: 0 ... .max))"
    deinit {
        unlink(path)
        unlink("\(path).log")
    }

    func write(_ text: String, isExecutable: Bool = false) throws {
        guard let file = fopen(path, "w") else { throw CancellationError() }
        fputs(text, file)
        fclose(file)
        if isExecutable { chmod(path, 0o755) }
    }

    var log: String? { LocalFile.read("\(path).log").map { String(decoding: $0, as: UTF8.self) } }
}

@Suite struct CredentialTests {
    private func client(
        _ credential: Credential, refuse: String = "", now: @escaping @Sendable () -> Timestamp = { .epoch }
    ) -> (KubeClient, RecordedExchange) {
        let exchange = RecordedExchange { request in
            let isRefused = request.headers["Authorization"] == refuse
            return .success(HTTPResponse(status: isRefused ? 401 : 200, body: Array("{}".utf8)))
        }
        return (KubeClient(ClusterAccess(server: "https://h", credential: credential), exchange: exchange, now: now), exchange)
    }

    private func plugin(_ file: Scratch) -> ExecPlugin {
        ExecPlugin(
            apiVersion: "client.authentication.k8s.io/v1", command: file.path, arguments: ["x"],
            environment: ["WORD": "w"], installHint: "install it", providesClusterInfo: true)
    }

    @Test func `a token and a password become an Authorization header`() async throws {
        let (token, first) = client(.token("abc"))
        _ = try await token.raw("/")
        #expect(first.requests[0].headers["Authorization"] == "Bearer abc")
        let (basic, second) = client(.basic(user: "a", password: "b"))
        _ = try await basic.raw("/")
        #expect(second.requests[0].headers["Authorization"] == "Basic YTpi")
    }

    @Test func `a token file is read again after a minute, and when the token is refused`() async throws {
        let file = Scratch()
        try file.write("one\n")
        let clock = Mutex(Timestamp(seconds: 0))
        let (client, exchange) = client(.tokenFile(file.path), refuse: "Bearer two") { clock.withLock { $0 } }
        _ = try await client.raw("/")
        try file.write("two")
        _ = try await client.raw("/")
        #expect(exchange.requests.map { $0.headers["Authorization"] } == ["Bearer one", "Bearer one"])
        clock.withLock { $0 += .seconds(61) }
        await #expect(throws: KubeError.self) { try await client.raw("/") }
        try file.write("three")
        _ = try await client.raw("/")
        #expect(exchange.requests.last?.headers["Authorization"] == "Bearer three")
    }

    @Test func `a plugin runs once until its credential ends`() async throws {
        let file = Scratch()
        let answer = #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":"#
            + #"{"token":"'$WORD-$1'","expirationTimestamp":"1970-01-01T01:00:00Z"}}"#
        try file.write("#!/bin/sh\necho run >> \(file.path).log\necho '\(answer)'\n", isExecutable: true)
        let clock = Mutex(Timestamp(seconds: 0))
        let (client, exchange) = client(.exec(plugin(file))) { clock.withLock { $0 } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { group.addTask { _ = try await client.raw("/") } }
            try await group.waitForAll()
        }
        #expect(exchange.requests.allSatisfy { $0.headers["Authorization"] == "Bearer w-x" })
        #expect(file.log == "run\n")
        clock.withLock { $0 += .seconds(3595) }
        _ = try await client.raw("/")
        #expect(file.log == "run\nrun\n")
    }

    @Test(arguments: ["exit 3", "echo nonsense", "echo '{\"kind\":\"Other\"}'"])
    func `a plugin that fails says so without what it printed`(_ body: String) async throws {
        let file = Scratch()
        try file.write("#!/bin/sh\n\(body)\n", isExecutable: true)
        let (client, exchange) = client(.exec(plugin(file)))
        let error = await #expect(throws: KubeError.self) { try await client.raw("/") }
        #expect(error?.description.contains(file.path) == true)
        #expect(error?.description.contains("nonsense") == false)
        #expect(exchange.requests.isEmpty)
    }
}
