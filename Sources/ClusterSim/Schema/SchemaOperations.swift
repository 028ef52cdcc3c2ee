// What the verbs ask of schemas; the operations live in files of their own.

/// How unknown and duplicate fields of a request body are treated (`fieldValidation=`).
enum FieldValidation: String, Sendable { case ignore = "Ignore", warn = "Warn", strict = "Strict" }

/// Operations over schemas, all pure.
enum SchemaOperations {}
