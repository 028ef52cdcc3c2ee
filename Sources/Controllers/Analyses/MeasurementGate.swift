// How many requests are under way at once: to one server, and in all.

import Synchronization

/// Decides whose turn it is. A server that does not answer takes only its own places, so that the
/// others are asked in time.
package struct TurnMachine<Waiter> {
    private struct Queue {
        var underWay = 0
        var waiting: [Waiter] = []
        /// The first of `waiting` that has not had its turn; those before it are swept in bulk.
        var first = 0
        var isIdle: Bool { underWay == 0 && first == waiting.count }
    }
    private var queues: [String: Queue] = [:]
    /// Servers for which somebody waits, in the order of their turns.
    private var turns: [String] = []
    package private(set) var underWay = 0
    private let perServerMax: Int
    private let max: Int

    package init(perServerMax: Int, max: Int) {
        self.perServerMax = perServerMax
        self.max = max
    }

    /// Takes a place if there is one; otherwise the waiter waits.
    package mutating func enter(_ server: String, _ waiter: Waiter) -> Bool {
        // Out of the dictionary and back, so that the list of those who wait is changed in place.
        var queue = queues.removeValue(forKey: server) ?? Queue()
        defer { queues[server] = queue }
        if underWay < max, queue.underWay < perServerMax, queue.first == queue.waiting.count {
            queue.underWay += 1
            underWay += 1
            return true
        }
        if queue.first == queue.waiting.count { turns.append(server) }
        queue.waiting.append(waiter)
        return false
    }

    /// Gives a place back; who has it next, if anybody.
    package mutating func leave(_ server: String) -> Waiter? {
        queues[server]?.underWay -= 1
        underWay -= 1
        if queues[server]?.isIdle ?? false { queues[server] = nil }
        guard let at = turns.firstIndex(where: { queues[$0]?.underWay ?? 0 < perServerMax }) else { return nil }
        let next = turns.remove(at: at)
        guard var queue = queues.removeValue(forKey: next) else { return nil }
        let waiter = queue.waiting[queue.first]
        queue.first += 1
        if queue.first == queue.waiting.count {
            queue.waiting = []
            queue.first = 0
        } else {
            turns.append(next)
            if queue.first > 1024 {
                queue.waiting.removeFirst(queue.first)
                queue.first = 0
            }
        }
        queue.underWay += 1
        underWay += 1
        queues[next] = queue
        return waiter
    }
}

/// Lets requests pass in the order they come. A class with a lock, since measurements are tasks of
/// their own.
final class MeasurementGate: Sendable {
    private let state: Mutex<TurnMachine<CheckedContinuation<Void, Never>>>

    /// As many connections as the client opens to a server that speaks HTTP/1.1: one that waits
    /// here is known to wait.
    static let perServerMax = 100
    /// Each takes a file descriptor and some tens of KiB.
    static let max = 400

    init() { state = Mutex(TurnMachine(perServerMax: Self.perServerMax, max: Self.max)) }

    /// Does the work when it is its turn.
    func pass<Answer: Sendable, Failure: Error>(
        to server: String, _ work: () async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { $0.enter(server, continuation) }
            if isFree { continuation.resume() }
        }
        defer { state.withLock { $0.leave(server) }?.resume() }
        return try await work()
    }
}
