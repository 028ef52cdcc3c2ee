// Discovery: which groups, versions and resources there are, in both forms; health and version.

import HTTPModel
import JSONTree
import KubeModel

/// Documents about what is served, made from the catalog.
struct Discovery: Sendable {
    var catalog: ResourceCatalog

    /// The groups in the order of the catalog, core left out, each with its versions in order.
    private var groups: [(name: String, versions: [String])] {
        var order: [String] = []
        var versions: [String: [String]] = [:]
        for definition in catalog.all where !definition.group.isEmpty {
            if versions[definition.group] == nil { order.append(definition.group) }
            if !(versions[definition.group]?.contains(definition.version) ?? false) {
                versions[definition.group, default: []].append(definition.version)
            }
        }
        return order.map { ($0, VersionOrder.sorted(versions[$0] ?? [])) }
    }

    // MARK: Legacy

    /// `/api`
    func coreVersions(serverAddress: String) -> JSON {
        [
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [
                ["clientCIDR": "0.0.0.0/0", "serverAddress": .string(serverAddress)]
            ],
        ]
    }

    /// `/apis`
    var groupList: JSON {
        ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.map(Self.group))]
    }

    /// `/apis/GROUP`, nil when there is no such group.
    func group(_ name: String) -> JSON? {
        guard let group = groups.first(where: { $0.name == name }) else { return nil }
        var tree: JSON = ["kind": "APIGroup", "apiVersion": "v1"]
        for (key, value) in Self.group(group).object ?? [:] { tree[key] = value }
        return tree
    }

    private static func group(_ group: (name: String, versions: [String])) -> JSON {
        let versions: [JSON] = group.versions.map {
            ["groupVersion": .string("\(group.name)/\($0)"), "version": .string($0)]
        }
        return [
            "name": .string(group.name), "versions": .array(versions),
            "preferredVersion": versions.first ?? .null,
        ]
    }

    /// `/api/v1` or `/apis/GROUP/VERSION`, nil when there is no such version.
    func resourceList(group: String, version: String) -> JSON? {
        let definitions = catalog.all.filter { $0.group == group && $0.version == version }
        guard !definitions.isEmpty else { return nil }
        var resources: [JSON] = []
        for definition in definitions.sorted(by: { $0.resource < $1.resource }) {
            resources.append(Self.resource(definition))
            resources += definition.subresources.sorted().map { Self.subresource($0, of: definition) }
        }
        let name = group.isEmpty ? version : "\(group)/\(version)"
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(name),
            "resources": .array(resources),
        ]
    }

    /// Custom resources' verbs come in apiextensions-apiserver's own order.
    private static func verbs(_ definition: ResourceDefinition) -> [String] {
        definition.isCustom
            ? ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
            : definition.verbs.sorted()
    }

    private static func resource(_ definition: ResourceDefinition) -> JSON {
        var tree: JSON = [
            "name": .string(definition.resource), "singularName": .string(definition.singular),
            "namespaced": .bool(definition.isNamespaced), "kind": .string(definition.kind),
            "verbs": JSON(verbs(definition)),
        ]
        if !definition.shortNames.isEmpty { tree["shortNames"] = JSON(definition.shortNames) }
        if !definition.categories.isEmpty { tree["categories"] = JSON(definition.categories) }
        if definition.verbs.contains("list") {
            tree["storageVersionHash"] = .string(storageVersionHash(definition))
        }
        return tree
    }

    /// Base64 of the first eight bytes of the SHA-256 of the storage version's name.
    private static func storageVersionHash(_ definition: ResourceDefinition) -> String {
        let name = "\(definition.group)/\(definition.storageVersion)/\(definition.kind)"
        return Base64.encode(Array(SHA256.digest(Array(name.utf8)).prefix(8)))
    }

    private static func subresource(_ name: String, of definition: ResourceDefinition) -> JSON {
        let shape = SubresourceShape(name, of: definition)
        var tree: JSON = [
            "name": .string("\(definition.resource)/\(name)"), "singularName": "",
            "namespaced": .bool(definition.isNamespaced),
        ]
        if shape.kind.group != definition.group || shape.kind.version != definition.version {
            if !shape.kind.group.isEmpty { tree["group"] = .string(shape.kind.group) }
            tree["version"] = .string(shape.kind.version)
        }
        tree["kind"] = .string(shape.kind.kind)
        tree["verbs"] = JSON(shape.verbs)
        return tree
    }

    // MARK: Aggregated (apidiscovery.k8s.io)

    /// `/api` and `/apis` in the aggregated form.
    func aggregated(version: String, isCore: Bool) -> JSON {
        let names: [(name: String, versions: [String])] = isCore ? [("", ["v1"])] : groups
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(version)"),
            "metadata": [:],
            "items": .array(
                names.map { name, versions in
                    var metadata: JSON = [:]
                    if !name.isEmpty { metadata["name"] = .string(name) }
                    return [
                        "metadata": metadata,
                        "versions": .array(versions.map { aggregatedVersion(group: name, version: $0) }),
                    ]
                }),
        ]
    }

    private func aggregatedVersion(group: String, version: String) -> JSON {
        let resources = catalog.all.filter { $0.group == group && $0.version == version }
            .sorted { $0.resource < $1.resource }
            .map(Self.aggregatedResource)
        return ["version": .string(version), "resources": .array(resources), "freshness": "Current"]
    }

    /// The group and version of a kind are shown only where they differ from the resource's own.
    private static func responseKind(_ kind: GroupVersionKind, _ definition: ResourceDefinition) -> JSON {
        let isOwn =
            kind.group == definition.group && kind.version == definition.version && !definition.isCustom
        return [
            "group": .string(isOwn ? "" : kind.group), "version": .string(isOwn ? "" : kind.version),
            "kind": .string(kind.kind),
        ]
    }

    private static func aggregatedResource(_ definition: ResourceDefinition) -> JSON {
        var tree: JSON = [
            "resource": .string(definition.resource),
            "responseKind": responseKind(definition.groupVersionKind, definition),
            "scope": definition.isNamespaced ? "Namespaced" : "Cluster",
            "singularResource": .string(definition.singular), "verbs": JSON(verbs(definition)),
        ]
        if !definition.shortNames.isEmpty { tree["shortNames"] = JSON(definition.shortNames) }
        if !definition.categories.isEmpty { tree["categories"] = JSON(definition.categories) }
        if !definition.subresources.isEmpty {
            tree["subresources"] = .array(
                definition.subresources.sorted().map { name in
                    let shape = SubresourceShape(name, of: definition)
                    return [
                        "subresource": .string(name), "responseKind": responseKind(shape.kind, definition),
                        "verbs": JSON(shape.verbs),
                    ]
                })
        }
        return tree
    }
}

/// What a subresource takes and answers, and which verbs it has.
struct SubresourceShape: Sendable {
    var kind: GroupVersionKind
    var verbs: [String]

    init(_ name: String, of definition: ResourceDefinition) {
        kind = definition.groupVersionKind
        switch name {
        case "scale":
            kind = GroupVersionKind(group: "autoscaling", version: "v1", kind: "Scale")
            verbs = ["get", "patch", "update"]
        case "eviction":
            kind = GroupVersionKind(group: "policy", version: "v1", kind: "Eviction")
            verbs = ["create"]
        case "binding":
            kind.kind = "Binding"
            verbs = ["create"]
        case "token":
            kind = GroupVersionKind(group: "authentication.k8s.io", version: "v1", kind: "TokenRequest")
            verbs = ["create"]
        case "log": verbs = ["get"]
        case "exec", "attach", "portforward":
            let prefix = name == "exec" ? "PodExec" : name == "attach" ? "PodAttach" : "PodPortForward"
            kind.kind = prefix + "Options"
            verbs = ["create", "get"]
        case "proxy":
            let prefix = definition.kind == "Pod" ? "Pod" : definition.kind
            kind.kind = prefix + "ProxyOptions"
            verbs = ["create", "delete", "get", "patch", "update"]
        case "finalize", "approval": verbs = name == "finalize" ? ["update"] : ["get", "patch", "update"]
        default: verbs = ["get", "patch", "update"]
        }
    }
}

/// Kubernetes' order of versions: v2, v1, v1beta1, v1alpha1, then others by name.
enum VersionOrder {
    static func sorted(_ versions: [String]) -> [String] {
        versions.sorted { left, right in
            let (one, two) = (rank(left), rank(right))
            return one == two ? left < right : one.lexicographicallyPrecedes(two)
        }
    }

    /// Smaller is preferred: stability, then the negated numbers.
    private static func rank(_ version: String) -> [Int] {
        guard let match = version.wholeMatch(of: /v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?/),
            let major = Int(match.1)
        else { return [3, 0, 0] }
        guard let stage = match.2 else { return [0, -major, 0] }
        let minor = match.3.flatMap { Int($0) } ?? 0
        return [stage == "beta" ? 1 : 2, -major, -minor]
    }
}
