// Unknown fields: finding them and taking them out.

import JSONTree

extension SchemaOperations {
    /// Removes fields that the schema does not have; returns their paths (`spec.foo`,
    /// `spec.containers[0].bar`) for warnings and strict errors, in the order of the document.
    static func prune(_ value: inout JSON, _ schema: TypeSchema) -> [String] {
        var finder = UnknownFieldFinder()
        finder.visit(value, schema)
        // Most bodies have no unknown field: then nothing is rebuilt.
        guard !finder.unknown.isEmpty else { return [] }
        value = pruned(value, schema)
        return finder.unknown
    }

    private static func pruned(_ value: JSON, _ schema: TypeSchema) -> JSON {
        switch value {
        case .array(let elements):
            guard schema.form == .array, schema.shape.items != nil else { return value }
            let items = schema.items
            return .array(elements.map { pruned($0, items) })
        case .object(let members):
            guard schema.form == .object || schema.form == .any else { return value }
            var result = JSONObject()
            for (key, member) in members {
                if let known = schema.member(key) {
                    result[key] = pruned(member, known)
                } else if schema.keepsUnknown {
                    result[key] = member
                }
            }
            return .object(result)
        default: return value
        }
    }
}

/// A step into a value.
enum FieldStep: Hashable, Sendable {
    case name(String)
    case index(Int)
    /// A map's key, which is written in brackets.
    case key(String)

    /// `spec.containers[0].name`, or `labels[a/b]` for a map's key.
    static func text(_ steps: [FieldStep]) -> String {
        var text = ""
        for step in steps {
            switch step {
            case .name(let name):
                if !text.isEmpty { text += "." }
                text += name
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += "[\(key)]"
            }
        }
        return text
    }
}

private struct UnknownFieldFinder {
    var unknown: [String] = []
    private var path: [FieldStep] = []

    mutating func visit(_ value: JSON, _ schema: TypeSchema) {
        switch value {
        case .array(let elements):
            guard schema.form == .array, schema.shape.items != nil else { return }
            let items = schema.items
            if items.form.isScalar { return }
            for (index, element) in elements.enumerated() {
                path.append(.index(index))
                visit(element, items)
                path.removeLast()
            }
        case .object(let members):
            guard schema.form == .object || schema.form == .any else { return }
            for (key, member) in members {
                if let known = schema.member(key) {
                    if known.form.isScalar { continue }
                    path.append(.name(key))
                    visit(member, known)
                    path.removeLast()
                } else if !schema.keepsUnknown {
                    unknown.append(FieldStep.text(path + [.name(key)]))
                }
            }
        default: return
        }
    }
}
