// The HTTP client: libcurl's multi interface on one thread, async functions in front of it.

import CCurl
package import HTTPModel
import Synchronization

/// Carries requests through libcurl: HTTP/2 where the server offers it (many streams on one
/// connection), HTTP/1.1 elsewhere. Closed when the last reference goes; a class because it owns a
/// thread.
package final class CurlClient: HTTPExchange, Sendable {
    private let loop: CurlLoop

    /// - Parameter connectionsPerHostMax: for HTTP/1.1, where each stream needs a connection.
    package init(userAgent: String = "martlet/0.1.0", connectionsPerHostMax: Int = 100) {
        loop = CurlLoop(userAgent: userAgent, connectionsPerHostMax: connectionsPerHostMax)
        loop.start()
    }

    deinit { loop.submit(.close) }

    package func send(
        _ request: HTTPRequest, options: TransferOptions
    ) async throws(TransportError) -> HTTPResponse {
        let job = try TransferJob.checked(id: loop.makeID(), request, options)
        let result: Result<HTTPResponse, TransportError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.submit(.start(job, .whole { continuation.resume(returning: $0) }))
            }
        } onCancel: {
            job.isCancelled.store(true, ordering: .releasing)
            loop.submit(.cancel(job.id))
        }
        return try result.get()
    }

    package func stream(
        _ request: HTTPRequest, options: TransferOptions
    ) async throws(TransportError) -> HTTPStream {
        let job = try TransferJob.checked(id: loop.makeID(), request, options)
        let loop = loop
        let channel = BodyChannel(byteCountMax: options.responseByteCountMax) { loop.submit(.resume(job.id)) }
        let reader = StreamReader(channel: channel) { loop.submit(.cancel(job.id)) }
        let result: Result<HTTPResponse, TransportError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.submit(.start(job, .stream(channel) { continuation.resume(returning: $0) }))
            }
        } onCancel: {
            job.isCancelled.store(true, ordering: .releasing)
            loop.submit(.cancel(job.id))
        }
        let head = try result.get()
        return HTTPStream(head: head, body: AsyncThrowingStream { try await reader.next() })
    }
}

/// Ends the transfer when the stream that holds it is dropped.
private final class StreamReader: Sendable {
    private let channel: BodyChannel
    private let onDrop: @Sendable () -> Void

    init(channel: BodyChannel, onDrop: @escaping @Sendable () -> Void) {
        self.channel = channel
        self.onDrop = onDrop
    }

    deinit { onDrop() }

    func next() async throws(TransportError) -> [UInt8]? { try await channel.next() }
}

/// One request on its way to the loop.
final class TransferJob: Sendable {
    let id: UInt64
    let request: HTTPRequest
    let options: TransferOptions
    let location: RequestLocation
    /// Set before the cancellation is sent, so that a job which starts later is not started.
    let isCancelled = Atomic(false)

    private init(id: UInt64, _ request: HTTPRequest, _ options: TransferOptions, _ location: RequestLocation) {
        self.id = id
        self.request = request
        self.options = options
        self.location = location
    }

    static func checked(
        id: UInt64, _ request: HTTPRequest, _ options: TransferOptions
    ) throws(TransportError) -> TransferJob {
        guard let location = RequestLocation(request.target) else {
            throw .invalid("not an http or https URL")
        }
        for field in request.headers.fields {
            let isToken = !field.name.isEmpty && field.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }
            guard isToken, !field.value.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else {
                throw .invalid("malformed header field \(field.name.prefix(40))")
            }
        }
        guard !request.method.isEmpty, request.method.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalid("malformed method")
        }
        return TransferJob(id: id, request, options, location)
    }
}
