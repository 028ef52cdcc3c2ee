// From an Experiment's moves to the writes that carry them out.

import JSONTree
import KubeModel
import MartletModel

/// Makes the writes of one Experiment.
struct ExperimentLowering {
    let snapshot: ExperimentSnapshot

    init(_ snapshot: ExperimentSnapshot) { self.snapshot = snapshot }

    private var experiment: KubeObject { snapshot.experiment.object }
    private var spec: ExperimentSpec { snapshot.experiment.view.spec }

    // MARK: Pods

    func replicaSetName(of template: ExperimentSpec.Template) -> String { "\(snapshot.name)-\(template.name)" }

    func serviceName(of template: ExperimentSpec.Template) -> String {
        template.serviceName.isEmpty ? replicaSetName(of: template) : template.serviceName
    }

    /// The ReplicaSet of a template, without pods. Its hash is the template's own: that of the
    /// revision it was copied from would let the revision's Services select its pods.
    func newReplicaSet(_ template: ExperimentSpec.Template) -> KubeObject {
        let label = RolloutLabels.podTemplateHash
        var pod = template.podTemplate
        pod.set(["metadata", "labels", label], to: nil)
        let hash = JSON.string(PodTemplateHash.hash(pod))
        pod.set(["metadata", "labels", label], to: hash)
        var selector = template.selector
        selector.set(["matchLabels", label], to: hash)
        var replicaSet: JSON = ["replicas": 0, "selector": selector, "template": pod]
        if template.minReadySeconds > 0 { replicaSet["minReadySeconds"] = JSON(template.minReadySeconds) }
        return KubeObject([
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "name": .string(replicaSetName(of: template)), "namespace": .string(snapshot.namespace),
                "labels": pod["metadata"]["labels"],
                "annotations": [
                    ExperimentAnnotations.name: .string(snapshot.name),
                    ExperimentAnnotations.templateName: .string(template.name),
                ],
                "ownerReferences": [OwnerReference(controller: experiment).tree],
            ],
            "spec": replicaSet,
        ])
    }

    func scale(_ set: ReplicaSetView, to replicas: Int) -> Change {
        var patch: JSON = ["spec": ["replicas": JSON(replicas)]]
        if replicas > 0, set.deadline != nil {
            patch.set(["metadata", "annotations", RolloutAnnotations.scaleDownDeadline], to: .null)
        }
        return .patch(set.reference, .merge(patch), if: Precondition(uid: set.uid))
    }

    func note(_ deadline: Timestamp, on set: ReplicaSetView) -> Change {
        var patch: JSON = [:]
        patch.set(
            ["metadata", "annotations", RolloutAnnotations.scaleDownDeadline], to: .string(deadline.rfc3339))
        return .patch(set.reference, .merge(patch), if: Precondition(uid: set.uid))
    }

    /// A Service over a template's pods with all ports of its containers; nil when they have none.
    func newService(_ template: ExperimentSpec.Template, _ set: ReplicaSetView) -> KubeObject? {
        let ports = template.podTemplate["spec"]["containers"].elements.flatMap { $0["ports"].elements }
        guard !ports.isEmpty, !set.hash.isEmpty else { return nil }
        var selector = template.selector["matchLabels"]
        selector.set([RolloutLabels.podTemplateHash], to: .string(set.hash))
        return KubeObject([
            "apiVersion": "v1", "kind": "Service",
            "metadata": [
                "name": .string(serviceName(of: template)), "namespace": .string(snapshot.namespace),
                "annotations": [
                    ExperimentAnnotations.name: .string(snapshot.name),
                    ExperimentAnnotations.templateName: .string(template.name),
                ],
                "ownerReferences": [OwnerReference(controller: experiment).tree],
            ],
            "spec": [
                "selector": selector,
                "ports": .array(
                    ports.map { port in
                        var entry: JSON = ["port": port["containerPort"], "targetPort": port["containerPort"]]
                        entry["protocol"] = port["protocol"].isNull ? "TCP" : port["protocol"]
                        let number = port["containerPort"].int.map(String.init) ?? ""
                        entry["name"] = port["name"].isNull ? .string("port-\(number)") : port["name"]
                        return entry
                    }),
            ],
        ])
    }

    func deleteService(_ name: String, uid: UID) -> Change {
        let reference = ObjectReference(ServiceView.kind, namespace: snapshot.namespace, name: name)
        return .delete(reference, if: Precondition(uid: uid), propagation: .background)
    }

    // MARK: Analyses

    /// The run of an analysis, or how its templates and arguments don't fit together.
    func run(
        _ name: String, _ analysis: ExperimentSpec.Analysis, _ templates: [KubeObject],
        _ status: ExperimentStatus
    ) -> Result<Change, CompositionError> {
        let arguments = analysis.arguments.map { argument -> (name: String, value: JSON) in
            let text = argument["value"].string.map { JSON.string(filled($0, status)) }
            return (argument["name"].string ?? "", text ?? ["valueFrom": argument["valueFrom"]])
        }
        var metadata: JSON = [
            "name": .string(name), "namespace": .string(snapshot.namespace),
            "ownerReferences": [OwnerReference(controller: experiment).tree],
        ]
        if !spec.runLabels.isEmpty { metadata["labels"] = JSON(spec.runLabels) }
        if !spec.runAnnotations.isEmpty { metadata["annotations"] = JSON(spec.runAnnotations) }
        return AnalysisComposition.runSpec(
            templates: templates, args: arguments, dryRun: spec.dryRun,
            measurementRetention: spec.measurementRetention
        ).map { runSpec in
            .create(
                KubeObject([
                    "apiVersion": .string(AnalysisKinds.apiVersion), "kind": "AnalysisRun",
                    "metadata": metadata, "spec": runSpec,
                ]))
        }
    }

    /// An argument with what is known of the experiment put in (analysis.md, section 2).
    private func filled(_ text: String, _ status: ExperimentStatus) -> String {
        var values: [String: String] = [:]
        if let start = status.availableAt {
            values["experiment.availableAt"] = start.rfc3339
            if let duration = spec.duration { values["experiment.finishedAt"] = (start + duration).rfc3339 }
        }
        for (name, set) in snapshot.replicaSets {
            values["templates.\(name).podTemplateHash"] = set.hash
            values["templates.\(name).replicaset.name"] = set.name
        }
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            let tag = rest[open.upperBound..<close.lowerBound].split(separator: " ").joined()
            result += rest[..<open.lowerBound]
            result += values[tag] ?? String(rest[open.lowerBound..<close.upperBound])
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    func terminate(_ run: AnalysisRunView) -> Change {
        let reference = ObjectReference(AnalysisKinds.runKind, namespace: snapshot.namespace, name: run.name)
        return .patch(reference, .merge(["spec": ["terminate": true]]), if: Precondition(uid: run.uid))
    }

    // MARK: The Experiment itself

    /// The difference to the status that was seen. Somebody's write in between fails it.
    func record(_ status: ExperimentStatus) -> Change? {
        let after = status.tree(over: experiment.status)
        guard let patch = MergePatch.difference(from: experiment.status, to: after) else { return nil }
        let precondition = Precondition(uid: experiment.uid, resourceVersion: experiment.resourceVersion)
        return .patchStatus(snapshot.reference, ["status": patch], if: precondition)
    }
}
