// What a pass over a run decides.

import AnalysisCore
import HTTPModel
import JSONTree
import KubeModel
import MartletModel
import MetricProviders
import Testing

private let start = Timestamp("2026-11-21T12:00:00Z") ?? .epoch

private func run(_ metrics: [JSON], status: JSON = [:], spec: JSON = [:]) -> KubeObject {
    var tree: JSON = [
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
        "metadata": ["name": "web-1", "namespace": "shop", "uid": "u1", "resourceVersion": "7"], "spec": spec,
        "status": status,
    ]
    tree.set(["spec", "metrics"], to: .array(metrics))
    return KubeObject(tree)
}

private func metric(_ name: String, _ fields: JSON = [:]) -> JSON {
    var tree: JSON = ["name": .string(name), "provider": ["web": ["url": "http://h/ok"]]]
    for (key, value) in fields.object ?? [:] { tree[key] = value }
    return tree
}

private func answered(
    _ phase: AnalysisPhase, number: Int = 1, at time: Timestamp = start, message: String = ""
) -> MeasurementActivity {
    MeasurementActivity(
        number: number, startedAt: time,
        outcome: MeasurementOutcome(
            Measurement(phase: phase, message: message, startedAt: time, finishedAt: time, value: "1")))
}

extension AnalysisPlan {
    /// The status that the plan leaves.
    fileprivate func status(of run: KubeObject) -> JSON {
        for change in changes {
            if case .patchStatus(_, let patch, _) = change.change { return MergePatch.apply(patch, to: run.status) }
        }
        return run.status
    }
    fileprivate var reasons: [String] { changes.flatMap(\.events).map(\.reason) }
}

@Suite struct DecideAnalysisTests {
    @Test func `a new run measures and writes nothing before there is an answer`() {
        let object = run([metric("ok"), metric("late", ["initialDelay": "1m", "interval": "1s"])])
        let plan = decide(AnalysisSnapshot(now: start, run: run([metric("ok")])))
        #expect(plan.measurements.map(\.metric) == ["ok"])
        #expect(plan.changes.isEmpty)
        #expect(plan.next == start + .seconds(1))
        // A delay counts from the recorded start.
        let delayed = decide(AnalysisSnapshot(now: start, run: object))
        #expect(delayed.status(of: object)["startedAt"] == "2026-11-21T12:00:00Z")
        #expect(delayed.next == start + .seconds(60) + .milliseconds(1))
    }

    @Test func `a slow measurement makes the run say that it is running`() {
        let object = run([metric("ok")])
        let activity = ["ok": [MeasurementActivity(number: 1, startedAt: start)]]
        let plan = decide(AnalysisSnapshot(now: start + .seconds(2), run: object, activities: activity))
        #expect(plan.measurements.isEmpty)
        #expect(plan.status(of: object)["phase"] == "Running")
        #expect(plan.status(of: object)["startedAt"] == "2026-11-21T12:00:00Z")
    }

    @Test func `an answer that decides completes the run in one write`() {
        let object = run([metric("ok")])
        let plan = decide(AnalysisSnapshot(now: start, run: object, activities: ["ok": [answered(.failed)]]))
        let status = plan.status(of: object)
        #expect(status["phase"] == "Failed")
        #expect(status["message"] == "Metric \"ok\" assessed Failed due to failed (1) > failureLimit (0)")
        #expect(status["completedAt"] == "2026-11-21T12:00:00Z")
        #expect(status["metricResults"][0]["measurements"][0]["value"] == "1")
        #expect(plan.reasons == ["MetricFailed", "AnalysisRunFailed"])
        #expect(plan.changes.count == 1)
    }

    @Test func `an answer that the status holds already does not count again`() {
        let first = run([metric("ok", ["interval": "10s", "count": 3])])
        let answer = answered(.successful)
        let plan = decide(AnalysisSnapshot(now: start, run: first, activities: ["ok": [answer]]))
        var tree = first.tree
        tree["status"] = plan.status(of: first)
        let second = KubeObject(tree)
        let again = decide(AnalysisSnapshot(now: start + .seconds(1), run: second, activities: ["ok": [answer]]))
        #expect(again.changes.isEmpty)
        #expect(again.measurements.isEmpty)
        #expect(again.next == start + .seconds(10) + .milliseconds(1))
        let due = decide(AnalysisSnapshot(now: start + .milliseconds(10_001), run: second, activities: ["ok": [answer]]))
        #expect(due.measurements.map(\.number) == [2])
    }

    @Test func `metrics that are due at about the same time begin together`() throws {
        let fields: JSON = ["interval": "10s", "count": 5]
        let first = run([metric("a", fields), metric("b", fields), metric("c", ["interval": "20s", "count": 5])])
        let answers = [
            "a": [answered(.successful)], "b": [answered(.successful, at: start + .milliseconds(60))],
            "c": [answered(.successful)],
        ]
        let now = start + .milliseconds(60)
        let plan = decide(AnalysisSnapshot(now: now, run: first, activities: answers))
        #expect(plan.next == start + .milliseconds(10_061))
        var tree = first.tree
        tree["status"] = plan.status(of: first)
        let due = decide(
            AnalysisSnapshot(now: start + .milliseconds(10_061), run: KubeObject(tree), activities: answers))
        #expect(due.measurements.map(\.metric) == ["a", "b"])
        #expect(due.measurements.map(\.dueAt) == [start + .seconds(10), start + .milliseconds(10_060)])
        // Whoever is much later is not waited for.
        let apart = [
            "a": [answered(.successful)], "b": [answered(.successful, at: start + .milliseconds(600))],
            "c": [answered(.successful)],
        ]
        let other = decide(AnalysisSnapshot(now: start + .milliseconds(600), run: first, activities: apart))
        #expect(other.next == start + .milliseconds(10_001))
    }

    @Test func `of several measurements under way the pass plans until when answers wait`() {
        let object = run([metric("a", ["interval": "10s", "count": 5]), metric("b", ["interval": "10s", "count": 5])])
        let plan = decide(AnalysisSnapshot(now: start, run: object))
        #expect(plan.measurements.map(\.metric) == ["a", "b"])
        #expect(plan.measurements.map(\.dueAt) == [nil, nil])
        #expect(plan.next == start + Schedule.companyMax)
        let oneThere = ["a": [answered(.successful)], "b": [MeasurementActivity(number: 1, startedAt: start)]]
        let waiting = decide(AnalysisSnapshot(now: start + .milliseconds(10), run: object, activities: oneThere))
        #expect(waiting.changes.isEmpty && waiting.next == start + Schedule.companyMax)
        let written = decide(AnalysisSnapshot(now: start + Schedule.companyMax, run: object, activities: oneThere))
        #expect(written.status(of: object)["metricResults"][0]["count"] == 1)
        // Both take long: a success waits for the other, but not past what is due after it.
        for (interval, wait) in [("10s", Schedule.gatherMax), ("2s", .seconds(2))] {
            let slow = run(["a", "b"].map { metric($0, ["interval": .string(interval), "count": 5]) })
            let none = ["a", "b"].reduce(into: [String: [MeasurementActivity]]()) {
                $0[$1] = [MeasurementActivity(number: 1, startedAt: start)]
            }
            let now = start + .seconds(3)
            #expect(decide(AnalysisSnapshot(now: now, run: slow, activities: none)).next == now + wait)
        }
    }

    @Test func `the end of a run is not the end of what is planned for it`() {
        let object = run([metric("ok")])
        #expect(decide(AnalysisSnapshot(now: start, run: object, activities: ["ok": [answered(.failed)]])).endsRun)
        #expect(!decide(AnalysisSnapshot(now: start, run: object)).endsRun)
        #expect(decide(AnalysisSnapshot(now: start, run: run([metric("m", ["interval": "x"])]))).endsRun)
    }

    @Test func `successes that come close together are written together`() {
        let first = run([metric("ok", ["interval": "1s", "count": 4])])
        var answers = [answered(.successful)]
        var tree = first.tree
        tree["status"] = decide(AnalysisSnapshot(now: start, run: first, activities: ["ok": answers]))
            .status(of: first)
        let object = KubeObject(tree)
        #expect(object.status["metricResults"][0]["count"] == 1)
        for number in 2...3 {
            let now = start + .seconds(number)
            answers.append(answered(.successful, number: number, at: now))
            let plan = decide(AnalysisSnapshot(now: now, run: object, activities: ["ok": answers]))
            #expect(plan.changes.isEmpty)
            #expect(plan.next == now + .milliseconds(1001))
            let due = decide(
                AnalysisSnapshot(now: now + .milliseconds(1001), run: object, activities: ["ok": answers]))
            #expect(due.measurements.map(\.number) == [number + 1])
            #expect(due.changes.isEmpty)
        }
        answers.append(answered(.successful, number: 4, at: start + .seconds(4)))
        let end = decide(AnalysisSnapshot(now: start + .seconds(4), run: object, activities: ["ok": answers]))
        #expect(end.changes.count == 1)
        #expect(end.status(of: object)["phase"] == "Successful")
        #expect(end.status(of: object)["metricResults"][0]["measurements"].elements.count == 4)
    }

    @Test func `a success does not wait for one that is far, nor for longer than a few seconds`() {
        let status: JSON = [
            "phase": "Running", "startedAt": "2026-11-21T11:59:00Z",
            "metricResults": [
                ["name": "ok", "phase": "Running", "count": 1, "successful": 1,
                 "measurements": [["phase": "Successful", "startedAt": "2026-11-21T11:59:00Z", "finishedAt": "2026-11-21T11:59:00Z"]]]
            ],
        ]
        let activities = ["ok": [answered(.successful, number: 2)]]
        let far = run([metric("ok", ["interval": "1m", "count": 4])], status: status)
        #expect(decide(AnalysisSnapshot(now: start, run: far, activities: activities)).changes.count == 1)
        let near = run([metric("ok", ["interval": "1s", "count": 4])], status: status)
        let late = AnalysisSnapshot(now: start + .seconds(6), run: near, activities: activities)
        #expect(decide(late).changes.count == 1)
        let failed = run([metric("ok", ["interval": "1s", "count": 4, "failureLimit": 3])], status: status)
        let bad = AnalysisSnapshot(now: start, run: failed, activities: ["ok": [answered(.failed, number: 2)]])
        #expect(decide(bad).changes.count == 1)
    }

    @Test func `a failed metric ends the others at once`() {
        let object = run(
            [metric("a"), metric("b", ["interval": "1h", "count": 5])],
            status: [
                "phase": "Running", "startedAt": "2026-11-21T11:00:00Z",
                "metricResults": [
                    ["name": "b", "phase": "Running", "count": 1, "successful": 1,
                     "measurements": [["phase": "Successful", "startedAt": "2026-11-21T11:59:00Z", "finishedAt": "2026-11-21T11:59:00Z"]]]
                ],
            ])
        let plan = decide(AnalysisSnapshot(now: start, run: object, activities: ["a": [answered(.failed)]]))
        #expect(plan.status(of: object)["phase"] == "Failed")
        #expect(plan.status(of: object)["metricResults"].elements.map { $0["phase"].string } == ["Successful", "Failed"])
    }

    @Test func `a terminated run ends without measuring`() {
        let object = run([metric("ok")], spec: ["terminate": true])
        let plan = decide(AnalysisSnapshot(now: start, run: object))
        #expect(plan.measurements.isEmpty)
        #expect(plan.status(of: object)["phase"] == "Successful")
        #expect(plan.status(of: object)["message"] == "Run Terminated")
    }

    @Test func `an invalid spec is an error that names the field`() {
        let object = run([metric("ok", ["interval": "soon", "count": 2])])
        let plan = decide(AnalysisSnapshot(now: start, run: object))
        #expect(plan.status(of: object)["phase"] == "Error")
        #expect(plan.status(of: object)["message"].string?.hasPrefix("Analysis spec invalid: metrics[0].interval:") ?? false)
        #expect(plan.reasons == ["AnalysisRunError"])
        let unknown = decide(AnalysisSnapshot(now: start, run: run([metric("ok", ["successCondition": "{{args.x}}"])])))
        #expect(unknown.why == "Unable to resolve metric arguments: failed to resolve {{args.x}}")
    }

    @Test func `a Job is created, watched and counted`() {
        let spec: JSON = ["template": ["spec": ["containers": []]]]
        let job: JSON = ["name": "smoke", "provider": ["job": ["spec": spec]]]
        let object = run([job])
        let plan = decide(AnalysisSnapshot(now: start, run: object))
        guard case .create(let created)? = plan.changes.first?.change else {
            Issue.record("no Job is created")
            return
        }
        #expect(created.name == "u1.smoke.1")
        #expect(created.controller?.uid == "u1")
        #expect(created.tree.at("spec", "template", "metadata", "labels", "analysisrun.argoproj.io/uid") == "u1")
        var tree = object.tree
        tree["status"] = plan.status(of: object)
        var done = created.tree
        done["status"] = ["conditions": [["type": "Complete", "status": "True"]]]
        let running = KubeObject(tree)
        #expect(running.status["metricResults"][0]["measurements"][0]["phase"] == "Running")
        #expect(decide(AnalysisSnapshot(now: start, run: running, jobs: [created])).changes.isEmpty)
        let end = decide(AnalysisSnapshot(now: start + .seconds(5), run: running, jobs: [KubeObject(done)]))
        #expect(end.status(of: running)["phase"] == "Successful")
    }

    @Test(arguments: [true, false])
    func `a Job is deleted when another metric ends its run, seen or not`(_ isSeen: Bool) throws {
        let job: JSON = ["name": "smoke", "provider": ["job": ["spec": ["template": ["spec": ["containers": []]]]]]]
        let first = run([metric("a"), job])
        let begun = decide(AnalysisSnapshot(now: start, run: first))
        guard case .create(let created)? = begun.changes.first?.change else {
            Issue.record("no Job is created")
            return
        }
        var tree = first.tree
        tree["status"] = begun.status(of: first)
        let object = KubeObject(tree)
        let plan = decide(
            AnalysisSnapshot(
                now: start + .seconds(1), run: object, activities: ["a": [answered(.failed)]],
                jobs: isSeen ? [created] : []))
        #expect(plan.changes.map(\.change.verb).contains("delete"))
        #expect(plan.changes.map(\.change.reference).contains(created.reference))
        let status = plan.status(of: object)
        #expect(status["phase"] == "Failed")
        let smoke = try #require(status["metricResults"].elements.first { $0["name"] == "smoke" })
        #expect(smoke["phase"] == "Inconclusive")
        #expect(smoke["measurements"][0]["message"] == "Metric Terminated")
    }

    @Test func `a run is deleted when its time to live is over`() {
        let object = run(
            [metric("ok")], status: ["phase": "Failed", "completedAt": "2026-11-21T12:00:00Z"],
            spec: ["ttlStrategy": ["secondsAfterFailure": 60]])
        #expect(decide(AnalysisSnapshot(now: start, run: object)).next == start + .seconds(60) + .milliseconds(1))
        let plan = decide(AnalysisSnapshot(now: start + .seconds(61), run: object))
        #expect(plan.changes.map(\.change.verb) == ["delete"])
    }

    @Test func `a secret stays out of messages`() {
        let request = MeasurementRequest(
            metric: "ok", number: 1,
            tree: metric("ok", ["provider": ["web": ["url": "http://h/{{args.token}}"]], "successCondition": "result > {{ args.token }}"]),
            arguments: [AnalysisArgument(["name": "token", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]]])],
            namespace: "shop")
        let prepared = MeasurementProcedure.prepare(
            request, secrets: ["token": "s3cret"], prometheusAddress: "", now: start)
        guard case .success(var procedure) = prepared, case .send(let call) = procedure.step(nil, now: start) else {
            Issue.record("no request")
            return
        }
        #expect(call.request.target == "http://h/s3cret")
        let answer = HTTPResponse(status: 200, body: Array("5".utf8))
        guard case .done(let outcome) = procedure.step(answer, now: start) else {
            Issue.record("no outcome")
            return
        }
        #expect(outcome.measurement.phase == .error)
        #expect(!outcome.measurement.message.contains("s3cret"))
    }

    @Test func `an empty answer says that there is no data`() {
        let request = MeasurementRequest(
            metric: "ok", number: 1,
            tree: metric("ok", ["provider": ["prometheus": ["address": "http://p", "query": "up"]], "successCondition": "result[0] > 1"]),
            arguments: [], namespace: "shop")
        guard case .success(var procedure) = MeasurementProcedure.prepare(request, secrets: [:], prometheusAddress: "", now: start)
        else {
            Issue.record("not prepared")
            return
        }
        _ = procedure.step(nil, now: start)
        let body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"
        guard case .done(let outcome) = procedure.step(HTTPResponse(status: 200, body: Array(body.utf8)), now: start) else {
            Issue.record("no outcome")
            return
        }
        #expect(
            outcome.measurement.message
                == "could not evaluate successCondition \"result[0] > 1\": metric result is nil or empty: no data returned from the metric provider"
        )
    }
}
