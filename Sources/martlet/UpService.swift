// The cluster of `martlet up` as a service: started, announced, stopped on a signal.

import LocalCluster
import Logging
import ServiceLifecycle

/// Runs one cluster from its start to the graceful stop.
struct UpService: Service {
    var options: LocalClusterOptions
    var kubeconfigPath: String?
    var logger: Logger

    func run() async throws {
        let (broken, breaking) = AsyncStream<String>.makeStream()
        let server = try await ClusterServer.start(options, logger: logger) { reason in
            breaking.yield(reason)
            breaking.finish()
        }
        do {
            if let kubeconfigPath { try server.adminKubeconfig.write(to: kubeconfigPath) }
        } catch {
            await server.stop()
            throw error
        }
        Console.line("martlet is ready at \(server.url)")
        var failure: String?
        for await reason in broken.cancelOnGracefulShutdown() { failure = reason }
        await server.stop()
        if let failure { throw ClusterFailure.internalFailure(failure) }
    }
}
