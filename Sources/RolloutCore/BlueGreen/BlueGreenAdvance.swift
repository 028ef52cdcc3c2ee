// The transitions of a blue-green update: pause, checkpoint, switch, promotion, abort.

import KubeModel
import MartletModel

/// Where a blue-green update goes from a position.
struct BlueGreenAdvance {
    let snapshot: RolloutSnapshot
    let position: Position
    let strategy: BlueGreenStrategy
    let aim: BlueGreenAim
    var status: RolloutStatus
    var events: [KubeEvent] = []
    var wait: (reason: String, until: Timestamp?)?
    /// The active Service is switched with this decision.
    var switchesActive = false

    init(
        _ snapshot: RolloutSnapshot, _ position: Position, _ strategy: BlueGreenStrategy, _ aim: BlueGreenAim
    ) {
        self.snapshot = snapshot
        self.position = position
        self.strategy = strategy
        self.aim = aim
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
        if status.stableHash.isEmpty { return promote(because: "Initial deploy") }
        let isActive = aim.activeHash == position.hash
        if !isActive, !switchIfDue() { return }
        if !position.isFullyPromoted { promoteIfDue() }
    }

    /// Gives the update up.
    mutating func abort(because reason: String?) {
        status.isAborted = true
        status.abortedAt = now
        status.pauseConditions = []
        status.controllerPause = false
        status.promoteFull = false
        status.blueGreen.scaleUpPreviewCheckPoint = false
        status.duration.finishedAt = now
        status.duration.completionStatus = "Aborted"
        let suffix = reason.map { ": \($0)" } ?? ""
        let message = "Rollout aborted update to revision \(position.revision)\(suffix)"
        status.conditions.set(
            RolloutCondition(RolloutConditionType.progressing, "False", RolloutReason.aborted, message),
            at: now)
        events.append(make.aborted(message))
    }

    private mutating func retry() {
        status.abortedAt = nil
        status.blueGreen.prePromotionRun = nil
        status.blueGreen.postPromotionRun = nil
        status.duration = RolloutStatus.DurationStatus()
        status.duration.startedAt = now
        let message = "Retrying Rollout after abort"
        status.conditions.set(
            RolloutCondition(RolloutConditionType.progressing, "Unknown", RolloutReason.retry, message),
            at: now)
    }

    // MARK: The switch

    /// Switches the active Service when the new pods are all there and nothing holds them back.
    private mutating func switchIfDue() -> Bool {
        if spec.isPaused {
            wait = ("the Rollout to be unpaused", nil)
            return false
        }
        if status.promoteFull, !status.pauseConditions.isEmpty {
            // That the pause is over is seen before what follows from it.
            endPause()
            return false
        }
        guard aim.isSaturated(aim.newSize) else {
            wait = (aim.target().lack, nil)
            return false
        }
        if !aim.isFastTracked {
            guard isAnalysed(), isPauseOver() else { return false }
            if aim.newSize < spec.replicas || position.newSet?.wished != spec.replicas {
                // The small preview has been looked at: now it grows to its full size.
                status.blueGreen.scaleUpPreviewCheckPoint = true
                return false
            }
        }
        endPause()
        switchesActive = true
        status.blueGreen.activeSelector = position.hash
        return true
    }

    private mutating func isAnalysed() -> Bool {
        guard strategy.prePromotionAnalysis != nil else { return true }
        let run = status.blueGreen.prePromotionRun
        if run?.phase == "Successful" { return true }
        wait = ("analysis run \(run?.name ?? "before the promotion")", nil)
        return false
    }

    /// Whether a person or the time has let the update go on.
    private mutating func isPauseOver() -> Bool {
        if status.blueGreen.scaleUpPreviewCheckPoint { return true }
        let isAutomatic = strategy.autoPromotionEnabled
        if isAutomatic, strategy.autoPromotionSeconds <= 0 { return true }
        guard
            let pause = status.pauseConditions.first(where: {
                $0.reason == RolloutStatus.PauseCondition.blueGreen
            })
        else {
            if status.controllerPause, status.pauseConditions.isEmpty {
                // That a person let it go on is seen before what follows from it.
                if status.condition(RolloutConditionType.paused)?.status != "True" { return true }
                wait = ("the switch", nil)
                return false
            }
            beginPause()
            return false
        }
        guard isAutomatic else {
            wait = ("promote", nil)
            return false
        }
        let end = pause.startTime + .seconds(strategy.autoPromotionSeconds)
        if end <= snapshot.now { return true }
        wait = ("the pause to end", end)
        return false
    }

    private mutating func beginPause() {
        guard status.pauseConditions.isEmpty else { return }
        status.pauseConditions.append(.init(reason: RolloutStatus.PauseCondition.blueGreen, startTime: now))
        status.controllerPause = true
        status.duration.manualPauseStartedAt = now
        events.append(make.paused(RolloutStatus.PauseCondition.blueGreen))
        if strategy.autoPromotionEnabled {
            wait = ("the pause to end", now + .seconds(strategy.autoPromotionSeconds))
        } else {
            wait = ("promote", nil)
        }
    }

    private mutating func endPause() {
        if status.controllerPause || !status.pauseConditions.isEmpty { events.append(make.resumed()) }
        status.pauseConditions = []
        status.controllerPause = false
        status.duration.manualPauseStartedAt = nil
    }

    // MARK: Promotion

    private mutating func promoteIfDue() {
        if status.promoteFull {
            promote(because: "Full promotion requested")
        } else if aim.isFastRollback {
            promote(because: "Rollback to a revision that was still there")
        } else if strategy.postPromotionAnalysis != nil,
            status.blueGreen.postPromotionRun?.phase != "Successful"
        {
            wait = ("the analysis after the promotion", nil)
        } else {
            promote(because: "Completed blue-green update")
        }
    }

    private mutating func promote(because reason: String) {
        let isFull = status.promoteFull
        status.stableHash = status.currentPodHash
        status.pauseConditions = []
        status.controllerPause = false
        status.promoteFull = false
        status.blueGreen.scaleUpPreviewCheckPoint = false
        status.duration.finishedAt = now
        status.duration.completionStatus = isFull ? "FastPromoted" : "Promoted"
        events.append(make.completed(revision: position.revision, hash: status.currentPodHash, reason))
    }
}
