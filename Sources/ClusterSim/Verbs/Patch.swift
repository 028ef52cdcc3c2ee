// Patch: JSON patch, merge patch, strategic merge patch and server-side apply.

import HTTPModel
import JSONTree
import KubeModel
import YAMLTree

extension ClusterMachine {
    private enum PatchType: String {
        case json = "application/json-patch+json"
        case merge = "application/merge-patch+json"
        case strategic = "application/strategic-merge-patch+json"
        case applyYAML = "application/apply-patch+yaml"
        case applyJSON = "application/apply-patch+json"

        var isApply: Bool { self == .applyYAML || self == .applyJSON }
    }

    /// PATCH of an object or subresource.
    mutating func patch(_ call: APICall) throws(StatusError) -> APIAnswer {
        try RequestBody.checkSize(call.request)
        let type = try Self.patchType(call)
        let options = try WriteOptions(
            "PatchOptions", call.query, call.request.headers, isApply: type.isApply)
        if type.isApply { return try apply(call, options) }
        let body = try Self.patchBody(call.request, type)
        let operations = type == .json ? try Self.operations(body) : nil
        let definition = call.definition
        let outcome = try update(
            definition, call.key, subresource: call.info.subresource, options, user: call.user
        ) { machine, current throws(StatusError) in
            var tree = try Self.patched(current.tree, body, operations, type, definition)
            try Self.checkPatchedIdentity(tree, current, call)
            guard tree != current.tree else { return tree }
            do throws(StatusError) {
                try machine.clean(&tree, definition, options, isPatch: true)
            } catch {
                throw type == .strategic ? Self.showingPatch(error, body) : error
            }
            return tree
        }
        return .response(
            call.format.response(200, call.format.tree(outcome.object, definition, now: now)))
    }

    /// A strategic patch's error shows the patch, as Go prints a map, instead of the outcome.
    private static func showingPatch(_ error: StatusError, _ patch: JSON) -> StatusError {
        guard let cause = error.status.causes.first, cause.field == "patch",
            let why = cause.message.firstRange(of: "strict decoding error").map({
                String(cause.message[$0.lowerBound...])
            })
        else { return error }
        return .invalid(GroupKind("", ""), "", [.invalid("patch", .string(GoText.value(patch)), why)])
    }

    private static func patchType(_ call: APICall) throws(StatusError) -> PatchType {
        let given = RequestBody.contentType(call.request)
        var accepted: [PatchType] = [.json, .merge, .applyYAML]
        if !call.definition.isCustom { accepted.insert(.strategic, at: 2) }
        if let type = PatchType(rawValue: given), accepted.contains(type) || type == .applyJSON {
            return type
        }
        throw StatusError(
            415, "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: "
                + accepted.map(\.rawValue).joined(separator: ", "))
    }

    private static func patchBody(_ request: HTTPRequest, _ type: PatchType) throws(StatusError) -> JSON {
        let tree: JSON
        do throws(RequestBody.BodyError) {
            tree = try RequestBody.parse(request.body, .json)
        } catch {
            throw .badRequest("error decoding patch: \(error.message)")
        }
        if type != .json, tree.object == nil, !tree.isNull {
            throw .badRequest(
                "error decoding patch: json: cannot unmarshal \(GoJSON.typeName(tree)) into Go value of "
                    + "type map[string]interface {}")
        }
        return tree
    }

    private static let rejectedPatch = StatusError(
        422, "Invalid", "the server rejected our request due to an error in our request", hasDetails: true)

    private static func operations(_ body: JSON) throws(StatusError) -> JSONPatch {
        guard let list = body.array else {
            throw .badRequest(
                "error decoding patch: json: cannot unmarshal \(GoJSON.typeName(body)) into Go value of type "
                    + "jsonpatch.Patch")
        }
        if list.count > Limits.jsonPatchOperationMax {
            throw StatusError(
                413, "RequestEntityTooLarge",
                "The allowed maximum operations in a JSON patch is \(Limits.jsonPatchOperationMax), got \(list.count)"
            )
        }
        do throws(JSONPatchError) { return try JSONPatch(document: body) } catch { throw rejectedPatch }
    }

    private static func patched(
        _ current: JSON, _ body: JSON, _ operations: JSONPatch?, _ type: PatchType,
        _ definition: ResourceDefinition
    ) throws(StatusError) -> JSON {
        switch type {
        case .json:
            do throws(JSONPatchError) { return try operations?.apply(to: current) ?? current } catch {
                throw rejectedPatch
            }
        case .merge: return body.isNull ? current : MergePatch.apply(body, to: current)
        default:
            do throws(APIStatus) {
                return try SchemaOperations.applyStrategicPatch(body, to: current, definition.schema ?? .any)
            } catch {
                throw StatusError(error, definition, name: KubeObject(current).name)
            }
        }
    }

    /// A patch may not make another object of it; a version in it is a precondition.
    private static func checkPatchedIdentity(
        _ tree: JSON, _ current: KubeObject, _ call: APICall
    ) throws(StatusError) {
        let definition = call.definition
        var copy = tree
        try checkKind(&copy, definition, isPatch: true)
        let name = tree["metadata"]["name"].string ?? ""
        if !name.isEmpty, name != current.name {
            throw .badRequest(
                "the name of the object (\(name)) does not match the name on the URL (\(current.name))")
        }
        let namespace = tree["metadata"]["namespace"].string ?? ""
        if !namespace.isEmpty, namespace != current.namespace {
            throw .badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
        let version = tree["metadata"]["resourceVersion"].string ?? ""
        if !version.isEmpty, version != "0", version != current.resourceVersion {
            throw .conflict(definition, current.name, StatusError.modified)
        }
    }

    // MARK: Apply

    private mutating func apply(_ call: APICall, _ options: WriteOptions) throws(StatusError) -> APIAnswer {
        let definition = call.definition
        var applied: JSON
        do throws(RequestBody.BodyError) {
            applied = try RequestBody.parse(call.request.body, .yaml)
        } catch {
            throw .badRequest("error decoding YAML: \(error.message)")
        }
        guard applied.object != nil else { throw .badRequest("error decoding YAML: not an object") }
        let given = KubeObject(applied).kind
        if given != definition.groupVersionKind {
            throw .badRequest(
                "invalid object type: \(given.apiVersion), Kind=\(given.kind)")
        }
        let name = applied["metadata"]["name"].string ?? ""
        if name.isEmpty { applied.set(["metadata", "name"], to: .string(call.info.name)) }
        // Checked only: what is applied stays as it was sent.
        var named = applied
        try Self.matchName(&named, call)
        let isThere = store.object(StorageID(definition), call.key) != nil
        guard isThere else { return try createByApply(call, applied, options) }
        let outcome = try update(
            definition, call.key, subresource: call.info.subresource, options, user: call.user,
            recording: .done
        ) { machine, current throws(StatusError) in
            let uid = applied["metadata"]["uid"].string ?? ""
            if !uid.isEmpty, uid != current.uid {
                throw .conflict(
                    definition, current.name,
                    "uid mismatch: the provided object specified uid \(uid), and no existing object was found"
                )
            }
            let version = applied["metadata"]["resourceVersion"].string ?? ""
            if !version.isEmpty, version != current.resourceVersion {
                throw .conflict(definition, current.name, StatusError.modified)
            }
            var tree = try machine.merged(live: current.tree, applied, call, options)
            try machine.clean(&tree, definition, options, isPatch: true)
            return tree
        }
        return .response(
            call.format.response(200, call.format.tree(outcome.object, definition, now: now)))
    }

    private func merged(
        live: JSON?, _ applied: JSON, _ call: APICall, _ options: WriteOptions
    ) throws(StatusError) -> JSON {
        do throws(APIStatus) {
            return try ManagedFields.apply(
                live: live, applied: applied, manager: options.fieldManager, force: options.isForced ?? false,
                subresource: call.info.subresource, apiVersion: call.definition.groupVersionKind.apiVersion,
                schema: call.definition.schema ?? .any, now: now)
        } catch {
            throw StatusError(error, call.definition, name: call.info.name)
        }
    }

    private mutating func createByApply(
        _ call: APICall, _ applied: JSON, _ options: WriteOptions
    ) throws(StatusError) -> APIAnswer {
        let definition = call.definition
        guard call.info.subresource.isEmpty else { throw .notFound(definition, call.info.name) }
        let uid = applied["metadata"]["uid"].string ?? ""
        if !uid.isEmpty {
            throw .conflict(
                definition, call.info.name,
                "uid mismatch: the provided object specified uid \(uid), and no existing object was found")
        }
        try authorize(call.user, verb: "create", call)
        var tree = try merged(live: nil, applied, call, options)
        try Self.matchNamespace(&tree, call)
        try clean(&tree, definition, options, isPatch: true)
        var keeping = options
        keeping.skipsManagedFields = true
        let object = try create(tree, definition, keeping, user: call.user)
        return .response(call.format.response(201, call.format.tree(object, definition, now: now)))
    }
}
