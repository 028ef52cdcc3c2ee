// Scalars by the table that Kubernetes' tools use: YAML 1.1 as gopkg.in/yaml.v2 reads it.

import JSONTree

/// A node's tag as far as scalars heed it.
enum YAMLTag: Hashable {
    case none, string, binary, bool, integer, float, null, timestamp, merge
    /// A tag that the table does not know: its scalar stays a string.
    case other

    init(_ text: String?) {
        switch text {
        case nil, "", "!": self = text == "!" ? .string : .none
        case "tag:yaml.org,2002:str": self = .string
        case "tag:yaml.org,2002:binary": self = .binary
        case "tag:yaml.org,2002:bool": self = .bool
        case "tag:yaml.org,2002:int": self = .integer
        case "tag:yaml.org,2002:float": self = .float
        case "tag:yaml.org,2002:null": self = .null
        case "tag:yaml.org,2002:timestamp": self = .timestamp
        case "tag:yaml.org,2002:merge": self = .merge
        default: self = .other
        }
    }
}

/// A scalar that its tag or JSON does not allow.
struct YAMLScalarError: Error {
    var message: String
}

/// What a scalar's text means. Source: gopkg.in/yaml.v2 `resolve.go`, and sigs.k8s.io/yaml, which
/// makes JSON of its result.
enum YAMLScalar {
    static func value(_ text: String, tag: YAMLTag, isPlain: Bool) throws(YAMLScalarError) -> JSON {
        switch tag {
        case .none where !isPlain: return .string(text)
        case .string, .other, .timestamp, .merge: return .string(text)
        case .binary:
            guard let decoded = base64(text) else {
                throw YAMLScalarError(message: "!!binary value contains invalid base64 data")
            }
            return .string(decoded)
        case .none: return try json(resolve(text), text)
        case .bool, .integer, .float, .null: return try tagged(text, tag)
        }
    }

    /// A scalar whose tag demands a type.
    private static func tagged(_ text: String, _ tag: YAMLTag) throws(YAMLScalarError) -> JSON {
        let resolved = resolve(text)
        let fits =
            switch (tag, resolved) {
            case (.bool, .bool), (.integer, .integer), (.integer, .unsigned), (.float, .float),
                (.float, .integer), (.float, .unsigned), (.null, .null):
                true
            default: false
            }
        guard fits else { throw YAMLScalarError(message: "cannot decode `\(text)` as its tag \(tag)") }
        return try json(resolved, text)
    }

    enum Resolved {
        case null, bool(Bool), integer(Int64), unsigned(UInt64), float(Double), string
    }

    private static func json(_ resolved: Resolved, _ text: String) throws(YAMLScalarError) -> JSON {
        switch resolved {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let value): return .int(value)
        case .unsigned(let value): return .number(JSONNumber(validLiteral: String(value)))
        case .float(let value):
            guard value.isFinite else {
                throw YAMLScalarError(message: "json: unsupported value: \(goName(ofInfinite: value))")
            }
            return number(value)
        case .string: return .string(text)
        }
    }

    private static func goName(ofInfinite value: Double) -> String {
        value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf"
    }

    /// Go's encoder writes whole doubles without a fraction up to 1e21.
    private static func number(_ value: Double) -> JSON {
        if value == value.rounded(), abs(value) < 9.2e18 { return .int(Int64(value)) }
        return .double(value)
    }

    /// Whether a plain scalar of this text would be read back as a string.
    static func readsAsString(_ text: String) -> Bool {
        if case .string = resolve(text) { return true }
        return false
    }

    // MARK: The table

    static func resolve(_ text: String) -> Resolved {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            return number(text)
        case UInt8(ascii: "."): return dotted(text)
        default: return word(text)
        }
    }

    private static func word(_ text: String) -> Resolved {
        switch text {
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": .bool(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": .bool(false)
        case "~", "null", "Null", "NULL": .null
        default: .string
        }
    }

    private static func dotted(_ text: String) -> Resolved {
        switch text {
        case ".nan", ".NaN", ".NAN": return .float(.nan)
        case ".inf", ".Inf", ".INF": return .float(.infinity)
        default: return decimal(text, allowsLeadingDotOnly: true).map(Resolved.float) ?? .string
        }
    }

    private static func number(_ text: String) -> Resolved {
        switch text {
        case "+.inf", "+.Inf", "+.INF": return .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
        default: break
        }
        let plain = text.contains("_") ? text.filter { $0 != "_" } : text
        if let integer = integer(plain) { return integer }
        if let value = decimal(plain, allowsLeadingDotOnly: false) { return .float(value) }
        return .string
    }

    /// Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`: `0x`, `0o`, `0b`, and a leading zero
    /// for octal.
    private static func integer(_ text: String) -> Resolved? {
        var digits = Substring(text)
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
        var radix = 10
        let prefix = digits.prefix(2).lowercased()
        switch prefix {
        case "0x": radix = 16
        case "0o": radix = 8
        case "0b": radix = 2
        default: break
        }
        if radix != 10 {
            digits = digits.dropFirst(2)
        } else if digits.count > 1, digits.hasPrefix("0") {
            radix = 8
            digits = digits.dropFirst()
        }
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
        guard let magnitude = UInt64(digits, radix: radix) else { return nil }
        if isNegative {
            if magnitude <= UInt64(Int64.max) { return .integer(-Int64(magnitude)) }
            return magnitude == UInt64(Int64.max) + 1 ? .integer(.min) : nil
        }
        if magnitude <= UInt64(Int64.max) { return .integer(Int64(magnitude)) }
        return text.hasPrefix("+") ? nil : .unsigned(magnitude)
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, the library's `yamlStyleFloat`.
    private static func decimal(_ text: String, allowsLeadingDotOnly: Bool) -> Double? {
        var rest = Substring(text).utf8
        func digits() -> Int {
            let count = rest.prefix { (48...57).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            if allowsLeadingDotOnly { return nil }
            rest = rest.dropFirst()
        }
        let whole = digits()
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = digits()
        }
        if whole == 0, fraction == 0 { return nil }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
            if digits() == 0 { return nil }
        }
        guard rest.isEmpty else { return nil }
        let value = Double(normalized(text)) ?? .nan
        // Out of range is an error to Go, and the scalar then stays a string.
        return value.isFinite ? value : nil
    }

    /// Swift's reader wants digits on both sides of the point, and no plus sign.
    private static func normalized(_ text: String) -> String {
        var text = text.hasPrefix("+") ? String(text.dropFirst()) : text
        if let point = text.firstIndex(of: ".") {
            let after = text.index(after: point)
            if after == text.endIndex || !text[after].isNumber { text.insert("0", at: after) }
            if point == text.startIndex || !text[text.index(before: point)].isNumber {
                text.insert("0", at: point)
            }
        }
        return text
    }

    private static func base64(_ text: String) -> String? {
        var bits: UInt32 = 0
        var count = 0
        var bytes: [UInt8] = []
        var padding = 0
        for byte in text.utf8 where byte != 0x0A && byte != 0x0D && byte != 0x20 {
            let value: UInt8
            switch byte {
            case 65...90: value = byte - 65
            case 97...122: value = byte - 71
            case 48...57: value = byte + 4
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "="):
                padding += 1
                continue
            default: return nil
            }
            if padding > 0 { return nil }
            bits = bits << 6 | UInt32(value)
            count += 1
            if count % 4 == 0 {
                bytes += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits)]
            }
        }
        switch (count % 4, padding) {
        case (0, 0): break
        case (2, 2): bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
        case (3, 1): bytes += [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
        default: return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
