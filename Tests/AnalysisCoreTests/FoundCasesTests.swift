// What `make fuzz` has found; each case once broke something.

import AnalysisCore
import HTTPModel
import JSONTree
import KubeModel
import MartletModel
import MetricProviders
import Testing

private let start = Timestamp("2026-11-21T12:00:00Z") ?? .epoch

private func outcome(_ provider: JSON, _ bodies: [String], condition: String = "result > 1") -> MeasurementOutcome {
    let request = MeasurementRequest(
        metric: "m", number: 1, tree: ["name": "m", "provider": provider, "successCondition": .string(condition)],
        arguments: [], namespace: "n")
    switch MeasurementProcedure.prepare(request, secrets: [:], prometheusAddress: "http://p", now: start) {
    case .failure(let failure): return failure.outcome
    case .success(var procedure):
        procedure.authenticate(with: ProviderCredentials(secret: ["w.example.org": "tttt"]))
        var answers = bodies[...]
        var answer: HTTPResponse?
        while case .send = procedure.step(answer, now: start), let body = answers.popFirst() {
            answer = HTTPResponse(status: 200, body: Array(body.utf8))
            if case .done(let outcome) = procedure.step(answer, now: start) { return outcome }
        }
        return procedure.failed("no answer", now: start)
    }
}

private func played(_ metrics: [JSON]) -> AnalysisTrial {
    var trial = AnalysisTrial(name: "r", spec: ["metrics": .array(metrics)], startedAt: start)
    trial.play(
        limit: .seconds(600),
        answer: { _, now in
            AnalysisTrial.Answer(MeasurementOutcome(Measurement(phase: .failed, startedAt: now, finishedAt: now)))
        })
    return trial
}

@Suite struct FoundCasesTests {
    @Test func `limits as large as can be written`() {
        let web: JSON = ["web": ["url": "http://h"]]
        for limit in [JSON.string("9223372036854775807"), .int(.max), .int(.min)] {
            let trial = played([
                ["name": "m", "provider": web, "interval": "1s", "count": 3, "failureLimit": limit, "consecutiveSuccessLimit": limit]
            ])
            #expect(trial.status.phase == .error)
            #expect(trial.status.message.hasPrefix("Analysis spec invalid"))
        }
    }

    @Test func `a status whose counters are as large as can be written`() throws {
        let result: JSON = ["name": "m", "phase": "Running", "count": .int(.max), "error": .int(.max), "failed": .int(.max)]
        let run = KubeObject([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun", "metadata": ["name": "r", "namespace": "n", "uid": "u"],
            "spec": ["metrics": [["name": "m", "interval": "1s", "failureLimit": -1, "consecutiveSuccessLimit": 1, "provider": ["web": ["url": "http://h"]]]]],
            "status": ["phase": "Running", "metricResults": [result]],
        ])
        let taken = try #require(AnalysisRunStatus(run.status).result("m")).taken
        let measurement = Measurement(phase: .failed, startedAt: start, finishedAt: start)
        let activity = MeasurementActivity(number: taken + 1, startedAt: start, outcome: MeasurementOutcome(measurement))
        let plan = decide(AnalysisSnapshot(now: start, run: run, activities: ["m": [activity]]))
        #expect(!plan.changes.isEmpty)
    }

    @Test func `a point at a time that no clock shows`() {
        let wavefront: JSON = ["wavefront": ["query": "ts(x)", "address": "w.example.org"]]
        for time in ["844318213561790000000", "1e308", "-1e300"] {
            let body = "{\"timeseries\":[{\"data\":[[\(time),1.5],[1790000010,2]]}]}"
            #expect(outcome(wavefront, [body]).measurement.value == "2.00")
        }
    }

    @Test func `an answer in which a member stands twice`() {
        let web: JSON = ["web": ["url": "http://h/x", "jsonPath": "{$.a}"]]
        #expect(outcome(web, ["{\"a\":1,\"a\":2}"]).measurement.value == "2")
    }

    @Test func `answers that nest deeply`() {
        let deep = String(repeating: "{\"a\":", count: 20_000)
        let providers: [JSON] = [
            ["prometheus": ["query": "up"]], ["web": ["url": "http://h/x", "jsonPath": "{$.a}"]],
            ["wavefront": ["query": "ts(x)", "address": "w.example.org"]],
        ]
        for provider in providers { #expect(outcome(provider, [deep]).measurement.phase == .error) }
        let nested = String(repeating: "[", count: 450) + String(repeating: "]", count: 450)
        #expect(outcome(["prometheus": ["query": "up"]], [nested]).measurement.message.contains("no JSON"))
    }
}
