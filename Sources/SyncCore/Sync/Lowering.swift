// A task to the changes that are sent.

import JSONTree
import KubeModel
import MartletModel

/// Makes changes of tasks.
enum Lowering {
    /// The changes that bring one object to what is wanted.
    static func applying(_ resource: ComparedResource) -> [Change] {
        guard let target = resource.target else { return [] }
        guard let live = resource.live else {
            return [.apply(target, fieldManager: ManagedFields.manager, force: true)]
        }
        var (tree, carriesLiveValues) = resource.rules.applied(target.tree, live: live.tree)
        var changes: [Change] = []
        if let lists = closedLists(resource, tree: tree, live: live) {
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
