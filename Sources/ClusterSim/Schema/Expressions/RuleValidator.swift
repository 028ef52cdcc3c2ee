// CEL rules of custom resources: at their definition, and over values.

import JSONTree

/// Evaluates `x-kubernetes-validations` over a value.
struct RuleValidator {
    private(set) var errors: [FieldError] = []

    /// Checks a value and what is below it: a node's own rules first, then those of its fields.
    ///
    /// - Parameter old: the value that this one replaces, where the two can be told to be the same.
    mutating func visit(_ value: JSON, old: JSON?, _ schema: TypeSchema, _ path: String) {
        guard schema.hasRules else { return }
        if value.isNull { return }
        let rules = schema.shape.constraints.rules
        if !rules.isEmpty {
            let current = CELValue(value, schema)
            let previous = old.map { CELValue($0, schema) }
            for rule in rules {
                check(rule, value, current, previous, isUnchanged: old == value, schema, path)
            }
        }
        switch value {
        case .object(let members):
            for (name, member) in members {
                guard let type = schema.member(name), type.hasRules else { continue }
                visit(member, old: old?.object?[name], type, StructuralValidator.join(path, name))
            }
        case .array(let elements): visitElements(elements, old, schema, path)
        default: break
        }
    }

    private mutating func visitElements(_ elements: [JSON], _ old: JSON?, _ schema: TypeSchema, _ path: String) {
        let items = schema.items
        guard items.hasRules else { return }
        let before = ListElement.correlated(old, schema)
        for (index, element) in elements.enumerated() {
            visit(element, old: before(element), items, "\(path)[\(index)]")
        }
    }

    private mutating func check(
        _ rule: ValidationRule, _ value: JSON, _ current: CELValue, _ previous: CELValue?, isUnchanged: Bool,
        _ schema: TypeSchema, _ path: String
    ) {
        // A rule that is not well-formed was refused at its definition.
        guard let node = try? CELParser.parse(rule.rule) else { return }
        let isTransition = CELNames.uses("oldSelf", node)
        if isTransition, previous == nil, !rule.optionalOldSelf { return }
        // What was stored before and does not change is not held against an update.
        if !isTransition, isUnchanged { return }
        var variables: [String: CELValue] = ["self": current]
        if rule.optionalOldSelf {
            variables["oldSelf"] = .optional(previous)
        } else if let previous {
            variables["oldSelf"] = previous
        }
        var evaluator = CELEvaluator(variables)
        do throws(CELFailure) {
            let result = try evaluator.value(node)
            if result == .bool(true) { return }
            if result != .bool(false) { throw .noOverload }
            errors.append(failure(rule, value, variables, path))
        } catch {
            errors.append(evaluationError(rule, error, schema, path))
        }
    }

    private func failure(
        _ rule: ValidationRule, _ value: JSON, _ variables: [String: CELValue], _ path: String
    ) -> FieldError {
        let message = message(rule, variables)
        let kind = rule.reason.flatMap { FieldError.Kind(rawValue: $0) } ?? .invalid
        var place = path
        var shown: JSON? = value.object != nil || value.array != nil ? JSON?.none : .some(value)
        if let fieldPath = rule.fieldPath, !fieldPath.isEmpty {
            place = path.isEmpty && fieldPath.first == "." ? String(fieldPath.dropFirst()) : path + fieldPath
            shown = nil
        }
        if kind == .required || kind == .forbidden { shown = nil }
        return FieldError(kind, place, value: shown, message)
    }

    private func message(_ rule: ValidationRule, _ variables: [String: CELValue]) -> String {
        if let expression = rule.messageExpression, let node = try? CELParser.parse(expression) {
            var evaluator = CELEvaluator(variables)
            // A message that cannot be made gives way to the plain one.
            if case .string(let text)? = try? evaluator.value(node) {
                let trimmed = CELText.trimmed(text)
                if !trimmed.isEmpty, !trimmed.contains("\n") { return trimmed }
            }
        }
        if let message = rule.message, !message.isEmpty { return CELText.trimmed(message) }
        return "failed rule: \(CELText.trimmed(rule.rule))"
    }

    private func evaluationError(
        _ rule: ValidationRule, _ failure: CELFailure, _ schema: TypeSchema, _ path: String
    ) -> FieldError {
        let text = CELText.trimmed(rule.rule)
        let type = JSON.string(schema.shape.typeName)
        if failure.message.hasPrefix("no such overload") {
            return .invalid(
                path, type,
                "'\(failure.message)': call arguments did not match a supported operator, function or macro "
                    + "signature for rule: \(text)")
        }
        if failure.message.hasPrefix("operation cancelled") {
            return .invalid(
                path, type,
                "'\(failure.message)': no further validation rules will be run due to call cost exceeds limit "
                    + "for rule: \(text)")
        }
        return .invalid(path, type, "\(failure.message) evaluating rule: \(text)")
    }
}

extension CELText {
    /// The text without white space at its ends.
    static func trimmed(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars = scalars.dropFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars = scalars.dropLast() }
        return String(scalars)
    }
}

/// Which names an expression uses.
enum CELNames {
    static func uses(_ name: String, _ node: CELNode) -> Bool {
        switch node.kind {
        case .literal: false
        case .identifier(let identifier): identifier == name
        case .select(let operand, _, _, _): uses(name, operand)
        case .list(let elements): elements.contains { uses(name, $0) }
        case .map(let entries): entries.contains { uses(name, $0.key) || uses(name, $0.value) }
        case .binding(_, let value, let result): uses(name, value) || uses(name, result)
        case .call(let receiver, _, let arguments):
            (receiver.map { uses(name, $0) } ?? false) || arguments.contains { uses(name, $0) }
        case .comprehension(let node):
            uses(name, node.range) || uses(name, node.body) || (node.filter.map { uses(name, $0) } ?? false)
        }
    }
}
