// `martlet up`: a Kubernetes-compatible cluster in this process.

import ArgumentParser
import ClusterSim
import Controllers
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

    @Option(
        help:
            "Write a kubeconfig of a ServiceAccount, which is made where it is missing: NAMESPACE/NAME=FILE.")
    var writeServiceAccountKubeconfig: [String] = []

    @Option(help: "Run pods of this image (any tag) as local processes: NAME=EXECUTABLE. Repeatable.")
    var image: [String] = []

    @Option(help: "Run the mesh gateway on this port of 127.0.0.1; 0 takes a free one.")
    var gatewayPort: Int?

    @Option(help: "Serve the mesh's metrics at /metrics on this port; 0 takes a free one.")
    var metricsPort: Int?

    @Option(
        help:
            "Apply the objects of this YAML or JSON file, or of a directory's files, at the start. Repeatable."
    )
    var apply: [String] = []

    @Option(help: "Run these controllers in this process: a list of names, or all.")
    var controllers: String?

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
        try gatewayPort.map { try Self.checkPort($0, "--gateway-port") }
        try metricsPort.map { try Self.checkPort($0, "--metrics-port") }
        for pair in image { _ = try Self.pair(pair, "--image", "NAME=EXECUTABLE") }
        for wish in writeServiceAccountKubeconfig { _ = try ServiceAccountWish(wish) }
        let unknown = (controllers ?? "all").split(separator: ",").map(String.init)
            .first { $0 != "all" && !AllControllers.names.contains($0) }
        if let unknown {
            let known = AllControllers.names.joined(separator: ", ")
            throw ValidationError("--controllers \(unknown): there are \(known)")
        }
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

    private static func pair(_ text: String, _ flag: String, _ form: String) throws -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw ValidationError("\(flag) \(text): not of the form \(form)") }
        return (parts[0], parts[1])
    }

    func run() async throws {
        var logger = Logger(label: "martlet.up")
        logger.logLevel = .warning
        let service = UpService(
            options: try options(), kubeconfigPath: writeKubeconfig, manifests: apply,
            serviceAccounts: try writeServiceAccountKubeconfig.map { try ServiceAccountWish($0) },
            controllers: controllers, logger: logger)
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

    private func options() throws -> LocalClusterOptions {
        var options = LocalClusterOptions()
        options.dataDirectory = dataDir
        options.port = port
        options.auditLog = auditLog
        options.gatewayPort = gatewayPort
        options.metricsPort = metricsPort
        for pair in image {
            let (name, path) = try Self.pair(pair, "--image", "NAME=EXECUTABLE")
            options.images[name] = path
        }
        options.simulation.podReadyDelay = Duration.parse(goText: podReadyDelay) ?? .milliseconds(300)
        options.simulation.badImagePattern = badImageRegex
        return options
    }
}

/// `NAMESPACE/NAME=FILE`.
struct ServiceAccountWish: Sendable {
    var namespace: String
    var name: String
    var path: String

    init(_ text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let account = parts[0].split(separator: "/").map(String.init)
        guard parts.count == 2, account.count == 2 else {
            throw ValidationError(
                "--write-service-account-kubeconfig \(text): not of the form NAMESPACE/NAME=FILE")
        }
        namespace = account[0]
        name = account[1]
        path = parts[1]
    }
}
