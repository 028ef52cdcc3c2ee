// Makes rendered manifests the objects that an Application wants in its cluster.

import JSONTree
package import KubeModel
package import MartletModel

/// Whether objects of a kind live in namespaces.
package enum ResourceScope: Hashable, Sendable { case namespaced, cluster }

/// What an Application wants.
package struct TargetSet: Hashable, Sendable {
    /// The objects by key; hooks are among them.
    package var objects: [ResourceKey: KubeObject] = [:]
    package var conditions: [ApplicationCondition] = []
}

/// Prepares manifests: namespaces are filled in, Secrets' `stringData` encoded, claims written.
package struct TargetBuilder: Sendable {
    package var instance: String
    package var defaultNamespace: String
    /// Scopes of the kinds that the server serves; a kind that is missing is taken for namespaced.
    package var scopes: [GroupKind: ResourceScope]

    package init(instance: String, defaultNamespace: String, scopes: [GroupKind: ResourceScope]) {
        self.instance = instance
        self.defaultNamespace = defaultNamespace
        self.scopes = scopes
    }

    /// The wanted objects; of equal ones the last counts.
    package func build(_ manifests: [KubeObject]) -> TargetSet {
        var result = TargetSet()
        var repeated: [ResourceKey: Int] = [:]
        for manifest in manifests {
            let object = prepared(manifest)
            let key = ResourceKey(object)
            if KnownKinds.isExcluded(key.groupKind) {
                result.conditions.append(
                    ApplicationCondition(
                        .excludedResourceWarning,
                        "Resource \(key.group)/\(key.kind) \(key.name) is excluded in the settings"))
                continue
            }
            repeated[key, default: 0] += 1
            result.objects[key] = object
        }
        for (key, count) in repeated.sorted(by: { $0.key < $1.key }) where count > 1 {
            result.conditions.append(
                ApplicationCondition(
                    .repeatedResourceWarning,
                    "Resource \(key.group)/\(key.kind)/\(key.namespace)/\(key.name) appeared \(count) times among"
                        + " application resources."))
        }
        return result
    }

    private func prepared(_ manifest: KubeObject) -> KubeObject {
        var tree = manifest.tree
        let kind = manifest.kind.groupKind
        switch scopes[kind] ?? .namespaced {
        case .cluster: tree.set(["metadata", "namespace"], to: nil)
        case .namespaced:
            if manifest.namespace.isEmpty { tree.set(["metadata", "namespace"], to: .string(defaultNamespace)) }
        }
        // What only a server writes must not be applied.
        for name in ["creationTimestamp", "resourceVersion", "uid", "generation", "managedFields", "selfLink"] {
            tree.set(["metadata", name], to: nil)
        }
        if kind.group != ApplicationNames.group { tree.set(["status"], to: nil) }
        if kind == GroupKind("", "Secret") { Self.encodeStringData(&tree) }
        let key = ResourceKey(KubeObject(tree))
        // With a definition all its objects would go, those of others too: as in Argo CD it bears no
        // claim, so that it is never pruned.
        if key.groupKind != GroupKind("apiextensions.k8s.io", "CustomResourceDefinition") {
            tree.set(
                ["metadata", "annotations", ApplicationNames.trackingID],
                to: .string(Tracking(instance: instance, resource: key).text))
        }
        return KubeObject(tree)
    }

    /// `stringData` is write-only: the server keeps it in `data`.
    private static func encodeStringData(_ tree: inout JSON) {
        guard let plain = tree["stringData"].object else { return }
        for (name, value) in plain {
            guard let text = value.string else { return }
            tree.set(["data", name], to: .string(Base64.encode(Array(text.utf8))))
        }
        tree.set(["stringData"], to: nil)
    }
}
