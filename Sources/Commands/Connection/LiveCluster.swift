// The commands' needs over the client that the controllers use too.

import JSONTree
import KubeClient
import KubeModel

/// A cluster behind an API server.
struct LiveCluster: CommandCluster {
    let client: KubeClient
    let defaultNamespace: String

    /// How often in a row a watch may fail to open, and what is waited between two tries.
    private static let reopenCountMax = 5
    private static let reopenDelay: Duration = .seconds(1)

    private static let options: WriteOptions = {
        var options = WriteOptions()
        options.fieldManager = "kubectl-martlet"
        return options
    }()

    private func reference(_ resource: GroupVersionResource, _ namespace: String, _ name: String)
        -> ObjectReference
    {
        ObjectReference(Resources.kind(of: resource), namespace: namespace, name: name)
    }

    /// The server's own words where it said no, so that scripts find them.
    private func plain<Result>(_ call: () async throws(KubeError) -> Result) async throws -> Result
    {
        do throws(KubeError) { return try await call() } catch { throw Self.plain(error) }
    }

    private static func plain(_ error: any Error) -> any Error {
        guard let error = error as? KubeError else { return error }
        if let status = error.status { return status }
        if case .transport = error {
            return CommandError(
                "the API server does not answer: \(error.description)",
                hint:
                    "see that the cluster runs, and that the kubeconfig's context is the one you mean"
            )
        }
        if case .unknownKind(let text) = error {
            return CommandError(
                "the API server serves no \(text)",
                hint: "install the definitions: kubectl apply --server-side -f crds/")
        }
        return CommandError(error.description)
    }

    // MARK: Reads

    func get(_ resource: GroupVersionResource, namespace: String, name: String) async throws
        -> KubeObject
    {
        try await plain { () async throws(KubeError) in
            try await client.get(reference(resource, namespace, name))
        }
    }

    func list(_ resource: GroupVersionResource, _ scope: CommandScope) async throws -> [KubeObject]
    {
        do {
            return try await plain { () async throws(KubeError) in
                try await client.listAll(resource, Self.scope(scope)).items
            }
        } catch let status as APIStatus where status.isNotFound {
            return []
        }
    }

    private static func scope(_ scope: CommandScope) -> ListScope {
        ListScope(namespace: scope.namespace, labelSelector: scope.labelSelector)
    }

    func find(_ kind: GroupKind, _ key: ObjectKey) async throws -> KubeObject? {
        guard let version = try await version(of: kind.group) else { return nil }
        let found = GroupVersionKind(group: kind.group, version: version, kind: kind.kind)
        do throws(KubeError) {
            return try await client.get(
                ObjectReference(found, namespace: key.namespace, name: key.name))
        } catch {
            if error.isNotFound { return nil }
            if case .unknownKind = error { return nil }
            throw Self.plain(error)
        }
    }

    func findAll(_ kind: GroupKind, namespace: String) async throws -> [KubeObject] {
        guard let version = try await version(of: kind.group) else { return [] }
        let found = GroupVersionKind(group: kind.group, version: version, kind: kind.kind)
        do throws(KubeError) {
            let mapping = try await client.resource(for: found)
            return try await client.listAll(
                mapping.resource, ListScope(namespace: mapping.isNamespaced ? namespace : nil)
            ).items
        } catch {
            if error.isNotFound { return [] }
            if case .unknownKind = error { return [] }
            throw Self.plain(error)
        }
    }

    /// The version of a group that the server prefers; nil when it does not serve the group.
    private func version(of group: String) async throws -> String? {
        if group.isEmpty { return "v1" }
        if let known = Resources.all.first(where: { $0.group == group }) { return known.version }
        do throws(KubeError) {
            return try await client.raw("/apis/\(group)")["preferredVersion"]["version"].string
        } catch {
            if error.isNotFound { return nil }
            throw Self.plain(error)
        }
    }

    // MARK: Writes

    func create(_ object: KubeObject) async throws -> KubeObject {
        var options = Self.options
        options.fieldValidation = "Strict"
        let strict = options
        return try await plain { () async throws(KubeError) in
            try await client.write(.create(object), options: strict) ?? object
        }
    }

    func patch(
        _ resource: GroupVersionResource, namespace: String, name: String, subresource: String?,
        _ patch: JSON
    ) async throws -> KubeObject {
        let reference = reference(resource, namespace, name)
        let change: Change =
            subresource == "status"
            ? .patchStatus(reference, patch["status"], if: .none)
            : .patch(reference, .merge(patch), if: .none)
        return try await write(change)
    }

    func patch(
        _ resource: GroupVersionResource, namespace: String, name: String, _ patch: JSONPatch
    ) async throws -> KubeObject {
        try await write(.patch(reference(resource, namespace, name), .json(patch), if: .none))
    }

    private func write(_ change: Change) async throws -> KubeObject {
        try await plain { () async throws(KubeError) in
            try await client.write(change, options: Self.options) ?? KubeObject(.null)
        }
    }

    // MARK: Watches

    func watch(_ resource: GroupVersionResource, _ scope: CommandScope) -> AsyncThrowingStream<
        WatchNews, any Error
    > {
        AsyncThrowingStream { continuation in
            let task = Task {
                var failures = 0
                while !Task.isCancelled {
                    do {
                        try await follow(resource, Self.scope(scope)) { news in
                            failures = 0
                            continuation.yield(news)
                        }
                    } catch {
                        failures += 1
                        if failures >= Self.reopenCountMax {
                            return continuation.finish(throwing: Self.plain(error))
                        }
                    }
                    do { try await Task.sleep(for: Self.reopenDelay) } catch { break }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// One list and the watch after it, until the server ends that.
    private func follow(
        _ resource: GroupVersionResource, _ scope: ListScope, _ tell: (WatchNews) -> Void
    ) async throws {
        let version: ResourceVersion
        do throws(KubeError) {
            let page = try await client.listAll(resource, scope)
            tell(.listed(page.items))
            version = page.resourceVersion
        } catch {
            guard error.isNotFound || error.status?.isForbidden == true,
                resource != Resources.rollouts
            else { throw error }
            // A kind that is not there, or not ours to see, has nothing to tell.
            tell(.listed([]))
            return try await Task.sleep(for: .seconds(3600))
        }
        for try await event in try await client.watch(
            resource, scope, from: version, timeoutSeconds: 900)
        {
            switch event {
            case .added(let object), .modified(let object): tell(.changed(object))
            case .deleted(let object): tell(.removed(object))
            case .bookmark: continue
            case .error: return
            }
        }
    }
}
