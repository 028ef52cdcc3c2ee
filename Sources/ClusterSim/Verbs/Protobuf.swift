// Request bodies in protobuf, which typed clients send: to JSON trees.

import JSONTree
import KubeModel

/// Decodes `application/vnd.kubernetes.protobuf`
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding). Answers are
/// JSON, which every client accepts.
enum Protobuf {
    /// What is wrong with a body.
    struct DecodingError: Error, Hashable, Sendable { var message: String }

    /// One field of a message.
    private struct Field: Sendable {
        var name: String
        /// The type as the table writes it, without `*`, `%`, `+` and `?`.
        var type: String
        var isList = false
        var isMap = false
        var isInline = false
        /// Whether zero is told apart from nothing.
        var keepsZero = false
    }

    private static let messages: [String: [UInt64: Field]] = parseTable()

    private static func parseTable() -> [String: [UInt64: Field]] {
        var messages: [String: [UInt64: Field]] = [:]
        var package = ""
        var message = ""
        for line in protobufFieldTable.split(separator: "\n") {
            if line.hasPrefix("=") {
                package = String(line.dropFirst())
                continue
            }
            var words = line.split(separator: " ")
            if !line.hasPrefix(" ") { message = "\(package).\(words.removeFirst())" }
            for word in words {
                let digits = word.prefix { $0.isNumber }
                guard let number = UInt64(digits) else { continue }
                messages[message, default: [:]][number] = field(word.dropFirst(digits.count), package)
            }
            if messages[message] == nil { messages[message] = [:] }
        }
        return messages
    }

    private static func field(_ word: Substring, _ package: String) -> Field {
        let parts = word.split(separator: ":", maxSplits: 1)
        var field = Field(name: String(parts[0]), type: "s")
        guard parts.count == 2 else { return field }
        var type = parts[1]
        if type.hasSuffix("?") {
            field.keepsZero = true
            type.removeLast()
        }
        switch type.first {
        case "*": field.isList = true
        case "%": field.isMap = true
        case "+": field.isInline = true
        default: break
        }
        if field.isList || field.isMap || field.isInline { type.removeFirst() }
        field.type =
            type.utf8.count == 1 ? String(type) : type.contains(".") ? String(type) : "\(package).\(type)"
        return field
    }

    /// Decodes a body: the magic number, then a `runtime.Unknown` with type and content.
    static func decode(_ body: [UInt8]) throws(DecodingError) -> JSON {
        guard body.starts(with: [0x6B, 0x38, 0x73, 0x00]) else {
            throw DecodingError(
                message:
                    "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
        }
        var reader = ProtobufReader(bytes: body[4...])
        var apiVersion = ""
        var kind = ""
        var content: ArraySlice<UInt8> = []
        while let (number, value) = try reader.next() {
            guard case .bytes(let bytes) = value else { continue }
            switch number {
            case 1:
                var type = ProtobufReader(bytes: bytes)
                while let (member, value) = try type.next() {
                    guard case .bytes(let text) = value else { continue }
                    if member == 1 { apiVersion = String(decoding: text, as: UTF8.self) }
                    if member == 2 { kind = String(decoding: text, as: UTF8.self) }
                }
            case 2: content = bytes
            default: break
            }
        }
        let group = GroupVersionKind(apiVersion: apiVersion, kind: kind)
        let message = messageName(group)
        guard messages[message] != nil else {
            throw DecodingError(message: "no kind \"\(kind)\" is registered for version \"\(apiVersion)\"")
        }
        var tree: JSON = ["kind": .string(kind), "apiVersion": .string(apiVersion)]
        for (key, value) in try object(content, message, depth: 0) { tree[key] = value }
        return tree
    }

    /// `DeleteOptions` come in every group; other kinds in their group's package.
    private static func messageName(_ kind: GroupVersionKind) -> String {
        if kind.kind == "DeleteOptions" { return "meta.v1.DeleteOptions" }
        let group = kind.group.isEmpty ? "core" : String(kind.group.prefix { $0 != "." })
        return "\(group).\(kind.version).\(kind.kind)"
    }

    private static func object(
        _ bytes: ArraySlice<UInt8>, _ message: String, depth: Int
    ) throws(DecodingError) -> JSONObject {
        guard depth < Limits.bodyDepthMax else { throw DecodingError(message: "nested too deeply") }
        let fields = messages[message] ?? [:]
        var result = JSONObject()
        var reader = ProtobufReader(bytes: bytes)
        while let (number, value) = try reader.next() {
            guard let field = fields[number] else { continue }
            if field.isInline, case .bytes(let inner) = value {
                for (key, member) in try object(inner, field.type, depth: depth + 1) { result[key] = member }
            } else if field.isMap, case .bytes(let entry) = value {
                let (key, member) = try mapEntry(entry, field, depth: depth)
                result.update(field.name, default: [:]) { $0[key] = member }
            } else if let member = try json(value, field, depth: depth) {
                if field.isList {
                    result[field.name] = .array((result[field.name]?.array ?? []) + [member])
                } else {
                    result[field.name] = member
                }
            }
        }
        return result
    }

    private static func mapEntry(
        _ bytes: ArraySlice<UInt8>, _ field: Field, depth: Int
    ) throws(DecodingError) -> (String, JSON) {
        var reader = ProtobufReader(bytes: bytes)
        var key = ""
        var value: JSON = field.type == "s" || field.type == "y" ? "" : .null
        var element = field
        element.isList = true
        while let (number, part) = try reader.next() {
            if number == 1, case .bytes(let text) = part { key = String(decoding: text, as: UTF8.self) }
            if number == 2 { value = try json(part, element, depth: depth) ?? value }
        }
        return (key, value)
    }

    /// A value by its type; nil for a zero that means nothing.
    private static func json(
        _ value: ProtobufReader.Value, _ field: Field, depth: Int
    ) throws(DecodingError) -> JSON? {
        let keeps = field.keepsZero || field.isList
        switch (value, field.type) {
        case (.varint(let number), "b"): return number != 0 || keeps ? .bool(number != 0) : nil
        case (.varint(let number), _):
            let signed = Int64(bitPattern: number)
            return signed != 0 || keeps ? .int(signed) : nil
        case (.fixed(let bits), _): return .double(Double(bitPattern: bits))
        case (.bytes(let bytes), "s"):
            return bytes.isEmpty && !keeps ? nil : .string(String(decoding: bytes, as: UTF8.self))
        case (.bytes(let bytes), "y"): return .string(Base64.encode(Array(bytes)))
        case (.bytes(let bytes), "T"): return try time(bytes).map { .string($0.rfc3339) }
        case (.bytes(let bytes), "U"): return try time(bytes).map { .string($0.rfc3339Micro) }
        case (.bytes(let bytes), "Q"): return .string(try text(bytes, field: 1))
        case (.bytes(let bytes), "I"): return try intOrString(bytes)
        case (.bytes(let bytes), "R"):
            var reader = ProtobufReader(bytes: bytes)
            while let (_, part) = try reader.next() {
                if case .bytes(let raw) = part { return try? JSON.parse(Array(raw)) }
            }
            return nil
        case (.bytes(let bytes), _): return .object(try object(bytes, field.type, depth: depth + 1))
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>, field: UInt64) throws(DecodingError) -> String {
        var reader = ProtobufReader(bytes: bytes)
        while let (number, value) = try reader.next() {
            if number == field, case .bytes(let text) = value { return String(decoding: text, as: UTF8.self) }
        }
        return ""
    }

    /// Seconds and nanoseconds; nil for the zero time, which is no time.
    private static func time(_ bytes: ArraySlice<UInt8>) throws(DecodingError) -> Timestamp? {
        var reader = ProtobufReader(bytes: bytes)
        var seconds: Int64 = 0
        var nanoseconds: Int64 = 0
        while let (number, value) = try reader.next() {
            guard case .varint(let bits) = value else { continue }
            if number == 1 {
                seconds = Int64(bitPattern: bits)
            } else {
                nanoseconds = Int64(bitPattern: bits)
            }
        }
        guard seconds > 0 || nanoseconds > 0, seconds < 1 << 33 else { return nil }
        return Timestamp(wholeSeconds: seconds) + .nanoseconds(nanoseconds)
    }

    private static func intOrString(_ bytes: ArraySlice<UInt8>) throws(DecodingError) -> JSON {
        var reader = ProtobufReader(bytes: bytes)
        var isText = false
        var number: Int64 = 0
        var text = ""
        while let (member, value) = try reader.next() {
            switch (member, value) {
            case (1, .varint(let bits)): isText = bits == 1
            case (2, .varint(let bits)): number = Int64(bitPattern: bits)
            case (3, .bytes(let bytes)): text = String(decoding: bytes, as: UTF8.self)
            default: break
            }
        }
        return isText ? .string(text) : .int(number)
    }
}

/// Reads the fields of a protobuf message (https://protobuf.dev/programming-guides/encoding/).
struct ProtobufReader {
    enum Value {
        case varint(UInt64)
        case fixed(UInt64)
        case bytes(ArraySlice<UInt8>)
    }
    var bytes: ArraySlice<UInt8>

    /// The next field; nil at the end.
    mutating func next() throws(Protobuf.DecodingError) -> (number: UInt64, value: Value)? {
        guard !bytes.isEmpty else { return nil }
        let tag = try varint()
        switch tag & 7 {
        case 0: return (tag >> 3, .varint(try varint()))
        case 1: return (tag >> 3, .fixed(try fixed(8)))
        case 2:
            let count = try varint()
            guard count <= UInt64(bytes.count) else { throw Self.cut }
            let value = bytes.prefix(Int(count))
            bytes = bytes.dropFirst(Int(count))
            return (tag >> 3, .bytes(value))
        case 5: return (tag >> 3, .fixed(try fixed(4)))
        default: throw Protobuf.DecodingError(message: "proto: illegal wireType \(tag & 7)")
        }
    }

    private static let cut = Protobuf.DecodingError(message: "unexpected EOF")

    private mutating func varint() throws(Protobuf.DecodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            guard shift < 64 else { throw Protobuf.DecodingError(message: "proto: integer overflow") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Self.cut
    }

    private mutating func fixed(_ count: Int) throws(Protobuf.DecodingError) -> UInt64 {
        guard bytes.count >= count else { throw Self.cut }
        var value: UInt64 = 0
        for (position, byte) in bytes.prefix(count).enumerated() {
            value |= UInt64(byte) << UInt64(8 * position)
        }
        bytes = bytes.dropFirst(count)
        return value
    }
}
