// The transitions of a canary: abort, promotion, one step at a time.

import KubeModel
import MartletModel
import TrafficRouting

/// Where a canary goes from a position, given what is true of its target.
struct CanaryAdvance {
    let snapshot: RolloutSnapshot
    let position: Position
    let strategy: CanaryStrategy
    let target: Target
    var status: RolloutStatus
    var events: [KubeEvent] = []
    var wait: (reason: String, until: Timestamp?)?
    var stall: String?

    init(_ snapshot: RolloutSnapshot, _ position: Position, _ strategy: CanaryStrategy, _ target: Target) {
        self.snapshot = snapshot
        self.position = position
        self.strategy = strategy
        self.target = target
        status = position.status
    }

    private var now: Timestamp { snapshot.now.truncatedToSeconds }
    private var spec: RolloutSpec { snapshot.rollout.view.spec }
    private var make: RolloutEvents { RolloutEvents(snapshot.rollout.object) }

    /// Takes the one transition that is due.
    mutating func take() {
        if status.isAborted {
            if status.abortedAt == nil { abort(because: nil) }
            return
        }
        if status.abortedAt != nil { return retry() }
        if promoteIfDue() { return }
        if status.promoteFull { return skipToEnd() }
        if position.isFastTrack {
            wait = (target.lack, nil)
            return
        }
        step()
    }

    /// Gives the update up.
    mutating func abort(because reason: String?) {
        status.isAborted = true
        status.abortedAt = now
        status.pauseConditions = []
        status.controllerPause = false
        status.promoteFull = false
        if status.currentStepIndex != nil { status.currentStepIndex = 0 }
        status.duration.finishedAt = now
        status.duration.completionStatus = "Aborted"
        let suffix = reason.map { ": \($0)" } ?? ""
        let message = "Rollout aborted update to revision \(position.revision)\(suffix)"
        status.conditions.set(
            RolloutCondition(RolloutConditionType.progressing, "False", RolloutReason.aborted, message),
            at: now)
        events.append(make.aborted(message))
    }

    /// Begins again after an abort.
    private mutating func retry() {
        status.abortedAt = nil
        status.duration = RolloutStatus.DurationStatus()
        status.duration.startedAt = now
        status.conditions.set(
            RolloutCondition(
                RolloutConditionType.progressing, "Unknown", RolloutReason.retry,
                "Retrying Rollout after abort"), at: now)
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
        } else if position.isFastTrack {
            promote(because: "Rollback to revision within the rollback window")
        } else if status.currentStepIndex ?? strategy.steps.count >= strategy.steps.count {
            // All traffic is at the canary, or there is no router that could bring it there.
            guard strategy.trafficRouting == nil || isRouted, target.isReached || strategy.steps.isEmpty
                || strategy.trafficRouting == nil
            else { return false }
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
        let isFull = status.promoteFull
        status.stableHash = status.currentPodHash
        status.pauseConditions = []
        status.controllerPause = false
        status.promoteFull = false
        if !strategy.steps.isEmpty { status.currentStepIndex = strategy.steps.count }
        if strategy.pingPong != nil {
            status.canary.stablePingPong = status.canary.stablePingPong == "ping" ? "pong" : "ping"
        }
        status.duration.finishedAt = now
        status.duration.completionStatus = isFull ? "FastPromoted" : "Promoted"
        events.append(make.completed(revision: position.revision, hash: status.currentPodHash, reason))
    }

    private mutating func skipToEnd() {
        endPause()
        if !strategy.steps.isEmpty { status.currentStepIndex = strategy.steps.count }
        wait = (target.lack, nil)
    }

    // MARK: Steps

    private mutating func step() {
        guard let index = status.currentStepIndex, index < strategy.steps.count else {
            wait = (target.lack, nil)
            return
        }
        if index < 0 {
            status.currentStepIndex = 0
            return
        }
        let context = StepContext(
            status: status, target: target, now: snapshot.now, isRouted: strategy.trafficRouting != nil)
        switch context.progress(of: strategy.steps[index]) {
        case .done where !spec.isPaused: complete(index)
        case .pauses where !spec.isPaused: beginPause()
        case .done, .pauses: wait = ("the Rollout to be unpaused", nil)
        case .waiting(let reason, let until): wait = (reason, spec.isPaused ? nil : until)
        case .impossible(let message): stall = message
        }
    }

    private mutating func complete(_ index: Int) {
        // That a pause has ended is told by being resumed.
        if case .pause = strategy.steps[index] {
        } else {
            events.append(make.stepCompleted(index: index, of: strategy.steps.count, strategy.steps[index]))
        }
        endPause()
        status.currentStepIndex = index + 1
        status.canary.stepRun = nil
        // A pause begins with the step before it: one write says both. Between two pauses it is seen
        // that the first one has ended.
        if case .pause = strategy.steps[index] { return }
        if strategy.steps.indices.contains(index + 1), case .pause = strategy.steps[index + 1] {
            beginPause()
            if case .pause(let duration) = strategy.steps[index + 1], let length = duration.duration {
                wait = ("the pause to end", now + length)
            }
        }
    }

    private mutating func beginPause() {
        guard status.pauseConditions.isEmpty else { return }
        status.pauseConditions.append(.init(reason: RolloutStatus.PauseCondition.canaryStep, startTime: now))
        status.controllerPause = true
        status.duration.manualPauseStartedAt = now
        events.append(make.paused(RolloutStatus.PauseCondition.canaryStep))
    }

    private mutating func endPause() {
        if status.controllerPause || !status.pauseConditions.isEmpty { events.append(make.resumed()) }
        if let start = status.duration.manualPauseStartedAt {
            let length = Int((now - start).components.seconds)
            status.duration.totalManualPauseSeconds =
                (status.duration.totalManualPauseSeconds ?? 0) + max(0, length)
            status.duration.manualPauseStartedAt = nil
        }
        status.pauseConditions = []
        status.controllerPause = false
    }
}
