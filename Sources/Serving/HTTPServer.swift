// A running HTTP server: started, its port known, stopped gracefully.

import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix

/// An HTTP server on Hummingbird. It listens from `start` until `stop`.
package final class HTTPServer: Sendable {
    /// The port it listens on: the system's choice where 0 was asked for.
    package let port: Int
    private let listening: any StoppableServer
    private let run: Task<Void, any Error>

    private init(port: Int, listening: any StoppableServer, run: Task<Void, any Error>) {
        self.port = port
        self.listening = listening
        self.run = run
    }

    /// Binds the port and serves.
    /// - Throws: `ServingError`, when the port is taken or the identity is unusable.
    package static func start(
        _ options: ServerOptions, logger: Logger, handler: @escaping ServingHandler
    ) async throws(ServingError) -> HTTPServer {
        let (ports, found) = AsyncStream<Int>.makeStream()
        let listening = try HummingbirdAdapter.server(options, logger: logger, handler: handler) { port in
            found.yield(port)
            found.finish()
        }
        let run = Task {
            // However it ends, nobody waits for a port any longer.
            defer { found.finish() }
            try await listening.serve()
        }
        for await port in ports { return HTTPServer(port: port, listening: listening, run: run) }
        do {
            try await run.value
            throw ServingError.cannotListen(host: options.host, port: options.port, reason: "stopped at once")
        } catch let error as ServingError {
            throw error
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw .portInUse(host: options.host, port: options.port)
        } catch {
            throw .cannotListen(host: options.host, port: options.port, reason: "\(error)")
        }
    }

    /// Accepts nothing more, lets running requests end, and cuts off what has not ended in time.
    package func stop(grace: Duration = .seconds(2)) async {
        let quiet = Task { try await listening.quiesce() }
        let run = run
        let deadline = Task {
            try await Task.sleep(for: grace)
            run.cancel()
        }
        _ = await run.result
        deadline.cancel()
        quiet.cancel()
    }
}

/// A server of any channel type.
protocol StoppableServer: Sendable {
    func serve() async throws
    func quiesce() async throws
}

extension HummingbirdCore.Server: StoppableServer {
    nonisolated func serve() async throws { try await run() }
    nonisolated func quiesce() async throws { try await shutdownGracefully() }
}
