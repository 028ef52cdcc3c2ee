// Definitions of OpenAPI documents, from the types that the server uses.

import JSONTree
import KubeModel

/// Collects the definitions of resources and of every type that they lead to.
struct DefinitionWriter {
    let dialect: OpenAPI.Dialect
    private var definitions: [String: JSON] = [:]
    private var pending: [TypeSchema] = []

    init(dialect: OpenAPI.Dialect) {
        self.dialect = dialect
        for name in ["meta.v1.DeleteOptions", "meta.v1.Status", "meta.v1.APIResourceList", "meta.v1.WatchEvent"] {
            if let type = BuiltinSchemas.type(name) { pending.append(type) }
        }
    }

    /// Adds a resource's kind, its list, and the kinds of its subresources.
    mutating func add(_ resource: ResourceDefinition) {
        guard let schema = resource.schema else { return }
        if resource.isCustom {
            addCustom(resource, schema)
        } else {
            pending.append(schema)
            if schema.shape.hasList { addList(of: schema.shape.definitionName, resource.groupVersionKind) }
        }
        for subresource in resource.subresources {
            guard let kind = SubresourceKind.kind(subresource, of: resource) else { continue }
            if let type = BuiltinSchemas.schema(of: kind) { pending.append(type) }
        }
    }

    /// All definitions by name.
    mutating func finish() -> JSONObject {
        while let type = pending.popLast() {
            let name = type.shape.definitionName
            if name.isEmpty || definitions[name] != nil { continue }
            definitions[name] = .null
            definitions[name] = definition(type)
        }
        return JSONObject(definitions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    static func groupVersionKinds(_ kind: GroupVersionKind) -> JSON {
        [["group": .string(kind.group), "kind": .string(kind.kind), "version": .string(kind.version)]]
    }

    // MARK: Built-in types

    private mutating func definition(_ type: TypeSchema) -> JSON {
        var result = JSONObject()
        if !type.shape.description.isEmpty { result["description"] = .string(type.shape.description) }
        switch type.form {
        case .intOrString:
            if dialect == .v2 { result["type"] = "string" } else { result["oneOf"] = [["type": "integer"], ["type": "string"]] }
            result["format"] = "int-or-string"
        case .quantity:
            if dialect == .v2 { result["type"] = "string" } else { result["oneOf"] = [["type": "string"], ["type": "number"]] }
        case .object:
            result["type"] = "object"
            addFields(type, to: &result)
        case .any:
            // The JSON types of apiextensions accept anything, the others are objects.
            if !type.goName.hasPrefix("JSON") { result["type"] = "object" }
        default: addScalar(type, to: &result)
        }
        if type.shape.isAtomicMap { result["x-kubernetes-map-type"] = "atomic" }
        if !type.shape.unions.isNull { result["x-kubernetes-unions"] = type.shape.unions }
        if let kind = type.shape.kind { result["x-kubernetes-group-version-kind"] = Self.groupVersionKinds(kind) }
        return .object(result)
    }

    private mutating func addFields(_ type: TypeSchema, to result: inout JSONObject) {
        var properties = JSONObject()
        var required: [String] = []
        for field in type.shape.fields {
            properties[field.name] = property(field)
            if field.isRequired { required.append(field.name) }
        }
        if !properties.isEmpty { result["properties"] = .object(properties) }
        if !required.isEmpty { result["required"] = JSON(required) }
    }

    private mutating func property(_ field: TypeSchema.Field) -> JSON {
        let schema = field.schema
        var result = JSONObject()
        if !field.description.isEmpty { result["description"] = .string(field.description) }
        if schema.shape.definitionName.isEmpty {
            addAnonymous(schema, to: &result)
        } else if dialect == .v2 {
            result["$ref"] = reference(schema)
        } else {
            result["allOf"] = [["$ref": reference(schema)]]
            if schema.form == .object, !field.isPointer { result["default"] = [:] }
        }
        if let fallback = zeroDefault(field, schema) { result["default"] = fallback }
        if field.isAtomic { result["x-kubernetes-map-type"] = "atomic" }
        addPatch(field.patch, to: &result)
        return .object(result)
    }

    /// v3 documents say the zero value that Go's encoder writes for required scalars.
    private func zeroDefault(_ field: TypeSchema.Field, _ schema: TypeSchema) -> JSON? {
        guard dialect == .v3 else { return nil }
        if let value = schema.shape.defaultValue { return value }
        guard field.isAlwaysWritten, !field.isPointer else { return nil }
        switch schema.form {
        case .string: return .some("")
        case .integer, .number: return .some(0)
        case .boolean: return .some(false)
        default: return nil
        }
    }

    private mutating func reference(_ type: TypeSchema) -> JSON {
        pending.append(type)
        return .string(dialect.definitionPrefix + type.shape.definitionName)
    }

    private mutating func node(_ type: TypeSchema) -> JSON {
        if !type.shape.definitionName.isEmpty { return ["$ref": reference(type)] }
        var result = JSONObject()
        addAnonymous(type, to: &result)
        return .object(result)
    }

    private mutating func addAnonymous(_ type: TypeSchema, to result: inout JSONObject) {
        switch type.form {
        case .array:
            result["type"] = "array"
            result["items"] = node(type.items)
            addListType(type, to: &result)
        case .object, .any:
            result["type"] = "object"
            if let values = type.shape.additional?.target { result["additionalProperties"] = node(values) }
            if type.shape.isAtomicMap { result["x-kubernetes-map-type"] = "atomic" }
        default: addScalar(type, to: &result)
        }
    }

    private func addScalar(_ type: TypeSchema, to result: inout JSONObject) {
        switch type.form {
        case .integer: result["type"] = "integer"
        case .number: result["type"] = "number"
        case .boolean: result["type"] = "boolean"
        default: result["type"] = "string"
        }
        if !type.shape.format.isEmpty { result["format"] = .string(type.shape.format) }
        if let values = type.shape.constraints.enumeration { result["enum"] = .array(values) }
    }

    private func addListType(_ type: TypeSchema, to result: inout JSONObject) {
        if type.shape.listType == .map {
            result["x-kubernetes-list-map-keys"] = JSON(type.shape.listMapKeys)
            result["x-kubernetes-list-type"] = "map"
        } else if type.shape.listType == .set {
            result["x-kubernetes-list-type"] = "set"
        } else if type.shape.isAtomicMap {
            result["x-kubernetes-list-type"] = "atomic"
        }
    }

    private func addPatch(_ patch: TypeSchema.Patch, to result: inout JSONObject) {
        if let key = patch.mergeKey { result["x-kubernetes-patch-merge-key"] = .string(key) }
        var strategies: [String] = []
        if patch.merges { strategies.append("merge") }
        if patch.retainsKeys { strategies.append("retainKeys") }
        if patch.replaces { strategies.append("replace") }
        if !strategies.isEmpty {
            result["x-kubernetes-patch-strategy"] = .string(strategies.joined(separator: ","))
        }
    }

    // MARK: Lists

    private mutating func addList(of name: String, _ kind: GroupVersionKind) {
        let listKind = GroupVersionKind(group: kind.group, version: kind.version, kind: kind.kind + "List")
        definitions[name + "List"] = list(of: name, kind: kind.kind, listKind)
    }

    private mutating func list(of name: String, kind: String, _ listKind: GroupVersionKind) -> JSON {
        var metadata: JSON = [
            "description":
                "Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds"
        ]
        if let type = BuiltinSchemas.type("meta.v1.ListMeta") {
            if dialect == .v2 {
                metadata["$ref"] = reference(type)
            } else {
                metadata["allOf"] = [["$ref": reference(type)]]
            }
        }
        return [
            "description": .string("\(listKind.kind) is a list of \(kind)"), "type": "object",
            "required": ["items"],
            "properties": [
                "apiVersion": Self.apiVersion, "kind": Self.kind, "metadata": metadata,
                "items": [
                    "description": .string("List of \(kind) objects."), "type": "array",
                    "items": ["$ref": .string(dialect.definitionPrefix + name)],
                ],
            ],
            "x-kubernetes-group-version-kind": Self.groupVersionKinds(listKind),
        ]
    }

    private static let apiVersion: JSON = [
        "description": "APIVersion defines the versioned schema of this representation of an object.",
        "type": "string",
    ]
    private static let kind: JSON = [
        "description": "Kind is a string value representing the REST resource this object represents.",
        "type": "string",
    ]

    // MARK: Custom resources

    /// `com.example.stable.v1.CronTab` for `CronTab` of `stable.example.com/v1`.
    static func definitionName(_ kind: GroupVersionKind) -> String {
        if let name = BuiltinSchemas.schema(of: kind)?.shape.definitionName { return name }
        return (kind.group.split(separator: ".").reversed().map(String.init) + [kind.version, kind.kind])
            .joined(separator: ".")
    }

    private mutating func addCustom(_ resource: ResourceDefinition, _ schema: TypeSchema) {
        let name = Self.definitionName(resource.groupVersionKind)
        var tree = dialect == .v2 ? Self.downgraded(schema.shape.source) : schema.shape.source
        if tree.object == nil { tree = ["type": "object"] }
        tree.set(["properties", "apiVersion"], to: Self.apiVersion)
        tree.set(["properties", "kind"], to: Self.kind)
        if let metadata = BuiltinSchemas.type("meta.v1.ObjectMeta") {
            let text: JSON = "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
            tree.set(
                ["properties", "metadata"],
                to: dialect == .v2
                    ? ["description": text, "$ref": reference(metadata)]
                    : ["description": text, "allOf": [["$ref": reference(metadata)]]])
        }
        tree["x-kubernetes-group-version-kind"] = Self.groupVersionKinds(resource.groupVersionKind)
        definitions[name] = tree
        let listKind = GroupVersionKind(
            group: resource.group, version: resource.version, kind: resource.listKind)
        definitions[Self.definitionName(listKind)] = list(of: name, kind: resource.kind, listKind)
    }

    /// A v3 schema without what v2 cannot say; a node that accepts several types says none.
    private static func downgraded(_ schema: JSON) -> JSON {
        guard case .object(let members) = schema else { return schema }
        var result = JSONObject()
        for (key, value) in members {
            switch key {
            case "anyOf", "oneOf", "allOf", "not", "nullable", "default": continue
            case "properties": result[key] = .object((value.object ?? JSONObject()).mapValues(downgraded))
            case "items", "additionalProperties": result[key] = downgraded(value)
            default: result[key] = value
            }
        }
        // kubectl refuses unknown members of typed objects; these nodes take any.
        if members["x-kubernetes-preserve-unknown-fields"] == true || members["nullable"] == true {
            for key in ["type", "properties", "items", "additionalProperties"] where members["nullable"] == true {
                result[key] = nil
            }
            if members["x-kubernetes-preserve-unknown-fields"] == true { result["properties"] = nil }
        }
        return .object(result)
    }
}

/// The kinds that subresources take and give.
enum SubresourceKind {
    /// The kind of a subresource's body; nil when it is the resource's own.
    static func kind(_ subresource: String, of resource: ResourceDefinition) -> GroupVersionKind? {
        switch subresource {
        case "scale": GroupVersionKind(group: "autoscaling", version: "v1", kind: "Scale")
        case "eviction": GroupVersionKind(group: "policy", version: "v1", kind: "Eviction")
        case "binding": GroupVersionKind(group: "", version: "v1", kind: "Binding")
        case "token": GroupVersionKind(group: "authentication.k8s.io", version: "v1", kind: "TokenRequest")
        default: nil
        }
    }
}
