// A WorkQueueMachine that tasks can wait at.

import KubeModel
import Synchronization
import Telemetry

/// A worker's turn at a key.
struct WorkTurn: Sendable {
    var item: WorkItem
    /// When a change of an object asked for it; nil for a routine look.
    var since: Timestamp?
}

/// Hands keys to workers. Adding never waits; a class with a lock, since watches add from anywhere.
final class WorkQueue: Sendable {
    private struct State {
        var machine = WorkQueueMachine()
        /// Workers without work, first come first served.
        var waiters: [(id: UInt64, continuation: CheckedContinuation<WorkTurn?, Never>)] = []
        var lastID: UInt64 = 0
        var alarm: (time: Timestamp, task: Task<Void, Never>)?
        var isClosed = false
    }
    private let state = Mutex(State())
    private let runtime: any Runtime
    private let metrics: MetricRegistry

    init(runtime: any Runtime, metrics: MetricRegistry) {
        self.runtime = runtime
        self.metrics = metrics
    }

    func add(_ item: WorkItem, lane: WorkQueueMachine.Lane = .changed) {
        metrics.add(.queueAdds, [item.controller])
        let now = runtime.now()
        state.withLock { $0.machine.add(item, lane: lane, now: now) }
        dispatch()
    }

    func add(_ item: WorkItem, at time: Timestamp) {
        metrics.add(.queueAdds, [item.controller])
        let now = runtime.now()
        state.withLock { $0.machine.add(item, at: time, now: now) }
        dispatch()
    }

    /// Plans a look at a time in place of what was planned before; nil: none.
    func replan(_ item: WorkItem, at time: Timestamp?) {
        if time != nil { metrics.add(.queueAdds, [item.controller]) }
        let now = runtime.now()
        state.withLock { $0.machine.replan(item, at: time, now: now) }
        dispatch()
    }

    /// The next key; nil when the queue is closed or the task cancelled.
    func next() async -> WorkTurn? {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isTaken = state.withLock { state in
                    if state.isClosed || Task.isCancelled { return false }
                    state.waiters.append((id, continuation))
                    return true
                }
                if isTaken { dispatch() } else { continuation.resume(returning: nil) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).continuation }
            }
            waiter?.resume(returning: nil)
        }
    }

    func done(_ item: WorkItem) {
        let now = runtime.now()
        let duration = state.withLock { $0.machine.done(item, now: now) }
        metrics.observe(.queueWorkSeconds, [item.controller], duration.inSeconds)
        dispatch()
    }

    func failed(_ item: WorkItem) {
        let (now, random) = (runtime.now(), runtime.random())
        let duration = state.withLock { $0.machine.failed(item, now: now, random: random) }
        metrics.add(.queueRetries, [item.controller])
        metrics.observe(.queueWorkSeconds, [item.controller], duration.inSeconds)
        dispatch()
    }

    /// Plans nothing more for a key that is gone.
    func forget(_ item: WorkItem) { state.withLock { $0.machine.forget(item) } }

    func failureCount(_ item: WorkItem) -> Int { state.withLock { $0.machine.failureCount(item) } }

    /// Ends all waiting.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            state.alarm?.task.cancel()
            state.alarm = nil
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: nil) }
    }

    /// Takes keys again after `close`, for a next term as leader.
    func reopen() { state.withLock { $0.isClosed = false } }

    /// Gives waiting workers what there is, and sets the alarm for the next delayed key.
    private func dispatch() {
        let now = runtime.now()
        var handed: [(CheckedContinuation<WorkTurn?, Never>, WorkTurn, Duration)] = []
        state.withLock { state in
            while !state.waiters.isEmpty, let (item, lane, waited) = state.machine.next(now: now) {
                let turn = WorkTurn(item: item, since: lane == .changed ? now - waited : nil)
                handed.append((state.waiters.removeFirst().continuation, turn, waited))
            }
            setAlarm(&state)
        }
        for (continuation, turn, waited) in handed {
            metrics.observe(.queueWaitSeconds, [turn.item.controller], waited.inSeconds)
            continuation.resume(returning: turn)
        }
    }

    private func setAlarm(_ state: inout State) {
        // Without an idle worker the next one to come asks the machine anyway.
        guard !state.isClosed, !state.waiters.isEmpty, let time = state.machine.wakeTime else { return }
        if let alarm = state.alarm, alarm.time <= time { return }
        state.alarm?.task.cancel()
        let runtime = runtime
        let task = Task { [weak self] in
            do { try await runtime.sleep(until: time) } catch { return }
            self?.ring(time)
        }
        state.alarm = (time, task)
    }

    private func ring(_ time: Timestamp) {
        state.withLock { if $0.alarm?.time == time { $0.alarm = nil } }
        dispatch()
    }

    /// Lets the gauges of some controllers be read from the queue.
    func sample(controllers: [String]) {
        metrics.sample(.queueDepth) { [weak self] in
            controllers.map { name in ([name], Double(self?.state.withLock { $0.machine.depth(of: name) } ?? 0)) }
        }
        metrics.sample(.queueUnfinishedSeconds) { [weak self] in
            controllers.map { ([$0], self?.present(of: $0).sum.inSeconds ?? 0) }
        }
        metrics.sample(.queueLongestRunningSeconds) { [weak self] in
            controllers.map { ([$0], self?.present(of: $0).longest.inSeconds ?? 0) }
        }
    }

    private func present(of controller: String) -> (sum: Duration, longest: Duration) {
        let now = runtime.now()
        return state.withLock { $0.machine.present(of: controller, now: now) }
    }
}
