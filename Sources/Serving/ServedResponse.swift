// What a handler gives back: a whole response, or a stream that it goes on writing.

package import HTTPModel

/// Answers requests. It is called concurrently; its task is cancelled when the client has left.
package typealias ServingHandler = @Sendable (HTTPRequest, Peer) async -> ServedResponse

/// Who is at the other end of the connection.
package struct Peer: Hashable, Sendable {
    /// The address without its port: `127.0.0.1`; empty when unknown.
    package var address: String
    /// Whether the request came over HTTP/2.
    package var isHTTP2: Bool
    package init(address: String, isHTTP2: Bool = false) {
        self.address = address
        self.isHTTP2 = isHTTP2
    }
}

/// The answer to one request.
package enum ServedResponse: Sendable {
    case whole(HTTPResponse)
    /// The status and headers leave at once; then the closure writes the body. Its task is
    /// cancelled when the client leaves, and the stream ends when the closure returns. An error
    /// thrown from it cuts the connection, so that the client sees an incomplete body.
    case stream(
        status: Int, headers: HTTPHeaders, body: @Sendable (inout any StreamWriter) async throws -> Void)

    /// A plain-text answer, for errors.
    package static func text(_ status: Int, _ text: String) -> ServedResponse {
        .whole(
            HTTPResponse(
                status: status, headers: ["Content-Type": "text/plain; charset=utf-8"],
                body: Array("\(text)\n".utf8)))
    }
}

/// Writes the chunks of a streamed body.
package protocol StreamWriter {
    /// Writes and flushes one chunk; returns when the connection takes more.
    /// - Throws: When the client has left; the body's closure lets it pass.
    mutating func write(_ bytes: [UInt8]) async throws
}
