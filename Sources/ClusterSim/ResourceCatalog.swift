// Which resources are served: built-in ones and those of CustomResourceDefinitions.

import JSONTree
import KubeModel

/// All resources that the server has, found by path and by kind.
struct ResourceCatalog: Sendable {
    private struct Path: Hashable {
        var group: String
        var version: String
        var resource: String
    }
    /// Built-in resources first, then custom ones by the name of their definition.
    private(set) var all: [ResourceDefinition] = []
    /// Custom resources by the name of the CustomResourceDefinition that makes them.
    private(set) var custom: [String: [ResourceDefinition]] = [:]
    private var byPath: [Path: ResourceDefinition] = [:]
    private var byKind: [GroupKind: [ResourceDefinition]] = [:]
    /// Raised by each change, so that documents made of the catalog can be kept.
    private(set) var generation = 0

    init() { rebuild() }

    /// Serves the resources of a CustomResourceDefinition; none when the list is empty.
    mutating func setCustom(_ name: String, _ definitions: [ResourceDefinition]) {
        custom[name] = definitions.isEmpty ? nil : definitions
        rebuild()
    }

    private mutating func rebuild() {
        all = BuiltinResources.all + custom.sorted { $0.key < $1.key }.flatMap(\.value)
        byPath = [:]
        byKind = [:]
        for definition in all {
            let path = Path(
                group: definition.group, version: definition.version, resource: definition.resource)
            byPath[path] = definition
            byKind[definition.groupKind, default: []].append(definition)
        }
        generation += 1
    }

    func definition(group: String, version: String, resource: String) -> ResourceDefinition? {
        byPath[Path(group: group, version: version, resource: resource)]
    }

    /// The definition in the version in which objects are stored.
    func stored(_ definition: ResourceDefinition) -> ResourceDefinition {
        let isEvent = definition.group == "events.k8s.io"
        return self.definition(
            group: isEvent ? "" : definition.group,
            version: isEvent ? "v1" : definition.storageVersion, resource: definition.resource) ?? definition
    }

    /// The definition, in its storage version, of a kind.
    func definition(of kind: GroupKind) -> ResourceDefinition? {
        byKind[kind]?.first.map(stored)
    }

    /// The definition of a kind in a version.
    func definition(of kind: GroupVersionKind) -> ResourceDefinition? {
        byKind[kind.groupKind]?.first { $0.version == kind.version }
    }

    /// Whether the group, or a version of it when given, is served.
    func serves(group: String, version: String? = nil) -> Bool {
        all.contains { $0.group == group && (version == nil || $0.version == version) }
    }
}
