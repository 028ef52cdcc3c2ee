// Validation of built-in kinds: which rules each kind has.

import JSONTree
import KubeModel

/// Validates objects of built-in kinds.
enum KindValidation {
    /// All errors of an object, those of immutable fields included when `old` is given.
    static func errors(
        in object: JSON, old: JSON?, subresource: String, _ resource: ResourceDefinition
    ) -> [FieldError] { [] }
}
