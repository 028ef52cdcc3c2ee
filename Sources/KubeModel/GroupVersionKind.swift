// Names of kinds and resources.

/// A kind without its version: what identifies a type of object across versions.
package struct GroupKind: Hashable, Sendable, CustomStringConvertible {
    /// The API group; empty for core.
    package var group: String
    package var kind: String
    package init(_ group: String, _ kind: String) {
        self.group = group
        self.kind = kind
    }
    /// `Rollout.argoproj.io`, or `Service` for core.
    package var description: String { group.isEmpty ? kind : "\(kind).\(group)" }
}

/// A kind in one version of its group.
package struct GroupVersionKind: Hashable, Sendable, CustomStringConvertible {
    package var group: String
    package var version: String
    package var kind: String
    package init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }
    /// From `apiVersion` (`apps/v1`, `v1`) and `kind`.
    package init(apiVersion: String, kind: String) {
        let parts = apiVersion.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            group: parts.count == 2 ? String(parts[0]) : "", version: String(parts.last ?? ""), kind: kind)
    }
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    package var groupKind: GroupKind { GroupKind(group, kind) }
    package var description: String { "\(apiVersion), Kind=\(kind)" }
}

/// A collection of objects as paths name it (`deployments` in `apps/v1`).
package struct GroupVersionResource: Hashable, Sendable {
    package var group: String
    package var version: String
    /// The plural, lower-case name.
    package var resource: String
    package init(group: String, version: String, resource: String) {
        self.group = group
        self.version = version
        self.resource = resource
    }
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    /// `/api/v1` or `/apis/GROUP/VERSION`.
    package var pathPrefix: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
    /// The path of the collection, or of one object of it.
    package func path(namespace: String?, name: String? = nil, subresource: String? = nil) -> String {
        var path = pathPrefix
        if let namespace, !namespace.isEmpty { path += "/namespaces/\(namespace)" }
        path += "/\(resource)"
        if let name { path += "/\(name)" }
        if let subresource { path += "/\(subresource)" }
        return path
    }
}
