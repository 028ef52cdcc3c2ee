// A change as the HTTP request that the live executor would send.

import HTTPModel
import JSONTree
import KubeModel
import TrafficRouting

/// Lowers changes to requests, with plurals from a table: the simulation has no discovery.
enum ChangeRequest {
    /// Those that are not the kind with an s.
    private static let plurals = ["Ingress": "ingresses"]

    static func resource(_ kind: GroupVersionKind) -> GroupVersionResource {
        let routed = SimulatedControllers.routerKinds.first { $0.groupKind == kind.groupKind }
        return GroupVersionResource(
            group: kind.group, version: kind.version,
            resource: plurals[kind.kind] ?? routed?.resource ?? kind.kind.lowercased() + "s")
    }

    static func make(_ change: Change, fieldManager: String = "martlet") -> HTTPRequest {
        let reference = change.reference
        let resource = resource(reference.kind)
        let path = { (subresource: String?) in
            resource.path(namespace: reference.namespace, name: reference.name, subresource: subresource)
        }
        let manager = "?fieldManager=\(fieldManager)"
        switch change {
        case .create(let object):
            let collection = resource.path(namespace: reference.namespace)
            return request("POST", collection + manager, "application/json", object.tree)
        case .apply(let object, let manager, let force):
            return request(
                "PATCH", path(nil) + "?fieldManager=\(manager.name)&force=\(force)", "application/apply-patch+yaml", object.tree)
        case .patch(_, .merge(let tree), let precondition):
            return request("PATCH", path(nil) + manager, "application/merge-patch+json", pinned(tree, precondition))
        case .patch(_, .json(let patch), let precondition):
            var operations: [JSONPatchOperation] = []
            if let uid = precondition.uid { operations.append(.test(JSONPointer(tokens: ["metadata", "uid"]), .string(uid))) }
            if let version = precondition.resourceVersion {
                operations.append(.test(JSONPointer(tokens: ["metadata", "resourceVersion"]), .string(version)))
            }
            return request(
                "PATCH", path(nil) + manager, "application/json-patch+json",
                JSONPatch(operations + patch.operations).document)
        case .patchStatus(_, let patch, let precondition):
            let members = patch.object?.keys ?? []
            let isWhole = !members.isEmpty && members.allSatisfy { $0 == "status" || $0 == "metadata" }
            let tree: JSON = isWhole ? patch : ["status": patch]
            let hasSubresource = reference.kind.kind == "Rollout" || reference.kind.group == "martlet.dev"
            return request(
                "PATCH", path(hasSubresource ? "status" : nil) + manager, "application/merge-patch+json",
                pinned(tree, precondition))
        case .delete(_, let precondition, let propagation):
            var body: JSON = ["propagationPolicy": .string(propagation.rawValue)]
            if let uid = precondition.uid { body["preconditions"] = ["uid": .string(uid)] }
            return request("DELETE", path(nil), "application/json", body)
        case .evict(let reference, _):
            return request(
                "POST", path("eviction"), "application/json",
                ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": .string(reference.name)]])
        }
    }

    private static func pinned(_ tree: JSON, _ precondition: Precondition) -> JSON {
        var tree = tree
        if let uid = precondition.uid { tree.set(["metadata", "uid"], to: .string(uid)) }
        if let version = precondition.resourceVersion { tree.set(["metadata", "resourceVersion"], to: .string(version)) }
        return tree
    }

    private static func request(_ method: String, _ target: String, _ type: String, _ body: JSON) -> HTTPRequest {
        HTTPRequest(method: method, target: target, headers: ["Content-Type": type], body: body.bytes())
    }
}
