// Go's layouts of times (https://pkg.go.dev/time#pkg-constants), written and read.

/// A piece of a layout.
private enum LayoutPiece {
    case literal([UInt8])
    case element(String)
    /// A fraction: the separator, how many digits, whether zeros at the end are left out.
    case fraction(UInt8, Int, Bool)
}

extension ExpressionTime {
    /// Longest first among those that begin alike.
    private static let elements = [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "-07:00:00", "-070000", "-07:00", "-0700", "-07",
        "Z07:00:00", "Z070000", "Z07:00", "Z0700", "Z07", "002", "01", "02", "03", "04", "05", "06", "__2", "_2", "15",
        "PM", "pm", "1", "2", "3", "4", "5",
    ]

    private static func pieces(_ layout: String) -> [LayoutPiece] {
        let bytes = Array(layout.utf8)
        var pieces: [LayoutPiece] = []
        var literal: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let rest = bytes[place...]
            if let (piece, length) = fraction(rest) ?? element(rest) {
                if !literal.isEmpty { pieces.append(.literal(literal)) }
                literal = []
                pieces.append(piece)
                place += length
            } else {
                literal.append(bytes[place])
                place += 1
            }
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        return pieces
    }

    private static func element(_ rest: ArraySlice<UInt8>) -> (LayoutPiece, Int)? {
        for name in elements where rest.starts(with: name.utf8) {
            // `Jan` within a word is that word's business.
            return (.element(name), name.utf8.count)
        }
        return nil
    }

    private static func fraction(_ rest: ArraySlice<UInt8>) -> (LayoutPiece, Int)? {
        guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","),
            let digit = rest.dropFirst().first, digit == UInt8(ascii: "0") || digit == UInt8(ascii: "9")
        else { return nil }
        let count = rest.dropFirst().prefix { $0 == digit }.count
        if let next = rest.dropFirst(count + 1).first, (48...57).contains(next) { return nil }
        return (.fraction(mark, count, digit == UInt8(ascii: "9")), count + 1)
    }

    // MARK: Writing

    /// The time by a layout.
    func text(layout: String) -> String {
        let civil = civil
        var result: [UInt8] = []
        for piece in Self.pieces(layout) {
            switch piece {
            case .literal(let bytes): result += bytes
            case .element(let name): result += written(name, civil).utf8
            case .fraction(let mark, let count, let isShort):
                var digits = Array(Self.padded(civil.nanosecond, 9).utf8.prefix(count))
                if isShort { while digits.last == UInt8(ascii: "0") { digits.removeLast() } }
                if !digits.isEmpty { result += [mark] + digits }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func padded(_ value: Int, _ width: Int, _ fill: String = "0") -> String {
        let text = String(value)
        return String(repeating: fill, count: max(0, width - text.utf8.count)) + text
    }

    private func written(_ name: String, _ civil: Civil) -> String {
        let hour = civil.secondOfDay / 3600
        let month = Self.monthNames[civil.month - 1]
        let weekday = Self.weekdayNames[civil.weekday]
        switch name {
        case "January": return month
        case "Jan": return String(month.prefix(3))
        case "Monday": return weekday
        case "Mon": return String(weekday.prefix(3))
        case "MST": return zone.isEmpty ? offset("-0700") : zone
        case "2006": return Self.padded(civil.year, 4)
        case "06": return Self.padded(civil.year % 100, 2)
        case "01": return Self.padded(civil.month, 2)
        case "1": return String(civil.month)
        case "02": return Self.padded(civil.day, 2)
        case "_2": return Self.padded(civil.day, 2, " ")
        case "2": return String(civil.day)
        case "002": return Self.padded(civil.dayNumber - Self.days(year: civil.year, month: 1, day: 1) + 1, 3)
        case "__2": return Self.padded(civil.dayNumber - Self.days(year: civil.year, month: 1, day: 1) + 1, 3, " ")
        case "15": return Self.padded(hour, 2)
        case "03": return Self.padded((hour + 11) % 12 + 1, 2)
        case "3": return String((hour + 11) % 12 + 1)
        case "04": return Self.padded(civil.secondOfDay / 60 % 60, 2)
        case "4": return String(civil.secondOfDay / 60 % 60)
        case "05": return Self.padded(civil.secondOfDay % 60, 2)
        case "5": return String(civil.secondOfDay % 60)
        case "PM": return hour < 12 ? "AM" : "PM"
        case "pm": return hour < 12 ? "am" : "pm"
        default: return offset(name)
        }
    }

    private func offset(_ name: String) -> String {
        if name.hasPrefix("Z"), offsetSeconds == 0 { return "Z" }
        let amount = abs(offsetSeconds)
        let separator = name.contains(":") ? ":" : ""
        var text = (offsetSeconds < 0 ? "-" : "+") + Self.padded(amount / 3600, 2)
        let digits = name.filter { $0.isNumber }.count
        if digits >= 4 { text += separator + Self.padded(amount / 60 % 60, 2) }
        if digits >= 6 { text += separator + Self.padded(amount % 60, 2) }
        return text
    }

    // MARK: Reading

    /// Reads a time by a layout; nil when it does not fit.
    init?(_ text: String, layout: String, zone: String?) {
        var reader = LayoutReader(Array(text.utf8))
        for (number, piece) in Self.pieces(layout).enumerated() {
            switch piece {
            case .literal(let bytes): guard reader.take(bytes) else { return nil }
            case .element(let name): guard reader.read(name) else { return nil }
            case .fraction(let mark, let count, let isShort):
                guard reader.fraction(mark, isShort ? nil : count) else { return nil }
            }
            _ = number
        }
        guard reader.isAtEnd, let time = reader.time(zone: zone) else { return nil }
        self = time
    }
}

/// Reads the parts of a time.
private struct LayoutReader {
    private var rest: ArraySlice<UInt8>
    private var year = 1
    private var month = 1
    private var day = 1
    private var hour = 0
    private var minute = 0
    private var second = 0
    private var nanosecond = 0
    private var isAfternoon: Bool?
    private var offsetSeconds: Int?
    private var zoneName: String?

    init(_ text: [UInt8]) { rest = text[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ bytes: [UInt8]) -> Bool {
        guard rest.starts(with: bytes) else { return false }
        rest = rest.dropFirst(bytes.count)
        return true
    }

    private mutating func number(_ least: Int, _ most: Int) -> Int? {
        var value = 0
        var count = 0
        while count < most, let byte = rest.first, (48...57).contains(byte) {
            value = value * 10 + Int(byte - 48)
            rest = rest.dropFirst()
            count += 1
        }
        return count >= least ? value : nil
    }

    private mutating func name(_ names: [String], prefix: Int?) -> Int? {
        for (number, name) in names.enumerated() {
            let wanted = Array(name.lowercased().utf8.prefix(prefix ?? name.utf8.count))
            let found = rest.prefix(wanted.count).map { $0 | 0x20 }
            if found == wanted {
                rest = rest.dropFirst(wanted.count)
                return number
            }
        }
        return nil
    }

    mutating func fraction(_ mark: UInt8, _ count: Int?) -> Bool {
        guard rest.first == mark || (mark == UInt8(ascii: ".") && rest.first == UInt8(ascii: ",")) else { return count == nil }
        rest = rest.dropFirst()
        let digits = rest.prefix { (48...57).contains($0) }
        guard !digits.isEmpty, count == nil || digits.count == count else { return false }
        rest = rest.dropFirst(digits.count)
        nanosecond = 0
        for place in 0..<9 {
            let digit = digits.dropFirst(place).first.map { Int($0) - 48 } ?? 0
            nanosecond = nanosecond * 10 + digit
        }
        return true
    }

    mutating func read(_ element: String) -> Bool {
        var value: Int?
        switch element {
        case "2006":
            value = number(4, 4)
            year = value ?? year
        case "06":
            value = number(2, 2)
            year = value.map { $0 >= 69 ? 1900 + $0 : 2000 + $0 } ?? year
        case "January", "Jan":
            value = name(ExpressionTime.monthNames, prefix: element == "Jan" ? 3 : nil).map { $0 + 1 }
            month = value ?? month
        case "Monday", "Mon": value = name(ExpressionTime.weekdayNames, prefix: element == "Mon" ? 3 : nil)
        case "01", "1":
            value = number(element == "01" ? 2 : 1, 2)
            month = value ?? month
        case "02", "_2", "2":
            if element == "_2", rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
            value = number(element == "02" ? 2 : 1, 2)
            day = value ?? day
        case "15", "03", "3":
            value = number(element == "3" ? 1 : 2, 2)
            hour = value ?? hour
        case "04", "4":
            value = number(element == "04" ? 2 : 1, 2)
            minute = value ?? minute
        case "05", "5":
            value = number(element == "05" ? 2 : 1, 2)
            second = value ?? second
            // Go takes a fraction here although the layout has none.
            if value != nil, rest.first == UInt8(ascii: "."), let next = rest.dropFirst().first, (48...57).contains(next) {
                return fraction(UInt8(ascii: "."), nil)
            }
        case "PM", "pm":
            value = name(["am", "pm"], prefix: nil)
            isAfternoon = value.map { $0 == 1 }
        case "MST": return zoneAbbreviation()
        case "002", "__2": return false
        default: return offset(element)
        }
        return value != nil
    }

    private mutating func zoneAbbreviation() -> Bool {
        let letters = rest.prefix { (65...90).contains($0) }
        guard letters.count >= 3 else { return false }
        zoneName = String(decoding: letters, as: UTF8.self)
        rest = rest.dropFirst(letters.count)
        return true
    }

    private mutating func offset(_ element: String) -> Bool {
        if element.hasPrefix("Z"), rest.first == UInt8(ascii: "Z") {
            rest = rest.dropFirst()
            offsetSeconds = 0
            zoneName = "UTC"
            return true
        }
        guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
        rest = rest.dropFirst()
        guard let hours = number(2, 2) else { return false }
        var seconds = hours * 3600
        let digits = element.filter { $0.isNumber }.count
        if digits >= 4 {
            if element.contains(":"), !take([UInt8(ascii: ":")]) { return false }
            guard let minutes = number(2, 2) else { return false }
            seconds += minutes * 60
        }
        offsetSeconds = sign == UInt8(ascii: "-") ? -seconds : seconds
        zoneName = seconds == 0 ? "UTC" : ""
        return true
    }

    func time(zone: String?) -> ExpressionTime? {
        var hour = hour
        if let isAfternoon {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + (isAfternoon ? 12 : 0)
        }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[month - 1]).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let days = ExpressionTime.days(year: year, month: month, day: day)
        let secondOfDay = hour * 3600 + minute * 60 + second
        if offsetSeconds == nil, zoneName == nil, let zone, zone != "UTC" {
            return ExpressionTime(days: days, secondOfDay: secondOfDay, nanosecond: nanosecond, place: zone)
        }
        return ExpressionTime(
            days: days, secondOfDay: secondOfDay, nanosecond: nanosecond, offsetSeconds: offsetSeconds ?? 0,
            zone: zoneName ?? zone ?? "UTC")
    }
}
