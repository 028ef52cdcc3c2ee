// Values of CEL.

import JSONTree
import KubeModel

/// A value of the Common Expression Language.
indirect enum CELValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list([CELValue])
    case map([CELValue: CELValue])
    /// An object of the API: its members by their escaped names, kept apart from maps for messages.
    case object([String: CELValue])
    case timestamp(Timestamp)
    /// Nanoseconds.
    case duration(Int64)
    case quantity(Quantity)
    case url(CELURL)
    case address(CELAddress)
    case addressRange(CELAddressRange)
    case version(CELVersion)
    case format(CELFormat)
    /// The name of a type.
    case type(String)
    /// An optional value, of optional types.
    case optional(CELValue?)

    /// Makes the value of a part of a custom resource.
    init(_ value: JSON, _ schema: TypeSchema) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = schema.form == .number ? .double(Double(value)) : .int(value)
        case .number(let number):
            if schema.form == .integer, let whole = Int64(exactly: number.double) {
                self = .int(whole)
            } else {
                self = .double(number.double)
            }
        case .string(let text): self = Self.scalar(text, schema)
        case .array(let elements):
            let items = schema.items
            self = .list(elements.map { CELValue($0, items) })
        case .object(let members): self = Self.members(members, schema)
        }
    }

    private static func scalar(_ text: String, _ schema: TypeSchema) -> CELValue {
        switch CELType(schema) {
        case .timestamp: Timestamp(text).map { .timestamp($0) } ?? .string(text)
        case .duration: Duration.parse(goText: text).map { .duration(CELValue.nanoseconds($0)) } ?? .string(text)
        case .bytes: .bytes(Array(text.utf8))
        default: .string(text)
        }
    }

    /// A duration in nanoseconds, clamped to 64 bits.
    static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : scaled &+ attoseconds / 1_000_000_000
    }

    private static func members(_ members: JSONObject, _ schema: TypeSchema) -> CELValue {
        if schema.shape.fields.isEmpty, schema.shape.additional != nil || schema.form == .any {
            var map: [CELValue: CELValue] = [:]
            for (key, value) in members { map[.string(key)] = CELValue(value, schema.member(key) ?? .any) }
            return .map(map)
        }
        var object: [String: CELValue] = [:]
        for (key, value) in members {
            guard let type = schema.member(key), !value.isNull || type.shape.isNullable else { continue }
            object[CELName.escaped(key)] = CELValue(value, type)
        }
        return .object(object)
    }

    /// The name of the value's type.
    var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map: "map"
        case .object: "object"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .quantity: "kubernetes.Quantity"
        case .url: "kubernetes.URL"
        case .address: "net.IP"
        case .addressRange: "net.CIDR"
        case .version: "kubernetes.Semver"
        case .format: "kubernetes.NamedFormat"
        case .type: "type"
        case .optional: "optional_type"
        }
    }

    /// A number as a double, for comparisons across types.
    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// CEL's equality: numbers by value across types, everything else within its type.
    static func areEqual(_ left: CELValue, _ right: CELValue) -> Bool {
        switch (left, right) {
        case (.int(let a), .int(let b)): return a == b
        case (.list(let a), .list(let b)): return a.count == b.count && zip(a, b).allSatisfy(areEqual)
        case (.map(let a), .map(let b)):
            return a.count == b.count && a.allSatisfy { key, value in b[key].map { areEqual(value, $0) } ?? false }
        case (.object(let a), .object(let b)):
            return a.count == b.count && a.allSatisfy { key, value in b[key].map { areEqual(value, $0) } ?? false }
        case (.optional(let a?), .optional(let b?)): return areEqual(a, b)
        default:
            if let a = left.number, let b = right.number { return a == b }
            return left == right
        }
    }

    /// Whether the left value is smaller; nil when the two cannot be ordered.
    static func isLess(_ left: CELValue, _ right: CELValue) -> Bool? {
        switch (left, right) {
        case (.int(let a), .int(let b)): return a < b
        case (.uint(let a), .uint(let b)): return a < b
        case (.string(let a), .string(let b)): return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
        case (.bytes(let a), .bytes(let b)): return a.lexicographicallyPrecedes(b)
        case (.bool(let a), .bool(let b)): return !a && b
        case (.timestamp(let a), .timestamp(let b)): return a < b
        case (.duration(let a), .duration(let b)): return a < b
        default:
            if let a = left.number, let b = right.number { return a < b }
            return nil
        }
    }
}

/// A URL's parts, of Kubernetes' URL library.
struct CELURL: Hashable, Sendable {
    var scheme = ""
    var host = ""
    var path = ""
    var query = ""

    /// Reads an absolute URL or path; nil when the text is neither.
    init?(_ text: String) {
        var rest = text[...]
        if let separator = rest.range(of: "://") {
            scheme = String(rest[..<separator.lowerBound])
            rest = rest[separator.upperBound...]
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            host = String(rest[..<end])
            rest = rest[end...]
            if scheme.isEmpty || host.isEmpty { return nil }
        } else if rest.first != "/" {
            return nil
        }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if rest.contains(" ") { return nil }
        path = String(rest)
    }

    var hostname: String {
        if host.first == "[", let end = host.firstIndex(of: "]") { return String(host[host.index(after: host.startIndex)..<end]) }
        return host.split(separator: ":").first.map(String.init) ?? ""
    }

    var port: String {
        guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") else { return "" }
        return String(host[host.index(after: colon)...])
    }
}

extension Substring {
    /// The first occurrence of a text, without Foundation.
    fileprivate func range(of text: String) -> Range<Index>? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(text) { return index..<self.index(index, offsetBy: text.count) }
            index = self.index(after: index)
        }
        return nil
    }
}

/// Names of fields in expressions.
enum CELName {
    private static let keywords: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if",
        "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ]

    /// A property's name as expressions write it (kubernetes.io, "Validation rules", escaping).
    static func escaped(_ name: String) -> String {
        if keywords.contains(name) { return "__\(name)__" }
        if !name.contains(where: { "./-_".contains($0) }) { return name }
        var result = ""
        var rest = name[...]
        while let character = rest.first {
            if rest.hasPrefix("__") {
                result += "__underscores__"
                rest = rest.dropFirst(2)
                continue
            }
            switch character {
            case ".": result += "__dot__"
            case "-": result += "__dash__"
            case "/": result += "__slash__"
            default: result.append(character)
            }
            rest = rest.dropFirst()
        }
        return result
    }
}

/// Types of CEL, as far as checking rules needs them.
indirect enum CELType: Hashable, Sendable {
    case dynamic, null, bool, int, uint, double, string, bytes, timestamp, duration, quantity, url, type
    case address, addressRange, version, format
    case list(CELType)
    case map(CELType, CELType)
    /// An object of the API, by its escaped fields.
    case object(CELObjectType)
    case optional(CELType)

    /// The type of values of a schema's node.
    init(_ schema: TypeSchema) {
        switch schema.form {
        case .string:
            switch schema.shape.format {
            case "date-time", "date": self = .timestamp
            case "duration": self = .duration
            case "byte": self = .bytes
            default: self = .string
            }
        case .integer: self = .int
        case .number: self = .double
        case .boolean: self = .bool
        case .array: self = .list(CELType(schema.items))
        case .object:
            if schema.shape.fields.isEmpty, let values = schema.shape.additional?.target {
                self = .map(.string, CELType(values))
            } else {
                self = .object(CELObjectType(schema))
            }
        case .time: self = .timestamp
        case .bytes: self = .bytes
        case .any, .intOrString, .quantity: self = .dynamic
        }
    }

    /// The type as messages show it.
    var name: String {
        switch self {
        case .dynamic: "dyn"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .quantity: "kubernetes.Quantity"
        case .url: "kubernetes.URL"
        case .address: "net.IP"
        case .addressRange: "net.CIDR"
        case .version: "kubernetes.Semver"
        case .format: "kubernetes.NamedFormat"
        case .type: "type"
        case .list(let element): "list(\(element.name))"
        case .map(let key, let value): "map(\(key.name), \(value.name))"
        case .object: "object"
        case .optional(let wrapped): "optional_type(\(wrapped.name))"
        }
    }

    var isDynamic: Bool { self == .dynamic }
    var isNumber: Bool { self == .int || self == .uint || self == .double }
}

/// An object type: a schema's node whose fields expressions may name.
struct CELObjectType: Hashable, Sendable {
    let schema: TypeSchema

    init(_ schema: TypeSchema) { self.schema = schema }

    static func == (left: CELObjectType, right: CELObjectType) -> Bool { left.schema === right.schema }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(schema)) }

    /// The type of the field with that escaped name; nil when there is none.
    func field(_ name: String) -> CELType? {
        if let field = schema.shape.fields.first(where: { CELName.escaped($0.name) == name }) {
            // Of metadata rules see the name only.
            return CELType(field.schema)
        }
        return nil
    }
}
