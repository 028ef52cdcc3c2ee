// Health of Jobs and CronJobs.

import JSONTree
import KubeModel
import MartletModel

extension Health {
    @Sendable static func job(_ object: KubeObject) -> HealthStatus {
        if let failed = condition("Failed", object), failed["status"].string == "True" {
            return HealthStatus(.degraded, message(failed))
        }
        if isTrue("Suspended", object) { return HealthStatus(.suspended, message(condition("Suspended", object))) }
        if let complete = condition("Complete", object), complete["status"].string == "True" {
            return HealthStatus(.healthy, message(complete))
        }
        return HealthStatus(.progressing, message(object.status["conditions"].elements.last))
    }

    @Sendable static func cronJob(_ object: KubeObject) -> HealthStatus {
        if object.spec["suspend"].bool == true { return HealthStatus(.healthy, "CronJob is suspended") }
        let status = object.status
        guard let scheduled = status["lastScheduleTime"].string.flatMap({ Timestamp($0) }) else {
            return HealthStatus(.healthy, "Job has not run yet")
        }
        if !status["active"].elements.isEmpty { return HealthStatus(.healthy, "Job is running") }
        let succeeded = status["lastSuccessfulTime"].string.flatMap { Timestamp($0) }
        if succeeded.map({ $0 < scheduled }) ?? true {
            return HealthStatus(.degraded, "CronJob has not completed its last execution successfully")
        }
        return HealthStatus(.healthy)
    }
}
