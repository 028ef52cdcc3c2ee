// Resource quantities (`100m`, `1.5Gi`, `2e3`): parse, compare, add, and write as Kubernetes does.

/// An amount of a resource as the API spells it
/// (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
///
/// Two quantities are equal when their amounts are, whatever their spelling (`1000m` equals `1`).
/// Amounts finer than a billionth are rounded away from zero; more than 36 digits are refused.
package struct Quantity: Sendable {
    /// How the amount was spelled, which decides how it is written.
    private enum Format { case decimal, exponent, binary }

    /// The amount is `mantissa` times ten to the power of `scale`; the mantissa has no trailing
    /// zeros, and zero has scale 0.
    private var mantissa: Int128
    private var scale: Int
    private var format: Format
    /// The spelling of the source, where it survives being read and written by the API.
    private var spelling: String?
    /// The scale before trailing zeros were taken off: what rounding looks at.
    private var spelledScale: Int

    private static let finestScale = -9

    private init(_ mantissa: Int128, scale: Int, _ format: Format, spelling: String? = nil, spelledScale: Int? = nil) {
        var digits = mantissa
        var power = scale
        while digits != 0, digits % 10 == 0 {
            digits /= 10
            power += 1
        }
        self.mantissa = digits
        self.scale = digits == 0 ? 0 : power
        self.format = format
        self.spelling = spelling
        self.spelledScale = spelledScale ?? scale
    }

    /// Reads a quantity.
    ///
    /// - Returns: Nil for a text that the API refuses.
    package init?(_ text: String) {
        if text == "0" {
            self.init(0, scale: 0, .decimal, spelling: text)
            return
        }
        guard let parts = Parts(text), let (format, exponent) = Self.suffix(parts.suffix) else { return nil }
        guard let digits = Int128(parts.whole + parts.fraction), parts.whole.count + parts.fraction.count <= 36
        else { return nil }
        let signed = parts.isNegative ? -digits : digits
        if format == .binary {
            self.init(binary: signed, parts: parts, exponent: exponent, text: text)
        } else {
            self.init(decimal: signed, parts: parts, exponent: exponent, format: format, text: text)
        }
    }

    private init?(decimal signed: Int128, parts: Parts, exponent: Int, format: Format, text: String) {
        let scale = exponent - parts.fraction.count
        let shifted = parts.whole + parts.fraction
        guard abs(scale) <= 64 else { return nil }
        if shifted.count <= 18, scale >= Self.finestScale {
            // The server keeps a spelling that looks canonical at a glance.
            let isKept = scale % 3 == 0 && !shifted.hasSuffix("000") && !shifted.hasPrefix("0")
            self.init(signed, scale: scale, format, spelling: isKept ? text : nil)
        } else {
            self.init(Self.rescaled(signed, from: scale, to: max(scale, Self.finestScale)), scale: max(scale, Self.finestScale), format)
        }
    }

    private init?(binary signed: Int128, parts: Parts, exponent: Int, text: String) {
        let (product, overflow) = signed.multipliedReportingOverflow(by: Int128(1) << Int128(exponent))
        let most = Int128(Int64.max)
        if parts.fraction.isEmpty {
            let isShort = 14 - parts.whole.count - exponent * 3 / 10 >= 0
            let isKept = isShort && !overflow && signed & 7 != 0
            let capped = overflow || abs(product) > most ? (signed < 0 ? -most : most) : product
            self.init(capped, scale: 0, .binary, spelling: isKept ? text : nil)
            return
        }
        guard !overflow else { return nil }
        let scale = -parts.fraction.count
        let rounded = max(scale, Self.finestScale)
        let amount = Quantity(Self.rescaled(product, from: scale, to: rounded), scale: rounded, .binary)
        self = amount.isAbove(most) ? Quantity(signed < 0 ? -most : most, scale: 0, .binary) : amount
        if amount.scale < 0, !amount.isAbove(0) { format = .decimal }
    }

    private func isAbove(_ limit: Int128) -> Bool {
        let whole = Self.rescaled(abs(mantissa), from: scale, to: max(scale, 0), roundsUp: false)
        return scale <= 0 ? whole > limit : whole.multipliedReportingOverflow(by: Self.power(scale)).overflow || whole * Self.power(scale) > limit
    }

    /// An amount in thousandths.
    package init(milliValue: Int64) { self.init(Int128(milliValue), scale: -3, .decimal) }

    // MARK: The amount

    /// The amount in thousandths, rounded away from zero, saturating at 64 bits.
    package var milliValue: Int64 { scaled(to: -3) }
    /// The whole amount, rounded away from zero, saturating at 64 bits.
    package var value: Int64 { scaled(to: 0) }

    private func scaled(to target: Int) -> Int64 {
        if scale <= target { return Int64(clamping: Self.rescaled(mantissa, from: scale, to: target)) }
        guard scale - target <= 38 else { return mantissa < 0 ? .min : .max }
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: Self.power(scale - target))
        return overflow ? (mantissa < 0 ? .min : .max) : Int64(clamping: product)
    }

    /// The amount rounded away from zero to whole thousandths: what defaulting makes of a pod's
    /// requests and limits.
    package var roundedToMilli: Quantity {
        guard spelledScale < -3 else { return self }
        return Quantity(Self.rescaled(mantissa, from: min(scale, -3), to: -3, upFrom: scale), scale: -3, format)
    }

    package var isZero: Bool { mantissa == 0 }

    private static func power(_ exponent: Int) -> Int128 {
        var result: Int128 = 1
        for _ in 0..<min(exponent, 38) { result *= 10 }
        return result
    }

    /// Changes the unit to a coarser one, rounding away from zero.
    private static func rescaled(_ value: Int128, from: Int, to: Int, roundsUp: Bool = true) -> Int128 {
        guard to > from else { return value }
        guard to - from <= 38 else { return value == 0 || !roundsUp ? 0 : value.signum() }
        let divisor = power(to - from)
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest == 0 || !roundsUp ? quotient : quotient + value.signum()
    }

    private static func rescaled(_ value: Int128, from: Int, to: Int, upFrom scale: Int) -> Int128 {
        scale > to ? value * power(scale - to) : rescaled(value, from: from, to: to)
    }

    // MARK: The text

    /// The text that the API writes for this quantity after reading it. Spellings that look
    /// canonical survive (`+5Mi`, `007`); others become canonical (`0.5` is `500m`).
    package var canonicalText: String {
        if let spelling { return spelling }
        if mantissa == 0 { return "0" }
        if format == .binary, scale >= 0, scaled(to: 0).magnitude >= 1024 { return binaryText }
        return decimalText
    }

    private var binaryText: String {
        var amount = scaled(to: 0)
        var index = 0
        while amount % 1024 == 0, index < Self.binarySuffixes.count - 1 {
            amount /= 1024
            index += 1
        }
        return "\(amount)\(Self.binarySuffixes[index])"
    }

    private var decimalText: String {
        var digits = mantissa
        var power = scale
        while power % 3 != 0 {
            digits *= 10
            power -= 1
        }
        if format == .exponent { return power == 0 ? "\(digits)" : "\(digits)e\(power)" }
        while power > 18 {
            digits *= 1000
            power -= 3
        }
        let name = Self.decimalSuffixes.first { $0.power == power }?.name ?? ""
        return "\(digits)\(name)"
    }

    private static let binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
    private static let decimalSuffixes: [(name: String, power: Int)] = [
        ("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18),
    ]

    private static func suffix(_ text: String) -> (Format, Int)? {
        if let decimal = decimalSuffixes.first(where: { $0.name == text }) { return (.decimal, decimal.power) }
        if let index = binarySuffixes.firstIndex(of: text) { return (.binary, index * 10) }
        guard let first = text.first, first == "e" || first == "E", let power = Int(text.dropFirst()),
            abs(power) <= 64
        else { return nil }
        return (.exponent, power)
    }

    /// A text taken apart: sign, digits on both sides of the point, suffix.
    private struct Parts {
        var isNegative: Bool
        /// Without leading zeros; `0` when nothing is left.
        var whole: String
        var fraction = ""
        var suffix: String

        init?(_ text: String) {
            var rest = Substring(text)
            isNegative = rest.hasPrefix("-")
            if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
            let isDigit: (Character) -> Bool = { ("0"..."9").contains($0) }
            let digits = rest.prefix(while: isDigit)
            rest = rest.dropFirst(digits.count)
            let significant = digits.drop { $0 == "0" }
            whole = significant.isEmpty ? "0" : String(significant)
            if rest.hasPrefix(".") {
                rest.removeFirst()
                fraction = String(rest.prefix(while: isDigit))
                rest = rest.dropFirst(fraction.count)
            }
            if digits.isEmpty, fraction.isEmpty { return nil }
            suffix = String(rest)
        }
    }
}

extension Quantity: Hashable, Comparable {
    package static func == (left: Quantity, right: Quantity) -> Bool {
        left.mantissa == right.mantissa && left.scale == right.scale
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(mantissa)
        hasher.combine(scale)
    }

    package static func < (left: Quantity, right: Quantity) -> Bool {
        if left.mantissa.signum() != right.mantissa.signum() { return left.mantissa < right.mantissa }
        let common = min(left.scale, right.scale)
        let (mine, mineOverflows) = left.unscaled(at: common)
        let (theirs, theirsOverflow) = right.unscaled(at: common)
        if mineOverflows { return left.mantissa < 0 }
        return theirsOverflow ? left.mantissa > 0 : mine < theirs
    }

    /// The sum, spelled in the left one's format. Sums past 38 digits saturate.
    package static func + (left: Quantity, right: Quantity) -> Quantity {
        let common = min(left.scale, right.scale)
        let (mine, mineOverflows) = left.unscaled(at: common)
        let (theirs, theirsOverflow) = right.unscaled(at: common)
        if mineOverflows { return left }
        if theirsOverflow { return right }
        let (sum, overflow) = mine.addingReportingOverflow(theirs)
        return overflow ? left : Quantity(sum, scale: common, left.mantissa == 0 ? right.format : left.format)
    }

    /// The difference, spelled in the left one's format. Differences past 38 digits saturate.
    package static func - (left: Quantity, right: Quantity) -> Quantity {
        let (negated, overflow) = Int128(0).subtractingReportingOverflow(right.mantissa)
        return overflow ? left : left + Quantity(negated, scale: right.scale, right.format)
    }

    private func unscaled(at common: Int) -> (Int128, Bool) {
        guard scale - common <= 38 else { return (0, mantissa != 0) }
        return mantissa.multipliedReportingOverflow(by: Self.power(scale - common))
    }
}

extension Quantity: CustomStringConvertible {
    package var description: String { canonicalText }
}
