// A task to the changes that are sent.

import JSONTree
import KubeModel
import MartletModel

/// How one object is written.
struct WriteStyle: Hashable, Sendable {
    /// `Replace=true`: what Git does not name goes.
    var replaces = false
    /// `Force=true`: what cannot be changed in place is deleted and created again.
    var forces = false

    /// An object's own options go before the sync's.
    init(_ resource: ComparedResource, _ operation: SyncOperation) {
        replaces = resource.options["Replace"].map { $0 == "true" } ?? operation.options.replaces
        forces = resource.options["Force"].map { $0 == "true" } ?? operation.forces
        // With a namespace or a definition all objects in it, or of it, would go.
        let kind = resource.key.groupKind
        if kind == GroupKind("", "Namespace") || kind.kind == "CustomResourceDefinition" { forces = false }
    }

    /// The object is deleted and created anew without trying to change it, as `kubectl replace
    /// --force` does.
    var recreates: Bool { replaces && forces }
}

/// Makes changes of tasks.
enum Lowering {
    /// The changes that bring one object to what is wanted, as a style has it.
    static func writing(_ resource: ComparedResource, _ style: WriteStyle) -> [Change] {
        if style.recreates, resource.live != nil { return recreating(resource) }
        let replacement = style.replaces ? replacing(resource) : []
        return replacement + applying(resource, isFirst: replacement.isEmpty)
    }

    /// Deletes an object and creates it anew.
    static func recreating(_ resource: ComparedResource) -> [Change] {
        guard let target = resource.target, let live = resource.live else { return [] }
        return [
            .delete(live.reference, if: Precondition(uid: live.uid), propagation: .background),
            .apply(target, fieldManager: ManagedFields.manager, force: true),
        ]
    }

    /// Takes away what Git does not name. The apply that follows makes the rest ours.
    ///
    /// Differs from `kubectl replace`: finalizers and owners, which controllers put there to be
    /// asked before the object goes, stay.
    private static func replacing(_ resource: ComparedResource) -> [Change] {
        guard let target = resource.target, let live = resource.live else { return [] }
        var wanted = resource.rules.applied(target.tree, live: live.tree).tree
        let kept = [
            "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds", "managedFields", "selfLink", "finalizers", "ownerReferences",
        ]
        for name in kept where !live.metadata[name].isNull {
            wanted.set(["metadata", name], to: live.metadata[name])
        }
        if !live.status.isNull { wanted["status"] = live.status }
        guard let patch = MergePatch.difference(from: live.tree, to: wanted) else { return [] }
        return [
            .patch(
                live.reference, .merge(patch), if: Precondition(uid: live.uid, resourceVersion: live.resourceVersion))
        ]
    }

    /// Server-side apply.
    ///
    /// - Parameter isFirst: Nothing was sent before it in the same move.
    private static func applying(_ resource: ComparedResource, isFirst: Bool) -> [Change] {
        guard let target = resource.target else { return [] }
        guard let live = resource.live else {
            return [.apply(target, fieldManager: ManagedFields.manager, force: true)]
        }
        var (tree, carriesLiveValues) = resource.rules.applied(target.tree, live: live.tree)
        var changes: [Change] = []
        if !isFirst {
            // The change before it was of the version that was looked at.
        } else if let lists = closedLists(resource, tree: tree, live: live) {
            changes.append(
                .patch(
                    live.reference, .merge(lists),
                    if: Precondition(uid: live.uid, resourceVersion: live.resourceVersion)))
        } else if carriesLiveValues, !live.resourceVersion.isEmpty {
            // A controller may move on meanwhile: then the write fails and is decided again.
            tree.set(["metadata", "resourceVersion"], to: .string(live.resourceVersion))
        }
        changes.append(.apply(KubeObject(tree), fieldManager: ManagedFields.manager, force: true))
        return changes
    }

    /// A patch that replaces a Service's ports where somebody added some: server-side apply leaves
    /// others' elements of keyed lists alone, and a port that was renumbered by hand would stay
    /// beside the restored one and refuse it by its equal name.
    private static func closedLists(_ resource: ComparedResource, tree: JSON, live: KubeObject) -> JSON? {
        guard resource.key.groupKind == GroupKind("", "Service"),
            resource.differences.contains(where: { $0.kind == .unwanted && $0.path.hasPrefix(".spec.ports[") }),
            let wanted = tree["spec"]["ports"].array
        else { return nil }
        let keys = ["port", "protocol"]
        let ports = wanted.map { port -> JSON in
            guard let present = ObjectDiff.element(like: port, in: live.spec["ports"].elements, keys) else { return port }
            return MergePatch.apply(port, to: present)
        }
        return ["spec": ["ports": .array(ports)]]
    }

    static func pruning(_ resource: ComparedResource, _ propagation: Change.Propagation) -> [Change] {
        guard let live = resource.live else { return [] }
        return [.delete(live.reference, if: Precondition(uid: live.uid), propagation: propagation)]
    }
}
