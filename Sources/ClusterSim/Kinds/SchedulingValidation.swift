// Validation of what directs a pod to nodes: selectors, affinity, tolerations, spreading.

import JSONTree
import KubeModel

/// Validates the scheduling fields of a pod spec.
enum SchedulingValidation {
    private static let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

    static func errors(_ spec: JSON, _ path: String) -> [FieldError] {
        var errors = MetadataRules.labels(spec["nodeSelector"], "\(path).nodeSelector")
        for (position, toleration) in spec["tolerations"].elements.enumerated() {
            errors += Self.toleration(toleration, "\(path).tolerations[\(position)]")
        }
        errors += affinity(spec["affinity"], "\(path).affinity")
        errors += spread(spec["topologySpreadConstraints"].elements, "\(path).topologySpreadConstraints")
        return errors
    }

    static func toleration(_ toleration: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        let key = Check.text(toleration, "key")
        let operation = Check.text(toleration, "operator")
        if !key.isEmpty { errors += Check.qualifiedName(key, "\(path).key") }
        if key.isEmpty, operation != "Exists" {
            errors.append(
                .invalid(
                    "\(path).operator", .string(operation),
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
        }
        if !toleration["tolerationSeconds"].isNull, Check.text(toleration, "effect") != "NoExecute" {
            errors.append(
                .invalid("\(path).effect", toleration["effect"].isNull ? "" : toleration["effect"], "effect must be 'NoExecute' when `tolerationSeconds` is set"))
        }
        switch operation {
        case "", "Equal":
            errors += MetadataRules.labelValueErrors(Check.text(toleration, "value")).map {
                .invalid("\(path).operator", toleration["value"], $0)
            }
        case "Exists":
            if toleration.hasContent("value") {
                errors.append(.invalid("\(path).operator", toleration["value"], "value must be empty when `operator` is 'Exists'"))
            }
        default: errors.append(.notSupported("\(path).operator", .string(operation), ["Equal", "Exists"]))
        }
        return errors + Check.oneOf(toleration, "effect", path, effects)
    }

    // MARK: Affinity

    private static func affinity(_ affinity: JSON, _ path: String) -> [FieldError] {
        let required = "requiredDuringSchedulingIgnoredDuringExecution"
        let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
        var errors: [FieldError] = []
        let node = affinity["nodeAffinity"]
        if !node[required].isNull {
            errors += nodeTerms(node[required], "\(path).nodeAffinity.\(required)")
        }
        for (position, term) in node[preferred].elements.enumerated() {
            let at = "\(path).nodeAffinity.\(preferred)[\(position)]"
            errors += weight(term, at) + nodeTerm(term["preference"], "\(at).preference")
        }
        for kind in ["podAffinity", "podAntiAffinity"] {
            for (position, term) in affinity[kind][required].elements.enumerated() {
                errors += podTerm(term, "\(path).\(kind).\(required)[\(position)]")
            }
            for (position, term) in affinity[kind][preferred].elements.enumerated() {
                let at = "\(path).\(kind).\(preferred)[\(position)]"
                errors += weight(term, at) + podTerm(term["podAffinityTerm"], "\(at).podAffinityTerm")
            }
        }
        return errors
    }

    /// What nodes must have, of which one term suffices.
    static func nodeTerms(_ selector: JSON, _ path: String) -> [FieldError] {
        let at = "\(path).nodeSelectorTerms"
        let terms = selector["nodeSelectorTerms"].elements
        var errors: [FieldError] = []
        if terms.isEmpty { errors.append(.required(at, "must have at least one node selector term")) }
        for (position, term) in terms.enumerated() { errors += nodeTerm(term, "\(at)[\(position)]") }
        return errors
    }

    private static func weight(_ term: JSON, _ path: String) -> [FieldError] {
        let weight = term["weight"].int ?? 0
        return (1...100).contains(weight) ? [] : [.invalid("\(path).weight", .int(weight), "must be in the range 1-100")]
    }

    private static func nodeTerm(_ term: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, expression) in term["matchExpressions"].elements.enumerated() {
            let at = "\(path).matchExpressions[\(position)]"
            let values = expression["values"].elements
            switch Check.text(expression, "operator") {
            case "In", "NotIn":
                if values.isEmpty {
                    errors.append(.required("\(at).values", "must be specified when `operator` is 'In' or 'NotIn'"))
                }
            case "Exists", "DoesNotExist":
                if !values.isEmpty {
                    errors.append(
                        .forbidden("\(at).values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
                }
            case "Gt", "Lt":
                if values.count != 1 {
                    errors.append(.required("\(at).values", "must be specified single value when `operator` is 'Lt' or 'Gt'"))
                }
            default:
                errors.append(.invalid("\(at).operator", expression["operator"].isNull ? "" : expression["operator"], "not a valid selector operator"))
            }
            errors += Check.qualifiedName(Check.text(expression, "key"), "\(at).key")
        }
        return errors
    }

    private static func podTerm(_ term: JSON, _ path: String) -> [FieldError] {
        var errors = Check.selector(term["labelSelector"], "\(path).labelSelector")
        errors += Check.selector(term["namespaceSelector"], "\(path).namespaceSelector")
        let key = Check.text(term, "topologyKey")
        if key.isEmpty {
            errors.append(.required("\(path).topologyKey", "can not be empty"))
        } else {
            errors += Check.qualifiedName(key, "\(path).topologyKey")
        }
        return errors
    }

    private static func spread(_ constraints: [JSON], _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (position, constraint) in constraints.enumerated() {
            let at = "\(path)[\(position)]"
            let skew = constraint["maxSkew"].int ?? 0
            if skew <= 0 { errors.append(.invalid("\(at).maxSkew", .int(skew), "must be greater than zero")) }
            let key = Check.text(constraint, "topologyKey")
            if key.isEmpty {
                errors.append(.required("\(at).topologyKey", "can not be empty"))
            } else {
                errors += Check.qualifiedName(key, "\(at).topologyKey")
            }
            let action = Check.text(constraint, "whenUnsatisfiable")
            if !["DoNotSchedule", "ScheduleAnyway"].contains(action) {
                errors.append(.notSupported("\(at).whenUnsatisfiable", .string(action), ["DoNotSchedule", "ScheduleAnyway"]))
            }
            if !seen.insert("\(key) \(action)").inserted {
                errors.append(.duplicate("\(at).{topologyKey, whenUnsatisfiable}", .string("{\(key), \(action)}")))
            }
            errors += Check.selector(constraint["labelSelector"], "\(at).labelSelector")
            errors += spreadOptions(constraint, at)
        }
        return errors
    }

    private static func spreadOptions(_ constraint: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        if let domains = constraint["minDomains"].int {
            if domains <= 0 {
                errors.append(.invalid("\(path).minDomains", .int(domains), "must be greater than zero"))
            } else if constraint["whenUnsatisfiable"] != "DoNotSchedule" {
                errors.append(
                    .invalid(
                        "\(path).minDomains", .int(domains),
                        "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not "
                            + Check.text(constraint, "whenUnsatisfiable")))
            }
        }
        for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            errors += Check.oneOf(constraint, field, path, ["Honor", "Ignore"])
        }
        let keys = constraint["matchLabelKeys"].elements
        if !keys.isEmpty, constraint["labelSelector"].isNull {
            errors.append(
                .forbidden("\(path).matchLabelKeys", "must not be specified when labelSelector is not set"))
        }
        for (position, key) in keys.enumerated() {
            errors += Check.qualifiedName(key.string ?? "", "\(path).matchLabelKeys[\(position)]")
        }
        return errors
    }
}
