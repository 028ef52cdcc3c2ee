// Fields of a run that no other story is about: what its parts hand on, and what is written where.

import AnalysisCore
import HTTPModel
import JSONTree
import KubeModel
import MartletModel
import MetricProviders
import Testing

private let start = Timestamp("2026-11-21T12:00:00Z") ?? .epoch

private func run(_ spec: JSON) -> KubeObject {
    KubeObject([
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
        "metadata": ["name": "web-1", "namespace": "shop", "uid": "u1", "resourceVersion": "7"], "spec": spec,
    ])
}

private func status(_ plan: AnalysisPlan) -> JSON {
    for change in plan.changes {
        if case .patchStatus(_, let patch, _) = change.change { return patch }
    }
    return .null
}

@Suite struct AnalysisFieldTests {
    @Test func `a Job has the metadata and the spec that are written, and what it is found by`() throws {
        let job: JSON = [
            "metadata": ["labels": ["team": "shop"], "annotations": ["why": "smoke"]],
            "spec": ["backoffLimit": 1, "template": ["spec": ["containers": [["name": "c", "image": "i"]]]]],
        ]
        let plan = decide(
            AnalysisSnapshot(now: start, run: run(["metrics": [["name": "smoke", "provider": ["job": job]]]])))
        let created = try #require(
            plan.changes.lazy.compactMap { change -> KubeObject? in
                if case .create(let object) = change.change { object } else { nil }
            }.first)
        #expect(created.label("team") == "shop")
        #expect(created.label(JobMeasurement.uidLabel) == "u1")
        #expect(created.annotation("why") == "smoke")
        #expect(created.annotation("analysisrun.argoproj.io/metric-name") == "smoke")
        #expect(created.spec["backoffLimit"] == 1)
        #expect(created.spec["template"]["spec"]["containers"][0]["image"] == "i")
        #expect(created.tree["metadata"]["ownerReferences"][0]["uid"] == "u1")
        let measurement = status(plan)["metricResults"][0]["measurements"][0]
        #expect(measurement["metadata"]["job-name"].string == created.name)
    }

    @Test func `a result keeps the query, a measurement what the server warned of`() throws {
        let metric: JSON = [
            "name": "m", "successCondition": "result > {{args.limit}}",
            "provider": ["prometheus": ["address": "http://p:9090", "query": "up{a=\"{{args.service}}\"}"]],
        ]
        let spec: JSON = [
            "metrics": [metric], "args": [["name": "service", "value": "web"], ["name": "limit", "value": "0.5"]],
        ]
        let request = try #require(decide(AnalysisSnapshot(now: start, run: run(spec))).measurements.first)
        guard
            case .success(var procedure) = MeasurementProcedure.prepare(
                request, secrets: [:], prometheusAddress: "", now: start),
            case .send(let call) = procedure.step(nil, now: start)
        else {
            Issue.record("no request")
            return
        }
        #expect(call.request.target.contains("query=up%7Ba%3D%22web%22%7D"))
        let body: JSON = [
            "status": "success", "warnings": ["slow"], "data": ["resultType": "scalar", "result": [1, "0.7"]],
        ]
        guard case .done(let outcome) = procedure.step(HTTPResponse(status: 200, body: body.bytes()), now: start) else {
            Issue.record("no outcome")
            return
        }
        let activity = MeasurementActivity(number: 1, startedAt: start, outcome: outcome)
        let result = status(
            decide(AnalysisSnapshot(now: start, run: run(spec), activities: ["m": [activity]])))["metricResults"][0]
        #expect(result["metadata"]["ResolvedPrometheusQuery"] == "up{a=\"web\"}")
        #expect(result["measurements"][0]["metadata"]["warnings"] == "\"slow\"")
        #expect(result["measurements"][0]["value"] == "0.7")
        #expect(result["successful"] == 1 && result["phase"] == "Successful")
    }

    @Test func `a run's argument from a field of its own is not known to anybody`() {
        let spec: JSON = [
            "metrics": [["name": "m", "provider": ["web": ["url": "http://h/{{args.pod}}"]]]],
            "args": [["name": "pod", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]]],
        ]
        let written = status(decide(AnalysisSnapshot(now: start, run: run(spec))))
        #expect(written["phase"] == "Error")
        #expect(written["message"].string?.contains("{{args.pod}}") ?? false)
    }

    @Test func `metrics of a dry run are counted apart`() {
        let web: JSON = ["web": ["url": "http://h"]]
        let spec: JSON = [
            "metrics": .array(["a", "b", "tried"].map { ["name": .string($0), "provider": web] }),
            "dryRun": [["metricName": "trie.*"]],
        ]
        func answer(_ phase: AnalysisPhase) -> [MeasurementActivity] {
            let measurement = Measurement(phase: phase, startedAt: start, finishedAt: start, value: "1")
            return [MeasurementActivity(number: 1, startedAt: start, outcome: MeasurementOutcome(measurement))]
        }
        let plan = decide(
            AnalysisSnapshot(
                now: start, run: run(spec),
                activities: ["a": answer(.successful), "b": answer(.successful), "tried": answer(.failed)]))
        let written = status(plan)
        #expect(written["phase"] == "Successful")
        #expect(written["runSummary"]["count"] == 2)
        #expect(written["runSummary"]["successful"] == 2)
        #expect(written["dryRunSummary"]["count"] == 1)
        #expect(written["dryRunSummary"]["failed"] == 1)
        let tried = written["metricResults"].elements.first { $0["name"] == "tried" }
        #expect(tried?["dryRun"] == true)
    }
}
