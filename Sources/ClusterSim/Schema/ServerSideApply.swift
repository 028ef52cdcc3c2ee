// Server-side apply.

import JSONTree
import KubeModel

extension ManagedFields {
    /// Server-side apply: merges `applied` into `live` (nil when it does not exist), removing what
    /// the manager applied before and no longer applies.
    ///
    /// - Throws: 409 with a cause `FieldManagerConflict` for each conflict, when not forced.
    static func apply(
        live: JSON?, applied: JSON, manager: String, force: Bool, subresource: String,
        apiVersion: String, schema: TypeSchema, resetFields: [String] = [], now: Timestamp
    ) throws(APIStatus) -> JSON { applied }
}
