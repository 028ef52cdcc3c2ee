// `martlet controller`: the controllers against any API server.

import ArgumentParser
import ControllerKit
import Controllers
import Foundation
import KubeClient
import KubeModel
import Logging
import ServiceLifecycle
import Telemetry
import UnixSignals

/// Runs the controllers until told to stop.
struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller",
        abstract: "Run Martlet's controllers against a cluster.",
        discussion: """
            Uses the kubeconfig given or found, or else the pod's ServiceAccount. Stops on SIGINT and SIGTERM.
            Exit codes: 64 bad flags, 69 busy port, 78 no usable configuration.
            """)

    @Option(help: "Path to the kubeconfig file.") var kubeconfig: String?
    @Option(help: "The kubeconfig's context to use.") var context: String?
    @Option(help: "Martlet's own namespace: lease, ConfigMaps, Secrets, Applications.") var namespace: String?
    @Option(help: "Only look after this namespace.") var watchNamespace: String?
    @Option(help: "Run only these controllers: a list of \(AllControllers.names.joined(separator: ", ")).")
    var controllers: String?
    @Flag(inversion: .prefixedNo, help: "Lead by a lease, so that several replicas may run.") var leaderElect = false
    @Option(help: "Serve /metrics, /healthz and /readyz on this port; 0 takes a free one.") var metricsPort = 8090
    @Option(help: "The address of the metrics and webhook ports.") var bindAddress = "127.0.0.1"
    @Option(help: "Serve POST /webhook/git on this port.") var webhookPort: Int?
    @Option(help: "Seconds between two looks at a repository.") var syncInterval = 120
    @Flag(help: "Write the health of each object into the Applications' status.") var persistResourceHealth = false
    @Option(help: "Keep fetched repositories in this directory.") var cacheDir: String?
    @Option(help: "Requests a second that write at most.") var qps = 400.0
    @Option(help: "Requests that may write at once.") var burst = 1000
    @Flag(help: "With ALB: a weight counts when AWS's target groups have it.") var awsVerifyTargetGroup = false
    @Option(help: "debug, info, warning or error.") var logLevel = "info"

    func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level \(logLevel): give debug, info, warning or error")
        }
        guard (0...65_535).contains(metricsPort), (0...65_535).contains(webhookPort ?? 0) else {
            throw ValidationError("a port is a number from 0 to 65535")
        }
        guard syncInterval > 0, qps > 0, burst > 0 else {
            throw ValidationError("--sync-interval, --qps and --burst are above 0")
        }
        for name in names ?? [] where !AllControllers.names.contains(name) {
            throw ValidationError("--controllers \(name): there are \(AllControllers.names.joined(separator: ", "))")
        }
    }

    private var names: Set<String>? {
        guard let controllers, controllers != "all" else { return nil }
        return Set(controllers.split(separator: ",").map(String.init))
    }

    func run() async throws {
        ProcessMemory.configure()
        let environment = ProcessInfo.processInfo.environment
        let access: ClusterAccess
        do {
            access = try ClusterAccess.find(kubeconfig: kubeconfig, context: context, environment: environment)
        } catch {
            Console.error("\(error)")
            throw ExitCode(78)
        }
        var settings = ControllerSettings()
        settings.namespace = namespace ?? environment["POD_NAMESPACE"] ?? "martlet-system"
        settings.environment = environment
        settings.verifiesTargetGroups = awsVerifyTargetGroup
        settings.syncInterval = .seconds(syncInterval)
        settings.persistsResourceHealth = persistResourceHealth
        settings.cacheDirectory = cacheDir ?? NSTemporaryDirectory() + "martlet-\(getpid())"
        settings.prometheusAddress = environment["ARGO_ROLLOUTS_PROMETHEUS_ADDRESS"]
        var options = HostOptions()
        options.namespace = watchNamespace
        options.writesPerSecond = qps
        options.writesBurst = burst
        options.identity = "\(ProcessInfo.processInfo.hostName)-\(getpid())"
        if leaderElect { options.lease = ObjectKey(namespace: settings.namespace, name: "martlet-controller") }
        let level = Logger.Level(rawValue: logLevel) ?? .info
        let service = ControllerService(
            access: access, settings: settings, options: options, names: names, bindAddress: bindAddress,
            metricsPort: metricsPort, webhookPort: webhookPort, logger: ControllerService.logger(level))
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: ControllerService.logger(.error)))
        do { try await group.run() } catch let error as ServiceStartError {
            Console.error(error.message)
            throw ExitCode(69)
        }
    }
}
