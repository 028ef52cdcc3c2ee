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
    private var queue: [(event: KubeEvent, component: String)] = []
    private var isWriting = false
    private let api: any KubeAPI
    private let runtime: any Runtime
    private let limiter: WriteRateLimiter
    private let metrics: MetricRegistry

    private static let queueMax = 10_000

    package init(api: any KubeAPI, runtime: any Runtime, limiter: WriteRateLimiter, metrics: MetricRegistry) {
        self.api = api
        self.runtime = runtime
        self.limiter = limiter
        self.metrics = metrics
    }

    package func record(_ events: [KubeEvent], component: String) {
        for event in events {
            guard queue.count < Self.queueMax else {
                metrics.add(.events, ["dropped"])
                continue
            }
            queue.append((event, component))
        }
        if !isWriting, !queue.isEmpty {
            isWriting = true
            Task { await self.drain() }
        }
    }

    private func drain() async {
        while !queue.isEmpty {
            let batch = queue
            queue = []
            for (event, component) in batch { await write(event, component) }
        }
        isWriting = false
    }

    private func write(_ event: KubeEvent, _ component: String) async {
        switch machine.decide(event, component: component, now: runtime.now()) {
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
