// The first field of a typed tree that its type cannot hold.

import JSONTree
import KubeModel

/// A value that nobody can read as what it should be.
struct UnreadableField: Hashable {
    /// `containers[0].resources.requests.memory`, below the tree that was looked at.
    var path: String
    var value: JSON
    /// What was expected, in words.
    var wanted: String
}

extension TypedEncoder {
    /// The first such field of a value of that type, in the order of the type's fields; nil where all
    /// can be read. Fields that the type does not know are not looked at.
    func unreadable(_ value: JSON, type: String) -> UnreadableField? {
        indexes[type].flatMap { unreadable(value, .type($0), "") }
    }

    private func unreadable(_ value: JSON, _ shape: Shape, _ path: String) -> UnreadableField? {
        if value.isNull { return nil }
        func expect(_ holds: Bool, _ wanted: String) -> UnreadableField? {
            holds ? nil : UnreadableField(path: path, value: value, wanted: wanted)
        }
        switch shape {
        case .string: return expect(value.string != nil, "must be a string")
        case .boolean: return expect(value.bool != nil, "must be true or false")
        case .integer: return expect(value.int != nil, "must be a whole number")
        case .quantity:
            return expect(Self.isQuantity(value), "must be a quantity, as 500m, 2 or 64Mi")
        case .intOrString:
            return expect(value.int != nil || value.string != nil, "must be a whole number or a string")
        case .time:
            return expect(value.string.flatMap { Timestamp($0) } != nil, "must be a time of RFC 3339")
        case .raw: return nil
        case .optional(let inner): return unreadable(value, inner, path)
        case .type(let index):
            guard let object = value.object else { return expect(false, "must be an object") }
            for field in types[index] {
                let place = path.isEmpty ? field.name : "\(path).\(field.name)"
                if let found = unreadable(object[field.name] ?? .null, field.shape, place) { return found }
            }
            return nil
        case .list(let element):
            guard let elements = value.array else { return expect(false, "must be a list") }
            for (position, value) in elements.enumerated() {
                if let found = unreadable(value, element, "\(path)[\(position)]") { return found }
            }
            return nil
        case .map(let element):
            guard let object = value.object else { return expect(false, "must be an object") }
            for (key, value) in object.sorted() {
                if let found = unreadable(value, element, "\(path).\(key)") { return found }
            }
            return nil
        }
    }

    private static func isQuantity(_ value: JSON) -> Bool {
        switch value {
        case .string(let text): Quantity(text.trimmingBlanks()) != nil
        case .int: true
        case .number(let number): Quantity(number.literal) != nil
        default: false
        }
    }
}
