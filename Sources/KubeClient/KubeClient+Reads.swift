// Get, list, watch.

package import JSONTree
package import KubeModel
import Transport

extension KubeClient: KubeAPI {
    package func resource(for kind: GroupVersionKind) async throws(KubeError) -> ResourceMapping {
        try await discovery.mapping(for: kind) { path throws(KubeError) in try await self.raw(path) }
    }

    package func raw(_ path: String) async throws(KubeError) -> JSON {
        try await send(Call(verb: "get", resource: "-", method: "GET", path: path))
    }

    package func get(_ reference: ObjectReference) async throws(KubeError) -> KubeObject {
        let mapping = try await resource(for: reference.kind)
        let path = Self.path(of: reference, mapping)
        return KubeObject(try await send(Call(verb: "get", resource: mapping.resource.resource, method: "GET", path: path)))
    }

    package func list(
        _ resource: GroupVersionResource, _ scope: ListScope, limit: Int, continueToken: String?,
        trim: @escaping @Sendable (JSON) -> JSON
    ) async throws(KubeError) -> ObjectPage {
        var call = Call(
            verb: "list", resource: resource.resource, method: "GET", path: resource.path(namespace: scope.namespace),
            query: Self.query(scope))
        if limit > 0 { call.query.append(("limit", String(limit))) }
        if let continueToken { call.query.append(("continue", continueToken)) }
        return try Self.page(try await send(call, eachItem: trim))
    }

    static func query(_ scope: ListScope) -> [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        if let selector = scope.labelSelector, !selector.isEmpty { query.append(("labelSelector", selector)) }
        if let selector = scope.fieldSelector, !selector.isEmpty { query.append(("fieldSelector", selector)) }
        return query
    }

    /// The path of an object, its name encoded.
    static func path(of reference: ObjectReference, _ mapping: ResourceMapping, subresource: String? = nil) -> String {
        mapping.resource.path(
            namespace: mapping.isNamespaced ? HTTPName.encoded(reference.namespace) : nil,
            name: HTTPName.encoded(reference.name), subresource: subresource)
    }

    /// Items of a list come without kind and version, which the list's own kind tells.
    private static func page(_ list: JSON) throws(KubeError) -> ObjectPage {
        guard let listKind = list["kind"].string, listKind.hasSuffix("List"), let version = list["apiVersion"].string else {
            throw .malformed("expected a list, got kind \(list["kind"].string ?? "none")")
        }
        let kind = String(listKind.dropLast(4))
        let items = list["items"].elements.map { item -> KubeObject in
            guard item["kind"].string == nil, let members = item.object else { return KubeObject(item) }
            var tree = JSONObject().reserving(members.count + 2)
            tree["apiVersion"] = .string(version)
            tree["kind"] = .string(kind)
            for (key, value) in members where !value.isNull { tree[key] = value }
            return KubeObject(.object(tree))
        }
        let token = list["metadata"]["continue"].string ?? ""
        return ObjectPage(
            items: items, resourceVersion: list["metadata"]["resourceVersion"].string ?? "",
            continueToken: token.isEmpty ? nil : token)
    }

    package func watch(
        _ resource: GroupVersionResource, _ scope: ListScope, from version: ResourceVersion, timeoutSeconds: Int
    ) async throws(KubeError) -> AsyncThrowingStream<WatchEvent, any Error> {
        var call = Call(
            verb: "watch", resource: resource.resource, method: "GET", path: resource.path(namespace: scope.namespace),
            query: Self.query(scope), isWatch: true)
        call.query += [
            ("watch", "true"), ("allowWatchBookmarks", "true"), ("timeoutSeconds", String(timeoutSeconds)),
        ]
        if !version.isEmpty { call.query.append(("resourceVersion", version)) }
        let reader = WatchReader(try await open(call).body)
        return AsyncThrowingStream { try await reader.next() }
    }
}
