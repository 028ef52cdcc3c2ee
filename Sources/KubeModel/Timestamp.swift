// Points in time as the API writes them.

/// A point in time, in nanoseconds since 1970-01-01T00:00:00Z. Pure code is handed these; it never
/// reads a clock.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    package init(seconds: Double) { nanoseconds = Int64(seconds * 1e9) }
    package init(wholeSeconds: Int64) { nanoseconds = wholeSeconds &* 1_000_000_000 }

    package static let epoch = Timestamp(nanoseconds: 0)
    package static let distantFuture = Timestamp(nanoseconds: .max)

    /// Seconds since the epoch, with fraction.
    package var seconds: Double { Double(nanoseconds) / 1e9 }
    /// Whole seconds since the epoch, rounded down.
    package var wholeSeconds: Int64 { Self.floorDivide(nanoseconds, 1_000_000_000) }
    /// The same second without its fraction: what survives in the API's `Time`.
    package var truncatedToSeconds: Timestamp { Timestamp(wholeSeconds: wholeSeconds) }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    package static func + (time: Timestamp, duration: Duration) -> Timestamp {
        let (sum, overflow) = time.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return Timestamp(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }
    package static func - (time: Timestamp, duration: Duration) -> Timestamp { time + (.zero - duration) }
    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        .nanoseconds(left.nanoseconds &- right.nanoseconds)
    }
    package static func += (time: inout Timestamp, duration: Duration) { time = time + duration }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
        value >= 0 ? value / by : -((-(value + 1)) / by) - 1
    }

    // MARK: RFC 3339

    /// The API's `Time`: seconds, UTC (`2026-11-21T12:00:00Z`).
    package var rfc3339: String { civil() }
    /// The API's `MicroTime`: six digits of fraction.
    package var rfc3339Micro: String {
        let fraction = (nanoseconds &- wholeSeconds &* 1_000_000_000) / 1000
        return civil(fractionOf: fraction)
    }

    /// Times are written with each status: digits are put in place, without strings in between.
    private func civil(fractionOf microseconds: Int64? = nil) -> String {
        let days = Self.floorDivide(wholeSeconds, 86_400)
        let rest = wholeSeconds - days * 86_400
        let (year, month, day) = Self.date(days: days)
        return String(unsafeUninitializedCapacity: 27) { text in
            var count = 0
            func put(_ byte: Character) {
                text[count] = byte.asciiValue ?? 0
                count += 1
            }
            // Nanoseconds in 64 bits end in the year 2262: no number is wider than its place.
            func put(_ value: Int64, _ width: Int) {
                var value = value
                for place in stride(from: count + width - 1, through: count, by: -1) {
                    text[place] = UInt8(ascii: "0") + UInt8(value % 10)
                    value /= 10
                }
                count += width
            }
            put(year, 4)
            put("-")
            put(month, 2)
            put("-")
            put(day, 2)
            put("T")
            put(rest / 3600, 2)
            put(":")
            put(rest / 60 % 60, 2)
            put(":")
            put(rest % 60, 2)
            if let microseconds {
                put(".")
                put(microseconds, 6)
            }
            put("Z")
            return count
        }
    }

    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days since the epoch to a
    /// date of the proleptic Gregorian calendar.
    private static func date(days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = floorDivide(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Reads RFC 3339, with any fraction (cut at nanoseconds) and offset.
    package init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        func number(_ width: Int) -> Int64? {
            guard bytes.count >= width else { return nil }
            var value: Int64 = 0
            for _ in 0..<width {
                guard let byte = bytes.popFirst(), (48...57).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            return value
        }
        func sign(_ accepted: String) -> Bool {
            guard let byte = bytes.first, accepted.utf8.contains(byte) else { return false }
            bytes.removeFirst()
            return true
        }
        guard let year = number(4), sign("-"), let month = number(2), sign("-"), let day = number(2),
            sign("Tt "), let hour = number(2), sign(":"), let minute = number(2), sign(":"),
            let second = number(2), (1...12).contains(month),
            (1...Self.dayCount(year, month)).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var fraction: Int64 = 0
        if sign(".") {
            var scale: Int64 = 100_000_000
            guard let first = bytes.first, (48...57).contains(first) else { return nil }
            while let byte = bytes.first, (48...57).contains(byte) {
                fraction += Int64(byte - 48) * scale
                scale /= 10
                bytes.removeFirst()
            }
        }
        var offset: Int64 = 0
        if !sign("Zz") {
            let isNegative = bytes.first == UInt8(ascii: "-")
            guard sign("+-"), let hours = number(2), sign(":"), let minutes = number(2) else { return nil }
            offset = (hours * 3600 + minutes * 60) * (isNegative ? -1 : 1)
        }
        guard bytes.isEmpty else { return nil }
        let seconds = Self.days(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return nil }
        nanoseconds = product + fraction
    }

    private static func dayCount(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Timestamp: CustomStringConvertible {
    package var description: String { rfc3339Micro }
}

extension Duration {
    /// The duration in nanoseconds, saturating at what 64 bits hold (292 years).
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }

    /// The duration in seconds, with fraction.
    package var inSeconds: Double { Double(wholeNanoseconds) / 1e9 }

    /// Reads Go's duration text: `90s`, `1h30m`, `1.5s`, `250ms`, `-2m`, `0`
    /// (https://pkg.go.dev/time#ParseDuration).
    ///
    /// - Returns: Nil for anything that Go refuses.
    package static func parse(goText text: String) -> Duration? {
        var rest = Substring(text)
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
        if rest == "0" { return .zero }
        if rest.isEmpty { return nil }
        var total = 0.0
        let units: [(String, Double)] = [
            ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 6e10), ("h", 3.6e12),
        ]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard !digits.isEmpty, digits != ".", digits.filter({ $0 == "." }).count < 2,
                let value = Double(digits.hasPrefix(".") ? "0\(digits)" : digits.hasSuffix(".") ? "\(digits)0" : String(digits))
            else { return nil }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !($0.isNumber || $0 == ".") }
            guard let unit = units.first(where: { $0.0 == name }) else { return nil }
            rest = rest.dropFirst(name.count)
            total += value * unit.1
            if total > 9.2e18 { return nil }
        }
        return .nanoseconds(Int64(isNegative ? -total : total))
    }

    /// Go's text of a duration: `1m30s`, `1.5s`, `250ms`, `0s`.
    package var goText: String {
        var nanoseconds = wholeNanoseconds
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        nanoseconds = abs(nanoseconds)
        func decimal(_ value: Int64, _ unit: Int64) -> String {
            let fraction = value % unit
            if fraction == 0 { return String(value / unit) }
            var digits = String(fraction)
            digits = String(repeating: "0", count: String(unit).count - 1 - digits.count) + digits
            while digits.hasSuffix("0") { digits.removeLast() }
            return "\(value / unit).\(digits)"
        }
        if nanoseconds < 1000 { return "\(sign)\(nanoseconds)ns" }
        if nanoseconds < 1_000_000 { return sign + decimal(nanoseconds, 1000) + "µs" }
        if nanoseconds < 1_000_000_000 { return sign + decimal(nanoseconds, 1_000_000) + "ms" }
        let hours = nanoseconds / 3_600_000_000_000
        let minutes = nanoseconds / 60_000_000_000 % 60
        let seconds = decimal(nanoseconds % 60_000_000_000, 1_000_000_000) + "s"
        if hours > 0 { return "\(sign)\(hours)h\(minutes)m\(seconds)" }
        return minutes > 0 ? "\(sign)\(minutes)m\(seconds)" : sign + seconds
    }
}
