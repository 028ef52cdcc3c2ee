// The HTTP server over loopback: both protocols, limits, streams and their ends.

import HTTPModel
import Logging
import Serving
import Synchronization
import Testing
import Transport

@testable import LocalCluster

@Suite struct ServingTests {
    private let client = CurlClient()
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func get(_ url: String, options: TransferOptions = .standard) async throws -> HTTPResponse {
        try await client.send(HTTPRequest(method: "GET", target: url), options: options)
    }

    @Test func `a plain server speaks HTTP 1_1 and knows its port`() async throws {
        let server = try await HTTPServer.start(ServerOptions(), logger: logger) { request, peer in
            .text(200, "\(request.method) \(request.target) \(peer.isHTTP2) \(peer.address)")
        }
        let response = try await get("http://127.0.0.1:\(server.port)/a/b?c=d")
        #expect(String(decoding: response.body, as: UTF8.self) == "GET /a/b?c=d false 127.0.0.1\n")
        await server.stop()
    }

    @Test func `a TLS server offers HTTP 2 and is trusted by its authority`() async throws {
        let identity = try ClusterIdentity.make()
        let server = try await HTTPServer.start(
            ServerOptions(tls: try identity.serverIdentity()), logger: logger
        ) { request, peer in
            .text(200, "\(request.headers["Host"] ?? "") \(peer.isHTTP2)")
        }
        var options = TransferOptions.standard
        options.tls.certificateAuthorities = Array(identity.authorityPEM.utf8)
        let response = try await get("https://127.0.0.1:\(server.port)/", options: options)
        #expect(String(decoding: response.body, as: UTF8.self) == "127.0.0.1:\(server.port) true\n")
        await #expect(throws: TransportError.self) { try await get("https://127.0.0.1:\(server.port)/") }
        await server.stop()
    }

    @Test func `one connection carries any number of requests`() async throws {
        let identity = try ClusterIdentity.make()
        let server = try await HTTPServer.start(
            ServerOptions(tls: try identity.serverIdentity()), logger: logger
        ) { _, _ in .text(200, "") }
        var options = TransferOptions.standard
        options.tls.certificateAuthorities = Array(identity.authorityPEM.utf8)
        for _ in 0..<500 {
            let response = try await get("https://127.0.0.1:\(server.port)/", options: options)
            #expect(response.status == 200)
        }
        await server.stop()
    }

    @Test func `a port in use is refused with its number`() async throws {
        let first = try await HTTPServer.start(ServerOptions(), logger: logger) { _, _ in .text(200, "") }
        await #expect {
            _ = try await HTTPServer.start(ServerOptions(port: first.port), logger: logger) { _, _ in
                .text(200, "")
            }
        } throws: { error in
            "\(error)" == "127.0.0.1:\(first.port) is already in use"
        }
        await first.stop()
    }

    @Test func `a body beyond the limit is answered with 413`() async throws {
        var options = ServerOptions()
        options.bodyBytesMax = 1000
        let server = try await HTTPServer.start(options, logger: logger) { request, _ in
            .text(200, "\(request.body.count)")
        }
        func post(_ count: Int) async throws -> HTTPResponse {
            try await client.send(
                HTTPRequest(
                    method: "POST", target: "http://127.0.0.1:\(server.port)/",
                    body: [UInt8](repeating: 97, count: count)))
        }
        #expect(try await post(1000).status == 200)
        #expect(try await post(1001).status == 413)
        await server.stop()
    }

    @Test func `a stream's writer is cancelled when its client leaves`() async throws {
        let (ends, ending) = AsyncStream<Void>.makeStream()
        let server = try await HTTPServer.start(ServerOptions(), logger: logger) { _, _ in
            .stream(status: 200, headers: ["Content-Type": "application/json"]) { writer in
                defer { ending.finish() }
                try await writer.write(Array("first\n".utf8))
                // Nothing more comes: only the client's departure ends this.
                for await _ in AsyncStream(Void.self, { (_: AsyncStream<Void>.Continuation) in }) {}
            }
        }
        var options = TransferOptions.standard
        options.totalTimeout = nil
        let streaming = options
        let request = HTTPRequest(method: "GET", target: "http://127.0.0.1:\(server.port)/")
        let (firsts, found) = AsyncStream<String>.makeStream()
        let reader = Task {
            let stream = try await client.stream(request, options: streaming)
            for try await piece in stream.body { found.yield(String(decoding: piece, as: UTF8.self)) }
        }
        for await first in firsts {
            #expect(first == "first\n")
            break
        }
        reader.cancel()
        for await _ in ends {}
        await server.stop()
    }

    @Test func `a stream that returns ends the body`() async throws {
        let server = try await HTTPServer.start(ServerOptions(), logger: logger) { _, _ in
            .stream(status: 201, headers: [:]) { writer in
                for number in 1...3 { try await writer.write(Array("\(number)\n".utf8)) }
            }
        }
        let response = try await get("http://127.0.0.1:\(server.port)/")
        #expect(response.status == 201)
        #expect(String(decoding: response.body, as: UTF8.self) == "1\n2\n3\n")
        await server.stop()
    }
}
