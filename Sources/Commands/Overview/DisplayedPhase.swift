// The phase a rollout shows to a person, which is not always the one in its status.

import JSONTree
package import KubeModel
import MartletModel

/// A phase and its message as clients of Argo Rollouts compute them (rollout-crd.md, section 10):
/// what the controller has not yet looked at is progressing, whatever the status says.
package struct DisplayedPhase: Hashable, Sendable {
    package var phase: String
    package var message: String

    package init(of rollout: KubeObject) {
        let status = rollout.status
        let isUnpausing =
            status["controllerPause"].bool == true && status["pauseConditions"].elements.isEmpty
        let invalid = status["conditions"].elements.first {
            $0["type"].string == RolloutConditionType.invalidSpec && $0["status"].string == "True"
        }
        let observed =
            status["observedGeneration"].string ?? status["observedGeneration"].int.map(String.init)
            ?? ""
        if observed == String(rollout.generation), let invalid {
            let reason = invalid["reason"].string ?? RolloutReason.invalidSpec
            (phase, message) = ("Degraded", "\(reason): \(invalid["message"].string ?? "")")
        } else if observed != String(rollout.generation) {
            (phase, message) = ("Progressing", "waiting for rollout spec update to be observed")
        } else if Self.hasUnseenWorkload(rollout) {
            (phase, message) = (
                "Progressing",
                "waiting for rollout spec update to be observed for the reference workload"
            )
        } else if isUnpausing, status["abort"].bool != true {
            (phase, message) = ("Progressing", "waiting for rollout to unpause")
        } else if let phase = status["phase"].string, !phase.isEmpty {
            (self.phase, message) = (phase, status["message"].string ?? "")
        } else {
            // Statuses of older controllers have no phase.
            let computed = RolloutStatus(status).phaseAndMessage(of: RolloutSpec(rollout.spec))
            (phase, message) = (computed.phase.rawValue, computed.message)
        }
    }

    /// Whether the workload whose template it runs has a change that the controller has not seen.
    private static func hasUnseenWorkload(_ rollout: KubeObject) -> Bool {
        guard !rollout.spec["workloadRef"].isNull,
            let generation = rollout.annotation(RolloutAnnotations.workloadGeneration)
        else { return false }
        let observed = rollout.status["workloadObservedGeneration"]
        return generation != observed.string ?? observed.int.map(String.init) ?? ""
    }

    /// Whether waiting any longer makes no sense.
    package var isFinal: Bool { phase == "Healthy" || phase == "Degraded" }

    /// `Paused - CanaryPauseStep`, or the phase alone.
    package var line: String { message.isEmpty ? phase : "\(phase) - \(message)" }
}
