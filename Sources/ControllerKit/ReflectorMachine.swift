// Decides how one resource is kept known: list in pages, watch from there, resume, or begin again.

package import KubeClient
package import KubeModel

/// Mirrors one resource. Inputs are what the server answered, `action` is what to do next; nothing
/// in it waits.
///
/// States: listing (page after page) → watching from a version → watching on from the last event or
/// bookmark after the server ends the stream → listing again only when the server no longer
/// remembers that version (410). Guarantees: what is delivered is, after each list, exactly what the
/// server has; an object is delivered again only when its version changed; nothing between a list
/// and its watch is missed, since the watch begins at the list's version.
package struct ReflectorMachine: Sendable {
    package enum Action: Hashable, Sendable {
        case list(continueToken: String?)
        case watch(from: ResourceVersion)
        case wait(until: Timestamp)
    }
    /// A change of the mirror.
    package enum Delivery: Hashable, Sendable {
        case upsert(KubeObject)
        case remove(ObjectKey)
    }
    /// Why a watch began again, for counting.
    package enum Restart: String, Hashable, Sendable { case ended, error, gone }

    private enum Phase: Hashable {
        case listing(token: String?)
        case watching
        case waiting(until: Timestamp, watchNext: Bool)
    }

    private var phase: Phase = .listing(token: nil)
    /// Versions of what has been delivered.
    private var known: [ObjectKey: ResourceVersion] = [:]
    /// What the list under way has shown so far.
    private var listed: Set<ObjectKey> = []
    private var failureCount = 0
    private var absenceCount = 0
    private var watchBegan = Timestamp.epoch
    /// Up to where nothing is missing.
    package private(set) var version: ResourceVersion = ""
    /// Whether a list has been whole once, or an optional resource is known to be absent.
    package private(set) var isSynced = false
    /// The server does not serve the resource (now).
    package private(set) var isAbsent = false
    package private(set) var restarts: [Restart] = []
    private let isOptional: Bool
    /// Somebody tells (by `mayHaveAppeared`) when an absent resource may be served: it is then not
    /// asked for again and again.
    package var isTold = false
    /// So often an absent resource is still asked for, since its definition takes effect a moment
    /// after it is told of.
    private var triesLeft = 0

    /// A watch that ends sooner than this is not begun again at once.
    private static let shortWatch: Duration = .seconds(1)
    /// Enough questions, with growing pauses, for half a minute.
    private static let toldTries = 5
    /// The pause between questions for an absent resource that somebody tells of.
    private static let toldPause: Duration = .seconds(3600)

    package init(isOptional: Bool = false) { self.isOptional = isOptional }

    package var action: Action {
        switch phase {
        case .listing(let token): .list(continueToken: token)
        case .watching: .watch(from: version)
        case .waiting(let until, _): .wait(until: until)
        }
    }

    // MARK: Inputs

    /// A page arrived.
    package mutating func received(_ page: ObjectPage, now: Timestamp) -> [Delivery] {
        var deliveries: [Delivery] = []
        for object in page.items {
            let key = object.key
            listed.insert(key)
            if known.updateValue(object.resourceVersion, forKey: key) != object.resourceVersion {
                deliveries.append(.upsert(object))
            }
        }
        if let token = page.continueToken {
            phase = .listing(token: token)
            return deliveries
        }
        let listed = self.listed
        self.listed = []
        deliveries += forget { !listed.contains($0) }
        version = page.resourceVersion
        failureCount = 0
        absenceCount = 0
        isAbsent = false
        isSynced = true
        triesLeft = 0
        phase = .watching
        watchBegan = now
        return deliveries
    }

    /// A watch event arrived.
    package mutating func received(
        _ event: WatchEvent, now: Timestamp, random: UInt64
    ) -> [Delivery] {
        switch event {
        case .added(let object), .modified(let object):
            failureCount = 0
            version = object.resourceVersion
            let isNew = known.updateValue(object.resourceVersion, forKey: object.key) != object.resourceVersion
            return isNew ? [.upsert(object)] : []
        case .deleted(let object):
            failureCount = 0
            version = object.resourceVersion
            return known.removeValue(forKey: object.key) == nil ? [] : [.remove(object.key)]
        case .bookmark(let newer):
            failureCount = 0
            version = newer
            return []
        case .error(let status):
            return failed(.status(status), now: now, random: random)
        }
    }

    /// The server ended the watch without an error.
    package mutating func watchEnded(now: Timestamp, random: UInt64) {
        guard phase == .watching else { return }
        restarts.append(.ended)
        if now - watchBegan < Self.shortWatch {
            wait(.reflector, now: now, random: random, watchNext: true)
        } else {
            watchBegan = now
        }
    }

    /// A list or watch failed.
    package mutating func failed(_ error: KubeError, now: Timestamp, random: UInt64) -> [Delivery] {
        let wasWatching = phase == .watching
        if wasWatching { restarts.append(error.status?.isGone == true ? .gone : .error) }
        if error.status?.isGone == true {
            // Neither the version nor a half-read list can be gone on with.
            listed = []
            phase = .listing(token: nil)
            if !wasWatching { wait(.reflector, now: now, random: random, watchNext: false) }
            return []
        }
        if error.isNotFound { return absent(now: now, random: random) }
        if wasWatching, !version.isEmpty {
            wait(.reflector, now: now, random: random, watchNext: true)
        } else {
            listed = []
            wait(.reflector, now: now, random: random, watchNext: false)
        }
        return []
    }

    /// The time that `action` named has come.
    package mutating func waited(now: Timestamp) {
        guard case .waiting(_, let watchNext) = phase else { return }
        phase = watchNext ? .watching : .listing(token: nil)
        if watchNext { watchBegan = now }
    }

    /// Begins again with a list that delivers everything: somebody wants to see more of the objects.
    package mutating func relist() {
        isSynced = false
        for key in known.keys { known[key] = "" }
        listed = []
        phase = .listing(token: nil)
    }

    /// The server says that there is no such resource: its objects are gone with it.
    private mutating func absent(now: Timestamp, random: UInt64) -> [Delivery] {
        isAbsent = true
        if isOptional { isSynced = true }
        listed = []
        version = ""
        var pause = Backoff.absence.delay(attempt: absenceCount, random: random)
        if isTold, triesLeft == 0 { pause = Self.toldPause }
        absenceCount += 1
        triesLeft = max(0, triesLeft - 1)
        phase = .waiting(until: now + pause, watchNext: false)
        return forget { _ in true }
    }

    /// The resource was defined, or its definition changed: an absent one is asked for at once.
    package mutating func mayHaveAppeared() {
        triesLeft = Self.toldTries
        guard isAbsent else { return }
        absenceCount = 0
        phase = .listing(token: nil)
    }

    private mutating func wait(_ backoff: Backoff, now: Timestamp, random: UInt64, watchNext: Bool) {
        let pause = backoff.delay(attempt: failureCount, random: random)
        failureCount += 1
        phase = .waiting(until: now + pause, watchNext: watchNext)
    }

    private mutating func forget(_ isGone: (ObjectKey) -> Bool) -> [Delivery] {
        let gone = known.keys.filter(isGone).sorted()
        for key in gone { known[key] = nil }
        return gone.map(Delivery.remove)
    }

    /// Takes the restarts counted since the last call.
    package mutating func takeRestarts() -> [Restart] {
        defer { restarts = [] }
        return restarts
    }
}
