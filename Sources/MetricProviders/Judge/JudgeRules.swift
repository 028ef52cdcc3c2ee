// What the judge says of the evidence: good, bad, or that more is wanted.

import JSONTree
import KubeModel

/// Bounds of the judge, each with its reason.
package enum JudgeLimits {
    /// Requests that each side must have had: below, neither test's assumptions hold.
    package static let requestCountDefault = 50.0
    /// Sure is what is wrong once in a hundred deployments.
    package static let confidenceDefault = 0.99
    /// A canary may fail half as often again: what nobody would roll back by hand.
    package static let increaseDefault = 0.5
    /// One error in a thousand requests is no reason, whatever stable does.
    package static let rateDefault = 0.001
    /// Vargha and Delaney call less than this a negligible effect.
    package static let chanceDefault = 0.56
}

/// When the judge is sure, and what is acceptable.
package struct JudgeRules: Hashable, Sendable {
    /// Below 1.
    package var confidence = JudgeLimits.confidenceDefault
    package var minimumRequests = JudgeLimits.requestCountDefault
    /// How long it may be undecided; nil: as long as it takes.
    package var patience: Duration?
    /// How far it looks back at most; nil: to the run's begin.
    package var window: Duration?
    /// By how much more often a good canary may fail: 0.5 for half as often again.
    package var acceptableIncrease = JudgeLimits.increaseDefault
    /// A rate of errors that is good whatever stable's is.
    package var acceptableRate = JudgeLimits.rateDefault
    /// The chance that a request of the canary takes longer than one of stable that is still good.
    package var acceptableChance = JudgeLimits.chanceDefault

    package init() {}

    /// Reads what a metric says; percentages are numbers (`99`) or texts (`"99.9%"`).
    init(_ tree: JSON) throws(ProviderError) {
        confidence = try Self.part(tree, ["confidence"], fallback: confidence, within: 0.5..<1)
        acceptableIncrease = try Self.part(
            tree, ["ratio", "acceptableIncrease"], fallback: acceptableIncrease, within: 0.01..<100)
        acceptableRate = try Self.part(
            tree, ["ratio", "acceptableRate"], fallback: acceptableRate, within: 0.000_001..<1)
        acceptableChance = try Self.part(
            tree, ["latency", "acceptableChance"], fallback: acceptableChance, within: 0.501..<1)
        patience = try Self.duration(tree, "patience")
        window = try Self.duration(tree, "window")
        if !tree["minimumRequests"].isNull {
            guard let number = Self.number(tree["minimumRequests"]), number >= 1 else {
                throw ProviderError("judge.minimumRequests \(tree["minimumRequests"].text()) is no positive number")
            }
            minimumRequests = number
        }
    }

    private static func duration(_ tree: JSON, _ field: String) throws(ProviderError) -> Duration? {
        let text = tree[field].string ?? ""
        if text.isEmpty { return nil }
        guard let duration = Duration.parse(goText: text), duration >= .seconds(1) else {
            throw ProviderError("judge.\(field) \"\(text)\" is no duration of a second or more, like 30m")
        }
        return duration
    }

    private static func number(_ tree: JSON) -> Double? { tree.double ?? tree.string.flatMap(Double.init) }

    private static func part(
        _ tree: JSON, _ path: [String], fallback: Double, within range: Range<Double>
    ) throws(ProviderError) -> Double {
        let value = tree.at(path)
        if value.isNull { return fallback }
        var text = value.string ?? value.double.map { "\($0)" } ?? ""
        if text.hasSuffix("%") { text.removeLast() }
        guard let number = Double(text), range.contains(number / 100) else {
            let (low, high) = (JudgeText.number(range.lowerBound * 100), JudgeText.number(range.upperBound * 100))
            throw ProviderError(
                "judge.\(path.joined(separator: ".")) \(value.text()) is no percentage from \(low) to below \(high)")
        }
        return number / 100
    }

    /// How large evidence must be.
    package var threshold: Double { -JudgeMath.log(1 - confidence) }

    // MARK: Verdicts

    /// The verdict on errors.
    package func verdict(canary: ErrorCount, stable: ErrorCount, age: Duration) -> ReadingVerdict {
        let seen = "canary \(JudgeText.rate(canary)), stable \(JudgeText.rate(stable))"
        guard min(canary.total, stable.total) >= minimumRequests else {
            return undecided("\(seen): \(JudgeText.number(minimumRequests)) of each are wanted", age)
        }
        let isLarge = canary.rate > acceptableRate && canary.rate >= (1 + acceptableIncrease) * stable.rate
        let worse = RatioTest.worse(canary, than: stable)
        if isLarge, worse >= threshold {
            return .bad("\(seen): the canary fails more often, \(JudgeText.confidence(worse)) sure")
        }
        let acceptable = RatioTest.acceptable(
            canary, stable, ratio: 1 + acceptableIncrease, rate: acceptableRate)
        if acceptable >= threshold {
            return .good("\(seen): acceptable, \(JudgeText.confidence(acceptable)) sure")
        }
        return undecided("\(seen): \(leaning(worse, acceptable, "worse"))", age)
    }

    /// The verdict on latencies.
    package func verdict(_ test: RankTest, age: Duration) -> ReadingVerdict {
        let seen =
            "a request of the canary takes longer than one of stable in \(JudgeText.percent(test.chance)) of pairs "
            + "(\(JudgeText.number(test.canaryCount)) and \(JudgeText.number(test.stableCount)) requests)"
        guard min(test.canaryCount, test.stableCount) >= minimumRequests else {
            return undecided("\(seen): \(JudgeText.number(minimumRequests)) of each are wanted", age)
        }
        let slower = test.slower
        if test.chance >= acceptableChance, slower >= threshold {
            return .bad("\(seen): the canary is slower, \(JudgeText.confidence(slower)) sure")
        }
        let acceptable = test.acceptable(below: acceptableChance)
        if acceptable >= threshold {
            return .good("\(seen): acceptable, \(JudgeText.confidence(acceptable)) sure")
        }
        return undecided("\(seen): \(leaning(slower, acceptable, "slower"))", age)
    }

    private func leaning(_ bad: Double, _ good: Double, _ word: String) -> String {
        "\(JudgeText.confidence(bad)) sure that it is \(word), \(JudgeText.confidence(good)) that it is acceptable; "
            + "\(JudgeText.percent(confidence)) is wanted"
    }

    private func undecided(_ text: String, _ age: Duration) -> ReadingVerdict {
        if let patience, age >= patience { return .doubtful("\(text); patience is over") }
        return .undecided("more samples are wanted: \(text)")
    }

    // MARK: Readings

    /// What a measurement of errors says.
    func reading(canary: ErrorCount, stable: ErrorCount, age: Duration) -> Reading {
        let value: JSON = [
            "canary": .double(canary.rate), "stable": .double(stable.rate),
            "canaryRequests": .double(canary.total), "stableRequests": .double(stable.total),
        ]
        var lack: String?
        if canary.total == 0 || stable.total == 0 {
            lack = "\(canary.total == 0 ? "the canary" : "stable") had no requests since the run began"
        }
        let evidence = [
            RatioTest.worse(canary, than: stable),
            RatioTest.acceptable(canary, stable, ratio: 1 + acceptableIncrease, rate: acceptableRate),
        ]
        return Reading(
            .json(value), text: "[\(JudgeText.number(canary.rate)),\(JudgeText.number(stable.rate))]",
            metadata: [
                "canary": "\(JudgeText.number(canary.bad))/\(JudgeText.number(canary.total))",
                "stable": "\(JudgeText.number(stable.bad))/\(JudgeText.number(stable.total))",
                "sureWorse": JudgeText.confidence(evidence[0]), "sureAcceptable": JudgeText.confidence(evidence[1]),
            ],
            lack: lack, verdict: verdict(canary: canary, stable: stable, age: age))
    }

    /// What a measurement of latencies says; nil when a side had no requests.
    func reading(_ test: RankTest?, age: Duration) -> Reading {
        guard let test else {
            let lack = "one of canary and stable had no requests since the run began"
            return Reading(.nothing, text: "", lack: lack, verdict: undecided(lack, age))
        }
        return Reading(
            .number(test.chance), text: JudgeText.number(test.chance),
            metadata: [
                "canaryRequests": JudgeText.number(test.canaryCount),
                "stableRequests": JudgeText.number(test.stableCount),
                "cliffsDelta": JudgeText.number(test.delta), "sureSlower": JudgeText.confidence(test.slower),
                "sureAcceptable": JudgeText.confidence(test.acceptable(below: acceptableChance)),
            ],
            verdict: verdict(test, age: age))
    }
}

/// Numbers as the judge tells them.
enum JudgeText {
    /// Of four digits that matter, without needless zeros.
    static func number(_ value: Double) -> String {
        var text = GoNumberText.fixed(value, digits: value.magnitude >= 100 ? 0 : value.magnitude >= 1 ? 2 : 4)
        while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") { text.removeLast() }
        return text
    }

    static func percent(_ value: Double) -> String { "\(number(value * 100)) %" }

    static func rate(_ count: ErrorCount) -> String { "\(percent(count.rate)) of \(number(count.total)) requests" }

    /// What evidence is worth: always below 100 %.
    static func confidence(_ evidence: Double) -> String {
        percent(min(0.9999, max(0, 1 - JudgeMath.exp(-evidence))))
    }
}
