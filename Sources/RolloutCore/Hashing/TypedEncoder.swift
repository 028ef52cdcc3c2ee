// Writes a tree as Go's encoder would after decoding it into typed structs.

import JSONTree
import KubeModel

/// Encodes trees by a field table: fields in declaration order, unknown ones dropped, empty ones
/// left out where the type says so, quantities canonical, `<`, `>` and `&` escaped. Hashes over
/// these bytes are the ones that other tools know.
struct TypedEncoder: Sendable {
    /// What a field holds.
    indirect enum Shape: Hashable, Sendable {
        case string, boolean, integer, quantity, intOrString, time, raw
        case type(Int)
        case optional(Shape)
        case list(Shape)
        case map(Shape)
    }

    struct Field: Sendable {
        var name: String
        var shape: Shape
        /// Written even when it is empty.
        var isAlways: Bool
    }

    private(set) var types: [[Field]] = []
    private(set) var indexes: [String: Int] = [:]

    /// Pod templates and canary steps.
    static let shared = TypedEncoder(tables: [TypeTables.pods, TypeTables.steps])

    init(tables: [String]) {
        let paragraphs = tables.flatMap(Self.paragraphs)
        for (index, words) in paragraphs.enumerated() { indexes[words[0]] = index }
        let known = indexes
        types = paragraphs.map { words in words.dropFirst().map { Self.field($0, known) } }
    }

    /// The types of a table: a type's name and its fields' words.
    private static func paragraphs(_ table: String) -> [[String]] {
        var result: [[String]] = []
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if line.hasPrefix(" ") { result[result.count - 1] += words } else { result.append(words) }
        }
        return result
    }

    private static func field(_ word: String, _ known: [String: Int]) -> Field {
        let isAlways = word.hasSuffix("!")
        let parts = (isAlways ? String(word.dropLast()) : word).split(separator: ":", maxSplits: 1)
        return Field(name: String(parts[0]), shape: shape(parts[1], known), isAlways: isAlways)
    }

    private static func shape(_ code: Substring, _ known: [String: Int]) -> Shape {
        switch code.first {
        case "*": return .optional(shape(code.dropFirst(), known))
        case "@": return .list(shape(code.dropFirst(), known))
        case "%": return .map(shape(code.dropFirst(), known))
        default: break
        }
        switch code {
        case "s": return .string
        case "b": return .boolean
        case "i": return .integer
        case "Q": return .quantity
        case "I": return .intOrString
        case "T": return .time
        case "F": return .raw
        default:
            guard let index = known[String(code)] else { preconditionFailure("the table names \(code)") }
            return .type(index)
        }
    }

    /// Go's bytes for a value of that type.
    func bytes(_ value: JSON, type: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        guard let index = indexes[type] else { return bytes }
        write(value, .type(index), to: &bytes)
        return bytes
    }

    /// Go's bytes for a list of that type; `null` for no list.
    func bytes(listOf type: String, _ value: JSON) -> [UInt8] {
        var bytes: [UInt8] = []
        guard let index = indexes[type] else { return bytes }
        write(value, .list(.type(index)), to: &bytes)
        return bytes
    }

    private static let options = JSON.PrintOptions(sortsKeys: true, escapesHTML: true)

    private func write(_ value: JSON, _ shape: Shape, to bytes: inout [UInt8]) {
        switch shape {
        case .string: JSON.string(value.string ?? "").write(to: &bytes, Self.options)
        case .boolean: JSON.bool(value.bool ?? false).write(to: &bytes, Self.options)
        case .integer: JSON.int(value.int ?? 0).write(to: &bytes, Self.options)
        case .quantity: JSON.string(Self.quantity(value)).write(to: &bytes, Self.options)
        case .intOrString:
            (value.string.map(JSON.string) ?? JSON.int(value.int ?? 0)).write(to: &bytes, Self.options)
        case .time:
            (value.string.flatMap { Timestamp($0) }.map { JSON.string($0.rfc3339) } ?? .null).write(
                to: &bytes, Self.options)
        case .raw: value.write(to: &bytes, Self.options)
        case .optional(let inner):
            value.isNull ? JSON.null.write(to: &bytes) : write(value, inner, to: &bytes)
        case .type(let index): write(value.object ?? JSONObject(), types[index], to: &bytes)
        case .list(let element): write(list: value.array, element, to: &bytes)
        case .map(let element): write(map: value.object, element, to: &bytes)
        }
    }

    private func write(_ object: JSONObject, _ fields: [Field], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for field in fields {
            let value = object[field.name] ?? .null
            if !field.isAlways, isEmpty(value, field.shape) { continue }
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: field.name.utf8)
            bytes.append(UInt8(ascii: "\""))
            bytes.append(UInt8(ascii: ":"))
            write(value, field.shape, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private func write(list elements: [JSON]?, _ element: Shape, to bytes: inout [UInt8]) {
        guard let elements else { return JSON.null.write(to: &bytes) }
        bytes.append(UInt8(ascii: "["))
        for (position, value) in elements.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            write(value, element, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private func write(map object: JSONObject?, _ element: Shape, to bytes: inout [UInt8]) {
        guard let object else { return JSON.null.write(to: &bytes) }
        bytes.append(UInt8(ascii: "{"))
        for (position, member) in object.sorted().enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            JSON.string(member.key).write(to: &bytes, Self.options)
            bytes.append(UInt8(ascii: ":"))
            write(member.value, element, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// What Go's `omitempty` regards as empty.
    private func isEmpty(_ value: JSON, _ shape: Shape) -> Bool {
        switch shape {
        case .string: (value.string ?? "").isEmpty
        case .boolean: !(value.bool ?? false)
        case .integer: (value.int ?? 0) == 0
        case .list: value.elements.isEmpty
        case .map: value.object?.isEmpty ?? true
        case .optional, .raw, .time: value.isNull
        case .quantity, .intOrString, .type: false
        }
    }

    private static func quantity(_ value: JSON) -> String {
        switch value {
        case .string(let text): Quantity(text.trimmingBlanks())?.canonicalText ?? "0"
        case .int(let number): Quantity(String(number))?.canonicalText ?? "0"
        case .number(let number): Quantity(number.literal)?.canonicalText ?? "0"
        default: "0"
        }
    }
}
