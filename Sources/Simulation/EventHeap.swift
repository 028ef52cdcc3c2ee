// What happens next, in virtual time.

import KubeModel

/// Events by time; of equal times the one that was put in first comes first.
struct EventHeap<Event: Sendable>: Sendable {
    private struct Entry: Sendable {
        var time: Timestamp
        var order: UInt64
        var event: Event
        func isBefore(_ other: Entry) -> Bool { (time, order) < (other.time, other.order) }
    }
    private var entries: [Entry] = []
    private var order: UInt64 = 0

    var isEmpty: Bool { entries.isEmpty }
    var nextTime: Timestamp? { entries.first?.time }

    mutating func push(_ event: Event, at time: Timestamp) {
        order += 1
        entries.append(Entry(time: time, order: order, event: event))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].isBefore(entries[parent]) else { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> (time: Timestamp, event: Event)? {
        guard let first = entries.first else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                    if entries[child].isBefore(entries[least]) { least = child }
                }
                if least == parent { break }
                entries.swapAt(parent, least)
                parent = least
            }
        }
        return (first.time, first.event)
    }

    mutating func removeAll(where condition: (Event) -> Bool) {
        let kept = entries.filter { !condition($0.event) }
        entries = []
        for entry in kept.sorted(by: { $0.isBefore($1) }) { push(entry.event, at: entry.time) }
    }
}
