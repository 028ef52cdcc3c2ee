// Obeys a LeaseMachine, and runs something while it leads.

import KubeClient
import KubeModel
import Logging
import Telemetry

/// Leads by a lease.
struct LeaderElection: Sendable {
    let api: any KubeAPI
    let runtime: any Runtime
    let metrics: MetricRegistry
    let logger: Logger
    let lease: ObjectKey
    let identity: String
    var timing = LeaseMachine.Timing()

    /// Runs `lead` each time we become leader, and cancels it when we are no more. Returns when the
    /// task is cancelled; the lease is then given back.
    func run(_ lead: @escaping @Sendable () async -> Void) async {
        var machine = LeaseMachine(lease: lease, identity: identity, timing: timing)
        var term: Task<Void, Never>?
        metrics.set(.isLeader, to: 0)
        while !Task.isCancelled {
            await step(&machine)
            let isLeading = machine.isLeading(at: runtime.now())
            if isLeading, term == nil {
                logger.info("leading", metadata: ["lease": .string(lease.description)])
                metrics.set(.isLeader, to: 1)
                term = Task { await lead() }
            } else if !isLeading, let running = term {
                logger.warning("lost the lease", metadata: ["holder": .string(machine.holder ?? "nobody")])
                metrics.set(.isLeader, to: 0)
                running.cancel()
                await running.value
                term = nil
            }
        }
        term?.cancel()
        await term?.value
        if let release = machine.release(now: runtime.now()) {
            // Ours is cancelled: the last request goes out in a task of its own.
            let api = api
            await Task { _ = try? await api.write(release) }.value
        }
    }

    private func step(_ machine: inout LeaseMachine) async {
        let now = runtime.now()
        do throws(KubeError) {
            switch machine.action(now: now) {
            case .wait(let until):
                do { try await runtime.sleep(until: until) } catch { return }
            case .read:
                let (api, reference) = (api, machine.leaseReference)
                let lease = try await bounded { () throws(KubeError) in try await Self.read(reference, api) }
                machine.read(lease, now: runtime.now())
            case .write(let change):
                let api = api
                let lease = try await bounded { () throws(KubeError) in try await api.write(change) }
                guard let lease else { throw .malformed("no lease in the answer") }
                machine.wrote(lease, sentAt: now, now: runtime.now())
            }
        } catch {
            if Task.isCancelled { return }
            if !error.isConflict, !error.isAlreadyExists {
                logger.warning("lease not reached", metadata: ["error": .string(error.description)])
            }
            machine.failed(error, now: runtime.now(), random: runtime.random())
        }
    }

    /// Gives a call half of the deadline: a request that hangs must not keep us from noticing that
    /// we lead no more.
    private func bounded(
        _ call: @escaping @Sendable () async throws(KubeError) -> KubeObject?
    ) async throws(KubeError) -> KubeObject? {
        let runtime = runtime
        let limit = runtime.now() + timing.renewDeadline / 2
        let result = await withTaskGroup(of: Result<KubeObject?, KubeError>.self) { group in
            group.addTask {
                do throws(KubeError) { return .success(try await call()) } catch { return .failure(error) }
            }
            group.addTask {
                try? await runtime.sleep(until: limit)
                return .failure(.malformed("no answer in time"))
            }
            let first = await group.next() ?? .failure(.malformed("no answer"))
            group.cancelAll()
            return first
        }
        return try result.get()
    }

    private static func read(
        _ reference: ObjectReference, _ api: any KubeAPI
    ) async throws(KubeError) -> KubeObject? {
        do throws(KubeError) { return try await api.get(reference) } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }
}
