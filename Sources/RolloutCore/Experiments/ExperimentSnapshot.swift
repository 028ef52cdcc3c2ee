// Everything that one decision about an Experiment needs, and what a decision comes to.

package import KubeModel
package import MartletModel

/// What a decision about an Experiment is made from.
package struct ExperimentSnapshot: Hashable, Sendable {
    package var now: Timestamp
    package var experiment: Observed<Experiment>
    /// The ReplicaSets that the Experiment controls, by its template's name; the oldest of several.
    package var replicaSets: [String: ReplicaSetView]
    /// The Services that the Experiment controls, by name.
    package var services: [String: UID]
    /// The analysis runs that the Experiment controls.
    package var runs: [AnalysisRunView]
    /// For each analysis by name: the templates of its run, or why there are none.
    package var analyses: [String: Result<[KubeObject], CompositionError>]

    package init(now: Timestamp, experiment: Observed<Experiment>) {
        self.now = now
        self.experiment = experiment
        replicaSets = [:]
        services = [:]
        runs = []
        analyses = [:]
    }

    package var name: String { experiment.object.name }
    package var namespace: String { experiment.object.namespace }
    package var reference: ObjectReference {
        ObjectReference(Experiment.kind, namespace: namespace, name: name)
    }
}

/// What to do about an Experiment, and why.
package struct ExperimentPlan: Hashable, Sendable {
    /// In the only safe order.
    package var moves: [Move] = []
    package var status: ExperimentStatus
    /// When to look again though nothing changes.
    package var lookAgain: Timestamp?
    package var why: String
}

/// Marks on what experiments make.
package enum ExperimentAnnotations {
    package static let name = "experiment.argoproj.io/name"
    package static let templateName = "experiment.argoproj.io/template-name"
}

/// Gathers what a decision about an Experiment needs. The live controller and tests share it.
package enum ExperimentGatherer {
    /// The snapshot of an Experiment, or nil when it is gone.
    package static func gather(_ key: ObjectKey, reader: any ObjectReader, now: Timestamp)
        -> ExperimentSnapshot?
    {
        guard let object = reader.object(Experiment.kind.groupKind, key) else { return nil }
        let experiment = Observed(object, view: Experiment(object))
        var snapshot = ExperimentSnapshot(now: now, experiment: experiment)
        func owned(_ kind: GroupKind) -> [KubeObject] {
            reader.objects(kind, namespace: key.namespace, ownedBy: object.uid)
                .filter { $0.controller?.uid == object.uid }
        }
        let sets = owned(ReplicaSetView.kind.groupKind).map(ReplicaSetView.init)
            .filter { !$0.isDeleting }.sorted { ($0.created, $0.name) < ($1.created, $1.name) }
        for set in sets {
            guard let name = set.annotations[ExperimentAnnotations.templateName],
                snapshot.replicaSets[name] == nil
            else { continue }
            snapshot.replicaSets[name] = set
        }
        for service in owned(ServiceView.kind.groupKind) where !service.isDeleting {
            snapshot.services[service.name] = service.uid
        }
        snapshot.runs = owned(AnalysisKinds.run).map(AnalysisRunView.init)
        for analysis in experiment.view.spec.analyses {
            snapshot.analyses[analysis.name] = AnalysisComposition.resolve(
                references: [analysis.reference], namespace: key.namespace, reader: reader)
        }
        return snapshot
    }
}
