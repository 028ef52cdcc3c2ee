// Server-side tables: the columns and cells of `kubectl get`.

import JSONTree
import KubeModel

enum Tables {
    /// The column definitions of a resource, as `columnDefinitions` lists them.
    static func columns(_ resource: ResourceDefinition) -> [JSON] { [] }
    /// The cells of one object.
    static func cells(_ object: JSON, _ resource: ResourceDefinition, now: Timestamp) -> [JSON] { [] }
}
