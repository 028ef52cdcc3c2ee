// What is known of a value's type before it is there.

/// A type as far as it is known.
package indirect enum StaticType: Hashable, Sendable {
    case unknown
    case `nil`
    case bool
    case integer(IntegerKind)
    case float64
    case float32
    case string
    case list(StaticType)
    /// A map with text keys.
    case map(StaticType)
    /// A map with keys of any type.
    case anyMap
    case function(String)
    case time, duration, month, weekday, location
    case structure(String, [String: StaticType])

    static let int = StaticType.integer(.int)

    var isUnknown: Bool { self == .unknown }
    var isInteger: Bool { if case .integer = self { true } else { false } }
    var isNumber: Bool { isInteger || self == .float64 || self == .float32 }

    /// The type of a value that is at hand.
    package init(of value: ExpressionValue) {
        switch value {
        case .nil: self = .nil
        case .bool: self = .bool
        case .integer(_, let kind): self = .integer(kind)
        case .number: self = .float64
        case .single: self = .float32
        case .text: self = .string
        case .list(let list): self = .list(Self.named(list.elementType, sample: list.elements.first))
        case .map(let map):
            self = map.keyType == "string" ? .map(Self.named(map.valueType, sample: nil)) : .anyMap
        case .function(let name): self = .function(name)
        case .time: self = .time
        case .duration: self = .duration
        case .month: self = .month
        case .weekday: self = .weekday
        case .location: self = .location
        case .structure(let name, let map):
            var fields: [String: StaticType] = [:]
            for key in map.keys { fields[key.printed] = StaticType(of: map[key] ?? .nil) }
            self = .structure(name, fields)
        }
    }

    /// The type of elements by its Go name.
    private static func named(_ name: String, sample: ExpressionValue?) -> StaticType {
        switch name {
        case "float64": return .float64
        case "float32": return .float32
        case "string": return .string
        case "bool": return .bool
        case "any": return .unknown
        case "time.Time": return .time
        default:
            if let kind = IntegerKind(rawValue: name) { return .integer(kind) }
            if let sample, !sample.isNil { return StaticType(of: sample) }
            return .unknown
        }
    }

    /// The name for messages.
    package var name: String {
        switch self {
        case .unknown: "unknown"
        case .nil: "nil"
        case .bool: "bool"
        case .integer(let kind): kind.rawValue
        case .float64: "float64"
        case .float32: "float32"
        case .string: "string"
        case .list(let element): element.isUnknown ? "[]any" : "[]\(element.name)"
        case .map(let value): "map[string]\(value.isUnknown ? "any" : value.name)"
        case .anyMap: "map[any]any"
        case .function(let name): "func \(name)"
        case .time: "time.Time"
        case .duration: "time.Duration"
        case .month: "time.Month"
        case .weekday: "time.Weekday"
        case .location: "time.Location"
        case .structure(let name, _): name
        }
    }
}
