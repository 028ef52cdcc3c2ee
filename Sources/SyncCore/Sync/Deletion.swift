// What becomes of managed objects when their Application is deleted.

import KubeModel
import MartletModel

/// Deletes in the reverse order of waves, then lets the Application go.
enum Deletion {
    static func plan(_ snapshot: SyncSnapshot, _ application: Application) -> SyncPlan {
        var plan = SyncPlan(status: application.status)
        let finalizers = snapshot.application.finalizers
        guard let ours = finalizers.first(where: isOurs) else {
            plan.wait = SyncWait("others' finalizers to go")
            return plan
        }
        let left = finalizers.filter { !isOurs($0) }
        // An unknown cluster: nothing can be deleted there, and the Application must not stay for it.
        guard application.spec.destination.isInCluster else {
            plan.finalizers = left
            return plan
        }
        let objects = managed(snapshot)
        guard let wave = objects.map({ SyncWave.of($0.value) }).max() else {
            plan.finalizers = left
            return plan
        }
        let current = objects.filter { SyncWave.of($0.value) == wave }.sorted { $0.key < $1.key }
        let propagation: Change.Propagation = ours.hasSuffix("/background") ? .background : .foreground
        for (key, object) in current where !object.isDeleting {
            plan.moves.append(
                SyncMove(
                    key: key, version: object.kind.version, phase: .sync, intent: "delete",
                    reason: "the Application is being deleted",
                    changes: [
                        .delete(object.reference, if: Precondition(uid: object.uid), propagation: propagation)
                    ], isDeletion: true))
        }
        if plan.moves.isEmpty, let first = current.first {
            let more = current.count > 1 ? " and \(current.count - 1) more" : ""
            plan.wait = SyncWait("deletion of \(first.key)\(more)")
        }
        return plan
    }

    private static func isOurs(_ finalizer: String) -> Bool {
        finalizer == ApplicationNames.resourcesFinalizer || finalizer.hasPrefix(ApplicationNames.resourcesFinalizer + "/")
    }

    /// Objects that go with the Application: never definitions, the Application itself, or what is
    /// marked to stay.
    private static func managed(_ snapshot: SyncSnapshot) -> [ResourceKey: KubeObject] {
        snapshot.live.filter { key, object in
            guard let claim = Tracking.of(object), claim.instance == snapshot.instance, claim.describes(object),
                object.controller == nil
            else { return false }
            let options = SyncOptions(annotation: object.annotation(ApplicationNames.syncOptions))
            return key.groupKind != GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")
                && key != ResourceKey(snapshot.application) && !options.neverDeletes
                && object.annotation(ApplicationNames.helmResourcePolicy) != "keep"
        }
    }
}
