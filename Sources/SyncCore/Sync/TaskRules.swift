// Rules of tasks: what they send, when they count as done, and what stops a sync before it starts.

import KubeModel
import MartletModel

/// Rules of a sync's tasks.
enum TaskRules {
    /// Tasks of one phase and wave.
    typealias Group = [SyncTask]

    /// The tasks group by group. A task that was done already and is no task any more (a pruned
    /// object that is gone) is not among them.
    static func groups(_ tasks: [SyncTask], recorded: [ResourceResult]) -> [Group] {
        var groups: [Group] = []
        for task in tasks {
            if let last = groups.last?.last, last.phase == task.phase, last.wave == task.wave {
                groups[groups.count - 1].append(task)
            } else {
                groups.append([task])
            }
        }
        return groups
    }

    static func result(of task: SyncTask, in state: OperationState) -> ResourceResult? {
        state.syncResult?.resources.first { isSame($0, task) }
    }

    private static func isSame(_ result: ResourceResult, _ task: SyncTask) -> Bool {
        result.kind == task.key.kind && result.name == task.key.name && result.group == task.key.group
            && result.namespace == task.key.namespace && result.syncPhase == task.phase.rawValue
    }

    /// Kinds that the server does not serve stop the sync before the first write.
    static func problem(
        _ tasks: [SyncTask], _ state: inout OperationState, _ comparison: Comparison, _ snapshot: SyncSnapshot
    ) -> String? {
        if state.operation.options.failsOnSharedResource,
            let shared = comparison.conditions.first(where: { $0.kind == .sharedResourceWarning })
        {
            return "Shared resource found: \(shared.message)"
        }
        let defined = defined(by: comparison)
        var missing: [SyncTask] = []
        for task in tasks where task.work == .apply && snapshot.unserved.contains(task.key.groupKind) {
            if defined.contains(task.key.groupKind) { continue }
            if state.operation.options.skipsDryRunOnMissingResource || task.resource.options.skipsDryRunOnMissingResource {
                continue
            }
            missing.append(task)
        }
        guard let first = missing.first else { return nil }
        state.syncResult?.resources = missing.map { unservedResult($0, phase: nil) }
        let version = first.resource.target?.apiVersion ?? first.key.group
        return "one or more synchronization tasks are not valid: failed to discover server resources for group version"
            + " \(version): the server could not find the requested resource"
    }

    private static func unservedResult(_ task: SyncTask, phase: OperationPhase?) -> ResourceResult {
        ResourceResult(
            group: task.key.group, version: task.resource.version, kind: task.key.kind,
            namespace: task.key.namespace, name: task.key.name, status: .syncFailed,
            message: "The Kubernetes API could not find \(task.key.group)/\(task.key.kind) for requested resource"
                + " \(task.key.namespace)/\(task.key.name). Make sure the \"\(task.key.kind)\" CRD is installed on"
                + " the destination cluster.",
            hookPhase: phase, syncPhase: task.phase.rawValue)
    }

    /// The kinds whose definitions are wanted.
    static func defined(by comparison: Comparison) -> Set<GroupKind> {
        Set(comparison.resources.compactMap { CustomKind($0.target)?.kind })
    }

    /// The moves of a group's tasks that have no result yet; results that need no request are
    /// recorded at once.
    ///
    /// - Parameter defined: Kinds whose definitions are part of this sync.
    static func moves(
        _ group: Group, _ state: inout OperationState, _ snapshot: SyncSnapshot, defined: Set<GroupKind>
    ) -> (ready: [SyncMove], wait: SyncWait?) {
        var ready: [SyncMove] = []
        var wait: SyncWait?
        for task in group where result(of: task, in: state) == nil {
            if let immediate = immediate(task, state, snapshot) {
                state.syncResult?.resources.append(immediate)
                continue
            }
            if task.work == .apply, snapshot.unserved.contains(task.key.groupKind) {
                if !defined.contains(task.key.groupKind) {
                    state.syncResult?.resources.append(unservedResult(task, phase: .failed))
                    continue
                }
                // Its definition is part of this sync and will be served in a moment.
                wait = SyncWait("the kind \(task.key.groupKind) to be served", until: snapshot.now + .seconds(1))
                continue
            }
            if task.work == .apply, task.resource.live?.isDeleting == true, WriteStyle(task.resource, state.operation).forces {
                wait = SyncWait("deletion of \(task.key), to create it anew")
                continue
            }
            if task.work == .prune, needsApproval(task.resource, state, snapshot) {
                wait = SyncWait(
                    "pruning confirmation of \(task.key.group)/\(task.key.kind)/\(task.key.name)"
                        + " (annotation \(ApplicationNames.deletionApproved))")
                continue
            }
            ready.append(move(task, state))
        }
        return (ready, ready.isEmpty ? wait : nil)
    }

    private static func move(_ task: SyncTask, _ state: OperationState) -> SyncMove {
        let resource = task.resource
        switch task.work {
        case .prune:
            return SyncMove(
                key: task.key, version: resource.version, phase: task.phase, intent: "prune",
                reason: "it is not in Git any more",
                changes: Lowering.pruning(resource, state.operation.options.prunePropagation))
        case .apply, .namespace:
            let style = WriteStyle(resource, state.operation)
            let why = resource.live == nil
                ? "it does not exist"
                : (resource.differences + resource.ignoredDifferences).prefix(3).map(\.description).joined(separator: ", ")
            let intent = style.recreates ? "recreate" : style.replaces ? "replace" : "apply"
            return SyncMove(
                key: task.key, version: resource.version, phase: task.phase,
                intent: resource.live == nil ? "create" : intent, reason: why,
                changes: Lowering.writing(resource, style),
                recreation: style.forces && !style.recreates ? Lowering.recreating(resource) : [])
        }
    }

    /// Results that need no request: unchanged objects, prunes that are not wanted, dry runs.
    private static func immediate(
        _ task: SyncTask, _ state: OperationState, _ snapshot: SyncSnapshot
    ) -> ResourceResult? {
        let resource = task.resource
        var result = ResourceResult(
            group: task.key.group, version: resource.version, kind: task.key.kind, namespace: task.key.namespace,
            name: task.key.name, status: .synced, message: "", hookPhase: .running, syncPhase: task.phase.rawValue)
        let name = task.key.kind.lowercased() + (task.key.group.isEmpty ? "" : ".\(task.key.group)") + "/\(task.key.name)"
        switch task.work {
        case .apply, .namespace:
            if state.operation.isDryRun {
                result.message = "\(name) \(resource.live == nil ? "created" : resource.code == .synced ? "unchanged" : "configured") (dry run)"
                result.hookPhase = .succeeded
                return result
            }
            guard resource.code == .synced, resource.ignoredDifferences.isEmpty else { return nil }
            result.message = "\(name) unchanged"
        case .prune:
            result.status = .pruneSkipped
            result.hookPhase = .succeeded
            if resource.options.neverPrunes || state.operation.options.neverPrunes && resource.options["Prune"] == nil {
                result.message = "ignored (no prune)"
            } else if !state.operation.prunes {
                result.message = "ignored (requires pruning)"
            } else if state.operation.isDryRun {
                result.status = .pruned
                result.message = "pruned (dry run)"
            } else {
                return nil
            }
        }
        return result
    }

    private static func needsApproval(
        _ resource: ComparedResource, _ state: OperationState, _ snapshot: SyncSnapshot
    ) -> Bool {
        guard resource.options.prunesWithConfirmation else { return false }
        let approved = snapshot.application.annotation(ApplicationNames.deletionApproved).flatMap { Timestamp($0) }
        return approved.map { $0 < (state.startedAt ?? snapshot.now) } ?? true
    }

    // MARK: After the writes

    /// What the server said no to, and objects that broke.
    static func failures(_ group: Group, _ state: OperationState) -> [String] {
        group.compactMap { task in
            guard let result = result(of: task, in: state), result.status == .syncFailed || result.hookPhase == .failed
            else { return nil }
            return result.message
        }
    }

    /// Objects that are healthy have succeeded; degraded ones have failed.
    static func updatePhases(_ group: Group, _ state: inout OperationState, _ snapshot: SyncSnapshot) {
        guard var resources = state.syncResult?.resources else { return }
        for task in group where task.work != .prune {
            guard let position = resources.firstIndex(where: { isSame($0, task) }),
                resources[position].hookPhase == .running
            else { continue }
            guard let live = snapshot.live[task.key] else { continue }
            switch Health.of(live)?.code {
            case nil, .healthy: resources[position].hookPhase = .succeeded
            case .degraded:
                resources[position].hookPhase = .failed
                resources[position].message = Health.of(live)?.message ?? ""
            default: break
            }
        }
        state.syncResult?.resources = resources
    }

    /// What of a group is not ready yet: the next one waits for it.
    static func wait(_ group: Group, _ state: OperationState, _ snapshot: SyncSnapshot) -> SyncWait? {
        let running = group.filter { $0.work == .apply && result(of: $0, in: state)?.hookPhase == .running }
        if let first = running.first {
            let more = running.count > 1 ? " and \(running.count - 1) more resources" : ""
            return SyncWait("healthy state of \(first.key.group)/\(first.key.kind)/\(first.key.name)\(more)")
        }
        let terminating = group.filter {
            $0.work == .prune && result(of: $0, in: state)?.status == .pruned && snapshot.live[$0.key] != nil
        }
        guard let first = terminating.first else { return nil }
        return SyncWait("deletion of \(first.key.group)/\(first.key.kind)/\(first.key.name)")
    }
}
