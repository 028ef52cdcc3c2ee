// The transitions of a canary: abort, promotion, one step at a time.

import KubeModel
import MartletModel
import TrafficRouting

/// Where a canary goes from a position, given what is true of its target.
struct CanaryAdvance {
    let strategy: CanaryStrategy
    let target: Target
    var passage: Passage
    var stall: String?

    init(_ snapshot: RolloutSnapshot, _ position: Position, _ strategy: CanaryStrategy, _ target: Target) {
        self.strategy = strategy
        self.target = target
        passage = Passage(snapshot, position)
    }

    private var position: Position { passage.position }
    private var spec: RolloutSpec { passage.spec }
    var status: RolloutStatus { passage.status }

    /// Takes the one transition that is due.
    mutating func take() {
        if passage.beginsOrEnds() { return }
        if promoteIfDue() { return }
        if status.promoteFull { return skipToEnd() }
        if position.isFastTrack {
            passage.wait = (target.lack, nil)
            return
        }
        step()
    }

    // MARK: Promotion

    /// Makes the present revision the stable one when it has earned it.
    private mutating func promoteIfDue() -> Bool {
        if position.isFullyPromoted { return true }
        if status.stableHash.isEmpty {
            promote(because: "Initial deploy")
            return true
        }
        guard let canary = position.newSet, canary.wished > 0 || spec.replicas == 0, isWhole(canary),
            !spec.isPaused
        else { return false }
        if status.promoteFull {
            promote(because: "Full promotion requested")
        } else if !status.pauseConditions.isEmpty, (status.currentStepIndex ?? strategy.steps.count) >= strategy.steps.count {
            // An analysis that is in doubt stops also what has no step left (invariant 6).
            passage.wait = ("promote", nil)
        } else if position.isFastTrack {
            promote(because: "Rollback to revision within the rollback window")
        } else if status.currentStepIndex ?? strategy.steps.count >= strategy.steps.count {
            // All traffic is at the canary, or there is no router that could bring it there.
            guard strategy.trafficRouting == nil || isRouted, target.isReached || strategy.steps.isEmpty
                || strategy.trafficRouting == nil
            else { return false }
            if let reason = target.unconfirmed {
                passage.wait = (reason, nil)
                return true
            }
            promote(because: "Completed all \(strategy.steps.count) canary steps")
        } else {
            return false
        }
        return true
    }

    /// Whether the router was told the whole share before, so that it is seen that the canary has
    /// carried everything before it is the stable one.
    private var isRouted: Bool {
        target.split.map { $0.canary == status.canary.weights?.canary.weight } ?? false
    }

    private func isWhole(_ canary: ReplicaSetView) -> Bool {
        if canary.available >= spec.replicas { return true }
        guard strategy.progressThreshold != nil else { return false }
        let split = ReplicaSplit(
            strategy: strategy, replicas: spec.replicas, weight: strategy.maxWeight, canary: canary.counts,
            stable: nil)
        return split.isCanaryReached(canary.counts, Int32(clamping: spec.replicas))
    }

    private mutating func promote(because reason: String) {
        passage.promote(because: reason)
        if !strategy.steps.isEmpty { passage.status.currentStepIndex = strategy.steps.count }
        if strategy.pingPong != nil {
            passage.status.canary.stablePingPong = status.canary.stablePingPong == "ping" ? "pong" : "ping"
        }
    }

    private mutating func skipToEnd() {
        passage.endPause()
        if !strategy.steps.isEmpty { passage.status.currentStepIndex = strategy.steps.count }
        passage.wait = (target.lack, nil)
    }

    // MARK: Steps

    private mutating func step() {
        guard let index = status.currentStepIndex, index < strategy.steps.count else {
            let isRouting = strategy.trafficRouting != nil && target.isReached
            passage.wait = (isRouting ? "the route to the canary" : target.lack, nil)
            return
        }
        if index < 0 {
            passage.status.currentStepIndex = 0
            return
        }
        if status.pauseConditions.contains(where: { $0.reason != RolloutStatus.PauseCondition.canaryStep }) {
            // An analysis in doubt stops every step, also a pause that would end (invariant 6).
            passage.wait = ("promote", nil)
            return
        }
        let context = StepContext(
            status: status, target: target, now: passage.snapshot.now, isRouted: strategy.trafficRouting != nil,
            experiment: passage.snapshot.experiment(status.canary.currentExperiment))
        switch context.progress(of: strategy.steps[index]) {
        case .done where !spec.isPaused: complete(index)
        case .pauses where !spec.isPaused:
            if case .pause(let duration) = strategy.steps[index] { beginPause(duration) }
        case .done, .pauses: passage.wait = ("the Rollout to be unpaused", nil)
        // A time that passes meanwhile ends nothing.
        case .waiting(_, .some) where spec.isPaused: passage.wait = ("the Rollout to be unpaused", nil)
        case .waiting(let reason, let until): passage.wait = (reason, until)
        case .impossible(let message): stall = message
        }
    }

    private mutating func complete(_ index: Int) {
        // That a pause has ended is told by being resumed.
        if case .pause = strategy.steps[index] {
        } else {
            passage.events.append(
                passage.make.stepCompleted(index: index, of: strategy.steps.count, strategy.steps[index]))
        }
        passage.endPause()
        passage.status.currentStepIndex = index + 1
        passage.status.canary.stepRun = nil
        passage.status.canary.currentExperiment = ""
        // A pause begins with the step before it: one write says both. Between two pauses it is seen
        // that the first one has ended.
        if case .pause = strategy.steps[index] { return }
        if strategy.steps.indices.contains(index + 1), case .pause(let duration) = strategy.steps[index + 1] {
            beginPause(duration)
        }
    }

    /// Begins a pause, and says what will end it.
    private mutating func beginPause(_ duration: PauseDuration) {
        passage.beginPause(RolloutStatus.PauseCondition.canaryStep)
        passage.wait = duration.duration.map { ("the pause to end", passage.now + $0) } ?? ("promote", nil)
    }
}
