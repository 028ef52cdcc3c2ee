// Measurements beside the passes: a plugin that takes its time, with the Secret that says where it is.

import AnalysisCore
import ControllerKit
import Controllers
import HTTPModel
import JSONTree
import KubeModel
import MartletModel
import Synchronization
import Testing
import Transport

/// A plugin that answers from a script and remembers what it was told.
private final class StubPlugin: HTTPExchange {
    private let answers: [String]
    private let seen = Mutex<[HTTPRequest]>([])
    init(_ answers: [String]) { self.answers = answers }
    var requests: [HTTPRequest] { seen.withLock { $0 } }

    func send(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPResponse {
        let number = seen.withLock { seen in
            seen.append(request)
            return seen.count - 1
        }
        return HTTPResponse(status: 200, body: Array(answers[min(number, answers.count - 1)].utf8))
    }
    func stream(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPStream {
        throw .cancelled
    }
}

@Suite struct MeasurementDeskTests {
    private let run = KubeObject([
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
        "metadata": ["name": "web-1", "namespace": "shop", "uid": "u1", "resourceVersion": "7"], "spec": [:],
    ])

    private func request(unfinished: Measurement? = nil) -> MeasurementRequest {
        MeasurementRequest(
            metric: "quality", number: 1,
            tree: ["name": "quality", "provider": ["plugin": ["acme/quality": ["limit": 3]]]], arguments: [],
            namespace: "shop", run: ("web-1", "u1"), unfinished: unfinished)
    }

    private func take(_ desk: MeasurementDesk, _ request: MeasurementRequest, _ cluster: SmallCluster) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            desk.start(request, of: run, api: cluster) { continuation.resume() }
        }
    }

    private func outcome(_ desk: MeasurementDesk) -> MeasurementOutcome? {
        desk.activities(of: run)["quality"]?.last?.outcome
    }

    private func cluster(hasAddress: Bool = true) -> SmallCluster {
        let cluster = SmallCluster(served: [GroupKind("", "Secret"): true])
        var data: JSON = ["authorization": .string(Base64.encode(Array("Bearer s3cret".utf8)))]
        if hasAddress { data["url"] = .string(Base64.encode(Array("http://plugin.tools/measure".utf8))) }
        cluster.put(
            KubeObject([
                "apiVersion": "v1", "kind": "Secret",
                "metadata": ["name": "metric-plugin-acme-quality", "namespace": "martlet-system"], "data": data,
            ]))
        return cluster
    }

    @Test func `an unfinished measurement is asked for again, a finished one is not`() async throws {
        let plugin = StubPlugin([
            "{\"status\":{\"phase\":\"Running\",\"metadata\":{\"job\":\"9\"}}}",
            "{\"status\":{\"phase\":\"Failed\",\"message\":\"too slow\"}}",
        ])
        let cluster = cluster()
        let desk = MeasurementDesk(exchange: plugin, runtime: SystemRuntime(), prometheusAddress: "", namespace: "martlet-system")
        await take(desk, request(), cluster)
        let first = try #require(outcome(desk)?.measurement)
        #expect(first.phase == .running)
        #expect(first.resumeAt != nil)
        #expect(first.metadata == ["job": "9"])
        // Without the unfinished measurement it is the same request once more.
        desk.start(request(), of: run, api: cluster) { Issue.record("started twice") }
        await take(desk, request(unfinished: first), cluster)
        let last = try #require(outcome(desk)?.measurement)
        #expect(last.phase == .failed)
        #expect(last.message == "too slow")
        #expect(desk.activities(of: run)["quality"]?.count == 1)
        desk.start(request(unfinished: first), of: run, api: cluster) { Issue.record("started after its end") }
        #expect(plugin.requests.count == 2)
        #expect(plugin.requests.map(\.target) == ["http://plugin.tools/measure", "http://plugin.tools/measure"])
        #expect(plugin.requests.map { $0.headers["Authorization"] } == ["Bearer s3cret", "Bearer s3cret"])
        #expect(try JSON.parse(plugin.requests[1].body)["spec"]["metadata"]["job"] == "9")
    }

    @Test func `a plugin that is not installed is named`() async throws {
        let plugin = StubPlugin([""])
        let desk = MeasurementDesk(exchange: plugin, runtime: SystemRuntime(), prometheusAddress: "", namespace: "martlet-system")
        await take(desk, request(), cluster(hasAddress: false))
        let measurement = try #require(outcome(desk)?.measurement)
        #expect(measurement.phase == .error)
        #expect(measurement.message.contains("there is no secret \"metric-plugin-acme-quality\""))
        #expect(plugin.requests.isEmpty)
    }
}
