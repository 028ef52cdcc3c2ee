// Which OpenAPI v3 schemas a CustomResourceDefinition may have: structural ones.

import JSONTree
import KubeModel

/// Checks one version's schema. The definition of "structural" is in kubernetes.io's "Extend the
/// Kubernetes API with CustomResourceDefinitions", Specifying a structural schema.
struct SchemaDefinitionValidation {
    private var errors: [FieldError] = []
    /// Whether a part like `$ref` was met.
    private var hasUnsupported = false
    /// Nested deeper than this a schema is refused before anything recurses over it.
    private static let depthMax = 100

    static func validate(_ root: JSON, _ path: String) -> [FieldError] {
        var validation = SchemaDefinitionValidation()
        validation.checkRoot(root, path)
        validation.visit(root, path, isRoot: true, depth: 0)
        // A schema with unsupported parts has no structure to speak of.
        if !validation.hasUnsupported { validation.checkStructure(root, path, place: .root, depth: 0) }
        guard validation.errors.isEmpty else { return validation.errors }
        return RuleDefinitionValidation.validate(root, path)
    }

    private mutating func checkRoot(_ root: JSON, _ path: String) {
        if root["nullable"] == true {
            errors.append(.forbidden("\(path).nullable", "nullable cannot be true at the root"))
        }
    }

    /// The schemas directly below a node.
    static func children(_ schema: JSON, _ path: String) -> [(schema: JSON, path: String)] {
        var result: [(JSON, String)] = []
        for (name, property) in schema["properties"].object ?? JSONObject() {
            result.append((property, "\(path).properties[\(name)]"))
        }
        if schema["additionalProperties"].object != nil {
            result.append((schema["additionalProperties"], "\(path).additionalProperties"))
        }
        if schema["items"].object != nil { result.append((schema["items"], "\(path).items")) }
        return result
    }

    /// The schemas in a node's logical junctors.
    private static func junctors(_ schema: JSON, _ path: String) -> [(schema: JSON, path: String)] {
        var result: [(JSON, String)] = []
        for name in ["allOf", "anyOf", "oneOf"] {
            for (index, part) in schema[name].elements.enumerated() {
                result.append((part, "\(path).\(name)[\(index)]"))
            }
        }
        if !schema["not"].isNull { result.append((schema["not"], "\(path).not")) }
        return result
    }

    // MARK: What is not supported at all

    private static let types = ["array", "boolean", "integer", "number", "object", "string"]

    private mutating func visit(_ schema: JSON, _ path: String, isRoot: Bool, depth: Int) {
        guard depth < Self.depthMax else {
            errors.append(.forbidden(path, "schema nests too deeply"))
            return
        }
        checkUnsupported(schema, path)
        checkType(schema, path)
        checkList(schema, path)
        checkMap(schema, path)
        if let pattern = schema["pattern"].string {
            do throws(RegularExpression.SyntaxError) { _ = try RegularExpression(pattern) } catch {
                errors.append(
                    .invalid(
                        "\(path).pattern", .string(pattern),
                        "must be a valid regular expression, but isn't: error parsing regexp: \(error.message)"))
            }
        }
        if case .object(let members) = schema, let value = members["default"] { checkDefault(value, schema, path) }
        for (child, childPath) in Self.children(schema, path) + Self.junctors(schema, path) {
            visit(child, childPath, isRoot: false, depth: depth + 1)
        }
    }

    private mutating func checkUnsupported(_ schema: JSON, _ path: String) {
        if schema["uniqueItems"] == true {
            errors.append(
                .forbidden(
                    "\(path).uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
        }
        if schema["additionalProperties"] == false {
            errors.append(.forbidden("\(path).additionalProperties", "additionalProperties cannot be set to false"))
        } else if !schema["additionalProperties"].isNull, !(schema["properties"].object?.isEmpty ?? true) {
            errors.append(
                .forbidden(
                    "\(path).additionalProperties", "additionalProperties and properties are mutual exclusive"))
        }
        for (field, text) in [
            ("$ref", "$ref is not supported"), ("definitions", "definitions is not supported"),
            ("dependencies", "dependencies is not supported"), ("id", "id is not supported"),
            ("patternProperties", "patternProperties is not supported"),
            ("additionalItems", "additionalItems is not supported"),
        ] {
            let value = schema[field]
            if value.isNull || value == "" || value.object?.isEmpty ?? false { continue }
            errors.append(.forbidden("\(path).\(field)", text))
            hasUnsupported = true
        }
        if schema["items"].array != nil {
            errors.append(.forbidden("\(path).items", "items must be a schema object and not an array"))
        }
    }

    private mutating func checkType(_ schema: JSON, _ path: String) {
        guard let type = schema["type"].string, !type.isEmpty else { return }
        if type == "null" {
            errors.append(
                .forbidden("\(path).type", "type cannot be set to null, use nullable as an alternative"))
        } else if !Self.types.contains(type) {
            errors.append(.notSupported("\(path).type", .string(type), Self.types))
        }
        if type == "array", schema["items"].isNull {
            errors.append(.required("\(path).items", "must be specified"))
        }
    }

    // MARK: Lists and maps

    private mutating func checkList(_ schema: JSON, _ path: String) {
        let type = schema["x-kubernetes-list-type"]
        let keysPath = "\(path).x-kubernetes-list-map-keys"
        let keys = schema["x-kubernetes-list-map-keys"].elements.compactMap(\.string)
        if type.isNull {
            if !keys.isEmpty {
                errors.append(.required("\(path).x-kubernetes-list-type", "must be map if x-kubernetes-list-map-keys is non-empty"))
            }
            return
        }
        if schema["type"] != "array" {
            errors.append(
                .invalid("\(path).type", schema["type"], "must be array if x-kubernetes-list-type is specified"))
        }
        guard let name = type.string, ["atomic", "set", "map"].contains(name) else {
            errors.append(.notSupported("\(path).x-kubernetes-list-type", type, ["atomic", "map", "set"]))
            return
        }
        if name != "map" {
            if !keys.isEmpty {
                errors.append(.required("\(path).x-kubernetes-list-type", "must be map if x-kubernetes-list-map-keys is non-empty"))
            }
            if name == "set" { checkSetItems(schema["items"], "\(path).items") }
            return
        }
        if keys.isEmpty {
            errors.append(.required(keysPath, "must not be empty if x-kubernetes-list-type is map"))
        }
        checkMapItems(schema["items"], keys, path)
    }

    private mutating func checkSetItems(_ items: JSON, _ path: String) {
        if items["nullable"] == true {
            errors.append(.forbidden("\(path).nullable", "cannot be nullable when x-kubernetes-list-type is set"))
        }
        switch items["type"].string {
        case "array" where items["x-kubernetes-list-type"] != "atomic" && !items["x-kubernetes-list-type"].isNull:
            errors.append(
                .invalid(
                    "\(path).x-kubernetes-list-type", items["x-kubernetes-list-type"],
                    "must be atomic as item of a list with x-kubernetes-list-type=set"))
        case "object" where items["x-kubernetes-map-type"] != "atomic":
            errors.append(
                .invalid(
                    "\(path).x-kubernetes-map-type", items["x-kubernetes-map-type"],
                    "must be atomic as item of a list with x-kubernetes-list-type=set"))
        default: return
        }
    }

    private mutating func checkMapItems(_ items: JSON, _ keys: [String], _ path: String) {
        if items.isNull {
            errors.append(.required("\(path).items", "must have a schema if x-kubernetes-list-type is map"))
            return
        }
        if items["type"] != "object" {
            errors.append(
                .invalid(
                    "\(path).items.type", items["type"],
                    "must be object if parent array's x-kubernetes-list-type is map"))
        }
        if Set(keys).count < keys.count {
            errors.append(
                .invalid(
                    "\(path).x-kubernetes-list-map-keys", JSON(keys), "must not contain duplicate entries"))
        }
        let required = items["required"].elements
        for (index, key) in keys.enumerated() {
            let property = items["properties"][key]
            let place = "\(path).items.properties[\(key)]"
            guard property.object != nil else {
                errors.append(
                    .invalid(
                        "\(path).x-kubernetes-list-map-keys[\(index)]", .string(key),
                        "entries must all be names of item properties"))
                continue
            }
            if property["type"] == "array" || property["type"] == "object" {
                errors.append(
                    .invalid(
                        "\(place).type", property["type"],
                        "must be a scalar type if parent array's x-kubernetes-list-type is map"))
            }
            if property["nullable"] == true {
                errors.append(
                    .forbidden(
                        "\(place).nullable",
                        "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"))
            }
            if property["default"].isNull, !required.contains(.string(key)) {
                errors.append(
                    .required(
                        "\(place).default",
                        "this property is in x-kubernetes-list-map-keys, so it must have a default or be a "
                            + "required property"))
            }
        }
    }

    private mutating func checkMap(_ schema: JSON, _ path: String) {
        guard let type = schema["x-kubernetes-map-type"].string else { return }
        if schema["type"] != "object" {
            errors.append(
                .invalid("\(path).type", schema["type"], "must be object if x-kubernetes-map-type is specified"))
        }
        if type != "granular" && type != "atomic" {
            errors.append(.notSupported("\(path).x-kubernetes-map-type", .string(type), ["atomic", "granular"]))
        }
    }

    private mutating func checkDefault(_ value: JSON, _ schema: JSON, _ path: String) {
        let type = TypeSchema(structural: schema)
        for error in SchemaOperations.validateDefault(value, type) {
            var error = error
            error.field = "\(path).default" + (error.field.isEmpty ? "" : ".\(error.field)")
            errors.append(error)
        }
        var pruned = value
        if !SchemaOperations.prune(&pruned, type).isEmpty {
            errors.append(.invalid("\(path).default", value, "must not have unknown fields"))
        }
    }

    // MARK: Structure

    private enum Place { case root, field, item, junctor }

    private mutating func checkStructure(_ schema: JSON, _ path: String, place: Place, depth: Int) {
        guard depth < Self.depthMax else { return }
        if place == .junctor {
            checkJunctor(schema, path)
        } else {
            checkNodeType(schema, path, place)
            checkEmbedded(schema, path)
        }
        if place == .root || schema["x-kubernetes-embedded-resource"] == true { checkMetadata(schema, path) }
        if schema["x-kubernetes-preserve-unknown-fields"] == false {
            errors.append(.invalid("\(path).x-kubernetes-preserve-unknown-fields", false, "must be true or undefined"))
        }
        for (child, childPath) in Self.children(schema, path) {
            let below: Place = place == .junctor ? .junctor : childPath.hasSuffix(".items") ? .item : .field
            checkStructure(child, childPath, place: below, depth: depth + 1)
        }
        for (child, childPath) in Self.junctors(schema, path) {
            // `anyOf: [{type: integer}, {type: string}]` is the one spelling of int-or-string.
            if schema["x-kubernetes-int-or-string"] == true, Self.isIntOrString(schema) { continue }
            checkStructure(child, childPath, place: .junctor, depth: depth + 1)
            if place != .junctor { checkMentioned(child, in: schema, path, by: childPath) }
        }
    }

    private static func isIntOrString(_ schema: JSON) -> Bool {
        let pair: JSON = [["type": "integer"], ["type": "string"]]
        return schema["anyOf"] == pair || schema["allOf"].elements.first?["anyOf"] == pair
    }

    private mutating func checkNodeType(_ schema: JSON, _ path: String, _ place: Place) {
        let type = schema["type"].string ?? ""
        let isIntOrString = schema["x-kubernetes-int-or-string"] == true
        if isIntOrString, !type.isEmpty {
            errors.append(
                .invalid("\(path).type", .string(type), "must be empty if x-kubernetes-int-or-string is true"))
        }
        if place == .root, !type.isEmpty, type != "object" {
            errors.append(.invalid("\(path).type", .string(type), "must be object at the root"))
        }
        guard type.isEmpty else { return }
        if place == .root {
            errors.append(.required("\(path).type", "must not be empty at the root"))
        } else if !isIntOrString, schema["x-kubernetes-preserve-unknown-fields"] != true {
            let what = place == .item ? "array items" : "object fields"
            errors.append(.required("\(path).type", "must not be empty for specified \(what)"))
        }
    }

    private mutating func checkEmbedded(_ schema: JSON, _ path: String) {
        guard schema["x-kubernetes-embedded-resource"] == true else { return }
        if schema["type"] != "object" {
            errors.append(
                .invalid(
                    "\(path).type", schema["type"], "must be object if x-kubernetes-embedded-resource is true"))
        }
        if schema["properties"].object?.isEmpty ?? true, schema["x-kubernetes-preserve-unknown-fields"] != true {
            errors.append(
                .required(
                    "\(path).properties",
                    "must not be empty if x-kubernetes-embedded-resource is true without "
                        + "x-kubernetes-preserve-unknown-fields"))
        }
    }

    private mutating func checkMetadata(_ schema: JSON, _ path: String) {
        let metadata = schema["properties"]["metadata"]
        guard metadata.object != nil else { return }
        let place = "\(path).properties[metadata]"
        let names = Set(metadata["properties"].object?.keys ?? [])
        let others = Set(metadata.object?.keys ?? []).subtracting(["type", "properties", "description"])
        if !names.isSubset(of: ["name", "generateName"]) || !others.isEmpty {
            errors.append(
                .forbidden(
                    place,
                    "must not specify anything other than name and generateName, but metadata is implicitly specified"))
        }
    }

    private mutating func checkJunctor(_ schema: JSON, _ path: String) {
        for field in ["type", "title", "description", "default", "x-kubernetes-list-type", "x-kubernetes-map-type"]
        where !schema[field].isNull && schema[field] != "" {
            let text = field == "default" ? "must be undefined to be structural" : "must be empty to be structural"
            errors.append(.forbidden("\(path).\(field)", text))
        }
        if !schema["additionalProperties"].isNull {
            errors.append(.forbidden("\(path).additionalProperties", "must be undefined to be structural"))
        }
        for field in [
            "nullable", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
            "x-kubernetes-int-or-string",
        ] where schema[field] == true {
            errors.append(.forbidden("\(path).\(field)", "must be false to be structural"))
        }
    }

    /// What a junctor says of a field needs the field to be declared outside it.
    private mutating func checkMentioned(_ part: JSON, in schema: JSON, _ path: String, by junctor: String) {
        for (name, property) in part["properties"].object ?? JSONObject() {
            let declared = schema["properties"][name]
            guard declared.object != nil else {
                errors.append(
                    .required("\(path).properties[\(name)]", "because it is defined in \(junctor).properties[\(name)]"))
                continue
            }
            checkMentioned(
                property, in: declared, "\(path).properties[\(name)]", by: "\(junctor).properties[\(name)]")
        }
    }
}
