// Objects from the version in which they are stored to another one, and back.

import JSONTree
import KubeModel

/// Conversion between versions. Custom resources only change their apiVersion (strategy None);
/// built-in kinds with several versions have rules.
enum VersionConversion {
    static func convert(_ object: KubeObject, to definition: ResourceDefinition) -> KubeObject {
        var tree = object.tree
        switch (object.kind.groupKind, definition.groupVersionKind.apiVersion) {
        case (GroupKind("", "Event"), "events.k8s.io/v1"): tree = eventToV1(tree)
        case (GroupKind("events.k8s.io", "Event"), "v1"): tree = eventToCore(tree)
        case (GroupKind("autoscaling", "HorizontalPodAutoscaler"), "autoscaling/v1"):
            tree = autoscalerToV1(tree)
        case (GroupKind("autoscaling", "HorizontalPodAutoscaler"), "autoscaling/v2"):
            tree = autoscalerToV2(tree)
        default: break
        }
        tree["apiVersion"] = .string(definition.groupVersionKind.apiVersion)
        return KubeObject(tree)
    }

    // MARK: Events (k8s.io/kubernetes pkg/apis/events/v1/conversion.go)

    private static let eventNames = [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ]

    private static func eventToV1(_ tree: JSON) -> JSON { renamed(tree, eventNames) }
    private static func eventToCore(_ tree: JSON) -> JSON { renamed(tree, eventNames.map { ($1, $0) }) }

    private static func renamed(_ tree: JSON, _ names: [(String, String)]) -> JSON {
        guard let members = tree.object else { return tree }
        return .object(
            JSONObject(
                members.map { key, value in
                    (names.first { $0.0 == key }?.1 ?? key, value)
                }))
    }

    // MARK: Autoscalers (pkg/apis/autoscaling/v1/conversion.go)

    private static func autoscalerToV1(_ tree: JSON) -> JSON {
        var tree = tree
        var spec = tree["spec"].object ?? [:]
        let metrics = spec["metrics"]?.elements ?? []
        let isPlain = { (metric: JSON) in
            metric["type"] == "Resource" && metric["resource"]["name"] == "cpu"
                && !metric["resource"]["target"]["averageUtilization"].isNull
        }
        if let cpu = metrics.first(where: isPlain) {
            spec["targetCPUUtilizationPercentage"] = cpu["resource"]["target"]["averageUtilization"]
        }
        spec["metrics"] = nil
        spec["behavior"] = nil
        let others = metrics.filter { !isPlain($0) }
        if !others.isEmpty {
            tree.set(
                ["metadata", "annotations", "autoscaling.alpha.kubernetes.io/metrics"],
                to: .string(JSON.array(others).text()))
        }
        tree["spec"] = .object(spec)
        var status = tree["status"].object ?? [:]
        if let conditions = status["conditions"] {
            tree.set(
                ["metadata", "annotations", "autoscaling.alpha.kubernetes.io/conditions"],
                to: .string(conditions.text()))
        }
        status["conditions"] = nil
        status["currentMetrics"] = nil
        if status["currentReplicas"] == nil { status["currentReplicas"] = 0 }
        if status["desiredReplicas"] == nil { status["desiredReplicas"] = 0 }
        tree["status"] = .object(status)
        return tree
    }

    private static func autoscalerToV2(_ tree: JSON) -> JSON {
        var tree = tree
        guard var spec = tree["spec"].object else { return tree }
        if let percentage = spec["targetCPUUtilizationPercentage"] {
            spec["metrics"] = [
                [
                    "type": "Resource",
                    "resource": [
                        "name": "cpu",
                        "target": ["type": "Utilization", "averageUtilization": percentage],
                    ],
                ]
            ]
            spec["targetCPUUtilizationPercentage"] = nil
        }
        tree["spec"] = .object(spec)
        return tree
    }
}
