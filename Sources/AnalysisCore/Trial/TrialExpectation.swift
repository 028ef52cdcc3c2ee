// What a test expects of a run, and what is told when it comes otherwise.

import JSONTree
import KubeModel
import MartletModel

/// `expect` of a test; what is not set is not looked at.
package struct TrialExpectation: Hashable, Sendable {
    package var phase: String?
    /// A part of the run's message.
    package var message: String?
    /// When the run ends, to the second.
    package var after: Duration?
    /// By when it has ended.
    package var within: Duration?
    package var metrics: [String: Metric] = [:]

    /// What is expected of one metric.
    package struct Metric: Hashable, Sendable {
        package var phase: String?
        package var message: String?
        /// By their name: `measurements`, and the counters of the status.
        package var counts: [String: Int] = [:]
        /// The last measured value's text.
        package var value: String?
    }

    private static let counters: Set<String> = [
        "measurements", "count", "successful", "failed", "inconclusive", "error",
        "consecutiveError",
        "consecutiveSuccess",
    ]

    package init() {}

    init(_ tree: JSON) throws(TrialProblem) {
        try Self.check(tree, "expect", ["phase", "message", "after", "within", "metrics"])
        phase = try Self.phase(tree["phase"], "expect.phase")
        message = tree["message"].string
        if let text = tree["after"].string {
            after = try TrialSeries.duration(text, "expect.after")
        }
        if let text = tree["within"].string {
            within = try TrialSeries.duration(text, "expect.within")
        }
        for (name, entry) in tree["metrics"].object ?? [:] {
            let field = "expect.metrics.\(name)"
            try Self.check(entry, field, Self.counters.union(["phase", "message", "value"]))
            var metric = Metric()
            metric.phase = try Self.phase(entry["phase"], "\(field).phase")
            metric.message = entry["message"].string
            metric.value =
                entry["value"].isNull ? nil : entry["value"].string ?? entry["value"].text()
            for counter in Self.counters where !entry[counter].isNull {
                guard let number = entry[counter].int else {
                    throw TrialProblem("\(field).\(counter) is a whole number")
                }
                metric.counts[counter] = Int(truncatingIfNeeded: number)
            }
            metrics[name] = metric
        }
        if phase == nil, message == nil, after == nil, within == nil, metrics.isEmpty {
            throw TrialProblem("expect: nothing is expected, so nothing would be tested")
        }
    }

    private static func check(_ tree: JSON, _ field: String, _ known: Set<String>)
        throws(TrialProblem)
    {
        for key in (tree.object ?? [:]).keys where !known.contains(key) {
            throw TrialProblem(
                "\(field).\(key) is not known; there are \(known.sorted().joined(separator: ", "))")
        }
    }

    private static func phase(_ tree: JSON, _ field: String) throws(TrialProblem) -> String? {
        if tree.isNull { return nil }
        guard let text = tree.string, AnalysisPhase(rawValue: text) != nil else {
            let known = AnalysisPhase.allCases.map(\.rawValue).joined(separator: ", ")
            throw TrialProblem("\(field): \(tree.text()) is none of \(known)")
        }
        return text
    }

    /// What did not come as expected, a sentence each.
    package func failures(of trial: AnalysisTrial) -> [String] {
        let status = trial.status
        var failures: [String] = []
        func compare(_ what: String, _ got: String, _ wanted: String?) {
            if let wanted, got != wanted {
                failures.append("\(what) is \(got), expected \(wanted)")
            }
        }
        func search(_ what: String, _ got: String, _ wanted: String?) {
            if let wanted, !got.contains(wanted) {
                failures.append("\(what) is \"\(got)\", expected it to contain \"\(wanted)\"")
            }
        }
        compare("phase", status.phase?.rawValue ?? AnalysisPhase.running.rawValue, phase)
        search("message", status.message, message)
        failures += timeFailures(trial)
        for name in metrics.keys.sorted() {
            guard let wanted = metrics[name] else { continue }
            let result =
                status.result(name) ?? MetricResult(name: name, phase: .pending, isDryRun: false)
            compare("\(name): phase", result.phase.rawValue, wanted.phase)
            search("\(name): message", result.message, wanted.message)
            let last = trial.measurements.last { $0.metric == name }?.measurement.value ?? ""
            compare("\(name): value", last, wanted.value)
            for counter in wanted.counts.keys.sorted() {
                compare(
                    "\(name): \(counter)", String(Self.number(counter, result)),
                    wanted.counts[counter].map(String.init))
            }
        }
        return failures
    }

    private func timeFailures(_ trial: AnalysisTrial) -> [String] {
        guard after != nil || within != nil else { return [] }
        guard let end = trial.endedAt else { return ["the run has not ended"] }
        let took = end - trial.startedAt
        var failures: [String] = []
        if let after, (took - after) < .milliseconds(-999) || (took - after) > .milliseconds(999) {
            failures.append("the run ended after \(Self.seconds(took)), expected \(after.goText)")
        }
        if let within, took > within + .milliseconds(999) {
            failures.append(
                "the run ended after \(Self.seconds(took)), expected within \(within.goText)")
        }
        return failures
    }

    /// A span as it is told: whole seconds.
    static func seconds(_ span: Duration) -> String {
        Duration.seconds(Int64(span.inSeconds.rounded())).goText
    }

    private static func number(_ counter: String, _ result: MetricResult) -> Int {
        switch counter {
        case "measurements": result.taken
        case "successful": result.successful
        case "failed": result.failed
        case "inconclusive": result.inconclusive
        case "error": result.error
        case "consecutiveError": result.consecutiveError
        case "consecutiveSuccess": result.consecutiveSuccess
        default: result.count
        }
    }
}
