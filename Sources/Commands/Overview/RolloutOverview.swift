// Everything about a rollout that `get rollout` shows, read from its objects.

package import JSONTree
package import KubeModel

/// A rollout with what belongs to it, as objects.
package struct RolloutOverview: Sendable {
    package static let hashLabel = "rollouts-pod-template-hash"
    package static let revisionAnnotation = "rollout.argoproj.io/revision"

    package var rollout: KubeObject
    /// ReplicaSets of the rollout, newest revision first.
    package var replicaSets: [KubeObject]
    package var pods: [KubeObject]
    package var analysisRuns: [KubeObject]
    package var experiments: [KubeObject]
    /// Why it is where it is, in a sentence; empty when there is nothing to say.
    package var why: String

    /// Keeps of the listed objects those that the rollout owns, also by way of its ReplicaSets.
    package init(
        rollout: KubeObject, replicaSets: [KubeObject], pods: [KubeObject], analysisRuns: [KubeObject],
        experiments: [KubeObject] = [], why: String = ""
    ) {
        self.rollout = rollout
        let owned = replicaSets.filter { $0.controller?.uid == rollout.uid }
        self.replicaSets = owned.sorted {
            (Self.revision($0), $1.name) > (Self.revision($1), $0.name)
        }
        let owners = Set(owned.map(\.uid))
        self.pods = pods.filter { owners.contains($0.controller?.uid ?? "") }.sorted {
            ($0.creationTimestamp ?? .epoch, $0.name) < ($1.creationTimestamp ?? .epoch, $1.name)
        }
        self.analysisRuns = analysisRuns.filter { $0.controller?.uid == rollout.uid }.sorted {
            ($0.creationTimestamp ?? .epoch, $0.name) > ($1.creationTimestamp ?? .epoch, $1.name)
        }
        self.experiments = experiments.filter { $0.controller?.uid == rollout.uid }
        self.why = why
    }

    package static func revision(_ object: KubeObject) -> Int {
        Int(object.annotation(revisionAnnotation) ?? "") ?? 0
    }

    package var isCanary: Bool { !rollout.spec["strategy"]["canary"].isNull }
    package var strategyName: String {
        if isCanary { return "Canary" }
        return rollout.spec["strategy"]["blueGreen"].isNull ? "unknown" : "BlueGreen"
    }
    package var steps: [JSON] { rollout.spec["strategy"]["canary"]["steps"].elements }
    package var stepIndex: Int? { rollout.status["currentStepIndex"].int.map(Int.init) }
    package var weightMax: Int {
        Int(rollout.spec["strategy"]["canary"]["trafficRouting"]["maxTrafficWeight"].int ?? 100)
    }

    /// The weight that the step asks for: of the last setWeight up to the current step.
    package var wantedWeight: Int {
        guard let index = stepIndex, !steps.isEmpty else { return weightMax }
        if rollout.status["abort"].bool == true { return 0 }
        if index >= steps.count { return weightMax }
        return steps[...index].reversed().lazy.compactMap { $0["setWeight"].int }.first.map(Int.init) ?? 0
    }

    /// The share that the canary gets now.
    package var actualWeight: Int {
        guard let index = stepIndex else { return weightMax }
        let canary = rollout.status["canary"]
        if !rollout.spec["strategy"]["canary"]["trafficRouting"].isNull {
            if let weight = canary["weights"]["canary"]["weight"].int, index < steps.count { return Int(weight) }
            return wantedWeight
        }
        let available = Int(rollout.status["availableReplicas"].int ?? 0)
        guard available > 0, let newest = replicaSets.first(where: isCurrent) else { return 0 }
        return Int(newest.status["availableReplicas"].int ?? 0) * weightMax / available
    }

    package func isCurrent(_ replicaSet: KubeObject) -> Bool {
        replicaSet.label(Self.hashLabel) == rollout.status["currentPodHash"].string
    }

    /// What a ReplicaSet is at present: `stable`, `canary`, `active`, `preview`.
    package func tags(_ replicaSet: KubeObject) -> [String] {
        guard let hash = replicaSet.label(Self.hashLabel) else { return [] }
        let status = rollout.status
        var tags: [String] = []
        if status["stableRS"].string == hash { tags.append("stable") }
        if isCanary {
            if status["currentPodHash"].string == hash, status["stableRS"].string != hash { tags.append("canary") }
        } else if status["blueGreen"]["activeSelector"].string == hash {
            tags.append("active")
        } else if status["blueGreen"]["previewSelector"].string == hash {
            tags.append("preview")
        }
        return tags
    }

    /// The images that run, each with the tags of the ReplicaSets that run it.
    package var images: [(image: String, tags: [String])] {
        var found: [String: [String]] = [:]
        for replicaSet in replicaSets where (replicaSet.status["replicas"].int ?? 0) > 0 {
            for container in replicaSet.spec["template"]["spec"]["containers"].elements {
                guard let image = container["image"].string else { continue }
                found[image, default: []] += tags(replicaSet).filter { !(found[image] ?? []).contains($0) }
            }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
