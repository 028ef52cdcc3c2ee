// Remembers what we wrote until the cache shows it (architecture.md, section 10).

package import KubeModel

/// For each owner, the highest version it wrote of each kind. A pass that would begin before the
/// cache has come so far would not see its own writes and might repeat or undo them.
package struct WriteLedger: Sendable {
    /// Whose writes: a controller and the key it worked on.
    package struct Owner: Hashable, Sendable {
        package var controller: String
        package var key: ObjectKey
        package init(controller: String, key: ObjectKey) {
            self.controller = controller
            self.key = key
        }
    }
    private struct Entry {
        var version: UInt64
        /// The echo of this write tells its owner nothing new.
        var isKnown: Bool
        var writtenAt: Timestamp
    }
    private var entries: [Owner: [GroupKind: Entry]] = [:]
    /// Of owners whose whole plan is being written: the versions in which their object arrived
    /// meanwhile. A watch often brings a write before its answer does.
    private var arrivals: [Owner: [ResourceVersion]] = [:]

    /// After this a write is taken for seen: its object may be outside of what is watched (a label
    /// selector), or the server's versions do not count up.
    package static let patience: Duration = .seconds(10)

    package init() {}

    /// Notes a write whose answer had this version. Versions that are no numbers are not noted.
    ///
    /// - Parameter isKnown: It is a write to the owner's own object whose plan reckons with it.
    package mutating func wrote(
        _ kind: GroupKind, version: ResourceVersion, by owner: Owner, isKnown: Bool = false, now: Timestamp
    ) {
        guard let number = UInt64(version), number > 0 else { return }
        if let entry = entries[owner]?[kind], entry.version >= number { return }
        entries[owner, default: [:]][kind] = Entry(version: number, isKnown: isKnown, writtenAt: now)
    }

    /// From now on a whole plan of this owner is written.
    package mutating func beginsWriting(_ owner: Owner) { arrivals[owner] = [] }

    /// The plan has been written.
    ///
    /// - Returns: Whether the owner's object arrived meanwhile as somebody else left it.
    package mutating func endsWriting(_ owner: Owner, _ kind: GroupKind) -> Bool {
        let versions = arrivals.removeValue(forKey: owner) ?? []
        return versions.contains { !isKnown($0, kind, owner) }
    }

    /// Whether an arriving object tells its owner nothing: it is just what the owner wrote and has
    /// reckoned with. While that is being written, it is found out at the end.
    package mutating func isEcho(_ object: KubeObject, to owner: Owner) -> Bool {
        guard object.key == owner.key else { return false }
        if arrivals[owner] != nil {
            arrivals[owner]?.append(object.resourceVersion)
            return true
        }
        return isKnown(object.resourceVersion, object.kind.groupKind, owner)
    }

    private func isKnown(_ version: ResourceVersion, _ kind: GroupKind, _ owner: Owner) -> Bool {
        guard let entry = entries[owner]?[kind], entry.isKnown else { return false }
        return UInt64(version) == entry.version
    }

    /// Whether the caches show all that the owner wrote. Forgets what they show.
    ///
    /// - Parameter versionInCache: how far a kind's cache has come; nil for kinds not watched.
    package mutating func isSeen(
        by owner: Owner, now: Timestamp, versionInCache: (GroupKind) -> ResourceVersion?
    ) -> Bool {
        guard let kinds = entries[owner] else { return true }
        let open = kinds.filter { kind, entry in
            guard now - entry.writtenAt < Self.patience, let version = versionInCache(kind) else { return false }
            return UInt64(version).map { $0 < entry.version } ?? false
        }
        entries[owner] = open.isEmpty ? nil : open
        return open.isEmpty
    }

    /// How many owners wait for their writes.
    package var ownerCount: Int { entries.count }
}
