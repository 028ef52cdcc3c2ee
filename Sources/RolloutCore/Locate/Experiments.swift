// The Experiment of a canary's step: whether there should be one, and what its end means.

import JSONTree
package import KubeModel
import MartletModel

/// An Experiment as decisions about its Rollout read it.
package struct ExperimentView: Hashable, Sendable {
    package var name: String
    package var uid: UID
    package var hash: String
    package var created: Timestamp
    /// Empty before the first look at it.
    package var phase: String
    package var message: String
    package var isTerminating: Bool
    /// The Service of each template that has one, by the template's name.
    package var services: [String: String]

    package init(_ object: KubeObject) {
        name = object.name
        uid = object.uid
        hash = object.label(RolloutLabels.podTemplateHash) ?? ""
        created = object.creationTimestamp ?? .epoch
        let status = ExperimentStatus(object.status)
        phase = status.phase?.rawValue ?? ""
        message = status.message
        isTerminating = object.spec["terminate"].bool ?? false
        services = [:]
        for template in status.templates where !template.serviceName.isEmpty {
            services[template.name] = template.serviceName
        }
    }

    /// Whether its verdict is there.
    package var isCompleted: Bool { AnalysisPhase(rawValue: phase)?.isCompleted ?? false }
}

/// Keeps the recorded Experiment of a canary current.
struct CanaryExperiments {
    let snapshot: RolloutSnapshot
    let position: Position
    let strategy: CanaryStrategy
    /// Recorded but not made yet.
    var created: String?
    var events: [KubeEvent] = []
    /// Why the update is to be given up.
    var abortReason: String?

    init(_ snapshot: RolloutSnapshot, _ position: Position, _ strategy: CanaryStrategy) {
        self.snapshot = snapshot
        self.position = position
        self.strategy = strategy
    }

    /// Reads an Experiment's end into a status: failures ask for an abort, doubts pause.
    mutating func observe(_ status: inout RolloutStatus) {
        guard let experiment = snapshot.experiment(status.canary.currentExperiment),
            !experiment.isTerminating
        else { return }
        switch AnalysisPhase(rawValue: experiment.phase) {
        case .failed, .error:
            let detail = experiment.message.isEmpty ? "" : ": \(experiment.message)"
            abortReason = "Experiment analysis phase is error/failed\(detail)"
        case .inconclusive where !status.controllerPause:
            let reason = RolloutStatus.PauseCondition.inconclusiveExperiment
            status.pauseConditions.append(.init(reason: reason, startTime: snapshot.now.truncatedToSeconds))
            status.controllerPause = true
            events.append(RolloutEvents(snapshot.rollout.object).paused(reason))
        default: break
        }
    }

    /// Records the Experiment that a status wants and has not. Its name is recorded before it is
    /// made, so that a restart in between makes the same one (invariant 7).
    mutating func start(_ status: inout RolloutStatus) {
        guard !status.isAborted, !status.promoteFull, !position.isFullyPromotedNow(status),
            !position.isFastTrack, !status.stableHash.isEmpty, let index = status.currentStepIndex,
            strategy.steps.indices.contains(index), case .experiment = strategy.steps[index]
        else {
            status.canary.currentExperiment = ""
            return
        }
        let recorded = status.canary.currentExperiment
        if recorded.isEmpty {
            guard status.pauseConditions.isEmpty else { return }
            let base = "\(snapshot.name)-\(position.hash)-\(position.revision)-\(index)"
            var name = base
            var count = 0
            while let other = snapshot.experiment(name), other.isCompleted || other.isTerminating {
                count += 1
                name = "\(base)-\(count)"
            }
            status.canary.currentExperiment = name
        }
        if snapshot.experiment(status.canary.currentExperiment) == nil {
            created = status.canary.currentExperiment
        }
    }
}

extension RolloutSnapshot {
    func experiment(_ name: String) -> ExperimentView? {
        name.isEmpty ? nil : experiments.first { $0.name == name }
    }

    /// Whether the decision waits for the pod templates of the revisions, which are not cached.
    package var needsTemplates: Bool {
        guard problem == nil, let canary = rollout.view.spec.canary else { return false }
        let status = rollout.view.status
        guard !status.isAborted, let index = status.currentStepIndex, canary.steps.indices.contains(index),
            !status.currentPodHash.isEmpty, status.currentPodHash != status.stableHash,
            case .experiment = canary.steps[index]
        else { return false }
        return experiment(status.canary.currentExperiment) == nil
            && !revisionNames.allSatisfy { revisionTemplates[$0] != nil }
    }

    /// The ReplicaSets of the present and the stable revision.
    package var revisionNames: [String] {
        let position = Position(locating: self)
        return [position.newSet?.name, position.stableSet?.name].compactMap(\.self)
    }
}
