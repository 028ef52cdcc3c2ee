// When a sync starts by itself.

import JSONTree
import KubeModel
import MartletModel

/// Starts automated syncs (gitops-argocd.md, section 2.7).
enum AutomatedSyncs {
    enum Verdict {
        /// Start this one.
        case start(SyncOperation)
        /// Not now, for a reason worth a condition.
        case refused(ApplicationCondition)
        /// Later.
        case wait(SyncWait)
        /// There is no need.
        case idle
    }

    static func verdict(
        _ comparison: Comparison, _ manifests: LoadedManifests, _ snapshot: SyncSnapshot, _ application: Application
    ) -> Verdict {
        guard let policy = application.spec.syncPolicy.automated, policy.isEnabled, comparison.code == .outOfSync
        else { return .idle }
        let outOfSync = comparison.resources.filter { $0.code == .outOfSync }
        // A commit that only removes files starts nothing unless it may prune.
        if !policy.prunes, !outOfSync.isEmpty, outOfSync.allSatisfy(\.requiresPruning) { return .idle }
        let revision = manifests.revisions.joined(separator: ",")
        var healed: [ComparedResource] = []
        if let last = application.status.operationState, wasAttempted(last, manifests, application) {
            guard last.phase == .succeeded else {
                return .refused(
                    ApplicationCondition(.syncError, "Failed last sync attempt to [\(revision)]: \(last.message)"))
            }
            guard policy.selfHeals else { return .idle }
            let pause = snapshot.settings.selfHealPause(after: last.operation.selfHealAttemptCount)
            let due = (last.finishedAt ?? snapshot.now) + pause
            if due > snapshot.now { return .wait(SyncWait("the pause between two self-heals to end", until: due)) }
            healed = outOfSync
        }
        let managed = comparison.resources.filter { !$0.isHook && $0.code != nil }
        if policy.prunes, !policy.allowsEmpty, !managed.isEmpty, managed.allSatisfy(\.requiresPruning) {
            return .refused(
                ApplicationCondition(
                    .syncError,
                    "Skipping sync attempt to [\(revision)]: auto-sync will wipe out all resources"))
        }
        return .start(operation(policy, manifests, healing: healed, application))
    }

    /// The last sync was of the same commits and sources.
    private static func wasAttempted(
        _ last: OperationState, _ manifests: LoadedManifests, _ application: Application
    ) -> Bool {
        guard let result = last.syncResult else { return false }
        let spec = application.spec
        if spec.hasSourceList {
            return result.revisions == manifests.revisions && result.sources == spec.sources.map(\.tree)
        }
        return result.revision == manifests.revisions.first && result.source == spec.sources.first?.tree
    }

    private static func operation(
        _ policy: AutomatedSync, _ manifests: LoadedManifests, healing: [ComparedResource], _ application: Application
    ) -> SyncOperation {
        let spec = application.spec
        var sync: JSON = [:]
        if policy.prunes { sync["prune"] = true }
        if spec.hasSourceList {
            sync["revisions"] = JSON(manifests.revisions)
            sync["sources"] = .array(spec.sources.map(\.tree))
        } else {
            sync["revision"] = .string(manifests.revisions.first ?? "")
            if let source = spec.sources.first { sync["source"] = source.tree }
        }
        if !spec.syncPolicy.options.texts.isEmpty { sync["syncOptions"] = JSON(spec.syncPolicy.options.texts) }
        if !healing.isEmpty {
            let attempts = application.status.operationState?.operation.selfHealAttemptCount ?? 0
            sync["autoHealAttemptsCount"] = .int(attempts + 1)
            sync["resources"] = .array(
                healing.map { resource in
                    var entry: JSON = ["kind": .string(resource.key.kind), "name": .string(resource.key.name)]
                    if !resource.key.group.isEmpty { entry["group"] = .string(resource.key.group) }
                    return entry
                })
        }
        return SyncOperation([
            "initiatedBy": ["automated": true],
            "retry": spec.syncPolicy.retryTree ?? ["limit": 5],
            "sync": sync,
        ])
    }
}
