// What the verbs ask of schemas. Stubs' signatures are the seam between rooms' parts.

import JSONTree
import KubeModel

/// How unknown and duplicate fields of a request body are treated (`fieldValidation=`).
enum FieldValidation: String, Sendable { case ignore = "Ignore", warn = "Warn", strict = "Strict" }

/// Operations over schemas, all pure.
enum SchemaOperations {
    /// Removes fields that the schema does not have; returns their paths (`spec.foo`,
    /// `spec.containers[0].bar`) for warnings and strict errors.
    static func prune(_ value: inout JSON, _ schema: TypeSchema) -> [String] { [] }

    /// Fills in a custom resource's `default:`s.
    static func applyDefaults(_ value: inout JSON, _ schema: TypeSchema) {}

    /// Checks types, enums, patterns, bounds, required fields, list keys and CEL rules of a custom
    /// resource. `old` is the stored object at an update, for transition rules.
    static func validate(_ value: JSON, old: JSON?, _ schema: TypeSchema) -> [FieldError] { [] }

    /// For built-in kinds: the decoding error the server gives for a value of a wrong type, such as
    /// `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`.
    static func decodingError(_ value: JSON, _ schema: TypeSchema, kind: String, version: String) -> String? { nil }

    /// Strategic merge patch, by the schema's patch strategies and merge keys.
    static func applyStrategicPatch(_ patch: JSON, to target: JSON, _ schema: TypeSchema) throws(APIStatus) -> JSON {
        MergePatch.apply(patch, to: target)
    }
}

/// managedFields: who owns what.
enum ManagedFields {
    /// Records a create, update or patch: fields whose values changed become `manager`'s. `old` is
    /// nil at a create. Returns the new object with its `metadata.managedFields` set.
    static func recordUpdate(
        old: JSON?, new: JSON, manager: String, subresource: String, apiVersion: String,
        schema: TypeSchema, now: Timestamp
    ) -> JSON { new }

    /// Server-side apply: merges `applied` into `live` (nil when it does not exist), removing what
    /// the manager applied before and no longer applies.
    ///
    /// - Throws: 409 with a cause `FieldManagerConflict` for each conflict, when not forced.
    static func apply(
        live: JSON?, applied: JSON, manager: String, force: Bool, subresource: String,
        apiVersion: String, schema: TypeSchema, now: Timestamp
    ) throws(APIStatus) -> JSON { applied }
}
