// A JSON value that keeps member order and exact numbers.

/// A JSON value (RFC 8259). Objects keep the order of their members but compare without regard to
/// it; numbers keep their exact text.
package enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A whole number that fits 64 bits, written without fraction or exponent.
    case int(Int64)
    /// Any other number, by its text.
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// A number that is not a plain 64-bit integer: a fraction, an exponent, or more digits.
package struct JSONNumber: Hashable, Sendable {
    /// The number as written, valid by RFC 8259 section 6.
    package let literal: String

    /// Wraps a literal that the caller knows to be a valid JSON number.
    package init(validLiteral literal: String) { self.literal = literal }

    /// The nearest double.
    package var double: Double { Double(literal) ?? .nan }
}

extension JSON {
    /// Makes a number from a double: an integer where the value is whole and small enough to be
    /// exact, else its shortest text. NaN and infinities, which JSON cannot hold, become null.
    package static func double(_ value: Double) -> JSON {
        guard value.isFinite else { return .null }
        if value == value.rounded(), abs(value) < 9_007_199_254_740_992 { return .int(Int64(value)) }
        return .number(JSONNumber(validLiteral: shortestLiteral(value)))
    }

    /// Swift's shortest round-trip text, in JSON's grammar (`1e-07`, `5e+30` are valid JSON).
    private static func shortestLiteral(_ value: Double) -> String { value.description }

    // MARK: Looking inside

    package var isNull: Bool { if case .null = self { true } else { false } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The value as a 64-bit integer, also when it is written as `3.0`.
    package var int: Int64? {
        switch self {
        case .int(let value): value
        case .number(let number): Int64(exactly: number.double)
        default: nil
        }
    }

    /// The value as a double, for any number.
    package var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .number(let number): number.double
        default: nil
        }
    }

    /// The member of that name; null when this is not an object or has no such member. Assigning
    /// to a value that is not an object makes it one; assigning null stores a null.
    package subscript(_ key: String) -> JSON {
        get { if case .object(let object) = self { object[key] ?? .null } else { .null } }
        set {
            if case .object(var object) = self {
                self = .null  // Give up our reference first: the change is then in place.
                object[key] = newValue
                self = .object(object)
            } else {
                self = .object([key: newValue])
            }
        }
    }

    /// The element at that position; null when this is not an array or is too short.
    package subscript(_ index: Int) -> JSON {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return .null }
        return elements[index]
    }

    /// The value at a path of member names; null when any of them is missing.
    package func at(_ path: String...) -> JSON { at(path) }
    package func at(_ path: [String]) -> JSON {
        var value = self
        for key in path { value = value[key] }
        return value
    }

    /// Sets the value at a path of member names, making objects on the way. Nil removes it.
    package mutating func set(_ path: [String], to value: JSON?) {
        guard let key = path.first else {
            self = value ?? .null
            return
        }
        var object: JSONObject
        if case .object(let existing) = self { object = existing } else {
            if value == nil { return }
            object = JSONObject()
        }
        self = .null
        if path.count == 1 {
            object[key] = value
        } else if value != nil || object[key] != nil {
            var child = object[key] ?? .object([:])
            object[key] = .null
            child.set(Array(path.dropFirst()), to: value)
            object[key] = child
        }
        self = .object(object)
    }

    /// A member's elements, or none.
    package var elements: [JSON] { array ?? [] }

    /// Whether two values are equal when numbers are compared by value (`1.0` equals `1`).
    package func isEquivalent(to other: JSON) -> Bool {
        switch (self, other) {
        case (.number, .number), (.int, .number), (.number, .int):
            return double == other.double
        case (.array(let left), .array(let right)):
            return left.count == right.count
                && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && left.allSatisfy { key, value in right[key].map(value.isEquivalent) ?? false }
        default: return self == other
        }
    }

    /// The name of the value's type, for messages: `null`, `boolean`, `integer`, `number`,
    /// `string`, `array` or `object`.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSON: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByStringInterpolation
{
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements))
    }

    package init(_ value: String) { self = .string(value) }
    package init(_ value: Int) { self = .int(Int64(value)) }
    package init(_ value: Int32) { self = .int(Int64(value)) }
    package init(_ value: Int64) { self = .int(value) }
    package init(_ value: Bool) { self = .bool(value) }
    package init(_ values: [String]) { self = .array(values.map(JSON.string)) }
    package init(_ values: [String: String]) {
        self = .object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}
