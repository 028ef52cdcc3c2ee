// Decides what becomes of an event: a new object, a higher count, or nothing.

package import JSONTree
package import KubeModel

/// Keeps events few: equal ones are counted in one object, similar ones (same object and reason,
/// other words) are joined past a number, and no object may have more than so many in a time.
/// Source of the three rules: client-go, `tools/record/events_cache.go`.
package struct EventMachine: Sendable {
    package enum Decision: Hashable, Sendable {
        case create(KubeObject)
        /// Raise the count of an event we made.
        case count(ObjectReference, JSON)
        case drop
    }
    private struct Known {
        var count: Int64
        var sentCount: Int64
        var sentAt: Timestamp
        var usedAt: Timestamp
    }
    private struct Similar: Hashable {
        var uid: UID
        var type: KubeEvent.EventType
        var reason: String
    }
    private struct Group {
        var messages: Set<UInt64>
        var began: Timestamp
    }

    private var known: [String: Known] = [:]
    private var groups: [Similar: Group] = [:]
    private var buckets: [UID: TokenBucket] = [:]

    /// Different messages of one reason on one object within `groupPeriod` before they are joined.
    private static let similarMax = 10
    private static let groupPeriod: Duration = .seconds(600)
    /// Events of one object at once, and afterwards one in so many seconds.
    private static let burst = 50.0
    private static let refillSeconds = 30.0
    /// A count is written at most this often; what comes between is added to the next.
    private static let countPeriod: Duration = .seconds(5)
    private static let knownMax = 8192
    /// The API server refuses more than 1,024 bytes.
    private static let messageByteCountMax = 1024

    package init() {}

    package mutating func decide(_ event: KubeEvent, component: String, now: Timestamp) -> Decision {
        let one = EventGathering.Joined(event: event, component: component, count: 1, first: now, last: now)
        return decide(one, now: now)
    }

    /// Decides about facts that were joined to one event.
    package mutating func decide(_ joined: EventGathering.Joined, now: Timestamp) -> Decision {
        trim(now: now)
        var event = joined.event
        let component = joined.component
        if isOneOfTooMany(event, now: now) {
            event.message = "(combined from similar events): \(event.message)"
        }
        let name = Self.name(of: event, component)
        if var entry = known[name] {
            entry.count += Int64(joined.count)
            entry.usedAt = now
            defer { known[name] = entry }
            guard now - entry.sentAt >= Self.countPeriod else { return .drop }
            entry.sentCount = entry.count
            entry.sentAt = now
            return .count(Self.reference(event, name), Self.countPatch(entry.count, now))
        }
        guard takeToken(event.uid, now: now) else { return .drop }
        let count = Int64(joined.count)
        known[name] = Known(count: count, sentCount: count, sentAt: now, usedAt: now)
        return .create(Self.object(event, joined, name: name))
    }

    /// The event was there before we were: its count goes on from what it says.
    package mutating func existed(_ existing: KubeObject, now: Timestamp) -> JSON {
        let count = (existing.tree["count"].int ?? 1) + 1
        known[existing.name] = Known(count: count, sentCount: count, sentAt: now, usedAt: now)
        return Self.countPatch(count, now)
    }

    /// The event that was to be counted is gone (events live an hour): it will be made again.
    package mutating func vanished(_ name: String) { known[name] = nil }

    // MARK: Rules

    private mutating func isOneOfTooMany(_ event: KubeEvent, now: Timestamp) -> Bool {
        let key = Similar(uid: event.uid, type: event.type, reason: event.reason)
        var group = groups[key] ?? Group(messages: [], began: now)
        if now - group.began > Self.groupPeriod { group = Group(messages: [], began: now) }
        let hash = Self.hash(event.message)
        let isKnown = group.messages.contains(hash)
        if group.messages.count < Self.similarMax { group.messages.insert(hash) }
        groups[key] = group
        return !isKnown && !group.messages.contains(hash)
    }

    private mutating func takeToken(_ uid: UID, now: Timestamp) -> Bool {
        var bucket = buckets[uid] ?? TokenBucket(perSecond: 1 / Self.refillSeconds, burst: Self.burst, now: now)
        defer { buckets[uid] = bucket }
        return bucket.take(now: now)
    }

    /// Bounds what is remembered: beyond the limit the older half goes.
    private mutating func trim(now: Timestamp) {
        if known.count > Self.knownMax {
            let middle = known.values.map(\.usedAt).sorted()[known.count / 2]
            known = known.filter { $0.value.usedAt > middle }
        }
        if groups.count > Self.knownMax { groups = groups.filter { now - $0.value.began <= Self.groupPeriod } }
        if groups.count > Self.knownMax { groups = [:] }
        if buckets.count > Self.knownMax { buckets = [:] }
    }

    // MARK: Objects

    private static func reference(_ event: KubeEvent, _ name: String) -> ObjectReference {
        ObjectReference(
            GroupVersionKind(group: "", version: "v1", kind: "Event"), namespace: namespace(event), name: name)
    }

    /// Events of cluster-scoped objects live in `default`.
    private static func namespace(_ event: KubeEvent) -> String {
        event.regarding.namespace.isEmpty ? "default" : event.regarding.namespace
    }

    /// The same event always has the same name, so that a restarted process goes on counting.
    private static func name(of event: KubeEvent, _ component: String) -> String {
        let parts = [event.uid, event.type.rawValue, event.reason, event.message, component]
        let digits = String(hash(parts.joined(separator: "\u{0}")), radix: 16)
        let suffix = String(repeating: "0", count: 16 - digits.count) + digits
        return "\(event.regarding.name.prefix(236)).\(suffix)"
    }

    /// FNV-1a of 64 bits.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private static func object(_ event: KubeEvent, _ joined: EventGathering.Joined, name: String) -> KubeObject {
        let component = JSON.string(joined.component)
        var message = event.message
        while message.utf8.count > messageByteCountMax { message = String(message.prefix(message.count - 16)) }
        return KubeObject([
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string(name), "namespace": .string(namespace(event))],
            "involvedObject": [
                "apiVersion": .string(event.regarding.kind.apiVersion), "kind": .string(event.regarding.kind.kind),
                "namespace": .string(event.regarding.namespace), "name": .string(event.regarding.name),
                "uid": .string(event.uid),
            ],
            "type": .string(event.type.rawValue), "reason": .string(event.reason), "message": .string(message),
            "source": ["component": component], "reportingComponent": component,
            "reportingInstance": "", "firstTimestamp": .string(joined.first.rfc3339),
            "lastTimestamp": .string(joined.last.rfc3339), "count": JSON(joined.count),
        ])
    }

    private static func countPatch(_ count: Int64, _ now: Timestamp) -> JSON {
        ["count": .int(count), "lastTimestamp": .string(now.rfc3339)]
    }
}
