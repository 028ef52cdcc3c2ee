// The schemas of the built-in kinds, read from a compact table.
//
// The table's notation, a line a definition or field, continued on lines that are indented:
//
//     @ apps.v1.Deployment kind=apps/v1 list: description      a type; kind=: it is a kind
//     name! string: description                                 a field; `!`: required
//     replicas? int32                                           `?`: a Go pointer, zero is kept
//     serviceName& string                                       `&`: written even when empty
//     ports [ContainerPort] map=containerPort,protocol merge=containerPort
//     labels {string}                                           a map
//     selector meta.v1.LabelSelector atomic
//
// A name without dots is a type of the same group, or one of the shared scalars. After the type:
// `atomic`, `set`, `map=KEYS` (list and map types), `merge`, `merge=KEY`, `retainKeys`, `replace`
// (strategic merge patch), `unions=JSON` (of a type, for documents), `enum=A|B`, `items=A|B` (an array's elements), `default=JSON`. Kinds have apiVersion and kind besides.

import JSONTree
import KubeModel

/// The types that the server knows without a CustomResourceDefinition.
enum BuiltinSchemas {
    /// Every type, in the table's order; links between types are positions in it.
    static var types: [TypeSchema] { catalog.types }

    /// The schema of a built-in kind, or nil.
    static func schema(of kind: GroupVersionKind) -> TypeSchema? {
        catalog.kinds[kind].map { catalog.types[$0] }
    }

    /// The type with that short name, such as `meta.v1.ObjectMeta`.
    static func type(_ name: String) -> TypeSchema? { catalog.positions[name].map { catalog.types[$0] } }

    /// A link to the type with that short name; to anything when there is none.
    static func link(_ name: String) -> TypeSchema.Link {
        catalog.positions[name].map { .builtin($0) } ?? .node(.any)
    }

    private static let catalog = Catalog(tables: [
        metaTable, core1Table, core2Table, core3Table, core4Table, workloads1Table, workloads2Table,
        networkingTable, accessTable, extensionTable, storageTable, nodesTable,
    ])

    /// The parsed table.
    private struct Catalog: Sendable {
        var types: [TypeSchema] = []
        var positions: [String: Int] = [:]
        var kinds: [GroupVersionKind: Int] = [:]

        init(tables: [String]) {
            var definitions: [[Substring]] = []
            for table in tables {
                for line in table.split(separator: "\n") {
                    if line.utf8.first == UInt8(ascii: "@") {
                        definitions.append([line])
                    } else if line.utf8.first == UInt8(ascii: " "), !definitions.isEmpty {
                        let last = definitions[definitions.count - 1].count - 1
                        definitions[definitions.count - 1][last] += " " + line.drop { $0 == " " }
                    } else if !definitions.isEmpty {
                        definitions[definitions.count - 1].append(line)
                    }
                }
            }
            for (position, lines) in definitions.enumerated() {
                let words = lines[0].split(separator: " ", maxSplits: 2)
                positions[String(words[1].last == ":" ? words[1].dropLast() : words[1])] = position
            }
            types.reserveCapacity(definitions.count)
            for (position, lines) in definitions.enumerated() {
                var reader = TableReader(positions: positions)
                let type = reader.type(lines)
                types.append(type)
                if let kind = type.shape.kind { kinds[kind] = position }
            }
        }
    }
}

/// Reads the table's lines.
private struct TableReader {
    let positions: [String: Int]
    private var package = ""

    init(positions: [String: Int]) { self.positions = positions }

    /// A line's words before the description, and the description.
    private func parts(_ line: Substring) -> ([Substring], String) {
        guard let colon = Self.descriptionStart(line) else {
            return (line.split(separator: " "), "")
        }
        let words = line[..<colon].split(separator: " ")
        return (words, String(line[line.index(after: colon)...].drop { $0 == " " }))
    }

    /// The first colon that a blank or the end follows.
    private static func descriptionStart(_ line: Substring) -> Substring.Index? {
        let bytes = line.utf8
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let next = bytes.index(after: index)
            if bytes[index] == UInt8(ascii: ":"), next == bytes.endIndex || bytes[next] == UInt8(ascii: " ") {
                return index
            }
            index = next
        }
        return nil
    }

    /// Reads one definition.
    mutating func type(_ lines: [Substring]) -> TypeSchema {
        let (words, description) = parts(lines[0])
        let name = String(words[1])
        let dot = name.lastIndex(of: ".")
        package = dot.map { String(name[..<$0]) } ?? ""
        var shape = TypeSchema.Shape(form: .object)
        shape.isBuiltin = true
        shape.definitionName = Self.definitionName(name)
        shape.description = description
        for word in words.dropFirst(2) {
            if word == "atomic" {
                shape.isAtomicMap = true
            } else if word == "list" {
                shape.hasList = true
            } else if word.hasPrefix("type=") {
                Self.setForm(word.dropFirst(5), &shape)
            } else if word.hasPrefix("unions=") {
                shape.unions = (try? JSON.parse(String(word.dropFirst(7)))) ?? .null
            } else if word.hasPrefix("kind=") {
                let short = dot.map { name[name.index(after: $0)...] } ?? name[...]
                shape.kind = GroupVersionKind(apiVersion: String(word.dropFirst(5)), kind: String(short))
            }
        }
        if shape.kind != nil { shape.fields = Self.typeFields }
        for line in lines.dropFirst() { shape.fields.append(field(line)) }
        shape.separatesStatus = shape.kind != nil && shape.fields.contains { $0.name == "status" }
        return TypeSchema(shape)
    }

    private static let typeFields: [TypeSchema.Field] = [
        TypeSchema.Field(
            name: "apiVersion", link: .node(scalar("string")),
            description: "APIVersion defines the versioned schema of this representation of an object."),
        TypeSchema.Field(
            name: "kind", link: .node(scalar("string")),
            description: "Kind is a string value representing the REST resource this object represents."),
    ]

    /// Reads one field.
    private func field(_ line: Substring) -> TypeSchema.Field {
        let (words, description) = parts(line)
        var name = words[0]
        let isPointer = name.last == "?"
        if isPointer { name = name.dropLast() }
        let isAlwaysWritten = name.last == "&"
        if isAlwaysWritten { name = name.dropLast() }
        let isRequired = name.last == "!"
        if isRequired { name = name.dropLast() }
        var patch = TypeSchema.Patch()
        var isAtomic = false
        for word in words.dropFirst(2) {
            switch word {
            case "merge": patch.merges = true
            case "retainKeys": patch.retainsKeys = true
            case "replace": patch.replaces = true
            case "atomic": isAtomic = true
            default:
                if word.hasPrefix("merge=") {
                    patch.merges = true
                    patch.mergeKey = String(word.dropFirst(6))
                }
            }
        }
        return TypeSchema.Field(
            name: String(name), link: link(words.count > 1 ? words[1] : "any", words.dropFirst(2)),
            isRequired: isRequired, isPointer: isPointer, isAlwaysWritten: isRequired || isAlwaysWritten,
            isAtomic: isAtomic, patch: patch,
            description: description)
    }

    /// The node that a type's notation names.
    private func link(_ text: Substring, _ words: ArraySlice<Substring>) -> TypeSchema.Link {
        var shape = TypeSchema.Shape()
        shape.isBuiltin = true
        if text.first == "[" {
            shape.form = .array
            shape.items = link(text.dropFirst().dropLast(), [])
        } else if text.first == "{" {
            shape.form = .object
            shape.additional = link(text.dropFirst().dropLast(), [])
        } else {
            let name = String(text)
            if let position = positions["\(package).\(name)"] ?? positions[name] { return .builtin(position) }
            Self.setForm(text, &shape)
        }
        for word in words { Self.setAttribute(word, &shape) }
        if words.isEmpty, shape.form.isScalar { return .node(Self.scalar(text)) }
        return .node(TypeSchema(shape))
    }

    private static func setAttribute(_ word: Substring, _ shape: inout TypeSchema.Shape) {
        if word == "atomic" {
            shape.isAtomicMap = true
        } else if word == "set" {
            shape.listType = .set
        } else if word.hasPrefix("map=") {
            shape.listType = .map
            shape.listMapKeys = word.dropFirst(4).split(separator: ",").map(String.init)
        } else if word.hasPrefix("enum=") {
            shape.constraints.enumeration = word.dropFirst(5)
                .split(separator: "|", omittingEmptySubsequences: false).map { .string(String($0)) }
        } else if word.hasPrefix("items=") {
            var items = TypeSchema.Shape(form: .string)
            items.isBuiltin = true
            setAttribute("enum=" + word.dropFirst(6), &items)
            shape.items = .node(TypeSchema(items))
        } else if word.hasPrefix("default=") {
            shape.defaultValue = try? JSON.parse(String(word.dropFirst(8)))
        }
    }

    private static func setForm(_ text: Substring, _ shape: inout TypeSchema.Shape) {
        switch text {
        case "string", "boolean", "integer", "number":
            shape.form = TypeSchema.Form(rawValue: String(text)) ?? .any
        case "int32", "int64":
            shape.form = .integer
            shape.format = String(text)
        case "double", "float":
            shape.form = .number
            shape.format = String(text)
        case "bytes", "time", "intOrString", "quantity":
            shape.form = TypeSchema.Form(rawValue: String(text)) ?? .any
            shape.format = text == "time" ? "date-time" : text == "bytes" ? "byte" : ""
        default:
            shape.form = .any
            shape.preservesUnknownFields = true
        }
    }

    /// Scalars without attributes are shared.
    private static func scalar(_ text: Substring) -> TypeSchema { scalars[text] ?? .any }
    private static let scalars: [Substring: TypeSchema] = {
        var result: [Substring: TypeSchema] = [:]
        let names: [Substring] = [
            "string", "boolean", "integer", "number", "int32", "int64", "double", "bytes", "time",
        ]
        for name in names {
            var shape = TypeSchema.Shape()
            shape.isBuiltin = true
            setForm(name, &shape)
            result[name] = TypeSchema(shape)
        }
        return result
    }()

    /// The name in OpenAPI documents, of the table's short one.
    private static func definitionName(_ short: String) -> String {
        switch short {
        case "IntOrString": "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
        case "Quantity": "io.k8s.apimachinery.pkg.api.resource.Quantity"
        case "RawExtension": "io.k8s.apimachinery.pkg.runtime.RawExtension"
        default:
            if short.hasPrefix("meta.") {
                "io.k8s.apimachinery.pkg.apis." + short
            } else if short.hasPrefix("apiextensions.") {
                "io.k8s.apiextensions-apiserver.pkg.apis." + short
            } else if short.hasPrefix("apiregistration.") {
                "io.k8s.kube-aggregator.pkg.apis." + short
            } else {
                "io.k8s.api." + short
            }
        }
    }
}
