// What a scenario's transcript tells: news only, with revisions instead of hashes.

import ClusterSim
import JSONTree
import KubeModel
import MartletModel
import RolloutCore

extension World {
    /// How much of what happens is told.
    package enum Telling: Sendable {
        /// Every write, for finding out what went wrong.
        case everything
        /// What changes for people: writes but those of the status, where the rollout is, pods.
        case news
    }

    /// Kills the rollout controller at a time.
    mutating func killLater(at time: Timestamp) { events.push(.kill(0), at: time) }

    /// Tells where a decision says that the rollout is, when that has changed.
    mutating func tellPosition(_ evidence: RolloutEvidence?) {
        guard telling == .news, let plan = evidence?.plan else { return }
        let words = "\(plan.status.phase?.rawValue ?? "?"): \(plan.why)"
        if words == lastTold { return }
        lastTold = words
        note("rollout", words)
    }

    /// Tells how many pods are available, when that has changed.
    mutating func tellPods() {
        guard telling == .news else { return }
        var counts: [String: String] = [:]
        for set in machine.objects(ReplicaSetView.kind.groupKind, namespace: subject.namespace) {
            let wished = set.spec["replicas"].int ?? 0
            let available = set.status["availableReplicas"].int ?? 0
            if wished == 0, available == 0, lastPods[set.name] == nil { continue }
            counts[set.name] = "\(available)/\(wished) available"
        }
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) where lastPods[name] != count {
            note("pods", "\(name) \(count)")
        }
        for name in lastPods.keys.sorted() where counts[name] == nil { note("pods", "\(name) gone") }
        lastPods = counts
    }

    /// The state in which a scenario ends.
    mutating func tellEnd() {
        guard let facts = WorldFacts(machine, subject) else { return tellEndWithoutRollout() }
        var words = facts.pods.sorted { $0.name < $1.name }.filter { $0.wished > 0 || $0.available > 0 }
            .map { "\($0.name) \($0.available)/\($0.wished)" }
        for (service, hash) in facts.selected.sorted(by: { $0.key < $1.key }) {
            words.append("\(service) → \(named(hash))")
        }
        if let weights = facts.weights { words.append("weights \(weights.stable)/\(weights.canary)") }
        note("end", words.joined(separator: ", "))
    }

    /// What a Rollout that is gone has left.
    private func leftovers() -> [String] {
        let sets = machine.objects(ReplicaSetView.kind.groupKind, namespace: subject.namespace)
            .map(ReplicaSetView.init).filter { $0.wished > 0 || $0.available > 0 }
            .map { "\($0.name) \($0.available)/\($0.wished)" }
        let services = machine.objects(ServiceView.kind.groupKind, namespace: subject.namespace)
            .map { ($0.name, ServiceView($0).hash) }
            .map { "\($0) → \($1.isEmpty ? "all pods" : named($1))" }
        return sets + services
    }

    private mutating func tellEndWithoutRollout() {
        note("end", (["the rollout is gone"] + leftovers()).joined(separator: ", "))
    }

    /// A text with `web-r2` for `web-5478c4c6`.
    func named(_ text: String) -> String {
        var text = text
        for (hash, revision) in revisions { text = text.replacing(hash, with: "r\(revision)") }
        return text
    }

    /// The order in which revisions appeared names them.
    mutating func nameRevisions(_ change: Change) {
        guard case .create(let object) = change, object.kindName == "ReplicaSet",
            let hash = object.label(RolloutLabels.podTemplateHash), revisions[hash] == nil
        else { return }
        revisions[hash] = revisions.count + 1
    }
}
