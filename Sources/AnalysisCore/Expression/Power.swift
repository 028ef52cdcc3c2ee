// The power function, to the last place or next to it; the standard library has none.

/// An unevaluated sum of two doubles: about 106 bits.
private struct DoubleDouble {
    var high: Double
    var low: Double

    init(_ high: Double, _ low: Double = 0) {
        self.high = high
        self.low = low
    }

    /// Dekker's quick two-sum; the first is the larger.
    private static func normalized(_ high: Double, _ low: Double) -> DoubleDouble {
        let sum = high + low
        return DoubleDouble(sum, low - (sum - high))
    }

    static func + (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
        let sum = left.high + right.high
        let part = sum - left.high
        let error = (left.high - (sum - part)) + (right.high - part)
        return normalized(sum, error + left.low + right.low)
    }

    static func * (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
        let product = left.high * right.high
        let error = (-product).addingProduct(left.high, right.high)
        return normalized(product, error + left.high * right.low + left.low * right.high)
    }

    static func / (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
        let quotient = left.high / right.high
        let rest = left + DoubleDouble(-quotient) * right
        return normalized(quotient, (rest.high + rest.low) / right.high)
    }

    var value: Double { high + low }
}

/// `base ** exponent` as C99 defines it.
enum Power {
    static func value(_ base: Double, _ exponent: Double) -> Double {
        if exponent == 0 || base == 1 { return 1 }
        if base.isNaN || exponent.isNaN { return .nan }
        let isWhole = exponent == exponent.rounded(.towardZero)
        let isOdd = isWhole && abs(exponent) < 9_007_199_254_740_992 && exponent.remainder(dividingBy: 2) != 0
        if exponent.isInfinite || base.isInfinite || base == 0 { return limit(base, exponent, isOdd: isOdd) }
        if base < 0, !isWhole { return .nan }
        let sign = base < 0 && isOdd ? -1.0 : 1.0
        return sign * magnitude(abs(base), exponent, isWhole: isWhole)
    }

    private static func limit(_ base: Double, _ exponent: Double, isOdd: Bool) -> Double {
        if exponent.isInfinite {
            if abs(base) == 1 { return 1 }
            return (abs(base) > 1) == (exponent > 0) ? .infinity : 0
        }
        let isNegative = base.sign == .minus && isOdd
        let isLarge = base.isInfinite == (exponent > 0)
        return isLarge ? (isNegative ? -.infinity : .infinity) : (isNegative ? -0.0 : 0)
    }

    private static func magnitude(_ base: Double, _ exponent: Double, isWhole: Bool) -> Double {
        if exponent == 0.5 { return base.squareRoot() }
        if isWhole, abs(exponent) <= 64 {
            var result = DoubleDouble(1)
            var square = DoubleDouble(base)
            var rest = Int(abs(exponent))
            while rest > 0 {
                if rest & 1 == 1 { result = result * square }
                rest >>= 1
                if rest > 0 { square = square * square }
            }
            // Past the range, or where the low part got lost, the logarithm is the better way.
            if result.value.isFinite, result.value > 1e-200, result.value < 1e200 {
                return exponent < 0 ? (DoubleDouble(1) / result).value : result.value
            }
        }
        return exponential(logarithm(base) * DoubleDouble(exponent))
    }

    private static let ln2 = DoubleDouble(0.693_147_180_559_945_286_23, 2.319_046_813_846_299_558_4e-17)

    /// ln x by atanh of (m - 1) / (m + 1), m the significand near 1.
    private static func logarithm(_ value: Double) -> DoubleDouble {
        var exponent = Double(value.exponent)
        var significand = value.significand
        if significand > 1.414_213_562_373_095 {
            significand /= 2
            exponent += 1
        }
        let ratio = DoubleDouble(significand - 1) / (DoubleDouble(significand) + DoubleDouble(1))
        let square = ratio * ratio
        var sum = DoubleDouble(0)
        for term in stride(from: 45.0, through: 1.0, by: -2.0) {
            sum = sum * square + DoubleDouble(1) / DoubleDouble(term)
        }
        return DoubleDouble(2) * ratio * sum + ln2 * DoubleDouble(exponent)
    }

    /// e to the x: x = n ln 2 + r, r a 256th of it by its series, squared up again.
    private static func exponential(_ power: DoubleDouble) -> Double {
        if power.high > 710 { return .infinity }
        if power.high < -746 { return 0 }
        let count = (power.high / ln2.high).rounded()
        let rest = power + ln2 * DoubleDouble(-count)
        let small = DoubleDouble(rest.high / 256, rest.low / 256)
        var sum = DoubleDouble(1)
        for term in stride(from: 14.0, through: 1.0, by: -1.0) {
            sum = DoubleDouble(1) + sum * small / DoubleDouble(term)
        }
        for _ in 0..<8 { sum = sum * sum }
        let half = Int(count) / 2
        return Double(sign: .plus, exponent: half, significand: sum.value)
            * Double(sign: .plus, exponent: Int(count) - half, significand: 1)
    }
}
