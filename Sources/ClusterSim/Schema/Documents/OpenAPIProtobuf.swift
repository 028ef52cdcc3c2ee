// OpenAPI documents in protocol buffers, as older clients of the API ask for them.

import JSONTree

extension OpenAPI {
    /// A document's bytes in the messages `openapi.v2.Document` or `openapi.v3.Document` of the
    /// gnostic project: definitions, and of the paths what clients look up, operations and their
    /// query parameters. Responses and bodies are left out.
    static func protobuf(_ document: JSON, _ dialect: Dialect) -> [UInt8] {
        var message = ProtobufWriter()
        switch dialect {
        case .v2:
            message.text(1, document["swagger"])
            message.message(2) { info(document["info"], &$0) }
            message.message(8) { paths(document["paths"], 2, .v2, &$0) }
            message.message(9) { named(document["definitions"], 1, &$0) { schemaV2($0, &$1) } }
        case .v3:
            message.text(1, document["openapi"])
            message.message(2) { info in
                info.text(1, document["info"]["title"])
                info.text(6, document["info"]["version"])
            }
            message.message(4) { paths(document["paths"], 1, .v3, &$0) }
            message.message(5) { components in
                components.message(1) { named(document["components"]["schemas"], 1, &$0) { reference($0, &$1) } }
            }
        }
        return message.bytes
    }

    private static func info(_ info: JSON, _ message: inout ProtobufWriter) {
        message.text(1, info["title"])
        message.text(2, info["version"])
    }

    /// A map: repeated messages with a name and a value.
    private static func named(
        _ members: JSON, _ field: Int, _ message: inout ProtobufWriter,
        _ value: (JSON, inout ProtobufWriter) -> Void
    ) {
        for (name, member) in members.object ?? JSONObject() {
            message.message(field) { entry in
                entry.text(1, .string(name))
                entry.message(2) { value(member, &$0) }
            }
        }
    }

    /// `x-` members, whose values travel as YAML text.
    private static func extensions(_ tree: JSON, _ field: Int, _ message: inout ProtobufWriter) {
        for (name, member) in tree.object ?? JSONObject() where name.hasPrefix("x-") {
            message.message(field) { entry in
                entry.text(1, .string(name))
                entry.message(2) { any(member, &$0) }
            }
        }
    }

    private static func any(_ value: JSON, _ message: inout ProtobufWriter) {
        message.text(2, .string(value.text() + "\n"))
    }

    // MARK: Schemas

    private static func schemaV2(_ schema: JSON, _ message: inout ProtobufWriter) {
        message.text(1, schema["$ref"])
        message.text(2, schema["format"])
        message.text(4, schema["description"])
        message.text(13, schema["pattern"])
        for name in schema["required"].elements { message.text(19, name) }
        for value in schema["enum"].elements { message.message(20) { any(value, &$0) } }
        if schema["additionalProperties"].object != nil {
            message.message(21) { item in
                item.message(1) { schemaV2(schema["additionalProperties"], &$0) }
            }
        }
        if !schema["type"].isNull { message.message(22) { $0.text(1, schema["type"]) } }
        if !schema["items"].isNull {
            message.message(23) { item in item.message(1) { schemaV2(schema["items"], &$0) } }
        }
        for part in schema["allOf"].elements { message.message(24) { schemaV2(part, &$0) } }
        if !schema["properties"].isNull {
            message.message(25) { named(schema["properties"], 1, &$0) { schemaV2($0, &$1) } }
        }
        extensions(schema, 31, &message)
    }

    /// A v3 schema, or a reference to one.
    private static func reference(_ schema: JSON, _ message: inout ProtobufWriter) {
        if schema["$ref"].isNull {
            message.message(1) { schemaV3(schema, &$0) }
        } else {
            message.message(2) { $0.text(1, schema["$ref"]) }
        }
    }

    private static func schemaV3(_ schema: JSON, _ message: inout ProtobufWriter) {
        for name in schema["required"].elements { message.text(23, name) }
        for value in schema["enum"].elements { message.message(24) { any(value, &$0) } }
        message.text(25, schema["type"])
        for (field, name) in [(26, "allOf"), (27, "oneOf"), (28, "anyOf")] {
            for part in schema[name].elements { message.message(field) { reference(part, &$0) } }
        }
        if !schema["items"].isNull { message.message(30) { item in item.message(1) { reference(schema["items"], &$0) } } }
        if !schema["properties"].isNull {
            message.message(31) { named(schema["properties"], 1, &$0) { reference($0, &$1) } }
        }
        if schema["additionalProperties"].object != nil {
            message.message(32) { item in item.message(1) { reference(schema["additionalProperties"], &$0) } }
        }
        if let text = schema["default"].string { message.message(33) { $0.text(3, .string(text)) } }
        message.text(34, schema["description"])
        message.text(35, schema["format"])
        extensions(schema, 36, &message)
    }

    // MARK: Paths

    private static func paths(_ paths: JSON, _ field: Int, _ dialect: Dialect, _ message: inout ProtobufWriter) {
        let operations = dialect == .v2
            ? [("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8)]
            : [("get", 4), ("put", 5), ("post", 6), ("delete", 7), ("patch", 10)]
        named(paths, field, &message) { item, message in
            for (name, field) in operations where !item[name].isNull {
                message.message(field) { operation(item[name], dialect, &$0) }
            }
        }
    }

    private static func operation(_ operation: JSON, _ dialect: Dialect, _ message: inout ProtobufWriter) {
        for tag in operation["tags"].elements { message.text(1, tag) }
        message.text(3, operation["description"])
        message.text(5, operation["operationId"])
        for parameter in operation["parameters"].elements {
            message.message(dialect == .v2 ? 8 : 6) { item in
                if !parameter["$ref"].isNull {
                    item.message(2) { $0.text(1, parameter["$ref"]) }
                } else if dialect == .v2 {
                    item.message(1) { parameterV2(parameter, &$0) }
                } else {
                    item.message(1) { message in
                        message.text(1, parameter["name"])
                        message.text(2, parameter["in"])
                    }
                }
            }
        }
        extensions(operation, 13, &message)
    }

    private static func parameterV2(_ parameter: JSON, _ message: inout ProtobufWriter) {
        if parameter["in"] == "body" {
            message.message(1) { body in
                body.text(2, parameter["name"])
                body.text(3, "body")
            }
            return
        }
        message.message(2) { outer in
            outer.message(3) { query in
                query.text(2, parameter["in"])
                query.text(4, parameter["name"])
                query.text(6, parameter["type"])
            }
        }
    }
}

/// Writes the wire format of protocol buffers, as far as text and messages.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    private mutating func field(_ number: Int, _ content: some Collection<UInt8>) {
        // Wire type 2: length-delimited.
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// A text field; anything but a non-empty text is left out.
    mutating func text(_ number: Int, _ value: JSON) {
        if case .string(let text) = value, !text.isEmpty { field(number, text.utf8) }
    }

    /// A message field.
    mutating func message(_ number: Int, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        field(number, inner.bytes)
    }
}
