// Health of kinds that say it with a `Ready` condition.

import JSONTree
import KubeModel
import MartletModel

extension Health {
    @Sendable static func readyCondition(_ object: KubeObject) -> HealthStatus {
        guard let ready = condition("Ready", object) else { return HealthStatus(.progressing, "Waiting for status") }
        switch ready["status"].string {
        case "True": return HealthStatus(.healthy, message(ready))
        case "False": return HealthStatus(.degraded, message(ready))
        default: return HealthStatus(.progressing, message(ready))
        }
    }

    @Sendable static func certificate(_ object: KubeObject) -> HealthStatus {
        if isTrue("Issuing", object) { return HealthStatus(.progressing, message(condition("Issuing", object))) }
        return readyCondition(object)
    }
}
