// The machine, a real clock and a durable journal behind one actor.

package import ClusterSim
package import HTTPModel
import KubeModel
import Logging

/// A running cluster: everything that touches the machine passes through here, one at a time.
///
/// **Guarantees.** No answer and no watch line leaves before every change that it could have seen
/// is on disk. Changes reach the journal in their order; requests that arrive while a commit runs
/// share the next one.
package actor LocalCluster {
    private var machine: ClusterMachine
    private var clock: RealClock
    private let journal: Journal?
    private let logger: Logger
    private let feed: ChangeFeed

    /// The number of batches of changes so far, and of those on disk.
    private var madeCount: UInt64 = 0
    private var durableCount: UInt64 = 0
    private var pending: [JournalRecord] = []
    private var isCommitting = false
    private var commitWaiters: [(count: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    /// Set by the first commit that fails: from then on nothing is acknowledged.
    private var isBroken = false
    private let onBroken: @Sendable (String) -> Void

    private var openWatches: Set<WatchID> = []
    private var watchWaiters: [WatchID: CheckedContinuation<Void, Never>] = [:]
    private var lastWatchWake = Timestamp.epoch
    private var isWatchWakeScheduled = false

    private var wakeTask: Task<Void, Never>?
    private var wakeTime: Timestamp?
    private var isStopped = false

    /// - Parameters:
    ///   - journal: Where changes are kept; nil keeps nothing.
    ///   - restored: What the journal held.
    ///   - onBroken: Called once when the journal cannot be written any more.
    init(
        configuration: ClusterConfiguration, journal: Journal?, restored: [JournalRecord], feed: ChangeFeed,
        logger: Logger, onBroken: @escaping @Sendable (String) -> Void
    ) {
        var clock = RealClock()
        let now = clock.now()
        self.clock = clock
        self.journal = journal
        self.logger = logger
        self.feed = feed
        self.onBroken = onBroken
        machine =
            restored.isEmpty
            ? ClusterMachine(configuration: configuration, now: now)
            : ClusterMachine(configuration: configuration, restoring: restored, now: now)
        feed.publish(restored)
    }

    /// Writes down what the machine made at its start, and starts its clock.
    func begin() async { _ = await settleDurably() }

    // MARK: Requests

    /// An answer, and who was found to have asked.
    package struct Answered: Sendable {
        package var answer: APIAnswer
        package var user: UserInfo
    }

    /// Answers a request from outside: its credentials are checked.
    package func answer(_ request: HTTPRequest) async -> Answered {
        guard let user = machine.authenticate(request.headers, now: clock.now()) else {
            return Answered(answer: .response(Self.unauthorized), user: .anonymous)
        }
        return Answered(answer: await answer(request, as: user), user: user)
    }

    /// Answers a request of a user who is already known.
    package func answer(_ request: HTTPRequest, as user: UserInfo) async -> APIAnswer {
        guard !isStopped, !isBroken else { return .response(Self.unavailable) }
        let answer = machine.handle(request, user: user, now: clock.now())
        if case .watch(let id, _) = answer { openWatches.insert(id) }
        guard await settleDurably() else { return .response(Self.unavailable) }
        return answer
    }

    /// An object of the core group as it is now: for what plays kubelet in this process.
    func object(_ kind: String, _ namespace: String, _ name: String) -> KubeObject? {
        machine.object(GroupKind("", kind), ObjectKey(namespace: namespace, name: name))
    }

    // MARK: Watches

    /// The next lines of a watch, as many as there are.
    ///
    /// - Returns: Nil when the watch has ended. It suspends while there is nothing; when its task is
    ///   cancelled the watch is closed.
    package func nextLines(of id: WatchID) async -> [UInt8]? {
        while openWatches.contains(id), !Task.isCancelled {
            let (bytes, isEnded) = machine.drain(id)
            if isEnded { openWatches.remove(id) }
            if !bytes.isEmpty { return await waitUntilDurable() ? bytes : nil }
            if isEnded { return nil }
            await withTaskCancellationHandler {
                await withCheckedContinuation { watchWaiters[id] = $0 }
            } onCancel: {
                Task { await self.close(id) }
            }
        }
        close(id)
        return nil
    }

    /// Forgets a watch.
    package func close(_ id: WatchID) {
        if openWatches.remove(id) != nil { machine.close(id) }
        watchWaiters.removeValue(forKey: id)?.resume()
    }

    /// Lets ready watches send, at once after a pause, and gathered while changes come fast: a line
    /// costs little, but a write to each of many connections does.
    private func wakeReadyWatches() {
        guard !watchWaiters.isEmpty, !isWatchWakeScheduled else { return }
        let interval = watchWaiters.count > Self.manyWatches ? Self.manyWatchesInterval : Self.watchInterval
        let pause = clock.now() - lastWatchWake
        if pause >= interval { return wakeReadyWatchesNow() }
        isWatchWakeScheduled = true
        Task {
            try? await Task.sleep(for: interval - pause, tolerance: .zero)
            isWatchWakeScheduled = false
            wakeReadyWatchesNow()
        }
    }

    private func wakeReadyWatchesNow() {
        lastWatchWake = clock.now()
        for id in machine.readyWatches { watchWaiters.removeValue(forKey: id)?.resume() }
    }

    private static let watchInterval = Duration.milliseconds(1)
    private static let manyWatches = 64
    private static let manyWatchesInterval = Duration.milliseconds(10)

    // MARK: Durability

    /// Passes on what the last call to the machine did, and waits until it is on disk.
    private func settleDurably() async -> Bool {
        settle()
        return await waitUntilDurable()
    }

    private func settle() {
        let records = machine.drainJournal()
        if !records.isEmpty {
            feed.publish(records)
            if journal != nil {
                madeCount += 1
                pending += records
                commitPending()
            }
        }
        wakeReadyWatches()
        scheduleWake()
    }

    private func waitUntilDurable() async -> Bool {
        if isBroken { return false }
        if journal == nil || durableCount >= madeCount { return true }
        let count = madeCount
        return await withCheckedContinuation { commitWaiters.append((count, $0)) }
    }

    private func commitPending() {
        guard let journal, !isCommitting, !pending.isEmpty, !isBroken else { return }
        isCommitting = true
        let batch = pending
        let count = madeCount
        pending = []
        Task {
            do {
                try await journal.commit(batch)
                committed(upTo: count)
            } catch {
                breakDown("the journal cannot be written: \(error)")
            }
        }
    }

    private func committed(upTo count: UInt64) {
        durableCount = count
        isCommitting = false
        commitPending()
        // Waiters are in the order of their counts.
        let ready = commitWaiters.prefix { $0.count <= count }
        commitWaiters.removeFirst(ready.count)
        for waiter in ready { waiter.continuation.resume(returning: true) }
    }

    private func breakDown(_ reason: String) {
        guard !isBroken else { return }
        isBroken = true
        logger.critical("\(reason)")
        for waiter in commitWaiters { waiter.continuation.resume(returning: false) }
        commitWaiters = []
        onBroken(reason)
    }

    // MARK: Time

    private func scheduleWake() {
        guard !isStopped, let due = machine.nextWake else { return }
        // Waking early is harmless; so a later time does not move the alarm.
        if let wakeTime, wakeTime <= due { return }
        wakeTask?.cancel()
        wakeTime = due
        // The floor keeps a machine that is always due from starving requests.
        let delay = max(due - clock.now(), .microseconds(200))
        wakeTask = Task {
            try? await Task.sleep(for: delay, tolerance: .microseconds(500))
            if !Task.isCancelled { tick() }
        }
    }

    private func tick() {
        wakeTime = nil
        guard !isStopped, !isBroken else { return }
        machine.tick(now: clock.now())
        settle()
    }

    // MARK: End

    /// Ends all watches and refuses further requests; what was acknowledged is already on disk.
    func stop() async {
        isStopped = true
        wakeTask?.cancel()
        for id in openWatches { close(id) }
        feed.finish()
        _ = await waitUntilDurable()
    }

    private static let unauthorized = status(401, "Unauthorized", "Unauthorized")
    private static let unavailable = status(503, "ServiceUnavailable", "the server is stopping")

    private static func status(_ code: Int, _ reason: String, _ message: String) -> HTTPResponse {
        let text = """
            {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"\(message)",\
            "reason":"\(reason)","code":\(code)}
            """
        return HTTPResponse(
            status: code, headers: ["Content-Type": "application/json"], body: Array("\(text)\n".utf8))
    }
}
