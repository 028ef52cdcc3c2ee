// Health of Services, Ingresses and Gateway API's kinds.

import JSONTree
import KubeModel
import MartletModel

extension Health {
    @Sendable static func service(_ object: KubeObject) -> HealthStatus {
        guard object.spec["type"].string == "LoadBalancer" else { return HealthStatus(.healthy) }
        let isReady = !object.status["loadBalancer"]["ingress"].elements.isEmpty
        return HealthStatus(isReady ? .healthy : .progressing)
    }

    @Sendable static func ingress(_ object: KubeObject) -> HealthStatus {
        let isReady = !object.status["loadBalancer"]["ingress"].elements.isEmpty
        return HealthStatus(isReady ? .healthy : .progressing)
    }

    @Sendable static func gateway(_ object: KubeObject) -> HealthStatus {
        for type in ["ResolvedRefs", "Accepted"] {
            if let condition = condition(type, object), condition["status"].string == "False" {
                return HealthStatus(.degraded, message(condition))
            }
        }
        guard let programmed = condition("Programmed", object) else { return HealthStatus(.progressing) }
        return programmed["status"].string == "True"
            ? HealthStatus(.healthy) : HealthStatus(.progressing, message(programmed))
    }

    @Sendable static func gatewayRoute(_ object: KubeObject) -> HealthStatus {
        let parents = object.status["parents"].elements
        guard !parents.isEmpty else { return HealthStatus(.progressing) }
        for parent in parents {
            for condition in parent["conditions"].elements {
                guard (condition["observedGeneration"].int ?? object.generation) >= object.generation else {
                    return HealthStatus(.progressing)
                }
                if ["ResolvedRefs", "Accepted"].contains(condition["type"].string ?? ""),
                    condition["status"].string == "False"
                {
                    return HealthStatus(.degraded, message(condition))
                }
            }
        }
        return HealthStatus(.healthy)
    }
}
