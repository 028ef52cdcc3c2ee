// Where an Application's manifests come from.

package import JSONTree

/// One source of manifests: a path in a Git repository, and how to render it.
package struct ApplicationSource: Hashable, Sendable {
    /// The source as written, which status copies.
    package var tree: JSON

    package init(_ tree: JSON) { self.tree = tree }

    package var repoURL: String { tree["repoURL"].string ?? "" }
    package var path: String { tree["path"].string ?? "" }
    package var chart: String { tree["chart"].string ?? "" }
    /// Empty means `HEAD`.
    package var targetRevision: String { tree["targetRevision"].string ?? "" }
    /// The name under which other sources use this one's files.
    package var ref: String { tree["ref"].string ?? "" }
    package var directory: DirectoryOptions { DirectoryOptions(tree["directory"]) }
    package var kustomize: JSON { tree["kustomize"] }
    /// Overrides that need the kustomization changed before it is built.
    package var hasKustomizeOverrides: Bool {
        (kustomize.object?.keys ?? []).contains { !["version", "kubeVersion", "apiVersions"].contains($0) }
    }
    /// A source that only lends its files to others renders nothing.
    package var isReferenceOnly: Bool { !ref.isEmpty && path.isEmpty && chart.isEmpty }

    /// The tools that are named explicitly (`Directory`, `Kustomize`, `Helm`, `Plugin`).
    package var explicitTools: [String] {
        [("directory", "Directory"), ("kustomize", "Kustomize"), ("helm", "Helm"), ("plugin", "Plugin")]
            .filter { tree[$0.0].object != nil }.map(\.1)
    }
}

/// Which files of a plain directory are manifests.
package struct DirectoryOptions: Hashable, Sendable {
    package var recurses: Bool
    /// A glob that files must match; empty admits all.
    package var include: String
    /// A glob that files must not match; empty excludes none.
    package var exclude: String
    /// Files of any extension are read.
    package var ignoresExtensions: Bool

    package init(_ tree: JSON) {
        recurses = tree["recurse"].bool ?? false
        include = tree["include"].string ?? ""
        exclude = tree["exclude"].string ?? ""
        ignoresExtensions = tree["disableExtensionFilter"].bool ?? false
    }
}

/// Where an Application's objects go.
package struct ApplicationDestination: Hashable, Sendable {
    package var tree: JSON
    package var server: String
    package var name: String
    /// For namespaced objects that name none.
    package var namespace: String

    package init(_ tree: JSON) {
        self.tree = tree
        server = tree["server"].string ?? ""
        name = tree["name"].string ?? ""
        namespace = tree["namespace"].string ?? ""
    }

    /// Whether this is the cluster in which the controller runs.
    package var isInCluster: Bool {
        let servers = ["https://kubernetes.default.svc", "https://kubernetes.default.svc.cluster.local"]
        if !server.isEmpty { return servers.contains(server) && name.isEmpty }
        return name == ApplicationNames.inClusterName
    }
}

/// A difference that the user does not want to see.
package struct IgnoredDifference: Hashable, Sendable {
    /// Globs.
    package var group: String
    package var kind: String
    /// Exact where they are set.
    package var name: String
    package var namespace: String
    package var jsonPointers: [String]
    package var jqPathExpressions: [String]
    package var managedFieldsManagers: [String]

    package init(_ tree: JSON) {
        group = tree["group"].string ?? ""
        kind = tree["kind"].string ?? ""
        name = tree["name"].string ?? ""
        namespace = tree["namespace"].string ?? ""
        jsonPointers = tree["jsonPointers"].elements.compactMap(\.string)
        jqPathExpressions = tree["jqPathExpressions"].elements.compactMap(\.string)
        managedFieldsManagers = tree["managedFieldsManagers"].elements.compactMap(\.string)
    }
}
