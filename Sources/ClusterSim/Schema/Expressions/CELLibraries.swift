// Methods of CEL's values: strings, lists, times, and Kubernetes' quantities and URLs.

import KubeModel

/// Methods of strings: the standard ones and those of the strings and regular expression libraries.
enum CELStringFunctions {
    static func call(_ name: String, _ text: String, _ rest: [CELValue]) throws(CELFailure) -> CELValue? {
        switch (name, rest.count) {
        case ("lowerAscii", 0): return .string(mapped(text, from: 65, to: 97))
        case ("upperAscii", 0): return .string(mapped(text, from: 97, to: 65))
        case ("trim", 0): return .string(trimmed(text))
        case ("reverse", 0):
            var view = String.UnicodeScalarView()
            view.append(contentsOf: text.unicodeScalars.reversed())
            return .string(String(view))
        default: break
        }
        if name == "format", case .list(let values)? = rest.first {
            return try CELFormatFunctions.format(text, values)
        }
        if case .int(let first)? = rest.first { return try slice(name, text, Int(clamping: first), rest) }
        guard case .string(let other)? = rest.first else { return nil }
        switch (name, rest.count) {
        case ("startsWith", 1): return .bool(text.utf8.starts(with: other.utf8))
        case ("endsWith", 1): return .bool(text.utf8.reversed().starts(with: other.utf8.reversed()))
        case ("contains", 1): return .bool(position(of: other, in: text, from: 0) != nil)
        case ("matches", 1): return .bool(try expression(other).matches(text))
        case ("find", 1), ("findAll", _): return try find(name, text, other, rest)
        case ("indexOf", _), ("lastIndexOf", _): return try index(name, text, other, rest)
        case ("split", _): return try split(text, other, rest)
        case ("replace", _): return try replace(text, other, rest)
        default: return nil
        }
    }

    private static func mapped(_ text: String, from: UInt8, to: UInt8) -> String {
        String(decoding: text.utf8.map { (from...(from + 25)).contains($0) ? $0 - from + to : $0 }, as: UTF8.self)
    }

    private static func trimmed(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars = scalars.dropFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars = scalars.dropLast() }
        return String(scalars)
    }

    private static func expression(_ pattern: String) throws(CELFailure) -> RegularExpression {
        do throws(RegularExpression.SyntaxError) { return try RegularExpression(pattern) } catch {
            throw CELFailure(message: "error parsing regexp: \(error.message)")
        }
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func find(
        _ name: String, _ source: String, _ pattern: String, _ rest: [CELValue]
    ) throws(CELFailure) -> CELValue? {
        let expression = try expression(pattern)
        let scalars = Array(source.unicodeScalars)
        if name == "find" {
            return .string(expression.firstMatch(in: scalars, from: 0).map { text(scalars[$0]) } ?? "")
        }
        var limit = Int.max
        if rest.count > 1, case .int(let count) = rest[1], count >= 0 { limit = Int(clamping: count) }
        var found: [CELValue] = []
        var position = 0
        while found.count < limit, position <= scalars.count,
            let match = expression.firstMatch(in: scalars, from: position)
        {
            found.append(.string(text(scalars[match])))
            position = match.isEmpty ? match.upperBound + 1 : match.upperBound
        }
        return .list(found)
    }

    /// The first occurrence at or after an offset, in scalars.
    private static func position(of other: String, in text: String, from start: Int) -> Int? {
        let haystack = Array(text.unicodeScalars), needle = Array(other.unicodeScalars)
        guard start + needle.count <= haystack.count else { return nil }
        for offset in start...(haystack.count - needle.count)
        where haystack[offset..<(offset + needle.count)].elementsEqual(needle) {
            return offset
        }
        return nil
    }

    private static func index(
        _ name: String, _ text: String, _ other: String, _ rest: [CELValue]
    ) throws(CELFailure) -> CELValue? {
        let count = text.unicodeScalars.count
        var offset = name == "indexOf" ? 0 : count
        if rest.count == 2 {
            guard case .int(let given) = rest[1] else { return nil }
            offset = Int(clamping: given)
            if offset < 0 || offset > count { throw CELFailure(message: "index out of range: \(offset)") }
        }
        if name == "indexOf" { return .int(Int64(position(of: other, in: text, from: offset) ?? -1)) }
        var last = -1
        var from = 0
        while let found = position(of: other, in: text, from: from), found <= offset {
            last = found
            from = found + 1
        }
        return .int(Int64(last))
    }

    private static func slice(
        _ name: String, _ source: String, _ first: Int, _ rest: [CELValue]
    ) throws(CELFailure) -> CELValue? {
        let scalars = Array(source.unicodeScalars)
        guard (0...scalars.count).contains(first) else { throw CELFailure(message: "index out of range: \(first)") }
        if name == "charAt", rest.count == 1 {
            return .string(first == scalars.count ? "" : text(scalars[first...first]))
        }
        guard name == "substring" else { return nil }
        var end = scalars.count
        if rest.count == 2 {
            guard case .int(let given) = rest[1] else { return nil }
            end = Int(clamping: given)
            if end > scalars.count { throw CELFailure(message: "index out of range: \(end)") }
            if end < first {
                throw CELFailure(message: "invalid substring range. start: \(first), end: \(end)")
            }
        }
        return .string(text(scalars[first..<end]))
    }

    private static func pieces(_ text: String, _ separator: String, limit: Int) -> [String] {
        if limit == 0 { return [] }
        if separator.isEmpty { return text.unicodeScalars.map { String(Character($0)) } }
        let scalars = Array(text.unicodeScalars)
        let width = separator.unicodeScalars.count
        var result: [String] = []
        var start = 0
        while limit < 0 || result.count < limit - 1, let found = position(of: separator, in: text, from: start) {
            result.append(Self.text(scalars[start..<found]))
            start = found + width
        }
        return result + [Self.text(scalars[start...])]
    }

    private static func split(_ text: String, _ separator: String, _ rest: [CELValue]) throws(CELFailure) -> CELValue? {
        var limit = -1
        if rest.count == 2 {
            guard case .int(let given) = rest[1] else { return nil }
            limit = Int(clamping: given)
        }
        return .list(pieces(text, separator, limit: limit).map { .string($0) })
    }

    private static func replace(_ text: String, _ old: String, _ rest: [CELValue]) throws(CELFailure) -> CELValue? {
        guard rest.count >= 2, case .string(let new) = rest[1] else { return nil }
        var limit = -1
        if rest.count == 3 {
            guard case .int(let given) = rest[2] else { return nil }
            limit = Int(clamping: given)
        }
        if limit == 0 { return .string(text) }
        return .string(try CELText.joined(pieces(text, old, limit: limit < 0 ? -1 : limit + 1), new))
    }
}

/// Methods of lists.
enum CELListFunctions {
    static func call(_ name: String, _ elements: [CELValue], _ rest: [CELValue]) throws(CELFailure) -> CELValue? {
        switch (name, rest.count) {
        case ("isSorted", 0):
            return .bool(zip(elements, elements.dropFirst()).allSatisfy { !(CELValue.isLess($1, $0) ?? false) })
        case ("sum", 0):
            guard var total = elements.first else { return .int(0) }
            for element in elements.dropFirst() {
                total = try CELFunctions.call("_+_", receiver: nil, [total, element])
            }
            return total
        case ("min", 0), ("max", 0):
            guard var best = elements.first else { throw CELFailure(message: "\(name) called on empty list") }
            for element in elements.dropFirst() {
                let isBetter = name == "min" ? CELValue.isLess(element, best) : CELValue.isLess(best, element)
                if isBetter ?? false { best = element }
            }
            return best
        case ("indexOf", 1):
            return .int(Int64(elements.firstIndex { CELValue.areEqual($0, rest[0]) } ?? -1))
        case ("lastIndexOf", 1):
            return .int(Int64(elements.lastIndex { CELValue.areEqual($0, rest[0]) } ?? -1))
        case ("join", _): return try join(elements, rest)
        case ("distinct", 0):
            var result: [CELValue] = []
            for element in elements where !result.contains(where: { CELValue.areEqual($0, element) }) {
                result.append(element)
            }
            return .list(result)
        case ("flatten", 0):
            return .list(elements.flatMap { if case .list(let inner) = $0 { inner } else { [$0] } })
        case ("reverse", 0): return .list(elements.reversed())
        case ("sort", 0): return .list(elements.sorted { CELValue.isLess($0, $1) ?? false })
        case ("slice", 2):
            guard case .int(let from) = rest[0], case .int(let to) = rest[1] else { return nil }
            guard 0 <= from, from <= to, to <= Int64(elements.count) else {
                throw CELFailure(message: "cannot slice(\(from), \(to)), list is of length \(elements.count)")
            }
            return .list(Array(elements[Int(from)..<Int(to)]))
        default: return nil
        }
    }

    private static func join(_ elements: [CELValue], _ rest: [CELValue]) throws(CELFailure) -> CELValue? {
        var separator = ""
        if let given = rest.first {
            guard case .string(let text) = given else { return nil }
            separator = text
        }
        var texts: [String] = []
        for element in elements {
            guard case .string(let text) = element else { return nil }
            texts.append(text)
        }
        return .string(try CELText.joined(texts, separator))
    }
}

/// Methods of timestamps and durations. Time zones other than UTC are not known here.
enum CELTimeFunctions {
    static func call(_ name: String, _ time: Timestamp, _ rest: [CELValue]) -> CELValue? {
        guard rest.isEmpty || rest == [.string("UTC")] else { return nil }
        let text = time.rfc3339
        func number(_ offset: Int, _ count: Int) -> Int64 { Int64(text.dropFirst(offset).prefix(count)) ?? 0 }
        let days = time.wholeSeconds >= 0 ? time.wholeSeconds / 86_400 : (time.wholeSeconds - 86_399) / 86_400
        switch name {
        case "getFullYear": return .int(number(0, 4))
        case "getMonth": return .int(number(5, 2) - 1)
        case "getDate": return .int(number(8, 2))
        case "getDayOfMonth": return .int(number(8, 2) - 1)
        case "getDayOfWeek": return .int(((days % 7) + 11) % 7)
        case "getHours": return .int(number(11, 2))
        case "getMinutes": return .int(number(14, 2))
        case "getSeconds": return .int(number(17, 2))
        case "getMilliseconds": return .int((time.nanoseconds - time.wholeSeconds * 1_000_000_000) / 1_000_000)
        case "getDayOfYear":
            guard let start = Timestamp("\(text.prefix(4))-01-01T00:00:00Z") else { return nil }
            return .int((time.wholeSeconds - start.wholeSeconds) / 86_400)
        default: return nil
        }
    }

    static func call(_ name: String, _ nanoseconds: Int64) -> CELValue? {
        switch name {
        case "getHours": .int(nanoseconds / 3_600_000_000_000)
        case "getMinutes": .int(nanoseconds / 60_000_000_000)
        case "getSeconds": .int(nanoseconds / 1_000_000_000)
        case "getMilliseconds": .int(nanoseconds / 1_000_000)
        default: nil
        }
    }
}

/// Methods of quantities, URLs and optional values.
enum CELLibraryFunctions {
    static func call(_ name: String, _ quantity: Quantity, _ rest: [CELValue]) -> CELValue? {
        switch name {
        case "sign": return .int(quantity.milliValue.signum())
        case "isInteger": return .bool(quantity.milliValue % 1000 == 0)
        case "asInteger": return .int(quantity.value)
        case "asApproximateFloat": return .double(Double(quantity.milliValue) / 1000)
        default: break
        }
        guard case .quantity(let other)? = rest.first else { return nil }
        switch name {
        case "isLessThan": return .bool(quantity < other)
        case "isGreaterThan": return .bool(other < quantity)
        case "compareTo": return .int(quantity < other ? -1 : other < quantity ? 1 : 0)
        case "add": return .quantity(quantity + other)
        case "sub": return .quantity(quantity - other)
        default: return nil
        }
    }

    static func call(_ name: String, _ url: CELURL) -> CELValue? {
        switch name {
        case "getScheme": .string(url.scheme)
        case "getHost": .string(url.host)
        case "getHostname": .string(url.hostname)
        case "getPort": .string(url.port)
        case "getEscapedPath": .string(url.path)
        default: nil
        }
    }

    static func call(_ name: String, _ wrapped: CELValue?, _ rest: [CELValue]) throws(CELFailure) -> CELValue? {
        switch (name, rest.count) {
        case ("hasValue", 0): return .bool(wrapped != nil)
        case ("value", 0):
            guard let wrapped else { throw CELFailure(message: "optional.none() dereference") }
            return wrapped
        case ("or", 1): return wrapped == nil ? rest[0] : .optional(wrapped)
        default: return nil
        }
    }
}
