// What is left to do when a Rollout is gone: its Services must go on reaching pods.

import JSONTree
package import KubeModel
import MartletModel
import TrafficRouting

/// Frees what points to revisions of a Rollout that is gone.
///
/// Pods that were left running (`kubectl delete --cascade=orphan`) keep their traffic: a preview that
/// nobody has promoted must not get any because the Rollout is gone. A selector is freed of its
/// revision as soon as nothing is left that it selects, or somebody else has taken the pods over;
/// whatever comes with the same labels is reached then.
package struct Aftermath {
    /// A write, and why.
    package struct Release: Hashable, Sendable {
        package var change: Change
        package var reason: String
    }
    /// In the order in which they are to be made.
    package private(set) var releases: [Release] = []
    /// Whether something still points to a revision, because that has pods.
    package private(set) var isWaiting = false
    private let rollout: ObjectKey
    private let serving: Set<String>

    /// - Parameters:
    ///   - rollout: One that is gone.
    ///   - services: Those that were, or may have been, the Rollout's.
    package init(of rollout: ObjectKey, services: [KubeObject], reader: any ObjectReader) {
        self.rollout = rollout
        let own = { (object: KubeObject) in
            object.annotation(RolloutAnnotations.managedBy) == rollout.name && !object.isDeleting
        }
        let mappings = reader.objects(AmbassadorRouter.mappingKind, namespace: rollout.namespace).filter(own)
        let rules = reader.objects(IstioRouter.destinationRuleKind.groupKind, namespace: rollout.namespace).filter(own)
        let services = services.filter(own)
        if services.isEmpty, rules.isEmpty {
            serving = []
        } else {
            let sets = reader.objects(ReplicaSetView.kind.groupKind, namespace: rollout.namespace)
            serving = Set(sets.lazy.filter { Self.serves($0, rollout) }.map { ReplicaSetView($0).hash })
        }
        for mapping in mappings {
            releases.append(
                Release(
                    change: .delete(
                        mapping.reference, if: Precondition(uid: mapping.uid), propagation: .background),
                    reason: "delete \(mapping.reference.shortDescription): its Rollout is gone"))
        }
        for service in services { release(service: service) }
        for rule in rules { release(rule: rule) }
    }

    /// Whether a ReplicaSet has pods that nobody but the Rollout has had.
    private static func serves(_ set: KubeObject, _ rollout: ObjectKey) -> Bool {
        let view = ReplicaSetView(set)
        guard view.wished > 0 || view.existing > 0 else { return false }
        guard let owner = set.controller else { return true }
        return owner.kind == Rollout.kind.kind && owner.name == rollout.name
    }

    private static func reason(_ object: KubeObject) -> String {
        "free \(object.reference.shortDescription): its Rollout is gone, and so are the pods that it selects"
    }

    private mutating func release(service: KubeObject) {
        let view = ServiceView(service)
        if view.hash.isEmpty { return }
        if serving.contains(view.hash) {
            isWaiting = true
            return
        }
        var patch: JSON = [:]
        patch.set(["metadata", "annotations", RolloutAnnotations.managedBy], to: .null)
        patch.set(["spec", "selector", RolloutLabels.podTemplateHash], to: .null)
        let reference = ObjectReference(ServiceView.kind, namespace: rollout.namespace, name: service.name)
        releases.append(
            Release(
                change: .patch(reference, .merge(patch), if: Precondition(uid: service.uid)),
                reason: Self.reason(service)))
    }

    /// Subsets of a DestinationRule lose their revision; without one they mean all pods of their host.
    private mutating func release(rule: KubeObject) {
        var operations: [JSONPatchOperation] = []
        var isHeld = false
        for (index, subset) in rule.spec["subsets"].elements.enumerated() {
            guard let hash = subset["labels"][RolloutLabels.podTemplateHash].string else { continue }
            if serving.contains(hash) {
                isHeld = true
                continue
            }
            let place = JSONPointer(tokens: ["spec", "subsets", String(index)])
            operations.append(.test(place, subset))
            operations.append(.remove(place.appending("labels").appending(RolloutLabels.podTemplateHash)))
        }
        isWaiting = isWaiting || isHeld
        if !isHeld {
            let mark = ["metadata", "annotations", RolloutAnnotations.managedBy]
            operations.append(.remove(JSONPointer(tokens: mark)))
        }
        if operations.isEmpty { return }
        let condition = Precondition(uid: rule.uid, resourceVersion: rule.resourceVersion)
        releases.append(
            Release(
                change: .patch(rule.reference, .json(JSONPatch(operations)), if: condition),
                reason: Self.reason(rule)))
    }
}
