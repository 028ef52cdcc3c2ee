// Counts, conditions, phase: what a status says beyond the position.

import JSONTree
import KubeModel
import MartletModel

/// Fills in what follows from the pods and from the status before.
struct StatusRules {
    let snapshot: RolloutSnapshot
    let position: Position
    let before: RolloutStatus

    init(_ snapshot: RolloutSnapshot, _ position: Position) {
        self.snapshot = snapshot
        self.position = position
        before = snapshot.rollout.view.status
    }

    private var spec: RolloutSpec { snapshot.rollout.view.spec }
    private var now: Timestamp { snapshot.now.truncatedToSeconds }

    /// Counts of the pods; with blue-green, after what the Services select is recorded.
    func count(_ status: inout RolloutStatus) {
        status.replicas = snapshot.replicaSets.reduce(0) { $0 + $1.existing }
        status.readyReplicas = snapshot.replicaSets.reduce(0) { $0 + $1.ready }
        status.availableReplicas = snapshot.replicaSets.reduce(0) { $0 + $1.available }
        status.updatedReplicas = position.newSet?.existing ?? 0
        status.hpaReplicas = status.replicas
        status.selector = LabelSelector(snapshot.selector).map(\.text) ?? ""
        if spec.blueGreen != nil, let active = activeSet(status) {
            // What serves is the active side alone.
            status.readyReplicas = active.ready
            status.availableReplicas = active.available
            status.hpaReplicas = active.existing
            var selector = snapshot.selector
            selector.set(["matchLabels", RolloutLabels.podTemplateHash], to: .string(active.hash))
            status.selector = LabelSelector(selector).map(\.text) ?? ""
        }
        status.observedGeneration = String(snapshot.rollout.object.generation)
        status.workloadObservedGeneration = snapshot.workload.map { String($0.generation) } ?? ""
    }

    /// Conditions and phase.
    ///
    /// - Returns: When the progress deadline will pass, if it runs.
    func judge(_ status: inout RolloutStatus) -> Timestamp? {
        status.conditions.remove(type: RolloutConditionType.invalidSpec)
        let isCompleted = !status.stableHash.isEmpty && status.stableHash == status.currentPodHash
        let isHealthy = isHealthy(status, isCompleted: isCompleted)
        setAvailable(&status)
        setHealthy(&status, isHealthy)
        set(&status, RolloutConditionType.completed, isCompleted, RolloutReason.completed, "RolloutCompleted")
        setPaused(&status)
        setFailure(&status)
        let deadline = setProgressing(&status, isHealthy: isHealthy, isCompleted: isCompleted)
        (status.phase, status.message) = {
            let result = status.phaseAndMessage(of: spec)
            return (result.phase, result.message)
        }()
        return deadline
    }

    private func set(
        _ status: inout RolloutStatus, _ type: String, _ isTrue: Bool, _ reason: String, _ message: String
    ) {
        status.conditions.set(RolloutCondition(type, isTrue ? "True" : "False", reason, message), at: now)
    }

    /// The ReplicaSet that blue-green's active Service selects once the plan is carried out: the
    /// status comes after the Service.
    private func activeSet(_ status: RolloutStatus) -> ReplicaSetView? {
        let hash = status.blueGreen.activeSelector
        return hash.isEmpty ? nil : snapshot.replicaSets.first { $0.hash == hash }
    }

    private func setAvailable(_ status: inout RolloutStatus) {
        let isAvailable =
            spec.blueGreen == nil
            ? status.availableReplicas >= spec.replicas
            : activeSet(status).map { $0.available >= $0.wished && $0.wished >= spec.replicas } ?? false
        let word = isAvailable ? "has" : "does not have"
        set(
            &status, RolloutConditionType.available, isAvailable, RolloutReason.available,
            "Rollout \(word) minimum availability")
    }

    private func isHealthy(_ status: RolloutStatus, isCompleted: Bool) -> Bool {
        let generation = String(snapshot.rollout.object.generation)
        let steps = spec.canary?.steps.count ?? 0
        return isCompleted && before.observedGeneration == generation
            && status.updatedReplicas == spec.replicas
            && status.availableReplicas == spec.replicas
            && (spec.blueGreen != nil || status.replicas == spec.replicas)
            && (spec.blueGreen == nil || status.blueGreen.activeSelector == status.currentPodHash)
            && (status.currentStepIndex ?? steps) >= steps && position.restart == nil && !isRestarting(status)
    }

    /// Whether pods that are older than `restartAt` are still being replaced: between two of them all are there.
    private func isRestarting(_ status: RolloutStatus) -> Bool {
        spec.restartAt.map { $0 <= snapshot.now && $0 != status.restartedAt } ?? false
    }

    private func setHealthy(_ status: inout RolloutStatus, _ isHealthy: Bool) {
        guard isHealthy || status.condition(RolloutConditionType.healthy) != nil else { return }
        let message = isHealthy ? "Rollout is healthy" : "Rollout is not healthy"
        set(&status, RolloutConditionType.healthy, isHealthy, RolloutReason.healthy, message)
    }

    private func setPaused(_ status: inout RolloutStatus) {
        // As in Argo Rollouts, an abort leaves the condition as it was.
        if status.isAborted { return }
        let isPaused = spec.isPaused || !status.pauseConditions.isEmpty
        guard isPaused || status.condition(RolloutConditionType.paused) != nil else { return }
        set(&status, RolloutConditionType.paused, isPaused, RolloutReason.paused, "Rollout is paused")
    }

    private func setFailure(_ status: inout RolloutStatus) {
        let failed = ([position.newSet].compactMap(\.self) + snapshot.replicaSets).first { $0.failure != nil }
        guard let failed, let message = failed.failure else {
            status.conditions.remove(type: RolloutConditionType.replicaFailure)
            return
        }
        set(&status, RolloutConditionType.replicaFailure, true, "FailedCreate", message)
    }

    // MARK: Progress

    private func setProgressing(_ status: inout RolloutStatus, isHealthy: Bool, isCompleted: Bool)
        -> Timestamp?
    {
        let type = RolloutConditionType.progressing
        let name = position.newSet?.name ?? "\(snapshot.name)-\(position.hash)"
        if status.isAborted {
            let message = "Rollout aborted update to revision \(position.revision)"
            status.conditions.set(RolloutCondition(type, "False", RolloutReason.aborted, message), at: now)
            return nil
        }
        if position.newSet == nil {
            let message = "Created new replica set \"\(name)\""
            status.conditions.set(
                RolloutCondition(type, "True", RolloutReason.newReplicaSet, message), at: now,
                isRefreshed: true)
            return deadline(of: status)
        }
        if isHealthy {
            let message = "ReplicaSet \"\(name)\" has successfully progressed."
            status.conditions.set(
                RolloutCondition(type, "True", RolloutReason.newReplicaSetAvailable, message), at: now)
            return nil
        }
        if spec.isPaused || !status.pauseConditions.isEmpty {
            status.conditions.set(
                RolloutCondition(type, "Unknown", RolloutReason.paused, "Rollout is paused"), at: now)
            return nil
        }
        return setMoving(&status, name, isCompleted: isCompleted)
    }

    private func setMoving(_ status: inout RolloutStatus, _ name: String, isCompleted: Bool) -> Timestamp? {
        let type = RolloutConditionType.progressing
        let current = status.condition(type)
        let isStuck = current?.reason == RolloutReason.progressDeadlineExceeded
        if hasProgressed(status) || current == nil || current?.reason == RolloutReason.paused {
            let message = "ReplicaSet \"\(name)\" is progressing."
            status.conditions.set(
                RolloutCondition(type, "True", RolloutReason.replicaSetUpdated, message), at: now,
                isRefreshed: true)
        } else if current?.reason == RolloutReason.newReplicaSetAvailable, isCompleted {
            let message = "ReplicaSet \"\(name)\" is not available."
            status.conditions.set(
                RolloutCondition(type, "True", RolloutReason.replicaSetNotAvailable, message), at: now)
        } else if !isStuck, isDeadlineRunning(status), let end = deadline(of: status), end <= snapshot.now {
            let message = "ReplicaSet \"\(name)\" has timed out progressing."
            status.conditions.set(
                RolloutCondition(type, "False", RolloutReason.progressDeadlineExceeded, message), at: now)
        }
        if status.condition(type)?.reason == RolloutReason.progressDeadlineExceeded { return nil }
        return isDeadlineRunning(status) ? deadline(of: status) : nil
    }

    private func hasProgressed(_ status: RolloutStatus) -> Bool {
        status.updatedReplicas > before.updatedReplicas || status.readyReplicas > before.readyReplicas
            || status.availableReplicas > before.availableReplicas
            || before.replicas - before.updatedReplicas > status.replicas - status.updatedReplicas
            || status.currentStepIndex != before.currentStepIndex
            || status.currentStepHash != before.currentStepHash
            || status.stableHash != before.stableHash || status.currentPodHash != before.currentPodHash
            || status.blueGreen.activeSelector != before.blueGreen.activeSelector
            || status.blueGreen.previewSelector != before.blueGreen.previewSelector
            || before.isAborted
    }

    /// When too much time without progress will have passed. Times are whole seconds.
    private func deadline(of status: RolloutStatus) -> Timestamp? {
        status.condition(RolloutConditionType.progressing)?.lastUpdateTime
            .map { $0 + .seconds(spec.progressDeadlineSeconds) }
    }

    /// Pauses, analyses and other steps that take their time stop the clock, and so does a delay
    /// before old pods go (rollout-behaviour.md, section 8).
    private func isDeadlineRunning(_ status: RolloutStatus) -> Bool {
        let steps = spec.canary?.steps ?? []
        if let index = status.currentStepIndex, steps.indices.contains(index) {
            switch steps[index] {
            case .pause, .analysis, .experiment: return false
            default: break
            }
        }
        let isWaitingToShrink = snapshot.replicaSets.contains {
            $0.deadline != nil && $0.name != position.newSet?.name
        }
        return !isWaitingToShrink
    }

    /// Whether the deadline has passed while an update is under way, which may abort it.
    func hasTimedOut(_ status: RolloutStatus) -> Bool {
        guard status.stableHash != status.currentPodHash, !status.isAborted, status.pauseConditions.isEmpty,
            !spec.isPaused, isDeadlineRunning(status), let end = deadline(of: before), end <= snapshot.now,
            before.condition(RolloutConditionType.progressing)?.status != "Unknown"
        else { return false }
        return !hasProgressed(status)
    }
}
