// Invariant 1: one plan for one snapshot, and never the inverse of what was just done.

import ClusterSim
import HTTPModel
import KubeModel
import MartletModel
import RolloutCore

/// Looks at decisions beside each other.
enum DecisionInvariants {
    /// So many decisions may follow each other before the world must be at rest.
    private static let roundMax = 12

    /// Whether a decision repeats.
    static func repeats(_ evidence: RolloutEvidence) -> [String] {
        decide(evidence.snapshot) == evidence.plan ? [] : ["invariant 1: another plan from the same snapshot"]
    }

    /// Whether a plan undoes what the one before it has done.
    ///
    /// - Parameter facts: The world before the first plan.
    static func inverse(of first: Plan, _ facts: WorldFacts, in second: Plan) -> [String] {
        var broken: [String] = []
        for done in first.moves {
            for next in second.moves where isInverse(next.intent, of: done.intent, facts) {
                if facts.place.stableHash != second.status.stableHash, endsWithPromotion(next.intent) { continue }
                broken.append("invariant 1: \(done.summary), and at once \(next.summary)")
            }
        }
        let (old, new) = (first.status, second.status)
        if old.currentPodHash == new.currentPodHash, old.currentStepHash == new.currentStepHash, !new.isAborted,
            let before = old.currentStepIndex, let after = new.currentStepIndex, after < before
        {
            broken.append("invariant 1: step \(before), and at once step \(after)")
        }
        return broken
    }

    /// What has become stable takes its traffic over at stable's own weight, and needs no analysis.
    private static func endsWithPromotion(_ intent: Move.Intent) -> Bool {
        switch intent {
        case .route, .terminateRun: true
        default: false
        }
    }

    private static func isInverse(_ next: Move.Intent, of done: Move.Intent, _ facts: WorldFacts) -> Bool {
        switch (done, next) {
        case (.scale(let name, let from, let to), .scale(let other, let again, let back)):
            return name == other && (to > from) == (again > back) && to != from && again != back
        case (.createReplicaSet(let name), .deleteReplicaSet(let other)),
            (.createRun(let name), .deleteRun(let other)), (.createRun(let name), .terminateRun(let other)):
            return name == other
        case (.route(let weight), .route(let back)):
            return back.value == facts.weights?.canary && back != weight
        case (.selectRevision(let service, let hash), .selectRevision(let other, let back)):
            return service == other && back == facts.selected[service] && back != hash
        default: return false
        }
    }

    /// Carries plans out on a copy of the machine, whose clock stands still, until none is left.
    ///
    /// - Parameters:
    ///   - first: The plan that was just carried out, and the world before it.
    ///   - trims: What a controller's cache keeps of each kind.
    static func rest(
        after first: Plan, _ facts: WorldFacts, of key: ObjectKey, _ machine: ClusterMachine,
        trims: [GroupKind: SimulatedWatch], now: Timestamp
    ) -> [String] {
        var reader = MachineReader(machine: machine, watches: trims)
        var (last, before) = (first, facts)
        var summaries: [String] = []
        for _ in 0..<roundMax {
            guard let snapshot = RolloutGatherer.gather(key, reader: reader, now: now) else { return [] }
            let plan = decide(snapshot)
            let broken = inverse(of: last, before, in: plan)
            if !broken.isEmpty { return broken }
            if plan.moves.isEmpty { return [] }
            summaries.append(plan.moves.map(\.summary).joined(separator: ", "))
            before = WorldFacts(reader.machine, key) ?? before
            for change in plan.moves.flatMap(\.changes) {
                _ = reader.machine.handle(ChangeRequest.make(change), user: .admin, now: now)
            }
            last = plan
        }
        return ["invariant 1: decisions don't come to rest: \(summaries.suffix(4).joined(separator: " | "))"]
    }
}

/// A cache that has seen everything.
struct MachineReader: ObjectReader {
    var machine: ClusterMachine
    /// By kind: a kind that isn't watched is not seen.
    var watches: [GroupKind: SimulatedWatch]

    func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? {
        guard let watch = watches[kind] else { return nil }
        return machine.object(kind, key).map { KubeObject(watch.trim?($0.tree) ?? $0.tree) }
    }

    func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject] {
        guard let watch = watches[kind] else { return [] }
        return machine.objects(kind, namespace: namespace).map { KubeObject(watch.trim?($0.tree) ?? $0.tree) }
    }

    func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject] {
        objects(kind, namespace: namespace).filter { $0.ownerReferences.contains { $0.uid == uid } }
    }
}
