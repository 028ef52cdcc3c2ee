// What the server knows of one resource: names, scope, subresources, schema.

import JSONTree
import KubeModel

/// One resource in one version, built in or from a CustomResourceDefinition.
struct ResourceDefinition: Sendable {
    var group: String
    var version: String
    /// Plural, lower case: the path's word.
    var resource: String
    var singular: String
    var kind: String
    var listKind: String
    var shortNames: [String] = []
    var categories: [String] = []
    var isNamespaced: Bool
    var verbs: [String] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    /// `status`, `scale`, `eviction`, … that the resource has.
    var subresources: [String] = []
    /// The version in which objects are stored: its definition has the storage key.
    var storageVersion: String
    /// The structural schema; nil accepts anything (only in tests).
    var schema: TypeSchema?
    /// Whether it comes from a CustomResourceDefinition.
    var isCustom = false
    /// A custom resource's additional printer columns: name, type, jsonPath, priority, …
    var printerColumns: [JSON] = []
    /// A custom resource's scale subresource: specReplicasPath, statusReplicasPath, labelSelectorPath.
    var scalePaths: JSON = .null
    /// A custom resource's selectable fields, as JSON paths.
    var selectableFields: [String] = []
    /// A warning for every request, as deprecated versions give.
    var deprecationWarning: String?

    var groupVersionKind: GroupVersionKind { GroupVersionKind(group: group, version: version, kind: kind) }
    var groupKind: GroupKind { GroupKind(group, kind) }
    /// `deployments.apps`, `pods`: how messages name the resource.
    var qualifiedResource: String { group.isEmpty ? resource : "\(resource).\(group)" }
}
