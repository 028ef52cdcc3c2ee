// The events on Experiments, one function each.

package import KubeModel

/// Makes the events of one Experiment, with the reasons of Argo Rollouts (analysis.md, section 7).
package struct ExperimentEvents: Hashable, Sendable {
    private var regarding: ObjectReference
    private var uid: UID
    /// The Rollout whose step the Experiment is: it is told of analyses as well.
    private var parent: (reference: ObjectReference, uid: UID)? {
        parentReference.flatMap { reference in parentUID.map { (reference, $0) } }
    }
    private var parentReference: ObjectReference?
    private var parentUID: UID?

    package init(_ experiment: KubeObject) {
        regarding = ObjectReference(
            Experiment.kind, namespace: experiment.namespace, name: experiment.name)
        uid = experiment.uid
        if let owner = experiment.controller, owner.kind == Rollout.kind.kind {
            parentReference = ObjectReference(
                Rollout.kind, namespace: experiment.namespace, name: owner.name)
            parentUID = owner.uid
        }
    }

    private func event(_ reason: String, _ message: String, isBad: Bool = false) -> KubeEvent {
        KubeEvent(
            regarding: regarding, uid: uid, type: isBad ? .warning : .normal, reason: reason,
            message: message)
    }

    /// A template's pods are in another phase.
    package func template(_ name: String, from: String, to: String, _ detail: String, isBad: Bool)
        -> KubeEvent
    {
        event(
            "Template\(to)",
            "Template '\(name)' transitioned from \(from) -> \(to)\(detail.isEmpty ? "" : ": \(detail)")",
            isBad: isBad)
    }
    /// The whole is in another phase.
    package func phase(from: String, to: AnalysisPhase) -> KubeEvent {
        let isBad = to == .failed || to == .error || to == .inconclusive
        return event(
            "Experiment\(to.rawValue)", "Experiment transitioned from \(from) -> \(to.rawValue)",
            isBad: isBad)
    }
    /// A ReplicaSet was resized.
    package func scaled(_ name: String, from: Int, to: Int) -> KubeEvent {
        event(
            "ScalingReplicaSet",
            "Scaled \(to > from ? "up" : "down") ReplicaSet \(name) from \(from) to \(to)")
    }
    /// An analysis is in another phase; a Rollout that waits for the Experiment is told as well.
    package func analysis(_ name: String, from: String, to: String, _ detail: String) -> [KubeEvent] {
        let isBad = ["Failed", "Error", "Inconclusive"].contains(to)
        let message =
            "AnalysisRun '\(name)' transitioned from \(from) -> \(to)\(detail.isEmpty ? "" : ": \(detail)")"
        var events = [event("AnalysisRun\(to)", message, isBad: isBad)]
        if let parent {
            events.append(
                KubeEvent(
                    regarding: parent.reference, uid: parent.uid, type: .warning,
                    reason: "AnalysisRun\(to)", message: message))
        }
        return events
    }
    /// A run is asked to end.
    package func terminating(_ name: String) -> KubeEvent {
        event("AnalysisRunTerminating", "AnalysisRun '\(name)' is asked to end")
    }
    /// The specification is invalid.
    package func invalid(_ message: String) -> KubeEvent {
        event("InvalidSpec", message, isBad: true)
    }
}
