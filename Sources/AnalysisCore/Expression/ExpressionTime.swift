// Points in time as expressions see them: Go's time.Time with its layouts and methods.

import KubeModel

/// A point in time with the zone in which it is told.
package struct ExpressionTime: Hashable, Sendable {
    /// Since 1970-01-01T00:00:00Z.
    package var nanoseconds: Int64
    package var offsetSeconds: Int
    /// The abbreviation or name: `UTC`, empty for a plain offset.
    package var zone: String
    /// The named zone whose clocks show it; empty for none.
    private(set) var place = ""

    init(nanoseconds: Int64, offsetSeconds: Int = 0, zone: String = "UTC") {
        self.nanoseconds = nanoseconds
        self.offsetSeconds = offsetSeconds
        self.zone = zone
    }

    init(now: Timestamp, zone: String?) { self = ExpressionTime(nanoseconds: now.nanoseconds).told(in: zone ?? "UTC") }

    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// The layouts that `date()` tries, in order.
    static let layouts = [
        "2006-01-02", "15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z07:00", "02 Jan 06 15:04 MST",
        "Monday, 02-Jan-06 15:04:05 MST", "Mon, 02 Jan 2006 15:04:05 MST",
    ]

    /// The name of a zone that is known, or nil.
    static func zone(named name: String) -> String? {
        switch name {
        case "", "UTC": "UTC"
        case "Local": name
        default: ExpressionZone.named(name) == nil ? nil : name
        }
    }

    /// The same moment as clocks of a zone show it.
    func told(in zone: String) -> ExpressionTime {
        guard let known = ExpressionZone.named(zone) else { return ExpressionTime(nanoseconds: nanoseconds, zone: zone) }
        let period = known.period(at: Self.floorDivide(Int(nanoseconds), 1_000_000_000))
        var time = ExpressionTime(
            nanoseconds: nanoseconds, offsetSeconds: period.offsetSeconds, zone: period.abbreviation)
        time.place = zone
        return time
    }

    func moved(by span: Int64) -> ExpressionTime {
        var copy = self
        copy.nanoseconds = nanoseconds &+ span
        return place.isEmpty ? copy : copy.told(in: place)
    }

    // MARK: The calendar

    /// The parts of the date and the time of day, told in the zone.
    struct Civil: Hashable {
        var year: Int
        var month: Int
        var day: Int
        var secondOfDay: Int
        var nanosecond: Int
        var dayNumber: Int
        var weekday: Int { ((dayNumber % 7) + 11) % 7 }
    }

    static func floorDivide(_ value: Int, _ by: Int) -> Int { value >= 0 ? value / by : -((-value - 1) / by) - 1 }

    var civil: Civil {
        let perSecond = 1_000_000_000
        let whole = Self.floorDivide(Int(nanoseconds), perSecond)
        let local = whole + offsetSeconds
        let days = Self.floorDivide(local, 86_400)
        let (year, month, day) = Self.date(days: days)
        return Civil(
            year: year, month: month, day: day, secondOfDay: local - days * 86_400,
            nanosecond: Int(nanoseconds) - whole * perSecond, dayNumber: days)
    }

    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    static func date(days: Int) -> (Int, Int, Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let index = (5 * dayOfYear + 2) / 153
        let month = index < 10 ? index + 3 : index - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * index + 2) / 5 + 1)
    }

    static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = floorDivide(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// A time from its parts; nil where it does not fit 64 bits of nanoseconds.
    init?(days: Int, secondOfDay: Int, nanosecond: Int, offsetSeconds: Int, zone: String) {
        let seconds = Int64(days) * 86_400 + Int64(secondOfDay - offsetSeconds)
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return nil }
        self.init(nanoseconds: product + Int64(nanosecond), offsetSeconds: offsetSeconds, zone: zone)
    }

    /// A time from what clocks of a zone show; nil where it does not fit 64 bits of nanoseconds.
    init?(days: Int, secondOfDay: Int, nanosecond: Int, place: String) {
        let moment = ExpressionZone.named(place)?.moment(ofLocal: days * 86_400 + secondOfDay)
        guard
            let time = ExpressionTime(
                days: 0, secondOfDay: moment ?? days * 86_400 + secondOfDay, nanosecond: nanosecond, offsetSeconds: 0,
                zone: "UTC")
        else { return nil }
        self = time.told(in: place)
    }

    // MARK: Methods

    private static func call(_ arguments: [ExpressionValue], _ place: Int) -> Int64 {
        guard arguments.indices.contains(place) else { return 0 }
        switch arguments[place] {
        case .integer(let value, _): return value
        case .duration(let span): return span
        default: return 0
        }
    }

    /// The methods that each type has, by what they give.
    static let timeMethods: [String: StaticType] = [
        "Year": .integer(.int), "Month": .month, "Day": .integer(.int), "Hour": .integer(.int), "Minute": .integer(.int),
        "Second": .integer(.int), "Nanosecond": .integer(.int), "YearDay": .integer(.int), "Weekday": .weekday,
        "Unix": .integer(.int64), "UnixMilli": .integer(.int64), "UnixMicro": .integer(.int64), "UnixNano": .integer(.int64),
        "Format": .string, "String": .string, "AddDate": .time, "Add": .time, "Sub": .duration, "Before": .bool,
        "After": .bool, "Equal": .bool, "IsZero": .bool, "Truncate": .time, "Round": .time, "UTC": .time, "Local": .time,
        "In": .time, "Location": .location, "Compare": .integer(.int),
    ]
    static let durationMethods: [String: StaticType] = [
        "Hours": .float64, "Minutes": .float64, "Seconds": .float64, "Milliseconds": .integer(.int64),
        "Microseconds": .integer(.int64), "Nanoseconds": .integer(.int64), "String": .string, "Truncate": .duration,
        "Round": .duration, "Abs": .duration,
    ]

    /// What a method gives; nil for values that have no methods.
    static func method(
        _ name: String, of target: ExpressionValue, _ arguments: [ExpressionValue], _ machine: ExpressionMachine
    ) throws(ExpressionError) -> ExpressionValue? {
        let value: ExpressionValue?
        switch target {
        case .time(let time): value = time.method(name, arguments)
        case .duration(let span): value = method(name, ofDuration: span, arguments)
        case .month, .weekday, .location: value = name == "String" ? .string(target.printed) : nil
        default: return nil
        }
        guard let value else { throw machine.failure("cannot-fetch", "\(target.typeName) has no method \(name)") }
        return value
    }

    private func method(_ name: String, _ arguments: [ExpressionValue]) -> ExpressionValue? {
        let civil = civil
        switch name {
        case "Year": return .int(civil.year)
        case "Month": return .month(civil.month)
        case "Day": return .int(civil.day)
        case "Hour": return .int(civil.secondOfDay / 3600)
        case "Minute": return .int(civil.secondOfDay / 60 % 60)
        case "Second": return .int(civil.secondOfDay % 60)
        case "Nanosecond": return .int(civil.nanosecond)
        case "YearDay": return .int(civil.dayNumber - Self.days(year: civil.year, month: 1, day: 1) + 1)
        case "Weekday": return .weekday(civil.weekday)
        case "Unix": return .integer(Int64(Self.floorDivide(Int(nanoseconds), 1_000_000_000)), .int64)
        case "UnixMilli": return .integer(Int64(Self.floorDivide(Int(nanoseconds), 1_000_000)), .int64)
        case "UnixMicro": return .integer(Int64(Self.floorDivide(Int(nanoseconds), 1000)), .int64)
        case "UnixNano": return .integer(nanoseconds, .int64)
        case "Location": return .location(!place.isEmpty ? place : zone.isEmpty ? "UTC" : zone)
        case "IsZero": return .bool(false)
        case "UTC", "Local": return .time(ExpressionTime(nanoseconds: nanoseconds))
        case "In":
            guard case .location(let zone)? = arguments.first else { return nil }
            return .time(told(in: zone))
        case "String": return .string(ExpressionValue.time(self).printed)
        default: return calculated(name, arguments, civil)
        }
    }

    private func calculated(_ name: String, _ arguments: [ExpressionValue], _ civil: Civil) -> ExpressionValue? {
        let span = Self.call(arguments, 0)
        switch name {
        case "Format":
            guard case .text(let layout)? = arguments.first else { return nil }
            return .string(text(layout: layout.string))
        case "AddDate": return addingDate(arguments, civil).map { .time($0) }
        case "Add": return .time(moved(by: span))
        case "Truncate", "Round":
            guard span > 0 else { return .time(self) }
            let rest = ((nanoseconds % span) + span) % span
            let isUp = name == "Round" && rest >= span - rest
            return .time(moved(by: isUp ? span - rest : -rest))
        case "Sub", "Before", "After", "Equal", "Compare":
            guard case .time(let other)? = arguments.first else { return nil }
            switch name {
            case "Sub": return .duration(nanoseconds &- other.nanoseconds)
            case "Before": return .bool(nanoseconds < other.nanoseconds)
            case "After": return .bool(nanoseconds > other.nanoseconds)
            case "Equal": return .bool(nanoseconds == other.nanoseconds)
            default: return .int(nanoseconds == other.nanoseconds ? 0 : nanoseconds < other.nanoseconds ? -1 : 1)
            }
        default: return nil
        }
    }

    private func addingDate(_ arguments: [ExpressionValue], _ civil: Civil) -> ExpressionTime? {
        let limit: Int64 = 1_000_000
        let parts = (0..<3).map { Int(min(max(Self.call(arguments, $0), -limit), limit)) }
        let months = civil.year * 12 + civil.month - 1 + parts[0] * 12 + parts[1]
        let year = Self.floorDivide(months, 12)
        let days = Self.days(year: year, month: months - year * 12 + 1, day: civil.day + parts[2])
        if !place.isEmpty {
            return ExpressionTime(
                days: days, secondOfDay: civil.secondOfDay, nanosecond: civil.nanosecond, place: place)
        }
        return ExpressionTime(
            days: days, secondOfDay: civil.secondOfDay, nanosecond: civil.nanosecond, offsetSeconds: offsetSeconds,
            zone: zone)
    }

    private static func method(
        _ name: String, ofDuration span: Int64, _ arguments: [ExpressionValue]
    ) -> ExpressionValue? {
        switch name {
        case "Hours": return .number(Double(span) / 3.6e12)
        case "Minutes": return .number(Double(span) / 6e10)
        case "Seconds": return .number(Double(span) / 1e9)
        case "Milliseconds": return .integer(span / 1_000_000, .int64)
        case "Microseconds": return .integer(span / 1000, .int64)
        case "Nanoseconds": return .integer(span, .int64)
        case "String": return .string(Duration.nanoseconds(span).goText)
        case "Abs": return .duration(span == .min ? .max : abs(span))
        case "Truncate", "Round":
            let unit = call(arguments, 0)
            guard unit > 0 else { return .duration(span) }
            let rest = span % unit
            if name == "Truncate" || abs(rest) < unit - abs(rest) { return .duration(span - rest) }
            return .duration(span - rest + (span < 0 ? -unit : unit))
        default: return nil
        }
    }
}
