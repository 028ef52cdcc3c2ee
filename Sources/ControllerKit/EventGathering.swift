// Holds events back until their object has been quiet, so that one write tells several facts.

package import KubeModel

/// Gathers what happens to an object and joins what has one reason: a busy object's history costs
/// a write a reason instead of one a fact. A warning goes at once, and what came before it goes
/// first, so that the history reads in its order.
package struct EventGathering: Sendable {
    /// One event to be written, with the facts that it tells.
    package struct Joined: Hashable, Sendable {
        package var event: KubeEvent
        package var component: String
        /// How many facts, and between which times.
        package var count: Int
        package var first: Timestamp
        package var last: Timestamp
    }
    private struct Subject: Hashable {
        var uid: UID
        var component: String
    }
    private struct Held {
        var joined: [Joined]
        var began: Timestamp
        var changed: Timestamp
    }

    /// Nothing more happens to an object for so long before its events are written. Longer would
    /// join more; but who looks after a change wants to see why. What the object is doing now is
    /// in its status at once.
    package static let quiet: Duration = .seconds(4)
    /// An object that is never quiet has its events written this often.
    package static let patience: Duration = .seconds(30)

    private var held: [Subject: Held] = [:]
    /// Facts that are held.
    package private(set) var count = 0

    package init() {}

    /// Takes an event.
    ///
    /// - Returns: What is to be written at once: nothing, or a warning and what came before it.
    package mutating func add(_ event: KubeEvent, component: String, now: Timestamp) -> [Joined] {
        let one = Joined(event: event, component: component, count: 1, first: now, last: now)
        let subject = Subject(uid: event.uid, component: component)
        if event.type == .warning { return release([subject]) + [one] }
        count += 1
        var entry = held[subject] ?? Held(joined: [], began: now, changed: now)
        entry.changed = now
        if let at = entry.joined.firstIndex(where: { $0.event.reason == event.reason }) {
            entry.joined[at].add(event.message, now)
        } else {
            entry.joined.append(one)
        }
        held[subject] = entry
        return []
    }

    /// When events are to be written next; nil when none are held.
    package var next: Timestamp? { held.values.map(Self.due).min() }

    /// Lets go of the events that are to be written by now, in the order of their beginnings.
    package mutating func take(now: Timestamp) -> [Joined] {
        release(held.filter { Self.due($0.value) <= now }.map(\.key))
    }

    /// Lets go of all events, when no more time is left.
    package mutating func takeAll() -> [Joined] { release(Array(held.keys)) }

    private mutating func release(_ subjects: [Subject]) -> [Joined] {
        let events = subjects.flatMap { held.removeValue(forKey: $0)?.joined ?? [] }
        count -= events.reduce(0) { $0 + $1.count }
        return events.sorted { ($0.first, $0.event.reason) < ($1.first, $1.event.reason) }
    }

    private static func due(_ entry: Held) -> Timestamp { min(entry.changed + quiet, entry.began + patience) }
}

extension EventGathering.Joined {
    /// Adds a fact of the same reason; a sentence that is there already is only counted.
    fileprivate mutating func add(_ message: String, _ now: Timestamp) {
        count += 1
        last = now
        let isThere = event.message == message || event.message.split(separator: "; ").contains { $0 == message }
        if !isThere { event.message += "; \(message)" }
    }
}
