// One request for equal questions under way, and one pass for measurements that began together.

import AnalysisCore
import ControllerKit
import Controllers
import HTTPModel
import JSONTree
import KubeModel
import MartletModel
import Synchronization
import Telemetry
import Testing
import Transport

/// Holds requests until they are let go.
private final class HeldExchange: HTTPExchange {
    private struct State {
        var targets: [String] = []
        var held: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())
    private let body: String
    init(_ value: String) {
        body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,\"\(value)\"]}]}}"
    }

    var targets: [String] { state.withLock { $0.targets } }

    func send(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPResponse {
        await withCheckedContinuation { continuation in
            state.withLock {
                $0.targets.append(request.target)
                $0.held.append(continuation)
            }
        }
        return HTTPResponse(status: 200, body: Array(body.utf8))
    }

    func stream(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPStream {
        throw .cancelled
    }

    /// Lets all go that are held, or the first of them.
    func letGo(_ count: Int = .max) {
        let held = state.withLock { state in
            let some = Array(state.held.prefix(count))
            state.held.removeFirst(some.count)
            return some
        }
        for continuation in held { continuation.resume() }
    }
}

/// A clock that stands still: a busy machine must not make questions old.
private struct StillRuntime: Runtime {
    static let moment = Timestamp(wholeSeconds: 1_000_000)
    func now() -> Timestamp { Self.moment }
    func sleep(until time: Timestamp) async throws { throw CancellationError() }
    func random() -> UInt64 { 0 }
}

/// Questions whose answers are held back.
private final class HeldQuestions: Sendable {
    private let answers = SharedAnswers<String, Int, TransportError>(ageMax: .seconds(1))
    private let held = Mutex<[CheckedContinuation<Int, Never>]>([])
    private let joinedCount = Mutex(0)

    var gates: [CheckedContinuation<Int, Never>] { held.withLock { $0 } }
    var joined: Int { joinedCount.withLock { $0 } }

    func ask(at seconds: Int) async throws(TransportError) -> Int {
        try await answers.answer(
            to: "q", now: Timestamp(wholeSeconds: 1_000_000 + Int64(seconds)),
            joining: { joinedCount.withLock { $0 += 1 } },
            ask: { () async throws(TransportError) -> Int in
                await withCheckedContinuation { gate in held.withLock { $0.append(gate) } }
            })
    }
}

@Suite struct SharedAnswersTests {
    private let cluster = SmallCluster(served: [:])

    private func run(_ name: String) -> KubeObject {
        KubeObject([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": ["name": .string(name), "namespace": "shop", "uid": .string("u-\(name)"), "resourceVersion": "7"],
            "spec": [:],
        ])
    }

    private func request(
        _ metric: String, query: String, token: String = "a", dueAt: Timestamp? = nil
    ) -> MeasurementRequest {
        MeasurementRequest(
            metric: metric, number: 1,
            tree: [
                "name": .string(metric), "successCondition": "result[0] == 1",
                "provider": [
                    "prometheus": [
                        "address": "http://prometheus.test", "query": .string(query),
                        "headers": [["key": "X-Scope", "value": .string(token)]],
                    ]
                ],
            ], arguments: [], namespace: "shop", dueAt: dueAt, run: ("web-1", "u1"))
    }

    /// Looks again and again until something holds; a busy machine runs all tests at once.
    private func eventually(_ what: String, _ isTrue: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end {
            if isTrue() { return }
            try await ContinuousClock().sleep(for: .milliseconds(5))
        }
        Issue.record("never: \(what)")
    }

    @Test func `equal queries under way share one request, others do not`() async throws {
        let exchange = HeldExchange("1")
        let metrics = MetricRegistry()
        let desk = MeasurementDesk(
            exchange: exchange, runtime: StillRuntime(), prometheusAddress: "", metrics: metrics)
        let done = Mutex(0)
        func start(_ name: String, _ query: String, token: String = "a", dueAt: Timestamp? = nil) {
            desk.start(request("m", query: query, token: token, dueAt: dueAt), of: run(name), api: cluster) {
                done.withLock { $0 += 1 }
            }
        }
        start("first", "up")
        try await eventually("the first request") { exchange.targets.count == 1 }
        start("second", "up", dueAt: StillRuntime.moment + .seconds(-20))
        try await eventually("a joined question") { metrics.value(.measurementRequests, ["shared"]) == 1 }
        start("another", "down")
        start("stranger", "up", token: "b")
        try await eventually("two more requests") { exchange.targets.count == 3 }
        #expect(metrics.value(.measurementRequests, ["sent"]) == 3)
        // Who joins begins then: 20 s late, which is the sum of the one value in the histogram.
        #expect(metrics.value(.measurementLateness) == 20)
        exchange.letGo()
        try await eventually("all answers") { done.withLock { $0 } == 4 }
        for name in ["first", "second", "another", "stranger"] {
            #expect(desk.activities(of: run(name))["m"]?.last?.outcome?.measurement.phase == .successful)
        }
        // Nothing is kept: the next one is sent.
        start("later", "up")
        try await eventually("a request of its own") { exchange.targets.count == 4 }
        exchange.letGo()
        try await eventually("its answer") { done.withLock { $0 } == 5 }
    }

    @Test func `one that has been under way for long is not joined, nor are those lost that wait for it`() async throws {
        let asked = HeldQuestions()
        func ask(at seconds: Int) -> Task<Int, any Error> { Task { try await asked.ask(at: seconds) } }
        let old = ask(at: 0)
        try await eventually("the first") { asked.gates.count == 1 }
        let joinsOld = ask(at: 1)
        try await eventually("one joined") { asked.joined == 1 }
        let new = ask(at: 5)
        try await eventually("the second") { asked.gates.count == 2 }
        let joinsNew = ask(at: 6)
        try await eventually("two joined") { asked.joined == 2 }
        let (first, second) = (asked.gates[0], asked.gates[1])
        first.resume(returning: 1)
        #expect(try await [old.value, joinsOld.value] == [1, 1])
        second.resume(returning: 2)
        #expect(try await [new.value, joinsNew.value] == [2, 2])
    }

    @Test func `of measurements that began together the last asks for a pass`() async throws {
        let exchange = HeldExchange("1")
        let desk = MeasurementDesk(exchange: exchange, runtime: StillRuntime(), prometheusAddress: "")
        let passes = Mutex(0)
        let object = run("together")
        for metric in ["a", "b", "c"] {
            desk.start(request(metric, query: metric), of: object, api: cluster) { passes.withLock { $0 += 1 } }
        }
        try await eventually("three requests") { exchange.targets.count == 3 }
        exchange.letGo(2)
        func answered() -> Int { desk.activities(of: object).values.joined().count { $0.outcome != nil } }
        try await eventually("two answers") { answered() == 2 }
        #expect(passes.withLock { $0 } == 0)
        exchange.letGo()
        try await eventually("the last answer's pass") { passes.withLock { $0 } == 1 && answered() == 3 }
    }
}
