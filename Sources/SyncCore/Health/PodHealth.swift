// Health of Pods.

import JSONTree
import KubeModel
import MartletModel

extension Health {
    @Sendable static func pod(_ object: KubeObject) -> HealthStatus {
        let status = object.status
        let policy = object.spec["restartPolicy"].string ?? "Always"
        let isHook = object.annotation(ApplicationNames.hook) != nil
        let countsAsAlways = policy == "Always" || (object.annotation("argocd.argoproj.io/ignore-restart-policy") == "true" && !isHook)
        if countsAsAlways, let stuck = stuckContainer(status) { return stuck }
        switch status["phase"].string {
        case "Pending": return HealthStatus(.progressing, status["message"].string ?? "")
        case "Succeeded": return HealthStatus(.healthy, status["message"].string ?? "")
        case "Failed": return HealthStatus(.degraded, failure(status))
        case "Running":
            guard policy == "Always" else { return HealthStatus(.progressing, status["message"].string ?? "") }
            if isTrue("Ready", object) { return HealthStatus(.healthy, status["message"].string ?? "") }
            let restarted = status["containerStatuses"].elements.first { $0["lastState"]["terminated"].object != nil }
            if restarted != nil { return HealthStatus(.degraded, status["message"].string ?? "") }
            return HealthStatus(.progressing, status["message"].string ?? "")
        default: return HealthStatus(.unknown, status["message"].string ?? "")
        }
    }

    /// A container that waits for a reason that does not pass by itself.
    private static func stuckContainer(_ status: JSON) -> HealthStatus? {
        let containers = status["initContainerStatuses"].elements + status["containerStatuses"].elements
        var messages: [String] = []
        for container in containers {
            let waiting = container["state"]["waiting"]
            guard let reason = waiting["reason"].string else { continue }
            if reason.hasPrefix("Err") || reason.hasSuffix("Error") || reason.hasSuffix("BackOff") {
                messages.append(waiting["message"].string ?? "")
            }
        }
        return messages.isEmpty ? nil : HealthStatus(.degraded, messages.joined(separator: ", "))
    }

    private static func failure(_ status: JSON) -> String {
        if let message = status["message"].string, !message.isEmpty { return message }
        for container in status["initContainerStatuses"].elements + status["containerStatuses"].elements {
            let terminated = container["state"]["terminated"]
            guard terminated.object != nil else { continue }
            if let message = terminated["message"].string, !message.isEmpty { return message }
            if terminated["reason"].string == "OOMKilled" { return "OOMKilled" }
            if let code = terminated["exitCode"].int, code != 0 {
                return "container \"\(container["name"].string ?? "")\" failed with exit code \(code)"
            }
        }
        return ""
    }
}
