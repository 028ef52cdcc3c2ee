// Bytes to a JSON tree: strict RFC 8259, with limits on depth and size and places in errors.

/// What is wrong with a JSON text, and where.
package struct JSONParseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was found or expected.
    package var message: String
    /// The byte at which it was noticed, from 0.
    package var offset: Int
    /// The line, from 1, and the column in bytes, from 1.
    package var line: Int
    package var column: Int

    package var description: String { "\(message) at line \(line), column \(column)" }
}

/// Bounds on what is parsed.
package struct JSONLimits: Sendable {
    /// How deep arrays and objects may nest. Kubernetes' own limit is 10,000; ours protects the
    /// stacks of the recursive walks over the tree.
    package var depthMax = 500
    /// How many bytes a text may have.
    package var byteCountMax = 256 << 20
    package init(depthMax: Int = 500, byteCountMax: Int = 256 << 20) {
        self.depthMax = depthMax
        self.byteCountMax = byteCountMax
    }
}

extension JSON {
    /// Parses a whole JSON text.
    ///
    /// - Throws: `JSONParseError` for anything RFC 8259 does not allow, for a name that stands
    ///   twice in an object, and past the limits.
    package static func parse(
        _ text: String, limits: JSONLimits = JSONLimits()
    ) throws(JSONParseError) -> JSON {
        try parse(Array(text.utf8), limits: limits)
    }

    package static func parse(
        _ bytes: [UInt8], limits: JSONLimits = JSONLimits()
    ) throws(JSONParseError) -> JSON {
        let result: Result<JSON, JSONParseError> = bytes.withUnsafeBufferPointer { buffer in
            do throws(JSONParseError) { return .success(try parse(buffer, limits: limits)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Parses a list, and passes each element of its member `items` through a function as soon as it
    /// is parsed: of a long list of which little is kept, there is never much.
    package static func parse(
        list bytes: [UInt8], limits: JSONLimits = JSONLimits(), eachItem: (JSON) -> JSON
    ) throws(JSONParseError) -> JSON {
        let result: Result<JSON, JSONParseError> = bytes.withUnsafeBufferPointer { buffer in
            withoutActuallyEscaping(eachItem) { eachItem in
                do throws(JSONParseError) {
                    var parser = JSONParser(bytes: buffer, limits: limits)
                    parser.eachItem = eachItem
                    return .success(try parser.document())
                } catch {
                    return .failure(error)
                }
            }
        }
        return try result.get()
    }

    package static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = JSONLimits()
    ) throws(JSONParseError) -> JSON {
        var parser = JSONParser(bytes: bytes, limits: limits)
        return try parser.document()
    }
}

extension JSON {
    /// Parses as `parse` does, but takes the last of members that have the same name, as Go does,
    /// and tells where there were several.
    ///
    /// - Returns: The value, and the paths of repeated members (`spec.containers[0].name`) in order.
    package static func parseKeepingLast(
        _ bytes: [UInt8], limits: JSONLimits = JSONLimits()
    ) throws(JSONParseError) -> (value: JSON, duplicates: [String]) {
        let result: Result<(JSON, [String]), JSONParseError> = bytes.withUnsafeBufferPointer { buffer in
            do throws(JSONParseError) {
                var parser = JSONParser(bytes: buffer, limits: limits)
                parser.duplicates = []
                let value = try parser.document()
                return .success((value, parser.duplicates ?? []))
            } catch {
                return .failure(error)
            }
        }
        let (value, duplicates) = try result.get()
        return (value, duplicates)
    }
}

/// A recursive-descent parser over a buffer.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var position = 0
    private var depth = 0
    /// Where members were repeated; nil refuses them.
    var duplicates: [String]?
    /// The names and indices that lead to the value being parsed; kept only for `duplicates`.
    private var trail: [String] = []
    /// What becomes of each element of the document's `items`.
    var eachItem: ((JSON) -> JSON)?

    init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(JSONParseError) -> JSON {
        if bytes.count > limits.byteCountMax {
            throw error("text has \(bytes.count) bytes, more than the limit of \(limits.byteCountMax)")
        }
        let value = try value()
        skipBlanks()
        if position < bytes.count { throw error("unexpected \(found) after the value") }
        return value
    }

    private mutating func value() throws(JSONParseError) -> JSON {
        skipBlanks()
        guard position < bytes.count else { throw error("unexpected end of text") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("unexpected \(found), expected a value")
        }
    }

    private mutating func object() throws(JSONParseError) -> JSON {
        try enter()
        var members: [JSONObject.Member] = []
        var seen: Set<String>?
        if closes(UInt8(ascii: "}")) { return .object(JSONObject()) }
        while true {
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw error("expected a member name in quotes, found \(found)")
            }
            let start = position
            let key = try string()
            let isRepeated = isDuplicate(key, of: members, &seen)
            if isRepeated, duplicates == nil {
                position = start
                throw error("duplicate member \"\(key)\"")
            }
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
                throw error("expected ':' after the member name, found \(found)")
            }
            position += 1
            let member = try value(member: key)
            if isRepeated, let at = members.firstIndex(where: { $0.key == key }) {
                duplicates?.append(trail.joined() + (trail.isEmpty ? key : ".\(key)"))
                members[at].value = member
            } else {
                members.append(JSONObject.Member(key: key, value: member))
            }
            if try separates(closing: UInt8(ascii: "}")) { continue }
            depth -= 1
            return .object(JSONObject(distinct: members))
        }
    }

    /// A member's value, with its name on the trail meanwhile.
    private mutating func value(member key: String) throws(JSONParseError) -> JSON {
        if let eachItem, depth == 1, key == "items" { return try items(eachItem) }
        guard duplicates != nil else { return try value() }
        trail.append(trail.isEmpty ? key : ".\(key)")
        let value = try value()
        trail.removeLast()
        return value
    }

    /// The value of `items`, each element of an array transformed.
    private mutating func items(_ transform: (JSON) -> JSON) throws(JSONParseError) -> JSON {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "[") else { return try value() }
        try enter()
        var elements: [JSON] = []
        if closes(UInt8(ascii: "]")) { return .array([]) }
        while true {
            elements.append(transform(try value()))
            if try separates(closing: UInt8(ascii: "]")) { continue }
            depth -= 1
            return .array(elements)
        }
    }

    /// An element's value, with its index on the trail meanwhile.
    private mutating func value(element index: Int) throws(JSONParseError) -> JSON {
        guard duplicates != nil else { return try value() }
        trail.append("[\(index)]")
        let value = try value()
        trail.removeLast()
        return value
    }

    private func isDuplicate(
        _ key: String, of members: [JSONObject.Member], _ seen: inout Set<String>?
    ) -> Bool {
        if seen != nil { return !(seen?.insert(key).inserted ?? true) }
        if members.count < 24 { return members.contains { $0.key == key } }
        var all = Set(members.map(\.key))
        let isNew = all.insert(key).inserted
        seen = all
        return !isNew
    }

    private mutating func array() throws(JSONParseError) -> JSON {
        try enter()
        var elements: [JSON] = []
        if closes(UInt8(ascii: "]")) { return .array([]) }
        while true {
            elements.append(try value(element: elements.count))
            if try separates(closing: UInt8(ascii: "]")) { continue }
            depth -= 1
            return .array(elements)
        }
    }

    private mutating func enter() throws(JSONParseError) {
        position += 1
        depth += 1
        if depth > limits.depthMax { throw error("nested deeper than \(limits.depthMax) levels") }
    }

    /// Whether the array or object ends right away; leaves it when so.
    private mutating func closes(_ closing: UInt8) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == closing else { return false }
        position += 1
        depth -= 1
        return true
    }

    /// True past a comma, false past the closing sign.
    private mutating func separates(closing: UInt8) throws(JSONParseError) -> Bool {
        skipBlanks()
        guard position < bytes.count else { throw error("unexpected end of text") }
        let byte = bytes[position]
        guard byte == UInt8(ascii: ",") || byte == closing else {
            throw error("expected ',' or '\(Character(UnicodeScalar(closing)))', found \(found)")
        }
        position += 1
        return byte == UInt8(ascii: ",")
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONParseError) -> JSON {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { throw error("unexpected end of text") }
        for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] {
            throw error("unexpected word, expected \(text)")
        }
        position += count
        return value
    }

    private mutating func number() throws(JSONParseError) -> JSON {
        let start = position
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        guard position < bytes.count, isDigit(bytes[position]) else {
            throw error("expected a digit, found \(found)")
        }
        var magnitude: UInt64 = 0
        var overflows = false
        if bytes[position] == UInt8(ascii: "0") {
            position += 1
            if position < bytes.count, isDigit(bytes[position]) { throw error("number with a leading zero") }
        } else {
            while position < bytes.count, isDigit(bytes[position]) {
                let (product, high) = magnitude.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[position] &- 48))
                overflows = overflows || high || carry
                magnitude = sum
                position += 1
            }
        }
        var isWhole = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try digits()
        }
        if isWhole, !overflows {
            if !isNegative, magnitude <= UInt64(Int64.max) { return .int(Int64(magnitude)) }
            if isNegative, magnitude != 0, magnitude <= UInt64(Int64.max) { return .int(-Int64(magnitude)) }
            if isNegative, magnitude == UInt64(Int64.max) + 1 { return .int(.min) }
        }
        return .number(JSONNumber(validLiteral: text(start..<position)))
    }

    private mutating func digits() throws(JSONParseError) {
        guard position < bytes.count, isDigit(bytes[position]) else {
            throw error("expected a digit, found \(found)")
        }
        while position < bytes.count, isDigit(bytes[position]) { position += 1 }
    }

    private mutating func string() throws(JSONParseError) -> String {
        position += 1
        let start = position
        var isASCII = true
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let range = start..<position
                position += 1
                if isASCII { return text(range) }
                guard let text = validText(range) else {
                    position = start
                    throw error("string that is not valid UTF-8")
                }
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            if byte < 0x20 { throw error("control character in a string") }
            if byte >= 0x80 { isASCII = false }
            position += 1
        }
        throw error("string without an end")
    }

    /// The slow way, from the first backslash on.
    private mutating func escapedString(from start: Int) throws(JSONParseError) -> String {
        var buffer = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                guard let text = String(validating: buffer, as: UTF8.self) else {
                    position = start
                    throw error("string that is not valid UTF-8")
                }
                return text
            }
            if byte < 0x20 { throw error("control character in a string") }
            position += 1
            if byte != UInt8(ascii: "\\") {
                buffer.append(byte)
                continue
            }
            guard position < bytes.count else { break }
            let escape = bytes[position]
            position += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(escape)
            case UInt8(ascii: "b"): buffer.append(8)
            case UInt8(ascii: "f"): buffer.append(12)
            case UInt8(ascii: "n"): buffer.append(10)
            case UInt8(ascii: "r"): buffer.append(13)
            case UInt8(ascii: "t"): buffer.append(9)
            case UInt8(ascii: "u"):
                let scalar = try escapedScalar()
                buffer.append(contentsOf: Array(String(Character(scalar)).utf8))
            default:
                position -= 1
                throw error("unknown escape \\\(Character(UnicodeScalar(escape)))")
            }
        }
        throw error("string without an end")
    }

    /// After `\u`: one scalar, joining a surrogate pair. A lone surrogate becomes U+FFFD, as Go's
    /// decoder, and so the real API server, reads it.
    private mutating func escapedScalar() throws(JSONParseError) -> UnicodeScalar {
        let first = try fourHexDigits()
        if let scalar = UnicodeScalar(first) { return scalar }
        if first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        {
            let back = position
            position += 2
            let second = try fourHexDigits()
            if (0xDC00..<0xE000).contains(second),
                let scalar = UnicodeScalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
            {
                return scalar
            }
            position = back
        }
        return "\u{FFFD}"
    }

    private mutating func fourHexDigits() throws(JSONParseError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue
            else { throw error("expected four hexadecimal digits after \\u") }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private func validText(_ range: Range<Int>) -> String? {
        String(validating: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private var found: String {
        guard position < bytes.count else { return "end of text" }
        let byte = bytes[position]
        return byte >= 0x20 && byte < 0x7F ? "'\(Character(UnicodeScalar(byte)))'" : "byte \(byte)"
    }

    private func error(_ message: String) -> JSONParseError {
        let before = bytes[..<min(position, bytes.count)]
        let lastBreak = before.lastIndex(of: 0x0A)
        return JSONParseError(
            message: message, offset: position,
            line: before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 },
            column: position - (lastBreak ?? -1))
    }
}
