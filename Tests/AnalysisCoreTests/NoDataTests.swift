// What a measurement without data means, and how many with data a metric wants.

import AnalysisCore
import HTTPModel
import JSONTree
import KubeModel
import MartletModel
import MetricProviders
import Testing

private let start = Timestamp("2026-11-21T12:00:00Z") ?? .epoch

private let prometheus: JSON = ["prometheus": ["address": "http://p", "query": "up"]]
private let web: JSON = ["web": ["url": "http://h/"]]
private let graphite: JSON = ["graphite": ["address": "http://g", "query": "target=a"]]

/// Prometheus' answer with these samples.
private func vector(_ samples: String...) -> String {
    let series = samples.map { "{\"metric\":{},\"value\":[1,\"\($0)\"]}" }.joined(separator: ",")
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[\(series)]}}"
}

private func tree(_ provider: JSON, _ fields: JSON) -> JSON {
    var tree: JSON = ["name": "m", "provider": provider]
    for (key, value) in fields.object ?? [:] { tree[key] = value }
    return tree
}

/// Takes one measurement of a metric whose provider answers so.
private func measure(_ metric: JSON, _ answer: String, number: Int = 1, at now: Timestamp = start) throws -> MeasurementOutcome {
    let request = MeasurementRequest(metric: "m", number: number, tree: metric, arguments: [], namespace: "shop")
    var procedure = try MeasurementProcedure.prepare(request, secrets: [:], prometheusAddress: "", now: now).get()
    _ = procedure.step(nil, now: now)
    guard case .done(let outcome) = procedure.step(HTTPResponse(status: 200, body: Array(answer.utf8)), now: now) else {
        throw ProviderError("the provider asks again")
    }
    return outcome
}

/// Plays a metric's answers, a second after each is due, and gives the run's last state.
private func play(_ metric: JSON, _ answers: [String]) throws -> KubeObject {
    var run = KubeObject([
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
        "metadata": ["name": "web-1", "namespace": "shop", "uid": "u1", "resourceVersion": "7"],
        "spec": ["metrics": [metric]], "status": [:],
    ])
    var now = start
    for answer in answers where run.status["completedAt"].isNull {
        let number = (AnalysisRunStatus(run.status).result("m")?.taken ?? 0) + 1
        let outcome = try measure(metric, answer, number: number, at: now)
        let activity = MeasurementActivity(number: number, startedAt: now, outcome: outcome)
        // Past the time for which a success waits for company.
        let plan = decide(
            AnalysisSnapshot(now: now + .seconds(6), run: run, activities: ["m": [activity]]))
        for change in plan.changes {
            if case .patchStatus(_, let patch, _) = change.change {
                var tree = run.tree
                tree["status"] = MergePatch.apply(patch, to: run.status)
                run = KubeObject(tree)
            }
        }
        now = now + .seconds(20)
    }
    return run
}

@Suite struct NoDataTests {
    @Test(arguments: [
        // Of a list's element nothing can be said: the peer's error. NaN is neither.
        (nil, vector(), "Error", "metric result is nil or empty: no data"),
        (nil, vector("NaN"), "Failed", "no data: the provider answered NaN"),
        ("wait", vector(), "Running", "no data: the provider answered an empty list; another measurement"),
        ("wait", vector("NaN", "NaN"), "Running", "no data: the provider answered NaN"),
        ("success", vector(), "Successful", "counted as success (onNoData)"),
        ("failure", vector(), "Failed", "counted as failure (onNoData)"),
        ("inconclusive", vector("NaN"), "Inconclusive", "counted as inconclusive (onNoData)"),
        // With data the field says nothing.
        ("failure", vector("0.5"), "Successful", ""), ("wait", vector("7"), "Failed", ""),
        ("wait", vector("0", "NaN"), "Successful", ""),
    ] as [(String?, String, String, String)])
    func `the policy decides about a Prometheus answer`(
        _ policy: String?, _ answer: String, _ phase: String, _ message: String
    ) throws {
        var fields: JSON = ["successCondition": "result[0] < 1"]
        if let policy { fields["onNoData"] = .string(policy) }
        let measurement = try measure(tree(prometheus, fields), answer).measurement
        #expect(measurement.phase.rawValue == phase)
        #expect(message.isEmpty ? measurement.message.isEmpty : measurement.message.contains(message))
        #expect(measurement.finishedAt == start)
    }

    @Test(arguments: [
        (web, "null", "nothing"), (web, "[]", "an empty list"), (web, "[null,null]", "a list of nulls"),
        (web, "", "an empty text"), (graphite, "[]", "no values found"),
        (graphite, "[{\"target\":\"a\",\"datapoints\":[[null,1]]}]", "an empty list"),
    ])
    func `other providers have no data, too`(_ provider: JSON, _ answer: String, _ what: String) throws {
        let waiting = try measure(tree(provider, ["onNoData": "wait", "failureCondition": "result == 1"]), answer)
        #expect(waiting.measurement.isWaiting)
        #expect(waiting.measurement.message.contains(what))
        #expect(!waiting.hadData)
    }

    @Test func `nothing of NaN passes a failure condition in silence`() throws {
        let measurement = try measure(tree(prometheus, ["failureCondition": "result[0] > 1"]), vector("NaN")).measurement
        #expect(measurement.phase == .successful)
        #expect(measurement.message == "no data: the provider answered NaN")
    }

    @Test func `waiting counts neither for nor against, and the next measurement is due`() throws {
        let metric = tree(
            prometheus,
            ["successCondition": "result[0] < 1", "onNoData": "wait", "interval": "10s", "count": 2])
        let waiting = try play(metric, [vector(), vector("NaN"), vector("0"), vector()])
        let result = waiting.status["metricResults"][0]
        #expect(waiting.status["phase"] == "Running")
        #expect(result["count"] == 1)
        #expect(result["successful"] == 1)
        #expect(result["consecutiveSuccess"] == 1)
        #expect(result["waited"] == 3)
        #expect(result["failed"].isNull && result["error"].isNull && result["inconclusive"].isNull)
        #expect(result["message"].string?.hasPrefix("no data") ?? false)
        // Of measurements without data in a row the latest stays.
        #expect(result["measurements"].elements.map { $0["phase"].string } == ["Running", "Successful", "Running"])
        let later = Timestamp(waiting.status["metricResults"][0]["measurements"][2]["finishedAt"].string ?? "") ?? start
        #expect(decide(AnalysisSnapshot(now: later + .seconds(9), run: waiting)).measurements.isEmpty)
        let due = decide(AnalysisSnapshot(now: later + .seconds(11), run: waiting))
        #expect(due.measurements.map(\.number) == [5])
        let done = try play(metric, [vector(), vector("NaN"), vector("0"), vector(), vector("0")])
        #expect(done.status["phase"] == "Successful")
        #expect(done.status["metricResults"][0]["message"].isNull)
    }

    @Test func `a metric that waits ends with its run`() throws {
        let metric = tree(prometheus, ["onNoData": "wait"])
        var tree = try play(metric, [vector()]).tree
        #expect(tree["status"]["phase"] == "Running")
        tree.set(["spec", "terminate"], to: true)
        let plan = decide(AnalysisSnapshot(now: start + .seconds(30), run: KubeObject(tree)))
        guard case .patchStatus(_, let patch, _)? = plan.changes.first?.change else {
            Issue.record("nothing is written")
            return
        }
        #expect(patch["phase"] == "Successful")
        #expect(patch["message"] == "Run Terminated")
    }

    @Test(arguments: [
        // A metric may not succeed before so many measurements had data.
        ("success", 3, [vector("0"), vector(), vector()], "Inconclusive", 2),
        ("success", 1, [vector("0"), vector(), vector()], "Successful", 2),
        ("success", 3, [vector("0"), vector("0"), vector("0")], "Successful", 0),
        ("wait", 3, [vector("0"), vector(), vector("0"), vector("0")], "Successful", 0),
        ("wait", 3, [vector("0"), vector(), vector("0")], "Running", 0),
        // Failing needs no minimum.
        ("failure", 3, [vector()], "Failed", 1),
    ] as [(String, Int, [String], String, Int)])
    func `minimumSamples holds success back`(
        _ policy: String, _ minimum: Int, _ answers: [String], _ phase: String, _ noData: Int
    ) throws {
        let metric = tree(
            prometheus,
            [
                "successCondition": "result[0] < 1", "onNoData": .string(policy), "interval": "10s", "count": 3,
                "minimumSamples": JSON(minimum),
            ])
        let run = try play(metric, answers)
        #expect(run.status["phase"].string == phase)
        #expect(run.status["metricResults"][0]["noData"].int ?? 0 == Int64(noData))
        if phase == "Inconclusive" {
            #expect(
                run.status["message"]
                    == "Metric \"m\" assessed Inconclusive: 1 of 3 measurements had data, minimumSamples is 3")
            #expect(run.status["runSummary"]["inconclusive"] == 1)
        }
    }

    @Test func `successes in a row decide only when there are samples enough`() throws {
        let metric = tree(
            prometheus,
            [
                "successCondition": "result[0] < 1", "onNoData": "success", "interval": "10s", "count": 9,
                "consecutiveSuccessLimit": 2, "minimumSamples": 2,
            ])
        #expect(try play(metric, [vector(), vector(), vector("0")]).status["phase"] == "Running")
        #expect(try play(metric, [vector(), vector(), vector("0"), vector("0")]).status["phase"] == "Successful")
    }

    @Test(arguments: [
        (["onNoData": "maybe"], "metrics[0].onNoData: \"maybe\" is none of wait, success, failure, inconclusive"),
        (["minimumSamples": -1], "metrics[0].minimumSamples: -1 is negative"),
        (["minimumSamples": 2], "metrics[0].minimumSamples: 2 is above count (1): the metric could never succeed"),
        (["minimumSamples": "4", "count": "3", "interval": "1s"],
         "metrics[0].minimumSamples: 4 is above count (3): the metric could never succeed"),
        (["minimumSamples": 3, "count": 3, "interval": "1s", "onNoData": "wait"], ""),
        (["minimumSamples": 50, "interval": "1s"], ""),
    ] as [(JSON, String)])
    func `what cannot be is refused with its place`(_ fields: JSON, _ message: String) {
        let error = AnalysisValidation.error(
            of: [AnalysisMetric(tree(web, fields))], dryRunRules: [], retentionRules: [])
        #expect(error?.message ?? "" == message)
    }
}

@Suite struct JudgedMeasurementTests {
    private let judge = tree(
        [
            "judge": [
                "prometheus": ["address": "http://p"],
                "ratio": [
                    "canary": ["bad": "a[$window]", "total": "b[$window]"],
                    "stable": ["bad": "c[$window]", "total": "d[$window]"],
                ],
            ]
        ], ["onNoData": "failure"])

    private func outcome(_ metric: JSON, _ counts: [String?]) throws -> MeasurementOutcome {
        let request = MeasurementRequest(
            metric: "m", number: 1, tree: metric, arguments: [], namespace: "shop", runStartedAt: start)
        var procedure = try MeasurementProcedure.prepare(
            request, secrets: [:], prometheusAddress: "", now: start + .seconds(60)
        ).get()
        var step = procedure.step(nil, now: start)
        for count in counts {
            guard case .send(let call) = step else { throw ProviderError("no request") }
            #expect(call.request.target.contains("%5B60s%5D"))
            let body = count.map { vector($0) } ?? vector()
            step = procedure.step(HTTPResponse(status: 200, body: Array(body.utf8)), now: start + .seconds(61))
        }
        guard case .done(let outcome) = step else { throw ProviderError("another request") }
        return outcome
    }

    @Test func `the judge's verdict is the measurement's, and undecided it waits`() throws {
        let bad = try outcome(judge, ["60", "3000", "20", "3000"])
        #expect(bad.measurement.phase == .failed)
        #expect(bad.measurement.message.contains("the canary fails more often"))
        #expect(bad.measurement.value == "[0.02,0.0067]")
        let open = try outcome(judge, ["20", "3000", "20", "3000"])
        #expect(open.measurement.isWaiting)
        #expect(open.measurement.message.hasPrefix("more samples are wanted"))
        #expect(try outcome(judge, ["200", "30000", "200", "30000"]).measurement.phase == .successful)
    }

    @Test func `without requests onNoData decides, or the judge waits`() throws {
        let idle = try outcome(judge, [nil, nil, nil, "100"])
        #expect(idle.measurement.phase == .failed)
        #expect(idle.measurement.message.hasPrefix("no data: the canary had no requests"))
        var plain = judge
        plain["onNoData"] = ""
        #expect(try outcome(plain, [nil, nil, nil, "100"]).measurement.isWaiting)
    }

    @Test func `conditions beside a judge are refused`() {
        var metric = judge
        metric["successCondition"] = "result > 1"
        let error = AnalysisValidation.error(of: [AnalysisMetric(metric)], dryRunRules: [], retentionRules: [])
        #expect(error?.message == "metrics[0].successCondition: the judge decides by itself; leave conditions out")
    }
}
