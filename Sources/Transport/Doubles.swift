// Exchanges for tests: one that answers from a function and remembers, one that fails.

package import HTTPModel
import Synchronization

/// Answers from a function and records every request.
package final class RecordedExchange: HTTPExchange, Sendable {
    package typealias Answer = @Sendable (HTTPRequest) -> Result<HTTPResponse, TransportError>
    private let answer: Answer
    private let recorded = Mutex<[HTTPRequest]>([])

    package init(_ answer: @escaping Answer) { self.answer = answer }

    /// What was asked so far, in order.
    package var requests: [HTTPRequest] { recorded.withLock { $0 } }

    package func send(
        _ request: HTTPRequest, options: TransferOptions
    ) async throws(TransportError) -> HTTPResponse {
        recorded.withLock { $0.append(request) }
        return try answer(request).get()
    }

    /// Streams the answer's body line by line, then ends.
    package func stream(
        _ request: HTTPRequest, options: TransferOptions
    ) async throws(TransportError) -> HTTPStream {
        let response = try await send(request, options: options)
        let lines = response.body.split(separator: 0x0A, omittingEmptySubsequences: true).map { Array($0) + [0x0A] }
        let body = AsyncThrowingStream<[UInt8], any Error> { continuation in
            for line in lines { continuation.yield(line) }
            continuation.finish()
        }
        return HTTPStream(head: HTTPResponse(status: response.status, headers: response.headers), body: body)
    }
}

/// Fails every request with one error.
package struct FailingExchange: HTTPExchange {
    private let error: TransportError
    package init(_ error: TransportError) { self.error = error }

    package func send(
        _ request: HTTPRequest, options: TransferOptions
    ) async throws(TransportError) -> HTTPResponse { throw error }

    package func stream(
        _ request: HTTPRequest, options: TransferOptions
    ) async throws(TransportError) -> HTTPStream { throw error }
}
