// Starting, stopping and forgetting the Experiments of a canary's steps.

import JSONTree
import KubeModel
import MartletModel

/// The moves on a canary's Experiments.
struct ExperimentMoves {
    let snapshot: RolloutSnapshot
    let position: Position

    init(_ snapshot: RolloutSnapshot, _ position: Position) {
        self.snapshot = snapshot
        self.position = position
    }

    /// Makes the Experiment whose name the status already records; nil as long as the templates of
    /// the revisions are not known.
    func create(_ name: String, _ step: JSON) -> Move? {
        var templates: [JSON] = []
        for template in step["templates"].elements {
            let isStable = template["specRef"].string == "stable"
            guard let set = isStable ? position.stableSet : position.newSet,
                let source = snapshot.revisionTemplates[set.name]
            else { return nil }
            templates.append(self.template(template, from: source))
        }
        let rollout = snapshot.rollout.object
        var spec: JSON = ["templates": .array(templates)]
        let members = [
            "duration", "scaleDownDelaySeconds", "dryRun", "measurementRetention", "analysisRunMetadata",
        ]
        for member in members where !step[member].isNull { spec[member] = step[member] }
        if !rollout.spec["progressDeadlineSeconds"].isNull {
            spec["progressDeadlineSeconds"] = rollout.spec["progressDeadlineSeconds"]
        }
        let analyses = step["analyses"].elements.map(analysis)
        if !analyses.isEmpty { spec["analyses"] = .array(analyses) }
        let object = KubeObject([
            "apiVersion": .string(AnalysisKinds.apiVersion), "kind": .string(Experiment.kind.kind),
            "metadata": [
                "name": .string(name), "namespace": .string(snapshot.namespace),
                "labels": .object([RolloutLabels.podTemplateHash: .string(position.hash)]),
                "annotations": .object([RolloutAnnotations.revision: .string(String(position.revision))]),
                "ownerReferences": [OwnerReference(controller: rollout).tree],
            ],
            "spec": spec,
        ])
        return Move(
            .createExperiment(name), because: "its step has begun", [.create(object)],
            events: [RolloutEvents(rollout).experimentCreated(name)])
    }

    /// A template of the step with the pods of a revision.
    private func template(_ template: JSON, from source: JSON) -> JSON {
        var pod = source["template"]
        var selector = template["selector"].isNull ? source["selector"] : template["selector"]
        for (key, value) in template["metadata"]["labels"].object ?? JSONObject() {
            pod.set(["metadata", "labels", key], to: value)
            selector.set(["matchLabels", key], to: value)
        }
        for (key, value) in template["metadata"]["annotations"].object ?? JSONObject() {
            pod.set(["metadata", "annotations", key], to: value)
        }
        var result: JSON = ["name": template["name"]]
        if !template["replicas"].isNull { result["replicas"] = template["replicas"] }
        let minReady = snapshot.rollout.view.spec.minReadySeconds
        if minReady > 0 { result["minReadySeconds"] = JSON(minReady) }
        result["selector"] = selector
        result["template"] = pod
        if !template["service"].isNull {
            result["service"] = template["service"]
        } else if !template["weight"].isNull {
            // What has a share of the traffic needs an address.
            result["service"] = [:]
        }
        return result
    }

    private func analysis(_ analysis: JSON) -> JSON {
        var result: JSON = ["name": analysis["name"], "templateName": analysis["templateName"]]
        for member in ["clusterScope", "requiredForCompletion"] where !analysis[member].isNull {
            result[member] = analysis[member]
        }
        let arguments = RunArguments(snapshot, position).resolved(analysis["args"].elements)
        if !arguments.isEmpty {
            result["args"] = .array(
                arguments.map { name, value in
                    guard case .object(let members) = value else {
                        return ["name": .string(name), "value": value]
                    }
                    var argument = members
                    argument["name"] = .string(name)
                    return .object(argument)
                })
        }
        return result
    }

    // MARK: Ends

    private func reference(_ experiment: ExperimentView) -> ObjectReference {
        ObjectReference(Experiment.kind, namespace: snapshot.namespace, name: experiment.name)
    }

    /// Stops Experiments that nothing waits for.
    func terminate(except current: String) -> [Move] {
        snapshot.experiments.filter { !$0.isCompleted && !$0.isTerminating && $0.name != current }.map {
            Move(
                .terminateExperiment($0.name), because: "nothing waits for it",
                [
                    .patch(reference($0), .merge(["spec": ["terminate": true]]), if: Precondition(uid: $0.uid))
                ])
        }
    }

    /// Deletes finished Experiments beyond the limits, and those of revisions that are gone.
    func cleanup(except current: String) -> [Move] {
        let spec = snapshot.rollout.view.spec
        let hashes = Set(snapshot.replicaSets.filter { !$0.isDeleting }.map(\.hash))
        var successful = 0
        var unsuccessful = 0
        var moves: [Move] = []
        for experiment in snapshot.experiments.sorted(by: { ($0.created, $0.name) > ($1.created, $1.name) })
        where experiment.isCompleted && experiment.name != current {
            let isGood = experiment.phase == AnalysisPhase.successful.rawValue
            if isGood { successful += 1 } else { unsuccessful += 1 }
            let isExcess =
                isGood
                ? successful > spec.successfulRunHistoryLimit : unsuccessful > spec.unsuccessfulRunHistoryLimit
            guard isExcess || !hashes.contains(experiment.hash) else { continue }
            moves.append(
                Move(
                    .deleteExperiment(experiment.name), because: "the history is full",
                    [
                        .delete(
                            reference(experiment), if: Precondition(uid: experiment.uid),
                            propagation: .background)
                    ]))
        }
        return moves
    }
}
