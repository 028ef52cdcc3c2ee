// The values of expressions, with Go's types: a condition's meaning depends on them.

package import JSONTree
import KubeModel
package import MetricProviders

/// Go's string: any bytes, compared as bytes.
package struct ByteText: Hashable, Comparable, Sendable {
    package var bytes: [UInt8]
    package init(bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { bytes = Array(text.utf8) }
    /// The text, bytes that are no UTF-8 replaced.
    package var string: String { String(decoding: bytes, as: UTF8.self) }
    /// Whether the bytes are UTF-8.
    package var isValid: Bool { String(validating: bytes, as: UTF8.self) != nil }
    var scalars: [Unicode.Scalar] { Array(string.unicodeScalars) }
    package static func < (left: ByteText, right: ByteText) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// Go's integer types.
package enum IntegerKind: String, Hashable, Sendable {
    case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64
}

/// A value.
package indirect enum ExpressionValue: Hashable, Sendable {
    case `nil`
    case bool(Bool)
    case integer(Int64, IntegerKind)
    /// float64.
    case number(Double)
    /// float32.
    case single(Float)
    case text(ByteText)
    case list(ExpressionList)
    case map(ExpressionMap)
    case function(String)
    case time(ExpressionTime)
    case duration(Int64)
    case month(Int)
    case weekday(Int)
    case location(String)
    /// A struct of a provider's, by the name of its type.
    case structure(String, ExpressionMap)

    static func int(_ value: Int) -> ExpressionValue { .integer(Int64(value), .int) }
    static func string(_ value: String) -> ExpressionValue { .text(ByteText(value)) }
}

/// A slice or an array.
package struct ExpressionList: Hashable, Sendable {
    package var elements: [ExpressionValue]
    /// `any`, `float64`, … as Go prints the type of elements.
    package var elementType: String
    /// The length in the type of an array (`[2]any`); nil for a slice.
    package var fixedLength: Int?
    /// Go's slice that was never made: empty like any other, but equal to nil.
    package var isNil = false
    package init(_ elements: [ExpressionValue], of elementType: String = "any", fixedLength: Int? = nil) {
        self.elements = elements
        self.elementType = elementType
        self.fixedLength = fixedLength
    }
    package var typeName: String { fixedLength.map { "[\($0)]\(elementType)" } ?? "[]\(elementType)" }
}

/// A map. Members keep the order in which they came; Go's have none.
package struct ExpressionMap: Hashable, Sendable {
    package private(set) var keys: [ExpressionValue] = []
    private var members: [ExpressionValue: ExpressionValue] = [:]
    /// `string` or `any`.
    package var keyType: String
    package var valueType: String
    package init(keyType: String = "string", valueType: String = "any") {
        self.keyType = keyType
        self.valueType = valueType
    }
    package var typeName: String { "map[\(keyType)]\(valueType)" }
    package var count: Int { keys.count }
    package subscript(_ key: ExpressionValue) -> ExpressionValue? {
        get { members[key] }
        set {
            if members[key] == nil, newValue != nil { keys.append(key) }
            members[key] = newValue
            if newValue == nil { keys.removeAll { $0 == key } }
        }
    }
    package subscript(_ key: String) -> ExpressionValue? {
        get { members[.string(key)] }
        set { self[.string(key)] = newValue }
    }
    /// Keys in the order in which Go prints them.
    package var sortedKeys: [ExpressionValue] { keys.sorted(by: Self.precedes) }

    private static func precedes(_ left: ExpressionValue, _ right: ExpressionValue) -> Bool {
        switch (left, right) {
        case (.text(let mine), .text(let theirs)): return mine < theirs
        case (.nil, .nil): return false
        case (.nil, _): return true
        case (_, .nil): return false
        default:
            if let mine = left.double, let theirs = right.double { return mine < theirs }
            if case .bool(let mine) = left, case .bool(let theirs) = right { return !mine && theirs }
            return false
        }
    }
}

extension ExpressionValue {
    /// Any number as a double; nil for anything else.
    var double: Double? {
        switch self {
        case .integer(let value, let kind): kind == .uint64 ? Double(UInt64(bitPattern: value)) : Double(value)
        case .number(let value): value
        case .single(let value): Double(value)
        default: nil
        }
    }

    var integer: Int64? { if case .integer(let value, _) = self { value } else { nil } }
    var isNumber: Bool { double != nil }
    var isNil: Bool { if case .nil = self { true } else { false } }

    /// The name of the Go type.
    package var typeName: String {
        switch self {
        case .nil: "nil"
        case .bool: "bool"
        case .integer(_, let kind): kind.rawValue
        case .number: "float64"
        case .single: "float32"
        case .text: "string"
        case .list(let list): list.typeName
        case .map(let map): map.typeName
        case .function: "func"
        case .time: "time.Time"
        case .duration: "time.Duration"
        case .month: "time.Month"
        case .weekday: "time.Weekday"
        case .location: "*time.Location"
        case .structure(let name, _): name
        }
    }

    /// JSON as Go's decoder gives it to a condition: numbers are float64.
    package init(_ json: JSON) {
        switch json {
        case .null: self = .nil
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .number(Double(value))
        case .number(let number): self = .number(number.double)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .list(ExpressionList(elements.map { ExpressionValue($0) }))
        case .object(let members):
            var map = ExpressionMap()
            for (key, value) in members { map[key] = ExpressionValue(value) }
            self = .map(map)
        }
    }

    /// Numbers as Prometheus gives them.
    package init(numbers: [Double]) { self = .list(ExpressionList(numbers.map { .number($0) }, of: "float64")) }

    /// What a provider measured.
    package init(_ value: MetricValue) {
        switch value {
        case .nothing: self = .nil
        case .number(let number): self = .number(number)
        case .numbers(let numbers): self = .list(ExpressionList(numbers.map { .number($0) }, of: "float64"))
        case .text(let text): self = .string(text)
        case .json(let json): self = ExpressionValue(json)
        }
    }

    /// The value as Go's `fmt.Sprint` prints it.
    package var printed: String { printed(depth: 0) }

    private func printed(depth: Int) -> String {
        if depth > ExpressionLimits.valueDepthMax { return "…" }
        switch self {
        case .nil: return "<nil>"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value, let kind): return kind == .uint64 ? String(UInt64(bitPattern: value)) : String(value)
        case .number(let value): return GoNumberText.shortest(value)
        case .single(let value): return GoNumberText.shortest(value)
        case .text(let text): return text.string
        case .list(let list):
            return "[\(list.elements.map { $0.printed(depth: depth + 1) }.joined(separator: " "))]"
        case .map(let map):
            let members = map.sortedKeys.map { key in
                "\(key.printed(depth: depth + 1)):\((map[key] ?? .nil).printed(depth: depth + 1))"
            }
            return "map[\(members.joined(separator: " "))]"
        case .function(let name): return "func \(name)"
        case .time(let time): return time.text(layout: "2006-01-02 15:04:05.999999999 -0700 MST")
        case .duration(let value): return Duration.nanoseconds(value).goText
        case .month(let value): return ExpressionTime.monthNames[(value + 11) % 12]
        case .weekday(let value): return ExpressionTime.weekdayNames[value % 7]
        case .location(let name): return name
        case .structure(_, let map):
            return "{\(map.keys.map { (map[$0] ?? .nil).printed(depth: depth + 1) }.joined(separator: " "))}"
        }
    }
}

// MARK: Equality

extension ExpressionValue {
    /// The language's `==`: numbers by value, lists element by element, the rest as Go's
    /// reflect.DeepEqual does.
    func equals(_ other: ExpressionValue, depth: Int = 0) -> Bool {
        if depth > ExpressionLimits.valueDepthMax { return false }
        if case .integer(let mine, _) = self, case .integer(let theirs, _) = other { return mine == theirs }
        if let mine = double, let theirs = other.double { return mine == theirs }
        switch (self, other) {
        case (.list(let mine), .list(let theirs)):
            guard mine.elements.count == theirs.elements.count else { return false }
            for (left, right) in zip(mine.elements, theirs.elements) where !left.equals(right, depth: depth + 1) {
                return false
            }
            return true
        case (.nil, .list(let list)), (.list(let list), .nil): return list.isNil
        case (.time(let mine), .time(let theirs)): return mine.nanoseconds == theirs.nanoseconds
        default: return isDeeplyEqual(other, depth: depth)
        }
    }

    /// reflect.DeepEqual: types must be the same, NaN equals nothing.
    private func isDeeplyEqual(_ other: ExpressionValue, depth: Int) -> Bool {
        if depth > ExpressionLimits.valueDepthMax { return false }
        switch (self, other) {
        case (.number(let mine), .number(let theirs)): return mine == theirs
        case (.single(let mine), .single(let theirs)): return mine == theirs
        case (.list(let mine), .list(let theirs)):
            guard mine.typeName == theirs.typeName, mine.elements.count == theirs.elements.count,
                mine.isNil == theirs.isNil
            else { return false }
            return zip(mine.elements, theirs.elements).allSatisfy { $0.isDeeplyEqual($1, depth: depth + 1) }
        case (.map(let mine), .map(let theirs)):
            guard mine.typeName == theirs.typeName, mine.count == theirs.count else { return false }
            return mine.keys.allSatisfy { key in
                guard let value = mine[key], let theirs = theirs[key] else { return false }
                return value.isDeeplyEqual(theirs, depth: depth + 1)
            }
        case (.function, .function): return false
        default: return self == other
        }
    }
}
