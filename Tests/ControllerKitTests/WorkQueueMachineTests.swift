// The queue's decisions.

import ControllerKit
import KubeModel
import Testing

@Suite struct WorkQueueMachineTests {
    private func item(_ name: String) -> WorkItem { WorkItem(controller: "c", key: key(name)) }
    private func names(_ machine: inout WorkQueueMachine, now: Timestamp) -> [String] {
        var names: [String] = []
        while let (item, _, _) = machine.next(now: now) { names.append(item.key.name) }
        return names
    }

    @Test func `a key waits once, in the order of its first adding`() {
        var queue = WorkQueueMachine()
        for name in ["a", "b", "a", "c", "b"] { queue.add(item(name), now: at(0)) }
        #expect(queue.depth == 3)
        #expect(names(&queue, now: at(1)) == ["a", "b", "c"])
    }

    @Test func `a key that is worked on comes again once, after it is done`() {
        var queue = WorkQueueMachine()
        queue.add(item("a"), now: at(0))
        #expect(queue.next(now: at(2))?.waited == .seconds(2))
        queue.add(item("a"), now: at(2))
        queue.add(item("a"), now: at(2))
        #expect(queue.next(now: at(2)) == nil)
        #expect(queue.done(item("a"), now: at(5)) == .seconds(3))
        #expect(names(&queue, now: at(5)) == ["a"])
    }

    @Test func `a delayed key comes at its time, the earliest of several`() {
        var queue = WorkQueueMachine()
        queue.add(item("a"), at: at(10), now: at(0))
        queue.add(item("a"), at: at(5), now: at(0))
        queue.add(item("a"), at: at(7), now: at(0))
        #expect(queue.wakeTime == at(5))
        #expect(names(&queue, now: at(4.9)) == [])
        #expect(names(&queue, now: at(5)) == ["a"])
        _ = queue.done(item("a"), now: at(5))
        #expect(names(&queue, now: at(20)) == [])
        #expect(queue.wakeTime == nil)
    }

    @Test func `a new plan takes the place of an earlier time`() {
        var queue = WorkQueueMachine()
        queue.add(item("a"), at: at(5), now: at(0))
        queue.replan(item("a"), at: at(9), now: at(0))
        #expect(names(&queue, now: at(8)) == [])
        #expect(names(&queue, now: at(9)) == ["a"])
        _ = queue.done(item("a"), now: at(9))
        queue.add(item("b"), at: at(12), now: at(9))
        queue.replan(item("b"), at: nil, now: at(9))
        #expect(names(&queue, now: at(100)) == [])
        // What is asked for now is not a plan: it stays.
        queue.add(item("c"), now: at(100))
        queue.replan(item("c"), at: nil, now: at(100))
        #expect(names(&queue, now: at(100)) == ["c"])
    }

    @Test func `failures wait longer each time and success forgets them`() {
        var queue = WorkQueueMachine(backoff: Backoff(base: .seconds(1), max: .seconds(5), jitter: 0))
        var now = at(0)
        var pauses: [Duration] = []
        queue.add(item("a"), now: now)
        for _ in 0..<5 {
            _ = queue.next(now: now)
            _ = queue.failed(item("a"), now: now, random: 0)
            guard let wake = queue.wakeTime else { break }
            pauses.append(wake - now)
            now = wake
        }
        #expect(pauses == [.seconds(1), .seconds(2), .seconds(4), .seconds(5), .seconds(5)])
        #expect(queue.failureCount(item("a")) == 5)
        _ = queue.next(now: now)
        _ = queue.done(item("a"), now: now)
        #expect(queue.failureCount(item("a")) == 0)
    }

    @Test func `a change does not wait for a failed key's pause`() {
        var queue = WorkQueueMachine()
        queue.add(item("a"), now: at(0))
        _ = queue.next(now: at(0))
        queue.add(item("a"), now: at(0))
        _ = queue.failed(item("a"), now: at(0), random: 0)
        #expect(names(&queue, now: at(0)) == ["a"])
    }

    @Test func `what changed goes before routine, which is not starved`() {
        var queue = WorkQueueMachine()
        for number in 0..<3 { queue.add(item("r\(number)"), lane: .routine, now: at(0)) }
        for number in 0..<10 { queue.add(item("c\(number)"), now: at(0)) }
        queue.add(item("r2"), now: at(0))
        #expect(
            names(&queue, now: at(0)) == ["c0", "c1", "c2", "c3", "r0", "c4", "c5", "c6", "c7", "r1", "c8", "c9", "r2"])
    }

    @Test func `outdated delays do not pile up`() {
        var queue = WorkQueueMachine()
        for number in 0..<10_000 { queue.add(item("a"), at: at(Double(20_000 - number)), now: at(0)) }
        #expect(queue.wakeTime == at(10_001))
        queue.forget(item("a"))
        #expect(names(&queue, now: at(30_000)) == [])
        #expect(queue.isIdle)
    }

    @Test(arguments: 0..<20)
    func `no key is lost and none is worked on twice at once`(_ seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var queue = WorkQueueMachine()
        var now = at(0)
        var working: Set<WorkItem> = []
        /// Keys that must still get a pass that begins after their last adding.
        var owed: Set<WorkItem> = []
        for _ in 0..<2000 {
            now += .milliseconds(100)
            let one = item("k\(dice.below(8))")
            switch dice.below(6) {
            case 0, 1:
                queue.add(one, lane: dice.below(2) == 0 ? .changed : .routine, now: now)
                owed.insert(one)
            case 2:
                queue.add(one, at: now + .seconds(dice.below(4)), now: now)
                owed.insert(one)
            case 3, 4:
                if let (next, _, _) = queue.next(now: now) {
                    #expect(working.insert(next).inserted)
                    owed.remove(next)
                }
            default:
                guard let busy = working.sorted(by: { $0.key < $1.key }).first else { continue }
                working.remove(busy)
                if dice.below(3) == 0 {
                    _ = queue.failed(busy, now: now, random: dice.next())
                    owed.insert(busy)
                } else {
                    _ = queue.done(busy, now: now)
                }
            }
        }
        for busy in working { _ = queue.done(busy, now: now) }
        now += .seconds(1000)
        while let (next, _, _) = queue.next(now: now) {
            owed.remove(next)
            _ = queue.done(next, now: now)
        }
        #expect(owed.isEmpty)
    }
}
