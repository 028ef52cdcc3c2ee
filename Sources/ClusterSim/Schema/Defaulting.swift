// Defaults of custom resources.

import JSONTree

extension SchemaOperations {
    /// Fills in a custom resource's `default:`s, and drops nulls where a field is not nullable and
    /// has no default.
    ///
    /// Source: kubernetes.io, "Extend the Kubernetes API with CustomResourceDefinitions", Defaulting
    /// and Nullable.
    static func applyDefaults(_ value: inout JSON, _ schema: TypeSchema) {
        if schema.shape.isBuiltin { return }
        value = defaulted(value, schema)
    }

    private static func defaulted(_ value: JSON, _ schema: TypeSchema) -> JSON {
        switch value {
        case .object(let members): return .object(defaulted(members, schema))
        case .array(let elements):
            guard case .node(let items)? = schema.shape.items else { return value }
            return .array(
                elements.map { element in
                    if element.isNull, !items.shape.isNullable, let fallback = items.shape.defaultValue {
                        return defaulted(fallback, items)
                    }
                    return defaulted(element, items)
                })
        default: return value
        }
    }

    private static func defaulted(_ members: JSONObject, _ schema: TypeSchema) -> JSONObject {
        var result = members
        if schema.hasDefaults {
            for field in schema.shape.fields where result[field.name] == nil {
                guard case .node(let type) = field.link, let fallback = type.shape.defaultValue else { continue }
                result[field.name] = fallback
            }
        }
        for (name, member) in result {
            guard let type = customMember(name, schema) else { continue }
            if member.isNull, !type.shape.isNullable {
                // Assigning nil drops the member.
                result[name] = type.shape.defaultValue.map { defaulted($0, type) }
                continue
            }
            switch member {
            case .object, .array: result[name] = defaulted(member, type)
            default: break
            }
        }
        return result
    }

    /// The declared schema of a member; built-in ones (metadata) have no defaults.
    private static func customMember(_ name: String, _ schema: TypeSchema) -> TypeSchema? {
        if let field = schema.field(name) {
            if case .node(let type) = field.link { return type }
            return nil
        }
        guard case .node(let type)? = schema.shape.additional, type.form != .any else { return nil }
        return type
    }
}
