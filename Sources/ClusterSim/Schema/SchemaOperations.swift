// What the verbs ask of schemas; the operations live in files of their own.

import JSONTree

/// How unknown and duplicate fields of a request body are treated (`fieldValidation=`).
enum FieldValidation: String, Sendable { case ignore = "Ignore", warn = "Warn", strict = "Strict" }

/// Operations over schemas, all pure.
enum SchemaOperations {
    /// Fills in a custom resource's `default:`s.
    static func applyDefaults(_ value: inout JSON, _ schema: TypeSchema) {}

    /// Checks types, enums, patterns, bounds, required fields, list keys and CEL rules of a custom
    /// resource. `old` is the stored object at an update, for transition rules.
    static func validate(_ value: JSON, old: JSON?, _ schema: TypeSchema) -> [FieldError] { [] }
}
