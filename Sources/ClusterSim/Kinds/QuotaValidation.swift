// Validation of quotas and limit ranges.

import JSONTree
import KubeModel

/// Validates what bounds a namespace.
enum QuotaValidation {
    private static let quotaNames: Set<String> = [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage",
        "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods", "services",
        "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims", "replicationcontrollers",
        "services.nodeports", "services.loadbalancers",
    ]
    private static let podScopes = [
        "BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating",
    ]
    /// What pods of a scope can be counted by; of those without requests only their number.
    private static let podResources: Set<String> = [
        "pods", "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory",
    ]

    static func resourceQuota(_ object: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        let spec = object["spec"]
        let hard = (spec["hard"].object ?? [:]).sorted()
        for (name, amount) in hard {
            let path = "spec.hard[\(name)]"
            errors += Check.qualifiedName(name, path)
            if !name.contains("/"), !quotaNames.contains(name), !name.hasPrefix("requests."), !name.hasPrefix("hugepages-") {
                errors.append(.invalid(path, .string(name), "must be a standard resource type or fully qualified"))
                errors.append(.invalid(path, .string(name), "must be a standard resource for quotas"))
            }
            guard let quantity = amount.string.flatMap({ Quantity($0) }) else { continue }
            if quantity.milliValue < 0 { errors.append(.invalid(path, amount, Check.notNegative)) }
            if QuotaUsage.countedKind(name) != nil, quantity.milliValue % 1000 != 0 {
                errors.append(.invalid(path, amount, "must be an integer"))
            }
        }
        let names = hard.map { $0.0 }
        return errors + scopes(spec, names) + selector(spec, names)
    }

    /// Whether a scope's pods can be counted by all of these resources.
    private static func fits(_ scope: String, _ resources: [String]) -> Bool {
        let allowed: Set<String> = scope == "BestEffort" ? ["pods"] : podResources
        return resources.allSatisfy { !quotaNames.contains($0) || allowed.contains($0) }
    }

    private static func scopes(_ spec: JSON, _ resources: [String]) -> [FieldError] {
        let value = spec["scopes"]
        let scopes = value.elements.compactMap(\.string)
        var errors: [FieldError] = []
        for scope in scopes {
            if !podScopes.contains(scope) {
                errors.append(.invalid("spec.scopes", value, "unsupported scope"))
            } else if !fits(scope, resources) {
                errors.append(.invalid("spec.scopes", value, "unsupported scope applied to resource"))
            }
        }
        for pair in [["BestEffort", "NotBestEffort"], ["Terminating", "NotTerminating"]]
        where pair.allSatisfy(scopes.contains) {
            errors.append(.invalid("spec.scopes", value, "conflicting scopes"))
        }
        return errors
    }

    private static func selector(_ spec: JSON, _ resources: [String]) -> [FieldError] {
        let path = "spec.scopeSelector.matchExpressions"
        var errors: [FieldError] = []
        for expression in spec["scopeSelector"]["matchExpressions"].elements {
            let scope = Check.text(expression, "scopeName")
            let operation = Check.text(expression, "operator")
            let values = expression["values"].elements
            if !podScopes.contains(scope) {
                errors.append(.invalid("\(path).scopeName", .string(scope), "unsupported scope"))
            } else if !fits(scope, resources) {
                errors.append(.invalid(path, spec["scopeSelector"], "unsupported scope applied to resource"))
            }
            if podScopes.contains(scope), scope != "PriorityClass", operation != "Exists" {
                errors.append(
                    .invalid(
                        "\(path).operator", .string(operation),
                        "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, "
                            + "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
                            + "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"))
            }
            switch operation {
            case "In", "NotIn":
                if values.isEmpty {
                    errors.append(
                        .required(
                            "\(path).values",
                            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"))
                }
            case "Exists", "DoesNotExist":
                if !values.isEmpty {
                    errors.append(
                        .invalid(
                            "\(path).values", expression["values"],
                            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"))
                }
            default:
                errors.append(.invalid("\(path).operator", .string(operation), "not a valid selector operator"))
            }
        }
        return errors
    }

    // MARK: Limit ranges

    static func limitRange(_ object: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        var types: Set<String> = []
        for (position, limit) in object["spec"]["limits"].elements.enumerated() {
            let path = "spec.limits[\(position)]"
            let type = Check.text(limit, "type")
            errors += typeName(type, "\(path).type")
            if !types.insert(type).inserted { errors.append(.duplicate("\(path).type", .string(type))) }
            if type == "Pod" {
                for map in ["default", "defaultRequest"] where limit.hasContent(map) {
                    errors.append(.forbidden("\(path).\(map)", "may not be specified when `type` is 'Pod'"))
                }
            }
            if type == "PersistentVolumeClaim", limit["min"]["storage"].isNull, limit["max"]["storage"].isNull {
                errors.append(
                    .required(
                        "\(path).limits",
                        "either minimum or maximum storage value is required, but neither was provided"))
            }
            errors += amounts(limit, path, type)
        }
        return errors
    }

    private static func typeName(_ type: String, _ path: String) -> [FieldError] {
        var errors = Check.qualifiedName(type, path)
        if !type.contains("/"), !["Pod", "Container", "PersistentVolumeClaim"].contains(type) {
            errors.append(.invalid(path, .string(type), "must be a standard limit type or fully qualified"))
        }
        return errors
    }

    private static func amounts(_ limit: JSON, _ path: String, _ type: String) -> [FieldError] {
        var errors: [FieldError] = []
        let maps = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"]
        if type == "Pod" || type == "Container" {
            for map in maps {
                for (name, _) in (limit[map].object ?? [:]).sorted() {
                    errors += ContainerValidation.resourceName(name, "\(path).\(map)[\(name)]")
                }
            }
        }
        let amount = { (map: String, name: String) in limit[map][name].string.flatMap { Quantity($0) } }
        let nouns = [
            "min": ("min", ""), "max": ("", "max"), "default": ("default", "default limit"),
            "defaultRequest": ("default request", "default request"),
        ]
        let pairs = [
            ("min", "max"), ("min", "defaultRequest"), ("defaultRequest", "max"), ("defaultRequest", "default"),
            ("default", "max"),
        ]
        for name in Set(maps.flatMap { (limit[$0].object ?? [:]).keys }).sorted() {
            for (low, high) in pairs {
                guard let least = amount(low, name), let most = amount(high, name), most < least else { continue }
                errors.append(
                    .invalid(
                        "\(path).\(low)[\(name)]", limit[low][name],
                        "\(nouns[low]?.0 ?? low) value \(least) is greater than \(nouns[high]?.1 ?? high) value \(most)"))
            }
            guard let ratio = amount("maxLimitRequestRatio", name) else { continue }
            errors += Self.ratio(ratio, amount("min", name), amount("max", name), "\(path).maxLimitRequestRatio[\(name)]")
        }
        return errors
    }

    private static func ratio(_ ratio: Quantity, _ least: Quantity?, _ most: Quantity?, _ path: String) -> [FieldError] {
        let value = JSON.string(ratio.canonicalText)
        if ratio.milliValue < 1000 { return [.invalid(path, value, "ratio \(ratio) is less than 1")] }
        guard let least, let most, least.milliValue > 0 else { return [] }
        let bound = Double(most.milliValue) / Double(least.milliValue)
        guard Double(ratio.milliValue) / 1000 > bound else { return [] }
        return [.invalid(path, value, "ratio \(ratio) is greater than max/min = \(bound)")]
    }
}
