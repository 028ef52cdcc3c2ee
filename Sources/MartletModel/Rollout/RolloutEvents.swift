// The events on Rollouts, one function each.

package import KubeModel

/// Makes the events of one Rollout, with the reasons and sentences of Argo Rollouts, by which
/// people's notifications are triggered (rollout-behaviour.md, section 13).
package struct RolloutEvents: Hashable, Sendable {
    private var regarding: ObjectReference
    private var uid: UID

    package init(_ rollout: KubeObject) {
        regarding = ObjectReference(Rollout.kind, namespace: rollout.namespace, name: rollout.name)
        uid = rollout.uid
    }

    private func event(_ reason: String, _ message: String, _ type: KubeEvent.EventType = .normal)
        -> KubeEvent
    {
        KubeEvent(regarding: regarding, uid: uid, type: type, reason: reason, message: message)
    }

    /// The controller has begun to look after the Rollout.
    package func added() -> KubeEvent {
        event("RolloutAddedToInformer", "Rollout resource added to informer: \(regarding.key)")
    }
    /// The Rollout is gone.
    package func deleted() -> KubeEvent {
        event("RolloutDeleted", "Rollout \(regarding.name)/\(regarding.namespace) is deleted.")
    }
    /// The Rollout has a new revision.
    package func updated(revision: Int) -> KubeEvent {
        event("RolloutUpdated", "Rollout updated to revision \(revision)")
    }
    /// A ReplicaSet was created.
    package func newReplicaSet(_ name: String, revision: Int) -> KubeEvent {
        event("NewReplicaSetCreated", "Created ReplicaSet \(name) (revision \(revision))")
    }
    /// A ReplicaSet could not be created.
    package func replicaSetCreateError(_ message: String) -> KubeEvent {
        event("ReplicaSetCreateError", message, .warning)
    }
    /// A ReplicaSet was resized.
    package func scaled(_ name: String, revision: Int?, from: Int, to: Int) -> KubeEvent {
        let suffix = revision.map { " (revision \($0))" } ?? ""
        return event(
            "ScalingReplicaSet",
            "Scaled \(to > from ? "up" : "down") ReplicaSet \(name)\(suffix) from \(from) to \(to)")
    }
    /// A step is done; `index` counts from 0.
    package func stepCompleted(index: Int, of count: Int, _ step: CanaryStep) -> KubeEvent {
        event("RolloutStepCompleted", "Rollout step \(index + 1)/\(count) completed (\(step.summary))")
    }
    /// A plugin has answered.
    package func stepPlugin(_ entry: StepPluginStatus, from phase: StepPluginStatus.Phase) -> KubeEvent {
        let suffix = entry.message.isEmpty ? "" : ": \(entry.message)"
        return event(
            "StepPluginTransition",
            "Step \(entry.index + 1): \(entry.operation.rawValue) of \(entry.name) transitioned from "
                + "\(phase.rawValue) to \(entry.phase.rawValue)\(suffix)",
            entry.phase == .failed || entry.phase == .error ? .warning : .normal)
    }
    /// A pause has begun.
    package func paused(_ reason: String) -> KubeEvent {
        event("RolloutPaused", "Rollout is paused (\(reason))")
    }
    /// A pause has ended.
    package func resumed() -> KubeEvent { event("RolloutResumed", "Rollout is resumed") }
    /// An update has begun.
    package func notCompleted(revision: Int, hash: String) -> KubeEvent {
        event(
            "RolloutNotCompleted", "Rollout not completed, started update to revision \(revision) (\(hash))")
    }
    /// The current revision became the stable one.
    package func completed(revision: Int, hash: String, _ reason: String) -> KubeEvent {
        event("RolloutCompleted", "Rollout completed update to revision \(revision) (\(hash)): \(reason)")
    }
    /// The update is given up.
    package func aborted(_ message: String) -> KubeEvent { event("RolloutAborted", message, .warning) }
    /// The steps are passed over.
    package func skippedSteps(_ reason: String) -> KubeEvent { event("SkipSteps", reason) }
    /// A Service selects another revision.
    package func switchedService(_ name: String, from: String, to: String) -> KubeEvent {
        event("SwitchService", "Switched selector for service '\(name)' from '\(from)' to '\(to)'")
    }
    /// The wished split has changed.
    package func weightUpdated(from: Weight?, to: Weight) -> KubeEvent {
        let source = from.map { " from \($0)" } ?? ""
        return event("TrafficWeightUpdated", "Traffic weight updated\(source) to \(to)")
    }
    /// A router's object was written; each router has words of its own.
    package func routed(_ reason: String, _ message: String) -> KubeEvent { event(reason, message) }
    /// The router cannot be written as it is.
    package func trafficRoutingError(_ message: String) -> KubeEvent {
        event("TrafficRoutingError", message, .warning)
    }
    /// An analysis run has changed its phase. `kind` is `Step`, `Background`, `PrePromotion` or `PostPromotion`.
    package func analysisRun(_ kind: String, name: String, phase: String, previous: String) -> KubeEvent {
        let isBad = phase == "Failed" || phase == "Error"
        return event(
            "AnalysisRun\(phase)",
            "\(kind) Analysis Run '\(name)' Status New: '\(phase)' Previous: '\(previous)'",
            isBad ? .warning : .normal)
    }
    /// A step's Experiment was made.
    package func experimentCreated(_ name: String) -> KubeEvent {
        event("ExperimentCreated", "Created Experiment '\(name)'")
    }
    /// Something must be mended before the rollout can go on.
    package func reconciliationError(_ message: String) -> KubeEvent {
        event("ReconciliationError", message, .warning)
    }
}
