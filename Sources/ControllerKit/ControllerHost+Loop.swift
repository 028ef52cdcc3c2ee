// The loop: key → ledger → gather and decide → execute → requeue.

import JSONTree
import KubeClient
import KubeModel
import Logging
import Synchronization
import Telemetry

extension ControllerHost {
    /// Runs until the task is cancelled: watches at once, passes while we lead.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.lead() }
            for await reflector in started { group.addTask { await reflector.run() } }
            group.cancelAll()
        }
        // A task of its own: this one is cancelled by now.
        await Task { await recorder.finish(within: Self.lastEvents) }.value
    }

    /// What writing the last events may take; an orchestrator waits much longer for a process's end.
    private static let lastEvents: Duration = .seconds(2)

    private func lead() async {
        guard let lease = options.lease else {
            metrics.set(.isLeader, to: 1)
            return await work()
        }
        let election = LeaderElection(
            api: api, runtime: runtime, metrics: metrics, logger: logger, lease: lease, identity: options.identity,
            timing: options.leaseTiming)
        await election.run { await self.work() }
    }

    /// One term as leader: waits for whole caches, looks at every object once, then works.
    private func work() async {
        let began = runtime.now()
        while !isSynced {
            do { try await runtime.sleep(until: runtime.now() + .milliseconds(10)) } catch { return }
        }
        logger.info(
            "caches are whole", metadata: ["seconds": "\((runtime.now() - began).inSeconds)"])
        memory.releaseNow()
        queue.reopen()
        state.withLock { $0.isLeading = true }
        let reader = cache.snapshot()
        for controller in controllers.values {
            for key in reader.keys(controller.kind) {
                queue.add(WorkItem(controller: controller.name, key: key), lane: .routine)
            }
        }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for _ in 0..<options.concurrency {
                    group.addTask { while let turn = await self.queue.next() { await self.pass(turn) } }
                }
            }
        } onCancel: {
            queue.close()
        }
        state.withLock { $0.isLeading = false }
    }

    // MARK: One pass

    private func pass(_ turn: WorkTurn) async {
        let item = turn.item
        guard let controller = controllers[item.controller] else { return queue.done(item) }
        // Before the snapshot: what is whole by then, the snapshot shows.
        let moment = state.withLock { $0.wholeCount }
        let reader = cache.snapshot()
        let now = runtime.now()
        let owner = WriteLedger.Owner(controller: item.controller, key: item.key)
        let isSeen = state.withLock { state in
            state.ledger.isSeen(by: owner, now: now) { reader.version(of: $0) }
        }
        guard isSeen else {
            // The watch is behind our own writes; what it brings will usually come first.
            queue.done(item)
            return queue.add(item, at: now + .milliseconds(20))
        }
        let result: PassResult
        do throws(Failure) {
            let pass = makePass(controller, item, reader, moment, now)
            let plan = try await controller.reconcile(item.key, pass)
            result = await carryOut(plan, controller, turn)
        } catch {
            result = translate(error, item)
        }
        metrics.add(.reconciles, [item.controller, result.rawValue])
        let seconds = (runtime.now() - now).inSeconds
        metrics.observe(.reconcileSeconds, [item.controller], seconds)
        count(controller, item.key, isThere: reader.object(controller.kind, item.key) != nil, result, seconds)
        if result == .failed {
            queue.failed(item)
        } else {
            queue.done(item)
        }
        memory.passed()
        if reader.object(controller.kind, item.key) == nil, result != .failed { queue.forget(item) }
    }

    /// Counts for the object itself; what was counted goes with it.
    private func count(
        _ controller: any Controller, _ key: ObjectKey, isThere: Bool, _ result: PassResult, _ seconds: Double
    ) {
        guard let own = controller.objectMetrics else { return }
        if isThere {
            metrics.observe(own.duration, [key.namespace, key.name], seconds)
            if result == .failed { metrics.add(own.errors, [key.namespace, key.name]) }
            return
        }
        for metric in [own.duration, own.errors, own.events].compactMap(\.self) {
            metrics.remove(metric, where: ["namespace": key.namespace, "name": key.name])
        }
    }

    /// Hands events to the recorder, counted by their object where that is wished.
    private func record(_ events: [KubeEvent], _ controller: any Controller) async {
        if let metric = controller.objectMetrics?.events {
            for event in events where event.regarding.kind.groupKind == controller.kind {
                let object = event.regarding
                metrics.add(metric, [object.namespace, object.name, event.type.rawValue, event.reason])
            }
        }
        await recorder.record(events, component: controller.eventComponent)
    }

    /// How a pass ended, for counts.
    private enum PassResult: String { case changed, unchanged, conflict, waiting, stalled, failed }

    private func makePass(
        _ controller: any Controller, _ item: WorkItem, _ reader: CacheSnapshot, _ moment: UInt64,
        _ now: Timestamp
    ) -> Pass {
        let name = item.controller
        var logger = logger
        logger[metadataKey: "controller"] = .string(name)
        logger[metadataKey: "object"] = .string(item.key.description)
        return Pass(
            reader: reader, now: now, api: api,
            enqueue: { [queue] key, time in
                let other = WorkItem(controller: name, key: key)
                if let time { queue.add(other, at: time) } else { queue.add(other) }
            },
            execute: { changes, continues in
                await self.execute(changes, controller, item, continuesAfterFailure: continues)
            },
            watch: { [weak self] in self?.watch($0, for: name, by: moment) ?? false },
            logger: logger)
    }

    /// Sends changes, notes what was written, records the events of those that succeeded.
    private func execute(
        _ changes: [PlannedChange], _ controller: any Controller, _ item: WorkItem, continuesAfterFailure: Bool,
        isWhole: Bool = false
    ) async -> [ChangeOutcome] {
        let outcomes = await executor.execute(
            changes, controller: item.controller, continuesAfterFailure: continuesAfterFailure
        ) { planned, object in
            let owner = WriteLedger.Owner(controller: item.controller, key: planned.owner ?? item.key)
            let now = runtime.now()
            let kind = object.kind.groupKind
            let isKnown = isWhole && kind == controller.kind && object.key == item.key
            state.withLock {
                $0.ledger.wrote(kind, version: object.resourceVersion, by: owner, isKnown: isKnown, now: now)
            }
        }
        var events: [KubeEvent] = []
        for (change, outcome) in zip(changes, outcomes) {
            if case .done = outcome { events += change.events }
        }
        if !events.isEmpty { await record(events, controller) }
        return outcomes
    }

    private func carryOut(
        _ plan: Reconciliation, _ controller: any Controller, _ turn: WorkTurn
    ) async -> PassResult {
        let item = turn.item
        if let since = turn.since, plan.changes.contains(where: { !$0.change.changesNothing }) {
            let waited = runtime.now() - since
            metrics.observe(.firstWriteSeconds, [item.controller], waited.inSeconds)
        }
        let owner = WriteLedger.Owner(controller: item.controller, key: item.key)
        let waitsForEcho = plan.isWhole && !plan.changes.isEmpty
        if waitsForEcho { state.withLock { $0.ledger.beginsWriting(owner) } }
        let outcomes = await execute(plan.changes, controller, item, continuesAfterFailure: false, isWhole: plan.isWhole)
        if waitsForEcho, state.withLock({ $0.ledger.endsWriting(owner, controller.kind) }) { queue.add(item) }
        if let (change, outcome) = zip(plan.changes, outcomes).first(where: { !$1.isSuccess }) {
            return failed(change, outcome, item)
        }
        if !plan.events.isEmpty { await record(plan.events, controller) }
        if plan.isWhole {
            queue.replan(item, at: plan.requeueAt)
        } else if let time = plan.requeueAt {
            queue.add(item, at: time)
        }
        let written = zip(plan.changes, outcomes).filter { if case .done = $1 { true } else { false } }.map(\.0)
        guard !written.isEmpty else { return .unchanged }
        logger.info(
            "changed",
            metadata: [
                "controller": .string(item.controller), "object": .string(item.key.description),
                "changes": .string(written.map(\.summary).joined(separator: "; ")), "why": .string(plan.why),
            ])
        return .changed
    }

    private func failed(_ change: PlannedChange, _ outcome: ChangeOutcome, _ item: WorkItem) -> PassResult {
        var metadata: Logger.Metadata = [
            "controller": .string(item.controller), "object": .string(item.key.description),
            "change": .string(change.summary), "error": .string(outcome.error?.description ?? outcome.label),
        ]
        switch outcome {
        case .conflict, .gone:
            // Somebody wrote in between: what the watch brings is looked at again.
            logger.debug("change refused, looking again", metadata: metadata)
            queue.add(item, at: runtime.now() + .milliseconds(50))
            return .conflict
        case .failed, .skipped, .done, .already, .dropped:
            let attempt = queue.failureCount(item)
            metadata["attempt"] = .stringConvertible(attempt + 1)
            logger.warning("change failed, tried again", metadata: metadata)
            return .failed
        }
    }

    /// The one translation of a controller's failure.
    private func translate(_ failure: Failure, _ item: WorkItem) -> PassResult {
        let metadata: Logger.Metadata = [
            "controller": .string(item.controller), "object": .string(item.key.description),
            "reason": .string(failure.message),
        ]
        switch failure {
        case .stalled:
            logger.warning("stalled until something changes", metadata: metadata)
            return .stalled
        case .waiting(_, _, let until):
            if let until { queue.add(item, at: until) }
            return .waiting
        case .transient(let error, _):
            if let error = error as? KubeError, error.isConflict {
                queue.add(item, at: runtime.now() + .milliseconds(50))
                return .conflict
            }
            logger.warning("pass failed, tried again", metadata: metadata)
            return .failed
        }
    }
}

extension PlannedChange {
    /// `patch Service/web: reason`.
    var summary: String { "\(change.verb) \(change.reference.shortDescription): \(reason)" }
}
