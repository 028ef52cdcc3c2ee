// What we ask of an API server, as a protocol: the real client and tests' doubles.

package import JSONTree
package import KubeModel
package import Transport

/// Why a call to the API server failed.
package enum KubeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The server said no.
    case status(APIStatus)
    /// The server was not reached, or the answer not whole.
    case transport(TransportError)
    /// The answer is nothing we understand.
    case malformed(String)
    /// The server serves no such kind (now).
    case unknownKind(String)
    /// The configuration or a credential cannot be used.
    case configuration(String)

    /// The server's status, if it is one.
    package var status: APIStatus? { if case .status(let status) = self { status } else { nil } }
    package var isNotFound: Bool { status?.isNotFound ?? false }
    package var isConflict: Bool { status?.isConflict ?? false }
    package var isAlreadyExists: Bool { status?.isAlreadyExists ?? false }
    /// Whether a write may have been carried out all the same: its answer was lost.
    package var leavesOpenWhetherWritten: Bool {
        switch self {
        case .transport(let error): !error.isBeforeSending
        case .status(let status): status.code >= 500
        case .malformed: true
        case .unknownKind, .configuration: false
        }
    }
    /// A later try may succeed without anybody's doing.
    package var isTransient: Bool {
        switch self {
        case .status(let status): status.isTransient
        case .transport, .malformed: true
        case .unknownKind, .configuration: false
        }
    }

    package var description: String {
        switch self {
        case .status(let status): status.description
        case .transport(let error): error.description
        case .malformed(let text): "unreadable answer of the API server: \(text)"
        case .unknownKind(let text): "the API server serves no \(text)"
        case .configuration(let text): text
        }
    }
}

/// Which objects of a resource a list or watch is about.
package struct ListScope: Hashable, Sendable {
    /// Nil for all namespaces.
    package var namespace: String?
    package var labelSelector: String?
    package var fieldSelector: String?
    package init(namespace: String? = nil, labelSelector: String? = nil, fieldSelector: String? = nil) {
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
    }
    package static let all = ListScope()
}

/// One page of a list.
package struct ObjectPage: Sendable {
    package var items: [KubeObject]
    package var resourceVersion: ResourceVersion
    /// What to ask the next page with; nil at the last one.
    package var continueToken: String?
    package init(items: [KubeObject], resourceVersion: ResourceVersion, continueToken: String? = nil) {
        self.items = items
        self.resourceVersion = resourceVersion
        self.continueToken = continueToken
    }
}

/// One line of a watch.
package enum WatchEvent: Hashable, Sendable {
    case added(KubeObject)
    case modified(KubeObject)
    case deleted(KubeObject)
    /// Nothing up to this version is missing.
    case bookmark(ResourceVersion)
    /// The server ends the watch; 410 asks for a new list.
    case error(APIStatus)
}

/// How to write.
package struct WriteOptions: Hashable, Sendable {
    package var fieldManager: FieldManager = .martlet
    package var isDryRun = false
    /// `Strict`, `Warn` or `Ignore`; nil leaves it to the server.
    package var fieldValidation: String?
    package init() {}
    package static let standard = WriteOptions()
}

/// An API server. All calls are ones that every conforming kube-apiserver from 1.28 on answers.
package protocol KubeAPI: Sendable {
    /// The resource that serves a kind, by discovery.
    ///
    /// - Throws: `.unknownKind` when there is none.
    func resource(for kind: GroupVersionKind) async throws(KubeError) -> ResourceMapping
    func get(_ reference: ObjectReference) async throws(KubeError) -> KubeObject
    /// One page; `limit` 0 asks for everything at once. Each object's tree becomes what `trim` makes
    /// of it while the answer is read, so that a page of large objects costs no more than what is
    /// kept of them.
    func list(
        _ resource: GroupVersionResource, _ scope: ListScope, limit: Int, continueToken: String?,
        trim: @escaping @Sendable (JSON) -> JSON
    ) async throws(KubeError) -> ObjectPage
    /// Changes after a version, bookmarks included, until the server or the caller ends it. Errors
    /// thrown into the stream are `KubeError`s.
    func watch(
        _ resource: GroupVersionResource, _ scope: ListScope, from version: ResourceVersion, timeoutSeconds: Int
    ) async throws(KubeError) -> AsyncThrowingStream<WatchEvent, any Error>
    /// Sends one write.
    ///
    /// - Returns: The object as the server then has it; nil where the answer holds none (deletions).
    func write(_ change: Change, options: WriteOptions) async throws(KubeError) -> KubeObject?
    /// The body of a GET of any path, as `/version` or an aggregated API.
    func raw(_ path: String) async throws(KubeError) -> JSON
}

extension KubeAPI {
    /// Writes with the standard options.
    @discardableResult
    package func write(_ change: Change) async throws(KubeError) -> KubeObject? {
        try await write(change, options: .standard)
    }

    /// One page of whole objects.
    package func list(
        _ resource: GroupVersionResource, _ scope: ListScope, limit: Int, continueToken: String?
    ) async throws(KubeError) -> ObjectPage {
        try await list(resource, scope, limit: limit, continueToken: continueToken) { $0 }
    }

    /// All pages of a list.
    package func listAll(
        _ resource: GroupVersionResource, _ scope: ListScope = .all, pageSize: Int = 500
    ) async throws(KubeError) -> ObjectPage {
        var whole = try await list(resource, scope, limit: pageSize, continueToken: nil)
        while let token = whole.continueToken {
            let page = try await list(resource, scope, limit: pageSize, continueToken: token)
            whole.items += page.items
            whole.resourceVersion = page.resourceVersion
            whole.continueToken = page.continueToken
        }
        return whole
    }
}

/// What discovery says of a kind.
package struct ResourceMapping: Hashable, Sendable {
    package var resource: GroupVersionResource
    package var kind: String
    package var isNamespaced: Bool
    package var verbs: Set<String>
    package var shortNames: [String]
    package var singular: String
    /// Whether `/status` is served.
    package var hasStatus: Bool
    package init(
        resource: GroupVersionResource, kind: String, isNamespaced: Bool, verbs: Set<String> = [],
        shortNames: [String] = [], singular: String = "", hasStatus: Bool = false
    ) {
        self.resource = resource
        self.kind = kind
        self.isNamespaced = isNamespaced
        self.verbs = verbs
        self.shortNames = shortNames
        self.singular = singular
        self.hasStatus = hasStatus
    }
}
