// What the commands need of a cluster, so that tests can stand in for one.

package import JSONTree
package import KubeModel

/// Reads and patches of a cluster, as the person's own user.
package protocol CommandCluster: Sendable {
    /// The namespace of the kubeconfig's context.
    var defaultNamespace: String { get }
    /// - Throws: `APIStatus` for the server's refusals, and the connection's own errors.
    func get(_ resource: GroupVersionResource, namespace: String, name: String) async throws -> KubeObject
    /// All objects of a namespace, of all of them when it is nil.
    func list(_ resource: GroupVersionResource, namespace: String?) async throws -> [KubeObject]
    /// A merge patch of an object or of a subresource of it.
    func patch(
        _ resource: GroupVersionResource, namespace: String, name: String, subresource: String?, _ patch: JSON
    ) async throws -> KubeObject
    /// A JSON patch of an object.
    func patch(
        _ resource: GroupVersionResource, namespace: String, name: String, _ patch: JSONPatch
    ) async throws -> KubeObject
    /// Tells of each change of a resource's objects in a namespace, until the task is cancelled.
    func changes(_ resource: GroupVersionResource, namespace: String) -> AsyncThrowingStream<Void, any Error>
}

/// The resources that the commands read.
enum Resources {
    static let rollouts = GroupVersionResource(group: "argoproj.io", version: "v1alpha1", resource: "rollouts")
    static let analysisRuns = GroupVersionResource(group: "argoproj.io", version: "v1alpha1", resource: "analysisruns")
    static let experiments = GroupVersionResource(group: "argoproj.io", version: "v1alpha1", resource: "experiments")
    static let replicaSets = GroupVersionResource(group: "apps", version: "v1", resource: "replicasets")
    static let deployments = GroupVersionResource(group: "apps", version: "v1", resource: "deployments")
    static let pods = GroupVersionResource(group: "", version: "v1", resource: "pods")
}

extension CommandCluster {
    /// A rollout, with the wording that scripts look for when there is none.
    func rollout(_ name: String, namespace: String) async throws -> KubeObject {
        try await get(Resources.rollouts, namespace: namespace, name: name)
    }

    /// Patches a rollout's status, through the main resource where the cluster's definition has no
    /// status subresource.
    func patchRolloutStatus(_ name: String, namespace: String, _ patch: JSON) async throws {
        do {
            _ = try await self.patch(
                Resources.rollouts, namespace: namespace, name: name, subresource: "status", patch)
        } catch let status as APIStatus where status.isNotFound {
            _ = try await self.patch(Resources.rollouts, namespace: namespace, name: name, subresource: nil, patch)
        }
    }
}

/// An error whose text is all that a person needs.
package struct CommandError: Error, CustomStringConvertible {
    package var description: String
    package init(_ description: String) { self.description = description }
}
