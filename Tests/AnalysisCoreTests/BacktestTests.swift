// A template replayed over the past.

import AnalysisCore
import JSONTree
import KubeModel
import MartletModel
import Testing

private let start = Timestamp("2026-11-20T00:00:00Z") ?? .epoch

private func spec(_ fields: JSON = [:], provider: JSON = ["prometheus": ["address": "http://p", "query": "{{args.q}}"]]) -> JSON {
    var metric: JSON = [
        "name": "rate", "interval": "1m", "count": 3, "successCondition": "result[0] >= 0.95", "provider": provider,
    ]
    for (key, value) in fields.object ?? [:] { metric[key] = value }
    return ["metrics": [metric], "args": [["name": "q", "value": "up"]]]
}

private func window(hours: Int, step: Duration? = nil) -> Backtest.Window {
    Backtest.Window(
        from: start, to: start + .seconds(hours * 3600), every: .seconds(600), step: step, lasting: .seconds(300))
}

/// A range query's answer with that value at each second that a rule gives one for.
private func answer(_ page: JSON, step: Int64, _ value: (Int64) -> String?) -> JSON {
    let from = Int64(page["start"].string ?? "") ?? 0
    let to = Int64(page["end"].string ?? "") ?? 0
    let values = stride(from: from, through: to, by: Int64.Stride(step)).compactMap { at in
        value(at - start.wholeSeconds).map { JSON.array([.int(at), .string($0)]) }
    }
    return ["status": "success", "data": ["resultType": "matrix", "result": [["metric": [:], "values": .array(values)]]]]
}

private func played(_ backtest: Backtest, _ value: (Int64) -> String?) throws -> BacktestSummary {
    var backtest = backtest
    for page in backtest.pages {
        let range = page.request.tree.at("provider", "prometheus", "rangeQuery")
        try backtest.add(answer(range, step: backtest.step.components.seconds, value), for: page.metric)
    }
    var summary = BacktestSummary()
    for start in backtest.starts { summary.add(backtest.played(from: start)) }
    return summary
}

@Suite struct BacktestTests {
    @Test func `a bad hour is found, with its runs put together`() throws {
        let backtest = try Backtest(spec: spec(), window(hours: 6), now: start + .seconds(86_400))
        #expect(backtest.step == .seconds(60))
        #expect(backtest.starts.count == 37)
        // Bad from 2:00 to 2:59.
        let summary = try played(backtest) { (7200..<10_800).contains($0) ? "0.5" : "0.99" }
        #expect(
            summary.lines == [
                "37 runs: 31 Successful, 6 Failed",
                "Failed 2026-11-20T02:00:00Z to 2026-11-20T02:50:00Z, 6 runs, after 0s: "
                    + "Metric \"rate\" assessed Failed due to failed (1) > failureLimit (0)",
            ])
        #expect(summary.tree["phases"]["Failed"] == 6)
        #expect(summary.tree["spells"][0]["runs"] == 6)
    }

    @Test func `missing data is what the condition makes of it`() throws {
        let backtest = try Backtest(spec: spec(["consecutiveErrorLimit": 0]), window(hours: 1), now: start + .seconds(86_400))
        let summary = try played(backtest) { $0 < 1800 ? "1" : nil }
        #expect(summary.counts == [.successful: 3, .error: 4])
    }

    @Test func `a run without an end is ended, and one that would not have ended by now left out`() throws {
        let backtest = try Backtest(spec: spec(["count": 0]), window(hours: 1), now: start + .seconds(3600))
        #expect(backtest.terminateAfter == .seconds(300))
        #expect(backtest.starts.last == start + .seconds(3000))
        let summary = try played(backtest) { _ in "1" }
        #expect(summary.counts == [.successful: 6])
    }

    @Test func `a long window is asked page by page without a gap`() throws {
        let week = Backtest.Window(
            from: start, to: start + .seconds(7 * 86_400), every: .seconds(600), step: .seconds(15), lasting: .seconds(60))
        let pages = try Backtest(spec: spec(), week, now: start + .seconds(30 * 86_400)).pages
        let ranges = pages.map { $0.request.tree.at("provider", "prometheus", "rangeQuery") }
        let bounds = ranges.map { (Int64($0["start"].string ?? "") ?? 0, Int64($0["end"].string ?? "") ?? 0) }
        #expect(bounds.count == 5)
        #expect(bounds.first?.0 == start.wholeSeconds)
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0.1 + 15 == $1.0 })
        #expect(bounds.allSatisfy { ($0.1 - $0.0) / 15 < 11_000 })
        #expect((bounds.last?.1 ?? 0) >= start.wholeSeconds + 7 * 86_400 + 180)
        #expect(ranges.allSatisfy { $0["step"] == "15s" })
    }

    @Test func `what cannot be asked of the past is refused`() {
        let web: JSON = ["web": ["url": "http://h"]]
        #expect(throws: TrialProblem.self) {
            try Backtest(spec: spec(provider: web), window(hours: 1), now: start + .seconds(86_400))
        }
        #expect(throws: TrialProblem.self) { try Backtest(spec: spec(), window(hours: 1), now: start) }
    }

    @Test func `a metric that asks for a range is answered by a range`() throws {
        let range: JSON = ["start": "now() - duration('2m')", "end": "now()", "step": "60s"]
        let provider: JSON = ["prometheus": ["query": "up", "rangeQuery": range]]
        let backtest = try Backtest(
            spec: spec(["successCondition": "len(result) == 3 && all(result, # >= 0.95)"], provider: provider),
            window(hours: 1), now: start + .seconds(86_400))
        #expect(backtest.step == .seconds(60))
        let asked = try #require(backtest.pages.first).request.tree.at("provider", "prometheus", "rangeQuery")
        #expect(asked["start"] == .string(String(start.wholeSeconds - 120)))
        // Bad at 0:28 alone: seen by the measurements from 0:28 to 0:30, so by the run of 0:30.
        let summary = try played(backtest) { $0 == 1680 ? "0.5" : "1" }
        #expect(summary.counts == [.successful: 6, .failed: 1])
        #expect(summary.spells.map(\.first) == [start + .seconds(1800)])
    }

    @Test func `what was answered can be played as a recorded series`() throws {
        var matrix = RecordedMatrix(lookback: .seconds(60))
        let page: JSON = ["start": .string(String(start.wholeSeconds)), "end": .string(String(start.wholeSeconds + 120))]
        try matrix.add(body: answer(page, step: 60) { "\($0)" })
        let again = try RecordedMatrix(body: matrix.tree, lookback: .seconds(60))
        #expect(again == matrix)
        #expect(again.body(at: start + .seconds(119)).at("data")["result"][0]["value"][1] == "60")
        #expect(again.body(at: start + .seconds(180)).at("data")["result"].elements.isEmpty)
        #expect(again.body(at: start - .seconds(1)).at("data")["result"].elements.isEmpty)
    }
}
