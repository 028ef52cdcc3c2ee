// Writes events, behind everything else.

import JSONTree
package import KubeClient
package import KubeModel
import Logging
package import Telemetry

/// Takes events and writes them in the background, at the lowest priority. Full queues drop: an
/// event is a courtesy, never worth memory.
package actor EventRecorder {
    private var machine = EventMachine()
    private var gathering = EventGathering()
    private var queue: [EventGathering.Joined] = []
    private var isWriting = false
    private var isWaiting = false
    private let api: any KubeAPI
    private let runtime: any Runtime
    private let limiter: WriteRateLimiter
    private let metrics: MetricRegistry

    private static let queueMax = 10_000
    /// Events that come due one after the other are written together.
    private static let beat: Duration = .milliseconds(500)

    package init(api: any KubeAPI, runtime: any Runtime, limiter: WriteRateLimiter, metrics: MetricRegistry) {
        self.api = api
        self.runtime = runtime
        self.limiter = limiter
        self.metrics = metrics
    }

    package func record(_ events: [KubeEvent], component: String) {
        for event in events {
            guard queue.count + gathering.count < Self.queueMax else {
                metrics.add(.events, ["dropped"])
                continue
            }
            queue += gathering.add(event, component: component, now: runtime.now())
        }
        if !queue.isEmpty { startWriting() }
        if !isWaiting, gathering.count > 0 {
            isWaiting = true
            Task { await self.wait() }
        }
    }

    /// Writes what is held, as far as a time allows: the process ends.
    package func finish(within limit: Duration) async {
        let end = runtime.now() + limit
        queue += gathering.takeAll()
        while runtime.now() < end, !queue.isEmpty { await write(queue.removeFirst()) }
    }

    /// Waits for what is held, as long as something is.
    private func wait() async {
        while let next = gathering.next {
            do { try await runtime.sleep(until: max(next, runtime.now() + Self.beat)) } catch { break }
            queue += gathering.take(now: runtime.now())
            if !queue.isEmpty { startWriting() }
        }
        isWaiting = false
    }

    private func startWriting() {
        guard !isWriting else { return }
        isWriting = true
        Task { await self.drain() }
    }

    private func drain() async {
        while !queue.isEmpty {
            let batch = queue
            queue = []
            for joined in batch { await write(joined) }
        }
        isWriting = false
    }

    private func write(_ joined: EventGathering.Joined) async {
        switch machine.decide(joined, now: runtime.now()) {
        case .drop: metrics.add(.events, ["dropped"])
        case .create(let object): await create(object)
        case .count(let reference, let patch): await count(reference, patch)
        }
    }

    private func create(_ object: KubeObject) async {
        await limiter.pass(.event)
        do throws(KubeError) {
            try await api.write(.create(object))
            metrics.add(.events, ["created"])
        } catch {
            guard error.isAlreadyExists, let existing = try? await api.get(object.reference) else {
                machine.vanished(object.name)
                metrics.add(.events, ["failed"])
                return
            }
            await count(object.reference, machine.existed(existing, now: runtime.now()))
        }
    }

    private func count(_ reference: ObjectReference, _ patch: JSON) async {
        await limiter.pass(.event)
        do throws(KubeError) {
            try await api.write(.patch(reference, .merge(patch), if: .none))
            metrics.add(.events, ["counted"])
        } catch {
            machine.vanished(reference.name)
            metrics.add(.events, ["failed"])
        }
    }
}
