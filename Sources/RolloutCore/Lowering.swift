// From moves to the writes that carry them out.

import JSONTree
import KubeModel
import MartletModel

/// Makes the writes of one Rollout. Each carries what must still be so, or does nothing when
/// repeated (invariant 9).
struct Lowering {
    let snapshot: RolloutSnapshot
    let position: Position

    init(_ snapshot: RolloutSnapshot, _ position: Position) {
        self.snapshot = snapshot
        self.position = position
    }

    private var rollout: KubeObject { snapshot.rollout.object }

    // MARK: ReplicaSets

    /// The ReplicaSet of a new revision, without pods: sizing it is a decision of its own.
    func newReplicaSet() -> KubeObject {
        let hash = position.hash
        var template = snapshot.template
        template.set(["metadata", "labels", RolloutLabels.podTemplateHash], to: .string(hash))
        let spread =
            snapshot.rollout.view.spec.canary?.antiAffinity
            ?? snapshot.rollout.view.spec.blueGreen?.antiAffinity
        let stableHash = position.status.stableHash
        if let spread, !spread.isNull, !stableHash.isEmpty, stableHash != hash {
            AntiAffinity.add(spread, awayFrom: stableHash, namespace: snapshot.namespace, to: &template)
        }
        let metadata = PodMetadata(snapshot, position).ofNewSet
        var labels = template["metadata"]["labels"].object ?? JSONObject()
        labels[RolloutLabels.podTemplateHash] = .string(hash)
        var selector = snapshot.selector
        selector.set(["matchLabels", RolloutLabels.podTemplateHash], to: .string(hash))
        var annotations = JSONObject()
        let own: Set<String> = [
            RolloutAnnotations.lastApplied, RolloutAnnotations.revision, RolloutAnnotations.revisionHistory,
            RolloutAnnotations.desiredReplicas, RolloutAnnotations.notified,
        ]
        for (key, value) in rollout.metadata["annotations"].object ?? JSONObject() where !own.contains(key) {
            annotations[key] = value
        }
        annotations[RolloutAnnotations.revision] = .string(String(position.revision))
        annotations[RolloutAnnotations.desiredReplicas] = .string(String(snapshot.rollout.view.spec.replicas))
        if metadata != [:] {
            annotations[RolloutAnnotations.ephemeralMetadata] = .string(PodMetadata.text(metadata))
            template.set(["metadata"], to: MergePatch.apply(metadata, to: template["metadata"]))
        }
        var spec: JSON = ["replicas": 0, "selector": selector, "template": template]
        let minReady = snapshot.rollout.view.spec.minReadySeconds
        if minReady > 0 { spec["minReadySeconds"] = JSON(minReady) }
        return KubeObject([
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "name": .string("\(snapshot.name)-\(hash)"), "namespace": .string(snapshot.namespace),
                "labels": .object(labels), "annotations": .object(annotations),
                "ownerReferences": [OwnerReference(controller: rollout).tree],
            ],
            "spec": spec,
        ])
    }

    /// One patch for all that changes on a ReplicaSet.
    func edit(_ set: ReplicaSetView, _ edit: ReplicaSetEdit) -> Change {
        var patch: JSON = [:]
        if let replicas = edit.replicas { patch.set(["spec", "replicas"], to: JSON(replicas)) }
        if let seconds = edit.minReadySeconds { patch.set(["spec", "minReadySeconds"], to: JSON(seconds)) }
        for (key, value) in edit.annotations.sorted(by: { $0.key < $1.key }) {
            patch.set(["metadata", "annotations", key], to: value.map { .string($0) } ?? .null)
        }
        return .patch(set.reference, .merge(patch), if: Precondition(uid: set.uid))
    }

    func delete(_ set: ReplicaSetView) -> Change {
        .delete(set.reference, if: Precondition(uid: set.uid), propagation: .background)
    }

    // MARK: Services

    func select(_ hash: String, by service: ServiceView) -> Change {
        var patch: JSON = ["spec": ["selector": .object([RolloutLabels.podTemplateHash: .string(hash)])]]
        if service.managedBy == nil {
            patch.set(["metadata", "annotations", RolloutAnnotations.managedBy], to: .string(snapshot.name))
        }
        let reference = ObjectReference(ServiceView.kind, namespace: snapshot.namespace, name: service.name)
        return .patch(reference, .merge(patch), if: Precondition(uid: service.uid))
    }

    // MARK: Analysis runs

    func run(_ name: String, _ purpose: AnalysisPurpose, _ analysis: RolloutAnalysis, spec: JSON)
        -> KubeObject
    {
        var labels = JSONObject()
        for (key, value) in KubeObject.strings(snapshot.selector["matchLabels"]).sorted(by: {
            $0.key < $1.key
        }) {
            labels[key] = .string(value)
        }
        for (key, value) in analysis.runLabels.sorted(by: { $0.key < $1.key }) {
            labels[key] = .string(value)
        }
        labels[RolloutLabels.podTemplateHash] = .string(position.hash)
        labels[RolloutLabels.analysisKind] = .string(purpose.label)
        if case .step(let index) = purpose { labels[RolloutLabels.stepIndex] = .string(String(index)) }
        var annotations = analysis.runAnnotations
        annotations[RolloutAnnotations.revision] = String(position.revision)
        return KubeObject([
            "apiVersion": .string(AnalysisKinds.apiVersion), "kind": "AnalysisRun",
            "metadata": [
                "name": .string(name), "namespace": .string(snapshot.namespace), "labels": .object(labels),
                "annotations": JSON(annotations),
                "ownerReferences": [OwnerReference(controller: rollout).tree],
            ],
            "spec": spec,
        ])
    }

    private func runReference(_ run: AnalysisRunView) -> ObjectReference {
        ObjectReference(AnalysisKinds.runKind, namespace: snapshot.namespace, name: run.name)
    }

    func terminate(_ run: AnalysisRunView) -> Change {
        .patch(runReference(run), .merge(["spec": ["terminate": true]]), if: Precondition(uid: run.uid))
    }

    func delete(_ run: AnalysisRunView) -> Change {
        .delete(runReference(run), if: Precondition(uid: run.uid), propagation: .background)
    }

    // MARK: The Rollout itself

    /// What is written beside the status: the revision's number, and replicas where none are
    /// written, which autoscalers need.
    func number() -> Change? {
        var patch: JSON = [:]
        if snapshot.rollout.view.revision != position.revision {
            patch.set(
                ["metadata", "annotations", RolloutAnnotations.revision],
                to: .string(String(position.revision)))
        }
        let seen = rollout.annotation(RolloutAnnotations.workloadGeneration)
        let generation = snapshot.workload.map { String($0.generation) }
        if seen != generation {
            let value: JSON = generation.map { .string($0) } ?? .null
            patch.set(["metadata", "annotations", RolloutAnnotations.workloadGeneration], to: value)
        }
        if !snapshot.rollout.view.spec.hasReplicas { patch.set(["spec", "replicas"], to: 1) }
        if patch == [:] { return nil }
        return .patch(snapshot.reference, .merge(patch), if: Precondition(uid: rollout.uid))
    }

    /// The difference to the status that was seen. Somebody's write in between fails it.
    func record(_ status: RolloutStatus) -> Change? {
        if status == snapshot.rollout.view.status { return nil }
        let after = status.tree(over: rollout.status)
        guard let patch = MergePatch.difference(from: rollout.status, to: after) else { return nil }
        let precondition = Precondition(uid: rollout.uid, resourceVersion: rollout.resourceVersion)
        return .patchStatus(snapshot.reference, ["status": patch], if: precondition)
    }
}

/// What changes on one ReplicaSet.
struct ReplicaSetEdit: Hashable {
    var replicas: Int?
    var minReadySeconds: Int?
    /// Nil removes the annotation.
    var annotations: [String: String?] = [:]
    var isEmpty: Bool { replicas == nil && minReadySeconds == nil && annotations.isEmpty }
}
