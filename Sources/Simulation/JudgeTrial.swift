// How often the judge is wrong and how soon it is right: versions with known errors and latencies,
// looked at again and again, by the judge and by what people write without it.

import MetricProviders

/// A canary beside stable, both drawn at random, looked at until somebody decides.
package struct JudgeTrial: Hashable, Sendable {
    /// Who looks.
    package enum Method: Hashable, Sendable {
        /// The judge, with its defaults; looking back no further than a window, if there is one.
        case judge(windowSeconds: Int?)
        /// `errors / requests of the last 5 minutes`, which must be below a limit; the first look
        /// is taken after a delay.
        case threshold(limit: Double, delaySeconds: Int)
    }

    package var method = Method.judge(windowSeconds: nil)
    /// Errors among a version's requests, and what the canary's become at `changeSeconds`.
    package var stableRate = 0.01
    package var canaryRate = 0.01
    package var changeSeconds = 0
    package var canaryPerSecond = 50
    package var stablePerSecond = 50
    package var lookSeconds = 10
    package var seconds = 1800
    /// Whether an acceptable canary ends the trial, as at a step; a background analysis goes on.
    package var endsWhenGood = false

    package init(_ change: (inout JudgeTrial) -> Void = { _ in }) { change(&self) }

    private static let windowSeconds = 300

    /// What many trials came to.
    package struct Summary: Hashable, Sendable {
        package var runCount = 0
        /// When the canary was called bad, from the change on, in order.
        package var badSeconds: [Int] = []
        /// When it was called good.
        package var goodSeconds: [Int] = []

        package var badPart: Double { Double(badSeconds.count) / Double(max(1, runCount)) }
        /// Until it was called bad; nil when that was not so in half of the trials.
        package var badMedianSeconds: Int? {
            badSeconds.count * 2 > runCount ? badSeconds.sorted()[runCount / 2] : nil
        }
        package var goodMedianSeconds: Int? {
            goodSeconds.count * 2 > runCount ? goodSeconds.sorted()[runCount / 2] : nil
        }
    }

    /// Runs a number of trials; the same seed gives the same summary.
    package func run(count: Int, seed: UInt64) -> Summary {
        var dice = Dice(seed: seed)
        var summary = Summary(runCount: count)
        for _ in 0..<count {
            switch once(&dice) {
            case .bad(let time): summary.badSeconds.append(time - changeSeconds)
            case .good(let time): summary.goodSeconds.append(time)
            case nil: break
            }
        }
        return summary
    }

    private enum End {
        case bad(Int)
        case good(Int)
    }

    private func once(_ dice: inout Dice) -> End? {
        let rules = JudgeRules()
        var canary = ErrorCount(bad: 0, total: 0)
        var stable = canary
        var history: [(canary: ErrorCount, stable: ErrorCount)] = [(canary, stable)]
        for time in stride(from: lookSeconds, through: seconds, by: lookSeconds) {
            let rate = time > changeSeconds ? canaryRate : stableRate
            canary.add(ErrorCount.drawn(canaryPerSecond * lookSeconds, rate, &dice))
            stable.add(ErrorCount.drawn(stablePerSecond * lookSeconds, stableRate, &dice))
            history.append((canary, stable))
            func before(_ windowSeconds: Int) -> (canary: ErrorCount, stable: ErrorCount) {
                history[max(0, history.count - 1 - windowSeconds / lookSeconds)]
            }
            switch method {
            case .judge(let windowSeconds):
                let old = before(windowSeconds ?? time)
                let verdict = rules.verdict(
                    canary: canary.since(old.canary), stable: stable.since(old.stable), age: .seconds(time))
                if case .bad = verdict { return .bad(time) }
                if endsWhenGood, case .good = verdict { return .good(time) }
            case .threshold(let limit, let delaySeconds):
                guard time >= delaySeconds else { continue }
                if canary.since(before(Self.windowSeconds).canary).rate >= limit { return .bad(time) }
            }
        }
        return nil
    }
}

extension ErrorCount {
    fileprivate mutating func add(_ other: ErrorCount) {
        bad += other.bad
        total += other.total
    }

    fileprivate func since(_ other: ErrorCount) -> ErrorCount {
        ErrorCount(bad: bad - other.bad, total: total - other.total)
    }

    /// Draws the errors among requests by the gaps between them.
    fileprivate static func drawn(_ requests: Int, _ rate: Double, _ dice: inout Dice) -> ErrorCount {
        var bad = 0
        var position = 0.0
        let scale = rate > 0 ? JudgeMath.log(1 - rate) : 0
        while rate > 0 {
            position += (JudgeMath.log(dice.fraction()) / scale).rounded(.down) + 1
            if position > Double(requests) { break }
            bad += 1
        }
        return ErrorCount(bad: Double(bad), total: Double(requests))
    }
}

extension Dice {
    /// Above 0, at most 1.
    fileprivate mutating func fraction() -> Double { (Double(next() >> 11) + 1) / 9_007_199_254_740_992 }
}

/// The same for latencies: log-normal, seen through the buckets of a histogram.
package struct LatencyTrial: Hashable, Sendable {
    /// How many times as long a request of the canary takes.
    package var slowdown = 1.0
    package var requestsPerSecond = 5
    package var lookSeconds = 10
    package var seconds = 1800

    package init(_ change: (inout LatencyTrial) -> Void = { _ in }) { change(&self) }

    private static let bounds = [0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5]
    private static let (median, spread) = (0.1, 0.5)

    /// Runs a number of trials; a good verdict does not end one.
    package func run(count: Int, seed: UInt64) -> JudgeTrial.Summary {
        var dice = Dice(seed: seed)
        var summary = JudgeTrial.Summary(runCount: count)
        let (slow, usual) = (Self.shares(slowdown), Self.shares(1))
        for _ in 0..<count {
            if let time = once(slow, usual, &dice) { summary.badSeconds.append(time) }
        }
        return summary
    }

    /// The chance of a request to take no longer than each bound.
    private static func shares(_ slowdown: Double) -> [Double] {
        bounds.map { JudgeMath.normal(JudgeMath.log($0 / (median * slowdown)) / spread) }
    }

    private func once(_ canary: [Double], _ stable: [Double], _ dice: inout Dice) -> Int? {
        let rules = JudgeRules()
        var groups = Array(repeating: RankGroup(canary: 0, stable: 0), count: Self.bounds.count + 1)
        for time in stride(from: lookSeconds, through: seconds, by: lookSeconds) {
            for _ in 0..<(requestsPerSecond * lookSeconds) {
                let (one, other) = (dice.fraction(), dice.fraction())
                groups[canary.firstIndex { one <= $0 } ?? Self.bounds.count].canary += 1
                groups[stable.firstIndex { other <= $0 } ?? Self.bounds.count].stable += 1
            }
            guard let test = RankTest(groups) else { continue }
            if case .bad = rules.verdict(test, age: .seconds(time)) { return time }
        }
        return nil
    }
}
