// Defaults of HorizontalPodAutoscalers, and base64 for Secrets.

import JSONTree

extension KindDefaults {
    /// An autoscaler of autoscaling/v2; one of v1 is told by its `targetCPUUtilizationPercentage`
    /// and has no metrics to fill in.
    static func autoscaler(_ object: inout JSON) {
        let isFirstVersion = object["apiVersion"].string == "autoscaling/v1"
        object.fillIn("spec", with: [:])
        object.edit("spec") { spec in
            spec.fillIn("minReplicas", with: 1)
            spec.fillIn("maxReplicas", with: 0)
            spec.fillIn("scaleTargetRef", with: ["kind": "", "name": ""])
            guard !isFirstVersion else { return }
            if !spec.hasContent("metrics") {
                spec["metrics"] = [
                    [
                        "type": "Resource",
                        "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": 80]],
                    ]
                ]
            }
            spec.edit("behavior") { behavior in
                if let rules = behavior["scaleUp"].object { behavior["scaleUp"] = filled(rules, scaleUp) }
                if let rules = behavior["scaleDown"].object { behavior["scaleDown"] = filled(rules, scaleDown) }
                behavior.fillIn("scaleUp", with: scaleUp)
                behavior.fillIn("scaleDown", with: scaleDown)
            }
        }
        object.fillIn("status", with: [:])
        object.edit("status") { status in
            status.fillIn("desiredReplicas", with: 0)
            if isFirstVersion { status.fillIn("currentReplicas", with: 0) } else { status.fillIn("currentMetrics", with: .null) }
        }
    }

    private static let scaleUp: JSON = [
        "stabilizationWindowSeconds": 0, "selectPolicy": "Max",
        "policies": [
            ["type": "Pods", "value": 4, "periodSeconds": 15], ["type": "Percent", "value": 100, "periodSeconds": 15],
        ],
    ]
    private static let scaleDown: JSON = [
        "selectPolicy": "Max", "policies": [["type": "Percent", "value": 100, "periodSeconds": 15]],
    ]

    private static func filled(_ rules: JSONObject, _ defaults: JSON) -> JSON {
        var result = defaults
        for (key, value) in rules where !value.isNull { result[key] = value }
        return result
    }
}
