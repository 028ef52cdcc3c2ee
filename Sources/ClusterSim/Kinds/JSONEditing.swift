// Small edits of object trees that the rules of kinds are made of.

import JSONTree

extension JSON {
    /// Sets a member that is missing or null.
    mutating func fillIn(_ key: String, with value: JSON) {
        if self[key].isNull { self[key] = value }
    }

    /// Sets a string member that is missing, null or empty.
    mutating func fillInText(_ key: String, with value: String) {
        if (self[key].string ?? "").isEmpty { self[key] = .string(value) }
    }

    /// Removes a member.
    mutating func drop(_ key: String) { set([key], to: nil) }

    /// Changes a member in place, if it is there and not null.
    mutating func edit(_ key: String, _ change: (inout JSON) -> Void) {
        guard case .object(var object) = self, let value = object[key], !value.isNull else { return }
        self = .null  // Give up our reference first: the change is then in place.
        object.update(key, default: .null, change)
        self = .object(object)
    }

    /// Changes each element of a list member in place.
    mutating func editEach(_ key: String, _ change: (inout JSON) -> Void) {
        edit(key) { list in
            guard case .array(var elements) = list else { return }
            list = .null
            for position in elements.indices { change(&elements[position]) }
            list = .array(elements)
        }
    }

    /// Whether a list or map member has anything in it.
    func hasContent(_ key: String) -> Bool {
        switch self[key] {
        case .array(let elements): !elements.isEmpty
        case .object(let object): !object.isEmpty
        case .string(let text): !text.isEmpty
        case .null: false
        default: true
        }
    }
}
