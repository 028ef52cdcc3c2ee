// A one-thread-a-connection HTTP/1.1 server on loopback for tests, that can misbehave on purpose.

import Glibc
import Synchronization

/// What to do for one request, in order.
enum ServerStep: Sendable {
    case send(String)
    case sendBytes([UInt8])
    /// Waits until the test says so.
    case wait(Gate)
    case close
}

/// Lets threads wait for the test: a pipe whose writing end is closed to open the gate.
final class Gate: Sendable {
    private let reading: Int32
    private let writing: Mutex<Int32?>

    init() {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        reading = ends[0]
        writing = Mutex(ends[1])
    }

    deinit {
        open()
        close(reading)
    }

    func open() {
        let end = writing.withLock { end in
            defer { end = nil }
            return end
        }
        if let end { close(end) }
    }

    /// Returns once the gate is open, after five seconds at most.
    func wait() {
        var entry = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        poll(&entry, 1, 5000)
    }
}

final class LoopbackServer: Sendable {
    let port: Int
    private let listener: Int32
    private struct Seen {
        var requests: [String] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let seen = Mutex(Seen())
    private let connectionCount = Mutex(0)
    private let answer: @Sendable (String) -> [ServerStep]

    /// - Parameter answer: from a request's whole text to what to do.
    init(_ answer: @escaping @Sendable (String) -> [ServerStep]) throws {
        self.answer = answer
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> Int32 in
                guard bind(descriptor, pointer, length) == 0, listen(descriptor, 64) == 0 else { return -1 }
                return getsockname(descriptor, pointer, &length)
            }
        }
        guard status == 0 else { throw CancellationError() }
        port = Int(UInt16(bigEndian: address.sin_port))
        Self.thread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 { return }
                connectionCount.withLock { $0 += 1 }
                Self.thread { self.serve(connection) }
            }
        }
    }

    var requests: [String] { seen.withLock { $0.requests } }
    /// Returns when so many requests have come.
    func waitForRequests(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = seen.withLock { seen in
                if seen.requests.count >= count { return true }
                seen.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
    var connections: Int { connectionCount.withLock { $0 } }
    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        final class Box { let body: @Sendable () -> Void; init(_ body: @escaping @Sendable () -> Void) { self.body = body } }
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(Box(body)).toOpaque())
        pthread_detach(thread)
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var pending: [UInt8] = []
        while let request = readRequest(connection, &pending) {
            note(request)
            for step in answer(request) {
                switch step {
                case .send(let text): guard sendAll(connection, Array(text.utf8)) else { return }
                case .sendBytes(let bytes): guard sendAll(connection, bytes) else { return }
                case .wait(let gate): gate.wait()
                case .close: return
                }
            }
        }
    }

    private func note(_ request: String) {
        let ready = seen.withLock { seen in
            seen.requests.append(request)
            let count = seen.requests.count
            defer { seen.waiters.removeAll { $0.count <= count } }
            return seen.waiters.filter { $0.count <= count }
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    private func sendAll(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func readRequest(_ connection: Int32, _ pending: inout [UInt8]) -> String? {
        while true {
            let text = String(decoding: pending, as: UTF8.self)
            if let end = text.firstRange(of: "\r\n\r\n") {
                let head = text[..<end.lowerBound]
                let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) } ?? 0
                let total = text[..<end.upperBound].utf8.count + length
                if pending.count >= total {
                    let request = String(decoding: pending[..<total], as: UTF8.self)
                    pending.removeFirst(total)
                    return request
                }
            }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 { return nil }
            pending += buffer[..<count]
        }
    }
}

/// A whole response with a length.
func response(_ status: Int = 200, _ body: String, headers: String = "") -> String {
    "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}
