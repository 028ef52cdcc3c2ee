// How objects are shown: whole, as rows of a table, or their metadata only; as JSON or YAML.

import HTTPModel
import JSONTree
import KubeModel
import YAMLTree

/// What the Accept header settled on.
struct OutputFormat: Hashable, Sendable {
    enum Shape: Hashable, Sendable { case object, table, partial, partialList }
    enum Media: Hashable, Sendable { case json, yaml }
    var shape = Shape.object
    var media = Media.json
    var isPretty = false
    /// The version of `meta.k8s.io` in which tables and partial objects are shown.
    var metaVersion = "v1"
    /// What a table's rows show of their objects: `None`, `Metadata` or `Object`.
    var includeObject = "Metadata"

    static let json = OutputFormat()

    var contentType: String { media == .yaml ? "application/yaml" : "application/json" }

    /// Chooses by an Accept header: the first clause that can be served, by quality.
    ///
    /// - Throws: 406 when none can.
    init(accept: String?, query: QueryOptions, allowsShapes: Bool) throws(StatusError) {
        let clauses = MediaClause.parse(accept ?? "")
        var choice: OutputFormat?
        for clause in clauses {
            guard let format = OutputFormat(clause, allowsShapes: allowsShapes) else { continue }
            choice = format
            break
        }
        if clauses.isEmpty { choice = OutputFormat() }
        guard var choice else { throw Self.notAcceptable }
        choice.isPretty = query.isPretty ?? false
        choice.includeObject = query["includeObject"] ?? "Metadata"
        if choice.shape == .table, !["", "Metadata", "Object", "None"].contains(choice.includeObject) {
            throw .badRequest(
                "Unable to convert to Table as requested: includeObject: Invalid value: "
                    + "\(GoText.quoted(choice.includeObject)): must be 'Metadata', 'Object', 'None', or empty"
            )
        }
        self = choice
    }

    init() {}

    private init?(_ clause: MediaClause, allowsShapes: Bool) {
        self.init()
        switch clause.type {
        case "application/json", "application/*", "*/*": media = .json
        case "application/yaml": media = .yaml
        default: return nil
        }
        guard let wish = clause.parameters["as"] else { return }
        let version = clause.parameters["v"] ?? ""
        guard allowsShapes, clause.parameters["g"] == "meta.k8s.io", ["v1", "v1beta1"].contains(version)
        else {
            return nil
        }
        metaVersion = version
        switch wish {
        case "Table": shape = .table
        case "PartialObjectMetadata": shape = .partial
        case "PartialObjectMetadataList": shape = .partialList
        default: return nil
        }
    }

    static let notAcceptable = StatusError(
        406, "NotAcceptable",
        "only the following media types are accepted: application/json, application/yaml, "
            + "application/vnd.kubernetes.protobuf")

    /// Refuses a partial list of one object, or a partial object of a list.
    func check(isList: Bool, _ definition: ResourceDefinition) throws(StatusError) {
        guard shape == (isList ? .partial : .partialList) else { return }
        let wish = isList ? "PartialObjectMetadata" : "PartialObjectMetadataList"
        let type = isList ? definition.listKind : definition.kind
        throw StatusError(
            406, "NotAcceptable",
            "you requested \(wish), but the requested object is \(isList ? "a" : "not a") list (*\(type))")
    }

    /// The body and headers of an answer.
    func response(_ status: Int, _ tree: JSON) -> HTTPResponse {
        var bytes: [UInt8]
        switch media {
        case .json:
            bytes = tree.bytes(isPretty ? .pretty : .compact)
            bytes.append(0x0A)
        case .yaml: bytes = Array(YAML.text(tree).utf8)
        }
        return HTTPResponse(status: status, headers: ["Content-Type": contentType], body: bytes)
    }

    // MARK: One object

    /// One object for an answer.
    func tree(_ object: KubeObject, _ definition: ResourceDefinition, now: Timestamp) -> JSON {
        let object = definition.presented(object)
        switch shape {
        case .object: return object.tree
        case .partial, .partialList: return partial(object)
        case .table:
            return table(
                [row(object, definition, now: now)], columns: .array(Tables.columns(definition)),
                metadata: ["resourceVersion": .string(object.resourceVersion)])
        }
    }

    /// One object of an event: the columns of a table come with the first one only.
    func writeEvent(
        _ stored: StoredObject, _ definition: ResourceDefinition, withColumns: Bool, now: Timestamp,
        to bytes: inout [UInt8]
    ) {
        switch shape {
        case .object where definition.isStorageVersion(of: stored.object):
            bytes.append(contentsOf: stored.bytes)
        case .table:
            let object = definition.presented(stored.object)
            table(
                [row(object, definition, now: now)],
                columns: withColumns ? .array(Tables.columns(definition)) : .null,
                metadata: ["resourceVersion": .string(object.resourceVersion)]
            ).write(to: &bytes)
        default: tree(stored.object, definition, now: now).write(to: &bytes)
        }
    }

    private func partial(_ object: KubeObject) -> JSON {
        [
            "kind": "PartialObjectMetadata", "apiVersion": .string("meta.k8s.io/\(metaVersion)"),
            "metadata": object.metadata,
        ]
    }

    private func row(_ object: KubeObject, _ definition: ResourceDefinition, now: Timestamp) -> JSON {
        var row: JSON = ["cells": .array(Tables.cells(object.tree, definition, now: now))]
        let conditions = Tables.rowConditions(object.tree, definition)
        if !conditions.isEmpty { row["conditions"] = .array(conditions) }
        switch includeObject {
        case "None": row["object"] = .null
        case "Object": row["object"] = object.tree
        default: row["object"] = partial(object)
        }
        return row
    }

    private func table(_ rows: [JSON], columns: JSON, metadata: JSON) -> JSON {
        [
            "kind": "Table", "apiVersion": .string("meta.k8s.io/\(metaVersion)"), "metadata": metadata,
            "columnDefinitions": columns, "rows": .array(rows),
        ]
    }

    // MARK: Lists

    /// A list for an answer; the texts of objects are used as they are stored where they can be.
    func response(
        list objects: [StoredObject], metadata: JSON, _ definition: ResourceDefinition, now: Timestamp
    ) -> HTTPResponse {
        var metadata = metadata
        // Unstructured lists show an empty continue token.
        if definition.isCustom, shape == .object, metadata["continue"].isNull { metadata["continue"] = "" }
        switch shape {
        case .table:
            let rows = objects.map { row(definition.presented($0.object), definition, now: now) }
            return response(
                200, table(rows, columns: .array(Tables.columns(definition)), metadata: metadata))
        case .partial, .partialList:
            let items = objects.map { partial(definition.presented($0.object)) }
            return response(
                200,
                [
                    "kind": "PartialObjectMetadataList", "apiVersion": .string("meta.k8s.io/\(metaVersion)"),
                    "metadata": metadata, "items": .array(items),
                ])
        case .object where media == .json && !isPretty:
            return fastList(objects, metadata: metadata, definition)
        case .object:
            let items = objects.map { definition.listItem(definition.presented($0.object)) }
            return response(
                200,
                [
                    "kind": .string(definition.listKind),
                    "apiVersion": .string(definition.groupVersionKind.apiVersion), "metadata": metadata,
                    "items": .array(items),
                ])
        }
    }

    private func fastList(
        _ objects: [StoredObject], metadata: JSON, _ definition: ResourceDefinition
    ) -> HTTPResponse {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(objects.reduce(256) { $0 + $1.bytes.count + 1 })
        let kind = JSON.string(definition.listKind).text()
        let version = JSON.string(definition.groupVersionKind.apiVersion).text()
        bytes.append(contentsOf: #"{"kind":\#(kind),"apiVersion":\#(version),"metadata":"#.utf8)
        metadata.write(to: &bytes)
        bytes.append(contentsOf: #","items":["#.utf8)
        // Built-in kinds' items are without kind and apiVersion, which stand first in the text.
        let head = Array(
            #"{"kind":\#(JSON.string(definition.kind).text()),"apiVersion":\#(version),"#.utf8)
        for (position, stored) in objects.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            if !definition.isStorageVersion(of: stored.object) {
                definition.listItem(definition.presented(stored.object)).write(to: &bytes)
            } else if !definition.isCustom, stored.bytes.starts(with: head) {
                bytes.append(UInt8(ascii: "{"))
                bytes.append(contentsOf: stored.bytes[head.count...])
            } else {
                definition.isCustom
                    ? bytes.append(contentsOf: stored.bytes)
                    : definition.listItem(stored.object).write(to: &bytes)
            }
        }
        bytes.append(contentsOf: "]}\n".utf8)
        return HTTPResponse(status: 200, headers: ["Content-Type": contentType], body: bytes)
    }
}

/// One clause of an Accept header.
struct MediaClause: Hashable, Sendable {
    var type: String
    var parameters: [String: String] = [:]
    var quality = 1.0

    /// The clauses, the best first; equal ones in their order.
    static func parse(_ text: String) -> [MediaClause] {
        let clauses: [MediaClause] = text.split(separator: ",").map { item in
            let parts = item.split(separator: ";").map { String($0).trimmingBlanks() }
            var clause = MediaClause(type: parts.first?.lowercased() ?? "")
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
                guard pair.count == 2 else { continue }
                if pair[0] == "q" {
                    clause.quality = Double(pair[1]) ?? 1
                } else {
                    clause.parameters[pair[0]] = pair[1]
                }
            }
            return clause
        }
        return clauses.enumerated()
            .sorted { ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset) }
            .map(\.element)
    }
}

extension ResourceDefinition {
    /// Whether the object is stored in this very version, so that its stored text can be shown.
    func isStorageVersion(of object: KubeObject) -> Bool {
        object.apiVersion == groupVersionKind.apiVersion
    }

    /// The object in this definition's version.
    func presented(_ object: KubeObject) -> KubeObject {
        isStorageVersion(of: object) ? object : VersionConversion.convert(object, to: self)
    }

    /// An item of a list: built-in kinds' are without kind and apiVersion.
    func listItem(_ object: KubeObject) -> JSON {
        guard !isCustom, var members = object.tree.object else { return object.tree }
        members["kind"] = nil
        members["apiVersion"] = nil
        return .object(members)
    }
}
