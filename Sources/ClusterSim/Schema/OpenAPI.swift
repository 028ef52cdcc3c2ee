// The OpenAPI documents, v2 and v3.

import JSONTree
import KubeModel

enum OpenAPI {
    /// `/openapi/v2`.
    static func v2(_ resources: [ResourceDefinition]) -> JSON { [:] }
    /// `/openapi/v3`: paths of the group versions with their hash.
    static func v3Index(_ resources: [ResourceDefinition]) -> JSON { [:] }
    /// `/openapi/v3/apis/apps/v1`.
    static func v3(group: String, version: String, _ resources: [ResourceDefinition]) -> JSON? { nil }
}
