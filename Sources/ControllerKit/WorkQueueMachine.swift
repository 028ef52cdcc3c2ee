// Decides which key is worked on next: once at a time, delayed, backed off, fair.

import DequeModule
import HeapModule
package import KubeModel

/// A key of one of several controllers.
package struct WorkItem: Hashable, Sendable {
    package var controller: String
    package var key: ObjectKey
    package init(controller: String, key: ObjectKey) {
        self.controller = controller
        self.key = key
    }
}

/// A de-duplicating queue. A key is in it once, is worked on by one at a time, and comes again if
/// it was added meanwhile. Two lanes: what has changed goes before what is only looked at again
/// (the beginning, a timer), but never more than `changedRun` times in a row while others wait.
package struct WorkQueueMachine: Sendable {
    package enum Lane: Hashable, Sendable { case changed, routine }

    private struct Delayed: Comparable {
        var at: Timestamp
        var order: UInt64
        var item: WorkItem
        static func < (left: Delayed, right: Delayed) -> Bool { (left.at, left.order) < (right.at, right.order) }
        static func == (left: Delayed, right: Delayed) -> Bool { left.order == right.order }
    }

    private var changed: Deque<WorkItem> = []
    private var routine: Deque<WorkItem> = []
    /// Where a key waits and since when; a key that changed overtakes its routine look.
    private var waiting: [WorkItem: (lane: Lane, since: Timestamp)] = [:]
    private var working: [WorkItem: Timestamp] = [:]
    /// Keys added while they were worked on.
    private var again: [WorkItem: Lane] = [:]
    private var delays = Heap<Delayed>()
    /// When a delayed key is due; heap entries that say otherwise are out of date.
    private var dueTimes: [WorkItem: Timestamp] = [:]
    private var failures: [WorkItem: Int] = [:]
    private var order: UInt64 = 0
    private var changedStreak = 0
    private let backoff: Backoff

    /// So many changed keys in a row before a routine one has its turn.
    private static let changedRun = 4

    package init(backoff: Backoff = .reconcile) { self.backoff = backoff }

    // MARK: Adding

    /// Asks for a look as soon as may be.
    package mutating func add(_ item: WorkItem, lane: Lane = .changed, now: Timestamp) {
        if working[item] != nil {
            if again[item] != .changed { again[item] = lane }
            return
        }
        if let present = waiting[item] {
            guard present.lane == .routine, lane == .changed else { return }
            // The entry in the routine lane goes stale and is passed over.
            waiting[item] = (.changed, present.since)
            changed.append(item)
            return
        }
        waiting[item] = (lane, now)
        if lane == .changed { changed.append(item) } else { routine.append(item) }
    }

    /// Asks for a look at a time; of several times the earliest counts.
    package mutating func add(_ item: WorkItem, at time: Timestamp, now: Timestamp) {
        if time <= now { return add(item, lane: .routine, now: now) }
        if let due = dueTimes[item], due <= time { return }
        dueTimes[item] = time
        order += 1
        delays.insert(Delayed(at: time, order: order, item: item))
        if delays.count > 2 * dueTimes.count + 64 { dropOutdatedDelays() }
    }

    /// Asks for a look at a time and at none that was planned before; nil: at none.
    package mutating func replan(_ item: WorkItem, at time: Timestamp?, now: Timestamp) {
        dueTimes[item] = nil
        if let time { add(item, at: time, now: now) }
    }

    /// A heap of entries that are out of date must not grow.
    private mutating func dropOutdatedDelays() {
        var fresh = Heap<Delayed>()
        for entry in delays.unordered where dueTimes[entry.item] == entry.at { fresh.insert(entry) }
        delays = fresh
    }

    // MARK: Working

    /// The next key to work on, which must be given back with `done` or `failed`; its lane, and how
    /// long it waited.
    package mutating func next(
        now: Timestamp
    ) -> (item: WorkItem, lane: Lane, waited: Duration)? {
        moveDue(now: now)
        let prefersRoutine = changedStreak >= Self.changedRun
        guard let item = prefersRoutine ? popRoutine() ?? popChanged() : popChanged() ?? popRoutine() else { return nil }
        guard let entry = waiting.removeValue(forKey: item) else { return nil }
        changedStreak = entry.lane == .changed ? changedStreak + 1 : 0
        working[item] = now
        return (item, entry.lane, now - entry.since)
    }

    private mutating func popChanged() -> WorkItem? {
        while let item = changed.popFirst() { if waiting[item]?.lane == .changed { return item } }
        return nil
    }

    private mutating func popRoutine() -> WorkItem? {
        while let item = routine.popFirst() { if waiting[item]?.lane == .routine { return item } }
        return nil
    }

    private mutating func moveDue(now: Timestamp) {
        while let first = delays.min, first.at <= now {
            delays.removeMin()
            guard dueTimes[first.item] == first.at else { continue }
            dueTimes[first.item] = nil
            add(first.item, lane: .routine, now: now)
        }
    }

    /// The work succeeded: failures are forgotten.
    package mutating func done(_ item: WorkItem, now: Timestamp) -> Duration {
        failures[item] = nil
        return release(item, now: now)
    }

    /// The work failed: the key comes again after a growing pause, or at once if it was added.
    package mutating func failed(_ item: WorkItem, now: Timestamp, random: UInt64) -> Duration {
        let attempt = failures[item, default: 0]
        failures[item] = attempt + 1
        add(item, at: now + backoff.delay(attempt: attempt, random: random), now: now)
        return release(item, now: now)
    }

    private mutating func release(_ item: WorkItem, now: Timestamp) -> Duration {
        let began = working.removeValue(forKey: item) ?? now
        if let lane = again.removeValue(forKey: item) { add(item, lane: lane, now: now) }
        return now - began
    }

    /// Forgets what is planned for a key that is gone.
    package mutating func forget(_ item: WorkItem) {
        failures[item] = nil
        dueTimes[item] = nil
    }

    // MARK: Looking

    /// When the next delayed key is due; nil when none is.
    package var wakeTime: Timestamp? { delays.min?.at }
    package var depth: Int { waiting.count }
    package func depth(of controller: String) -> Int { waiting.keys.count { $0.controller == controller } }
    package var isIdle: Bool { waiting.isEmpty && working.isEmpty }
    package func failureCount(_ item: WorkItem) -> Int { failures[item] ?? 0 }

    /// For the unfinished-work gauges: the sum and the longest of present work of a controller.
    package func present(of controller: String, now: Timestamp) -> (sum: Duration, longest: Duration) {
        var sum = Duration.zero
        var longest = Duration.zero
        for (item, began) in working where item.controller == controller {
            sum += now - began
            longest = max(longest, now - began)
        }
        return (sum, longest)
    }
}
