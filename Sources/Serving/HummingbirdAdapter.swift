// Translates between Hummingbird's requests and responses and ours; the only file that knows both.

import HTTPModel
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import NIOPosix
import NIOSSL

enum HummingbirdAdapter {
    /// Makes a server that has not started yet.
    static func server(
        _ options: ServerOptions, logger: Logger, handler: @escaping ServingHandler,
        onListening: @escaping @Sendable (Int) -> Void
    ) throws(ServingError) -> any StoppableServer {
        let configuration = ServerConfiguration(
            address: .hostname(options.host, port: options.port), backlog: Limits.backlog)
        let onRunning: @Sendable (any Channel) async -> Void = { channel in
            onListening(channel.localAddress?.port ?? options.port)
        }
        let responder = responder(options, handler: handler)
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = Limits.headerFieldBytesMax
        decoder.maxHeaderListSize = Limits.headerListBytesMax
        decoder.maxHeaderFieldCount = Limits.headerCountMax
        let idle: TimeAmount? = options.idleTimeout.map { TimeAmount($0) }
        let http1 = HTTP1Channel.Configuration(
            additionalChannelHandlers: [DepartureHandler()], idleTimeout: idle,
            httpDecoderConfiguration: decoder)
        var logger = logger
        logger.logLevel = .error
        guard let identity = options.tls else {
            return Server(
                childChannelSetup: HTTP1Channel(responder: responder, configuration: http1),
                configuration: configuration, onServerRunning: onRunning,
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        }
        do {
            let channel = try SecureChannel(
                tls: try tlsConfiguration(identity),
                http1: HTTP1Channel(responder: responder, configuration: http1))
            return Server(
                childChannelSetup: channel, configuration: configuration, onServerRunning: onRunning,
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        } catch {
            throw .badIdentity(reason: "\(error)")
        }
    }

    private static func tlsConfiguration(_ identity: TLSIdentity) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificateChainPEM.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { NIOSSLCertificateSource.certificate($0) },
            privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }

    private static func responder(
        _ options: ServerOptions, handler: @escaping ServingHandler
    ) -> HTTPChannelHandler.Responder {
        { request, writer, channel in
            // A stream's channel hangs below its connection's, which hangs below the listener's.
            let isHTTP2 = channel.parent?.parent != nil
            let peer = Peer(address: channel.remoteAddress?.ipAddress ?? "", isHTTP2: isHTTP2)
            let bytes: [UInt8]
            do {
                bytes = try await body(of: request, limit: options.bodyBytesMax)
            } catch is BodyTooLarge {
                var answer = options.bodyTooLarge
                // The rest of the body is not read, so nothing can follow on an HTTP/1.1 connection.
                if !isHTTP2 { answer.headers["Connection"] = "close" }
                return try await write(answer, isHead: false, to: writer)
            }
            let answer = await handler(HTTPModel.HTTPRequest(request, body: bytes), peer)
            switch answer {
            case .whole(let response):
                try await write(response, isHead: request.method == .head, to: writer)
            case .stream(let status, let headers, let produce):
                let departure = try await DepartureHandler.departure(of: channel)
                try await stream(status, headers, departure, to: writer, produce: produce)
            }
        }
    }

    private struct BodyTooLarge: Error {}

    private static func body(of request: Request, limit: Int) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw BodyTooLarge()
        }
        var bytes: [UInt8] = []
        for try await chunk in request.body {
            if bytes.count + chunk.readableBytes > limit { throw BodyTooLarge() }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }

    private static func write(
        _ response: HTTPModel.HTTPResponse, isHead: Bool, to writer: consuming ResponseWriter
    ) async throws {
        var fields = HTTPFields(response.headers)
        if response.status != 204 && response.status != 304 && !fields.contains(.contentLength) {
            fields[.contentLength] = String(response.body.count)
        }
        let head = HTTPTypes.HTTPResponse(status: .init(code: response.status), headerFields: fields)
        let isEmpty = isHead || response.body.isEmpty
        try await writer.write(
            response: head,
            body: isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
    }

    private static func stream(
        _ status: Int, _ headers: HTTPHeaders, _ departure: Departure, to writer: consuming ResponseWriter,
        produce: @escaping @Sendable (inout any StreamWriter) async throws -> Void
    ) async throws {
        let head = HTTPTypes.HTTPResponse(status: .init(code: status), headerFields: HTTPFields(headers))
        let body = Transfer(writer: ChunkWriter(body: try await writer.writeHead(head)))
        let work = Task {
            var output: any StreamWriter = body.writer
            try await produce(&output)
        }
        let id = departure.whenLeft { work.cancel() }
        let result = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            work.cancel()
        }
        departure.forget(id)
        do {
            try result.get()
        } catch is CancellationError {
            // The client has left: there is nobody to tell.
        }
        try await body.writer.body.finish(nil)
    }

    /// Carries a writer into the task that uses it.
    // SAFETY: the task is waited for before the writer is touched again, so it has one user at a time.
    private struct Transfer<Writer>: @unchecked Sendable {
        var writer: Writer
    }

    private struct ChunkWriter<Body: ResponseBodyWriter>: StreamWriter {
        var body: Body
        mutating func write(_ bytes: [UInt8]) async throws {
            if !bytes.isEmpty { try await body.write(ByteBuffer(bytes: bytes)) }
        }
    }
}

extension HTTPModel.HTTPRequest {
    /// The request as it came, with the authority as the Host header in both protocols.
    fileprivate init(_ request: Request, body: [UInt8]) {
        var headers = HTTPHeaders()
        if let authority = request.head.authority { headers.add("Host", authority) }
        for field in request.headers { headers.add(field.name.rawName, field.value) }
        self.init(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: headers, body: body)
    }
}

extension HTTPFields {
    fileprivate init(_ headers: HTTPHeaders) {
        self.init()
        reserveCapacity(headers.fields.count + 1)
        for field in headers.fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            append(HTTPField(name: name, value: field.value))
        }
    }
}
