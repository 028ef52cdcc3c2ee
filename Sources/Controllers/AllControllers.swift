// The one list of controllers, and what they are made of.

package import ControllerKit
package import HTTPModel
package import KubeClient
package import Logging
import Sourcing
import SyncCore
package import Telemetry
package import Transport

/// What controllers are told at their start.
package struct ControllerSettings: Sendable {
    /// Martlet's own namespace: its ConfigMaps and Secrets, and Applications.
    package var namespace = "martlet-system"
    /// Where repositories are kept between fetches.
    package var cacheDirectory = "/tmp/martlet"
    /// The process's environment, of which git gets what it needs (`PATH`, proxies, the ssh agent).
    package var environment: [String: String] = [:]
    /// How often a repository is asked for its newest commit.
    package var syncInterval: Duration = .seconds(120)
    /// The health of single objects is written into `status.resources` of Applications.
    package var persistsResourceHealth = false
    /// The `kubectl` that renders kustomize folders.
    package var kubectlPath = "kubectl"
    /// Where Prometheus metrics without an address ask.
    package var prometheusAddress: String?
    /// Whether a weight counts only when AWS's load balancer has it.
    package var verifiesTargetGroups = false
    package init() {}
}

/// What controllers work with.
package struct ControllerTools: Sendable {
    package var api: any KubeAPI
    /// For everything outside the cluster: metric providers, webhooks.
    package var exchange: any HTTPExchange
    package var runtime: any Runtime
    package var metrics: MetricRegistry
    package var logger: Logger
    package init(
        api: any KubeAPI, exchange: any HTTPExchange, runtime: any Runtime = SystemRuntime(), metrics: MetricRegistry,
        logger: Logger
    ) {
        self.api = api
        self.exchange = exchange
        self.runtime = runtime
        self.metrics = metrics
        self.logger = logger
    }
}

/// The controllers of one process, ready to be hosted.
package struct ControllerSet: Sendable {
    package var controllers: [any Controller] = []
    /// Answers requests of Git hosts; nil when no controller wants them.
    package var webhook: (@Sendable (HTTPRequest, ControllerHost) async -> HTTPResponse)?
    /// For `HostOptions`: whose applied fields the caches must keep.
    package var keptFieldManagers: Set<String> = []
    package init() {}
}

/// Makes the controllers.
package enum AllControllers {
    /// The names that `--controllers` knows.
    package static let names = ["rollouts", "analysisruns", "experiments", "applications", "alerts", "stephooks"]

    /// The controllers of those names; all when it is nil.
    package static func make(
        _ settings: ControllerSettings, _ tools: ControllerTools, only names: Set<String>? = nil
    ) -> ControllerSet {
        var set = ControllerSet()
        func isWanted(_ name: String) -> Bool { names?.contains(name) ?? true }
        if isWanted("rollouts") { addRollouts(settings, tools, to: &set) }
        if isWanted("experiments") { set.controllers.append(ExperimentController()) }
        if isWanted("stephooks") {
            set.controllers.append(StepHookController(namespace: settings.namespace, exchange: tools.exchange))
        }
        if isWanted("applications") { addApplications(settings, tools, to: &set) }
        if isWanted("analysisruns") {
            set.controllers.append(
                AnalysisController(
                    exchange: tools.exchange, runtime: tools.runtime,
                    prometheusAddress: settings.prometheusAddress ?? "", namespace: settings.namespace,
                    environment: settings.environment, metrics: tools.metrics))
        }
        if isWanted("alerts") {
            set.controllers.append(
                AlertController(namespace: settings.namespace, exchange: tools.exchange, runtime: tools.runtime))
        }
        return set
    }

    private static func addRollouts(
        _ settings: ControllerSettings, _ tools: ControllerTools, to set: inout ControllerSet
    ) {
        let loadBalancers =
            settings.verifiesTargetGroups
            ? AWSLoadBalancers(
                exchange: tools.exchange, environment: settings.environment, runtime: tools.runtime) : nil
        set.controllers.append(RolloutController(loadBalancers: loadBalancers, metrics: tools.metrics))
    }

    private static func addApplications(_ settings: ControllerSettings, _ tools: ControllerTools, to set: inout ControllerSet) {
        let git: GitCommands
        do {
            git = try GitCommands(cacheDirectory: settings.cacheDirectory, environment: settings.environment)
        } catch {
            tools.logger.error("Applications are not looked after", metadata: ["error": .string(error.description)])
            return
        }
        var options = ApplicationOptions()
        options.pollInterval = settings.syncInterval
        options.pollJitter = min(.seconds(12), settings.syncInterval / 10)
        options.kubectl = settings.kubectlPath
        options.settings.persistsResourceHealth = settings.persistsResourceHealth
        if !options.naming.controlNamespaces.contains(settings.namespace) {
            options.naming.controlNamespaces.append(settings.namespace)
        }
        let controller = ApplicationController(
            git: git, options: options, runtime: tools.runtime, metrics: tools.metrics, logger: tools.logger)
        set.controllers.append(controller)
        set.keptFieldManagers = ApplicationController.keptFieldManagers
        let webhook = GitWebhook(
            controller: controller, secrets: WebhookSecret(api: tools.api, namespace: settings.namespace),
            logger: tools.logger)
        set.webhook = { request, host in await webhook.response(to: request, host: host) }
    }
}
