// What has been watched, with cheap snapshots and two indexes.

import HashTreeCollections
package import KubeModel
import Synchronization

/// The objects of one kind, packed. A value whose copies share all they can: a change copies a path of a
/// few small nodes, so a snapshot costs nothing until then and little after.
struct KindStore: Sendable {
    private var namespaces: TreeDictionary<String, TreeDictionary<String, PackedObject>> = [:]
    private var owned: TreeDictionary<UID, TreeSet<ObjectKey>> = [:]
    private(set) var count = 0
    /// The resource's version up to which nothing is missing.
    var version: ResourceVersion = ""

    func object(_ key: ObjectKey) -> KubeObject? { namespaces[key.namespace]?[key.name]?.object }

    var keys: [ObjectKey] {
        namespaces.flatMap { namespace, names in
            names.keys.map { ObjectKey(namespace: namespace, name: $0) }
        }
    }

    func objects(namespace: String?) -> [KubeObject] {
        guard let namespace else {
            return namespaces.keys.sorted().flatMap { objects(namespace: $0) }
        }
        guard let names = namespaces[namespace] else { return [] }
        return names.sorted { $0.key < $1.key }.map(\.value.object)
    }

    func objects(namespace: String, ownedBy uid: UID) -> [KubeObject] {
        guard let keys = owned[uid] else { return [] }
        return keys.filter { $0.namespace == namespace }.sorted().compactMap(object)
    }

    /// Stores an object; returns the one it replaces.
    mutating func upsert(_ object: KubeObject) -> KubeObject? {
        let key = object.key
        let packed = PackedObject(object)
        let old = namespaces[key.namespace, default: [:]].updateValue(packed, forKey: key.name)?.object
        if old == nil { count += 1 }
        let owners = Set(object.ownerReferences.map(\.uid))
        let formerOwners = Set(old?.ownerReferences.map(\.uid) ?? [])
        for uid in formerOwners.subtracting(owners) { disown(key, uid) }
        for uid in owners.subtracting(formerOwners) { owned[uid, default: []].insert(key) }
        return old
    }

    /// Removes an object and returns it.
    mutating func remove(_ key: ObjectKey) -> KubeObject? {
        guard let old = object(key) else { return nil }
        namespaces[key.namespace]?[key.name] = nil
        if namespaces[key.namespace]?.isEmpty == true { namespaces[key.namespace] = nil }
        count -= 1
        for owner in old.ownerReferences { disown(key, owner.uid) }
        return old
    }

    private mutating func disown(_ key: ObjectKey, _ uid: UID) {
        owned[uid]?.remove(key)
        if owned[uid]?.isEmpty == true { owned[uid] = nil }
    }
}

/// The caches as they were at one moment.
package struct CacheSnapshot: ObjectReader, Sendable {
    let kinds: [GroupKind: KindStore]

    package func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? { kinds[kind]?.object(key) }
    package func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject] {
        kinds[kind]?.objects(namespace: namespace) ?? []
    }
    package func keys(_ kind: GroupKind) -> [ObjectKey] { kinds[kind]?.keys ?? [] }
    package func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject] {
        kinds[kind]?.objects(namespace: namespace, ownedBy: uid) ?? []
    }
    /// The version of a kind's resource up to which the snapshot is whole; nil when the kind is not
    /// watched.
    package func version(of kind: GroupKind) -> ResourceVersion? { kinds[kind]?.version }
}

/// All caches of a host. Thread-safe; a class because reflectors and passes share it.
package final class ObjectCache: Sendable {
    private struct State {
        var kinds: [GroupKind: KindStore] = [:]
    }
    private let state = Mutex(State())

    package init() {}

    /// What a delivery did.
    package struct Effect: Sendable {
        /// As it was before; nil when it is new.
        package var old: KubeObject?
        /// As it is now; nil when it is gone.
        package var new: KubeObject?
    }

    /// Applies a batch to a kind. Arriving objects must be trimmed already.
    @discardableResult
    package func apply(
        _ deliveries: [ReflectorMachine.Delivery], to kind: GroupKind, version: ResourceVersion
    ) -> [Effect] {
        state.withLock { state in
            // Out of the dictionary and back, so that the store is changed in place.
            var store = state.kinds.removeValue(forKey: kind) ?? KindStore()
            var effects: [Effect] = []
            effects.reserveCapacity(deliveries.count)
            for delivery in deliveries {
                switch delivery {
                case .upsert(let object):
                    effects.append(Effect(old: store.upsert(object), new: object))
                case .remove(let key):
                    if let old = store.remove(key) { effects.append(Effect(old: old, new: nil)) }
                }
            }
            if !version.isEmpty { store.version = version }
            state.kinds[kind] = store
            return effects
        }
    }

    /// The caches as they are now.
    package func snapshot() -> CacheSnapshot { CacheSnapshot(kinds: state.withLock { $0.kinds }) }

    /// How many objects of each kind there are.
    package func counts() -> [GroupKind: Int] { state.withLock { $0.kinds.mapValues(\.count) } }
}
