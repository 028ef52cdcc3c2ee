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

    /// Whether an object as it arrives is just what its owner wrote and has reckoned with.
    package func isKnownEcho(_ object: KubeObject, to owner: Owner) -> Bool {
        guard object.key == owner.key, let entry = entries[owner]?[object.kind.groupKind], entry.isKnown else { return false }
        return UInt64(object.resourceVersion) == entry.version
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
