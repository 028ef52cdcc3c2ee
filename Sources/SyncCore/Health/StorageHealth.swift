// Health of PersistentVolumeClaims.

import JSONTree
import KubeModel
import MartletModel

extension Health {
    @Sendable static func persistentVolumeClaim(_ object: KubeObject) -> HealthStatus {
        switch object.status["phase"].string {
        case "Lost": HealthStatus(.degraded)
        case "Pending": HealthStatus(.progressing)
        case "Bound": HealthStatus(.healthy)
        default: HealthStatus(.unknown)
        }
    }
}
