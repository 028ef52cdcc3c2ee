// Every rule of analysis.md about time, as a table on the virtual clock: when the measurements
// begin, when the run ends, with which phase and message.

import AnalysisCore
import JSONTree
import KubeModel
import MartletModel
import Testing
import YAMLTree

/// One rule. Times are seconds after the run's start.
struct TimingRow: Sendable, CustomTestStringConvertible {
    var rule: String
    /// Metrics by name in YAML's flow style.
    var metrics: String
    /// How measurements end, a letter each: Successful, Failed, Inconclusive, Error; the last one
    /// stays. A Job's ends are S and F; `.` never ends.
    var ends: [String: String]
    var takes: [String: Double] = [:]
    /// Other fields of the spec.
    var spec = "{}"
    var terminate: Double?
    var starts: [String: [Double]] = [:]
    /// Nil: it goes on.
    var end: Double?
    var phase: AnalysisPhase
    var message = ""
    var testDescription: String { rule }
}

private let job = "provider: {job: {spec: {template: {spec: {containers: []}}}}}"
private func limit(_ metric: String, _ phase: String, _ got: Int, _ of: String, _ limit: Int, _ kind: String = "failed") -> String {
    "Metric \"\(metric)\" assessed \(phase) due to \(kind) (\(got)) > \(of) (\(limit))"
}
private let refused = ": \"Error Message: refused\""

private let schedule: [TimingRow] = [
    TimingRow(rule: "without interval and count one measurement is taken, at once", metrics: "{a: {}}", ends: ["a": "S"], starts: ["a": [0]], end: 0, phase: .successful),
    TimingRow(rule: "a count of 0 without interval is 1", metrics: "{a: {count: 0}}", ends: ["a": "S"], starts: ["a": [0]], end: 0, phase: .successful),
    TimingRow(rule: "a count may be a text", metrics: "{a: {count: '2', interval: 30s}}", ends: ["a": "S"], starts: ["a": [0, 30]], end: 30, phase: .successful),
    TimingRow(rule: "the run ends with the last measurement, not an interval later", metrics: "{a: {count: 3, interval: 1m}}", ends: ["a": "S"], starts: ["a": [0, 60, 120]], end: 120, phase: .successful),
    TimingRow(rule: "an interval counts from the end of a measurement to the start of the next", metrics: "{a: {count: 3, interval: 10s}}", ends: ["a": "S"], takes: ["a": 3], starts: ["a": [0, 13, 26]], end: 29, phase: .successful),
    TimingRow(rule: "a measurement longer than the interval is waited for", metrics: "{a: {count: 2, interval: 10s}}", ends: ["a": "S"], takes: ["a": 25], starts: ["a": [0, 35]], end: 60, phase: .successful),
    TimingRow(rule: "with an interval and no count it goes on", metrics: "{a: {interval: 25m}}", ends: ["a": "S"], starts: ["a": [0, 1500, 3000]], end: nil, phase: .running),
    TimingRow(rule: "after an error 10 s, whatever the interval is", metrics: "{a: {count: 2, interval: 1m}}", ends: ["a": "ESS"], starts: ["a": [0, 10, 70]], end: 70, phase: .successful),
    TimingRow(rule: "after an error 10 s also where the interval is shorter", metrics: "{a: {count: 2, interval: 1s}}", ends: ["a": "ESS"], starts: ["a": [0, 10, 11]], end: 11, phase: .successful),
    TimingRow(rule: "an error takes nothing off the count", metrics: "{a: {count: 1}}", ends: ["a": "EES"], starts: ["a": [0, 10, 20]], end: 20, phase: .successful),
    TimingRow(rule: "a delay counts from the run's start", metrics: "{a: {initialDelay: 90s, count: 2, interval: 10s}}", ends: ["a": "S"], starts: ["a": [90, 100]], end: 100, phase: .successful),
    TimingRow(rule: "metrics have their own clocks", metrics: "{a: {count: 3, interval: 20s}, b: {initialDelay: 5s, count: 2, interval: 30s}}", ends: ["a": "S", "b": "S"], starts: ["a": [0, 20, 40], "b": [5, 35]], end: 40, phase: .successful),
    TimingRow(rule: "the run ends when the last metric has", metrics: "{a: {}, b: {count: 2, interval: 1m}}", ends: ["a": "S", "b": "S"], starts: ["a": [0], "b": [0, 60]], end: 60, phase: .successful),
    TimingRow(rule: "a Job is waited for", metrics: "{a: {\(job)}}", ends: ["a": "S"], takes: ["a": 47], starts: ["a": [0]], end: 47, phase: .successful),
    TimingRow(rule: "Jobs follow each other by the interval", metrics: "{a: {\(job), count: 2, interval: 10s}}", ends: ["a": "S"], takes: ["a": 5], starts: ["a": [0, 15]], end: 20, phase: .successful),
]

private let limits: [TimingRow] = [
    TimingRow(rule: "without a limit the first failure ends the run", metrics: "{a: {count: 5, interval: 10s}}", ends: ["a": "SF"], starts: ["a": [0, 10]], end: 10, phase: .failed, message: limit("a", "Failed", 1, "failureLimit", 0)),
    TimingRow(rule: "failureLimit failures are tolerated", metrics: "{a: {count: 5, interval: 10s, failureLimit: 2}}", ends: ["a": "FFSSS"], starts: ["a": [0, 10, 20, 30, 40]], end: 40, phase: .successful),
    TimingRow(rule: "one more is not", metrics: "{a: {count: 5, interval: 10s, failureLimit: 2}}", ends: ["a": "FSFSF"], starts: ["a": [0, 10, 20, 30, 40]], end: 40, phase: .failed, message: limit("a", "Failed", 3, "failureLimit", 2)),
    TimingRow(rule: "a failureLimit of -1 tolerates any number", metrics: "{a: {count: 3, interval: 10s, failureLimit: -1, consecutiveSuccessLimit: 1}}", ends: ["a": "FFS"], starts: ["a": [0, 10, 20]], end: 20, phase: .successful),
    TimingRow(rule: "without a limit the first inconclusive measurement ends the run", metrics: "{a: {count: 5, interval: 10s}}", ends: ["a": "I"], starts: ["a": [0]], end: 0, phase: .inconclusive, message: limit("a", "Inconclusive", 1, "inconclusiveLimit", 0, "inconclusive")),
    TimingRow(rule: "inconclusiveLimit of them are tolerated", metrics: "{a: {count: 3, interval: 10s, inconclusiveLimit: 1}}", ends: ["a": "ISI"], starts: ["a": [0, 10, 20]], end: 20, phase: .inconclusive, message: limit("a", "Inconclusive", 2, "inconclusiveLimit", 1, "inconclusive")),
    TimingRow(rule: "the fifth error in a row ends the run", metrics: "{a: {count: 5, interval: 1m}}", ends: ["a": "E"], starts: ["a": [0, 10, 20, 30, 40]], end: 40, phase: .error, message: limit("a", "Error", 5, "consecutiveErrorLimit", 4, "consecutiveErrors") + refused),
    TimingRow(rule: "errors that are not in a row are tolerated", metrics: "{a: {count: 2, interval: 20s, consecutiveErrorLimit: 1}}", ends: ["a": "ESES"], starts: ["a": [0, 10, 30, 40]], end: 40, phase: .successful),
    TimingRow(rule: "a consecutiveErrorLimit of 0 tolerates none", metrics: "{a: {consecutiveErrorLimit: 0}}", ends: ["a": "E"], starts: ["a": [0]], end: 0, phase: .error, message: limit("a", "Error", 1, "consecutiveErrorLimit", 0, "consecutiveErrors") + refused),
    TimingRow(rule: "enough successes in a row end it early", metrics: "{a: {count: 9, interval: 10s, consecutiveSuccessLimit: 3, failureLimit: 3}}", ends: ["a": "SSFSSS"], starts: ["a": [0, 10, 20, 30, 40, 50]], end: 50, phase: .successful),
    TimingRow(rule: "an error breaks a row of successes", metrics: "{a: {count: 5, interval: 10s, consecutiveSuccessLimit: 2}}", ends: ["a": "SESS"], starts: ["a": [0, 10, 20, 30]], end: 30, phase: .successful),
    TimingRow(rule: "too few in a row by the end are inconclusive", metrics: "{a: {count: 3, interval: 10s, consecutiveSuccessLimit: 2, failureLimit: 1}}", ends: ["a": "SFS"], starts: ["a": [0, 10, 20]], end: 20, phase: .inconclusive, message: "Metric \"a\" assessed Inconclusive: 3 measurements without consecutiveSuccessLimit (2) in a row"),
    TimingRow(rule: "and failed where failures don't count", metrics: "{a: {count: 3, interval: 10s, consecutiveSuccessLimit: 2, failureLimit: -1}}", ends: ["a": "SFS"], starts: ["a": [0, 10, 20]], end: 20, phase: .failed, message: "Metric \"a\" assessed Failed: 3 measurements without consecutiveSuccessLimit (2) in a row"),
    TimingRow(rule: "a failed Job is a failure", metrics: "{a: {\(job)}}", ends: ["a": "F"], takes: ["a": 8], starts: ["a": [0]], end: 8, phase: .failed, message: limit("a", "Failed", 1, "failureLimit", 0)),
]

private let together: [TimingRow] = [
    TimingRow(rule: "a metric that fails ends the others at once", metrics: "{a: {count: 2, interval: 10s}, b: {count: 9, interval: 10m}}", ends: ["a": "SF", "b": "S"], starts: ["a": [0, 10], "b": [0]], end: 10, phase: .failed, message: limit("a", "Failed", 1, "failureLimit", 0)),
    TimingRow(rule: "an answer waits a moment for those that were begun with it", metrics: "{a: {}, b: {}}", ends: ["a": "F", "b": "S"], takes: ["b": 0.3], starts: ["a": [0], "b": [0]], end: 0.3, phase: .failed, message: limit("a", "Failed", 1, "failureLimit", 0)),
    TimingRow(rule: "but no longer than half a second", metrics: "{a: {}, b: {}}", ends: ["a": "F", "b": "S"], takes: ["b": 20], starts: ["a": [0]], end: 0.5, phase: .failed, message: limit("a", "Failed", 1, "failureLimit", 0)),
    TimingRow(rule: "failed is worse than error", metrics: "{a: {consecutiveErrorLimit: 0}, b: {}}", ends: ["a": "E", "b": "F"], starts: ["a": [0], "b": [0]], end: 0, phase: .failed, message: limit("b", "Failed", 1, "failureLimit", 0)),
    TimingRow(rule: "error is worse than inconclusive", metrics: "{a: {}, b: {consecutiveErrorLimit: 0}}", ends: ["a": "I", "b": "E"], starts: ["a": [0], "b": [0]], end: 0, phase: .error, message: limit("b", "Error", 1, "consecutiveErrorLimit", 0, "consecutiveErrors") + refused),
    TimingRow(rule: "of two that are as bad the first is named", metrics: "{a: {}, b: {}}", ends: ["a": "F", "b": "F"], starts: ["a": [0], "b": [0]], end: 0, phase: .failed, message: limit("a", "Failed", 1, "failureLimit", 0)),
    TimingRow(rule: "a dry run's failure ends nothing", metrics: "{a: {}, b: {count: 2, interval: 10s}}", ends: ["a": "F", "b": "S"], spec: "{dryRun: [{metricName: a}]}", starts: ["a": [0], "b": [0, 10]], end: 10, phase: .successful),
    TimingRow(rule: "the run waits for a dry run", metrics: "{a: {count: 3, interval: 10s}, b: {}}", ends: ["a": "S", "b": "S"], spec: "{dryRun: [{metricName: a}]}", starts: ["a": [0, 10, 20], "b": [0]], end: 20, phase: .successful),
    TimingRow(rule: "a rule for dry runs is a regular expression", metrics: "{err-a: {}, err-b: {}}", ends: ["err-a": "F", "err-b": "E"], spec: "{dryRun: [{metricName: '^err-'}]}", starts: ["err-a": [0], "err-b": [0, 10, 20, 30, 40]], end: 40, phase: .successful),
]

private let endings: [TimingRow] = [
    TimingRow(rule: "a run that is ended is successful when nothing was bad", metrics: "{a: {interval: 1m}}", ends: ["a": "S"], terminate: 150, starts: ["a": [0, 60, 120]], end: 150, phase: .successful, message: "Run Terminated"),
    TimingRow(rule: "also before anything was measured", metrics: "{a: {initialDelay: 5m}}", ends: ["a": "S"], terminate: 60, starts: [:], end: 60, phase: .successful, message: "Run Terminated"),
    TimingRow(rule: "tolerated failures don't matter then", metrics: "{a: {interval: 1m, failureLimit: 3}}", ends: ["a": "F"], terminate: 90, starts: ["a": [0, 60]], end: 90, phase: .successful, message: "Run Terminated"),
    TimingRow(rule: "a Job that runs then is deleted, and the run inconclusive", metrics: "{a: {\(job)}}", ends: ["a": "."], terminate: 30, starts: ["a": [0]], end: 30, phase: .inconclusive, message: limit("a", "Inconclusive", 1, "inconclusiveLimit", 0, "inconclusive") + ": \"Error Message: Metric Terminated\""),
    TimingRow(rule: "a run without metrics is refused at once", metrics: "{}", ends: [:], end: 0, phase: .error, message: "Analysis spec invalid: "),
    TimingRow(rule: "a count above 1 needs an interval", metrics: "{a: {count: 2}}", ends: ["a": "S"], end: 0, phase: .error, message: "Analysis spec invalid: metrics[0]"),
    TimingRow(rule: "an interval is a duration", metrics: "{a: {count: 2, interval: soon}}", ends: ["a": "S"], end: 0, phase: .error, message: "Analysis spec invalid: metrics[0].interval"),
    TimingRow(rule: "a count below its limits is refused", metrics: "{a: {count: 2, interval: 1s, failureLimit: 3}}", ends: ["a": "S"], end: 0, phase: .error, message: "Analysis spec invalid: metrics[0]"),
    TimingRow(rule: "a rule for dry runs that fits nothing is refused", metrics: "{a: {}}", ends: ["a": "S"], spec: "{dryRun: [{metricName: b}]}", end: 0, phase: .error, message: "Analysis spec invalid: "),
    TimingRow(rule: "an argument without a value is an error at once", metrics: "{a: {successCondition: 'result > {{args.x}}'}}", ends: ["a": "S"], end: 0, phase: .error, message: "Unable to resolve metric arguments: failed to resolve {{args.x}}"),
]

private let start = Timestamp("2026-11-21T12:00:00Z") ?? .epoch

@Suite struct TimingTests {
    private func spec(_ row: TimingRow) throws -> JSON {
        var spec = try YAML.parseOne(row.spec)
        var metrics: [JSON] = []
        for (name, fields) in try YAML.parseOne(row.metrics).object ?? [:] {
            var metric: JSON = ["name": .string(name), "provider": ["web": ["url": "http://h"]]]
            for (key, value) in fields.object ?? [:] { metric[key] = value }
            metrics.append(metric)
        }
        spec["metrics"] = .array(metrics)
        return spec
    }

    private func letter(_ row: TimingRow, _ metric: String, _ number: Int) -> Character {
        let letters = Array(row.ends[metric] ?? "S")
        return letters[min(number, letters.count) - 1]
    }

    private func played(_ row: TimingRow) throws -> (trial: AnalysisTrial, starts: [String: [Double]]) {
        let phases: [Character: AnalysisPhase] = ["S": .successful, "F": .failed, "I": .inconclusive, "E": .error]
        var trial = AnalysisTrial(name: "r", spec: try spec(row), startedAt: start)
        var starts: [String: [Double]] = [:]
        trial.play(
            limit: .seconds(3600), terminateAfter: row.terminate.map { .seconds($0) },
            answer: { request, now in
                starts[request.metric, default: []].append((now - start).inSeconds)
                let takes = Duration.seconds(row.takes[request.metric] ?? 0)
                let phase = phases[letter(row, request.metric, request.number)] ?? .error
                let measurement = Measurement(
                    phase: phase, message: phase == .error ? "refused" : "", startedAt: now, finishedAt: now + takes, value: "1")
                return AnalysisTrial.Answer(MeasurementOutcome(measurement), takes: takes)
            },
            job: { job, now in
                let metric = job.annotation("analysisrun.argoproj.io/metric-name") ?? ""
                starts[metric, default: []].append((now - start).inSeconds)
                guard let phase = phases[letter(row, metric, starts[metric]?.count ?? 1)] else { return nil }
                return AnalysisTrial.JobEnd(phase, takes: .seconds(row.takes[metric] ?? 0))
            })
        return (trial, starts)
    }

    /// The clock's ticks are a millisecond, and one passes before each further measurement.
    private func rounded(_ seconds: Double) -> Double { (seconds * 10).rounded() / 10 }

    @Test(arguments: schedule + limits + together + endings)
    func `a rule of time`(_ row: TimingRow) throws {
        let (trial, starts) = try played(row)
        var wanted = row.starts
        // A measurement whose run ended meanwhile was begun all the same.
        for (metric, times) in starts where wanted[metric] == nil && (row.takes[metric] ?? 0) > 1 { wanted[metric] = times.map(rounded) }
        #expect(starts.mapValues { $0.map(rounded) } == wanted)
        #expect(trial.endedAt.map { rounded(($0 - start).inSeconds) } == row.end)
        #expect(trial.status.phase == row.phase)
        if row.message.hasPrefix("Analysis spec invalid") {
            #expect(trial.status.message.hasPrefix(row.message), "\(trial.status.message)")
        } else {
            #expect(trial.status.message == row.message)
        }
    }

    /// Rows of section 4, 7: which field tells how long an ended run stays.
    @Test(arguments: [
        ("Successful", "{secondsAfterSuccess: 60, secondsAfterFailure: 10, secondsAfterCompletion: 5}", 60),
        ("Failed", "{secondsAfterSuccess: 60, secondsAfterFailure: 10, secondsAfterCompletion: 5}", 10),
        ("Error", "{secondsAfterSuccess: 60, secondsAfterFailure: 10, secondsAfterCompletion: 5}", 5),
        ("Inconclusive", "{secondsAfterSuccess: 60, secondsAfterFailure: 10, secondsAfterCompletion: 5}", 5),
        ("Successful", "{secondsAfterCompletion: 5}", 5), ("Failed", "{secondsAfterSuccess: 60}", nil),
        ("Error", "{secondsAfterFailure: 60}", nil), ("Successful", "{}", nil),
    ])
    func `how long an ended run stays`(_ phase: String, _ ttl: String, _ seconds: Int?) throws {
        let run = KubeObject([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun", "metadata": ["name": "r", "namespace": "n", "uid": "u"],
            "spec": ["metrics": [], "ttlStrategy": try YAML.parseOne(ttl)],
            "status": ["phase": .string(phase), "completedAt": .string(start.rfc3339)],
        ])
        guard let seconds else {
            let plan = decide(AnalysisSnapshot(now: start + .seconds(1_000_000), run: run))
            #expect(plan.changes.isEmpty && plan.next == nil)
            return
        }
        let before = decide(AnalysisSnapshot(now: start + .seconds(seconds), run: run))
        #expect(before.changes.isEmpty)
        #expect(before.next == start + .seconds(seconds) + .milliseconds(1))
        let after = decide(AnalysisSnapshot(now: start + .seconds(seconds) + .milliseconds(1), run: run))
        #expect(after.changes.map(\.change.verb) == ["delete"])
    }

    @Test func `of the measurements as many are kept as the retention says`() throws {
        let metrics = "{a: {count: 15, interval: 1s}, b: {count: 15, interval: 1s}}"
        let row = TimingRow(
            rule: "", metrics: metrics, ends: [:], spec: "{measurementRetention: [{metricName: b, limit: 3}]}", phase: .successful)
        let kept = try played(row).trial.status.metricResults.map(\.measurements.count)
        #expect(kept == [10, 3])
    }
}
