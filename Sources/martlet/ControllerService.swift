// The controllers with their HTTP ports, as one service of a process.

import Commands
import ControllerKit
import Controllers
import HTTPModel
import KubeClient
import KubeModel
import Logging
import ServiceLifecycle
import Serving
import Telemetry
import Transport

/// A port that could not be had.
struct ServiceStartError: Error {
    var message: String
}

/// Hosts the controllers until it is told to stop.
struct ControllerService: Service {
    var access: ClusterAccess
    var settings: ControllerSettings
    var options: HostOptions
    var names: Set<String>?
    var bindAddress = "127.0.0.1"
    /// Nil serves no metrics.
    var metricsPort: Int?
    var webhookPort: Int?
    var logger: Logger

    /// A logger that writes lines to standard error.
    static func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "martlet") { label in LineLogHandler(label: label, level: level) }
        logger.logLevel = level
        return logger
    }

    func run() async throws {
        let runtime = SystemRuntime()
        let metrics = MetricRegistry()
        let client = KubeClient(
            access, exchange: CurlClient(), now: { runtime.now() }, observe: { observation in
                metrics.add(
                    .clientRequests,
                    [observation.verb, observation.resource, observation.code.map(String.init) ?? "<error>"])
                metrics.add(
                    .clientsetRequests,
                    [
                        observation.resource, "N/A", "N/A", observation.verb,
                        observation.code.map(String.init) ?? "error",
                    ])
                // A watch lasts as long as it is wished to.
                guard observation.verb != "watch" else { return }
                metrics.observe(
                    .clientRequestSeconds, [observation.verb], observation.duration / .seconds(1))
            })
        metrics.sampleProcess()
        let tools = ControllerTools(api: client, exchange: CurlClient(), metrics: metrics, logger: logger)
        let set = AllControllers.make(settings, tools, only: names)
        var options = options
        options.keptFieldManagers = set.keptFieldManagers
        options.releaseMemory = { ProcessMemory.release() }
        let host = ControllerHost(
            set.controllers, api: client, runtime: runtime, metrics: metrics, logger: logger, options: options)
        DeliveryGauges.register(in: metrics, version: Version.number) { host.snapshot() }
        var servers: [HTTPServer] = []
        if let metricsPort {
            servers.append(try await serve(metricsPort) { request, _ in .whole(host.response(to: request)) })
        }
        if let webhookPort, let webhook = set.webhook {
            servers.append(try await serve(webhookPort) { request, _ in .whole(await webhook(request, host)) })
        }
        logger.info("controllers start", metadata: ["server": .string(access.server), "identity": .string(options.identity)])
        await cancelWhenGracefulShutdown { await host.run() }
        for server in servers { await server.stop() }
    }

    private func serve(_ port: Int, _ handler: @escaping ServingHandler) async throws -> HTTPServer {
        do throws(ServingError) {
            return try await HTTPServer.start(ServerOptions(host: bindAddress, port: port), logger: logger, handler: handler)
        } catch { throw ServiceStartError(message: "\(error)") }
    }
}
