// What a sync has to do, in order.

import JSONTree
import KubeModel
import MartletModel

/// A phase of a sync.
package enum SyncPhase: String, Hashable, Sendable, Comparable, CaseIterable {
    case preSync = "PreSync", sync = "Sync", postSync = "PostSync", syncFail = "SyncFail"
    package static func < (left: SyncPhase, right: SyncPhase) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// One object's part in a sync.
struct SyncTask: Hashable, Sendable {
    enum Work: Hashable, Sendable { case apply, prune, namespace }
    var resource: ComparedResource
    var work: Work
    var phase: SyncPhase
    var wave: Int64

    var key: ResourceKey { resource.key }
    var rank: Int { KnownKinds.rank(resource.key.kind) }

    /// Within a wave prunes come first, then kinds in their order, then names.
    static func precedes(_ left: SyncTask, _ right: SyncTask) -> Bool {
        if left.phase != right.phase { return left.phase < right.phase }
        if left.wave != right.wave { return left.wave < right.wave }
        if (left.work == .prune) != (right.work == .prune) { return left.work == .prune }
        if left.rank != right.rank { return left.rank < right.rank }
        return left.key < right.key
    }
}

/// Orders a sync.
enum SyncTasks {
    /// The tasks of an operation in order.
    static func of(
        _ comparison: Comparison, operation: SyncOperation, _ snapshot: SyncSnapshot, _ application: Application
    ) -> [SyncTask] {
        let options = operation.options
        var tasks: [SyncTask] = []
        for resource in comparison.resources where !resource.isHook {
            if resource.target.flatMap(HookType.of) != nil { continue }
            guard isSelected(resource.key, operation) else { continue }
            if resource.target != nil {
                let isSkipped = options.appliesOutOfSyncOnly && resource.code == .synced
                if !isSkipped {
                    tasks.append(SyncTask(resource: resource, work: .apply, phase: .sync, wave: resource.wave))
                }
            } else if resource.requiresPruning {
                tasks.append(SyncTask(resource: resource, work: .prune, phase: .sync, wave: resource.wave))
            }
        }
        pull(&tasks)
        turnPruneWaves(&tasks, options)
        if let task = namespace(comparison, options, operation, snapshot, application) { tasks.append(task) }
        return tasks.sorted(by: SyncTask.precedes)
    }

    private static func isSelected(_ key: ResourceKey, _ operation: SyncOperation) -> Bool {
        guard operation.isSelective else { return true }
        return operation.resources.contains {
            $0.group == key.group && $0.kind == key.kind && $0.name == key.name
                && ($0.namespace.isEmpty || $0.namespace == key.namespace)
        }
    }

    /// Namespaces go before the first object in them, definitions before the first of their kind.
    private static func pull(_ tasks: inout [SyncTask]) {
        var first: [ResourceKey: Int64] = [:]
        let definitions = tasks.compactMap { task in
            CustomKind(task.resource.target).map { ($0, task.key) }
        }
        let byKind = Dictionary(definitions.map { ($0.0.kind, $0.1) }) { one, _ in one }
        for task in tasks where task.work == .apply {
            let space = ResourceKey(group: "", kind: "Namespace", namespace: "", name: task.key.namespace)
            for key in [space, byKind[task.key.groupKind]].compactMap({ $0 }) {
                first[key] = min(first[key] ?? .max, task.wave)
            }
        }
        for position in tasks.indices where tasks[position].work == .apply {
            if let wave = first[tasks[position].key], wave < tasks[position].wave { tasks[position].wave = wave }
        }
    }

    /// Removal goes in the reverse order of waves; `PruneLast` after everything.
    private static func turnPruneWaves(_ tasks: inout [SyncTask], _ options: SyncOptions) {
        let waves = Set(tasks.filter { $0.work == .prune }.map(\.wave)).sorted()
        let turned = Dictionary(uniqueKeysWithValues: zip(waves, waves.reversed()))
        let last = max(0, tasks.map(\.wave).max() ?? 0)
        for position in tasks.indices where tasks[position].work == .prune {
            tasks[position].wave = turned[tasks[position].wave] ?? 0
            if options.prunesLast || tasks[position].resource.options.prunesLast { tasks[position].wave = last + 1 }
        }
    }

    private static func namespace(
        _ comparison: Comparison, _ options: SyncOptions, _ operation: SyncOperation, _ snapshot: SyncSnapshot,
        _ application: Application
    ) -> SyncTask? {
        let key = NamespaceTask.key(application)
        guard options.createsNamespace, !key.name.isEmpty,
            !comparison.resources.contains(where: { $0.key == key && $0.target != nil })
        else { return nil }
        let policy = application.spec.syncPolicy
        let live = snapshot.live[key]
        // An existing namespace is touched only for its labels and annotations.
        if live != nil, !policy.hasNamespaceMetadata { return nil }
        var target = KubeObject(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(key.name)]])
        if !policy.namespaceLabels.isEmpty { target.tree["metadata"]["labels"] = JSON(policy.namespaceLabels) }
        if policy.hasNamespaceMetadata {
            let own = [ApplicationNames.syncOptions: "ServerSideApply=true"]
            target.tree["metadata"]["annotations"] = JSON(policy.namespaceAnnotations.merging(own) { $1 })
        }
        var resource = ComparedResource(key: key, target: target, live: live)
        resource.differences = live.map {
            ObjectDiff.differences(target: target.tree, live: $0.tree, kind: key.groupKind)
        } ?? []
        resource.code = live != nil && resource.differences.isEmpty ? .synced : .outOfSync
        return SyncTask(resource: resource, work: .namespace, phase: .preSync, wave: 0)
    }
}

/// The kind that a CustomResourceDefinition defines.
struct CustomKind: Hashable, Sendable {
    var kind: GroupKind
    var scope: ResourceScope

    init?(_ object: KubeObject?) {
        guard let object, object.kind.groupKind == GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"),
            let group = object.spec["group"].string, let name = object.spec["names"]["kind"].string
        else { return nil }
        kind = GroupKind(group, name)
        scope = object.spec["scope"].string == "Cluster" ? .cluster : .namespaced
    }
}
