// Decides what an AnalysisRun does next.
//
// A pass takes in the measurements that have come back, assesses each metric and the run, says
// which measurements are due, and when to look again. Measurements are taken elsewhere and come
// back through the next snapshot; only their answers are recorded, so that a controller that dies
// with one under way takes it again. Invariants:
//
//  1. A measurement counts once: its number is one more than the measurements in the status.
//  2. Of a metric at most one measurement is under way.
//  3. A completed run never changes, save that it is deleted when its time is over.
//  4. Every wait ends by a time (`next`), by an answer, or by a watched Job.

import JSONTree
import KubeModel
import MartletModel
import MetricProviders

/// What to do about a run now. Deciding twice on one snapshot gives one plan.
package func decide(_ snapshot: AnalysisSnapshot) -> AnalysisPlan {
    let object = snapshot.run.object
    if object.isDeleting { return AnalysisPlan() }
    if snapshot.run.status.phase?.isCompleted ?? false { return Expiry.plan(snapshot) }
    var pass = AnalysisPass(snapshot)
    return pass.run()
}

/// When a run that has ended is deleted.
private enum Expiry {
    static func plan(_ snapshot: AnalysisSnapshot) -> AnalysisPlan {
        let status = snapshot.run.status
        let ttl = snapshot.run.ttl
        let special: Int? =
            switch status.phase {
            case .successful: ttl.afterSuccessSeconds
            case .failed: ttl.afterFailureSeconds
            default: nil
            }
        var plan = AnalysisPlan()
        guard let seconds = special ?? ttl.afterCompletionSeconds else { return plan }
        // A run that was refused at once has no completedAt; with Argo it stays for ever.
        let end = status.completedAt ?? status.startedAt ?? snapshot.run.object.creationTimestamp ?? snapshot.now
        let deadline = end + .seconds(seconds)
        if snapshot.now > deadline {
            let reference = snapshot.run.object.reference
            plan.changes = [
                AnalysisChange(
                    .delete(reference, if: Precondition(uid: snapshot.run.object.uid), propagation: .background),
                    reason: "its time to live of \(seconds) s is over")
            ]
            plan.why = "the time to live is over"
        } else {
            plan.next = deadline + .milliseconds(1)
        }
        return plan
    }
}

/// One pass over a run that has not ended.
private struct AnalysisPass {
    private let snapshot: AnalysisSnapshot
    private let spec: AnalysisRun
    private var status: AnalysisRunStatus
    private var metrics: [AnalysisMetric] = []
    private var trees: [String: MetricTree] = [:]
    private var dryRun: Set<String> = []
    private var plan = AnalysisPlan()
    private var ended: [(name: String, phase: AnalysisPhase)] = []
    /// Exact ends of measurements; the status knows seconds only.
    private var finishedAt: [String: Timestamp] = [:]

    /// When the oldest of the successful measurements ended that the status does not show yet.
    private var oldestUnwritten: Timestamp?
    /// Something has come back that is no mere success.
    private var hasNews = false

    /// A measurement that takes longer than this makes the run say that it is running.
    private static let silenceMax = Duration.seconds(1)

    init(_ snapshot: AnalysisSnapshot) {
        self.snapshot = snapshot
        spec = snapshot.run.view
        status = spec.status
    }

    mutating func run() -> AnalysisPlan {
        if let problem = prepare() { return refuse(problem) }
        if let time = companyDue {
            return AnalysisPlan(next: time, why: "measured; others that were begun with it are on their way")
        }
        for metric in metrics {
            if let problem = takeIn(metric) { return refuse(problem) }
        }
        assess()
        if !(status.phase?.isCompleted ?? false) { start() }
        finish()
        return plan
    }

    // MARK: The spec

    /// Puts arguments in and validates; what is wrong, or nil.
    private mutating func prepare() -> String? {
        let values = ArgumentExpansion.values(spec.arguments, secrets: nil)
        for tree in spec.metricTrees {
            do throws(ArgumentError) {
                let expanded = try ArgumentExpansion.expand(tree, values: values)
                let metric = AnalysisMetric(expanded)
                metrics.append(metric)
                trees[metric.name] = MetricTree(written: tree, expanded: expanded)
            } catch {
                return "Unable to resolve metric arguments: \(error.message)"
            }
        }
        dryRun = AnalysisValidation.dryRunMetrics(metrics, rules: spec.dryRunRules)
        let error = AnalysisValidation.error(
            of: metrics, dryRunRules: spec.dryRunRules, retentionRules: spec.retentionRules)
        return error.map { "Analysis spec invalid: \($0.message)" }
    }

    /// Ends the run because it cannot be carried out. As with Argo neither times nor summaries are
    /// written then.
    private mutating func refuse(_ problem: String) -> AnalysisPlan {
        status = spec.status
        status.phase = .error
        status.message = problem
        var tree = snapshot.run.object.status
        if tree.object == nil { tree = [:] }
        tree["phase"] = .string(AnalysisPhase.error.rawValue)
        tree["message"] = .string(problem)
        patch(to: tree, events: [runEvent(.error)], reason: problem)
        return AnalysisPlan(changes: plan.changes, endsRun: true, why: problem)
    }

    /// Until when an answer waits for measurements of other metrics that are about to come back: a
    /// failure would end the run without them, and their evidence be lost.
    private var companyDue: Timestamp? {
        guard snapshot.activities.contains(where: { name, _ in hasAnswer(name) }) else { return nil }
        let begun = activeMetrics.compactMap { snapshot.activities[$0]?.last?.startedAt }
        guard let due = begun.max().map({ $0 + Schedule.companyMax }), due > snapshot.now else { return nil }
        return due
    }

    /// Whether a measurement has come back that the status does not show.
    private func hasAnswer(_ name: String) -> Bool {
        let taken = spec.status.result(name)?.taken ?? 0
        return snapshot.activities[name]?.contains { $0.number == taken + 1 && $0.outcome != nil } ?? false
    }

    // MARK: What has come back

    /// Takes in a measurement that ended; what makes the run impossible, or nil.
    private mutating func takeIn(_ metric: AnalysisMetric) -> String? {
        var result =
            status.result(metric.name)
            ?? MetricResult(name: metric.name, phase: .running, isDryRun: dryRun.contains(metric.name))
        if result.phase.isCompleted { return nil }
        let activities = snapshot.activities[metric.name] ?? []
        let taken = result.taken
        while let outcome = activities.first(where: { $0.number == result.taken + 1 })?.outcome {
            if let problem = outcome.runError { return problem }
            add(outcome, to: &result)
            if outcome.measurement.finishedAt == nil { break }
        }
        let activity = activities.last
        if result.taken > taken {
            finishedAt[metric.name] = result.measurements.last?.finishedAt
        } else if let last = result.measurements.last, last.finishedAt == nil {
            guard let ended = endOfUnfinished(last, result, activity) else {
                store(result)
                return nil
            }
            result.measurements[result.measurements.count - 1] = ended
            result.tally(ended.phase)
            finishedAt[metric.name] = snapshot.now
        } else {
            if activity?.number == result.taken { finishedAt[metric.name] = activity?.outcome?.measurement.finishedAt }
            return nil
        }
        store(result)
        return nil
    }

    private mutating func add(_ outcome: MeasurementOutcome, to result: inout MetricResult) {
        var measurement = outcome.measurement
        if measurement.phase.isCompleted, measurement.finishedAt == nil { measurement.finishedAt = snapshot.now }
        if let last = result.measurements.last, last.finishedAt == nil || (last.isWaiting && measurement.isWaiting) {
            // Of measurements without data the latest stays: they must not crowd out what was found.
            result.measurements.removeLast()
        }
        result.measurements.append(measurement)
        result.tally(measurement, hadData: outcome.hadData)
        result.message = measurement.isWaiting ? measurement.message : ""
        for (key, value) in outcome.metadata { result.metadata[key] = value }
        if measurement.phase == .successful || measurement.isWaiting, let end = measurement.finishedAt {
            oldestUnwritten = min(oldestUnwritten ?? end, end)
        } else {
            hasNews = true
        }
    }

    /// What has become of a measurement that the status calls unfinished; nil: it still runs.
    private mutating func endOfUnfinished(
        _ measurement: Measurement, _ result: MetricResult, _ activity: MeasurementActivity?
    ) -> Measurement? {
        var ended = measurement
        ended.finishedAt = snapshot.now
        ended.resumeAt = nil
        guard let name = measurement.metadata[JobMeasurement.nameMetadata] else {
            if let activity, activity.number == result.taken + 1, activity.outcome == nil { return nil }
            if isTerminating {
                ended.phase = .inconclusive
                ended.message = "Metric Terminated"
                return ended
            }
            // A provider that is at it is asked again, whoever began.
            if measurement.resumeAt != nil { return nil }
            // Begun by a controller that is no more, by a provider that we cannot ask again.
            ended.phase = .error
            ended.message = "the measurement was interrupted"
            return ended
        }
        guard let job = snapshot.jobs.first(where: { $0.name == name }) else {
            // Created, and not seen yet: its name is ours alone, so it can be deleted unseen.
            if isTerminating {
                let namespace = measurement.metadata[JobMeasurement.namespaceMetadata] ?? snapshot.run.object.namespace
                let kind = GroupVersionKind(apiVersion: "batch/v1", kind: "Job")
                deleteJob(ObjectReference(kind, namespace: namespace, name: name), if: .none, ending: &ended)
                return ended
            }
            guard let startedAt = measurement.startedAt, snapshot.now > startedAt + JobPatience.missingMax else {
                plan.next = earlier(plan.next, snapshot.now + JobPatience.missingMax)
                return nil
            }
            ended.phase = .error
            ended.message = "Job \(name) is gone"
            return ended
        }
        if let (phase, message) = JobMeasurement.outcome(of: job) {
            ended.phase = phase
            ended.message = message
            return ended
        }
        guard isTerminating else { return nil }
        deleteJob(job.reference, if: Precondition(uid: job.uid), ending: &ended)
        return ended
    }

    private mutating func deleteJob(
        _ job: ObjectReference, if condition: Precondition, ending measurement: inout Measurement
    ) {
        plan.changes.append(
            AnalysisChange(
                .delete(job, if: condition, propagation: .foreground), reason: "the run is terminated"))
        measurement.phase = .inconclusive
        measurement.message = "Metric Terminated"
    }

    private var isTerminating: Bool { Assessment.isTerminating(status, isTerminated: spec.isTerminated) }

    private mutating func store(_ result: MetricResult) {
        if let at = status.metricResults.firstIndex(where: { $0.name == result.name }) {
            status.metricResults[at] = result
        } else {
            status.metricResults.append(result)
        }
    }

    // MARK: Assessing

    /// Assesses until nothing changes: a metric that fails ends the others at once, without
    /// waiting for the next measurement as Argo does.
    private mutating func assess() {
        for _ in 0..<3 {
            let isTerminating = isTerminating
            let outcome = Assessment.assess(
                status, metrics: metrics, dryRun: dryRun, isTerminated: spec.isTerminated, isTerminating: isTerminating)
            status = outcome.status
            ended += outcome.ended
            if self.isTerminating == isTerminating { break }
            // Jobs of the others are under way, or their providers are at it: nobody would look at
            // them again once the run has ended.
            for metric in metrics where isUnfinished(metric.name) { _ = takeIn(metric) }
        }
    }

    private func isUnfinished(_ name: String) -> Bool {
        guard let result = status.result(name), !result.phase.isCompleted, let last = result.measurements.last else { return false }
        return last.finishedAt == nil && (last.metadata[JobMeasurement.nameMetadata] != nil || last.resumeAt != nil)
    }

    // MARK: Starting

    private mutating func start() {
        let isTerminating = isTerminating
        for metric in metrics {
            let taken = status.result(metric.name)?.taken ?? 0
            if isUnderWay(metric.name, number: taken + 1) { continue }
            let task = Schedule.task(
                for: metric, in: status, now: snapshot.now, isTerminating: isTerminating,
                finishedAt: finishedAt[metric.name])
            switch task {
            case .measure: begin(metric, number: taken + 1)
            case .resume: resume(metric, number: taken + 1)
            case nil: break
            }
        }
    }

    private mutating func begin(_ metric: AnalysisMetric, number: Int) {
        guard let tree = trees[metric.name] else { return }
        if metric.providerName == JobMeasurement.field {
            beginJob(metric, number: number, tree)
            return
        }
        let dueAt = Schedule.due(metric, in: status, now: snapshot.now, finishedAt: finishedAt[metric.name])
        ask(metric, number: number, tree, dueAt: dueAt)
    }

    /// Asks again for a measurement that its provider had not finished.
    private mutating func resume(_ metric: AnalysisMetric, number: Int) {
        guard let tree = trees[metric.name], let last = status.result(metric.name)?.measurements.last,
            last.resumeAt != nil
        else { return }
        ask(metric, number: number, tree, dueAt: last.resumeAt, unfinished: last)
    }

    private mutating func ask(
        _ metric: AnalysisMetric, number: Int, _ tree: MetricTree, dueAt: Timestamp?, unfinished: Measurement? = nil
    ) {
        let run = snapshot.run.object
        plan.measurements.append(
            MeasurementRequest(
                metric: metric.name, number: number, tree: tree.written, arguments: spec.arguments,
                namespace: run.namespace, dueAt: dueAt, runStartedAt: status.startedAt, run: (run.name, run.uid),
                unfinished: unfinished))
    }

    private mutating func beginJob(_ metric: AnalysisMetric, number: Int, _ tree: MetricTree) {
        let object = snapshot.run.object
        var measurement = Measurement(phase: .running, startedAt: snapshot.now)
        do throws(ProviderError) {
            let job = try JobMeasurement(tree.expanded["provider"][JobMeasurement.field])
                .job(for: object, metric: metric.name, number: number)
            measurement.metadata = [
                JobMeasurement.nameMetadata: job.name, JobMeasurement.namespaceMetadata: job.namespace,
            ]
            plan.changes.append(AnalysisChange(.create(job), reason: "measurement \(number) of \(metric.name)"))
        } catch {
            measurement.phase = .error
            measurement.message = error.message
            measurement.finishedAt = snapshot.now
        }
        var result =
            status.result(metric.name)
            ?? MetricResult(name: metric.name, phase: .running, isDryRun: dryRun.contains(metric.name))
        result.phase = .running
        result.measurements.append(measurement)
        result.tally(measurement.phase)
        store(result)
    }

    // MARK: Ending the pass

    private mutating func finish() {
        let isCompleted = status.phase?.isCompleted ?? false
        let underWay = plan.measurements.map(\.metric) + activeMetrics
        if !isCompleted { plan.next = companyLook(underWay) }
        let isSilent = !isCompleted && status.metricResults.isEmpty && !needsStart
        if isSilent, !underWay.isEmpty {
            // Nothing to say before the first answer, unless that takes long.
            let began = snapshot.activities.values.joined().map(\.startedAt).min() ?? snapshot.now
            if snapshot.now < began + Self.silenceMax, spec.status.phase == nil {
                plan.next = earlier(plan.next, began + Self.silenceMax)
                plan.why = "measuring \(underWay.joined(separator: ", "))"
                return
            }
        }
        if status.startedAt == nil {
            status.startedAt = snapshot.activities.values.joined().map(\.startedAt).min() ?? snapshot.now
        }
        if isCompleted { status.completedAt = snapshot.now }
        plan.endsRun = isCompleted
        let waiting = metrics.filter { !underWay.contains($0.name) }
        let next =
            isCompleted
            ? nil : Schedule.look(for: waiting, in: status, now: snapshot.now, finishedAt: finishedAt)
        if let due = gathering(underWay: underWay, next: next) {
            plan.next = earlier(plan.next, max(min(next ?? due, due), snapshot.now) + .milliseconds(1))
            plan.why = "measured; to be written with the next measurement"
            return
        }
        Schedule.trim(&status, rules: spec.retentionRules)
        write(isCompleted: isCompleted)
        guard !isCompleted else { return }
        if let next { plan.next = earlier(plan.next, max(next, snapshot.now) + .milliseconds(1)) }
    }

    /// When to look at what has come back of several measurements that are under way. The last of
    /// them asks for a pass, and each that is no success; successes before it wait.
    private func companyLook(_ underWay: [String]) -> Timestamp? {
        guard underWay.count > 1 else { return plan.next }
        let begun = plan.measurements.isEmpty ? activeMetrics.compactMap { snapshot.activities[$0]?.last?.startedAt } : []
        let look = (begun.max() ?? snapshot.now) + Schedule.companyMax
        if look > snapshot.now { return earlier(plan.next, look) }
        // Soon enough for whatever is due after one that comes back meanwhile.
        let intervals = metrics.filter { underWay.contains($0.name) }.map { $0.interval ?? Schedule.errorRetryDelay }
        let period = min(Schedule.gatherMax, max(intervals.min() ?? .zero, Schedule.togetherBounds.lowerBound))
        return earlier(plan.next, snapshot.now + period)
    }

    /// Until when what has come back may wait for more, so that one write tells of several
    /// measurements; nil when it is to be written now. Only successes wait that decide nothing, and
    /// only where the next measurement is near: should this process die, they are taken again.
    private func gathering(underWay: [String], next: Timestamp?) -> Timestamp? {
        let before = spec.status
        guard let oldest = oldestUnwritten, !hasNews, ended.isEmpty, status.phase == before.phase,
            before.phase == .running, plan.changes.isEmpty, !isTerminating
        else { return nil }
        let known = Dictionary(before.metricResults.map { ($0.name, $0.phase) }) { first, _ in first }
        guard status.metricResults.allSatisfy({ known[$0.name] == $0.phase }) else { return nil }
        let due = oldest + Schedule.gatherMax
        guard due > snapshot.now, !underWay.isEmpty || next.map({ $0 < due }) ?? false else { return nil }
        return due
    }

    /// A delay counts from the recorded start, which therefore has to be recorded first.
    private var needsStart: Bool { metrics.contains { $0.initialDelay != nil } }

    private var activeMetrics: [String] {
        metrics.map(\.name).filter { name in
            isUnderWay(name, number: (status.result(name)?.taken ?? 0) + 1)
        }
    }

    private func isUnderWay(_ name: String, number: Int) -> Bool {
        guard let activity = snapshot.activities[name]?.last else { return false }
        return activity.number == number && activity.outcome == nil
    }

    private func earlier(_ left: Timestamp?, _ right: Timestamp) -> Timestamp { min(left ?? right, right) }

    private mutating func write(isCompleted: Bool) {
        var tree = snapshot.run.object.status
        if tree.object == nil { tree = [:] }
        let ours = status.tree
        for field in ["phase", "message", "metricResults", "startedAt", "completedAt", "runSummary", "dryRunSummary"] {
            tree.set([field], to: ours[field].isNull ? nil : ours[field])
        }
        var events = ended.map { metricEvent($0.name, $0.phase) }
        if isCompleted, let phase = status.phase { events.append(runEvent(phase)) }
        plan.why = isCompleted ? "the run is \(status.phase?.rawValue ?? ""): \(status.message)" : "measured"
        patch(to: tree, events: events, reason: plan.why)
    }

    private mutating func patch(to tree: JSON, events: [KubeEvent], reason: String) {
        let object = snapshot.run.object
        let before: JSON = object.status.object == nil ? [:] : object.status
        guard let difference = MergePatch.difference(from: before, to: tree), difference != [:] else { return }
        let condition = Precondition(uid: object.uid, resourceVersion: object.resourceVersion)
        plan.changes.append(
            AnalysisChange(.patchStatus(object.reference, difference, if: condition), events: events, reason: reason))
    }

    // MARK: Events

    private func event(_ phase: AnalysisPhase, _ reason: String, _ message: String) -> KubeEvent {
        let isBad = phase == .failed || phase == .error
        return KubeEvent(
            regarding: snapshot.run.object.reference, uid: snapshot.run.object.uid, type: isBad ? .warning : .normal,
            reason: reason, message: message)
    }

    private func metricEvent(_ name: String, _ phase: AnalysisPhase) -> KubeEvent {
        event(phase, "Metric\(phase.rawValue)", "Metric '\(name)' Completed. Result: \(phase.rawValue)")
    }

    private func runEvent(_ phase: AnalysisPhase) -> KubeEvent {
        event(phase, "AnalysisRun\(phase.rawValue)", "Analysis Completed. Result: \(phase.rawValue)")
    }
}

/// How long a Job may be missing from the cache before it counts as gone.
private enum JobPatience {
    static let missingMax = Duration.seconds(30)
}

/// A metric before and after its arguments were put in, secrets by placeholders.
private struct MetricTree {
    var written: JSON
    var expanded: JSON
}
