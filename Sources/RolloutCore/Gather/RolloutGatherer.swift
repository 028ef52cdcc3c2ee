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

    private static func replicaSets(of object: KubeObject, _ reader: any ObjectReader) -> [ReplicaSetView] {
        reader.objects(ReplicaSetView.kind.groupKind, namespace: object.namespace, ownedBy: object.uid)
            .filter { $0.controller?.uid == object.uid }.map(ReplicaSetView.init)
            .sorted { ($0.created, $0.name) < ($1.created, $1.name) }
    }
}
