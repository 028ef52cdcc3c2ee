// From caches to a snapshot.

import JSONTree
package import KubeModel
import MartletModel
import TrafficRouting

/// Gathers what a decision about a Rollout needs. The live controller and the simulation share it.
package enum RolloutGatherer {
    /// The snapshot of a Rollout, or nil when it is gone.
    package static func gather(_ key: ObjectKey, reader: any ObjectReader, now: Timestamp) -> RolloutSnapshot?
    {
        guard let object = reader.object(Rollout.kind.groupKind, key) else { return nil }
        let rollout = Observed(object, view: Rollout(object))
        var snapshot = RolloutSnapshot(now: now, rollout: rollout)
        let references = RolloutReferences(object, rollout.view, reader)
        if let workload = references.workload() {
            switch workload {
            case .success(let found):
                snapshot.workload = WorkloadView(found.object)
                snapshot.template = found.template
                if snapshot.selector.isNull { snapshot.selector = found.selector }
            case .failure(let error): snapshot.problem = error
            }
        }
        snapshot.templateHash = PodTemplateHash.hash(
            snapshot.template, collisionCount: rollout.view.status.collisionCount)
        snapshot.templateDigest = PodTemplateHash.digest(of: snapshot.template)
        if rollout.view.spec.canary != nil {
            snapshot.stepsHash = PodTemplateHash.hash(steps: object.spec["strategy"]["canary"]["steps"])
        }
        snapshot.replicaSets = replicaSets(of: object, reader)
        avoidCollision(&snapshot, reader)
        snapshot.runs = reader.objects(AnalysisKinds.run, namespace: key.namespace, ownedBy: object.uid)
            .filter { $0.controller?.uid == object.uid }.map(AnalysisRunView.init)
        snapshot.experiments = reader.objects(
            Experiment.kind.groupKind, namespace: key.namespace, ownedBy: object.uid
        ).filter { $0.controller?.uid == object.uid }.map(ExperimentView.init)
        if let canary = rollout.view.spec.canary {
            for case (let index, .plugin) in canary.steps.enumerated() {
                let name = ObjectKey(
                    namespace: key.namespace, name: StepWishView.name(object.name, index))
                let found = reader.object(StepWishView.kind.groupKind, name)
                if let found { snapshot.stepWishes.append(StepWishView(found)) }
            }
        }
        for name in references.serviceNames {
            let found = reader.object(
                ServiceView.kind.groupKind, ObjectKey(namespace: key.namespace, name: name))
            if let found { snapshot.services[name] = ServiceView(found) }
        }
        snapshot.routed = references.routedObjects()
        snapshot.analyses = references.analyses()
        if snapshot.problem == nil { snapshot.problem = references.problem(in: snapshot) }
        if snapshot.problem != nil { snapshot.lacksObjects = references.lacksObjects }
        return snapshot
    }

    /// A name that a new ReplicaSet would need may be taken by another template's, or by somebody
    /// else's: then the hash is made with a higher count.
    private static func avoidCollision(_ snapshot: inout RolloutSnapshot, _ reader: any ObjectReader) {
        snapshot.collisionCount = snapshot.rollout.view.status.collisionCount
        let digest = snapshot.templateDigest
        if snapshot.replicaSets.contains(where: { $0.digest == digest && !$0.isDeleting }) { return }
        for _ in 0..<collisionsMax {
            let key = ObjectKey(
                namespace: snapshot.namespace, name: "\(snapshot.name)-\(snapshot.templateHash)")
            guard let other = reader.object(ReplicaSetView.kind.groupKind, key) else { return }
            let isOurs = other.controller?.uid == snapshot.rollout.object.uid
            if isOurs, ReplicaSetView(other).digest == digest { return }
            let count = (snapshot.collisionCount ?? 0) + 1
            snapshot.collisionCount = count
            snapshot.templateHash = PodTemplateHash.hash(snapshot.template, collisionCount: count)
        }
    }

    /// So many names in a row are not all taken.
    private static let collisionsMax = 10

    private static func replicaSets(of object: KubeObject, _ reader: any ObjectReader) -> [ReplicaSetView] {
        reader.objects(ReplicaSetView.kind.groupKind, namespace: object.namespace, ownedBy: object.uid)
            .filter { $0.controller?.uid == object.uid }.map(ReplicaSetView.init)
            .sorted { ($0.created, $0.name) < ($1.created, $1.name) }
    }
}
