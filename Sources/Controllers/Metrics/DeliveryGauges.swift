// What the cluster's Rollouts, analyses and experiments are like, told when somebody asks.

import JSONTree
package import KubeModel
import MartletModel
package import Telemetry

/// Gauges under the names that published dashboards read. They are made from the caches whenever they
/// are read, so that idle objects cost nothing and deleted ones leave nothing behind.
package enum DeliveryGauges {
    private typealias Samples = [(labels: [String], value: Double)]

    /// Lets a registry ask for them.
    package static func register(
        in metrics: MetricRegistry, version: String, objects: @escaping @Sendable () -> any ObjectReader
    ) {
        func sample(_ metric: Metric, _ kind: GroupKind, _ values: @escaping @Sendable (KubeObject) -> Samples) {
            metrics.sample(metric) { objects().objects(kind, namespace: nil).flatMap(values) }
        }
        sample(.rolloutInfo, Rollout.kind.groupKind) { object in
            let rollout = RolloutFigures(object)
            return [(name(object) + [rollout.strategy, rollout.router, rollout.phase], 1)]
        }
        sample(.rolloutPhase, Rollout.kind.groupKind) { object in
            let rollout = RolloutFigures(object)
            return [(name(object) + [rollout.strategy, rollout.phase], 1)]
        }
        let counts: [(Metric, @Sendable (RolloutFigures) -> Int)] = [
            (.rolloutReplicasAvailable, { $0.available }), (.rolloutReplicasUnavailable, { $0.unavailable }),
            (.rolloutReplicasDesired, { $0.desired }), (.rolloutReplicasUpdated, { $0.updated }),
        ]
        for (metric, count) in counts {
            sample(metric, Rollout.kind.groupKind) { [(name($0), Double(count(RolloutFigures($0))))] }
        }
        sample(.rolloutStep, Rollout.kind.groupKind) { rollout in
            guard let count = steps(rollout) else { return [] }
            // Without an index a rollout is at its beginning.
            let index = rollout.status["currentStepIndex"].int ?? 0
            return [(name(rollout), Double(min(Int(clamping: index), count)))]
        }
        sample(.rolloutSteps, Rollout.kind.groupKind) { rollout in
            steps(rollout).map { [(name(rollout), Double($0))] } ?? []
        }
        sample(.applicationInfo, applications) { [(applicationLabels($0), 1)] }
        for metric in [Metric.analysisRunInfo, .analysisRunPhase] {
            sample(metric, AnalysisKinds.run) { [(name($0) + [phase($0)], 1)] }
        }
        for metric in [Metric.experimentInfo, .experimentPhase] {
            sample(metric, Experiment.kind.groupKind) { [(name($0) + [phase($0)], 1)] }
        }
        sample(.analysisRunMetricType, AnalysisKinds.run) { run in
            metricTypes(run).map { (name(run) + [$0.metric, $0.type], 1) }
        }
        sample(.analysisRunMetricPhase, AnalysisKinds.run, runMetrics)
        sample(.analysisTemplateInfo, AnalysisKinds.template) { [(name($0), 1)] }
        sample(.analysisTemplateMetricInfo, AnalysisKinds.template) { template in
            metricTypes(template).map { (name(template) + [$0.type, $0.metric], 1) }
        }
        metrics.set(.controllerInfo, [version], to: 1)
        metrics.set(.buildInfo, [version, "", architecture, ""], to: 1)
    }

    /// What a registry with nothing but these gauges tells of some objects.
    package static func text(version: String, of objects: any ObjectReader & Sendable) -> String {
        let metrics = MetricRegistry()
        register(in: metrics, version: version) { objects }
        return metrics.exposition()
    }

    private static func name(_ object: KubeObject) -> [String] { [object.namespace, object.name] }

    private static let applications = GroupKind(ApplicationNames.group, "Application")

    private static func applicationLabels(_ object: KubeObject) -> [String] {
        let spec = ApplicationSpec(object.spec)
        let status = ApplicationStatus(object.status)
        return name(object) + [
            spec.project, spec.sources.first?.repoURL ?? "", spec.destination.namespace,
            status.syncCode?.rawValue ?? "Unknown", status.healthCode?.rawValue ?? "Unknown",
            object.tree["operation"].object != nil ? "sync" : "",
        ]
    }

    /// How many steps a canary has; nil for blue-green and for a canary without any.
    private static func steps(_ rollout: KubeObject) -> Int? {
        let count = rollout.spec["strategy"]["canary"]["steps"].elements.count
        return count == 0 ? nil : count
    }

    private static func phase(_ object: KubeObject) -> String {
        let phase = object.status["phase"].string ?? ""
        return phase.isEmpty ? "Pending" : phase
    }

    /// The metrics of a run or a template, each with its provider's key.
    private static func metricTypes(_ object: KubeObject) -> [(metric: String, type: String)] {
        object.spec["metrics"].elements.map { metric in
            (metric["name"].string ?? "", metric["provider"].object?.keys.first ?? "")
        }
    }

    @Sendable private static func runMetrics(_ run: KubeObject) -> Samples {
        let types = Dictionary(metricTypes(run).map { ($0.metric, $0.type) }) { first, _ in first }
        return run.status["metricResults"].elements.map { result in
            let metric = result["name"].string ?? ""
            let isDry = result["dryRun"].bool ?? false
            return (
                name(run) + [metric, types[metric] ?? "", String(isDry), result["phase"].string ?? ""], 1
            )
        }
    }

    private static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }
}

/// A Rollout in the words and numbers of its gauges.
struct RolloutFigures {
    let strategy: String
    let router: String
    let phase: String
    let desired: Int
    let available: Int
    let unavailable: Int
    let updated: Int

    init(_ object: KubeObject) {
        let spec = object.spec
        let status = object.status
        strategy = spec["strategy"]["blueGreen"].isNull ? "canary" : "blueGreen"
        let routing = spec["strategy"]["canary"]["trafficRouting"]
        router = Self.routers.first { !routing[$0.key].isNull }?.word ?? ""
        phase = Self.phase(status)
        desired = spec["replicas"].int.map { Int($0) } ?? 1
        available = status["availableReplicas"].int.map { Int($0) } ?? 0
        unavailable = max(0, (status["replicas"].int.map { Int($0) } ?? 0) - available)
        updated = status["updatedReplicas"].int.map { Int($0) } ?? 0
    }

    private static let routers: [(key: String, word: String)] = [
        ("alb", "ALB"), ("ambassador", "Ambassador"), ("istio", "Istio"), ("nginx", "Nginx"), ("smi", "SMI"),
        ("appMesh", "AppMesh"), ("traefik", "Traefik"), ("apisix", "Apisix"), ("gatewayAPI", "GatewayAPI"),
        ("plugins", "Plugins"),
    ]

    /// The word by which dashboards know where a Rollout is.
    private static func phase(_ status: JSON) -> String {
        let conditions = status["conditions"].elements
        if conditions.contains(where: { $0["type"] == "InvalidSpec" && $0["status"] == "True" }) {
            return "InvalidSpec"
        }
        let progressing = conditions.first { $0["type"] == "Progressing" }
        return switch progressing?["reason"].string {
        case RolloutReason.newReplicaSetAvailable: "Completed"
        case RolloutReason.paused: "Paused"
        case RolloutReason.replicaSetCreateError: "Error"
        case RolloutReason.progressDeadlineExceeded: "Timeout"
        case RolloutReason.aborted: "Abort"
        default: "Progressing"
        }
    }
}
