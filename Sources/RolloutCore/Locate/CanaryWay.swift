// How far one decision brings a canary: as far as nothing has to be waited for or seen.

import KubeModel
import MartletModel

/// The transitions that one decision takes, and the target where they end. Each transition alone
/// would be right as well, but cost a status and a route that the next one replaces at once.
struct CanaryWay {
    let snapshot: RolloutSnapshot
    let strategy: CanaryStrategy
    /// The position that the target belongs to.
    private(set) var aimed: Position
    private(set) var target: Target
    var advance: CanaryAdvance

    /// - Parameter aimed: The position whose target holds; an abort that is due is in it already.
    init(_ snapshot: RolloutSnapshot, _ position: Position, _ aimed: Position, _ strategy: CanaryStrategy) {
        self.snapshot = snapshot
        self.strategy = strategy
        self.aimed = aimed
        target = Target(aiming: aimed, strategy, snapshot)
        advance = CanaryAdvance(snapshot, position, strategy, target)
    }

    /// Takes the transition that is due, and those that follow from it at once.
    mutating func go() {
        let wasPromoted = aimed.isFullyPromoted
        advance.take()
        if !wasPromoted, advance.status.isFullyPromoted { return settle() }
        passWeights()
    }

    /// With the promotion the Services, the router and the superseded ReplicaSet follow: a status
    /// never shows a stable revision beside the weights of the update.
    private mutating func settle() {
        aimed = aimed.promoted(by: advance.status)
        target = Target(aiming: aimed, strategy, snapshot)
    }

    /// Weights that follow each other without a pause are passed over as long as the pods for the
    /// next one are there already: nobody could have seen those in between.
    private mutating func passWeights() {
        var last = aimed.status.currentStepIndex
        for _ in strategy.steps {
            guard let index = advance.status.currentStepIndex, let before = last, index == before + 1,
                isWeight(before), isWeight(index) || index == strategy.steps.count,
                advance.status.pauseConditions.isEmpty, !advance.status.isAborted
            else { return }
            var next = aimed
            next.status = advance.status
            let further = Target(aiming: next, strategy, snapshot)
            guard further.isReached, strategy.trafficRouting == nil || further.split != nil else { return }
            aimed = next
            target = further
            let events = advance.passage.events
            advance = CanaryAdvance(snapshot, next, strategy, further)
            advance.take()
            advance.passage.events = events + advance.passage.events
            if advance.status.isFullyPromoted { return settle() }
            last = index
        }
    }

    private func isWeight(_ index: Int) -> Bool {
        guard strategy.steps.indices.contains(index), case .setWeight = strategy.steps[index] else {
            return false
        }
        return true
    }
}
