// The controller of AnalysisRuns: gather, decide, hand over; measurements are taken beside it.

package import ControllerKit
import AnalysisCore
import JSONTree
package import KubeModel
import MartletModel
import MetricProviders
package import Telemetry
package import Transport

/// Brings AnalysisRuns to their end. A pass never waits for a provider: measurements run beside
/// the passes and ask for another one when they have their answer.
package struct AnalysisController: Controller {
    package let name = "analyses"
    package let kind = AnalysisKinds.run
    package var eventComponent: String { "rollouts-controller" }
    package var objectMetrics: ObjectMetrics? {
        ObjectMetrics(duration: .analysisRunReconcile, errors: .analysisRunReconcileError)
    }
    private let desk: MeasurementDesk

    private static let runs = GroupVersionResource(
        group: "argoproj.io", version: "v1alpha1", resource: "analysisruns")
    private static let jobs = GroupVersionResource(group: "batch", version: "v1", resource: "jobs")
    private static let jobKind = GroupKind("batch", "Job")

    /// - Parameters:
    ///   - exchange: Carries requests to providers.
    ///   - prometheusAddress: The server of metrics that name none; empty: none.
    ///   - namespace: Where the Secrets of providers are: the controller's own.
    ///   - environment: The process's variables, in which some providers' credentials may be.
    ///   - metrics: Where it is counted how late measurements begin.
    package init(
        exchange: any HTTPExchange, runtime: any Runtime = SystemRuntime(), prometheusAddress: String = "",
        namespace: String = "", environment: [String: String] = [:], metrics: MetricRegistry = MetricRegistry()
    ) {
        desk = MeasurementDesk(
            exchange: exchange, runtime: runtime, prometheusAddress: prometheusAddress, namespace: namespace,
            environment: environment, metrics: metrics)
    }

    package var watches: [Watch] {
        [
            .own(Self.runs, kind: AnalysisKinds.run),
            .owned(by: AnalysisKinds.run, Self.jobs, kind: Self.jobKind, trim: Self.trimmedJob),
        ]
    }

    /// Of a Job only how it ended is read.
    private static func trimmedJob(_ tree: JSON) -> JSON {
        var kept: JSON = ["apiVersion": tree["apiVersion"], "kind": tree["kind"], "metadata": tree["metadata"]]
        kept["status"] = ["conditions": tree["status"]["conditions"]]
        return kept
    }

    package func reconcile(_ key: ObjectKey, _ pass: Pass) async throws(Failure) -> Reconciliation {
        guard let run = pass.reader.object(AnalysisKinds.run, key) else {
            desk.forget(key)
            return .nothing
        }
        let snapshot = AnalysisSnapshot(
            now: pass.now, run: run, activities: desk.activities(of: run),
            jobs: pass.reader.objects(Self.jobKind, namespace: key.namespace, ownedBy: run.uid))
        let plan = decide(snapshot)
        for request in plan.measurements {
            desk.start(request, of: run, api: pass.api) { [enqueue = pass.enqueue] in enqueue(key, nil) }
        }
        if snapshot.run.status.phase?.isCompleted ?? false { desk.forget(key) }
        let changes = plan.changes.map { change in
            PlannedChange(
                change.change, priority: .status, reason: change.reason, events: change.events)
        }
        return Reconciliation(changes: changes, requeueAt: plan.next, isWhole: !plan.endsRun, why: plan.why)
    }
}
