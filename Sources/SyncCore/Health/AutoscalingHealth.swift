// Health of HorizontalPodAutoscalers and PodDisruptionBudgets.

import JSONTree
import KubeModel
import MartletModel

extension Health {
    private static let broken: Set<String> = [
        "FailedGetScale", "FailedUpdateScale", "FailedGetResourceMetric", "FailedGetObjectMetric",
        "FailedGetPodsMetric", "FailedGetExternalMetric", "FailedComputeMetricsReplicas", "InvalidSelector",
        "FailedGetContainerResourceMetric",
    ]

    @Sendable static func horizontalPodAutoscaler(_ object: KubeObject) -> HealthStatus {
        var conditions = object.status["conditions"].elements
        // autoscaling/v1 keeps them as text in an annotation.
        if conditions.isEmpty, let text = object.annotation("autoscaling.alpha.kubernetes.io/conditions") {
            conditions = (try? JSON.parse(text))?.elements ?? []
        }
        let isDegraded: (JSON) -> Bool = {
            ["AbleToScale", "ScalingActive"].contains($0["type"].string ?? "")
                && broken.contains($0["reason"].string ?? "")
        }
        if let condition = conditions.first(where: isDegraded) { return HealthStatus(.degraded, message(condition)) }
        let isWorking: (JSON) -> Bool = {
            ["AbleToScale", "ScalingLimited"].contains($0["type"].string ?? "") && $0["status"].string == "True"
        }
        if let condition = conditions.first(where: isWorking) { return HealthStatus(.healthy, message(condition)) }
        return HealthStatus(.progressing, "Waiting to Autoscale")
    }

    @Sendable static func podDisruptionBudget(_ object: KubeObject) -> HealthStatus {
        let conditions = object.status["conditions"].elements
        if conditions.isEmpty { return HealthStatus(.progressing, "Waiting for status") }
        let bad = conditions.first { $0["status"].string == "False" && $0["reason"].string != "InsufficientPods" }
        return bad.map { HealthStatus(.degraded, message($0)) } ?? HealthStatus(.healthy)
    }
}
