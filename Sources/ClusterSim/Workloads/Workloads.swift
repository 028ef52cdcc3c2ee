// The built-in controllers, run against the machine's own store.

import JSONTree
import KubeModel

/// How controllers read and write: through the same verbs as everybody, as their own users.
protocol WorkloadCluster: ClusterView {
    /// The objects of a kind, of a namespace, that have this owner.
    func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject]
    mutating func create(_ object: KubeObject, as user: String) -> Result<KubeObject, APIStatus>
    /// A merge patch of the main resource, or of a subresource when it is not empty.
    mutating func patch(
        _ reference: ObjectReference, _ patch: JSON, subresource: String, as user: String
    ) -> Result<KubeObject, APIStatus>
    mutating func delete(
        _ reference: ObjectReference, precondition: Precondition, propagation: Change.Propagation?,
        graceSeconds: Int?, as user: String
    ) -> Result<Void, APIStatus>
    /// A number from the machine's seeded generator, for names.
    mutating func random() -> UInt64
}

/// All controllers of the embedded cluster: told what changed, they act until nothing is due.
struct Workloads: Sendable {
    init(configuration: ClusterConfiguration) {}

    /// Tells the controllers that an object was written or, with `isDeleted`, is gone.
    mutating func observe(_ object: KubeObject, isDeleted: Bool) {}

    /// Does what is due at that time. Called after requests and at `nextWake`.
    mutating func run(_ cluster: inout some WorkloadCluster, now: Timestamp) {}

    /// When something will be due without any change: a pod becoming ready, a deadline.
    var nextWake: Timestamp? { nil }
}
