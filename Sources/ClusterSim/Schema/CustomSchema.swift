// Types of custom resources, from the OpenAPI v3 schemas of their definitions.

import JSONTree
import KubeModel

extension TypeSchema {
    /// The schema of a custom resource's version: the definition's `openAPIV3Schema` with the type's
    /// fields that every object has.
    ///
    /// - Parameter separatesStatus: whether the version has the status subresource.
    convenience init(customResource schema: JSON, kind: GroupVersionKind, separatesStatus: Bool) {
        var shape = TypeSchema.shape(schema, isRoot: true)
        shape.kind = kind
        shape.hasList = true
        shape.separatesStatus = separatesStatus
        self.init(shape)
    }

    /// A node of a structural schema, or of a logical junctor below one.
    convenience init(structural schema: JSON) { self.init(TypeSchema.shape(schema, isRoot: false)) }

    private static func shape(_ schema: JSON, isRoot: Bool) -> Shape {
        var shape = Shape()
        shape.source = schema
        shape.typeName = schema["type"].string ?? ""
        shape.format = schema["format"].string ?? ""
        shape.description = schema["description"].string ?? ""
        shape.isNullable = schema["nullable"].bool ?? false
        shape.preservesUnknownFields = schema["x-kubernetes-preserve-unknown-fields"].bool ?? false
        shape.isEmbeddedResource = schema["x-kubernetes-embedded-resource"].bool ?? false
        shape.isAtomicMap = schema["x-kubernetes-map-type"] == "atomic"
        shape.listType = schema["x-kubernetes-list-type"].string.flatMap(ListType.init) ?? .atomic
        shape.listMapKeys = schema["x-kubernetes-list-map-keys"].elements.compactMap(\.string)
        shape.form = form(schema)
        if case .object(let members) = schema { shape.defaultValue = members["default"] }
        shape.constraints = SchemaConstraints(schema)
        if !schema["items"].isNull { shape.items = .node(TypeSchema(structural: schema["items"])) }
        switch schema["additionalProperties"] {
        case .object: shape.additional = .node(TypeSchema(structural: schema["additionalProperties"]))
        case .bool(true): shape.additional = .node(.any)
        default: break
        }
        addFields(schema, isRoot: isRoot, to: &shape)
        return shape
    }

    private static func addFields(_ schema: JSON, isRoot: Bool, to shape: inout Shape) {
        let hasType = isRoot || shape.isEmbeddedResource
        for (name, property) in schema["properties"].object ?? JSONObject() {
            // Metadata is ours whatever the definition says of it.
            if hasType, name == "metadata" { continue }
            shape.fields.append(
                Field(
                    name: name, link: .node(TypeSchema(structural: property)),
                    isRequired: shape.constraints.required.contains(name)))
        }
        guard hasType else { return }
        for name in ["apiVersion", "kind"] where !shape.fields.contains(where: { $0.name == name }) {
            shape.fields.append(Field(name: name, link: .node(.text)))
        }
        shape.fields.append(Field(name: "metadata", link: BuiltinSchemas.link("meta.v1.ObjectMeta")))
    }

    private static func form(_ schema: JSON) -> Form {
        if schema["x-kubernetes-int-or-string"] == true { return .intOrString }
        return switch schema["type"].string {
        case "object": .object
        case "array": .array
        case "string": .string
        case "integer": .integer
        case "number": .number
        case "boolean": .boolean
        default: .any
        }
    }
}

extension SchemaConstraints {
    /// Reads what a schema demands.
    init(_ schema: JSON) {
        func count(_ name: String) -> Int? { schema[name].int.map(Int.init) }
        func bound(_ name: String) -> JSON? { schema[name].double == nil ? JSON?.none : schema[name] }
        func nodes(_ name: String) -> [TypeSchema] { schema[name].elements.map { TypeSchema(structural: $0) } }
        if let values = schema["enum"].array, !values.isEmpty { enumeration = values }
        pattern = schema["pattern"].string
        minimum = bound("minimum")
        maximum = bound("maximum")
        isExclusiveMinimum = schema["exclusiveMinimum"].bool ?? false
        isExclusiveMaximum = schema["exclusiveMaximum"].bool ?? false
        multipleOf = bound("multipleOf")
        lengthMin = count("minLength")
        lengthMax = count("maxLength")
        itemsMin = count("minItems")
        itemsMax = count("maxItems")
        propertiesMin = count("minProperties")
        propertiesMax = count("maxProperties")
        itemsAreUnique = schema["uniqueItems"].bool ?? false
        allOf = nodes("allOf")
        anyOf = nodes("anyOf")
        oneOf = nodes("oneOf")
        if !schema["not"].isNull { not = TypeSchema(structural: schema["not"]) }
        required = schema["required"].elements.compactMap(\.string)
        forbidsAdditional = schema["additionalProperties"] == false
        rules = schema["x-kubernetes-validations"].elements.map(ValidationRule.init)
    }
}

extension ValidationRule {
    /// Reads an entry of `x-kubernetes-validations`.
    init(_ tree: JSON) {
        self.init(
            rule: tree["rule"].string ?? "", message: tree["message"].string,
            messageExpression: tree["messageExpression"].string, reason: tree["reason"].string,
            fieldPath: tree["fieldPath"].string, optionalOldSelf: tree["optionalOldSelf"].bool ?? false)
    }
}
