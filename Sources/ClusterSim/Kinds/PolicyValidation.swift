// Validation of autoscalers, disruption budgets, roles, priority classes and quotas.

import JSONTree
import KubeModel

/// Validates the kinds that say how others may behave.
enum PolicyValidation {
    private static let metricTypes = ["ContainerResource", "External", "Object", "Pods", "Resource"]
    private static let metricSources = [
        "ContainerResource": "containerResource", "External": "external", "Object": "object", "Pods": "pods",
        "Resource": "resource",
    ]
    private static let userPriorityMax: Int64 = 1_000_000_000
    private static let systemPriorities = ["system-cluster-critical", "system-node-critical"]

    // MARK: HorizontalPodAutoscaler

    static func autoscaler(_ object: JSON) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        let least = spec["minReplicas"].int ?? 1
        let most = spec["maxReplicas"].int ?? 0
        if least < 1 { errors.append(.invalid("spec.minReplicas", .int(least), "must be greater than or equal to 1")) }
        if most < 1 { errors.append(.required("spec.maxReplicas", "must be set and greater than 0")) }
        if most < least {
            errors.append(.invalid("spec.maxReplicas", .int(most), "must be greater than or equal to `minReplicas`"))
        }
        errors += scaleTarget(spec["scaleTargetRef"], "spec.scaleTargetRef")
        let metrics = spec["metrics"].elements
        for (position, metric) in metrics.enumerated() { errors += Self.metric(metric, "spec.metrics[\(position)]") }
        if least == 0, !metrics.contains(where: { ["Object", "External"].contains($0["type"].string) }) {
            errors.append(
                .forbidden(
                    "spec.metrics", "must specify at least one Object or External metric to support scaling to zero replicas"))
        }
        for direction in ["scaleUp", "scaleDown"] where !spec["behavior"][direction].isNull {
            errors += behavior(spec["behavior"][direction], "spec.behavior.\(direction)")
        }
        return errors
    }

    private static func scaleTarget(_ target: JSON, _ path: String) -> [FieldError] {
        var errors = Check.required(target, "kind", path) + Check.required(target, "name", path)
        let version = Check.text(target, "apiVersion")
        let isCoreController = version == "v1" && target["kind"] == "ReplicationController"
        if !version.contains("/"), !isCoreController {
            errors.append(.invalid("\(path).apiVersion", .string(version), "apiVersion must specify API group"))
        }
        return errors
    }

    private static func metric(_ metric: JSON, _ path: String) -> [FieldError] {
        let type = Check.text(metric, "type")
        if type.isEmpty { return [.required("\(path).type", "must specify a metric source type")] }
        guard let field = metricSources[type] else {
            // The real server's two checks both say so.
            let error = FieldError.notSupported("\(path).type", .string(type), metricTypes)
            return [error, error]
        }
        var errors: [FieldError] = []
        for (other, name) in metricSources.sorted(by: { $0.key < $1.key }) where other != type && !metric[name].isNull {
            errors.append(
                .forbidden("\(path).\(name)", "must populate the given metric source only"))
        }
        let source = metric[field]
        let at = "\(path).\(field)"
        if source.isNull {
            return errors + [.required(at, "must populate information for the given metric source")]
        }
        switch type {
        case "Resource", "ContainerResource":
            errors += Check.required(source, "name", at, "must specify a resource name")
            if type == "ContainerResource" { errors += Check.required(source, "container", at, "must specify a container") }
            errors += target(source["target"], "\(at).target")
            let isSet = !source["target"]["averageUtilization"].isNull || !source["target"]["averageValue"].isNull
            if !isSet {
                errors.append(
                    .required("\(at).target.averageUtilization", "must set either a target raw value or a target utilization"))
            }
        default:
            errors += Check.required(source["metric"], "name", "\(at).metric", "must specify a metric name")
            if type == "Object" { errors += describedObject(source["describedObject"], "\(at).describedObject") }
            errors += target(source["target"], "\(at).target")
            let values = type == "Pods" ? ["averageValue"] : ["value", "averageValue"]
            if values.allSatisfy({ source["target"][$0].isNull }) {
                errors.append(
                    .required("\(at).target.averageValue", type == "Pods"
                        ? "must specify a positive target averageValue"
                        : "must set either a target value for metric or a per-pod target"))
            }
        }
        return errors
    }

    private static func describedObject(_ object: JSON, _ path: String) -> [FieldError] {
        Check.required(object, "kind", path) + Check.required(object, "name", path)
    }

    private static func target(_ target: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        let type = Check.text(target, "type")
        if type.isEmpty { errors.append(.required("\(path).type", "must specify a metric target type")) }
        if !type.isEmpty, !["Utilization", "Value", "AverageValue"].contains(type) {
            errors.append(.invalid("\(path).type", .string(type), "must be either Utilization, Value, or AverageValue"))
        }
        if let share = target["averageUtilization"].int, share < 1 {
            errors.append(.invalid("\(path).averageUtilization", .int(share), "must be greater than 0"))
        }
        for field in ["value", "averageValue"] {
            if let amount = target[field].string.flatMap({ Quantity($0) }), amount.milliValue <= 0 {
                errors.append(.invalid("\(path).\(field)", target[field], "must be positive"))
            }
        }
        return errors
    }

    private static func behavior(_ rules: JSON, _ path: String) -> [FieldError] {
        var errors = Check.notNegative(rules, "stabilizationWindowSeconds", path)
        if let window = rules["stabilizationWindowSeconds"].int, window > 3600 {
            errors.append(.invalid("\(path).stabilizationWindowSeconds", .int(window), "must be less than or equal to 3600"))
        }
        if let amount = rules["tolerance"].string.flatMap({ Quantity($0) }), amount.milliValue < 0 {
            errors.append(.invalid("\(path).tolerance", rules["tolerance"], "must be greater or equal to zero"))
        }
        errors += Check.oneOf(rules, "selectPolicy", path, ["Disabled", "Max", "Min"])
        if rules["policies"].elements.isEmpty { errors.append(.required("\(path).policies", "must specify at least one Policy")) }
        for (position, policy) in rules["policies"].elements.enumerated() {
            let at = "\(path).policies[\(position)]"
            errors += Check.oneOf(policy, "type", at, ["Percent", "Pods"])
            let value = policy["value"].int ?? 0
            if value <= 0 { errors.append(.invalid("\(at).value", .int(value), "must be greater than zero")) }
            let period = policy["periodSeconds"].int ?? 0
            if period <= 0 { errors.append(.invalid("\(at).periodSeconds", .int(period), "must be greater than zero")) }
            if period > 1800 { errors.append(.invalid("\(at).periodSeconds", .int(period), "must be less than or equal to 1800")) }
        }
        return errors
    }

    // MARK: PodDisruptionBudget

    static func disruptionBudget(_ object: JSON) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        if !spec["minAvailable"].isNull, !spec["maxUnavailable"].isNull {
            let value: JSON = [
                "MinAvailable": spec["minAvailable"], "Selector": spec["selector"],
                "MaxUnavailable": spec["maxUnavailable"],
                "UnhealthyPodEvictionPolicy": spec["unhealthyPodEvictionPolicy"],
            ]
            errors.append(.invalid("spec", value, "minAvailable and maxUnavailable cannot be both set"))
        }
        for field in ["minAvailable", "maxUnavailable"] {
            errors += Check.intOrPercent(spec[field], "spec.\(field)") + Check.atMostAllPercent(spec[field], "spec.\(field)")
        }
        errors += Check.selector(spec["selector"], "spec.selector")
        return errors
            + Check.oneOf(spec, "unhealthyPodEvictionPolicy", "spec", ["AlwaysAllow", "IfHealthyBudget"])
    }

    // MARK: PriorityClass

    static func priorityClass(_ object: JSON, old: JSON?) -> [FieldError] {
        var errors: [FieldError] = []
        let name = object["metadata"]["name"].string ?? ""
        let value = object["value"].int ?? 0
        let isSystem = systemPriorities.contains(name)
        if name.hasPrefix("system-"), !isSystem {
            errors.append(
                .forbidden(
                    "metadata.name",
                    "priority class names with 'system-' prefix are reserved for system use only. error: \(name) is not a known system priority class"))
        } else if value > userPriorityMax, !isSystem {
            errors.append(
                .forbidden("value", "maximum allowed value of a user defined priority is \(userPriorityMax)"))
        }
        if !["PreemptLowerPriority", "Never"].contains(Check.text(object, "preemptionPolicy")) {
            errors.append(
                .notSupported("preemptionPolicy", object["preemptionPolicy"], ["PreemptLowerPriority", "Never"]))
        }
        if let old {
            if old["value"] != object["value"] { errors.append(.forbidden("value", "may not be changed in an update.")) }
            if old["preemptionPolicy"] != object["preemptionPolicy"] {
                errors.append(.invalid("preemptionPolicy", object["preemptionPolicy"], Check.immutable))
            }
        }
        return errors
    }

    // MARK: Roles

    static func role(_ object: JSON, isNamespaced: Bool) -> [FieldError] {
        var errors = isNamespaced ? [] : aggregation(object["aggregationRule"], "aggregationRule")
        for (position, rule) in object["rules"].elements.enumerated() {
            let path = "rules[\(position)]"
            if rule["verbs"].elements.isEmpty {
                errors.append(.required("\(path).verbs", "verbs must contain at least one value"))
            }
            if !rule["nonResourceURLs"].elements.isEmpty {
                if isNamespaced {
                    errors.append(
                        .invalid("\(path).nonResourceURLs", rule["nonResourceURLs"], "namespaced rules cannot apply to non-resource URLs"))
                }
                if ["apiGroups", "resources", "resourceNames"].contains(where: { !rule[$0].elements.isEmpty }) {
                    errors.append(
                        .invalid("\(path).nonResourceURLs", rule["nonResourceURLs"], "rules cannot apply to both regular resources and non-resource URLs"))
                }
                continue
            }
            if rule["apiGroups"].elements.isEmpty {
                errors.append(.required("\(path).apiGroups", "resource rules must supply at least one api group"))
            }
            if rule["resources"].elements.isEmpty {
                errors.append(.required("\(path).resources", "resource rules must supply at least one resource"))
            }
        }
        return errors
    }

    private static func aggregation(_ rule: JSON, _ path: String) -> [FieldError] {
        guard !rule.isNull else { return [] }
        let selectors = rule["clusterRoleSelectors"].elements
        if selectors.isEmpty {
            return [
                .required(
                    "\(path).clusterRoleSelectors",
                    "at least one clusterRoleSelector required if aggregationRule is non-nil")
            ]
        }
        return selectors.enumerated().flatMap { position, selector in
            Check.selector(selector, "\(path).clusterRoleSelectors[\(position)]")
        }
    }

    static func roleBinding(_ object: JSON, old: JSON?, isNamespaced: Bool) -> [FieldError] {
        var errors: [FieldError] = []
        let reference = object["roleRef"]
        let group = "rbac.authorization.k8s.io"
        if Check.text(reference, "apiGroup") != group {
            errors.append(.notSupported("roleRef.apiGroup", reference["apiGroup"].isNull ? "" : reference["apiGroup"], [group]))
        }
        let kinds = isNamespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]
        if !kinds.contains(Check.text(reference, "kind")) {
            errors.append(.notSupported("roleRef.kind", reference["kind"].isNull ? "" : reference["kind"], kinds))
        }
        let name = Check.text(reference, "name")
        if name.isEmpty {
            errors.append(.required("roleRef.name"))
        } else {
            errors += MetadataRules.pathSegmentErrors(name).map { .invalid("roleRef.name", .string(name), $0) }
        }
        for (position, subject) in object["subjects"].elements.enumerated() {
            errors += Self.subject(subject, "subjects[\(position)]", group)
        }
        if let old, old["roleRef"] != reference {
            let value: JSON = ["APIGroup": reference["apiGroup"], "Kind": reference["kind"], "Name": reference["name"]]
            errors.append(.invalid("roleRef", value, "cannot change roleRef"))
        }
        return errors
    }

    private static func subject(_ subject: JSON, _ path: String, _ group: String) -> [FieldError] {
        var errors = Check.required(subject, "name", path)
        let given = Check.text(subject, "apiGroup")
        switch Check.text(subject, "kind") {
        case "ServiceAccount":
            let name = Check.text(subject, "name")
            if !name.isEmpty { errors += Check.dnsSubdomain(name, "\(path).name") }
            if !given.isEmpty { errors.append(.notSupported("\(path).apiGroup", .string(given), [""])) }
            errors += Check.required(subject, "namespace", path)
        case "User", "Group":
            if given != group { errors.append(.notSupported("\(path).apiGroup", .string(given), [group])) }
        default:
            errors.append(
                .notSupported("\(path).kind", subject["kind"].isNull ? "" : subject["kind"], ["ServiceAccount", "User", "Group"]))
        }
        return errors
    }
}
