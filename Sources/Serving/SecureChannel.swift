// A TLS connection: HTTP/2 or HTTP/1.1, as the client offers.

import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2
import NIOSSL

/// Hummingbird's server with an HTTP/2 of ours. Its own keeps swift-nio-http2's guards against
/// floods, 200 control frames in 30 seconds among them, and libcurl sends one with every request:
/// a busy client's connection would be cut off all the time.
struct SecureChannel: ServerChildChannel {
    typealias Stream = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    typealias HTTP2Connection = NIOHTTP2Handler.AsyncStreamMultiplexer<Stream>

    struct Value: ServerChildChannelValue {
        let negotiated: EventLoopFuture<NIONegotiatedHTTPVersion<HTTP1Channel.Value, HTTP2Connection>>
        let channel: any Channel
    }

    private let context: NIOSSLContext
    private let http1: HTTP1Channel

    /// - Throws: When the certificate and the key do not fit.
    init(tls: TLSConfiguration, http1: HTTP1Channel) throws {
        var tls = tls
        tls.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        context = try NIOSSLContext(configuration: tls)
        self.http1 = http1
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return channel.configureHTTP2AsyncSecureUpgrade { channel in
            http1.setup(channel: channel, logger: logger)
        } http2ConnectionInitializer: { channel in
            Self.setupHTTP2(channel)
        }.map { Value(negotiated: $0, channel: channel) }
    }

    private static func setupHTTP2(_ channel: any Channel) -> EventLoopFuture<HTTP2Connection> {
        channel.eventLoop.makeCompletedFuture {
            let connection = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
                mode: .server, configuration: configuration
            ) { stream in
                stream.eventLoop.makeCompletedFuture {
                    try stream.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTPServerCodec())
                    try stream.pipeline.syncOperations.addHandler(DepartureHandler())
                    return try Stream(wrappingChannelSynchronously: stream)
                }
            }
            try channel.pipeline.syncOperations.addHandler(QuiesceHandler())
            return connection
        }
    }

    private static var configuration: NIOHTTP2Handler.Configuration {
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: Limits.streamCountMax),
            HTTP2Setting(parameter: .maxHeaderListSize, value: Limits.headerListBytesMax),
        ]
        connection.maximumConnectionGlitches = Limits.frameCountMax
        connection.controlFrameRateLimit.maximumCount = Limits.frameCountMax
        connection.targetWindowSize = Limits.windowBytes
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.streamResetFrameRateLimit.maximumCount = Limits.frameCountMax
        stream.streamErrorRateLimit.maximumCount = Limits.frameCountMax
        stream.targetWindowSize = Limits.windowBytes
        stream.outboundBufferSizeHighWatermark = Limits.outputBytes
        stream.outboundBufferSizeLowWatermark = Limits.outputBytes / 2
        return NIOHTTP2Handler.Configuration(connection: connection, stream: stream)
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.negotiated.get() {
            case .http1_1(let channel):
                await http1.handle(value: channel, logger: logger)
            case .http2(let connection):
                try await withThrowingDiscardingTaskGroup { group in
                    for try await stream in connection.inbound {
                        group.addTask { await http1.handleHTTP(asyncChannel: stream, logger: logger) }
                    }
                }
            }
        } catch {
            logger.debug("a connection ended", metadata: ["reason": "\(error)"])
        }
    }
}

/// Says goodbye on an HTTP/2 connection when the server stops, and closes it a moment later.
private final class QuiesceHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private static let closeDelay = TimeAmount.milliseconds(250)

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        let goodbye = HTTP2Frame(
            streamID: .rootStream,
            payload: .goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil))
        context.writeAndFlush(wrapOutboundOut(goodbye), promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: Self.closeDelay) { channel.close(promise: nil) }
    }
}
