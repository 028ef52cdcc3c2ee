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

    init() {}

    /// The ReplicaSet that a Service sends to.
    func target(_ service: String?) -> Pods? {
        guard let service, let hash = selected[service] else { return nil }
        return pods.first { $0.hash == hash }
    }

    func pods(named name: String) -> Pods? { pods.first { $0.name == name } }
}

extension WorldFacts {
    private static let rollout = GroupKind("argoproj.io", "Rollout")
    private static let replicaSet = GroupKind("apps", "ReplicaSet")
    private static let virtualService = GroupKind("networking.istio.io", "VirtualService")

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
        ]
        for name in names.compactMap(\.string) {
            let service = machine.object(
                GroupKind("", "Service"), ObjectKey(namespace: key.namespace, name: name))
            selected[name] = service?.spec["selector"][RolloutLabels.podTemplateHash].string
        }
        weights = Self.weights(machine, rollout)
    }

    private static func weights(_ machine: ClusterMachine, _ rollout: KubeObject) -> Weights? {
        let canary = rollout.spec["strategy"]["canary"]
        guard let name = canary["trafficRouting"]["istio"]["virtualService"]["name"].string,
            let service = machine.object(
                virtualService, ObjectKey(namespace: rollout.namespace, name: name))
        else { return nil }
        // Routes of other ports and names, and subsets, are for the transcripts.
        let names = [canary["canaryService"], canary["stableService"]].compactMap(\.string)
        func weight(_ route: JSON, _ name: String) -> Int? {
            let entry = route["route"].elements.first { $0["destination"]["host"].string == name }
            return entry.map { Int($0["weight"].int ?? 0) }
        }
        guard names.count == 2, canary["trafficRouting"]["istio"]["destinationRule"].isNull else { return nil }
        for route in service.spec["http"].elements {
            // A route of one side alone is one by headers.
            guard let first = weight(route, names[0]), let second = weight(route, names[1]) else { continue }
            return Weights(canary: first, stable: second)
        }
        return nil
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
