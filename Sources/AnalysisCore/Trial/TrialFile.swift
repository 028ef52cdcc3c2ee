// The file of `martlet analysis test`: templates, what is measured, and what is expected.

package import JSONTree
package import KubeModel
import MartletModel
import MetricProviders

/// A test of templates.
package struct TrialCase: Hashable, Sendable {
    package var name: String
    /// Of the run; empty when `problem` says why there is none.
    package var spec: JSON = [:]
    package var series: [String: TrialSeries] = [:]
    package var expectation = TrialExpectation()
    /// When somebody ends the run, after its start.
    package var terminateAfter: Duration?
    /// How long virtual time goes on at most.
    package var limit = Duration.seconds(86_400)
    /// Why it cannot be played.
    package var problem: String?
    /// The clock of every test begins here, so that expressions with `now()` give one answer.
    package static let start = Timestamp("2026-01-01T00:00:00Z") ?? .epoch
}

/// What became of a test.
package struct TrialReport: Hashable, Sendable {
    package var name: String
    package var trial: AnalysisTrial
    /// What was expected and did not come; empty: the test passed.
    package var failures: [String]
}

/// A whole file.
package struct TrialFile: Hashable, Sendable {
    package var cases: [TrialCase]

    private static let fields: Set<String> = ["templates", "args", "tests"]
    private static let testFields: Set<String> = [
        "name", "templates", "run", "args", "dryRun", "metrics", "expect", "terminateAt", "until",
        "only",
    ]

    /// Reads a file.
    ///
    /// - Parameter read: The documents of a file that it names, relative to itself.
    /// - Throws: What is wrong with the file as a whole. A test that cannot be played is a failed one.
    package init(_ tree: JSON, read: (String) throws(TrialProblem) -> [JSON]) throws(TrialProblem) {
        guard let members = tree.object else {
            throw TrialProblem("a test's file is a mapping with tests")
        }
        for key in members.keys where !Self.fields.contains(key) {
            throw TrialProblem(
                "\(key) is not known; a file has \(Self.fields.sorted().joined(separator: ", "))")
        }
        guard !tree["tests"].elements.isEmpty else { throw TrialProblem("there are no tests") }
        var shelf = TemplateShelf()
        try Self.add(tree["templates"], to: &shelf, read)
        cases = []
        for (number, test) in tree["tests"].elements.enumerated() {
            var made = TrialCase(name: test["name"].string ?? "test \(number + 1)")
            do throws(TrialProblem) {
                try made.fill(test, common: tree["args"], shelf, read)
            } catch {
                made.problem = error.message
            }
            cases.append(made)
        }
    }

    static func add(
        _ files: JSON, to shelf: inout TemplateShelf,
        _ read: (String) throws(TrialProblem) -> [JSON]
    ) throws(TrialProblem) {
        for entry in files.array ?? (files.isNull ? [] : [files]) {
            guard let file = entry.string else {
                throw TrialProblem("templates: a file's name is a text")
            }
            try shelf.add(try read(file))
        }
    }

    static func check(test: JSON) throws(TrialProblem) {
        for key in (test.object ?? [:]).keys where !testFields.contains(key) {
            throw TrialProblem(
                "\(key) is not known; a test has \(testFields.sorted().joined(separator: ", "))")
        }
    }
}

extension TrialCase {
    /// Reads a test.
    fileprivate mutating func fill(
        _ test: JSON, common: JSON, _ shelf: TemplateShelf,
        _ read: (String) throws(TrialProblem) -> [JSON]
    ) throws(TrialProblem) {
        try TrialFile.check(test: test)
        var shelf = shelf
        try TrialFile.add(test["templates"], to: &shelf, read)
        let names = (test["run"].array ?? [test["run"]]).compactMap(\.string)
        var values = JSONObject()
        for (name, value) in common.object ?? [:] { values[name] = value }
        for (name, value) in test["args"].object ?? [:] { values[name] = value }
        var rules: [JSON] = []
        for name in test["dryRun"].elements { rules.append(["metricName": name]) }
        spec = try shelf.runSpec(
            references: try shelf.references(names), arguments: values.map { ($0.key, $0.value) },
            dryRun: rules,
            metrics: test["only"].elements.compactMap(\.string))
        if let text = test["terminateAt"].string {
            terminateAfter = try TrialSeries.duration(text, "terminateAt")
        }
        if let text = test["until"].string { limit = try TrialSeries.duration(text, "until") }
        expectation = try TrialExpectation(test["expect"])
        try fillSeries(test["metrics"], read)
    }

    private mutating func fillSeries(
        _ tree: JSON, _ read: (String) throws(TrialProblem) -> [JSON]
    ) throws(TrialProblem) {
        let names = spec["metrics"].elements.map { $0["name"].string ?? "" }
        for (name, entry) in tree.object ?? [:] {
            guard names.contains(name) else {
                throw TrialProblem(
                    "metrics: the template has no metric \(name); it has \(names.joined(separator: ", "))"
                )
            }
            do throws(TrialProblem) {
                series[name] = try TrialSeries(entry) { file throws(TrialProblem) in
                    try read(file).first ?? .null
                }
            } catch {
                throw TrialProblem("metrics.\(name): \(error.message)")
            }
        }
        for name in names where series[name] == nil {
            throw TrialProblem("metrics: what \(name) measures is not said")
        }
        for name in expectation.metrics.keys where !names.contains(name) {
            throw TrialProblem("expect.metrics: the template has no metric \(name)")
        }
    }

    /// Plays the test and compares.
    package func played() -> TrialReport {
        var trial = AnalysisTrial(name: "trial", spec: spec, startedAt: Self.start)
        if let problem { return TrialReport(name: name, trial: trial, failures: [problem]) }
        trial.play(
            limit: limit, terminateAfter: terminateAfter,
            answer: { request, now in
                let series = series[request.metric] ?? TrialSeries()
                let value = series.value(of: request, at: now, start: Self.start)
                let end = now + series.takes
                return AnalysisTrial.Answer(
                    TrialAnswers.outcome(of: request, value: value, now: now, end: end),
                    takes: series.takes)
            },
            job: { job, now in jobEnd(of: job, now) })
        return TrialReport(name: name, trial: trial, failures: expectation.failures(of: trial))
    }

    /// A Job's value is true or false, or an error that it ends with.
    private func jobEnd(of job: KubeObject, _ now: Timestamp) -> AnalysisTrial.JobEnd? {
        let metric = job.annotation("analysisrun.argoproj.io/metric-name") ?? ""
        guard let series = series[metric] else { return nil }
        let number = job.name.split(separator: ".").last.flatMap { Int($0) } ?? 1
        switch series.value(number: number, at: now, start: Self.start) {
        case .plain(.bool(true)): return AnalysisTrial.JobEnd(.successful, takes: series.takes)
        case .plain(.bool(false)): return AnalysisTrial.JobEnd(.failed, takes: series.takes)
        case .error(let text):
            return AnalysisTrial.JobEnd(.failed, message: text, takes: series.takes)
        case .noData: return nil
        default:
            return AnalysisTrial.JobEnd(
                .failed, message: "a Job's value is true, false or an error", takes: series.takes)
        }
    }
}
