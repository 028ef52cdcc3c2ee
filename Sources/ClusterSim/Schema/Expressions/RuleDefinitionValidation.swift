// CEL rules at the creation of their CustomResourceDefinition.

import JSONTree
import KubeModel

/// Checks the rules of a schema: text, types, messages, paths, and whether they can become too
/// expensive.
struct RuleDefinitionValidation {
    private var errors: [FieldError] = []

    static func validate(_ root: JSON, _ path: String) -> [FieldError] {
        var validation = RuleDefinitionValidation()
        let schema = TypeSchema(
            customResource: root, kind: GroupVersionKind(group: "", version: "", kind: ""), separatesStatus: false)
        validation.visit(root, schema, path, multiplicity: 1, uncorrelated: nil)
        return validation.errors
    }

    /// - Parameters:
    ///   - multiplicity: how many of this node an object can hold at most.
    ///   - uncorrelated: the list above that hides which element an old one has become.
    private mutating func visit(
        _ source: JSON, _ schema: TypeSchema, _ path: String, multiplicity: Double, uncorrelated: String?
    ) {
        for (index, rule) in schema.shape.constraints.rules.enumerated() {
            check(
                rule, schema, "\(path).x-kubernetes-validations[\(index)]", multiplicity: multiplicity,
                uncorrelated: uncorrelated)
        }
        for (name, property) in source["properties"].object ?? JSONObject() {
            guard let type = schema.field(name)?.schema, !type.shape.isBuiltin, type.hasRules else { continue }
            visit(
                property, type, "\(path).properties[\(name)]", multiplicity: multiplicity,
                uncorrelated: uncorrelated)
        }
        if let values = schema.shape.additional?.target, values.hasRules {
            visit(
                source["additionalProperties"], values, "\(path).additionalProperties",
                multiplicity: multiplicity * CELCost.countMax(schema), uncorrelated: uncorrelated)
        }
        if schema.shape.items != nil, schema.items.hasRules {
            visit(
                source["items"], schema.items, "\(path).items",
                multiplicity: multiplicity * CELCost.countMax(schema),
                uncorrelated: uncorrelated ?? (schema.shape.listType == .map ? nil : path))
        }
    }

    private mutating func check(
        _ rule: ValidationRule, _ schema: TypeSchema, _ path: String, multiplicity: Double, uncorrelated: String?
    ) {
        checkTexts(rule, path)
        checkFieldPath(rule, schema, path)
        if CELText.trimmed(rule.rule).isEmpty {
            errors.append(.required("\(path).rule", "rule is not specified"))
            return
        }
        let type = CELType(schema)
        var variables: [String: CELType] = ["self": type]
        variables["oldSelf"] = rule.optionalOldSelf ? .optional(type) : type
        do throws(CELIssue) {
            let node = try CELParser.parse(rule.rule)
            let result = try CELChecker.check(node, variables)
            if result != .bool, !result.isDynamic {
                errors.append(.invalid("\(path).rule", Self.goRule(rule), "cel expression must evaluate to a bool"))
                return
            }
            if let uncorrelated, CELNames.uses("oldSelf", node) {
                errors.append(
                    .invalid(
                        "\(path).rule", .string(rule.rule),
                        "oldSelf cannot be used on the uncorrelatable portion of the schema within \(uncorrelated)"))
            }
            checkCost(node, schema, multiplicity, path, rule)
        } catch {
            errors.append(
                .invalid("\(path).rule", Self.goRule(rule), "compilation failed: \(error.description(in: rule.rule))"))
        }
        checkMessageExpression(rule, variables, path)
    }

    private mutating func checkCost(
        _ node: CELNode, _ schema: TypeSchema, _ multiplicity: Double, _ path: String, _ rule: ValidationRule
    ) {
        let excess = CELCost.estimate(node, schema) * multiplicity / CELCost.ruleMax
        guard excess > 1 else { return }
        let factor = excess > 100 ? "more than 100x" : "\(JSON.double((excess * 10).rounded() / 10).text())x"
        errors.append(
            .forbidden(
                "\(path).rule",
                "estimated rule cost exceeds budget by factor of \(factor) (try simplifying the rule, or adding "
                    + "maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)"))
    }

    /// The path of a rule's error: `.a.b`, `['c/d']`, all declared.
    private mutating func checkFieldPath(_ rule: ValidationRule, _ schema: TypeSchema, _ path: String) {
        guard let fieldPath = rule.fieldPath, !fieldPath.isEmpty else { return }
        var current: TypeSchema? = schema
        for name in Self.names(fieldPath) ?? [""] { current = current?.member(name) }
        if current == nil || Self.names(fieldPath) == nil {
            errors.append(.invalid("\(path).fieldPath", .string(fieldPath), "must be a valid path"))
        }
    }

    /// The names of a field path; nil when it is malformed.
    private static func names(_ path: String) -> [String]? {
        var result: [String] = []
        var rest = path[...]
        while let first = rest.first {
            if first == "." {
                let name = rest.dropFirst().prefix { $0 != "." && $0 != "[" }
                if name.isEmpty { return nil }
                result.append(String(name))
                rest = rest.dropFirst(name.count + 1)
            } else if rest.hasPrefix("['"), let end = rest.firstIndex(of: "]"), rest[..<end].last == "'" {
                result.append(String(rest[..<end].dropFirst(2).dropLast()))
                rest = rest[rest.index(after: end)...]
            } else {
                return nil
            }
        }
        return result
    }

    private static let reasons = [
        "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired",
    ]

    private mutating func checkTexts(_ rule: ValidationRule, _ path: String) {
        if let message = rule.message, !message.isEmpty {
            if CELText.trimmed(message).isEmpty {
                errors.append(.invalid("\(path).message", .string(message), "message must be non-empty if specified"))
            } else if message.contains("\n") || message.contains("\r") {
                errors.append(.invalid("\(path).message", .string(message), "must not contain line breaks"))
            }
        } else if rule.rule.contains("\n"), rule.messageExpression == nil {
            errors.append(.required("\(path).message", "message must be specified if rule contains line breaks"))
        }
        if let reason = rule.reason, !Self.reasons.contains(reason) {
            errors.append(.notSupported("\(path).reason", .string(reason), Self.reasons))
        }
    }

    private mutating func checkMessageExpression(
        _ rule: ValidationRule, _ variables: [String: CELType], _ path: String
    ) {
        guard let expression = rule.messageExpression, !expression.isEmpty else { return }
        let place = "\(path).messageExpression"
        do throws(CELIssue) {
            let result = try CELChecker.check(try CELParser.parse(expression), variables)
            if result != .string, !result.isDynamic {
                errors.append(.invalid(place, Self.goRule(rule), "messageExpression must evaluate to a string"))
            }
        } catch {
            errors.append(
                .invalid(
                    place, Self.goRule(rule),
                    "messageExpression compilation failed: \(error.description(in: expression))"))
        }
    }

    /// A rule as Go prints the server's internal type.
    private static func goRule(_ rule: ValidationRule) -> JSON {
        [
            "Rule": .string(rule.rule), "Message": .string(rule.message ?? ""),
            "MessageExpression": .string(rule.messageExpression ?? ""),
            "Reason": rule.reason.map { .string($0) } ?? .null, "FieldPath": .string(rule.fieldPath ?? ""),
            "OptionalOldSelf": rule.optionalOldSelf ? true : .null,
        ]
    }
}
