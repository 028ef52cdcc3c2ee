// The transitions of a blue-green update: pause, checkpoint, switch, promotion, abort.

import KubeModel
import MartletModel

/// Where a blue-green update goes from a position.
struct BlueGreenAdvance {
    let strategy: BlueGreenStrategy
    let aim: BlueGreenAim
    var passage: Passage
    /// The active Service is switched with this decision.
    private(set) var switchesActive = false

    init(
        _ snapshot: RolloutSnapshot, _ position: Position, _ strategy: BlueGreenStrategy, _ aim: BlueGreenAim
    ) {
        self.strategy = strategy
        self.aim = aim
        passage = Passage(snapshot, position)
    }

    private var position: Position { passage.position }
    private var spec: RolloutSpec { passage.spec }
    var status: RolloutStatus { passage.status }

    /// Takes the one transition that is due.
    mutating func take() {
        if passage.beginsOrEnds() { return }
        if status.stableHash.isEmpty { return passage.promote(because: "Initial deploy") }
        let isActive = aim.activeHash == position.hash
        if !isActive, !switchIfDue() { return }
        if !position.isFullyPromoted { promoteIfDue() }
    }

    // MARK: The switch

    /// Switches the active Service when the new pods are all there and nothing holds them back.
    private mutating func switchIfDue() -> Bool {
        if spec.isPaused {
            passage.wait = ("the Rollout to be unpaused", nil)
            return false
        }
        if status.promoteFull, !status.pauseConditions.isEmpty {
            // That the pause is over is seen before what follows from it.
            passage.endPause()
            return false
        }
        guard aim.isSaturated(aim.newSize) else {
            passage.wait = (aim.target().lack, nil)
            return false
        }
        if !aim.isFastTracked {
            guard isAnalysed(), isPauseOver() else { return false }
            if aim.newSize < spec.replicas || position.newSet?.wished != spec.replicas {
                // The small preview has been looked at: now it grows to its full size.
                passage.status.blueGreen.scaleUpPreviewCheckPoint = true
                return false
            }
        }
        passage.endPause()
        switchesActive = true
        passage.status.blueGreen.activeSelector = position.hash
        return true
    }

    private mutating func isAnalysed() -> Bool {
        guard strategy.prePromotionAnalysis != nil else { return true }
        let run = status.blueGreen.prePromotionRun
        if run?.phase == "Successful" { return true }
        passage.wait = ("analysis run \(run?.name ?? "before the promotion")", nil)
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
                passage.wait = ("the switch", nil)
                return false
            }
            beginPause()
            return false
        }
        guard isAutomatic else {
            passage.wait = ("promote", nil)
            return false
        }
        let end = pause.startTime + .seconds(strategy.autoPromotionSeconds)
        if end <= passage.snapshot.now { return true }
        passage.wait = ("the pause to end", end)
        return false
    }

    private mutating func beginPause() {
        guard status.pauseConditions.isEmpty else { return }
        passage.beginPause(RolloutStatus.PauseCondition.blueGreen)
        if strategy.autoPromotionEnabled {
            passage.wait = ("the pause to end", passage.now + .seconds(strategy.autoPromotionSeconds))
        } else {
            passage.wait = ("promote", nil)
        }
    }

    // MARK: Promotion

    private mutating func promoteIfDue() {
        if spec.isPaused {
            passage.wait = ("the Rollout to be unpaused", nil)
        } else if status.promoteFull {
            passage.promote(because: "Full promotion requested")
        } else if aim.isFastRollback {
            passage.promote(because: "Rollback to a revision that was still there")
        } else if strategy.postPromotionAnalysis != nil,
            status.blueGreen.postPromotionRun?.phase != "Successful"
        {
            passage.wait = ("the analysis after the promotion", nil)
        } else {
            passage.promote(because: "Completed blue-green update")
        }
    }
}
