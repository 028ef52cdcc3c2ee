// Measurements that their provider needs time for: asked for again until they are there.

import AnalysisCore
import HTTPModel
import JSONTree
import KubeModel
import MartletModel
import MetricProviders
import Testing

private let start = Timestamp("2026-11-21T12:00:00Z") ?? .epoch
private let metric: JSON = ["name": "quality", "provider": ["plugin": ["acme/quality": ["limit": 3]]]]

private func run(_ status: JSON, terminate: Bool = false) -> KubeObject {
    KubeObject([
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
        "metadata": ["name": "web-1", "namespace": "shop", "uid": "u1", "resourceVersion": "7"],
        "spec": ["metrics": [metric], "terminate": .bool(terminate)], "status": status,
    ])
}

private func status(_ plan: AnalysisPlan, of run: KubeObject) -> JSON {
    for change in plan.changes {
        if case .patchStatus(_, let patch, _) = change.change { return MergePatch.apply(patch, to: run.status) }
    }
    return run.status
}

/// Carries a request to a plugin that answers so.
private func carry(_ request: MeasurementRequest, _ answer: String, at now: Timestamp) throws -> MeasurementOutcome {
    var procedure = try MeasurementProcedure.prepare(request, secrets: [:], prometheusAddress: "", now: now).get()
    procedure.authenticate(with: ProviderCredentials(secret: ["url": "http://plugin/"]))
    guard case .send(let call) = procedure.step(nil, now: now) else { throw ProviderError("no request") }
    #expect(try JSON.parse(call.request.body)["spec"]["uid"] == "u1")
    #expect(try JSON.parse(call.request.body)["spec"]["metadata"]["job"].string == request.unfinished.map { _ in "9" })
    guard case .done(let outcome) = procedure.step(HTTPResponse(status: 200, body: Array(answer.utf8)), now: now) else {
        throw ProviderError("another request")
    }
    return outcome
}

@Suite struct ResumedMeasurementTests {
    /// A run whose plugin is at it, with what is known of it in this process.
    private func begun() throws -> (run: KubeObject, activity: MeasurementActivity) {
        let first = decide(AnalysisSnapshot(now: start, run: run([:])))
        let request = try #require(first.measurements.first)
        let answer = "{\"status\":{\"phase\":\"Running\",\"message\":\"at it\",\"askAgainAfter\":\"30s\",\"metadata\":{\"job\":\"9\"}}}"
        let outcome = try carry(request, answer, at: start)
        let activity = MeasurementActivity(number: 1, startedAt: start, outcome: outcome)
        let plan = decide(AnalysisSnapshot(now: start, run: run([:]), activities: ["quality": [activity]]))
        #expect(plan.next == start + .seconds(30) + .milliseconds(1))
        #expect(plan.measurements.isEmpty)
        return (run(status(plan, of: run([:]))), activity)
    }

    @Test func `an unfinished measurement is recorded and asked for again when it is due`() throws {
        let (object, activity) = try begun()
        let measurement = object.status["metricResults"][0]["measurements"][0]
        #expect(object.status["phase"] == "Running")
        #expect(measurement["phase"] == "Running")
        #expect(measurement["message"] == "at it")
        #expect(measurement["metadata"]["job"] == "9")
        #expect(measurement["resumeAt"] == "2026-11-21T12:00:30Z")
        #expect(measurement["finishedAt"].isNull)
        // With what the process knows, and after a restart without it.
        for activities in [["quality": [activity]], [:]] {
            let early = decide(AnalysisSnapshot(now: start + .seconds(29), run: object, activities: activities))
            #expect(early.measurements.isEmpty)
            #expect(early.changes.isEmpty)
            let due = decide(AnalysisSnapshot(now: start + .seconds(30), run: object, activities: activities))
            let request = try #require(due.measurements.first)
            #expect(request.number == 1)
            #expect(request.unfinished?.metadata == ["job": "9"])
            let outcome = try carry(request, "{\"status\":{\"phase\":\"Failed\",\"value\":\"4\"}}", at: start + .seconds(30))
            #expect(outcome.measurement.startedAt == start)
            let answered = MeasurementActivity(number: 1, startedAt: start + .seconds(30), outcome: outcome)
            let end = decide(
                AnalysisSnapshot(now: start + .seconds(31), run: object, activities: ["quality": [answered]]))
            let last = status(end, of: object)
            #expect(last["phase"] == "Failed")
            #expect(last["metricResults"][0]["measurements"].elements.count == 1)
            #expect(last["metricResults"][0]["failed"] == 1)
        }
    }

    @Test func `while it is asked for nothing else happens`() throws {
        let (object, _) = try begun()
        let asked = MeasurementActivity(number: 1, startedAt: start + .seconds(30))
        let plan = decide(
            AnalysisSnapshot(now: start + .seconds(31), run: object, activities: ["quality": [asked]]))
        #expect(plan.measurements.isEmpty)
        #expect(plan.changes.isEmpty)
    }

    @Test func `a terminated run does not wait for it`() throws {
        let (object, activity) = try begun()
        var tree = object.tree
        tree.set(["spec", "terminate"], to: true)
        let ending = KubeObject(tree)
        for activities in [["quality": [activity]], [:]] {
            let plan = decide(AnalysisSnapshot(now: start + .seconds(5), run: ending, activities: activities))
            let end = status(plan, of: ending)
            #expect(end["phase"] == "Inconclusive")
            #expect(end["metricResults"][0]["measurements"][0]["message"] == "Metric Terminated")
            #expect(plan.measurements.isEmpty)
        }
    }

    @Test func `one that cannot be asked for again was interrupted`() {
        let object = run([
            "phase": "Running", "startedAt": "2026-11-21T12:00:00Z",
            "metricResults": [
                ["name": "quality", "phase": "Running", "measurements": [["phase": "Running", "startedAt": "2026-11-21T12:00:00Z"]]]
            ],
        ])
        let end = status(decide(AnalysisSnapshot(now: start + .seconds(9), run: object)), of: object)
        #expect(end["metricResults"][0]["measurements"][0]["message"] == "the measurement was interrupted")
        #expect(end["metricResults"][0]["error"] == 1)
    }
}

@Suite struct ResumedTrialTests {
    @Test func `a trial asks again, too, and a failed neighbour ends what is unfinished`() throws {
        var trial = AnalysisTrial(name: "web-1", spec: ["metrics": [metric]], startedAt: start)
        var asked: [Duration] = []
        trial.play(limit: .seconds(600)) { request, now in
            asked.append(now - start)
            let phase: AnalysisPhase = asked.count < 4 ? .running : .successful
            var measurement = Measurement(phase: phase, startedAt: start, metadata: ["job": "9"])
            if phase == .running { measurement.resumeAt = now + .seconds(15) } else { measurement.finishedAt = now }
            return AnalysisTrial.Answer(MeasurementOutcome(measurement))
        }
        #expect(trial.status.phase == .successful)
        #expect(asked.count == 4)
        #expect(asked.last.map { $0 >= .seconds(45) && $0 < .seconds(46) } ?? false)

        let other: JSON = ["name": "errors", "provider": ["web": ["url": "http://h/"]]]
        var pair = AnalysisTrial(name: "web-1", spec: ["metrics": [metric, other]], startedAt: start)
        pair.play(limit: .seconds(600)) { request, now in
            var measurement = Measurement(phase: request.metric == "errors" ? .failed : .running, startedAt: now)
            if request.metric == "errors" {
                measurement.finishedAt = now
            } else {
                measurement.resumeAt = now + .seconds(15)
            }
            return AnalysisTrial.Answer(MeasurementOutcome(measurement), takes: .seconds(request.metric == "errors" ? 5 : 0))
        }
        #expect(pair.status.phase == .failed)
        #expect(pair.status.result("quality")?.phase == .inconclusive)
    }
}
