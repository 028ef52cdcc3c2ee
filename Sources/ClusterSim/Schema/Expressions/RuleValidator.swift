// CEL rules of custom resources.

import JSONTree

/// Evaluates `x-kubernetes-validations` over a value.
struct RuleValidator {
    private(set) var errors: [FieldError] = []

    mutating func visit(_ value: JSON, old: JSON?, _ schema: TypeSchema, _ path: String) {}
}

/// Checks the rules of a schema when their definition is created.
enum RuleDefinitionValidation {
    static func validate(_ root: JSON, _ path: String) -> [FieldError] { [] }
}
