// What is fed: expressions, paths, answers of providers, runs.

import AnalysisCore
import HTTPModel
import JSONTree
import KubeModel
import MartletModel
import MetricProviders

/// Something that takes input from outside.
struct FuzzTarget: Sendable {
    var name: String
    /// Makes a case of a source and plays it; what is wrong with the outcome, or nil.
    var play: @Sendable (inout FuzzSource, _ isShown: Bool) -> String?

    static let all = [
        FuzzTarget(name: "expressions", play: expressions),
        FuzzTarget(name: "jsonpaths", play: paths),
        FuzzTarget(name: "responses", play: responses), FuzzTarget(name: "runs", play: runs),
        FuzzTarget(name: "documents", play: documents),
    ]

    private static let now = Timestamp(wholeSeconds: 1_790_000_000)

    // MARK: Expressions

    private static func expressions(_ source: inout FuzzSource, _ isShown: Bool) -> String? {
        let text = ExpressionMaker.text(&source)
        let value = ExpressionMaker.result(&source)
        if isShown {
            Watch.show("expression \(text)\nresult \(ExpressionReport.tagged(value).text())")
        }
        let environment = ExpressionEnvironment(result: value, now: now)
        let report = ExpressionReport.outcome(of: text, in: environment)
        guard let verdict = report["verdict"].string else { return "no verdict" }
        if verdict == "Error", report["error"].isNull, report["value"].isNull {
            return "an error without a reason"
        }
        if !report["error"].isNull {
            do throws(ExpressionError) { _ = try Expression.value(of: text, in: environment) } catch
            {
                if error.explanation(in: text).isEmpty { return "an error without a text" }
            }
        }
        if source.once(in: 16),
            ExpressionReport.outcome(of: text, in: environment).text() != report.text()
        {
            return "a second evaluation gives something else"
        }
        return nil
    }

    // MARK: Paths

    private static func paths(_ source: inout FuzzSource, _ isShown: Bool) -> String? {
        let parts = [
            "{", "}", "$", ".", "..", "[", "]", "*", "a", "b", "data", "'a'", "\"b\"", "0", "1",
            "-1", ":", ",", "?(", ")",
            "@", "@.a", "==", "!=", "<", ">=", " ", "é", "\\", "'", "9223372036854775807", "range",
            "end", "[*]", "..*", "[?(@.a>1)]",
        ]
        var text = (0..<source.below(24)).map { _ in source.pick(parts) }.joined()
        if source.once(in: 3) { text = "{$" + text + "}" }
        if source.once(in: 8) {
            text = String(repeating: source.pick(parts), count: source.below(3000))
        }
        let tree = source.tree()
        if isShown { Watch.show("path \(text)\ntree \(tree.text())") }
        guard let path = try? JSONPath(text) else { return nil }
        let values = (try? path.values(in: tree)) ?? []
        if let first = try? path.first(in: tree), first != values.first {
            return "the first value is not the first"
        }
        return nil
    }

    // MARK: Documents

    private static func documents(_ source: inout FuzzSource, _ isShown: Bool) -> String? {
        let bytes = DocumentMaker.text(&source)
        if isShown { Watch.show(String(decoding: bytes.prefix(4000), as: UTF8.self)) }
        return DocumentMaker.problem(bytes)
    }

    // MARK: Answers of providers

    private static func responses(_ source: inout FuzzSource, _ isShown: Bool) -> String? {
        let provider = ProviderSamples.provider(&source)
        var tree: JSON = [
            "name": "m", "provider": provider,
            "successCondition": .string(source.pick(ProviderSamples.conditions)),
            "failureCondition": .string(
                source.once(in: 3) ? source.pick(ProviderSamples.conditions) : ""),
        ]
        if source.once(in: 3) {
            tree["onNoData"] = .string(source.pick(["wait", "success", "failure", "x"]))
        }
        if isShown { Watch.show("metric \(tree.text())") }
        let request = MeasurementRequest(
            metric: "m", number: 1, tree: tree, arguments: [], namespace: "n")
        guard
            case .success(var procedure) = MeasurementProcedure.prepare(
                request, secrets: [:], prometheusAddress: "http://p:9090", now: now)
        else { return nil }
        procedure.authenticate(with: ProviderSamples.credentials)
        var answer: HTTPResponse?
        for _ in 0..<20 {
            switch procedure.step(answer, now: now) {
            case .send:
                let given = ProviderSamples.answer(&source)
                if isShown {
                    Watch.show(
                        "answer \(given.status) \(String(decoding: given.body, as: UTF8.self))")
                }
                answer = given
            case .done(let outcome):
                let measurement = outcome.measurement
                let isOver =
                    measurement.phase.isCompleted || measurement.isWaiting
                    || measurement.resumeAt != nil
                if !isOver { return "a measurement that is over is not completed" }
                if measurement.phase == .error, measurement.message.isEmpty {
                    return "an error without a message"
                }
                if measurement.tree.text().utf8.count > 40 << 10 {
                    return "a measurement of more than 40 KiB"
                }
                return nil
            }
        }
        return "a measurement without an end"
    }

    // MARK: Runs

    private static func runs(_ source: inout FuzzSource, _ isShown: Bool) -> String? {
        let spec = RunMaker.spec(&source)
        if isShown { Watch.show("spec \(spec.text())") }
        var trial = AnalysisTrial(name: "fuzz", spec: spec, startedAt: now)
        let terminateAfter: Duration? = source.once(in: 3) ? .seconds(source.below(400)) : nil
        let phases: [AnalysisPhase] = [.successful, .successful, .failed, .inconclusive, .error]
        trial.play(
            limit: .seconds(4 * 3600), terminateAfter: terminateAfter,
            answer: { request, begun in
                let takes = Duration.milliseconds(source.below(source.once(in: 5) ? 70_000 : 300))
                let phase = source.pick(phases)
                if source.once(in: 6), request.tree["onNoData"] == "wait" {
                    // No data: finished, and counted as nothing.
                    let waiting = Measurement(
                        phase: .running, startedAt: begun, finishedAt: begun + takes)
                    return AnalysisTrial.Answer(
                        MeasurementOutcome(waiting, hadData: false), takes: takes)
                }
                let measurement = Measurement(
                    phase: phase, message: phase == .error ? "refused" : "", startedAt: begun,
                    finishedAt: begun + takes,
                    value: source.number())
                return AnalysisTrial.Answer(MeasurementOutcome(measurement), takes: takes)
            },
            job: { _, _ in
                AnalysisTrial.JobEnd(
                    source.pick([.successful, .failed]), takes: .seconds(source.below(60)))
            })
        let text =
            trial.measurements.map { TrialText.line($0, width: 8) } + TrialText.verdict(trial)
        if isShown { Watch.show(text.joined(separator: "\n")) }
        return RunMaker.problem(trial, wasTerminated: terminateAfter != nil)
    }
}
