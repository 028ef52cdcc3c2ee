// How pure gatherers look into a cache.

/// A synchronous, read-only view of what has been watched. Gatherers read through it, so that the
/// live cache and the simulation's feed the very same code.
package protocol ObjectReader {
    /// The object of that kind and key, or nil.
    func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject?
    /// All objects of a kind in a namespace, ordered by name; in all namespaces when it is nil.
    func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject]
    /// The keys of all objects of a kind, in no order: for looking at many one after the other.
    func keys(_ kind: GroupKind) -> [ObjectKey]
    /// The objects of a kind in a namespace whose owner references name that uid, ordered by name.
    func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject]
}

extension ObjectReader {
    package func keys(_ kind: GroupKind) -> [ObjectKey] { objects(kind, namespace: nil).map(\.key) }
}
