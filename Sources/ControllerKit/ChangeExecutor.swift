// The only way to write: sends changes in order and says what became of each.

import JSONTree
package import KubeClient
package import KubeModel
import Logging
import Synchronization
package import Telemetry

/// Sends the changes of plans. Drops those that change nothing, keeps to the rate limit by
/// priority, translates the server's refusals, and notes versions for the ledger.
package struct ChangeExecutor: Sendable {
    /// May fail a change instead of its being sent, or wait before it: for tests.
    package typealias Fault = @Sendable (PlannedChange) async -> KubeError?

    private let api: any KubeAPI
    private let limiter: WriteRateLimiter
    private let metrics: MetricRegistry
    private let fault: Fault?

    package init(
        api: any KubeAPI, limiter: WriteRateLimiter, metrics: MetricRegistry, fault: Fault? = nil
    ) {
        self.api = api
        self.limiter = limiter
        self.metrics = metrics
        self.fault = fault
    }

    /// Sends changes one after the other.
    ///
    /// - Parameters:
    ///   - continuesAfterFailure: else the first failure skips the rest, since their order is what
    ///     makes them safe.
    ///   - wrote: told of each object written, at once.
    /// - Returns: An outcome for each change.
    package func execute(
        _ changes: [PlannedChange], controller: String, continuesAfterFailure: Bool = false,
        wrote: @Sendable (PlannedChange, KubeObject) -> Void
    ) async -> [ChangeOutcome] {
        var outcomes: [ChangeOutcome] = []
        var hasFailed = false
        for change in changes {
            guard !hasFailed || continuesAfterFailure else {
                outcomes.append(.skipped)
                continue
            }
            let outcome = await execute(change, controller: controller, wrote: wrote)
            hasFailed = hasFailed || !outcome.isSuccess
            outcomes.append(outcome)
        }
        return outcomes
    }

    private func execute(
        _ planned: PlannedChange, controller: String, wrote: @Sendable (PlannedChange, KubeObject) -> Void
    ) async -> ChangeOutcome {
        if planned.change.changesNothing {
            metrics.add(.emptyChanges, [controller])
            return .dropped
        }
        await limiter.pass(planned.priority)
        let outcome = await send(planned, wrote)
        metrics.add(.changes, [controller, planned.change.verb, outcome.label])
        return outcome
    }

    private func send(
        _ planned: PlannedChange, _ wrote: @Sendable (PlannedChange, KubeObject) -> Void
    ) async -> ChangeOutcome {
        if let error = await fault?(planned) { return translate(error, planned.change) }
        do throws(KubeError) {
            let object = try await api.write(planned.change)
            if let object { wrote(planned, object) }
            return .done(object)
        } catch {
            guard error.isAlreadyExists, case .create(let wanted) = planned.change else {
                let outcome = translate(error, planned.change)
                if outcome.isConflict || error.leavesOpenWhetherWritten { await learn(planned, wrote) }
                return outcome
            }
            return await resolve(wanted, planned, error, wrote)
        }
    }

    /// Asks what there is now. Whoever decides again before the cache shows it might undo it.
    private func learn(_ planned: PlannedChange, _ wrote: @Sendable (PlannedChange, KubeObject) -> Void) async {
        if let present = try? await api.get(planned.change.reference) { wrote(planned, present) }
    }

    /// A create met an object of its name: if that has the same controller, an earlier pass made it
    /// and we have only not seen it yet.
    private func resolve(
        _ wanted: KubeObject, _ planned: PlannedChange, _ error: KubeError,
        _ wrote: @Sendable (PlannedChange, KubeObject) -> Void
    ) async -> ChangeOutcome {
        guard let existing = try? await api.get(wanted.reference) else { return .failed(error) }
        guard existing.controller?.uid == wanted.controller?.uid, !existing.isDeleting else { return .failed(error) }
        wrote(planned, existing)
        return .already
    }

    private func translate(_ error: KubeError, _ change: Change) -> ChangeOutcome {
        if error.isNotFound {
            switch change {
            case .delete, .evict: return .already
            case .patch, .patchStatus: return .gone(error)
            case .create, .apply: return .failed(error)
            }
        }
        if error.isConflict {
            // A conflict of server-side apply is about who owns a field: looking again is no help.
            if case .apply = change { return .failed(error) }
            return .conflict(error)
        }
        if case .patch(_, let patch, let condition) = change, let status = error.status, status.code == 422 {
            // A failed `test` of a JSON patch is answered without causes; a changed uid as an
            // invalid field.
            if case .json = patch, status.causes.isEmpty { return .conflict(error) }
            if condition.uid != nil, status.causes.contains(where: { $0.field == "metadata.uid" }) { return .conflict(error) }
        }
        return .failed(error)
    }
}

extension Change {
    /// A patch without content.
    var changesNothing: Bool {
        switch self {
        case .patch(_, .merge(let patch), _): patch == [:]
        case .patch(_, .json(let patch), _):
            patch.operations.allSatisfy { operation in
                if case .test = operation { return true }
                return false
            }
        case .patchStatus(_, let patch, _): patch == [:] || patch == ["status": [:]]
        case .create, .apply, .delete, .evict: false
        }
    }
}

extension ChangeOutcome {
    /// For counts.
    var label: String {
        switch self {
        case .done: "done"
        case .already: "already"
        case .dropped: "dropped"
        case .conflict: "conflict"
        case .gone: "gone"
        case .failed: "failed"
        case .skipped: "skipped"
        }
    }
}
