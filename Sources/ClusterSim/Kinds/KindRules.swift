// The rules of built-in kinds: defaults, what a create or update may touch, validation.

import JSONTree
import KubeModel

/// What the rules of a kind may ask of the cluster.
protocol ClusterView {
    func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject?
    func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject]
}

/// The rules of built-in kinds, all pure. Metadata's own rules (names, labels, finalizers,
/// generation) belong to the verbs.
enum KindRules {
    /// Fills in a built-in kind's defaults (`SetDefaults_*` of k8s.io/kubernetes).
    static func applyDefaults(_ object: inout JSON, _ resource: ResourceDefinition) {}

    /// What the server does before validating a new object: drops the status, sets immutable or
    /// allocated fields (cluster IPs, node ports, QoS, selectors of Jobs, …).
    static func prepareForCreate(
        _ object: inout JSON, _ resource: ResourceDefinition, view: some ClusterView, now: Timestamp
    ) throws(APIStatus) {}

    /// The same at an update: what the subresource (empty for the main resource) may not touch is
    /// taken from `old`.
    static func prepareForUpdate(
        _ object: inout JSON, old: JSON, subresource: String, _ resource: ResourceDefinition,
        view: some ClusterView, now: Timestamp
    ) throws(APIStatus) {}

    /// Validates an object, at an update (`old` given) its immutable fields as well.
    static func validate(
        _ object: JSON, old: JSON?, subresource: String, _ resource: ResourceDefinition,
        view: some ClusterView
    ) -> [FieldError] { [] }

    /// Whether the difference raises `metadata.generation` (a change outside metadata and status).
    static func raisesGeneration(_ object: JSON, old: JSON, _ resource: ResourceDefinition) -> Bool {
        object["spec"] != old["spec"]
    }

    /// Warnings for the `Warning` header.
    static func warnings(_ object: JSON, old: JSON?, _ resource: ResourceDefinition) -> [String] { [] }
}
