// Where objects are kept: one revision counter, ordered tables, owners, and the log of changes.

import JSONTree
import KubeModel

/// What names a collection of objects in storage. Resources served in several groups (events) or
/// versions share one.
struct StorageID: Hashable, Sendable {
    var group: String
    var resource: String
    /// `/registry/RESOURCE` for built-in resources, `/registry/GROUP/RESOURCE` for custom ones.
    var prefix: String

    init(_ definition: ResourceDefinition) {
        // Events are one collection, seen through two groups (k8s.io/kubernetes, kubeapiserver's
        // default storage factory).
        group = definition.group == "events.k8s.io" ? "" : definition.group
        resource = definition.resource
        prefix = definition.isCustom ? "/registry/\(group)/\(resource)" : "/registry/\(resource)"
    }
}

/// An object as stored, with its text: encoded once, sent to everybody.
struct StoredObject: Sendable {
    var object: KubeObject
    var bytes: [UInt8]
    var revision: Int64

    init(_ object: KubeObject, revision: Int64) {
        self.object = object
        self.revision = revision
        bytes = object.tree.bytes()
    }
}

/// One entry of the log of changes.
struct StoreChange: Sendable {
    var revision: Int64
    var storage: StorageID
    /// `NAMESPACE/NAME`, or `NAME` for cluster-scoped objects.
    var key: String
    var old: StoredObject?
    /// The object written; at a deletion its last state with the deletion's revision.
    var new: StoredObject
    var isDeletion: Bool
}

/// All objects. Writes are unconditional: what may be written is the verbs' business.
struct ObjectStore: Sendable {
    private(set) var revision: Int64
    private var tables: [StorageID: SortedMap<StoredObject>] = [:]
    /// Owners' uids to where their dependents are.
    private var dependents: [UID: Set<Location>] = [:]
    private var log: [StoreChange] = []
    /// Entries of `log` before this one are forgotten; they are dropped in bulk.
    private var logHead = 0
    /// Changes up to this revision are forgotten.
    private(set) var compactedRevision: Int64
    private let historyMax: Int
    private var journal: [JournalRecord] = []

    private struct Location: Hashable, Sendable {
        var storage: StorageID
        var key: String
    }

    init(historyMax: Int, revision: Int64 = 0) {
        self.historyMax = max(1, historyMax)
        self.revision = revision
        compactedRevision = revision
    }

    /// The key of an object within its table.
    static func key(_ key: ObjectKey) -> String {
        key.namespace.isEmpty ? key.name : "\(key.namespace)/\(key.name)"
    }

    // MARK: Reading

    func object(_ storage: StorageID, _ key: ObjectKey) -> StoredObject? { tables[storage]?[Self.key(key)] }

    func count(_ storage: StorageID) -> Int { tables[storage]?.count ?? 0 }

    /// Visits the objects of a table in the order of their keys, those of a namespace when given.
    func scan(
        _ storage: StorageID, namespace: String?, from start: String? = nil,
        _ visit: (String, StoredObject) -> Bool
    ) {
        guard let table = tables[storage] else { return }
        if let namespace {
            table.scan(prefix: "\(namespace)/", from: start, visit)
        } else {
            table.scan(from: start ?? "", visit)
        }
    }

    /// The objects that name that uid in their owner references, in the order of their keys.
    func dependents(of uid: UID, storage: StorageID? = nil) -> [StoredObject] {
        (dependents[uid] ?? [])
            .filter { storage == nil || $0.storage == storage }
            .sorted { ($0.storage.prefix, $0.key) < ($1.storage.prefix, $1.key) }
            .compactMap { tables[$0.storage]?[$0.key] }
    }

    /// Whether any object names that uid as an owner.
    func hasDependents(_ uid: UID) -> Bool { !(dependents[uid] ?? []).isEmpty }

    /// The table as it was at a revision; nil when the changes since are forgotten.
    func table(_ storage: StorageID, at revision: Int64) -> SortedMap<StoredObject>? {
        var table = tables[storage] ?? SortedMap()
        if revision >= self.revision { return table }
        guard revision >= compactedRevision else { return nil }
        for change in log[logHead...].reversed() {
            if change.revision <= revision { break }
            if change.storage == storage { table[change.key] = change.old }
        }
        return table
    }

    /// The changes of a table after a revision, oldest first; nil when some are forgotten.
    func changes(_ storage: StorageID, after revision: Int64) -> [StoreChange]? {
        guard revision >= compactedRevision else { return nil }
        var low = logHead
        var high = log.count
        while low < high {
            let middle = (low + high) / 2
            if log[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return log[low...].filter { $0.storage == storage }
    }

    // MARK: Writing

    /// Stores an object as of a new revision; returns the change.
    mutating func put(_ object: KubeObject, _ storage: StorageID) -> StoreChange {
        revision += 1
        var object = object
        let isNew = object.resourceVersion.isEmpty
        object.tree.set(["metadata", "resourceVersion"], to: .string(String(revision)))
        if isNew { object.tree = MetadataRules.ordered(object.tree) }
        let stored = StoredObject(object, revision: revision)
        let key = Self.key(object.key)
        let old = tables[storage]?[key]
        place(stored, old: old, key, storage)
        journal.append(
            JournalRecord(key: "\(storage.prefix)/\(key)", value: stored.bytes, revision: revision))
        return append(
            StoreChange(
                revision: revision, storage: storage, key: key, old: old, new: stored, isDeletion: false))
    }

    /// Removes an object; returns the change, or nil when there was none.
    mutating func remove(_ key: ObjectKey, _ storage: StorageID) -> StoreChange? {
        let key = Self.key(key)
        guard let old = tables[storage]?[key] else { return nil }
        revision += 1
        tables[storage]?[key] = nil
        index(old.object, Location(storage: storage, key: key), isAdded: false)
        var last = old.object
        last.tree.set(["metadata", "resourceVersion"], to: .string(String(revision)))
        journal.append(JournalRecord(key: "\(storage.prefix)/\(key)", value: nil, revision: revision))
        return append(
            StoreChange(
                revision: revision, storage: storage, key: key, old: old,
                new: StoredObject(last, revision: revision), isDeletion: true))
    }

    /// Puts an object back as a journal has it, without a change being made.
    mutating func restore(_ object: KubeObject, _ storage: StorageID, revision: Int64) {
        self.revision = max(self.revision, revision)
        compactedRevision = self.revision
        place(StoredObject(object, revision: revision), old: nil, Self.key(object.key), storage)
    }

    /// Lets the objects of a table be seen differently from now on; they keep their revisions, and
    /// the journal what it has.
    mutating func reread(_ storage: StorageID, _ change: (inout KubeObject) -> Void) {
        var changed: [(String, StoredObject)] = []
        tables[storage]?.scan(from: "") { key, stored in
            var object = stored.object
            change(&object)
            if object != stored.object {
                changed.append((key, StoredObject(object, revision: stored.revision)))
            }
            return true
        }
        for (key, stored) in changed { tables[storage]?[key] = stored }
    }

    /// Goes on counting from that revision, which a journal has seen.
    mutating func advance(to revision: Int64) {
        self.revision = max(self.revision, revision)
        compactedRevision = self.revision
    }

    /// Takes the journal's records since the last call.
    mutating func drainJournal() -> [JournalRecord] {
        let records = journal
        journal = []
        return records
    }

    private mutating func place(
        _ stored: StoredObject, old: StoredObject?, _ key: String, _ storage: StorageID
    ) {
        let location = Location(storage: storage, key: key)
        let owners = stored.object.metadata["ownerReferences"]
        if old?.object.metadata["ownerReferences"] ?? .null != owners {
            if let old { index(old.object, location, isAdded: false) }
            index(stored.object, location, isAdded: true)
        }
        tables[storage, default: SortedMap()][key] = stored
    }

    private mutating func index(_ object: KubeObject, _ location: Location, isAdded: Bool) {
        for owner in object.metadata["ownerReferences"].elements {
            guard let uid = owner["uid"].string else { continue }
            if isAdded {
                dependents[uid, default: []].insert(location)
            } else {
                dependents[uid]?.remove(location)
                if dependents[uid]?.isEmpty ?? false { dependents[uid] = nil }
            }
        }
    }

    private mutating func append(_ change: StoreChange) -> StoreChange {
        log.append(change)
        if log.count - logHead > historyMax {
            compactedRevision = log[logHead].revision
            logHead += 1
            if logHead > historyMax {
                log.removeFirst(logHead)
                logHead = 0
            }
        }
        return change
    }
}
