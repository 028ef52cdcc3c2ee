// The schemas of the built-in kinds.

import KubeModel

enum BuiltinSchemas {
    /// The schema of a built-in kind, or nil.
    static func schema(of kind: GroupVersionKind) -> TypeSchema? { .any }
}
