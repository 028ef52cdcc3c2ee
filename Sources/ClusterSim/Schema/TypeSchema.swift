// The shape of a type: what fields it has, how they merge, what is allowed.

import JSONTree
import KubeModel

/// A node of a structural schema, of a built-in kind or of a custom resource.
///
/// A class because types are shared and recursive: one pod template serves everybody who has one,
/// and a JSON schema contains JSON schemas. Nodes never change, so they are shared freely.
final class TypeSchema: Sendable {
    /// What JSON a node accepts.
    enum Form: String, Hashable, Sendable {
        case any, object, array, string, integer, number, boolean, intOrString
        /// A Kubernetes quantity: a string, or a number that becomes one.
        case quantity
        /// RFC 3339 with seconds or microseconds.
        case time
        /// Base64.
        case bytes

        /// Whether values of this form have no parts of their own.
        var isScalar: Bool {
            switch self {
            case .any, .object, .array: false
            case .string, .integer, .number, .boolean, .intOrString, .quantity, .time, .bytes: true
            }
        }
    }

    /// How lists merge (`x-kubernetes-list-type`).
    enum ListType: String, Hashable, Sendable { case atomic, set, map }

    /// A field's strategic merge patch directions.
    struct Patch: Hashable, Sendable {
        /// Elements are matched (`patchStrategy: merge`).
        var merges = false
        /// Fields that a patch does not name go (`retainKeys`).
        var retainsKeys = false
        /// The whole value is replaced.
        var replaces = false
        /// The field that identifies elements; nil for lists of scalars.
        var mergeKey: String?
    }

    /// Another node, directly or by its place in the table of built-in types.
    enum Link: Sendable {
        case node(TypeSchema)
        case builtin(Int)

        var target: TypeSchema {
            switch self {
            case .node(let node): node
            case .builtin(let index): BuiltinSchemas.types[index]
            }
        }
    }

    /// A named field of an object.
    struct Field: Sendable {
        var name: String
        var link: Link
        var isRequired = false
        /// A Go pointer: its zero value is kept, its absence is not filled.
        var isPointer = false
        /// Written even when it is empty: Go's field has no `omitempty`.
        var isAlwaysWritten = false
        /// The field's own `x-kubernetes-map-type: atomic`.
        var isAtomic = false
        var patch = Patch()
        var description = ""

        var schema: TypeSchema { link.target }
        /// Whether the value is owned and replaced as one.
        var ownsWhole: Bool { isAtomic || schema.isAtomic }
    }

    /// Everything a node says; built step by step, then frozen in a `TypeSchema`.
    struct Shape: Sendable {
        var form: Form = .any
        /// `type:` as written in a CRD; empty when it has none.
        var typeName = ""
        /// The definition's OpenAPI name; empty for anonymous nodes.
        var definitionName = ""
        /// The group, version and kind, where the type is a kind.
        var kind: GroupVersionKind?
        /// Whether the kind has a list kind.
        var hasList = false
        var description = ""
        var fields: [Field] = []
        /// The values of a map, or of members without a field of their own.
        var additional: Link?
        var items: Link?
        var listType: ListType = .atomic
        var listMapKeys: [String] = []
        /// `x-kubernetes-map-type: atomic`.
        var isAtomicMap = false
        var isNullable = false
        var preservesUnknownFields = false
        var isEmbeddedResource = false
        var format = ""
        var defaultValue: JSON?
        var constraints = SchemaConstraints()
        /// Whether it stands for a Go type of the server's: null and empty values are then dropped.
        var isBuiltin = false
        /// `x-kubernetes-unions`, for documents.
        var unions: JSON = .null
        /// Whether the status is written through an endpoint of its own.
        var separatesStatus = false
        /// The schema as the CustomResourceDefinition has it, for OpenAPI.
        var source: JSON = .null
    }

    let shape: Shape
    private let fieldIndex: [String: Int]
    /// Whether any value below can be defaulted: lets defaulting skip whole trees.
    let hasDefaults: Bool
    /// Whether an object is owned and replaced as one.
    let isAtomic: Bool
    /// Whether this node or one below has CEL rules.
    let hasRules: Bool

    init(_ shape: Shape) {
        self.shape = shape
        var index: [String: Int] = [:]
        index.reserveCapacity(shape.fields.count)
        for (position, field) in shape.fields.enumerated() { index[field.name] = position }
        fieldIndex = index
        func mayDefault(_ link: Link?) -> Bool {
            if case .node(let node)? = link { node.hasDefaults } else { false }
        }
        hasDefaults = shape.fields.contains { mayDefault($0.link) }
            || mayDefault(shape.additional) || mayDefault(shape.items) || shape.defaultValue != nil
        isAtomic = shape.form == .object && shape.isAtomicMap
        func mayRule(_ link: Link?) -> Bool {
            if case .node(let node)? = link { node.hasRules } else { false }
        }
        hasRules = !shape.constraints.rules.isEmpty || shape.fields.contains { mayRule($0.link) }
            || mayRule(shape.additional) || mayRule(shape.items)
    }

    /// Anything: kept as it is.
    static let any = TypeSchema(Shape(preservesUnknownFields: true))
    /// A plain string.
    static let text = TypeSchema(Shape(form: .string, typeName: "string"))

    var form: Form { shape.form }
    var items: TypeSchema { shape.items?.target ?? .any }

    /// The declared field of that name.
    func field(_ name: String) -> Field? { fieldIndex[name].map { shape.fields[$0] } }

    /// The schema of a member: a declared field's, else of the map's values, else nil.
    func member(_ name: String) -> TypeSchema? {
        if let position = fieldIndex[name] { return shape.fields[position].schema }
        return shape.additional?.target
    }

    /// Whether members that no field declares are kept.
    var keepsUnknown: Bool { shape.preservesUnknownFields || shape.form == .any }

    /// Whether objects are maps: no declared fields, values of one type.
    var isMap: Bool { shape.form == .object && shape.fields.isEmpty && shape.additional != nil }

    /// The last part of the definition's name: Go's struct name.
    var goName: String {
        guard let dot = shape.definitionName.lastIndex(of: ".") else { return shape.definitionName }
        return String(shape.definitionName[shape.definitionName.index(after: dot)...])
    }
}

/// What a node demands beyond its form; all of it comes from CustomResourceDefinitions.
struct SchemaConstraints: Sendable {
    /// The allowed values; nil when all are.
    var enumeration: [JSON]?
    var pattern: String?
    var minimum: JSON?
    var maximum: JSON?
    var isExclusiveMinimum = false
    var isExclusiveMaximum = false
    var multipleOf: JSON?
    var lengthMin: Int?
    var lengthMax: Int?
    var itemsMin: Int?
    var itemsMax: Int?
    var propertiesMin: Int?
    var propertiesMax: Int?
    var itemsAreUnique = false
    var allOf: [TypeSchema] = []
    var anyOf: [TypeSchema] = []
    var oneOf: [TypeSchema] = []
    var not: TypeSchema?
    /// Names in `required`, in its order, also of fields that are not declared.
    var required: [String] = []
    var rules: [ValidationRule] = []
    /// Whether `additionalProperties: false` refuses undeclared members.
    var forbidsAdditional = false
}

/// An entry of `x-kubernetes-validations`.
struct ValidationRule: Hashable, Sendable {
    var rule: String
    var message: String?
    var messageExpression: String?
    var reason: String?
    var fieldPath: String?
    var optionalOldSelf: Bool = false
}
