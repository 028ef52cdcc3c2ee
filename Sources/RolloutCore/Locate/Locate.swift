// From a snapshot to a position.

import JSONTree
import KubeModel
import MartletModel

extension Position {
    /// Where the Rollout is.
    package init(locating snapshot: RolloutSnapshot) {
        let found = Self.newSet(in: snapshot)
        let before = snapshot.rollout.view.status
        hash = found?.hash ?? snapshot.templateHash
        newSet = found
        let stableHash = before.stableHash
        stableSet = stableHash.isEmpty ? nil : snapshot.replicaSets.first { $0.hash == stableHash }
        let kept = Set([newSet?.name, stableSet?.name].compactMap(\.self))
        others = snapshot.replicaSets.filter { !kept.contains($0.name) }
            .sorted(by: Self.isNewer)
        let highest = snapshot.replicaSets.filter { $0.name != found?.name }.compactMap(\.revision).max() ?? 0
        revision = max(found?.revision ?? 0, highest + 1)
        isFastTrack = false
        status = before
        restart = nil
        if before.currentPodHash != hash {
            restart = .revision
        } else if before.currentStepHash != snapshot.stepsHash, snapshot.rollout.view.spec.canary != nil {
            restart = .steps
        }
        isFastTrack = hash == stableHash || Self.isWithinRollbackWindow(self, snapshot)
        if restart != nil {
            status = Self.restarted(before, self, snapshot)
        } else if isFullyPromoted {
            status.isAborted = false
            status.abortedAt = nil
        }
        if snapshot.rollout.view.spec.canary == nil {
            // The strategy may have been another one before.
            status.currentStepHash = ""
            status.currentStepIndex = nil
        }
    }

    /// The ReplicaSet of the template: by the hash in its label, else by what the template means
    /// once defaults are filled in; of several the oldest.
    private static func newSet(in snapshot: RolloutSnapshot) -> ReplicaSetView? {
        let alive = snapshot.replicaSets.filter { !$0.isDeleting }
        return alive.first { $0.hash == snapshot.templateHash && $0.digest == snapshot.templateDigest }
            ?? alive.first { $0.digest == snapshot.templateDigest }
    }

    /// A revision older than the stable one with fewer than the window's revisions in between.
    private static func isWithinRollbackWindow(_ position: Position, _ snapshot: RolloutSnapshot) -> Bool {
        guard let window = snapshot.rollout.view.spec.rollbackWindowRevisions, let new = position.newSet,
            let stable = position.stableSet, new.name != stable.name, new.created < stable.created
        else { return false }
        let between = snapshot.replicaSets.count { new.created < $0.created && $0.created < stable.created }
        return between < window
    }

    /// The status with which an update begins (rollout-behaviour.md, section 7).
    private static func restarted(
        _ before: RolloutStatus, _ position: Position, _ snapshot: RolloutSnapshot
    ) -> RolloutStatus {
        let spec = snapshot.rollout.view.spec
        var status = before
        status.pauseConditions = []
        status.controllerPause = false
        status.isAborted = false
        status.abortedAt = nil
        status.promoteFull = false
        status.restartedAt = spec.restartAt
        status.canary.stepRun = nil
        status.canary.backgroundRun = nil
        status.canary.stepPlugins = []
        status.canary.currentExperiment = ""
        status.blueGreen.prePromotionRun = nil
        status.blueGreen.postPromotionRun = nil
        status.blueGreen.scaleUpPreviewCheckPoint = false
        status.currentPodHash = position.hash
        status.currentStepHash = snapshot.stepsHash
        let steps = spec.canary?.steps ?? []
        let goesToEnd =
            position.hash == before.stableHash || position.isFastTrack && (position.newSet?.wished ?? 0) > 0
        status.currentStepIndex = steps.isEmpty ? nil : goesToEnd ? steps.count : 0
        // The end of an update that was given up is its abort, not the way back.
        if before.isAborted, position.hash == before.stableHash { return status }
        status.duration = RolloutStatus.DurationStatus()
        status.duration.startedAt = snapshot.now.truncatedToSeconds
        if position.hash == before.stableHash {
            status.duration.finishedAt = snapshot.now.truncatedToSeconds
            status.duration.completionStatus = position.restart == .revision ? "FastRolledBack" : "Promoted"
        }
        return status
    }
}
