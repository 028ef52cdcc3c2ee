// Deletes what has lost its owners, and finishes deletions that wait for dependents.

import JSONTree
import KubeModel

extension Workloads {
    private static let foregroundFinalizer = "foregroundDeletion"
    private static let orphanFinalizer = "orphan"

    /// Marks dirty what an object's coming, change or going may concern.
    mutating func observeOwnership(_ object: KubeObject, isDeleted: Bool, wasDeleting: Bool) {
        let uid = object.uid
        if isDeleted {
            for dependent in index.dependents(of: uid) { queue.add(.owners(dependent)) }
            for owner in object.ownerReferences where index[owner.uid]?.isDeleting == true {
                queue.add(.dependents(owner.uid))
            }
            return
        }
        guard let entry = index[uid] else { return }
        if !entry.owners.isEmpty { queue.add(.owners(uid)) }
        guard entry.isDeleting else { return }
        let finalizers = object.finalizers
        if finalizers.contains(Self.foregroundFinalizer) || finalizers.contains(Self.orphanFinalizer) {
            queue.add(.dependents(uid))
        }
        // An owner that waits for this one looks again: it may not block any more.
        if !wasDeleting {
            for owner in entry.owners where index[owner.uid]?.isDeleting == true { queue.add(.dependents(owner.uid)) }
        }
    }

    /// Deletes an object all of whose owners are gone; takes away the references to those that are
    /// gone while others live (garbagecollector.go, `attemptToDeleteItem`).
    mutating func collectIfOrphaned(_ uid: UID, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let entry = index[uid], !entry.owners.isEmpty,
            let object = cluster.object(entry.reference.kind.groupKind, entry.reference.key), object.uid == uid
        else { return true }
        if object.isDeleting, !object.finalizers.contains(Self.foregroundFinalizer) { return true }
        var solid: [OwnerReference] = []
        var dangling: [OwnerReference] = []
        var waiting: [OwnerReference] = []
        for owner in object.ownerReferences {
            guard let live = liveOwner(owner, of: object, cluster) else {
                dangling.append(owner)
                continue
            }
            let isWaiting = live.isDeleting && live.finalizers.contains(Self.foregroundFinalizer)
            if isWaiting { waiting.append(owner) } else { solid.append(owner) }
        }
        if dangling.isEmpty, waiting.isEmpty { return true }
        if !solid.isEmpty {
            let gone = Set((dangling + waiting).map(\.uid))
            let left = object.metadata["ownerReferences"].elements.filter { !gone.contains($0["uid"].string ?? "") }
            return patch(
                object.reference, ["metadata": ["uid": .string(uid), "ownerReferences": .array(left)]],
                as: ControllerUser.garbageCollector, &cluster) != nil
        }
        if object.isDeleting { return true }
        let hasDependents = !index.dependents(of: uid).isEmpty
        let propagation: Change.Propagation = !waiting.isEmpty && hasDependents ? .foreground : .background
        return remove(object, propagation: propagation, as: ControllerUser.garbageCollector, &cluster)
    }

    /// The owner that a reference means: it has that uid, and lives where the reference can reach.
    private func liveOwner(
        _ owner: OwnerReference, of object: KubeObject, _ cluster: some WorkloadCluster
    ) -> KubeObject? {
        guard let entry = index[owner.uid], entry.reference.kind.kind == owner.kind, entry.reference.name == owner.name,
            entry.reference.namespace.isEmpty || entry.reference.namespace == object.namespace
        else { return nil }
        return cluster.object(entry.reference.kind.groupKind, entry.reference.key)
    }

    /// Goes on with an object that is being deleted together with its dependents, or after they
    /// have been made orphans.
    mutating func finishDeletion(_ uid: UID, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let entry = index[uid],
            let object = cluster.object(entry.reference.kind.groupKind, entry.reference.key),
            object.uid == uid, object.isDeleting
        else { return true }
        if object.finalizers.contains(Self.orphanFinalizer) { return orphanDependents(of: object, &cluster) }
        guard object.finalizers.contains(Self.foregroundFinalizer) else { return true }
        var isBlocked = false
        for dependent in index.dependents(of: uid) {
            queue.add(.owners(dependent))
            let references = index[dependent]?.owners ?? []
            if references.contains(where: { $0.uid == uid && $0.blocksOwnerDeletion }) { isBlocked = true }
        }
        return isBlocked ? true : removeFinalizer(Self.foregroundFinalizer, from: object, &cluster)
    }

    private mutating func orphanDependents(of owner: KubeObject, _ cluster: inout some WorkloadCluster) -> Bool {
        for uid in index.dependents(of: owner.uid) {
            guard let entry = index[uid],
                let dependent = cluster.object(entry.reference.kind.groupKind, entry.reference.key)
            else { continue }
            release(dependent, from: owner, as: ControllerUser.garbageCollector, &cluster)
        }
        return removeFinalizer(Self.orphanFinalizer, from: owner, &cluster)
    }

    private mutating func removeFinalizer(
        _ finalizer: String, from object: KubeObject, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let left = object.finalizers.filter { $0 != finalizer }
        return patch(
            object.reference, ["metadata": ["uid": .string(object.uid), "finalizers": left.isEmpty ? .null : JSON(left)]],
            as: ControllerUser.garbageCollector, &cluster) != nil
    }
}
