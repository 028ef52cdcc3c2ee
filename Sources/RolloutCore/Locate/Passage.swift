// The transitions that every strategy shares: abort, retry, pause, promotion.

import KubeModel
import MartletModel

/// Where a Rollout goes from a position, whatever its strategy: the status that results, the events
/// that tell of it, and what is waited for.
struct Passage {
    let snapshot: RolloutSnapshot
    let position: Position
    var status: RolloutStatus
    var events: [KubeEvent] = []
    var wait: (reason: String, until: Timestamp?)?

    init(_ snapshot: RolloutSnapshot, _ position: Position) {
        self.snapshot = snapshot
        self.position = position
        status = position.status
    }

    var now: Timestamp { snapshot.now.truncatedToSeconds }
    var spec: RolloutSpec { snapshot.rollout.view.spec }
    var make: RolloutEvents { RolloutEvents(snapshot.rollout.object) }

    // MARK: Abort and retry

    /// Takes what comes before any step: an abort that was asked for, or a new try after one.
    ///
    /// - Returns: Whether that was all that this decision does.
    mutating func beginsOrEnds() -> Bool {
        if status.isAborted {
            if status.abortedAt == nil { abort(because: nil) }
            return true
        }
        if status.abortedAt == nil { return false }
        retry()
        return true
    }

    /// Gives the update up.
    mutating func abort(because reason: String?) {
        status.isAborted = true
        status.abortedAt = now
        clearPauses()
        status.promoteFull = false
        if status.currentStepIndex != nil { status.currentStepIndex = 0 }
        status.blueGreen.scaleUpPreviewCheckPoint = false
        status.duration.finishedAt = now
        status.duration.completionStatus = "Aborted"
        let suffix = reason.map { ": \($0)" } ?? ""
        let message = "Rollout aborted update to revision \(position.revision)\(suffix)"
        setProgressing("False", RolloutReason.aborted, message)
        events.append(make.aborted(message))
    }

    private mutating func retry() {
        status.abortedAt = nil
        status.canary.stepPlugins = []
        status.blueGreen.prePromotionRun = nil
        status.blueGreen.postPromotionRun = nil
        status.duration = RolloutStatus.DurationStatus()
        status.duration.startedAt = now
        setProgressing("Unknown", RolloutReason.retry, "Retrying Rollout after abort")
    }

    private mutating func setProgressing(_ state: String, _ reason: String, _ message: String) {
        status.conditions.set(
            RolloutCondition(RolloutConditionType.progressing, state, reason, message), at: now)
    }

    // MARK: Pause

    mutating func beginPause(_ reason: String) {
        guard status.pauseConditions.isEmpty else { return }
        status.pauseConditions.append(.init(reason: reason, startTime: now))
        status.controllerPause = true
        status.duration.manualPauseStartedAt = now
        events.append(make.paused(reason))
    }

    mutating func endPause() {
        if status.controllerPause || !status.pauseConditions.isEmpty { events.append(make.resumed()) }
        if let start = status.duration.manualPauseStartedAt {
            let length = Int((now - start).components.seconds)
            status.duration.totalManualPauseSeconds =
                (status.duration.totalManualPauseSeconds ?? 0) + max(0, length)
            status.duration.manualPauseStartedAt = nil
        }
        clearPauses()
    }

    private mutating func clearPauses() {
        status.pauseConditions = []
        status.controllerPause = false
    }

    // MARK: Promotion

    /// Makes the present revision the stable one.
    mutating func promote(because reason: String) {
        status.stableHash = status.currentPodHash
        clearPauses()
        status.blueGreen.scaleUpPreviewCheckPoint = false
        status.duration.finishedAt = now
        status.duration.completionStatus = status.promoteFull ? "FastPromoted" : "Promoted"
        status.promoteFull = false
        events.append(make.completed(revision: position.revision, hash: status.currentPodHash, reason))
    }
}
