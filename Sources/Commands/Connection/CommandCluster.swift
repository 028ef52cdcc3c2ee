// What the commands need of a cluster, so that tests can stand in for one.

package import JSONTree
package import KubeModel

/// Reads and writes of a cluster, as the person's own user.
package protocol CommandCluster: Sendable {
    /// The namespace of the kubeconfig's context.
    var defaultNamespace: String { get }
    /// - Throws: `APIStatus` for the server's refusals, and the connection's own errors.
    func get(_ resource: GroupVersionResource, namespace: String, name: String) async throws
        -> KubeObject
    /// All objects of a namespace, of all of them when it is nil. A kind that the cluster does not
    /// serve has none.
    func list(_ resource: GroupVersionResource, _ scope: CommandScope) async throws -> [KubeObject]
    /// The objects of a list, and then each change of them, until the task is cancelled. A broken
    /// watch is opened again; when that fails again and again, the stream ends with the error.
    func watch(_ resource: GroupVersionResource, _ scope: CommandScope) -> AsyncThrowingStream<
        WatchNews, any Error
    >
    /// An object of any kind, in whatever version the cluster prefers; nil when there is none.
    func find(_ kind: GroupKind, _ key: ObjectKey) async throws -> KubeObject?
    /// All objects of any kind in a namespace.
    func findAll(_ kind: GroupKind, namespace: String) async throws -> [KubeObject]
    /// Creates an object; fields that the cluster does not know are refused.
    func create(_ object: KubeObject) async throws -> KubeObject
    /// A merge patch of an object or of a subresource of it.
    func patch(
        _ resource: GroupVersionResource, namespace: String, name: String, subresource: String?,
        _ patch: JSON
    ) async throws -> KubeObject
    /// A JSON patch of an object.
    func patch(
        _ resource: GroupVersionResource, namespace: String, name: String, _ patch: JSONPatch
    ) async throws -> KubeObject
}

/// Which objects of a resource are meant.
package struct CommandScope: Hashable, Sendable {
    /// Nil for all namespaces.
    package var namespace: String?
    package var labelSelector: String?
    package init(_ namespace: String?, labelSelector: String? = nil) {
        self.namespace = namespace
        self.labelSelector = labelSelector
    }
}

/// What a watch tells.
package enum WatchNews: Hashable, Sendable {
    /// All that there is now, in place of what was told before.
    case listed([KubeObject])
    case changed(KubeObject)
    case removed(KubeObject)
}

/// The resources that the commands read.
enum Resources {
    static let group = "argoproj.io"
    static let rollouts = GroupVersionResource(
        group: group, version: "v1alpha1", resource: "rollouts")
    static let analysisRuns = GroupVersionResource(
        group: group, version: "v1alpha1", resource: "analysisruns")
    static let experiments = GroupVersionResource(
        group: group, version: "v1alpha1", resource: "experiments")
    static let templates = GroupVersionResource(
        group: group, version: "v1alpha1", resource: "analysistemplates")
    static let clusterTemplates = GroupVersionResource(
        group: group, version: "v1alpha1", resource: "clusteranalysistemplates")
    static let replicaSets = GroupVersionResource(
        group: "apps", version: "v1", resource: "replicasets")
    static let deployments = GroupVersionResource(
        group: "apps", version: "v1", resource: "deployments")
    static let pods = GroupVersionResource(group: "", version: "v1", resource: "pods")
    static let jobs = GroupVersionResource(group: "batch", version: "v1", resource: "jobs")

    static let all = [
        rollouts, analysisRuns, experiments, templates, clusterTemplates, replicaSets, deployments,
        pods, jobs,
    ]

    private static let kinds: [String: String] = [
        "rollouts": "Rollout", "analysisruns": "AnalysisRun", "experiments": "Experiment",
        "analysistemplates": "AnalysisTemplate",
        "clusteranalysistemplates": "ClusterAnalysisTemplate",
        "replicasets": "ReplicaSet", "deployments": "Deployment", "pods": "Pod", "jobs": "Job",
    ]

    static func kind(of resource: GroupVersionResource) -> GroupVersionKind {
        GroupVersionKind(
            group: resource.group, version: resource.version,
            kind: kinds[resource.resource] ?? resource.resource)
    }

    /// The resource of a kind among those that we know.
    static func resource(of kind: GroupKind) -> GroupVersionResource? {
        all.first { Self.kind(of: $0).groupKind == kind }
    }
}

extension CommandCluster {
    /// A rollout, with the wording that scripts look for when there is none.
    func rollout(_ name: String, namespace: String) async throws -> KubeObject {
        try await get(Resources.rollouts, namespace: namespace, name: name)
    }

    /// Patches a status, through the main resource where the cluster's definition has no status
    /// subresource.
    @discardableResult
    func patchStatus(
        _ resource: GroupVersionResource, _ name: String, namespace: String, _ patch: JSON
    ) async throws -> KubeObject {
        do {
            return try await self.patch(
                resource, namespace: namespace, name: name, subresource: "status", patch)
        } catch let status as APIStatus where status.isNotFound {
            return try await self.patch(
                resource, namespace: namespace, name: name, subresource: nil, patch)
        }
    }

    /// A list that may be missing: people's rights often end at rollouts.
    func optionalList(_ resource: GroupVersionResource, _ scope: CommandScope) async throws
        -> [KubeObject]
    {
        do { return try await list(resource, scope) } catch let status as APIStatus
            where status.isForbidden
        { return [] }
    }
}

/// An error whose text is all that a person needs.
package struct CommandError: Error, CustomStringConvertible {
    /// What is wrong.
    package var description: String
    /// What to do about it; empty when the text says it.
    package var hint: String
    package init(_ description: String, hint: String = "") {
        self.description = description
        self.hint = hint
    }
}
