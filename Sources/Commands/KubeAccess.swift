// A cluster reached through the person's kubeconfig.

import Foundation
import JSONTree
import KubeClient
import KubeModel
import Transport

/// Connects as the connection flags say.
enum KubeAccess {
    /// - Throws: `KubeError` when the kubeconfig cannot be used, saying which file and why.
    static func connect(_ options: ConnectionOptions) async throws -> any CommandCluster {
        let environment = ProcessInfo.processInfo.environment
        let access = try ClusterAccess.find(
            kubeconfig: options.kubeconfig, context: options.context, environment: environment)
        let timeout = options.requestTimeout.flatMap { Duration.parse(goText: $0) ?? Int($0).map { .seconds($0) } }
        let client = KubeClient(
            access, exchange: CurlClient(userAgent: "kubectl-martlet/0.1.0"), now: { StandardTerminal().now },
            requestTimeout: timeout.flatMap { $0 > .zero ? $0 : nil } ?? .seconds(60))
        return LiveCluster(client: client, defaultNamespace: access.namespace)
    }
}

/// The commands' needs over the client that the controllers use too.
struct LiveCluster: CommandCluster {
    let client: KubeClient
    let defaultNamespace: String

    private static let options: WriteOptions = {
        var options = WriteOptions()
        options.fieldManager = "kubectl-martlet"
        return options
    }()

    private static let kinds: [String: String] = [
        "rollouts": "Rollout", "analysisruns": "AnalysisRun", "experiments": "Experiment", "replicasets": "ReplicaSet",
        "deployments": "Deployment", "pods": "Pod",
    ]

    private func reference(_ resource: GroupVersionResource, _ namespace: String, _ name: String) -> ObjectReference {
        let kind = GroupVersionKind(
            group: resource.group, version: resource.version, kind: Self.kinds[resource.resource] ?? resource.resource)
        return ObjectReference(kind, namespace: namespace, name: name)
    }

    /// The server's own words where it said no, so that scripts find them.
    private func plain<Result>(_ call: () async throws(KubeError) -> Result) async throws -> Result {
        do throws(KubeError) { return try await call() } catch {
            if let status = error.status { throw status }
            throw CommandError(error.description)
        }
    }

    func get(_ resource: GroupVersionResource, namespace: String, name: String) async throws -> KubeObject {
        try await plain { () async throws(KubeError) in try await client.get(reference(resource, namespace, name)) }
    }

    func list(_ resource: GroupVersionResource, namespace: String?) async throws -> [KubeObject] {
        do {
            return try await plain { () async throws(KubeError) in
                try await client.listAll(resource, ListScope(namespace: namespace)).items
            }
        } catch let status as APIStatus where status.isNotFound {
            return []  // A kind that this cluster does not have.
        }
    }

    func patch(
        _ resource: GroupVersionResource, namespace: String, name: String, subresource: String?, _ patch: JSON
    ) async throws -> KubeObject {
        let reference = reference(resource, namespace, name)
        let change: Change = subresource == "status" ? .patchStatus(reference, patch["status"], if: .none) : .patch(reference, .merge(patch), if: .none)
        return try await write(change)
    }

    func patch(_ resource: GroupVersionResource, namespace: String, name: String, _ patch: JSONPatch) async throws -> KubeObject {
        try await write(.patch(reference(resource, namespace, name), .json(patch), if: .none))
    }

    private func write(_ change: Change) async throws -> KubeObject {
        try await plain { () async throws(KubeError) in
            try await client.write(change, options: Self.options) ?? KubeObject(.null)
        }
    }

    func changes(_ resource: GroupVersionResource, namespace: String) -> AsyncThrowingStream<Void, any Error> {
        let client = client
        return AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    let scope = ListScope(namespace: namespace.isEmpty ? nil : namespace)
                    let page = try await client.list(resource, scope, limit: 1, continueToken: nil)
                    for try await event in try await client.watch(resource, scope, from: page.resourceVersion, timeoutSeconds: 3600) {
                        if case .bookmark = event { continue }
                        continuation.yield()
                    }
                    continuation.finish()
                } catch { continuation.finish(throwing: error) }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
