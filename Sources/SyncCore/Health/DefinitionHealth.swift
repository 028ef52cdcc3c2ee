// Health of CustomResourceDefinitions and APIServices.

import JSONTree
import KubeModel
import MartletModel

extension Health {
    @Sendable static func customResourceDefinition(_ object: KubeObject) -> HealthStatus {
        let conditions = object.status["conditions"].elements
        if conditions.isEmpty { return HealthStatus(.progressing, "Status conditions not found") }
        if isTrue("Terminating", object) { return HealthStatus(.progressing, "CRD is being terminated") }
        if let names = condition("NamesAccepted", object), names["status"].string == "False" {
            return HealthStatus(.degraded, "CRD names have not been accepted: \(message(names))")
        }
        if let structure = condition("NonStructuralSchema", object), structure["status"].string == "True" {
            return HealthStatus(.degraded, "Schema violations found: \(message(structure))")
        }
        if isTrue("Established", object) { return HealthStatus(.healthy, "CRD is healthy") }
        if condition("Established", object)?["reason"].string == "Installing" {
            return HealthStatus(.progressing, "CRD is being installed")
        }
        return HealthStatus(.degraded, "CRD is not established")
    }

    @Sendable static func apiService(_ object: KubeObject) -> HealthStatus {
        guard let available = condition("Available", object) else {
            return HealthStatus(.progressing, "Waiting to be processed")
        }
        let text = "\(available["reason"].string ?? ""): \(message(available))"
        return HealthStatus(available["status"].string == "True" ? .healthy : .progressing, text)
    }
}
