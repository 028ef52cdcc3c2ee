// The phase a rollout shows to a person, which is not always the one in its status.

import JSONTree
package import KubeModel

/// A phase and its message as clients of Argo Rollouts compute them: what the controller has not
/// yet looked at is progressing, whatever the status says (rollout-crd.md, section 10).
package struct RolloutPhase: Hashable, Sendable {
    package var phase: String
    package var message: String

    package init(of rollout: KubeObject) {
        let status = rollout.status
        let observed = status["observedGeneration"].string ?? status["observedGeneration"].int.map(String.init) ?? ""
        let isUnpausing = status["controllerPause"].bool == true && status["pauseConditions"].elements.isEmpty
        if observed != String(rollout.generation) {
            (phase, message) = ("Progressing", "waiting for rollout spec update to be observed")
        } else if isUnpausing, status["abort"].bool != true {
            (phase, message) = ("Progressing", "waiting for rollout to unpause")
        } else {
            phase = status["phase"].string ?? "Progressing"
            message = status["message"].string ?? ""
        }
        if phase.isEmpty { phase = "Progressing" }
    }

    /// Whether waiting any longer makes no sense.
    package var isFinal: Bool { phase == "Healthy" || phase == "Degraded" }

    /// `Paused - CanaryPauseStep`, or the phase alone.
    package var line: String { message.isEmpty ? phase : "\(phase) - \(message)" }
}
