// The judge: its functions against published values, its queries, and what it says.

import HTTPModel
import JSONTree
import KubeModel
import MetricProviders
import Testing

private let start = Timestamp("2026-11-21T12:00:00Z") ?? .epoch

@Suite struct JudgeStatisticsTests {
    private func isNear(_ value: Double, _ wanted: Double, _ part: Double = 1e-13) -> Bool {
        (value - wanted).magnitude <= part * max(1e-300, wanted.magnitude)
    }

    // Abramowitz and Stegun, tables 4.2, 4.4 and 26.1, and the constants' own digits.
    @Test func `logarithms, exponentials and the normal distribution`() {
        #expect(isNear(JudgeMath.log(2), 0.693_147_180_559_945_309))
        #expect(isNear(JudgeMath.log(10), 2.302_585_092_994_045_684))
        #expect(isNear(JudgeMath.log(1e-300), -690.775_527_898_213_7))
        #expect(JudgeMath.log(0) == -.infinity)
        #expect(JudgeMath.log(-1).isNaN)
        #expect(isNear(JudgeMath.exp(1), 2.718_281_828_459_045_235))
        #expect(isNear(JudgeMath.exp(-20), 2.061_153_622_438_557_8e-9))
        #expect(isNear(JudgeMath.exp(700), 1.014_232_054_735_004_5e304, 1e-12))
        #expect(JudgeMath.exp(1000) == .infinity)
        #expect(JudgeMath.exp(-1000) == 0)
        #expect(JudgeMath.normal(0) == 0.5)
        #expect(isNear(JudgeMath.normal(1), 0.841_344_746_068_542_9))
        #expect(isNear(JudgeMath.normal(-1.96), 0.024_997_895_148_220_435))
        #expect(isNear(JudgeMath.normal(-5), 2.866_515_718_791_939e-7, 1e-10))
        #expect(isNear(JudgeMath.normal(-10), 7.619_853_024_160_527e-24, 1e-10))
        #expect(JudgeMath.normal(.infinity) == 1)
        #expect(isNear(JudgeMath.logMean([0, JudgeMath.log(3)]), JudgeMath.log(2)))
    }

    @Test func `evidence of errors grows with the difference and with the number of requests`() {
        func worse(_ bad: Double, _ total: Double, _ stableBad: Double, _ stableTotal: Double) -> Double {
            RatioTest.worse(ErrorCount(bad: bad, total: total), than: ErrorCount(bad: stableBad, total: stableTotal))
        }
        #expect(worse(10, 1000, 10, 1000) < 0)
        #expect(worse(20, 1000, 10, 1000) < worse(40, 1000, 10, 1000))
        #expect(worse(20, 1000, 10, 1000) < worse(200, 10_000, 100, 10_000))
        // A share of traffic changes nothing of it.
        #expect(worse(10, 1000, 90, 9000) < 0)
        #expect(worse(0, 0, 5, 100) == 0)
        // By hand: 5 errors, all of them the canary's, at equal shares, under a canary that fails
        // r times as often: (2 r / (r + 1)) ^ 5, averaged.
        let harms = [1.2, 1.5, 2, 3, 5, 10, 30, 100]
        let mean = harms.map { r in (0..<5).reduce(1.0) { product, _ in product * 2 * r / (r + 1) } }.reduce(0, +) / 8
        #expect(isNear(worse(5, 100, 0, 100), JudgeMath.log(mean), 1e-12))
    }

    @Test func `ranks count as Mann and Whitney do`() throws {
        // {1, 2, 3} beside {2, 3, 4}: of nine pairs two are won and two are tied: U = 2 + 2 / 2.
        let groups = [(1.0, 0.0), (1, 1), (1, 1), (0, 1)].map { RankGroup(canary: $0.0, stable: $0.1) }
        let test = try #require(RankTest(groups))
        #expect(isNear(test.chance, 2.0 / 9))
        #expect(isNear(test.delta, -5.0 / 9))
        #expect(test.slower < 0)
        #expect(RankTest([RankGroup(canary: 3, stable: 0)]) == nil)
        // All alike: nothing says slower, and much enough says acceptable.
        let alike = try #require(RankTest([RankGroup(canary: 5000, stable: 5000)]))
        #expect(alike.chance == 0.5)
        #expect(alike.slower == 0)
        #expect(alike.acceptable(below: 0.56) > 4.7)
    }
}

@Suite struct JudgeProviderTests {
    private let ratio: JSON = [
        "prometheus": ["address": "http://p"],
        "ratio": [
            "canary": ["bad": "cb[$window]", "total": "ct[$window]"],
            "stable": ["bad": "sb[$window]", "total": "st[$window]"],
        ],
    ]
    private let latency: JSON = [
        "prometheus": ["address": "http://p"], "latency": ["canary": "c[$window]", "stable": "s[$window]"],
    ]

    private func vector(_ series: [(String, Double)]) -> HTTPResponse {
        let text = series.map { "{\"metric\":{\($0.0)},\"value\":[1,\"\($0.1)\"]}" }.joined(separator: ",")
        let body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[\(text)]}}"
        return HTTPResponse(status: 200, body: Array(body.utf8))
    }

    private func buckets(_ counts: [(String, Double)]) -> HTTPResponse {
        vector(counts.map { ("\"le\":\"\($0.0)\"", $0.1) })
    }

    private func count(_ value: Double?) -> HTTPResponse { vector(value.map { [("", $0)] } ?? []) }

    private func reading(_ configuration: JSON, _ answers: [HTTPResponse], after: Duration = .seconds(90)) throws -> Reading {
        let provider = try JudgeProvider(configuration)
        let context = ProviderContext(now: start + after, startedAt: start)
        for number in answers.indices {
            guard case .send = try provider.step(Array(answers[..<number]), context) else {
                throw ProviderError("no request \(number)")
            }
        }
        guard case .done(let reading) = try provider.step(answers, context) else { throw ProviderError("another request") }
        return reading
    }

    private func word(_ reading: Reading) -> String {
        switch reading.verdict {
        case .good: "good"
        case .bad: "bad"
        case .doubtful: "doubtful"
        case .undecided: "undecided"
        case .running: "running"
        case nil: "none"
        }
    }

    @Test func `queries look back to the run's begin, and go to Prometheus in order`() throws {
        let provider = try JudgeProvider(ratio)
        let context = ProviderContext(now: start + .milliseconds(61_500), startedAt: start)
        var answers: [HTTPResponse] = []
        var targets: [String] = []
        while case .send(let call) = try provider.step(answers, context) {
            targets.append(call.request.target)
            answers.append(count(100))
        }
        #expect(
            targets == ["cb", "ct", "sb", "st"].map {
                "http://p/api/v1/query?query=\($0)%5B62s%5D&time=1795262461.5"
            })
    }

    @Test func `a window bounds how far a query looks back`() throws {
        var configuration = ratio
        configuration["window"] = "10m"
        let provider = try JudgeProvider(configuration)
        for (age, range) in [(61, "61s"), (7200, "600s")] {
            let context = ProviderContext(now: start + .seconds(age), startedAt: start)
            guard case .send(let call) = try provider.step([], context) else { throw ProviderError("no request") }
            #expect(call.request.target.contains("query=cb%5B\(range)%5D"))
        }
    }

    @Test(arguments: [
        // canary's errors and requests, stable's errors and requests
        (60.0, 3000.0, 20.0, 3000.0, "bad"), (20, 3000, 20, 3000, "undecided"), (200, 30_000, 200, 30_000, "good"),
        (9, 30, 0, 30, "undecided"), (400, 1000, 4, 1000, "bad"), (0, 20_000, 0, 20_000, "good"),
        // Twice as many of hardly any are no harm.
        (8, 200_000, 2, 200_000, "good"),
        // A tenth of the traffic.
        (60, 1000, 90, 9000, "bad"),
    ])
    func `errors are judged when there is evidence, and not before`(
        _ bad: Double, _ total: Double, _ stableBad: Double, _ stableTotal: Double, _ verdict: String
    ) throws {
        let reading = try reading(ratio, [count(bad), count(total), count(stableBad), count(stableTotal)])
        #expect(word(reading) == verdict)
        #expect(reading.lack == nil)
        #expect(reading.metadata["canary"] == "\(Int(bad))/\(Int(total))")
    }

    @Test func `the message says what was seen and how sure that is`() throws {
        let bad = try reading(ratio, [count(60), count(3000), count(20), count(3000)])
        #expect(
            bad.verdict
                == .bad(
                    "canary 2 % of 3000 requests, stable 0.6667 % of 3000 requests: the canary fails more often, "
                        + "\(bad.metadata["sureWorse"] ?? "") sure"))
        #expect(bad.metadata["sureWorse"]?.hasPrefix("99.") ?? false)
        let open = try reading(ratio, [count(20), count(3000), count(20), count(3000)])
        #expect(open.verdict?.message.hasPrefix("more samples are wanted: canary 0.6667 % of 3000 requests") ?? false)
        #expect(open.verdict?.message.hasSuffix("99 % is wanted") ?? false)
    }

    @Test func `no series of errors is no error, no requests are no data`() throws {
        #expect(word(try reading(ratio, [count(nil), count(9000), count(nil), count(9000)])) == "good")
        let idle = try reading(ratio, [count(nil), count(nil), count(1), count(100)])
        #expect(idle.lack == "the canary had no requests since the run began")
        #expect(word(idle) == "undecided")
    }

    @Test func `patience ends in doubt`() throws {
        var configuration = ratio
        configuration["patience"] = "10m"
        let answers = [count(1), count(100), count(1), count(100)]
        #expect(word(try reading(configuration, answers, after: .seconds(599))) == "undecided")
        #expect(word(try reading(configuration, answers, after: .seconds(600))) == "doubtful")
    }

    @Test func `latencies are read from buckets`() throws {
        let usual = [("0.1", 500.0), ("0.5", 900), ("+Inf", 1000)]
        let slow = [("0.1", 200.0), ("0.5", 700), ("+Inf", 1000)]
        let many = usual.map { ($0.0, $0.1 * 20) }
        let few = usual.map { ($0.0, $0.1 / 10) }
        #expect(word(try reading(latency, [buckets(slow), buckets(usual)])) == "bad")
        #expect(word(try reading(latency, [buckets(many), buckets(many)])) == "good")
        #expect(word(try reading(latency, [buckets(few), buckets(few)])) == "undecided")
        #expect(word(try reading(latency, [buckets(usual), buckets(slow)])) == "good")
        let result = try reading(latency, [buckets(slow), buckets(usual)])
        // (200 * 250 + 500 * (500 + 200) + 300 * (900 + 50)) / 1000 / 1000
        #expect(result.text == "0.685")
        #expect(result.metadata["cliffsDelta"] == "0.37")
        // Bounds that one side lacks are passed over.
        let finer = [("0.1", 500.0), ("0.2", 700.0), ("0.5", 900), ("+Inf", 1000)]
        #expect(try reading(latency, [buckets(slow), buckets(finer)]).text == "0.685")
        let none = try reading(latency, [buckets([]), buckets(usual)])
        #expect(none.lack != nil)
        #expect(word(none) == "undecided")
    }

    @Test func `latencies are read from samples`() throws {
        func samples(_ values: [Double]) -> HTTPResponse { vector(values.map { ("", $0) }) }
        let low = (0..<100).map { Double($0) }
        #expect(word(try reading(latency, [samples(low.map { $0 + 60 }), samples(low)])) == "bad")
        #expect(word(try reading(latency, [samples(Array(low[..<20])), samples(low)])) == "undecided")
    }

    @Test(arguments: [
        ([:], "judge needs either ratio or latency"),
        (["latency": ["canary": "c[$window]", "stable": "s[5m]"]],
         "judge.latency.stable: the query must look back to the run's begin: write [$window] for its range"),
        (["ratio": ["canary": ["bad": "x[$window]"], "stable": [:]]], "judge.ratio.canary.total: no query is given"),
        (["confidence": 100, "latency": ["canary": "c[$window]", "stable": "s[$window]"]],
         "judge.confidence 100 is no percentage from 50 to below 100"),
        (["patience": "soon", "latency": ["canary": "c[$window]", "stable": "s[$window]"]],
         "judge.patience \"soon\" is no duration of a second or more, like 30m"),
        (["minimumRequests": 0, "latency": ["canary": "c[$window]", "stable": "s[$window]"]],
         "judge.minimumRequests 0 is no positive number"),
    ] as [(JSON, String)])
    func `what it cannot do is said with its place`(_ configuration: JSON, _ message: String) {
        #expect(throws: ProviderError(message)) { try JudgeProvider(configuration) }
    }

    @Test func `percentages are numbers or texts`() throws {
        for confidence in [JSON.int(95), "95", "95%", .double(95)] {
            var configuration = ratio
            configuration["confidence"] = confidence
            let open = try reading(configuration, [count(20), count(3000), count(20), count(3000)])
            #expect(open.verdict?.message.hasSuffix("95 % is wanted") ?? false)
        }
    }
}
