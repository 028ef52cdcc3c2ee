// Health of Rollouts, AnalysisRuns, Experiments and ApplicationSets.

import JSONTree
import KubeModel
import MartletModel

extension Health {
    /// The controller's own summary, once it has seen the spec.
    @Sendable static func rollout(_ object: KubeObject) -> HealthStatus {
        let status = object.status
        // `observedGeneration` is a text for historical reasons (rollout-crd.md).
        let observed = status["observedGeneration"].string.flatMap { Int64($0) } ?? status["observedGeneration"].int
        guard let observed, observed >= object.generation else {
            return HealthStatus(.progressing, "Waiting for rollout spec update to be observed")
        }
        let wanted = object.annotation("rollout.argoproj.io/workload-generation")
        if let wanted, let seen = status["workloadObservedGeneration"].string, wanted != seen {
            return HealthStatus(.progressing, "Waiting for rollout spec update to be observed for the reference workload")
        }
        let message = status["message"].string ?? ""
        switch status["phase"].string {
        case "Paused": return HealthStatus(.suspended, message)
        case "Healthy": return HealthStatus(.healthy, message)
        case "Degraded": return HealthStatus(.degraded, message)
        case "Progressing": return HealthStatus(.progressing, message)
        default: return HealthStatus(.progressing, "Waiting for rollout to finish: status has not been reconciled.")
        }
    }

    @Sendable static func analysisRun(_ object: KubeObject) -> HealthStatus {
        let message = object.status["message"].string ?? ""
        switch object.status["phase"].string {
        case "Successful": return HealthStatus(.healthy, message)
        case "Failed", "Error": return HealthStatus(.degraded, message)
        case "Inconclusive": return HealthStatus(.unknown, message)
        default: return HealthStatus(.progressing, message)
        }
    }

    @Sendable static func applicationSet(_ object: KubeObject) -> HealthStatus {
        if isTrue("ErrorOccurred", object) { return HealthStatus(.degraded, message(condition("ErrorOccurred", object))) }
        if let resources = condition("ResourcesUpToDate", object), resources["status"].string == "False" {
            return HealthStatus(.degraded, message(resources))
        }
        if isTrue("RolloutProgressing", object) {
            return HealthStatus(.progressing, message(condition("RolloutProgressing", object)))
        }
        return isTrue("ResourcesUpToDate", object) ? HealthStatus(.healthy) : HealthStatus(.progressing)
    }
}
