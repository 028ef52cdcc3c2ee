// Everything about a rollout that `get rollout` shows, read from its objects.

package import JSONTree
package import KubeModel
import MartletModel

/// A rollout with what belongs to it, as objects.
package struct RolloutOverview: Sendable {
    package var rollout: KubeObject
    /// ReplicaSets of the rollout, newest revision first.
    package var replicaSets: [KubeObject]
    /// ReplicaSets of its experiments, by name.
    var trialSets: [KubeObject]
    package var pods: [KubeObject]
    /// Runs of the rollout and of its experiments, newest first.
    package var analysisRuns: [KubeObject]
    package var experiments: [KubeObject]
    package var jobs: [KubeObject]

    /// Keeps of the listed objects those that the rollout owns, also by way of its ReplicaSets and
    /// experiments.
    package init(
        rollout: KubeObject, replicaSets: [KubeObject] = [], pods: [KubeObject] = [],
        analysisRuns: [KubeObject] = [],
        experiments: [KubeObject] = [], jobs: [KubeObject] = []
    ) {
        self.rollout = rollout
        let owned = replicaSets.filter { $0.controller?.uid == rollout.uid }
        self.replicaSets = owned.sorted {
            (Self.revision($1), $0.name) < (Self.revision($0), $1.name)
        }
        self.experiments = experiments.filter { $0.controller?.uid == rollout.uid }.sorted {
            (Self.revision($1), $1.creationTimestamp ?? .epoch) < (
                Self.revision($0), $0.creationTimestamp ?? .epoch
            )
        }
        let trials = Set(self.experiments.map(\.uid))
        trialSets = replicaSets.filter { trials.contains($0.controller?.uid ?? "") }.sorted {
            $0.name < $1.name
        }
        let owners = Set((owned + trialSets).map(\.uid))
        self.pods = pods.filter { owners.contains($0.controller?.uid ?? "") }.sorted {
            ($0.creationTimestamp ?? .epoch, $0.name) < ($1.creationTimestamp ?? .epoch, $1.name)
        }
        let runOwners = trials.union([rollout.uid])
        self.analysisRuns = analysisRuns.filter { runOwners.contains($0.controller?.uid ?? "") }
            .sorted {
                ($1.creationTimestamp ?? .epoch, $0.name) < (
                    $0.creationTimestamp ?? .epoch, $1.name
                )
            }
        let runs = Set(self.analysisRuns.map(\.uid))
        self.jobs = jobs.filter { runs.contains($0.controller?.uid ?? "") }
    }

    package static func revision(_ object: KubeObject) -> Int {
        Int(object.annotation(RolloutAnnotations.revision) ?? "") ?? 0
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
        return steps[...max(0, index)].reversed().lazy.compactMap { $0["setWeight"].int }.first.map(
            Int.init) ?? 0
    }

    /// The share that the canary gets now.
    package var actualWeight: Int {
        guard let index = stepIndex else { return weightMax }
        let canary = rollout.status["canary"]
        if !rollout.spec["strategy"]["canary"]["trafficRouting"].isNull {
            if let weight = canary["weights"]["canary"]["weight"].int, index < steps.count {
                return Int(weight)
            }
            return wantedWeight
        }
        let available = Int(rollout.status["availableReplicas"].int ?? 0)
        guard available > 0, let newest = replicaSets.first(where: isCurrent) else { return 0 }
        return Int(newest.status["availableReplicas"].int ?? 0) * weightMax / available
    }

    package func isCurrent(_ replicaSet: KubeObject) -> Bool {
        replicaSet.label(RolloutLabels.podTemplateHash) == rollout.status["currentPodHash"].string
    }

    /// What a ReplicaSet is at present: `stable`, then one of `canary`, `active`, `preview`, then
    /// `ping` or `pong`.
    package func tags(_ replicaSet: KubeObject) -> [String] {
        guard let hash = replicaSet.label(RolloutLabels.podTemplateHash) else { return [] }
        let status = rollout.status
        var tags: [String] = []
        let isStable = status["stableRS"].string == hash
        if isStable { tags.append("stable") }
        if isCanary {
            let isTrial = status["currentPodHash"].string == hash && !isStable
            if isTrial { tags.append("canary") }
            // Until the first promotion pong is the stable one.
            let isPingStable = status["canary"]["stablePingPong"].string == "ping"
            if !rollout.spec["strategy"]["canary"]["pingPong"].isNull, isStable || isTrial {
                tags.append(isStable == isPingStable ? "ping" : "pong")
            }
        } else if status["blueGreen"]["activeSelector"].string == hash {
            tags.append("active")
        } else if status["blueGreen"]["previewSelector"].string == hash {
            tags.append("preview")
        }
        return tags
    }

    /// The images that run, each with the tags of the ReplicaSets that run it. Where several do, the
    /// tags are sorted.
    package var images: [(image: String, tags: [String])] {
        var found: [String: [String]] = [:]
        func add(_ replicaSet: KubeObject, _ tags: [String]) {
            guard (replicaSet.status["replicas"].int ?? 0) > 0 else { return }
            for image in Set(Self.images(of: replicaSet)) {
                let before = found[image]
                let added = tags.filter { !(before ?? []).contains($0) }
                found[image] = before.map { ($0 + added).sorted() } ?? added
            }
        }
        for replicaSet in replicaSets { add(replicaSet, tags(replicaSet)) }
        for replicaSet in trialSets {
            add(
                replicaSet,
                [
                    "Σ:\(replicaSet.annotation("experiment.argoproj.io/template-name") ?? replicaSet.name)"
                ])
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    static func images(of replicaSet: KubeObject) -> [String] {
        replicaSet.spec["template"]["spec"]["containers"].elements.compactMap { $0["image"].string }
    }

    /// Why somebody has aborted it, in that person's words; empty when nobody said.
    var abortReason: String {
        guard rollout.status["abort"].bool == true else { return "" }
        return AbortNote(rollout)?.reason ?? ""
    }
}
