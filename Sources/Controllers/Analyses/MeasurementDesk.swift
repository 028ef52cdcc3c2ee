// Where measurements are under way: at most one of a metric.

package import AnalysisCore
package import ControllerKit
package import KubeClient
package import KubeModel
import MartletModel
import Synchronization
package import Telemetry
package import Transport

/// Knows which measurements are under way and how those ended that are not in the status yet. A
/// class because passes and measurements share it.
package final class MeasurementDesk: Sendable {
    /// The measurements of one run by metric.
    private struct RunEntry {
        var uid: UID
        /// In the order of their numbers: those that the status does not show, and one before.
        var activities: [String: [MeasurementActivity]] = [:]
    }
    private struct State {
        var runs: [ObjectKey: RunEntry] = [:]
    }

    private let calls: MeasurementCalls
    private let runtime: any Runtime
    private let state = Mutex(State())

    package init(
        exchange: any HTTPExchange, runtime: any Runtime, prometheusAddress: String, namespace: String = "",
        environment: [String: String] = [:], metrics: MetricRegistry = MetricRegistry()
    ) {
        calls = MeasurementCalls(
            exchange: exchange, runtime: runtime, prometheusAddress: prometheusAddress, namespace: namespace,
            environment: environment, metrics: metrics)
        self.runtime = runtime
    }

    /// What is known of a run's measurements beyond its status.
    package func activities(of run: KubeObject) -> [String: [MeasurementActivity]] {
        state.withLock { state in
            guard let entry = state.runs[run.key], entry.uid == run.uid else { return [:] }
            return entry.activities
        }
    }

    /// Lets go of what is known of a run: it is gone or has ended.
    package func forget(_ key: ObjectKey) {
        state.withLock { state in
            state.runs[key]?.activities = [:]
            state.runs[key] = nil
        }
    }

    /// Takes a measurement beside the caller and tells when it is there; of several of one run that
    /// are under way, when the last is there or one is no success and the others take long. One
    /// that is under way already is not started again.
    package func start(
        _ request: MeasurementRequest, of run: KubeObject, api: any KubeAPI, finished: @escaping @Sendable () -> Void
    ) {
        let now = runtime.now()
        let key = run.key
        let uid = run.uid
        let recorded = AnalysisRunStatus(run.status).result(request.metric)?.taken ?? 0
        let isNew = state.withLock { state in
            if state.runs[key]?.uid != uid { state.runs[key] = RunEntry(uid: uid) }
            var known = state.runs[key]?.activities[request.metric] ?? []
            if let last = known.last, last.number >= request.number {
                // One that its provider had not finished is asked for again.
                guard request.unfinished != nil, last.number == request.number,
                    let before = last.outcome?.measurement, before.finishedAt == nil
                else { return false }
                known.removeLast()
            }
            known.removeAll { $0.number < recorded }
            known.append(MeasurementActivity(number: request.number, startedAt: now))
            state.runs[key]?.activities[request.metric] = known
            return true
        }
        guard isNew else { return }
        Task { [self] in
            let outcome = await calls.take(request, api: api)
            if note(outcome, request, key, uid) { finished() }
        }
    }

    /// Keeps an outcome; whether a pass would do something with it now.
    private func note(
        _ outcome: MeasurementOutcome, _ request: MeasurementRequest, _ key: ObjectKey, _ uid: UID
    ) -> Bool {
        let now = runtime.now()
        return state.withLock { state in
            guard state.runs[key]?.uid == uid,
                let at = state.runs[key]?.activities[request.metric]?.firstIndex(where: {
                    $0.number == request.number
                })
            else { return false }
            state.runs[key]?.activities[request.metric]?[at].outcome = outcome
            // Passes have planned when to look at what came before the last: soon where something
            // fails, else when it would be written anyway.
            let others = state.runs[key]?.activities.values.compactMap { $0.last { $0.outcome == nil }?.startedAt }
            guard let begun = others?.max() else { return true }
            return outcome.measurement.phase != .successful && begun + Schedule.companyMax <= now
        }
    }
}
