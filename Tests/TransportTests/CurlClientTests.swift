// The client against a loopback server: methods, limits, deadlines, streams, cancellation.

import HTTPModel
import Testing
import Transport

@Suite struct CurlClientTests {
    private let client = CurlClient(userAgent: "martlet/test")

    @Test func `a request arrives as it was given and its response comes back`() async throws {
        let server = try LoopbackServer { _ in [.send(response(201, "hello", headers: "X-One: 1\r\nx-one: 2\r\n"))] }
        defer { server.stop() }
        let request = HTTPRequest(
            method: "PATCH", target: server.url("/a/b?q=1#frag"),
            headers: ["Content-Type": "application/json", "X-Empty": ""], body: Array("{\"a\":1}".utf8))
        let answer = try await client.send(request)
        #expect(answer.status == 201)
        #expect(String(decoding: answer.body, as: UTF8.self) == "hello")
        #expect(answer.headers.all("X-ONE") == ["1", "2"])
        let seen = try #require(server.requests.first)
        #expect(seen.hasPrefix("PATCH /a/b?q=1 HTTP/1.1\r\n"))
        #expect(seen.contains("User-Agent: martlet/test\r\n"))
        #expect(seen.contains("X-Empty:\r\n"))
        #expect(seen.contains("Accept-Encoding: gzip\r\n"))
        #expect(!seen.contains("Expect"))
        #expect(seen.hasSuffix("\r\n\r\n{\"a\":1}"))
    }

    @Test(arguments: ["GET", "DELETE", "HEAD", "POST", "PUT"])
    func `every method works without a body`(_ method: String) async throws {
        let server = try LoopbackServer { request in
            [.send(request.hasPrefix("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" : response(200, "x"))]
        }
        defer { server.stop() }
        let answer = try await client.send(HTTPRequest(method: method, target: server.url("/")))
        #expect(answer.status == 200)
        #expect(server.requests.first?.hasPrefix("\(method) / ") == true)
    }

    @Test func `connections are used again`() async throws {
        let server = try LoopbackServer { _ in [.send(response(200, "x"))] }
        defer { server.stop() }
        for _ in 0..<5 { _ = try await client.send(HTTPRequest(method: "GET", target: server.url("/"))) }
        #expect(server.connections == 1)
    }

    @Test func `many requests run at once`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in [.wait(gate), .send(response(200, "x"))] }
        defer { server.stop() }
        let url = server.url("/")
        let client = client
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 { group.addTask { try await client.send(HTTPRequest(method: "GET", target: url)).status } }
            await server.waitForRequests(20)
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 20))
    }

    @Test func `a redirect is a response unless it is to be followed`() async throws {
        let server = try LoopbackServer { request in
            request.hasPrefix("GET /to") ? [.send(response(200, "there"))] : [.send(response(302, "", headers: "Location: /to\r\n"))]
        }
        defer { server.stop() }
        let request = HTTPRequest(method: "GET", target: server.url("/from"))
        #expect(try await client.send(request).status == 302)
        var options = TransferOptions()
        options.redirectsMax = 1
        #expect(try await client.send(request, options: options).body == Array("there".utf8))
    }

    @Test func `gzip is opened and the limit counts opened bytes`() async throws {
        // gzip of 100,000 times the letter a.
        let zipped: [UInt8] = gzipOfManyLetters
        let server = try LoopbackServer { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(zipped.count)\r\n\r\n"), .sendBytes(zipped)]
        }
        defer { server.stop() }
        let request = HTTPRequest(method: "GET", target: server.url("/"))
        #expect(try await client.send(request).body.count == 100_000)
        var options = TransferOptions()
        options.responseByteCountMax = 50_000
        await #expect(throws: TransportError.tooLarge(limit: 50_000)) { try await client.send(request, options: options) }
    }

    @Test func `errors name the place but no secret`() async throws {
        let server = try LoopbackServer { _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), .close] }
        defer { server.stop() }
        let url = "http://user:secret@127.0.0.1:\(server.port)/p?token=secret"
        let error = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest(method: "GET", target: url)) }
        let text = try #require(error).description
        #expect(text.contains("127.0.0.1:\(server.port)"))
        #expect(!text.contains("secret"))
    }

    @Test func `nobody listening is unreachable, a wrong URL invalid`() async throws {
        let server = try LoopbackServer { _ in [] }
        server.stop()
        let gone = HTTPRequest(method: "GET", target: server.url("/"))
        let error = await #expect(throws: TransportError.self) { try await client.send(gone) }
        #expect(error?.isBeforeSending == true)
        for url in ["ftp://host/", "host/path", "http://", "http://a:99999/", "http://a b/", "file:///etc/passwd"] {
            let error = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest(method: "GET", target: url)) }
            guard case .invalid? = error else { Issue.record("\(url): \(String(describing: error))"); continue }
        }
        let split = HTTPRequest(method: "GET", target: server.url("/"), headers: ["X": "a\r\nY: b"])
        await #expect(throws: TransportError.self) { try await client.send(split) }
    }

    @Test func `a deadline ends a silent request`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in [.wait(gate)] }
        defer { gate.open(); server.stop() }
        var options = TransferOptions()
        options.totalTimeout = .milliseconds(80)
        let error = await #expect(throws: TransportError.self) {
            try await client.send(HTTPRequest(method: "GET", target: server.url("/")), options: options)
        }
        guard case .timedOut? = error else { Issue.record("\(String(describing: error))"); return }
    }

    @Test func `a cancelled task ends its request`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in [.wait(gate)] }
        defer { gate.open(); server.stop() }
        let client = client
        let task = Task { try await client.send(HTTPRequest(method: "GET", target: server.url("/"))) }
        await server.waitForRequests(1)
        task.cancel()
        await #expect(throws: TransportError.cancelled) { try await task.value }
        let early = Task { () throws -> HTTPResponse in
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(HTTPRequest(method: "GET", target: server.url("/")))
        }
        await #expect(throws: TransportError.cancelled) { try await early.value }
    }

    @Test func `a stream gives its head before its body and pieces as they come`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in
            [
                .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), .wait(gate),
                .send("3\r\none\r\n"), .send("3\r\ntwo\r\n0\r\n\r\n"),
            ]
        }
        defer { server.stop() }
        let stream = try await client.stream(HTTPRequest(method: "GET", target: server.url("/")), options: .standard)
        #expect(stream.head.status == 200)
        gate.open()
        var text = ""
        for try await piece in stream.body { text += String(decoding: piece, as: UTF8.self) }
        #expect(text == "onetwo")
    }

    @Test func `a stream larger than what waits is slowed, not lost`() async throws {
        let piece = String(repeating: "0123456789abcdef", count: 65_536)  // 1 MiB
        let server = try LoopbackServer { _ in
            [.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")] + (0..<24).map { _ in .send(piece) } + [.close]
        }
        defer { server.stop() }
        let stream = try await client.stream(HTTPRequest(method: "GET", target: server.url("/")), options: .standard)
        var count = 0
        for try await bytes in stream.body {
            count += bytes.count
            await Task.yield()
        }
        #expect(count == 24 << 20)
    }

    @Test func `a broken stream throws, a dropped one ends`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { request in
            request.hasPrefix("GET /broken")
                ? [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"), .close]
                : [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"), .wait(gate)]
        }
        defer { gate.open(); server.stop() }
        let broken = try await client.stream(HTTPRequest(method: "GET", target: server.url("/broken")), options: .standard)
        await #expect(throws: TransportError.self) { for try await _ in broken.body {} }
        do {
            let dropped = try await client.stream(HTTPRequest(method: "GET", target: server.url("/")), options: .standard)
            for try await piece in dropped.body {
                #expect(piece == Array("abc".utf8))
                break
            }
        }
        let hanging = try await client.stream(HTTPRequest(method: "GET", target: server.url("/")), options: .standard)
        let task = Task { for try await _ in hanging.body {} }
        task.cancel()
        _ = try? await task.value
    }

    @Test func `closing the client fails what is under way`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in [.wait(gate)] }
        defer { gate.open(); server.stop() }
        var short: CurlClient? = CurlClient()
        let stream = Task { [short] in try await short?.send(HTTPRequest(method: "GET", target: server.url("/"))) }
        await server.waitForRequests(1)
        short = nil
        stream.cancel()
        await #expect(throws: TransportError.self) { try await stream.value }
    }
}

@Suite struct RequestLocationTests {
    @Test func `URLs are taken apart`() throws {
        let plain = try #require(RequestLocation("https://Host.example:8443/a?b=c#d"))
        #expect(plain.authority == "Host.example:8443")
        #expect(plain.safeText == "https://Host.example:8443/a")
        #expect(RequestLocation("http://u:p@h/x?q")?.safeText == "http://h:80/x")
        #expect(RequestLocation("https://[::1]:6443/api")?.host == "::1")
        #expect(RequestLocation("https://[::1]/api")?.authority == "[::1]:443")
        #expect(RequestLocation("https://h?x=1")?.safeText == "https://h:443/")
    }
}
