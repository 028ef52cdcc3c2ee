// Open watches: who waits for changes of what, and what is ready to be sent to them.

import JSONTree
import KubeModel

/// One open watch.
struct Watch: Sendable {
    var storage: StorageID
    /// The definition in the version that was asked for.
    var definition: ResourceDefinition
    /// Nil watches all namespaces.
    var namespace: String?
    var labels: LabelSelector
    var fields: FieldSelector
    var format: OutputFormat
    /// When the stream ends.
    var deadline: Timestamp
    /// When the next bookmark is due; nil when the client does not want any.
    var nextBookmark: Timestamp?
    /// The newest revision that the client knows of.
    var revision: Int64
    var buffer: [UInt8] = []
    var isEnded = false
    /// Whether a Table's columns have been sent: they come with the first event only.
    var hasSentColumns = false

    func matches(_ object: KubeObject) -> Bool {
        (namespace == nil || object.namespace == namespace)
            && (labels.isEmpty || labels.matches(object.labels))
            && (fields.isEmpty || fields.matches(object, definition))
    }

    /// Turns a change into an event of this watch, if it is one: an object that starts matching is
    /// ADDED, one that stops is DELETED in its last matching state.
    mutating func offer(_ change: StoreChange, now: Timestamp) {
        guard change.revision > revision else { return }
        if let namespace, change.new.object.namespace != namespace { return }
        let wasIn = change.old.map { matches($0.object) } ?? false
        let isIn = !change.isDeletion && matches(change.new.object)
        switch (wasIn, isIn) {
        case (false, true): send("ADDED", change.new, now: now)
        case (true, true): send("MODIFIED", change.new, now: now)
        case (true, false) where change.isDeletion: send("DELETED", change.new, now: now)
        case (true, false):
            guard var last = change.old?.object else { return }
            last.tree.set(["metadata", "resourceVersion"], to: .string(String(change.revision)))
            send("DELETED", StoredObject(last, revision: change.revision), now: now)
        case (false, false): break
        }
        revision = change.revision
    }

    mutating func send(_ type: String, _ stored: StoredObject, now: Timestamp) {
        buffer.append(contentsOf: #"{"type":"\#(type)","object":"#.utf8)
        format.writeEvent(stored, definition, withColumns: !hasSentColumns, now: now, to: &buffer)
        hasSentColumns = true
        finishLine()
    }

    /// A bookmark: nothing but a revision.
    mutating func sendBookmark(revision: Int64, annotations: JSON? = nil, now: Timestamp) {
        var metadata: JSON = ["resourceVersion": .string(String(revision))]
        if let annotations { metadata["annotations"] = annotations }
        let object: JSON = [
            "kind": .string(definition.kind), "apiVersion": .string(definition.groupVersionKind.apiVersion),
            "metadata": metadata,
        ]
        send("BOOKMARK", StoredObject(KubeObject(object), revision: revision), now: now)
        self.revision = max(self.revision, revision)
    }

    mutating func sendError(_ error: StatusError) {
        buffer.append(contentsOf: #"{"type":"ERROR","object":"#.utf8)
        error.tree.write(to: &buffer)
        finishLine()
        isEnded = true
    }

    private mutating func finishLine() {
        buffer.append(contentsOf: "}\n".utf8)
        // A client that does not read is cut off; it lists again.
        if buffer.count > Limits.watchBufferByteCountMax { isEnded = true }
    }
}

/// All open watches, found by what they watch.
struct WatchHub: Sendable {
    private var watches: [WatchID: Watch] = [:]
    private var byStorage: [StorageID: [WatchID]] = [:]
    private var ready: Set<WatchID> = []
    private var nextNumber: UInt64 = 1
    /// The earliest deadline or bookmark; recomputed when it may have gone.
    private var wake: Timestamp?
    private var isWakeKnown = true

    var count: Int { watches.count }
    var readyWatches: [WatchID] { ready.sorted { $0.number < $1.number } }

    mutating func open(_ watch: Watch) -> WatchID {
        let id = WatchID(number: nextNumber)
        nextNumber += 1
        if !watch.buffer.isEmpty || watch.isEnded { ready.insert(id) }
        byStorage[watch.storage, default: []].append(id)
        watches[id] = watch
        isWakeKnown = false
        return id
    }

    mutating func offer(_ change: StoreChange, now: Timestamp) {
        for id in byStorage[change.storage] ?? [] {
            watches[id]?.offer(change, now: now)
            noteIfReady(id)
        }
    }

    private mutating func noteIfReady(_ id: WatchID) {
        guard let watch = watches[id], !watch.buffer.isEmpty || watch.isEnded else { return }
        ready.insert(id)
    }

    mutating func drain(_ id: WatchID) -> (bytes: [UInt8], isEnded: Bool) {
        ready.remove(id)
        guard let isEnded = watches[id]?.isEnded else { return ([], true) }
        var bytes: [UInt8] = []
        if var watch = watches.removeValue(forKey: id) {
            swap(&bytes, &watch.buffer)
            watches[id] = watch
        }
        if isEnded { close(id) }
        return (bytes, isEnded)
    }

    mutating func close(_ id: WatchID) {
        ready.remove(id)
        guard let watch = watches.removeValue(forKey: id) else { return }
        byStorage[watch.storage]?.removeAll { $0 == id }
        if byStorage[watch.storage]?.isEmpty ?? false { byStorage[watch.storage] = nil }
        isWakeKnown = false
    }

    /// Ends all watches of a resource that is no longer served.
    mutating func endAll(_ storage: StorageID) {
        for id in byStorage[storage] ?? [] {
            watches[id]?.isEnded = true
            ready.insert(id)
        }
    }

    /// When a stream has to end or a bookmark is due.
    mutating func nextWake() -> Timestamp? {
        if !isWakeKnown {
            wake = computedWake
            isWakeKnown = true
        }
        return wake
    }

    /// The same without remembering it.
    var computedWake: Timestamp? {
        if isWakeKnown { return wake }
        var earliest: Timestamp?
        for watch in watches.values where !watch.isEnded {
            let due = min(watch.deadline, watch.nextBookmark ?? watch.deadline)
            earliest = min(earliest ?? due, due)
        }
        return earliest
    }

    /// Sends due bookmarks and ends streams whose time is over.
    mutating func tick(now: Timestamp, revision: Int64) {
        guard let due = nextWake(), due <= now else { return }
        for (id, watch) in watches where !watch.isEnded {
            if let bookmark = watch.nextBookmark, bookmark <= now {
                watches[id]?.sendBookmark(revision: revision, now: now)
                watches[id]?.nextBookmark = now + Limits.bookmarkInterval
            }
            if watch.deadline <= now { watches[id]?.isEnded = true }
            noteIfReady(id)
        }
        isWakeKnown = false
    }
}
