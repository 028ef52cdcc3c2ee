// One word and one sentence about a Rollout, from its spec and status.

extension RolloutStatus {
    /// The phase and message of this status (rollout-crd.md, section 10; the first match wins).
    package func phaseAndMessage(of spec: RolloutSpec) -> (phase: RolloutPhase, message: String) {
        for condition in conditions {
            let isDeadEnd =
                condition.type == RolloutConditionType.progressing
                && [RolloutReason.aborted, RolloutReason.progressDeadlineExceeded].contains(condition.reason)
            if condition.type == RolloutConditionType.invalidSpec || isDeadEnd {
                return (.degraded, "\(condition.reason): \(condition.message)")
            }
        }
        if spec.isPaused { return (.paused, "manually paused") }
        if let pause = pauseConditions.first { return (.paused, pause.reason) }
        if let restartAt = spec.restartAt, restartAt != restartedAt {
            return (.progressing, "rollout is restarting")
        }
        if updatedReplicas < spec.replicas { return (.progressing, "more replicas need to be updated") }
        if availableReplicas < updatedReplicas {
            return (.progressing, "updated replicas are still becoming available")
        }
        if let message = strategyMessage(of: spec) { return (.progressing, message) }
        return (.healthy, "")
    }

    private func strategyMessage(of spec: RolloutSpec) -> String? {
        switch spec.strategy {
        case .blueGreen(let strategy):
            if blueGreen.activeSelector.isEmpty || blueGreen.activeSelector != currentPodHash {
                return "active service cutover pending"
            }
            if isFullyPromoted { return nil }
            let isAnalysing =
                strategy.postPromotionAnalysis != nil
                && !["Successful", "Failed", "Error", "Inconclusive"].contains(
                    blueGreen.postPromotionRun?.phase ?? "")
            return isAnalysing
                ? "waiting for analysis to complete" : "waiting for post-promotion verification to complete"
        case .canary(let strategy):
            if strategy.trafficRouting == nil, replicas > updatedReplicas {
                return "old replicas are pending termination"
            }
            return isFullyPromoted ? nil : "waiting for all steps to complete"
        case .invalid: return nil
        }
    }
}
