// What the controllers have to do: keys that are dirty now, and keys that will be due later.

import KubeModel

/// A piece of work: one object as one controller sees it.
enum WorkKey: Hashable, Sendable {
    /// Scheduling and the simulated kubelet.
    case pod(ObjectKey)
    case replicaSet(ObjectKey)
    case replicationController(ObjectKey)
    case deployment(ObjectKey)
    case statefulSet(ObjectKey)
    case daemonSet(ObjectKey)
    case job(ObjectKey)
    case cronJob(ObjectKey)
    /// Endpoints and EndpointSlices of a Service.
    case service(ObjectKey)
    case disruptionBudget(ObjectKey)
    case resourceQuota(ObjectKey)
    case namespace(String)
    case claim(ObjectKey)
    case volume(String)
    /// The garbage collector looks at an object's owners.
    case owners(UID)
    /// The garbage collector looks at an object that is being deleted with its dependents.
    case dependents(UID)
    /// An event's time to live.
    case event(ObjectKey)
    /// What the cluster itself consists of: its node.
    case node
}

/// Dirty keys, each once, in the order in which they became dirty; and timers.
struct WorkQueue: Sendable {
    private var waiting: [WorkKey] = []
    private var head = 0
    private var isWaiting: Set<WorkKey> = []
    private var timers = TimerHeap()
    private var failureCounts: [WorkKey: Int] = [:]

    private static let retryDelayFirst = Duration.milliseconds(500)
    private static let retryDelayMax = Duration.seconds(60)

    var isEmpty: Bool { head == waiting.count }
    var nextDue: Timestamp? { timers.first }

    mutating func add(_ key: WorkKey) {
        if isWaiting.insert(key).inserted { waiting.append(key) }
    }

    /// Makes a key dirty at that time; an earlier one for the same key stays.
    mutating func add(_ key: WorkKey, at time: Timestamp) { timers.add(key, at: time) }

    /// Tries a key that failed again, later each time.
    mutating func retry(_ key: WorkKey, now: Timestamp) {
        let count = failureCounts[key, default: 0]
        failureCounts[key] = min(count + 1, 16)
        timers.add(key, at: now + min(Self.retryDelayMax, Self.retryDelayFirst * (1 << count)))
    }

    mutating func succeeded(_ key: WorkKey) { failureCounts[key] = nil }

    mutating func pop() -> WorkKey? {
        guard head < waiting.count else { return nil }
        let key = waiting[head]
        head += 1
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            head = 0
        }
        isWaiting.remove(key)
        return key
    }

    /// Makes dirty what is due.
    mutating func wake(now: Timestamp) {
        while let key = timers.pop(due: now) { add(key) }
    }
}

/// A binary heap of keys by time. A key may stand in it several times; only its earliest counts.
struct TimerHeap: Sendable {
    private struct Entry { var time: Timestamp; var sequence: UInt64; var key: WorkKey }
    private var entries: [Entry] = []
    private var earliest: [WorkKey: Timestamp] = [:]
    private var sequence: UInt64 = 0

    /// The time of the earliest timer that still counts.
    var first: Timestamp? { entries.first?.time }

    mutating func add(_ key: WorkKey, at time: Timestamp) {
        if let known = earliest[key], known <= time { return }
        earliest[key] = time
        sequence += 1
        entries.append(Entry(time: time, sequence: sequence, key: key))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest key that is due, if there is one.
    mutating func pop(due now: Timestamp) -> WorkKey? {
        while let first = entries.first, first.time <= now {
            removeFirst()
            guard earliest[first.key] == first.time else { continue }
            earliest[first.key] = nil
            return first.key
        }
        return nil
    }

    private mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count && isBefore(child, least) {
                least = child
            }
            if least == parent { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (entries[left].time, entries[left].sequence) < (entries[right].time, entries[right].sequence)
    }
}
