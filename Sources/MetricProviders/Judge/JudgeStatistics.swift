// What counts and latencies of two versions say about which is worse, however often one looks.
//
// Both tests give evidence as the logarithm of a likelihood ratio that is, while there is no
// difference, a martingale (or nearly one): the chance that it ever reaches 1/a is at most a
// (Ville's inequality), whether it is looked at once or every ten seconds for a day. So a verdict
// may be given the moment the evidence is there, and no earlier.
//
// * Ratios. Of all errors the share that falls on the canary is the canary's share of all
//   requests, if both fail equally often. The evidence is the likelihood of the errors under
//   canaries that fail 1.2 to 100 times as often, averaged, to that under equality. What hits both
//   at once, an outage behind them say, changes nothing. Requests are taken as fixed.
// * Ranks. Mann and Whitney's U, corrected for ties, gives the chance A that a request of the
//   canary takes longer than one of stable (Vargha and Delaney; Cliff's delta is 2A - 1). The
//   evidence is that of a sequential test for its mean with a half-normal mixture, which holds
//   for counts large enough for U to be normal: 30 of each, and JudgeLimits asks for more.
//
// Sources: Robbins, Statistical methods related to the law of the iterated logarithm (1970);
// Johari, Pekelis and Walsh, Always valid inference (2015); Mann and Whitney (1947); Vargha and
// Delaney (2000).

/// Errors among requests.
package struct ErrorCount: Hashable, Sendable {
    package var bad: Double
    package var total: Double
    package init(bad: Double, total: Double) {
        self.bad = bad
        self.total = total
    }
    package var rate: Double { total > 0 ? bad / total : 0 }
}

/// Evidence about ratios of errors.
package enum RatioTest {
    /// How many times as often a bad canary may fail.
    private static let harms = [1.2, 1.5, 2, 3, 5, 10, 30, 100]
    /// Parts of what is not acceptable that a good canary may have.
    private static let reliefs = [1 / 1.2, 1 / 1.5, 1 / 2.0, 1 / 3.0, 1 / 5.0, 1 / 10.0, 1 / 100.0]

    /// The evidence that the canary fails more often than stable.
    package static func worse(_ canary: ErrorCount, than stable: ErrorCount) -> Double {
        guard canary.total > 0, stable.total > 0 else { return 0 }
        let equal = likelihood(1, canary, stable)
        return JudgeMath.logMean(harms.map { likelihood($0, canary, stable) - equal })
    }

    /// The evidence that the canary's errors are acceptable: fewer than `ratio` times stable's, or
    /// rarer than `rate`.
    package static func acceptable(
        _ canary: ErrorCount, _ stable: ErrorCount, ratio: Double, rate: Double
    ) -> Double {
        guard canary.total > 0, stable.total > 0 else { return 0 }
        let limit = likelihood(ratio, canary, stable)
        let relative = JudgeMath.logMean(reliefs.map { likelihood(ratio * $0, canary, stable) - limit })
        // Poisson's likelihood of that many errors at a part of the rate, to that at the rate.
        let absolute = JudgeMath.logMean(
            reliefs.map { canary.bad * JudgeMath.log($0) - canary.total * rate * ($0 - 1) })
        return JudgeMath.logMean([relative, absolute])
    }

    /// How likely the errors fall on the two as they did, if the canary fails `times` as often.
    private static func likelihood(_ times: Double, _ canary: ErrorCount, _ stable: ErrorCount) -> Double {
        canary.bad * JudgeMath.log(times)
            - (canary.bad + stable.bad) * JudgeMath.log((times * canary.total + stable.total) / (canary.total + stable.total))
    }
}

/// How often a value was seen on both sides: a latency, or a bucket of latencies.
package struct RankGroup: Hashable, Sendable {
    package var canary: Double
    package var stable: Double
    package init(canary: Double, stable: Double) {
        self.canary = canary
        self.stable = stable
    }
}

/// Mann and Whitney's test.
package struct RankTest: Hashable, Sendable {
    package let canaryCount: Double
    package let stableCount: Double
    /// The chance that a request of the canary takes longer than one of stable, halves for ties.
    package let chance: Double
    /// Of the chance, if there is no difference; 0 when all values are equal.
    private let variance: Double
    /// As if no two values were equal: larger.
    private let varianceWithoutTies: Double

    /// How much canaries differ that are bad: the standard deviation of the mixture.
    private static let spread = 0.1

    /// - Parameter groups: In the order of their values; nil when a side has none.
    package init?(_ groups: [RankGroup]) {
        let canary = groups.reduce(0) { $0 + $1.canary }
        let stable = groups.reduce(0) { $0 + $1.stable }
        guard canary > 0, stable > 0 else { return nil }
        let total = canary + stable
        var below = 0.0
        var sum = 0.0
        var ties = 0.0
        for group in groups {
            sum += group.canary * (below + group.stable / 2)
            below += group.stable
            let size = group.canary + group.stable
            ties += size * size * size - size
        }
        canaryCount = canary
        stableCount = stable
        chance = sum / canary / stable
        let scale = 1 / (12 * canary * stable)
        varianceWithoutTies = (total + 1) * scale
        variance = total > 1 ? max(0, total + 1 - ties / (total * (total - 1))) * scale : 0
    }

    /// Cliff's delta: 1 when each request of the canary takes longer than each of stable.
    package var delta: Double { 2 * chance - 1 }

    /// The evidence that the canary is slower.
    package var slower: Double { Self.evidence(chance - 0.5, variance) }

    /// The evidence that the chance is below a limit.
    package func acceptable(below limit: Double) -> Double {
        Self.evidence(limit - chance, variance > 0 ? variance : varianceWithoutTies)
    }

    /// The half-normal mixture's likelihood ratio for a mean above 0.
    private static func evidence(_ difference: Double, _ variance: Double) -> Double {
        guard variance > 0 else { return 0 }
        let precision = spread * spread / variance
        let part = precision / (1 + precision)
        let deviation = difference / variance.squareRoot()
        let mixed = JudgeMath.log(2 * JudgeMath.normal(deviation * part.squareRoot()))
        return mixed - JudgeMath.log(1 + precision) / 2 + deviation * deviation * part / 2
    }
}
