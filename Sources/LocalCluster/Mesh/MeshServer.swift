// The gateway's and the metrics' ports, and who keeps the gateway's knowledge up to date.

import HTTPModel
import Logging
import Serving
import Telemetry
import Transport

/// The running mesh.
final class MeshServer: Sendable {
    /// Nil when no gateway was asked for.
    let gatewayPort: Int?
    let metricsPort: Int?
    private let servers: [HTTPServer]
    private let work: Task<Void, Never>

    private init(gateway: HTTPServer?, metrics: HTTPServer?, work: Task<Void, Never>) {
        gatewayPort = gateway?.port
        metricsPort = metrics?.port
        servers = [gateway, metrics].compactMap { $0 }
        self.work = work
    }

    /// Binds the ports that are asked for. The changes are those of `MeshTable.resources`.
    static func start(
        _ options: LocalClusterOptions, changes: AsyncStream<ObjectChange>, ports: PortDirectory,
        exchange: any HTTPExchange, logger: Logger
    ) async throws(ClusterFailure) -> MeshServer {
        let table = MeshTable()
        let metrics = MetricRegistry()
        metrics.sampleProcess()
        let gateway = MeshGateway(table: table, ports: ports, exchange: exchange, metrics: metrics)
        let gatewayServer = try await listen(options.gatewayPort, logger) { request, _ in
            await gateway.answer(request)
        }
        let metricsServer: HTTPServer?
        do {
            metricsServer = try await listen(options.metricsPort, logger) { request, _ in
                request.path == "/metrics" ? gateway.metricsAnswer() : .text(404, "see /metrics")
            }
        } catch {
            await gatewayServer?.stop()
            throw error
        }
        let work = Task {
            for await change in changes { table.take(change) }
        }
        return MeshServer(gateway: gatewayServer, metrics: metricsServer, work: work)
    }

    private static func listen(
        _ port: Int?, _ logger: Logger, handler: @escaping ServingHandler
    ) async throws(ClusterFailure) -> HTTPServer? {
        guard let port else { return nil }
        do {
            return try await HTTPServer.start(ServerOptions(port: port), logger: logger, handler: handler)
        } catch {
            throw ClusterFailure(error)
        }
    }

    /// Stops the ports; the changes' end stops the rest.
    func stop() async {
        for server in servers { await server.stop() }
        work.cancel()
    }
}

extension ClusterFailure {
    /// A port that could not be opened.
    init(_ error: ServingError) {
        if case .portInUse = error { self = .portBusy("\(error)") } else { self = .cannotListen("\(error)") }
    }
}
