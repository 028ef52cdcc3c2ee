// The one list of controllers, and what they are made of.

package import ControllerKit
package import HTTPModel
package import KubeClient
package import Logging
package import Telemetry
package import Transport

/// What controllers are told at their start.
package struct ControllerSettings: Sendable {
    /// Martlet's own namespace: its ConfigMaps and Secrets, and Applications.
    package var namespace = "martlet-system"
    /// Where repositories are kept between fetches.
    package var cacheDirectory = "/tmp/martlet"
    /// How often a repository is asked for its newest commit.
    package var syncInterval: Duration = .seconds(120)
    /// The `kubectl` that renders kustomize folders.
    package var kubectlPath = "kubectl"
    /// Where Prometheus metrics without an address ask.
    package var prometheusAddress: String?
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
    package init() {}
}

/// Makes the controllers.
package enum AllControllers {
    /// The names that `--controllers` knows.
    package static let names = ["rollouts", "analysisruns", "applications", "alerts"]

    /// The controllers of those names; all when it is nil.
    package static func make(
        _ settings: ControllerSettings, _ tools: ControllerTools, only names: Set<String>? = nil
    ) -> ControllerSet {
        var set = ControllerSet()
        func isWanted(_ name: String) -> Bool { names?.contains(name) ?? true }
        if isWanted("rollouts") { set.controllers.append(RolloutController()) }
        return set
    }
}
