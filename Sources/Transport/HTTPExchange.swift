// The seam between who asks and who carries: one request, one response.

package import HTTPModel

/// How one transfer may behave.
package struct TransferOptions: Sendable {
    /// Time to a connection, TLS included.
    package var connectTimeout: Duration = .seconds(10)
    /// Time from start to whole response; nil for none (streams).
    package var totalTimeout: Duration? = .seconds(60)
    /// Time without a byte in either direction; nil for none. Whole seconds, at least 1.
    package var idleTimeout: Duration?
    /// Bytes of the response's body, decompressed. Streams count each piece that waits to be read.
    package var responseByteCountMax = 256 << 20
    /// Redirects to follow; at 0 a redirect is the response.
    package var redirectsMax = 0
    /// Whether to ask for gzip and to open it.
    package var acceptsCompression = true
    /// Who to be and whom to trust.
    package var tls = TLSMaterial()
    /// `http://…`, `https://…` or `socks5://…`; nil uses the environment's, empty uses none.
    package var proxy: String?
    package init() {}

    package static let standard = TransferOptions()
}

/// Certificates and keys, as PEM.
package struct TLSMaterial: Hashable, Sendable {
    /// The authorities to trust instead of the system's.
    package var certificateAuthorities: [UInt8]?
    package var clientCertificate: [UInt8]?
    package var clientKey: [UInt8]?
    /// Trust any certificate. Only ever by an explicit wish of the user.
    package var isInsecure = false
    /// The name to expect in the server's certificate instead of the URL's host.
    package var serverName: String?
    package init() {}
}

/// The beginning of a streamed response, and its body as it arrives.
package struct HTTPStream: Sendable {
    package var head: HTTPResponse
    /// Pieces of the body. Ending the iteration ends the transfer.
    package var body: AsyncThrowingStream<[UInt8], any Error>
    package init(head: HTTPResponse, body: AsyncThrowingStream<[UInt8], any Error>) {
        self.head = head
        self.body = body
    }
}

/// Carries requests to servers. Live: `CurlClient`; tests: `RecordedExchange`, `FailingExchange`.
package protocol HTTPExchange: Sendable {
    /// Sends a request (its target is a whole URL) and waits for the whole response.
    func send(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPResponse
    /// Sends a request and returns at the response's head. The body's errors are `TransportError`s.
    func stream(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPStream
}

extension HTTPExchange {
    /// Sends with the standard options.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await send(request, options: .standard)
    }
}
