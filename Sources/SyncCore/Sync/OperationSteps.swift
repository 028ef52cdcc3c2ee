// The steps of a sync, from its start to its end.

import JSONTree
import KubeModel
import MartletModel

/// Moves a sync forward by one step.
enum OperationSteps {
    /// Starts a sync where one is asked for or due, and takes the next step of the running one.
    static func advance(
        _ plan: inout SyncPlan, _ comparison: Comparison, _ manifests: LoadedManifests, _ snapshot: SyncSnapshot,
        _ application: Application
    ) {
        var automation: ApplicationCondition?
        defer {
            plan.status.setConditions(
                automation.map { [$0] } ?? [], evaluated: [.syncError], now: snapshot.now)
        }
        if let state = application.status.operationState, !state.phase.isComplete {
            if isSuperseded(state, manifests, application),
                case .start(let operation) = AutomatedSyncs.verdict(comparison, manifests, snapshot, application)
            {
                start(operation, &plan, comparison, manifests, snapshot, application)
                return
            }
            step(state, &plan, comparison, manifests, snapshot, application)
            if plan.status.operationState?.phase != .succeeded {
                automation = application.status.conditions.first { $0.kind == .syncError }
            }
            return
        }
        if let operation = application.operation {
            start(operation, &plan, comparison, manifests, snapshot, application)
            return
        }
        switch AutomatedSyncs.verdict(comparison, manifests, snapshot, application) {
        case .idle: break
        case .wait(let wait): plan.wait = wait
        case .refused(let condition): automation = condition
        case .start(let operation): start(operation, &plan, comparison, manifests, snapshot, application)
        }
    }

    /// A failed automated attempt waits for its next one, and meanwhile there is a newer commit.
    ///
    /// Differs from Argo CD, which tries the old commit to the last retry first.
    private static func isSuperseded(
        _ state: OperationState, _ manifests: LoadedManifests, _ application: Application
    ) -> Bool {
        guard state.finishedAt != nil, state.operation.isAutomated, application.operation == nil,
            let result = state.syncResult
        else { return false }
        return (result.revisions.isEmpty ? [result.revision] : result.revisions) != manifests.revisions
    }

    private static func start(
        _ operation: SyncOperation, _ plan: inout SyncPlan, _ comparison: Comparison, _ manifests: LoadedManifests,
        _ snapshot: SyncSnapshot, _ application: Application
    ) {
        var operation = operation
        // Argo CD writes the member out even when it is empty.
        if operation.tree["retry"].isNull { operation.tree["retry"] = [:] }
        let state = OperationState(operation: operation, phase: .running, startedAt: snapshot.now)
        step(state, &plan, comparison, manifests, snapshot, application)
    }

    private static func step(
        _ before: OperationState, _ plan: inout SyncPlan, _ comparison: Comparison, _ manifests: LoadedManifests,
        _ snapshot: SyncSnapshot, _ application: Application
    ) {
        var state = before
        if state.phase == .terminating {
            end(&state, .failed, "Operation terminated", snapshot)
            return record(state, &plan, snapshot, application)
        }
        if let finished = state.finishedAt {
            if isSuperseded(state, manifests, application), comparison.code == .synced {
                end(&state, .failed, state.message.prefixBeforeRetry + " A newer commit needs no sync.", snapshot)
                return record(state, &plan, snapshot, application)
            }
            // A failed attempt waits for its next one.
            let due = finished + state.operation.retry.delay(beforeAttempt: state.retryCount)
            if due > snapshot.now {
                plan.wait = SyncWait("attempt \(state.retryCount) of the sync", until: due)
                return record(state, &plan, snapshot, application)
            }
            state.finishedAt = nil
            state.syncResult = nil
            state.message = "Retrying operation. Attempt #\(state.retryCount)"
        }
        let target = ownTarget(state, manifests, snapshot, application)
        switch target ?? .loaded(manifests) {
        case .pending: plan.wait = SyncWait("the manifests of the sync's commit to be rendered")
        case .failed(let message): fail(&state, .error, "ComparisonError: \(message)", &plan, snapshot)
        case .loaded(let own):
            let view = target == nil ? comparison : Comparison.of(own, snapshot, application)
            if state.syncResult == nil { state.syncResult = emptyResult(state.operation, own, application) }
            run(&state, &plan, view, snapshot, application)
        }
        record(state, &plan, snapshot, application)
    }

    /// The manifests of a sync's commits and sources where they are not the spec's.
    ///
    /// The snapshot's were gathered for the sync that was running before the decision: one that
    /// supersedes it wants the spec's.
    private static func ownTarget(
        _ state: OperationState, _ manifests: LoadedManifests, _ snapshot: SyncSnapshot, _ application: Application
    ) -> Manifests? {
        let operation = state.operation
        let asked = operation.revisions.isEmpty ? [operation.revision] : operation.revisions
        let pinned = state.syncResult.map { $0.revisions.isEmpty ? [$0.revision] : $0.revisions }
        let isOfSpec = operation.sources.isEmpty || operation.sources.map(\.tree) == application.spec.sources.map(\.tree)
        return isOfSpec && (pinned ?? asked) == manifests.revisions ? nil : snapshot.operationTarget
    }

    private static func emptyResult(
        _ operation: SyncOperation, _ manifests: LoadedManifests, _ application: Application
    ) -> SyncResult {
        let sources = operation.sources.isEmpty ? application.spec.sources : operation.sources
        var result: SyncResult
        if application.spec.hasSourceList {
            result = SyncResult(revision: "", revisions: manifests.revisions, sources: sources.map(\.tree))
        } else {
            result = SyncResult(revision: manifests.revisions.first ?? "", source: sources.first?.tree)
        }
        let policy = application.spec.syncPolicy
        if policy.hasNamespaceMetadata, operation.options.createsNamespace {
            var metadata: JSON = [:]
            if !policy.namespaceLabels.isEmpty { metadata["labels"] = JSON(policy.namespaceLabels) }
            if !policy.namespaceAnnotations.isEmpty { metadata["annotations"] = JSON(policy.namespaceAnnotations) }
            result.managedNamespaceMetadata = metadata
        }
        return result
    }

    // MARK: One step

    private static func run(
        _ state: inout OperationState, _ plan: inout SyncPlan, _ comparison: Comparison, _ snapshot: SyncSnapshot,
        _ application: Application
    ) {
        let tasks = SyncTasks.of(comparison, operation: state.operation, snapshot, application)
        if let problem = TaskRules.problem(tasks, &state, comparison, snapshot) {
            return fail(&state, .failed, problem, &plan, snapshot)
        }
        let defined = TaskRules.defined(by: comparison)
        let groups = TaskRules.groups(tasks, recorded: state.syncResult?.resources ?? [])
        for (position, group) in groups.enumerated() {
            let moves = TaskRules.moves(group, &state, snapshot, defined: defined)
            plan.moves += moves.ready
            if !moves.ready.isEmpty { return }
            if let wait = moves.wait {
                plan.wait = wait
                state.message = "waiting for \(wait.what)"
                return
            }
            let isLast = position == groups.count - 1
            let failures = TaskRules.failures(group, state)
            if !isLast || !failures.isEmpty { TaskRules.updatePhases(group, &state, snapshot) }
            if !failures.isEmpty {
                let reason = failures.joined(separator: ",")
                return fail(
                    &state, .failed,
                    "one or more synchronization tasks completed unsuccessfully, reason: \(reason)", &plan, snapshot)
            }
            if !isLast, let wait = TaskRules.wait(group, state, snapshot) {
                plan.wait = wait
                state.message = "waiting for \(wait.what)"
                return
            }
        }
        end(&state, .succeeded, "successfully synced (\(groups.isEmpty ? "no more tasks" : "all tasks run"))", snapshot)
    }

    /// Ends an attempt: the operation fails, or waits for its next attempt.
    private static func fail(
        _ state: inout OperationState, _ phase: OperationPhase, _ message: String, _ plan: inout SyncPlan,
        _ snapshot: SyncSnapshot
    ) {
        let retry = state.operation.retry
        guard retry.limit < 0 || state.retryCount < retry.limit else {
            let count = state.retryCount > 0 ? " (retried \(state.retryCount) times)." : ""
            return end(&state, phase, message + count, snapshot)
        }
        state.retryCount += 1
        state.finishedAt = snapshot.now
        let due = snapshot.now + retry.delay(beforeAttempt: state.retryCount)
        state.phase = .running
        state.message = "\(message). Retrying attempt #\(state.retryCount) at \(due.kitchenText)."
        plan.wait = SyncWait("attempt \(state.retryCount) of the sync", until: due)
    }

    private static func end(
        _ state: inout OperationState, _ phase: OperationPhase, _ message: String, _ snapshot: SyncSnapshot
    ) {
        state.phase = phase
        state.message = message
        state.finishedAt = snapshot.now
    }

    // MARK: Recording

    private static func record(
        _ state: OperationState, _ plan: inout SyncPlan, _ snapshot: SyncSnapshot, _ application: Application
    ) {
        var state = state
        state.syncResult?.resources.sort { left, right in
            (left.group, left.kind, left.namespace, left.name) < (right.group, right.kind, right.namespace, right.name)
        }
        plan.status.set("operationState", state.tree)
        let before = application.status.operationState
        let name = state.syncResult.map { $0.revisions.isEmpty ? $0.revision : $0.revisions.joined(separator: ",") } ?? ""
        if before == nil || before?.phase.isComplete == true, state.operation.isAutomated {
            plan.events.append(
                StatusWriter.event(snapshot, .normal, "OperationStarted", "Initiated automated sync to '\(name)'"))
        }
        guard state.phase.isComplete else { return }
        plan.clearsOperation = application.operation.map { isSame($0, state.operation) } ?? false
        let title = state.operation.isSelective ? "Partial sync operation" : "Sync operation"
        if state.phase == .succeeded {
            addHistory(state, &plan, snapshot, application)
            plan.events.append(
                StatusWriter.event(snapshot, .normal, "OperationCompleted", "\(title) to \(name) succeeded"))
        } else {
            plan.events.append(
                StatusWriter.event(
                    snapshot, .warning, "OperationCompleted", "\(title) to \(name) failed: \(state.message)"))
        }
    }

    private static func isSame(_ requested: SyncOperation, _ done: SyncOperation) -> Bool {
        var requested = requested
        if requested.tree["retry"].isNull { requested.tree["retry"] = [:] }
        return requested == done
    }

    private static func addHistory(
        _ state: OperationState, _ plan: inout SyncPlan, _ snapshot: SyncSnapshot, _ application: Application
    ) {
        guard !state.operation.isDryRun, !state.operation.isSelective, let result = state.syncResult else { return }
        var history = application.status.history
        var entry: JSON = ["id": .int((history.map(\.id).max() ?? -1) + 1)]
        if result.revisions.isEmpty {
            entry["revision"] = .string(result.revision)
            if let source = result.source { entry["source"] = source }
        } else {
            entry["revisions"] = JSON(result.revisions)
            entry["sources"] = .array(result.sources)
        }
        if let started = state.startedAt { entry["deployStartedAt"] = .string(started.rfc3339) }
        entry["deployedAt"] = .string(snapshot.now.rfc3339)
        entry["initiatedBy"] = state.operation.tree["initiatedBy"].object == nil ? [:] : state.operation.tree["initiatedBy"]
        history.append(RevisionHistory(entry))
        let kept = history.suffix(application.spec.revisionHistoryLimit)
        plan.status.set("history", kept.isEmpty ? nil : .array(kept.map(\.tree)))
    }

    // MARK: Ends without steps

    /// The manifests that a sync needs cannot be had.
    static func stopForMissingManifests(
        _ plan: inout SyncPlan, _ message: String, _ snapshot: SyncSnapshot, _ application: Application
    ) {
        let running = application.status.operationState.flatMap { $0.phase.isComplete ? nil : $0 }
        guard let operation = running?.operation ?? application.operation else { return }
        var state = running ?? OperationState(operation: operation, phase: .running, startedAt: snapshot.now)
        if let finished = state.finishedAt {
            let due = finished + operation.retry.delay(beforeAttempt: state.retryCount)
            if due > snapshot.now {
                plan.wait = SyncWait("attempt \(state.retryCount) of the sync", until: due)
                return
            }
        }
        fail(&state, .error, "ComparisonError: Failed to load target state: \(message)", &plan, snapshot)
        record(state, &plan, snapshot, application)
    }

    /// A requested sync cannot even start.
    static func refuse(
        _ plan: inout SyncPlan, _ message: String, _ snapshot: SyncSnapshot, _ application: Application
    ) {
        guard let operation = application.operation else { return }
        var state = OperationState(operation: operation, phase: .running, startedAt: snapshot.now)
        end(&state, .error, "InvalidSpecError: \(message)", snapshot)
        record(state, &plan, snapshot, application)
    }
}

extension String {
    /// The message of a failed attempt without what it says of the next one.
    fileprivate var prefixBeforeRetry: String {
        firstRange(of: " Retrying attempt #").map { String(self[..<$0.lowerBound]) } ?? self
    }
}

extension Timestamp {
    /// The time of day as Go's `time.Kitchen` writes it, in UTC: `3:04PM`.
    var kitchenText: String {
        let minutes = ((wholeSeconds / 60) % 1440 + 1440) % 1440
        let hour = minutes / 60
        let shown = hour % 12 == 0 ? 12 : hour % 12
        let minute = minutes % 60
        return "\(shown):\(minute < 10 ? "0" : "")\(minute)\(hour < 12 ? "AM" : "PM")"
    }
}
