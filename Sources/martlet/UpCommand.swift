// `martlet up`: a Kubernetes-compatible cluster in this process.

import ArgumentParser
import ClusterSim
import Foundation
import KubeModel
import LocalCluster
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs the embedded cluster until it is told to stop.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run a Kubernetes-compatible cluster in this process.",
        discussion: """
            Prints a line with "ready" once the kubeconfig works. Stops on SIGINT and SIGTERM.
            Exit codes: 64 bad flags, 65 damaged data, 66 a file that cannot be used, 69 busy port, \
            73 unusable directory or file, 75 data directory in use.
            """)

    @Flag(help: "Keep nothing on disk.")
    var ephemeral = false

    @Option(help: "Keep the cluster's state in this directory.")
    var dataDir: String?

    @Option(help: "The API server's port on 127.0.0.1; 0 takes a free one.")
    var port = 6443

    @Option(help: "Write the administrator's kubeconfig to this file.")
    var writeKubeconfig: String?

    @Option(help: "How long a simulated pod takes to become ready, as 300ms or 2s.")
    var podReadyDelay = "300ms"

    @Option(help: "Simulated pods whose image matches this regular expression never become ready.")
    var badImageRegex: String?

    @Option(help: "Write audit.k8s.io/v1 events to this file, one a line.")
    var auditLog: String?

    func validate() throws {
        guard ephemeral != (dataDir != nil) else {
            throw ValidationError("give either --ephemeral or --data-dir DIR")
        }
        try Self.checkPort(port, "--port")
        guard Duration.parse(goText: podReadyDelay) != nil else {
            throw ValidationError("--pod-ready-delay \(podReadyDelay): not a duration such as 300ms")
        }
        if let badImageRegex, (try? Regex(badImageRegex)) == nil {
            throw ValidationError("--bad-image-regex \(badImageRegex): not a regular expression")
        }
    }

    private static func checkPort(_ port: Int, _ flag: String) throws {
        guard (0...65_535).contains(port) else { throw ValidationError("\(flag) \(port): not a port") }
    }

    func run() async throws {
        var logger = Logger(label: "martlet.up")
        logger.logLevel = .warning
        let service = UpService(
            options: options, kubeconfigPath: writeKubeconfig, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch let failure as ClusterFailure {
            Console.error("\(failure)")
            throw ExitCode(failure.exitCode)
        }
    }

    private var options: LocalClusterOptions {
        var options = LocalClusterOptions()
        options.dataDirectory = dataDir
        options.port = port
        options.auditLog = auditLog
        options.simulation.podReadyDelay = Duration.parse(goText: podReadyDelay) ?? .milliseconds(300)
        options.simulation.badImagePattern = badImageRegex
        return options
    }
}
