// What the world shows of one rollout at one instant, as far as invariants go.

import ClusterSim
import JSONTree
import KubeModel
import MartletModel

/// The truth of the machine about one rollout: not what a cache says.
struct WorldFacts: Hashable, Sendable {
    /// A ReplicaSet of the rollout.
    struct Pods: Hashable, Sendable {
        var name: String
        var hash: String
        var wished: Int
        var available: Int
    }

    /// The shares of traffic that the router holds.
    struct Weights: Hashable, Sendable {
        var canary: Int
        var stable: Int
        /// What experiments and destinations of other people have.
        var others = 0
    }

    /// Where the rollout's status says that it is.
    struct Place: Hashable, Sendable {
        var step: Int64?
        var hash: String?
        var stepHash: String?
        var stableHash: String?
        var isAborted = false
        /// The analysis runs that the status names.
        var runs: Set<String> = []
    }

    var place = Place()
    var pods: [Pods] = []
    /// What each Service selects, by the Service's name; those that select no revision are missing.
    var selected: [String: String] = [:]
    var weights: Weights?
    /// What the weights name: Services, subsets or virtual nodes; keys of `selected`.
    var canaryEnd: String?
    var stableEnd: String?

    init() {}

    /// The ReplicaSet that a Service sends to.
    func target(_ service: String?) -> Pods? {
        guard let service, let hash = selected[service] else { return nil }
        return pods.first { $0.hash == hash }
    }

    /// The weights by what they name: two sides that swap their names change nothing.
    var shares: [String: Int]? {
        guard let weights else { return nil }
        return [stableEnd ?? "stable": weights.stable, canaryEnd ?? "canary": weights.canary]
    }

    func pods(named name: String) -> Pods? { pods.first { $0.name == name } }
}

extension WorldFacts {
    private static let rollout = GroupKind("argoproj.io", "Rollout")
    private static let replicaSet = GroupKind("apps", "ReplicaSet")

    /// Reads the facts; nil where the rollout is not there.
    init?(_ machine: ClusterMachine, _ key: ObjectKey) {
        guard let rollout = machine.object(Self.rollout, key) else { return nil }
        place = Place(rollout.status)
        for set in machine.objects(Self.replicaSet, namespace: key.namespace)
        where set.controller?.uid == rollout.uid {
            pods.append(
                Pods(
                    name: set.name, hash: set.label(RolloutLabels.podTemplateHash) ?? "",
                    wished: Int(set.spec["replicas"].int ?? 1),
                    available: Int(set.status["availableReplicas"].int ?? 0)))
        }
        let strategy = rollout.spec["strategy"]
        let names = [
            strategy["canary"]["canaryService"], strategy["canary"]["stableService"],
            strategy["blueGreen"]["activeService"], strategy["blueGreen"]["previewService"],
            strategy["canary"]["pingPong"]["pingService"], strategy["canary"]["pingPong"]["pongService"],
        ]
        for name in names.compactMap(\.string) {
            let service = machine.object(
                GroupKind("", "Service"), ObjectKey(namespace: key.namespace, name: name))
            selected[name] = service?.spec["selector"][RolloutLabels.podTemplateHash].string
        }
        let route = RouteFacts(machine, rollout)
        (weights, canaryEnd, stableEnd) = (route.weights, route.canaryEnd, route.stableEnd)
        selected.merge(route.selected) { service, _ in service }
    }
}

extension WorldFacts.Place {
    init(_ status: JSON) {
        step = status["currentStepIndex"].int
        hash = status["currentPodHash"].string
        stepHash = status["currentStepHash"].string
        stableHash = status["stableRS"].string
        isAborted = status["abort"].bool ?? false
        let recorded = [
            status["canary"]["currentStepAnalysisRunStatus"],
            status["canary"]["currentBackgroundAnalysisRunStatus"],
            status["blueGreen"]["prePromotionAnalysisRunStatus"],
            status["blueGreen"]["postPromotionAnalysisRunStatus"],
        ]
        runs = Set(recorded.compactMap { $0["name"].string })
    }
}
