// Functions on texts, on bytes as Go's package strings has them.

extension ExpressionMachine {
    private func text(_ value: ExpressionValue) throws(ExpressionError) -> ByteText {
        guard case .text(let text) = value else { throw conversion(value, "string") }
        return text
    }

    private func whole(_ value: ExpressionValue) throws(ExpressionError) -> Int {
        guard let number = value.integer else { throw conversion(value, "int") }
        return Int(number)
    }

    /// Calls a function on texts.
    mutating func textFunction(
        _ name: String, _ given: [ExpressionValue]
    ) throws(ExpressionError) -> ExpressionValue {
        let subject = try text(given.first ?? .nil)
        let second = given.count > 1 ? given[1] : .nil
        switch name {
        case "upper", "lower": return .string(Self.cased(subject.string, isUpper: name == "upper"))
        case "trim": return .string(Self.trimmed(subject.string, given.count > 1 ? try text(second).string : nil))
        case "trimPrefix", "trimSuffix":
            let part = given.count > 1 ? try text(second) : ByteText(" ")
            return .text(Self.cut(subject, part, atStart: name == "trimPrefix"))
        case "split", "splitAfter":
            let limit = given.count > 2 ? try whole(given[2]) : -1
            let parts = Self.split(subject.bytes, try text(second).bytes, limit, keepsMark: name == "splitAfter")
            try grow(parts.count)
            var list = ExpressionList(parts.map { .text(ByteText(bytes: $0)) }, of: "string")
            list.isNil = limit == 0
            return .list(list)
        case "replace":
            let limit = given.count > 3 ? try whole(given[3]) : -1
            let new = try text(given.count > 2 ? given[2] : .nil)
            return .text(ByteText(bytes: Self.replaced(subject.bytes, try text(second).bytes, new.bytes, limit)))
        case "repeat":
            let count = try whole(second)
            if count < 0 { throw failure("invalid-argument", "invalid argument for repeat (expected positive integer, got \(count))") }
            if count > ExpressionLimits.memoryMax { throw failure("memory-budget", "memory budget exceeded") }
            let (total, overflow) = subject.bytes.count.multipliedReportingOverflow(by: count)
            try grow(overflow ? ExpressionLimits.memoryMax : total)
            return .text(ByteText(bytes: Array(repeatElement(subject.bytes, count: count).joined())))
        case "indexOf": return .int(ByteSearch.first(try text(second).bytes, in: subject.bytes) ?? -1)
        case "lastIndexOf": return .int(ByteSearch.last(try text(second).bytes, in: subject.bytes) ?? -1)
        case "hasPrefix": return .bool(subject.bytes.starts(with: try text(second).bytes))
        case "hasSuffix":
            let part = try text(second).bytes
            return .bool(subject.bytes.count >= part.count && subject.bytes.suffix(part.count).elementsEqual(part))
        default: throw failure("unknown-name", "unknown function \(name)")
        }
    }

    /// Scalar by scalar, as Go does; what becomes several scalars stays.
    private static func cased(_ text: String, isUpper: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let mapped = isUpper ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
            let scalars = mapped.unicodeScalars
            if scalars.count == 1, let one = scalars.first {
                result.append(one)
            } else if scalar == "\u{130}", !isUpper {
                result.append("i")
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func trimmed(_ text: String, _ cutset: String?) -> String {
        let set = cutset.map { Set($0.unicodeScalars) }
        func isCut(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? scalar.properties.isWhitespace }
        let scalars = Array(text.unicodeScalars)
        guard let first = scalars.firstIndex(where: { !isCut($0) }), let last = scalars.lastIndex(where: { !isCut($0) })
        else { return "" }
        return String(String.UnicodeScalarView(scalars[first...last]))
    }

    private static func cut(_ text: ByteText, _ part: ByteText, atStart: Bool) -> ByteText {
        let bytes = text.bytes
        guard bytes.count >= part.bytes.count else { return text }
        if atStart {
            return bytes.starts(with: part.bytes) ? ByteText(bytes: Array(bytes.dropFirst(part.bytes.count))) : text
        }
        guard bytes.suffix(part.bytes.count).elementsEqual(part.bytes) else { return text }
        return ByteText(bytes: Array(bytes.dropLast(part.bytes.count)))
    }

    /// The text, scalar by scalar.
    private static func exploded(_ text: [UInt8]) -> [[UInt8]] {
        String(decoding: text, as: UTF8.self).unicodeScalars.map { Array(String(Character($0)).utf8) }
    }

    private static func split(_ text: [UInt8], _ mark: [UInt8], _ limit: Int, keepsMark: Bool) -> [[UInt8]] {
        if limit == 0 { return [] }
        if mark.isEmpty {
            let parts = exploded(text)
            guard limit > 0, parts.count > limit else { return parts }
            return Array(parts.prefix(limit - 1)) + [Array(parts[(limit - 1)...].joined())]
        }
        var parts: [[UInt8]] = []
        var start = 0
        while limit < 0 || parts.count < limit - 1, let place = ByteSearch.first(mark, in: text, from: start) {
            parts.append(Array(text[start..<(keepsMark ? place + mark.count : place)]))
            start = place + mark.count
        }
        return parts + [Array(text[start...])]
    }

    private static func replaced(_ text: [UInt8], _ old: [UInt8], _ new: [UInt8], _ limit: Int) -> [UInt8] {
        var result: [UInt8] = []
        var count = 0
        if old.isEmpty {
            for part in exploded(text) {
                if limit < 0 || count < limit { result += new }
                count += 1
                result += part
            }
            return limit < 0 || count < limit ? result + new : result
        }
        var start = 0
        while limit < 0 || count < limit, let place = ByteSearch.first(old, in: text, from: start) {
            result += text[start..<place]
            result += new
            start = place + old.count
            count += 1
        }
        return result + text[start...]
    }
}
