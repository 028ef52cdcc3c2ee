// Who owns whom, and what lives in which namespace: what the garbage collector and the namespace
// controller ask without looking through all objects.

import JSONTree
import KubeModel

/// The objects that exist, by uid, by owner and by namespace.
struct ObjectIndex: Sendable {
    /// What is remembered of an object.
    struct Entry: Sendable {
        var reference: ObjectReference
        /// As a number, 0 when it is none: later versions are greater.
        var version: Int64
        var owners: [OwnerReference]
        var isDeleting: Bool
    }
    private var entries: [UID: Entry] = [:]
    private var dependentsByOwner: [UID: Set<UID>] = [:]
    private var contents: [String: Set<UID>] = [:]

    subscript(_ uid: UID) -> Entry? { entries[uid] }

    /// Remembers an object.
    ///
    /// - Returns: False when this version or a later one is known already.
    mutating func update(_ object: KubeObject) -> Bool {
        let uid = object.uid
        let old = entries[uid]
        let version = Int64(object.resourceVersion) ?? 0
        if let old, version != 0, version <= old.version { return false }
        let owners = object.metadata["ownerReferences"].isNull ? [] : object.ownerReferences
        entries[uid] = Entry(
            reference: object.reference, version: version, owners: owners, isDeleting: object.isDeleting)
        if old == nil, !object.namespace.isEmpty { contents[object.namespace, default: []].insert(uid) }
        if let old, old.owners != owners { for owner in old.owners { unlink(uid, from: owner.uid) } }
        for owner in owners { dependentsByOwner[owner.uid, default: []].insert(uid) }
        return true
    }

    /// Forgets an object.
    ///
    /// - Returns: False when it was not known.
    mutating func remove(_ uid: UID) -> Bool {
        guard let old = entries.removeValue(forKey: uid) else { return false }
        for owner in old.owners { unlink(uid, from: owner.uid) }
        let namespace = old.reference.namespace
        if !namespace.isEmpty {
            contents[namespace]?.remove(uid)
            if contents[namespace]?.isEmpty == true { contents[namespace] = nil }
        }
        return true
    }

    private mutating func unlink(_ uid: UID, from owner: UID) {
        dependentsByOwner[owner]?.remove(uid)
        if dependentsByOwner[owner]?.isEmpty == true { dependentsByOwner[owner] = nil }
    }

    /// The uids of an owner's dependents, in a fixed order.
    func dependents(of owner: UID) -> [UID] { dependentsByOwner[owner]?.sorted() ?? [] }

    /// What lives in a namespace, in a fixed order.
    func contents(of namespace: String) -> [UID] { contents[namespace]?.sorted() ?? [] }

    func isEmpty(_ namespace: String) -> Bool { contents[namespace] == nil }
}
