// Invariants 5, 6 and 8: where a rollout may go, and what it says that it waits for.

import KubeModel
import MartletModel
import RolloutCore

/// Looks at a decision: what it was made from, and what it comes to.
struct PositionInvariants: Sendable {
    let snapshot: RolloutSnapshot
    let plan: Plan

    init(_ evidence: RolloutEvidence) {
        snapshot = evidence.snapshot
        plan = evidence.plan
    }

    private var before: RolloutStatus { snapshot.rollout.view.status }
    private var spec: RolloutSpec { snapshot.rollout.view.spec }

    /// A new revision, or other steps: everything begins anew.
    private var isAnew: Bool {
        before.currentPodHash != plan.status.currentPodHash || before.currentStepHash != plan.status.currentStepHash
    }

    /// What is broken, each with its number.
    var broken: [String] { [stayed, named].compactMap(\.self) }

    // MARK: 6

    /// Why the position must stay where it is, if it must.
    private var hold: String? {
        if before.isAborted, plan.status.isAborted { return "aborted" }
        if case .stalled = plan.outcome { return "stalled" }
        if spec.isPaused, !before.promoteFull { return "paused by its specification" }
        if before.promoteFull || plan.status.isAborted { return nil }
        let open = before.pauseConditions.first { !isOver($0) }
        return open.map { "paused: \($0.reason)" }
    }

    /// At a pause step the canary has its step's weight, also again after it lost its pods.
    private var ownWeight: Weight {
        guard !before.isAborted, !spec.isPaused, let steps = spec.canary?.steps, let index = before.currentStepIndex,
            before.pauseConditions.allSatisfy({ $0.reason == RolloutStatus.PauseCondition.canaryStep })
        else { return .zero }
        return TargetWeight.lastWeight(in: steps, at: index)
    }

    private func isOver(_ pause: RolloutStatus.PauseCondition) -> Bool {
        switch pause.reason {
        case RolloutStatus.PauseCondition.canaryStep:
            guard let steps = spec.canary?.steps, let index = before.currentStepIndex, steps.indices.contains(index),
                case .pause(let duration) = steps[index], let length = duration.duration
            else { return false }
            return pause.startTime + length <= snapshot.now
        case RolloutStatus.PauseCondition.blueGreen:
            guard let strategy = spec.blueGreen, strategy.autoPromotionEnabled else { return false }
            return pause.startTime + .seconds(strategy.autoPromotionSeconds) <= snapshot.now
        default: return false
        }
    }

    private var stayed: String? {
        guard let hold, !isAnew else { return nil }
        if let old = before.currentStepIndex, let new = plan.status.currentStepIndex, new > old {
            return "invariant 6: step \(old) to \(new) while \(hold)"
        }
        if !before.stableHash.isEmpty, plan.status.stableHash != before.stableHash {
            return "invariant 6: \(plan.status.stableHash) made stable while \(hold)"
        }
        let old = max(before.canary.weights?.canary.weight ?? .zero, ownWeight)
        for case .route(let weight) in plan.moves.map(\.intent) where weight > old {
            return "invariant 6: weight \(old) to \(weight) while \(hold)"
        }
        if let active = spec.blueGreen?.activeService {
            for case .selectRevision(active, let hash) in plan.moves.map(\.intent) where hash != before.stableHash {
                return "invariant 6: \(active) to \(hash) while \(hold)"
            }
        }
        return nil
    }

    // MARK: 8

    /// What is watched, as waits name it. Another word is a wait for something that may never come.
    private static let watched = [
        "pod", "promote", "unpaused", "ReplicaSet", "analysis", "route", "switch", "experiment", "confirm",
    ]

    private var named: String? {
        if let time = plan.outcome.lookAgain, time <= snapshot.now, plan.moves.isEmpty {
            return "invariant 8: waits for a time that is over, \(time.rfc3339)"
        }
        switch plan.outcome {
        case .waiting(let reason, let until):
            if reason.isEmpty { return "invariant 8: a wait without a name" }
            if until == nil, !Self.watched.contains(where: reason.contains) {
                return "invariant 8: nothing that is watched ends the wait for \(reason)"
            }
        case .settled(nil) where plan.moves.isEmpty && plan.status.phase == .progressing:
            return "invariant 8: settled while progressing (\(plan.status.message)), and nothing is waited for"
        case .settled: break
        case .stalled(let reason, let message):
            if reason.isEmpty || message.isEmpty { return "invariant 8: stalled without a word" }
        }
        return nil
    }
}

/// Invariant 5 in the world: the step never goes back by itself.
struct StepInvariant: Sendable {
    private var last: WorldFacts.Place?
    private var wasTouched = false

    /// A person has written the rollout: what follows may be their wish.
    mutating func expectUserChange() { wasTouched = true }

    mutating func take(_ place: WorldFacts.Place) -> [String] {
        defer {
            last = place
            wasTouched = false
        }
        guard !wasTouched, let last, let old = last.step, let step = place.step, step < old, last.hash == place.hash,
            last.stepHash == place.stepHash, !place.isAborted, !last.isAborted
        else { return [] }
        return ["invariant 5: step \(old) to \(step)"]
    }
}
