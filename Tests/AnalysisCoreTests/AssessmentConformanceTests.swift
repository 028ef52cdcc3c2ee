// Replays ../shared/conformance/analysis-assessment.json: every row and every timeline.

import AnalysisCore
import JSONTree
import KubeModel
import MartletModel
import Testing

/// Metrics and status of a row.
private struct Row {
    var metrics: [AnalysisMetric]
    var dryRunRules: [String]
    var isTerminated: Bool
    var status = AnalysisRunStatus()

    init(_ tree: JSON) {
        metrics = tree["metrics"].elements.map(AnalysisMetric.init)
        dryRunRules = tree["dryRun"].elements.compactMap(\.string)
        isTerminated = tree["terminate"].bool ?? false
        status.phase = tree["phase"].string.flatMap(AnalysisPhase.init(rawValue:))
        status.startedAt = time(tree["startedAt"])
        status.metricResults = tree["results"].elements.map(Self.result)
    }

    var dryRun: Set<String> { AnalysisValidation.dryRunMetrics(metrics, rules: dryRunRules) }

    private static func result(_ tree: JSON) -> MetricResult {
        var result = MetricResult(
            name: tree["name"].string ?? "",
            phase: tree["phase"].string.flatMap(AnalysisPhase.init(rawValue:)) ?? .pending,
            isDryRun: tree["dryRun"].bool ?? false)
        let numbers = tree["c"].elements.map { Int($0.int ?? 0) }
        result.count = numbers[0]
        result.successful = numbers[1]
        result.failed = numbers[2]
        result.inconclusive = numbers[3]
        result.error = numbers[4]
        result.consecutiveError = numbers[5]
        result.consecutiveSuccess = numbers[6]
        result.measurements = tree["m"].elements.map {
            Measurement(
                phase: $0["p"].string.flatMap(AnalysisPhase.init(rawValue:)) ?? .pending,
                message: $0["msg"].string ?? "", startedAt: time($0["s"]), finishedAt: time($0["f"]),
                resumeAt: time($0["resumeAt"]))
        }
        return result
    }
}

private let zero = Timestamp("2026-01-01T00:00:00Z") ?? .epoch
private func time(_ value: JSON) -> Timestamp? { value.double.map { zero + .seconds($0) } }
private func seconds(_ time: Timestamp?) -> JSON {
    time.map { .double((($0 - zero).inSeconds * 1000).rounded() / 1000) } ?? .null
}

private func summary(_ summary: RunSummary?) -> JSON {
    guard let summary else { return .null }
    return .array([
        JSON(summary.count), JSON(summary.successful), JSON(summary.failed), JSON(summary.inconclusive),
        JSON(summary.error),
    ])
}

/// Takes a message apart as the recording does.
private func kind(_ message: String) -> JSON {
    if message.isEmpty || message.contains(" measurements without ") { return .null }
    if message == "Run Terminated" { return ["kind": "run-terminated"] }
    if message == "Metric Terminated" { return ["kind": "metric-terminated"] }
    if message.hasPrefix("Analysis spec invalid: ") { return ["kind": "spec-invalid"] }
    let pattern = /^Metric (?:"([^"]*)" )?assessed (\w+) due to (\w+) \((-?\d+)\) > \w+ \((-?\d+)\)(.*)$/
    guard let match = message.wholeMatch(of: pattern) else { return ["kind": "text", "text": .string(message)] }
    var tree: JSON = [
        "phase": .string(String(match.2)), "got": JSON(Int(match.4) ?? 0), "limit": JSON(Int(match.5) ?? 0),
    ]
    if let metric = match.1 {
        tree["metric"] = .string(String(metric))
        tree["kind"] = .string(String(match.3))
    } else {
        tree["kind"] = .string("metric-\(match.3)")
    }
    if match.6.hasPrefix(": \"Error Message: ") { tree["withErrorMessage"] = true }
    return tree
}

private let ruleTokens: [AnalysisSpecError.Rule: String] = [
    .badInterval: "bad-interval", .failureLimit: "failureLimit", .bothLimitsDisabled: "both-disabled",
    .consecutiveSuccessLimit: "consecutiveSuccessLimit", .inconclusiveLimit: "inconclusiveLimit",
    .consecutiveErrorLimit: "consecutiveErrorLimit", .countBelowLimits: "count-lt-limits",
    .countBelowConsecutiveSuccess: "count-lt-consecutiveSuccess",
    .countBelowInconclusive: "count-lt-inconclusive", .dryRunMatchesNothing: "dryRun-no-match",
]

private func specError(_ row: Row, retention: [AnalysisRun.RetentionRule] = []) -> AnalysisSpecError? {
    AnalysisValidation.error(
        of: row.metrics, dryRunRules: row.dryRunRules, retentionRules: retention, checksProvider: false)
}

@Suite(.enabled(if: Shared.hasFile("analysis-assessment.json"), "the conformance data is not there"))
struct AssessmentConformanceTests {
    @Test func `each recorded state is assessed as the peer does`() throws {
        let rows = try Shared.json("analysis-assessment.json")["assess"].elements
        #expect(!rows.isEmpty)
        var failures: [String] = []
        for (number, tree) in rows.enumerated() {
            let given = assess(tree["in"])
            var wanted = tree["out"]
            if wanted["dryRunSummary"].isNull { wanted.set(["dryRunSummary"], to: nil) }
            let difference = difference(given, wanted)
            if !difference.isEmpty {
                failures.append("\(number) \(tree["group"]): \(difference) for \(tree["in"])")
            }
        }
        for failure in failures.prefix(12) { Issue.record("\(failure)") }
        #expect(failures.isEmpty, "\(failures.count) of \(rows.count) rows differ")
    }

    private func assess(_ tree: JSON) -> JSON {
        let row = Row(tree)
        let now = time(tree["now"]) ?? zero
        var out: JSON = [:]
        if let error = specError(row) { out["invalid"] = .string(ruleTokens[error.rule] ?? error.rule.rawValue) }
        let isTerminating = Assessment.isTerminating(row.status, isTerminated: row.isTerminated)
        out["terminating"] = .bool(isTerminating)
        var tasks: [JSON] = []
        for metric in row.metrics {
            let task = Schedule.task(for: metric, in: row.status, now: now, isTerminating: isTerminating)
            if let task { tasks.append([.string(metric.name), .string(task.rawValue)]) }
        }
        out["tasks"] = .array(tasks)
        let assessed = Assessment.assess(
            row.status, metrics: row.metrics, dryRun: row.dryRun, isTerminated: row.isTerminated,
            isTerminating: isTerminating
        ).status
        out["phase"] = .string(assessed.phase?.rawValue ?? "")
        out["message"] = kind(assessed.message)
        out["metrics"] = [:]
        for result in assessed.metricResults {
            out.set(["metrics", result.name], to: [.string(result.phase.rawValue), kind(result.message)])
        }
        out["summary"] = summary(assessed.runSummary)
        if !row.dryRun.isEmpty { out["dryRunSummary"] = summary(assessed.dryRunSummary) }
        out["next"] = seconds(Schedule.next(for: row.metrics, in: assessed, now: now))
        return out
    }

    private func difference(_ given: JSON, _ wanted: JSON) -> String {
        var keys = Set(given.object?.keys ?? [])
        keys.formUnion(wanted.object?.keys ?? [])
        let wrong = keys.sorted().filter { !given[$0].isEquivalent(to: wanted[$0]) }
        return wrong.map { "\($0): \(given[$0]), wanted \(wanted[$0])" }.joined(separator: "; ")
    }

    @Test func `each recorded timeline runs as with the peer`() throws {
        let timelines = try Shared.json("analysis-assessment.json")["timelines"].elements
        #expect(!timelines.isEmpty)
        var failures: [String] = []
        for (number, tree) in timelines.enumerated() {
            var play = Play(tree["in"])
            let given = play.run()
            var problem = ""
            for (step, wanted) in tree["steps"].elements.enumerated() where problem.isEmpty {
                let text = difference(given["steps"][step], wanted)
                if !text.isEmpty { problem = "step \(step): \(text)" }
            }
            if given["steps"].elements.count != tree["steps"].elements.count { problem += " other count of steps" }
            for field in ["completedAt", "startedAt", "summary", "dryRunSummary"] where problem.isEmpty {
                if !given[field].isEquivalent(to: tree[field]) {
                    problem = "\(field): \(given[field]), wanted \(tree[field])"
                }
            }
            if !problem.isEmpty { failures.append("\(number): \(problem) for \(tree["in"])") }
        }
        for failure in failures.prefix(8) { Issue.record("\(failure)") }
        #expect(failures.isEmpty, "\(failures.count) of \(timelines.count) timelines differ")
    }
}

/// A whole run with a scripted provider, pass by pass as the peer makes them.
private struct Play {
    var row: Row
    var script: [String: [String]] = [:]
    var retention: [AnalysisRun.RetentionRule]
    var terminateAt: Timestamp?

    init(_ tree: JSON) {
        row = Row(tree)
        row.status = AnalysisRunStatus()
        for (name, outcomes) in tree["script"].object ?? [:] {
            script[name] = outcomes.elements.compactMap(\.string)
        }
        retention = (tree["retention"].object ?? [:]).map {
            AnalysisRun.RetentionRule(metricName: $0.key, limit: Int($0.value.int ?? 0))
        }
        terminateAt = time(tree["terminateAt"])
    }

    mutating func outcome(_ name: String) -> String {
        let first = script[name]?.first ?? "Successful"
        if (script[name]?.count ?? 0) > 1 { script[name]?.removeFirst() }
        return first
    }

    mutating func run() -> JSON {
        var steps: [JSON] = []
        var now = zero
        while steps.count < 40 {
            if let terminateAt, now >= terminateAt { row.isTerminated = true }
            let (step, requeueAfter) = pass(now)
            steps.append(step)
            guard !(row.status.phase?.isCompleted ?? false), let requeueAfter else { break }
            var next = now + (requeueAfter == .zero ? .milliseconds(500) : requeueAfter) + .milliseconds(500)
            if let terminateAt, terminateAt > now, terminateAt < next { next = terminateAt }
            now = next
        }
        var out: JSON = [
            "steps": .array(steps), "completedAt": seconds(row.status.completedAt),
            "startedAt": seconds(row.status.startedAt), "summary": summary(row.status.runSummary),
        ]
        if let dryRun = row.status.dryRunSummary { out["dryRunSummary"] = summary(dryRun) }
        return out
    }

    mutating func pass(_ now: Timestamp) -> (JSON, Duration?) {
        if let error = specError(row, retention: retention) {
            row.status.phase = .error
            row.status.message = "Analysis spec invalid: \(error.message)"
            return (record(now, [], nil), nil)
        }
        let isTerminating = Assessment.isTerminating(row.status, isTerminated: row.isTerminated)
        let dryRun = row.dryRun
        var measured: [String] = []
        for metric in row.metrics {
            let task = Schedule.task(for: metric, in: row.status, now: now, isTerminating: isTerminating)
            guard let task else { continue }
            if task == .measure || !isTerminating { measured.append(metric.name) }
            var result =
                row.status.result(metric.name)
                ?? MetricResult(name: metric.name, phase: .running, isDryRun: dryRun.contains(metric.name))
            take(task, metric, now, isTerminating, &result)
            row.status.metricResults.removeAll { $0.name == metric.name }
            row.status.metricResults.append(result)
        }
        row.status = Assessment.assess(
            row.status, metrics: row.metrics, dryRun: dryRun, isTerminated: row.isTerminated,
            isTerminating: isTerminating
        ).status
        if row.status.startedAt == nil { row.status.startedAt = now }
        if row.status.phase?.isCompleted ?? false { row.status.completedAt = now }
        Schedule.trim(&row.status, rules: retention)
        let requeueAfter = Schedule.next(for: row.metrics, in: row.status, now: now).map { max($0 - now, .zero) }
        return (record(now, measured, requeueAfter), requeueAfter)
    }

    private mutating func take(
        _ task: Schedule.Task, _ metric: AnalysisMetric, _ now: Timestamp, _ isTerminating: Bool,
        _ result: inout MetricResult
    ) {
        var measurement = Measurement(phase: .running, startedAt: now)
        if task == .resume, let last = result.measurements.popLast() { measurement = last }
        if task == .resume, isTerminating {
            measurement.phase = .successful
            measurement.message = "Metric Terminated"
            measurement.finishedAt = now
        } else {
            let outcome = outcome(metric.name)
            if outcome.hasPrefix("Running+") {
                measurement.resumeAt = now + .seconds(Int(outcome.dropFirst(8)) ?? 0)
            } else {
                measurement.phase = AnalysisPhase(rawValue: outcome) ?? .error
                if measurement.phase == .error { measurement.message = "boom" }
                measurement.finishedAt = now
                measurement.resumeAt = nil
            }
        }
        if measurement.phase.isCompleted { result.tally(measurement.phase) }
        result.measurements.append(measurement)
    }

    private func record(_ now: Timestamp, _ measured: [String], _ requeueAfter: Duration?) -> JSON {
        var metrics: JSON = [:]
        for result in row.status.metricResults {
            metrics[result.name] = [
                "phase": .string(result.phase.rawValue), "message": kind(result.message),
                "kept": .array(result.measurements.map { .string($0.phase.rawValue) }),
                "c": .array(
                    [
                        result.count, result.successful, result.failed, result.inconclusive, result.error,
                        result.consecutiveError, result.consecutiveSuccess,
                    ].map { JSON($0) }),
            ]
        }
        return [
            "t": seconds(now), "measured": .array(measured.sorted().map { .string($0) }), "metrics": metrics,
            "phase": .string(row.status.phase?.rawValue ?? ""), "message": kind(row.status.message),
            "requeueAfter": requeueAfter.map { .double(($0.inSeconds * 1000).rounded() / 1000) } ?? .null,
        ]
    }
}
