// Named time zones: what is told where at a moment, by the rules that are in force now.
//
// A rule is POSIX' TZ (https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html):
// conditions look at the present, so that a zone's history is left to those who keep it.

/// A time zone with a name.
struct ExpressionZone: Hashable, Sendable {
    /// What clocks show for a part of the year.
    struct Period: Hashable, Sendable {
        /// East of Greenwich.
        var offsetSeconds: Int
        /// `CET`, `+0530`.
        var abbreviation: String
    }

    /// `M3.5.0/2`: the month, the week (5: the last one), the weekday, and the second of that day.
    private struct Change: Hashable, Sendable {
        var month: Int
        var week: Int
        var weekday: Int
        var second = 7200
    }

    var name: String
    private var standard: Period
    private var summer: Period?
    private var begin: Change?
    private var end: Change?

    /// - Returns: nil for a name that tzdata does not have.
    static func named(_ name: String) -> ExpressionZone? {
        rules[name].flatMap { ExpressionZone(name: name, rule: $0) }
    }

    private static let rules: [String: String] = {
        var rules: [String: String] = [:]
        var rule = ""
        for line in ExpressionZoneTable.text.split(separator: "\n") {
            var words = line.split(separator: " ")[...]
            if line.first != " " { rule = words.popFirst().map(String.init) ?? "" }
            for word in words { rules[String(word)] = rule }
        }
        return rules
    }()

    // MARK: What clocks show

    /// What clocks show at a moment, in seconds since 1970-01-01T00:00:00Z.
    func period(at seconds: Int) -> Period {
        guard let summer, let begin, let end else { return standard }
        let days = ExpressionTime.floorDivide(seconds + standard.offsetSeconds, 86_400)
        let year = ExpressionTime.date(days: days).0
        let first = Self.second(of: begin, in: year) - standard.offsetSeconds
        let last = Self.second(of: end, in: year) - summer.offsetSeconds
        // South of the equator summer spans the turn of the year.
        let isSummer = first < last ? first <= seconds && seconds < last : seconds >= first || seconds < last
        return isSummer ? summer : standard
    }

    /// The moment at which clocks show a time, given as seconds since 1970 as if it were UTC's. Where
    /// clocks are changed there are two or none: then the one that Go's time.Date makes of it.
    func moment(ofLocal seconds: Int) -> Int {
        let guess = period(at: seconds).offsetSeconds
        if guess == 0 { return seconds }
        return seconds - period(at: seconds - guess).offsetSeconds
    }

    private static func second(of change: Change, in year: Int) -> Int {
        let first = ExpressionTime.days(year: year, month: change.month, day: 1)
        // 1970-01-01 was a Thursday.
        let weekday = ((first % 7) + 11) % 7
        var day = (change.weekday - weekday + 7) % 7 + 7 * (change.week - 1)
        let (nextYear, nextMonth) = change.month == 12 ? (year + 1, 1) : (year, change.month + 1)
        let length = ExpressionTime.days(year: nextYear, month: nextMonth, day: 1) - first
        while day >= length { day -= 7 }
        return (first + day) * 86_400 + change.second
    }

    // MARK: Reading a rule

    private init?(name: String, rule: String) {
        var parts = rule.split(separator: ",")[...]
        var rest = parts.popFirst() ?? ""
        guard let standardName = Self.abbreviation(&rest), let west = Self.time(&rest) else { return nil }
        self.name = name
        standard = Period(offsetSeconds: -west, abbreviation: standardName)
        guard let summerName = Self.abbreviation(&rest) else { return }
        let summerWest = Self.time(&rest) ?? west - 3600
        guard let first = parts.popFirst().flatMap(Self.change), let last = parts.popFirst().flatMap(Self.change)
        else { return nil }
        summer = Period(offsetSeconds: -summerWest, abbreviation: summerName)
        begin = first
        end = last
    }

    /// `CET` or `<+0530>`.
    private static func abbreviation(_ rest: inout Substring) -> String? {
        if rest.first == "<" {
            guard let close = rest.firstIndex(of: ">") else { return nil }
            let name = rest[rest.index(after: rest.startIndex)..<close]
            rest = rest[rest.index(after: close)...]
            return String(name)
        }
        let name = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(name.count)
        return name.isEmpty ? nil : String(name)
    }

    /// `-5:30` in seconds.
    private static func time(_ rest: inout Substring) -> Int? {
        let text = rest.prefix { $0.isNumber || $0 == "-" || $0 == "+" || $0 == ":" }
        let isNegative = text.first == "-"
        let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ":").map { Int($0) ?? 0 }
        guard let hours = parts.first else { return nil }
        rest = rest.dropFirst(text.count)
        let seconds = hours * 3600 + (parts.count > 1 ? parts[1] * 60 : 0) + (parts.count > 2 ? parts[2] : 0)
        return isNegative ? -seconds : seconds
    }

    private static func change(_ text: Substring) -> Change? {
        let halves = text.split(separator: "/")
        guard let date = halves.first, date.first == "M" else { return nil }
        let numbers = date.dropFirst().split(separator: ".").compactMap { Int($0) }
        guard numbers.count == 3, (1...12).contains(numbers[0]), (1...5).contains(numbers[1]) else { return nil }
        var change = Change(month: numbers[0], week: numbers[1], weekday: numbers[2] % 7)
        if halves.count > 1 {
            var rest = halves[1]
            guard let second = time(&rest) else { return nil }
            change.second = second
        }
        return change
    }
}
