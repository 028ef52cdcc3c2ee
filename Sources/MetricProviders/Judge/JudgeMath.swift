// The few functions that the judge's statistics need, of the standard library alone.
//
// This room may not import the C library. Each function is right to about 1e-14, which
// JudgeStatisticsTests compares with published values.

/// Logarithms, exponentials and the normal distribution.
package enum JudgeMath {
    private static let ln2 = 0.693_147_180_559_945_3

    /// The natural logarithm; minus infinity of 0, not a number below.
    package static func log(_ value: Double) -> Double {
        guard value > 0 else { return value == 0 ? -.infinity : .nan }
        guard value.isFinite else { return value }
        var exponent = Double(value.exponent)
        var part = value.significand
        if part > 1.414_213_562_373_095_1 {
            part /= 2
            exponent += 1
        }
        // ln((1 + s) / (1 - s)) = 2 (s + s^3/3 + s^5/5 + …), where |s| < 0.172.
        let ratio = (part - 1) / (part + 1)
        let square = ratio * ratio
        var term = ratio
        var sum = 0.0
        for odd in stride(from: 1.0, through: 25.0, by: 2.0) {
            sum += term / odd
            term *= square
        }
        return 2 * sum + exponent * ln2
    }

    /// `e` to the power of the value.
    package static func exp(_ value: Double) -> Double {
        if value.isNaN { return value }
        if value > 709 { return .infinity }
        if value < -745 { return 0 }
        let halvings = (value / ln2).rounded()
        let rest = value - halvings * ln2
        var term = 1.0
        var sum = 1.0
        for number in 1...18 {
            term *= rest / Double(number)
            sum += term
        }
        return sum * Double(sign: .plus, exponent: Int(halvings), significand: 1)
    }

    /// The logarithm of the sum of exponentials: how likelihoods are averaged without overflow.
    package static func logMean(_ logarithms: [Double]) -> Double {
        guard let most = logarithms.max(), most > -.infinity else { return -.infinity }
        let sum = logarithms.reduce(0) { $0 + exp($1 - most) }
        return most + log(sum / Double(logarithms.count))
    }

    /// The chance that a standard normal number is at most this.
    package static func normal(_ value: Double) -> Double {
        if value.isNaN { return value }
        if value < -4 { return upperTail(-value) }
        if value > 4 { return 1 - upperTail(value) }
        // 1/2 + density * (x + x^3/3 + x^5/(3*5) + …)
        var term = value
        var sum = value
        for number in stride(from: 3.0, through: 121.0, by: 2.0) {
            term *= value * value / number
            sum += term
        }
        return 0.5 + density(value) * sum
    }

    private static func density(_ value: Double) -> Double { exp(-value * value / 2) / 2.506_628_274_631_000_5 }

    /// Laplace's continued fraction, for values of 4 and more.
    private static func upperTail(_ value: Double) -> Double {
        guard value.isFinite else { return 0 }
        var fraction = value
        for number in stride(from: 40.0, through: 1.0, by: -1.0) { fraction = value + number / fraction }
        return density(value) / fraction
    }
}
