// A run without a cluster: `decide`'s plans are carried out on a value.
//
// Whoever tries a template (a test in virtual time, a look at a live provider, a replay of last
// week) drives this. There is no second schedule: when something is measured and when the run ends
// is what `decide` says.

package import JSONTree
package import KubeModel
package import MartletModel
import MetricProviders

/// A measurement of a trial, as it is told.
package struct TrialMeasurement: Hashable, Sendable {
    package var metric: String
    /// From 1.
    package var number: Int
    /// After the trial's start.
    package var after: Duration
    /// With its exact times.
    package var measurement: Measurement
    /// The condition that was not met; empty for a good measurement.
    package var wanted: String
    package var isDryRun: Bool
}

/// What one pass wants of whoever drives the trial.
package struct TrialPass: Hashable, Sendable {
    package var measurements: [MeasurementRequest]
    /// Created by the run; each ends by `AnalysisTrial.end(job:)`.
    package var jobs: [KubeObject]
    package var next: Timestamp?
}

/// A run that is being tried.
package struct AnalysisTrial: Hashable, Sendable {
    package let startedAt: Timestamp
    /// With the status as it would be written.
    package private(set) var run: KubeObject
    package private(set) var measurements: [TrialMeasurement] = []
    /// When the run ended, as exactly as the clock; nil while it runs.
    package private(set) var endedAt: Timestamp?
    private var activities: [String: [MeasurementActivity]] = [:]
    private var jobs: [KubeObject] = []

    /// - Parameter spec: As `AnalysisComposition.runSpec` gives it.
    package init(name: String, namespace: String = "default", spec: JSON, startedAt: Timestamp) {
        self.startedAt = startedAt
        run = KubeObject([
            "apiVersion": .string(AnalysisKinds.apiVersion), "kind": "AnalysisRun",
            "metadata": [
                "name": .string(name), "namespace": .string(namespace), "uid": "trial",
                "resourceVersion": "1",
                "creationTimestamp": .string(startedAt.rfc3339),
            ],
            "spec": spec,
        ])
    }

    /// The status so far.
    package var status: AnalysisRunStatus { AnalysisRunStatus(run.status) }
    package var hasEnded: Bool { endedAt != nil }

    /// Ends the run as a promotion or an abort does.
    package mutating func terminate() { run.tree.set(["spec", "terminate"], to: true) }

    /// Looks at the run and carries out what its plan writes; measurements are the caller's.
    package mutating func pass(now: Timestamp) -> TrialPass {
        if hasEnded { return TrialPass(measurements: [], jobs: [], next: nil) }
        let plan = decide(AnalysisSnapshot(now: now, run: run, activities: activities, jobs: jobs))
        var created: [KubeObject] = []
        for change in plan.changes {
            switch change.change {
            case .patchStatus(_, let patch, _):
                run.tree["status"] = MergePatch.apply(patch, to: run.status)
            case .create(let job): created.append(job)
            case .delete(let reference, _, _): jobs.removeAll { $0.reference == reference }
            case .apply, .patch, .evict: break
            }
        }
        noteJobs(now: now)
        jobs += created
        for request in plan.measurements { begin(request, now: now) }
        if status.phase?.isCompleted ?? false { endedAt = now }
        return TrialPass(measurements: plan.measurements, jobs: created, next: plan.next)
    }

    private mutating func begin(_ request: MeasurementRequest, now: Timestamp) {
        let taken = status.result(request.metric)?.taken ?? 0
        var known = activities[request.metric] ?? []
        known.removeAll { $0.number < taken || $0.number == request.number }
        known.append(MeasurementActivity(number: request.number, startedAt: now))
        activities[request.metric] = known
    }

    /// Hands in how a measurement ended.
    package mutating func end(_ request: MeasurementRequest, _ outcome: MeasurementOutcome) {
        guard
            let at = activities[request.metric]?.firstIndex(where: { $0.number == request.number })
        else { return }
        activities[request.metric]?[at].outcome = outcome
        tell(request.metric, request.number, outcome.measurement)
    }

    /// Hands in how a Job ended.
    package mutating func end(job: KubeObject, _ phase: AnalysisPhase, _ message: String) {
        guard let at = jobs.firstIndex(where: { $0.name == job.name }) else { return }
        var condition: JSON = [
            "type": phase == .successful ? "Complete" : "Failed", "status": "True",
        ]
        if !message.isEmpty { condition["message"] = .string(message) }
        jobs[at].tree["status"] = ["conditions": [condition]]
    }

    /// Measurements that are Jobs end in the status only.
    private mutating func noteJobs(now: Timestamp) {
        for result in status.metricResults {
            guard let last = result.measurements.last, last.finishedAt != nil,
                last.metadata[JobMeasurement.nameMetadata] != nil
            else { continue }
            let isTold = measurements.contains {
                $0.metric == result.name && $0.number == result.taken
            }
            if !isTold { tell(result.name, result.taken, last) }
        }
    }

    private mutating func tell(_ metric: String, _ number: Int, _ measurement: Measurement) {
        let view = AnalysisRun(run)
        let rules = view.dryRunRules
        let isBad = measurement.phase.isCompleted && measurement.phase != .successful
        measurements.append(
            TrialMeasurement(
                metric: metric, number: number,
                after: (measurement.startedAt ?? startedAt) - startedAt,
                measurement: measurement,
                wanted: isBad
                    ? AnalysisEvidence.condition(of: metric, view, measurement.phase) : "",
                isDryRun: !AnalysisValidation.dryRunMetrics(
                    view.metricTrees.map(AnalysisMetric.init).filter { $0.name == metric },
                    rules: rules
                ).isEmpty))
    }
}

extension AnalysisTrial {
    /// How a measurement ends that is driven in virtual time.
    package struct Answer: Sendable {
        package var outcome: MeasurementOutcome
        package var takes: Duration
        package init(_ outcome: MeasurementOutcome, takes: Duration = .zero) {
            self.outcome = outcome
            self.takes = takes
        }
    }

    /// How a Job ends that is driven in virtual time.
    package struct JobEnd: Sendable {
        package var phase: AnalysisPhase
        package var message: String
        package var takes: Duration
        package init(_ phase: AnalysisPhase, message: String = "", takes: Duration = .zero) {
            self.phase = phase
            self.message = message
            self.takes = takes
        }
    }

    /// Passes after which a run that never rests is given up.
    private static let passCountMax = 200_000

    /// Plays the run in virtual time until it ends, or until `limit` after its start.
    ///
    /// - Parameters:
    ///   - terminateAfter: When somebody ends the run; nil: nobody does.
    ///   - answer: How a measurement that begins now ends.
    ///   - job: How a Job that is created now ends; nil: never.
    package mutating func play(
        limit: Duration, terminateAfter: Duration? = nil,
        answer: (MeasurementRequest, Timestamp) -> Answer,
        job: (KubeObject, Timestamp) -> JobEnd? = { _, _ in nil }
    ) {
        var now = startedAt
        var answers: [(at: Timestamp, request: MeasurementRequest, outcome: MeasurementOutcome)] =
            []
        var jobEnds: [(at: Timestamp, job: KubeObject, end: JobEnd)] = []
        var termination = terminateAfter.map { startedAt + $0 }
        for _ in 0..<Self.passCountMax {
            for due in answers where due.at <= now { end(due.request, due.outcome) }
            answers.removeAll { $0.at <= now }
            for due in jobEnds where due.at <= now {
                end(job: due.job, due.end.phase, due.end.message)
            }
            jobEnds.removeAll { $0.at <= now }
            if let time = termination, time <= now {
                terminate()
                termination = nil
            }
            let pass = pass(now: now)
            if hasEnded { return }
            for request in pass.measurements {
                let given = answer(request, now)
                answers.append((now + given.takes, request, given.outcome))
            }
            for created in pass.jobs {
                if let end = job(created, now) { jobEnds.append((now + end.takes, created, end)) }
            }
            let times =
                answers.map(\.at) + jobEnds.map(\.at) + [pass.next, termination].compactMap { $0 }
            guard let next = times.min(), next <= startedAt + limit else { return }
            now = max(now, next)
        }
    }
}
