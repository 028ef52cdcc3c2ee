// The cluster of `martlet up` as a service: started, announced, stopped on a signal.

import LocalCluster
import Logging
import ServiceLifecycle

/// Runs one cluster from its start to the graceful stop.
struct UpService: Service {
    var options: LocalClusterOptions
    var kubeconfigPath: String?
    /// Files and directories to apply at the start.
    var manifests: [String]
    var serviceAccounts: [ServiceAccountWish]
    /// What `--controllers` says.
    var controllers: String?
    var logger: Logger

    func run() async throws {
        let (broken, breaking) = AsyncStream<String>.makeStream()
        let server = try await ClusterServer.start(options, logger: logger) { reason in
            breaking.yield(reason)
            breaking.finish()
        }
        do {
            try await prepare(server)
        } catch {
            await server.stop()
            throw error
        }
        announce(server)
        let failure = await withTaskGroup(of: String?.self) { group in
            group.addTask {
                for await reason in broken.cancelOnGracefulShutdown() { return reason }
                return nil
            }
            if let controllers {
                let access = server.adminKubeconfig
                group.addTask {
                    await runControllers(
                        controllers, server: access.server, authorityPEM: access.authorityPEM,
                        token: access.token)
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        await server.stop()
        if let failure { throw ClusterFailure.internalFailure(failure) }
    }

    private func prepare(_ server: ClusterServer) async throws {
        for path in manifests { try await server.apply(path) }
        for wish in serviceAccounts {
            try await server.serviceAccountKubeconfig(namespace: wish.namespace, name: wish.name).write(
                to: wish.path)
        }
        if let kubeconfigPath { try server.adminKubeconfig.write(to: kubeconfigPath) }
    }

    private func announce(_ server: ClusterServer) {
        if let port = server.gatewayPort { Console.line("mesh gateway at http://127.0.0.1:\(port)") }
        if let port = server.metricsPort { Console.line("metrics at http://127.0.0.1:\(port)/metrics") }
        Console.line("martlet is ready at \(server.url)")
    }
}
