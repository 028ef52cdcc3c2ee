// Notices that a client has left while its answer is still being written.

import NIOCore
import NIOHTTPTypes
import Synchronization

/// Whether the client of a connection (HTTP/1.1) or stream (HTTP/2) has left, and who wants to know.
final class Departure: Sendable {
    private struct State {
        var hasLeft = false
        var nextID: UInt64 = 0
        var waiting: [UInt64: @Sendable () -> Void] = [:]
    }
    private let state = Mutex(State())

    /// Calls back once when the client leaves, at once when it has.
    /// - Returns: What `forget` takes; nil when the call was made.
    func whenLeft(_ action: @escaping @Sendable () -> Void) -> UInt64? {
        let id: UInt64? = state.withLock { state in
            if state.hasLeft { return nil }
            state.nextID += 1
            state.waiting[state.nextID] = action
            return state.nextID
        }
        if id == nil { action() }
        return id
    }

    func forget(_ id: UInt64?) {
        if let id { state.withLock { state in state.waiting[id] = nil } }
    }

    func leave() {
        let actions = state.withLock { state in
            state.hasLeft = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for action in actions { action() }
    }
}

/// Watches a channel's input for its end. It sits below Hummingbird's own handlers, so it needs
/// nothing of the request's body and leaves the connection usable for further requests.
final class DepartureHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    let departure = Departure()

    func channelInactive(context: ChannelHandlerContext) {
        departure.leave()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        departure.leave()
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { departure.leave() }
        context.fireUserInboundEventTriggered(event)
    }

    /// The departure of a channel's client.
    static func departure(of channel: any Channel) async throws -> Departure {
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: DepartureHandler.self).departure
        }.get()
    }
}
