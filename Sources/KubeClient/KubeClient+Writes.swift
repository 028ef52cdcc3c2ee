// The one switch that turns changes into requests.

import HTTPModel
import JSONTree
package import KubeModel

extension KubeClient {
    package func write(_ change: Change, options: WriteOptions) async throws(KubeError) -> KubeObject? {
        let reference = change.reference
        let mapping = try await resource(for: reference.kind)
        var call = Call(
            verb: "patch", resource: mapping.resource.resource, method: "PATCH",
            path: Self.path(of: reference, mapping), query: Self.query(options))
        switch change {
        case .create(let object):
            call.verb = "create"
            call.method = "POST"
            call.path = mapping.resource.path(namespace: mapping.isNamespaced ? HTTPName.encoded(reference.namespace) : nil)
            call.setJSON(object.tree, "application/json")
        case .apply(let object, let manager, let force):
            call.verb = "apply"
            call.query.removeAll { $0.name == "fieldManager" }
            call.query += [("fieldManager", manager.name), ("force", force ? "true" : "false")]
            // JSON is YAML, and the server's apply takes no other type.
            call.setJSON(object.tree, "application/apply-patch+yaml")
        case .patch(_, .merge(let patch), let condition):
            call.setJSON(Self.pinned(patch, condition), "application/merge-patch+json")
        case .patch(_, .json(let patch), let condition):
            call.setJSON(Self.pinned(patch, condition).document, "application/json-patch+json")
        case .patchStatus(_, let patch, let condition):
            if mapping.hasStatus { call.path = Self.path(of: reference, mapping, subresource: "status") }
            call.setJSON(Self.pinned(Self.statusPatch(patch), condition), "application/merge-patch+json")
        case .delete(_, let condition, let propagation):
            call.verb = "delete"
            call.method = "DELETE"
            call.query.removeAll { $0.name == "fieldManager" || $0.name == "fieldValidation" }
            call.setJSON(Self.deleteOptions(condition, propagation), "application/json")
        case .evict(_, let condition):
            call.verb = "create"
            call.resource = "pods/eviction"
            call.method = "POST"
            call.path = Self.path(of: reference, mapping, subresource: "eviction")
            call.setJSON(Self.eviction(reference, condition), "application/json")
        }
        let answer = try await send(call)
        return answer["kind"].string == "Status" ? nil : KubeObject(answer)
    }

    private static func query(_ options: WriteOptions) -> [(name: String, value: String)] {
        var query: [(name: String, value: String)] = [("fieldManager", options.fieldManager.name)]
        if options.isDryRun { query.append(("dryRun", "All")) }
        if let validation = options.fieldValidation { query.append(("fieldValidation", validation)) }
        return query
    }

    /// A status patch may be given as the status or as the object that holds it.
    private static func statusPatch(_ patch: JSON) -> JSON {
        if let members = patch.object, members.keys.allSatisfy({ $0 == "status" || $0 == "metadata" }), !members.isEmpty {
            return patch
        }
        return ["status": patch]
    }

    /// A merge patch that holds the version and uid fails when they are others by then.
    private static func pinned(_ patch: JSON, _ condition: Precondition) -> JSON {
        var patch = patch
        if let version = condition.resourceVersion { patch.set(["metadata", "resourceVersion"], to: .string(version)) }
        if let uid = condition.uid { patch.set(["metadata", "uid"], to: .string(uid)) }
        return patch
    }

    /// The same for a JSON patch, by its own `test`.
    private static func pinned(_ patch: JSONPatch, _ condition: Precondition) -> JSONPatch {
        var tests: [JSONPatchOperation] = []
        if let uid = condition.uid { tests.append(.test(JSONPointer(tokens: ["metadata", "uid"]), .string(uid))) }
        if let version = condition.resourceVersion {
            tests.append(.test(JSONPointer(tokens: ["metadata", "resourceVersion"]), .string(version)))
        }
        return JSONPatch(tests + patch.operations)
    }

    private static func deleteOptions(_ condition: Precondition, _ propagation: Change.Propagation) -> JSON {
        var options: JSON = ["kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": .string(propagation.rawValue)]
        if let preconditions = preconditions(condition) { options["preconditions"] = preconditions }
        return options
    }

    private static func eviction(_ reference: ObjectReference, _ condition: Precondition) -> JSON {
        var tree: JSON = [
            "apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": ["name": .string(reference.name), "namespace": .string(reference.namespace)],
        ]
        if let preconditions = preconditions(condition) { tree["deleteOptions"] = ["preconditions": preconditions] }
        return tree
    }

    private static func preconditions(_ condition: Precondition) -> JSON? {
        var tree: JSON = [:]
        if let uid = condition.uid { tree["uid"] = .string(uid) }
        if let version = condition.resourceVersion { tree["resourceVersion"] = .string(version) }
        return tree == [:] ? nil : tree
    }
}

extension KubeClient.Call {
    fileprivate mutating func setJSON(_ tree: JSON, _ type: String) {
        body = tree.bytes()
        contentType = type
    }
}
