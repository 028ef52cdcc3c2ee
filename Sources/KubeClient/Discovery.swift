// Which resource serves a kind, learnt from the server and remembered.

import JSONTree
import KubeModel

/// The API groups' resources as far as anybody asked. An actor so that a group is asked for once,
/// however many wait for it.
actor Discovery {
    private struct Entry {
        var mappings: [String: ResourceMapping]
        var readAt: Timestamp
    }
    /// Subresources may come and go with a CustomResourceDefinition's update.
    private static let lifetime: Duration = .seconds(600)
    /// A kind that was not there is asked for again after this.
    private static let retryPeriod: Duration = .seconds(5)

    private let now: @Sendable () -> Timestamp
    private var entries: [String: Entry] = [:]
    private var pending: [String: Task<Result<JSON, KubeError>, Never>] = [:]

    init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    func mapping(
        for kind: GroupVersionKind, read: @escaping @Sendable (String) async throws(KubeError) -> JSON
    ) async throws(KubeError) -> ResourceMapping {
        let version = kind.apiVersion
        if let entry = entries[version] {
            let age = now() - entry.readAt
            if let mapping = entry.mappings[kind.kind], age < Self.lifetime { return mapping }
            if entry.mappings[kind.kind] == nil, age < Self.retryPeriod { throw .unknownKind("\(kind)") }
        }
        let mappings = try await resources(of: version, read: read)
        entries[version] = Entry(mappings: mappings, readAt: now())
        guard let mapping = mappings[kind.kind] else { throw .unknownKind("\(kind)") }
        return mapping
    }

    private func resources(
        of version: String, read: @escaping @Sendable (String) async throws(KubeError) -> JSON
    ) async throws(KubeError) -> [String: ResourceMapping] {
        let path = version.contains("/") ? "/apis/\(version)" : "/api/\(version)"
        let task = pending[version] ?? Task {
            do throws(KubeError) { return .success(try await read(path)) } catch { return .failure(error) }
        }
        pending[version] = task
        let result = await task.value
        pending[version] = nil
        switch result {
        case .success(let list): return Self.mappings(in: list)
        case .failure(let error) where error.isNotFound: return [:]
        case .failure(let error): throw error
        }
    }

    /// Reads an `APIResourceList`.
    static func mappings(in list: JSON) -> [String: ResourceMapping] {
        let own = GroupVersionKind(apiVersion: list["groupVersion"].string ?? "", kind: "")
        let names = Set(list["resources"].elements.compactMap { $0["name"].string })
        var mappings: [String: ResourceMapping] = [:]
        for entry in list["resources"].elements {
            guard let name = entry["name"].string, !name.contains("/"), let kind = entry["kind"].string,
                mappings[kind] == nil
            else { continue }
            mappings[kind] = ResourceMapping(
                resource: GroupVersionResource(group: own.group, version: own.version, resource: name), kind: kind,
                isNamespaced: entry["namespaced"].bool ?? false,
                verbs: Set(entry["verbs"].elements.compactMap(\.string)),
                shortNames: entry["shortNames"].elements.compactMap(\.string),
                singular: entry["singularName"].string ?? "", hasStatus: names.contains("\(name)/status"))
        }
        return mappings
    }
}
