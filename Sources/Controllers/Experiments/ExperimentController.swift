// The controller of Experiments: gather, decide, hand over.

package import ControllerKit
import JSONTree
package import KubeModel
import MartletModel
import RolloutCore
import Telemetry

/// Brings Experiments to their end.
package struct ExperimentController: Controller {
    package let name = "experiments"
    package let kind = Experiment.kind.groupKind
    package var eventComponent: String { "rollouts-controller" }
    package var objectMetrics: ObjectMetrics? {
        ObjectMetrics(duration: .experimentReconcile, errors: .experimentReconcileError)
    }

    private static let group = "argoproj.io"

    package init() {}

    package var watches: [Watch] {
        func resource(_ group: String, _ version: String, _ name: String) -> GroupVersionResource {
            GroupVersionResource(group: group, version: version, resource: name)
        }
        func templates(_ name: String, _ kind: GroupKind) -> Watch {
            Watch(
                resource(Self.group, "v1alpha1", name), kind: kind, isOptional: true,
                trim: RolloutTrims.whole
            ) { template, reader in
                // A template that was missing lets the Experiments that wait for it go on.
                let namespace = template.namespace.isEmpty ? nil : template.namespace
                return reader.objects(Experiment.kind.groupKind, namespace: namespace)
                    .filter { !ExperimentStatus($0.status).isOver }.map(\.key)
            }
        }
        return [
            Watch(
                resource(Self.group, "v1alpha1", "experiments"), kind: kind, isOptional: true,
                trim: RolloutTrims.whole
            ) { object, _ in [object.key] },
            .owned(
                by: kind, resource("apps", "v1", "replicasets"), kind: ReplicaSetView.kind.groupKind,
                trim: RolloutTrims.replicaSet),
            .owned(
                by: kind, resource("", "v1", "services"), kind: ServiceView.kind.groupKind,
                trim: RolloutTrims.service),
            .owned(by: kind, resource(Self.group, "v1alpha1", "analysisruns"), kind: AnalysisKinds.run),
            templates("analysistemplates", AnalysisKinds.template),
            templates("clusteranalysistemplates", AnalysisKinds.clusterTemplate),
        ]
    }

    package func reconcile(_ key: ObjectKey, _ pass: Pass) async throws(Failure) -> Reconciliation {
        guard let snapshot = ExperimentGatherer.gather(key, reader: pass.reader, now: pass.now) else {
            return .nothing
        }
        let plan = decide(snapshot)
        return Reconciliation(
            changes: plan.moves.flatMap(RolloutController.changes), requeueAt: plan.lookAgain, why: plan.why)
    }
}
