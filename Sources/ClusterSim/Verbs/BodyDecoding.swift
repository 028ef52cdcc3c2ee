// From a request's body to an object of the kind that the path names.

import HTTPModel
import JSONTree
import KubeModel

extension ClusterMachine {
    /// Reads the body of a create or update: kind and version checked, unknown fields taken away,
    /// wrong types refused, defaults filled in.
    mutating func decodedBody(_ call: APICall, _ options: WriteOptions) throws(StatusError) -> JSON {
        let definition = call.definition
        var duplicates: [String] = []
        var tree = try RequestBody.tree(call.request, kind: definition.kind, &duplicates)
        if definition.isCustom { try Self.checkHasKind(tree, call.request, definition) }
        try Self.checkKind(&tree, definition)
        try clean(&tree, definition, options, isPatch: false, duplicates: duplicates)
        return tree
    }

    /// Custom resources are decoded without a schema and have to say what they are.
    private static func checkHasKind(
        _ tree: JSON, _ request: HTTPRequest, _ definition: ResourceDefinition
    ) throws(StatusError) {
        for (member, name) in [("kind", "Kind"), ("apiVersion", "apiVersion")]
        where (tree[member].string ?? "").isEmpty {
            let text = String(decoding: request.body, as: UTF8.self)
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(definition.kind)): Object '\(name)' is "
                    + "missing in '\(text)' (\(RequestBody.shown(request.body)))")
        }
    }

    /// The outcome of a patch that is not an object of the kind.
    private static func invalidPatch(_ tree: JSON, _ why: String) -> StatusError {
        var shown = tree
        if let members = tree.object { shown = .object(members.sorted()) }
        return .invalid(GroupKind("", ""), "", [.invalid("patch", .string(shown.text()), why)])
    }

    /// Fills in a missing kind or apiVersion; refuses others than the resource's. What a patch made is
    /// refused as an invalid patch.
    static func checkKind(
        _ tree: inout JSON, _ definition: ResourceDefinition, isPatch: Bool = false
    ) throws(StatusError) {
        let kind = tree["kind"].string ?? ""
        let version = tree["apiVersion"].string ?? ""
        let expected = definition.groupVersionKind
        if kind.isEmpty { tree["kind"] = .string(expected.kind) }
        if version.isEmpty { tree["apiVersion"] = .string(expected.apiVersion) }
        let given = GroupVersionKind(
            apiVersion: version.isEmpty ? expected.apiVersion : version,
            kind: kind.isEmpty ? expected.kind : kind)
        guard given != expected else { return }
        if definition.isCustom {
            throw customKindError(given, definition, name: tree["metadata"]["name"].string ?? "")
        }
        let why: String
        if given.groupVersion == expected.groupVersion, BuiltinSchemas.schema(of: given) != nil {
            let package = given.group.isEmpty ? "core" : String(given.group.prefix { $0 != "." })
            why =
                "converting (\(given.version).\(given.kind)) to (\(package).\(expected.kind)): unknown conversion"
        } else {
            why =
                "no kind \"\(given.kind)\" is registered for version \"\(given.apiVersion)\" in scheme "
                + "\"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\""
        }
        if isPatch { throw decodingFailure(why, tree, definition, isPatch: true) }
        throw .badRequest(
            "\(given.kind) in version \"\(given.version)\" cannot be handled as a \(expected.kind): \(why)")
    }

    private static func customKindError(
        _ given: GroupVersionKind, _ definition: ResourceDefinition, name: String
    ) -> StatusError {
        let expected = definition.groupVersionKind
        if given.groupVersion != expected.groupVersion {
            return .badRequest(
                "the API version in the data (\(given.apiVersion)) does not match the expected API version "
                    + "(\(expected.apiVersion))")
        }
        return .invalid(
            given.groupKind, name,
            [.invalid("kind", .string(given.kind), "must be \(expected.kind)")])
    }

    /// Takes away what the schema does not have and fills in defaults.
    ///
    /// - Throws: 400 for values of wrong types; for unknown fields when validation is strict.
    mutating func clean(
        _ tree: inout JSON, _ definition: ResourceDefinition, _ options: WriteOptions, isPatch: Bool,
        duplicates: [String] = []
    ) throws(StatusError) {
        guard let schema = definition.schema else { return }
        let patched = tree
        if !definition.isCustom,
            let error = SchemaOperations.decodingError(
                tree, schema, kind: definition.kind, version: definition.version)
        {
            throw Self.decodingFailure(error, patched, definition, isPatch: isPatch)
        }
        let unknown = SchemaOperations.prune(&tree, schema)
        if !unknown.isEmpty || !duplicates.isEmpty {
            let texts =
                duplicates.map { "duplicate field \"\($0)\"" } + unknown.map { "unknown field \"\($0)\"" }
            switch options.fieldValidation {
            case .ignore: break
            case .warn: warnings += texts
            case .strict:
                let why = "strict decoding error: " + texts.joined(separator: ", ")
                throw Self.decodingFailure(why, patched, definition, isPatch: isPatch)
            }
        }
        if definition.isCustom {
            SchemaOperations.applyDefaults(&tree, schema)
        } else {
            SchemaOperations.normalize(&tree, schema)
            KindRules.applyDefaults(&tree, definition)
        }
    }

    /// A body that cannot be decoded is a bad request; the outcome of a patch is an invalid patch.
    private static func decodingFailure(
        _ why: String, _ tree: JSON, _ definition: ResourceDefinition, isPatch: Bool
    ) -> StatusError {
        if isPatch { return invalidPatch(tree, why) }
        return .badRequest(
            "\(definition.kind) in version \"\(definition.version)\" cannot be handled as a "
                + "\(definition.kind): \(why)")
    }
}

extension GroupVersionKind {
    /// `apps/v1`, `v1`.
    var groupVersion: String { apiVersion }
}
