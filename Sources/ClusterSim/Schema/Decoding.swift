// Built-in kinds as the server's Go types would take them: type errors, and what a round trip
// through those types leaves.

import JSONTree
import KubeModel

extension SchemaOperations {
    /// For built-in kinds: the decoding error the server gives for a value of a wrong type, such as
    /// `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`.
    ///
    /// - Returns: The first error in document order, as Go's decoder keeps it; nil when it decodes.
    static func decodingError(
        _ value: JSON, _ schema: TypeSchema, kind: String, version: String
    ) -> String? {
        var decoder = GoDecoding()
        decoder.visit(value, schema)
        return decoder.error
    }

    /// What is left of a built-in kind's object after Go has decoded and encoded it: nulls and
    /// empty optional values go, values that Go always writes come.
    static func normalize(_ value: inout JSON, _ schema: TypeSchema) {
        guard schema.shape.isBuiltin else { return }
        value = GoRoundTrip.value(value, schema)
    }
}

extension SchemaOperations {
    /// What is left of a built-in kind's object once it has been stored: as `normalize`, and an empty
    /// list that is always written is none, because the storage format does not tell them apart.
    static func normalizeForStorage(_ value: inout JSON, _ schema: TypeSchema) {
        guard schema.shape.isBuiltin else { return }
        normalize(&value, schema)
        for field in schema.shape.fields where field.isAlwaysWritten && field.schema.form == .array {
            if value[field.name].array?.isEmpty ?? false { value[field.name] = .null }
        }
    }
}

/// Finds the first value that Go's decoder would refuse.
private struct GoDecoding {
    var error: String?
    private var structName = ""
    private var path: [String] = []

    mutating func visit(_ value: JSON, _ schema: TypeSchema) {
        if error != nil || value.isNull { return }
        switch schema.form {
        case .any: return
        case .object: visitObject(value, schema)
        case .array:
            guard case .array(let elements) = value else { return mismatch(value, schema) }
            let items = schema.items
            for element in elements { visit(element, items) }
        case .string: if value.string == nil { mismatch(value, schema) }
        case .boolean: if value.bool == nil { mismatch(value, schema) }
        case .integer: visitInteger(value, schema)
        case .number: if value.double == nil { mismatch(value, schema) }
        case .intOrString: visitIntOrString(value)
        case .quantity: visitQuantity(value)
        case .time: visitTime(value, schema)
        case .bytes: visitBytes(value)
        }
    }

    private mutating func visitObject(_ value: JSON, _ schema: TypeSchema) {
        guard case .object(let members) = value else { return mismatch(value, schema) }
        let outer = structName
        if !schema.shape.definitionName.isEmpty { structName = schema.goName }
        for (key, member) in members {
            if let field = schema.field(key) {
                path.append(key)
                visit(member, field.schema)
                path.removeLast()
            } else if let values = schema.shape.additional?.target {
                visit(member, values)
            }
            if error != nil { return }
        }
        structName = outer
    }

    private mutating func visitInteger(_ value: JSON, _ schema: TypeSchema) {
        guard case .int(let number) = value else {
            if case .number(let number) = value {
                return report("number \(number.literal)", GoTypeName.of(schema))
            }
            return mismatch(value, schema)
        }
        if schema.shape.format == "int32", Int32(exactly: number) == nil {
            report("number \(number)", GoTypeName.of(schema))
        }
    }

    private mutating func visitIntOrString(_ value: JSON) {
        switch value {
        case .string: return
        case .int(let number):
            if Int32(exactly: number) == nil {
                error = "json: cannot unmarshal number \(number) into Go value of type int32"
            }
        case .number(let number):
            error = "json: cannot unmarshal number \(number.literal) into Go value of type int32"
        default: error = "json: cannot unmarshal \(GoTypeName.ofValue(value)) into Go value of type int32"
        }
    }

    private mutating func visitQuantity(_ value: JSON) {
        let text: String
        switch value {
        case .string(let string): text = string
        case .int(let number): text = String(number)
        case .number(let number): text = number.literal
        default: text = ""
        }
        if !QuantityText.isValid(text) {
            error = "quantities must match the regular expression "
                + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        }
    }

    private mutating func visitTime(_ value: JSON, _ schema: TypeSchema) {
        guard case .string(let text) = value else {
            error = "json: cannot unmarshal \(GoTypeName.ofValue(value)) into Go value of type string"
            return
        }
        let isMicro = schema.goName == "MicroTime"
        let layout = isMicro ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00"
        if Timestamp(text) == nil {
            error = "parsing time \"\(text)\" as \"\(layout)\": cannot parse \"\(text)\" as \"2006\""
        } else if isMicro {
            // MicroTime's layout wants six digits of fraction, not one more or less.
            let rest = text.dropFirst("2006-01-02T15:04:05".count)
            let digits = rest.dropFirst().prefix { $0.isNumber }
            guard !rest.hasPrefix(".") || digits.count != 6 else { return }
            error = "parsing time \"\(text)\" as \"\(layout)\": cannot parse \"\(rest)\" as \".000000\""
        }
    }

    private mutating func visitBytes(_ value: JSON) {
        guard case .string(let text) = value else { return report(GoTypeName.ofValue(value), "[]uint8") }
        if let position = Base64Text.illegalPosition(text) {
            error = "illegal base64 data at input byte \(position)"
        }
    }

    private mutating func mismatch(_ value: JSON, _ schema: TypeSchema) {
        report(GoTypeName.ofValue(value), GoTypeName.of(schema))
    }

    private mutating func report(_ found: String, _ expected: String) {
        let place = path.isEmpty ? "Go value" : "Go struct field \(structName).\(path.joined(separator: "."))"
        error = "json: cannot unmarshal \(found) into \(place) of type \(expected)"
    }
}

/// Names of Go types, for messages.
private enum GoTypeName {
    static func of(_ schema: TypeSchema) -> String {
        switch schema.form {
        case .string: return "string"
        case .boolean: return "bool"
        case .integer: return schema.shape.format.isEmpty ? "int" : schema.shape.format
        case .number: return "float64"
        case .bytes: return "[]uint8"
        case .array: return "[]" + of(schema.items)
        case .object where schema.isMap:
            return "map[string]" + (schema.shape.additional.map { of($0.target) } ?? "interface {}")
        default:
            // `io.k8s.api.core.v1.Container` is `v1.Container`.
            return schema.shape.definitionName.split(separator: ".").suffix(2).joined(separator: ".")
        }
    }

    static func ofValue(_ value: JSON) -> String {
        switch value {
        case .bool: "bool"
        case .int, .number: "number"
        default: value.typeName
        }
    }
}

/// What Go's types keep of a value.
private enum GoRoundTrip {
    static func value(_ value: JSON, _ schema: TypeSchema) -> JSON {
        switch (schema.form, value) {
        case (.object, .object(let members)):
            return schema.shape.fields.isEmpty && schema.shape.additional != nil
                ? map(members, schema) : structure(members, schema)
        case (.object, .null): return .object([:])
        case (.array, .array(let elements)):
            let items = schema.items
            return .array(elements.map { $0.isNull ? zero(items) : self.value($0, items) })
        case (.quantity, _): return QuantityText.canonical(value)
        default: return value
        }
    }

    private static func map(_ members: JSONObject, _ schema: TypeSchema) -> JSON {
        guard let values = schema.shape.additional?.target else { return .object(members) }
        return .object(members.mapValues { $0.isNull ? zero(values) : value($0, values) })
    }

    private static func structure(_ members: JSONObject, _ schema: TypeSchema) -> JSON {
        var result = JSONObject()
        for (key, member) in members {
            guard let field = schema.field(key) else {
                if schema.keepsUnknown { result[key] = member }
                continue
            }
            if let kept = kept(member, field) { result[key] = kept }
        }
        for field in schema.shape.fields where result[field.name] == nil {
            if let filled = always(field) { result[field.name] = filled }
        }
        return .object(result)
    }

    /// The field's value after the round trip; nil when Go omits it.
    private static func kept(_ member: JSON, _ field: TypeSchema.Field) -> JSON? {
        if member.isNull { return nil }
        let schema = field.schema
        let value = value(member, schema)
        // The storage format does not tell an empty list from none.
        if field.isRequired, schema.form == .array, value.elements.isEmpty { return .some(.null) }
        if field.isAlwaysWritten || field.isPointer { return value }
        let isOmitted: Bool =
            switch value {
            case "", 0, false: schema.form != .intOrString && schema.form != .quantity
            case .array(let elements): elements.isEmpty && schema.form == .array
            case .object(let members): members.isEmpty && schema.isMap
            default: false
            }
        return isOmitted ? .none : .some(value)
    }

    /// What Go writes for a field that is not set; nil when it omits it.
    private static func always(_ field: TypeSchema.Field) -> JSON? {
        if field.isPointer { return field.isAlwaysWritten && !field.isRequired ? .some(.null) : .none }
        let schema = field.schema
        switch schema.form {
        case .object where !schema.shape.fields.isEmpty:
            return value(.object([:]), schema)
        case .object, .array: return field.isAlwaysWritten ? .some(.null) : .none
        // metav1.ObjectMeta's creationTimestamp alone is `omitzero`.
        case .time: return field.name == "creationTimestamp" ? .none : .some(.null)
        case .any, .intOrString, .quantity: return nil
        default: return field.isAlwaysWritten ? .some(zero(schema)) : .none
        }
    }

    private static func zero(_ schema: TypeSchema) -> JSON {
        switch schema.form {
        case .string, .bytes: ""
        case .integer, .number, .intOrString: 0
        case .boolean: false
        case .quantity: "0"
        case .object where !schema.shape.fields.isEmpty: value(.object([:]), schema)
        default: .null
        }
    }
}

/// The text forms of quantities.
enum QuantityText {
    /// Whether the text is a quantity: a signed decimal with an optional suffix or exponent.
    static func isValid(_ text: String) -> Bool { Quantity(text) != nil }

    /// The canonical form, as the server writes it; the value itself when it is no quantity.
    static func canonical(_ value: JSON) -> JSON {
        switch value {
        case .string(let text): Quantity(text).map { .string($0.canonicalText) } ?? value
        case .int(let number): .string(Quantity(String(number))?.canonicalText ?? String(number))
        case .number(let number): Quantity(number.literal).map { .string($0.canonicalText) } ?? value
        default: value
        }
    }
}

/// Standard base64 with padding.
enum Base64Text {
    /// The offset of the first byte that Go's decoder refuses; nil when the text is fine.
    static func illegalPosition(_ text: String) -> Int? {
        let bytes = Array(text.utf8).filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        for (position, byte) in bytes.enumerated() {
            if isDigit(byte) { continue }
            let isPadding = byte == UInt8(ascii: "=") && bytes.count % 4 == 0
                && (position == bytes.count - 1
                    || position == bytes.count - 2 && bytes[bytes.count - 1] == UInt8(ascii: "="))
            if !isPadding { return position }
        }
        return bytes.count % 4 == 0 ? nil : bytes.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
