// One write as invariants look at it: what was known, what was sent, what the world was and is.

import KubeModel
package import RolloutCore

/// What a pass of the rollout controller knew and decided.
package struct RolloutEvidence: Sendable {
    package var snapshot: RolloutSnapshot
    package var plan: Plan
    package init(snapshot: RolloutSnapshot, plan: Plan) {
        self.snapshot = snapshot
        self.plan = plan
    }
}

/// A write that the machine carried out.
struct WriteRecord: Sendable {
    var change: Change
    var before: WorldFacts
    var after: WorldFacts
    /// Of the pass that sent it; nil for other controllers than the rollouts'.
    var evidence: RolloutEvidence?
    /// Pods may be lost without anybody's fault: for a while what was ready may not be.
    var arePodsCertain = true

    init(_ change: Change, before: WorldFacts, after: WorldFacts, evidence: RolloutEvidence? = nil) {
        self.change = change
        self.before = before
        self.after = after
        self.evidence = evidence
    }

    /// What the write did, by the world before and after it.
    var effect: Effect? {
        for pods in after.pods {
            let wished = before.pods(named: pods.name)?.wished ?? 0
            if pods.wished > wished { return .grow }
            if pods.wished < wished { return .shrink }
        }
        if before.shares != after.shares || before.selected != after.selected { return .shift }
        return nil
    }

    /// What a write is to its users, in the order in which a pass may write (invariant 3).
    enum Effect: Int, Comparable, Sendable {
        case grow, shift, shrink
        static func < (left: Effect, right: Effect) -> Bool { left.rawValue < right.rawValue }
    }
}
