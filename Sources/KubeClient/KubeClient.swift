// The client of one API server: requests with credentials, answers as trees.

import HTTPModel
import JSONTree
package import KubeModel
package import Transport

/// What was asked and answered, for counting.
package struct RequestObservation: Sendable {
    /// `get`, `list`, `watch`, `create`, `patch`, `apply`, `update`, `delete`.
    package var verb: String
    /// The plural name; `-` for paths that are no resource.
    package var resource: String
    /// The status; nil when there was no answer.
    package var code: Int?
    package var duration: Duration
}

/// Talks to one API server as one user. Thread-safe.
package struct KubeClient: Sendable {
    package let access: ClusterAccess
    let exchange: any HTTPExchange
    let keeper: CredentialKeeper
    let discovery: Discovery
    private let observe: @Sendable (RequestObservation) -> Void
    private let requestTimeout: Duration

    /// - Parameters:
    ///   - exchange: carries the requests.
    ///   - now: the wall clock, for credentials that end.
    ///   - observe: told of every request, for `rest_client_requests_total`.
    package init(
        _ access: ClusterAccess, exchange: any HTTPExchange, now: @escaping @Sendable () -> Timestamp,
        requestTimeout: Duration = .seconds(60), observe: @escaping @Sendable (RequestObservation) -> Void = { _ in }
    ) {
        self.access = access
        self.exchange = exchange
        self.observe = observe
        self.requestTimeout = requestTimeout
        keeper = CredentialKeeper(access.credential, now: now) { plugin throws(KubeError) in try await plugin.run() }
        discovery = Discovery(now: now)
    }

    /// One request to be sent.
    struct Call {
        var verb: String
        var resource: String
        var method: String
        /// From the slash on, encoded.
        var path: String
        var query: [(name: String, value: String)] = []
        var contentType: String?
        var body: [UInt8] = []
        var isWatch = false

        var target: String { query.isEmpty ? path : "\(path)?\(HTTPQuery.text(query))" }
    }

    // MARK: Sending

    /// Sends a call; an answer outside 2xx is thrown as `.status`.
    ///
    /// - Parameter eachItem: what becomes of each item of a list.
    func send(
        _ call: Call, eachItem: (@Sendable (JSON) -> JSON)? = nil
    ) async throws(KubeError) -> JSON {
        var response = try await attempt(call)
        if response.status == 401, await keeper.invalidate() { response = try await attempt(call) }
        return try Self.tree(of: response, eachItem)
    }

    private func attempt(_ call: Call) async throws(KubeError) -> HTTPResponse {
        let (request, options) = try await request(call)
        let start = ContinuousClock.now
        do throws(TransportError) {
            let response = try await exchange.send(request, options: options)
            report(call, response.status, since: start)
            return response
        } catch {
            report(call, nil, since: start)
            throw .transport(error)
        }
    }

    /// Opens a stream; an answer outside 2xx is thrown as `.status`.
    func open(_ call: Call) async throws(KubeError) -> HTTPStream {
        var stream = try await attemptStream(call)
        if stream.head.status == 401, await keeper.invalidate() { stream = try await attemptStream(call) }
        guard (200..<300).contains(stream.head.status) else {
            stream.head.body = await Self.collected(stream.body)
            _ = try Self.tree(of: stream.head)
            throw .malformed("status \(stream.head.status)")
        }
        return stream
    }

    private func attemptStream(_ call: Call) async throws(KubeError) -> HTTPStream {
        let (request, options) = try await request(call)
        let start = ContinuousClock.now
        do throws(TransportError) {
            let stream = try await exchange.stream(request, options: options)
            report(call, stream.head.status, since: start)
            return stream
        } catch {
            report(call, nil, since: start)
            throw .transport(error)
        }
    }

    private func report(_ call: Call, _ code: Int?, since start: ContinuousClock.Instant) {
        observe(
            RequestObservation(
                verb: call.verb, resource: call.resource, code: code, duration: ContinuousClock.now - start))
    }

    private func request(_ call: Call) async throws(KubeError) -> (HTTPRequest, TransferOptions) {
        let credential = try await keeper.current()
        var headers: HTTPHeaders = ["Accept": "application/json"]
        if let type = call.contentType { headers["Content-Type"] = type }
        if let authorization = credential.authorization { headers["Authorization"] = authorization }
        if let impersonation = access.impersonation {
            headers["Impersonate-User"] = impersonation.user
            for group in impersonation.groups { headers.add("Impersonate-Group", group) }
            if let uid = impersonation.uid { headers["Impersonate-Uid"] = uid }
        }
        var options = TransferOptions()
        options.tls = access.tls
        options.proxy = access.proxy
        if let (certificate, key) = credential.certificate {
            options.tls.clientCertificate = certificate
            options.tls.clientKey = key
        }
        // A watch is ended by the server after its own time; this only ends what the server forgot.
        options.totalTimeout = call.isWatch ? .seconds(1200) : requestTimeout
        if call.isWatch {
            options.acceptsCompression = false
            // Bookmarks come about once a minute: a stream without any is one that has been lost.
            options.idleTimeout = .seconds(240)
        }
        let request = HTTPRequest(
            method: call.method, target: access.server + call.target, headers: headers, body: call.body)
        return (request, options)
    }

    // MARK: Answers

    private static func tree(
        of response: HTTPResponse, _ eachItem: (@Sendable (JSON) -> JSON)? = nil
    ) throws(KubeError) -> JSON {
        let parsed =
            if let eachItem, (200..<300).contains(response.status) {
                try? JSON.parse(list: response.body, eachItem: eachItem)
            } else {
                try? JSON.parse(response.body)
            }
        guard (200..<300).contains(response.status) else {
            // Of an answer that is no Status only a beginning is kept.
            let text = String(decoding: response.body.prefix(500), as: UTF8.self)
            let isStatus = parsed?["kind"].string == "Status"
            var status = APIStatus(code: response.status, body: isStatus ? parsed : nil, text: text)
            if status.retryAfterSeconds == nil { status.retryAfterSeconds = response.headers["Retry-After"].flatMap { Int($0) } }
            throw .status(status)
        }
        guard let parsed else { throw .malformed("status \(response.status) with a body that is no JSON") }
        return parsed
    }

    /// The beginning of an error's body.
    private static func collected(_ body: AsyncThrowingStream<[UInt8], any Error>) async -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await piece in body {
                bytes += piece
                if bytes.count > 1 << 20 { break }
            }
        } catch {
            // What has arrived is enough for a message.
        }
        return bytes
    }
}
