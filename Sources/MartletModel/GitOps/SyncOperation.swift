// A sync that somebody, or automation, asked for.

package import JSONTree
package import KubeModel

/// A request to sync: `Application.operation`, and its copy in `status.operationState`.
package struct SyncOperation: Hashable, Sendable {
    /// The request as written, which status copies.
    package var tree: JSON
    package init(_ tree: JSON) { self.tree = tree }

    private var sync: JSON { tree["sync"] }
    /// Empty means the Application's own.
    package var revision: String { sync["revision"].string ?? "" }
    /// One for each of several sources.
    package var revisions: [String] { sync["revisions"].elements.compactMap(\.string) }
    package var prunes: Bool { sync["prune"].bool ?? false }
    package var isDryRun: Bool { sync["dryRun"].bool ?? false }
    package var options: SyncOptions { SyncOptions(sync["syncOptions"].elements.compactMap(\.string)) }
    package var isAutomated: Bool { tree["initiatedBy"]["automated"].bool ?? false }
    package var selfHealAttemptCount: Int64 { sync["autoHealAttemptsCount"].int ?? 0 }
    package var retry: RetryPolicy { RetryPolicy(tree["retry"]) }
    /// Strategy `apply` leaves hooks out, as rollbacks do.
    package var usesApplyStrategy: Bool { sync["syncStrategy"]["apply"].object != nil }
    package var forces: Bool {
        sync["syncStrategy"]["apply"]["force"].bool ?? sync["syncStrategy"]["hook"]["force"].bool ?? false
    }
    /// Sources that replace the Application's for this sync: rollbacks carry them.
    package var sources: [ApplicationSource] {
        let several = sync["sources"].elements
        if !several.isEmpty { return several.map(ApplicationSource.init) }
        return sync["source"].object != nil ? [ApplicationSource(sync["source"])] : []
    }
    /// Restricts the sync to some objects.
    package var resources: [Selection] { sync["resources"].elements.map(Selection.init) }
    package var isSelective: Bool { !sync["resources"].elements.isEmpty }

    /// An object named for a selective sync.
    package struct Selection: Hashable, Sendable {
        package var group: String
        package var kind: String
        package var name: String
        /// Empty for any.
        package var namespace: String
        init(_ tree: JSON) {
            group = tree["group"].string ?? ""
            kind = tree["kind"].string ?? ""
            name = tree["name"].string ?? ""
            namespace = tree["namespace"].string ?? ""
        }
    }
}

/// `status.operationState.phase`.
package enum OperationPhase: String, Hashable, Sendable {
    case running = "Running"
    case terminating = "Terminating"
    case succeeded = "Succeeded"
    case failed = "Failed"
    case error = "Error"

    package var isComplete: Bool { self != .running && self != .terminating }
}

/// `status.operationState`: the last or the present sync.
package struct OperationState: Hashable, Sendable {
    package var operation: SyncOperation
    package var phase: OperationPhase
    package var message: String
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?
    package var retryCount: Int64
    package var syncResult: SyncResult?

    package init(
        operation: SyncOperation, phase: OperationPhase, message: String = "", startedAt: Timestamp?,
        finishedAt: Timestamp? = nil, retryCount: Int64 = 0, syncResult: SyncResult? = nil
    ) {
        self.operation = operation
        self.phase = phase
        self.message = message
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.retryCount = retryCount
        self.syncResult = syncResult
    }

    package init?(_ tree: JSON) {
        guard tree.object != nil, let phase = tree["phase"].string.flatMap(OperationPhase.init) else { return nil }
        self.init(
            operation: SyncOperation(tree["operation"]), phase: phase, message: tree["message"].string ?? "",
            startedAt: tree["startedAt"].string.flatMap { Timestamp($0) },
            finishedAt: tree["finishedAt"].string.flatMap { Timestamp($0) },
            retryCount: tree["retryCount"].int ?? 0,
            syncResult: tree["syncResult"].object != nil ? SyncResult(tree["syncResult"]) : nil)
    }

    package var tree: JSON {
        var tree: JSON = ["operation": operation.tree, "phase": .string(phase.rawValue)]
        if !message.isEmpty { tree["message"] = .string(message) }
        if let startedAt { tree["startedAt"] = .string(startedAt.rfc3339) }
        if let finishedAt { tree["finishedAt"] = .string(finishedAt.rfc3339) }
        if retryCount != 0 { tree["retryCount"] = .int(retryCount) }
        if let syncResult { tree["syncResult"] = syncResult.tree }
        return tree
    }
}

/// `status.operationState.syncResult`: what a sync did.
package struct SyncResult: Hashable, Sendable {
    package var revision: String
    package var revisions: [String]
    package var source: JSON?
    package var sources: [JSON]
    package var resources: [ResourceResult]
    package var managedNamespaceMetadata: JSON?

    package init(
        revision: String, revisions: [String] = [], source: JSON? = nil, sources: [JSON] = [],
        resources: [ResourceResult] = []
    ) {
        self.revision = revision
        self.revisions = revisions
        self.source = source
        self.sources = sources
        self.resources = resources
    }

    init(_ tree: JSON) {
        revision = tree["revision"].string ?? ""
        revisions = tree["revisions"].elements.compactMap(\.string)
        source = tree["source"].object.map(JSON.object)
        sources = tree["sources"].elements
        resources = tree["resources"].elements.map(ResourceResult.init)
        managedNamespaceMetadata = tree["managedNamespaceMetadata"].object.map(JSON.object)
    }

    var tree: JSON {
        var tree: JSON = [:]
        tree["revision"] = .string(revision)
        if !revisions.isEmpty { tree["revisions"] = JSON(revisions) }
        if let source { tree["source"] = source }
        if !sources.isEmpty { tree["sources"] = .array(sources) }
        if !resources.isEmpty { tree["resources"] = .array(resources.map(\.tree)) }
        if let managedNamespaceMetadata { tree["managedNamespaceMetadata"] = managedNamespaceMetadata }
        return tree
    }
}

/// What a sync did to one object.
package struct ResourceResult: Hashable, Sendable {
    package enum Status: String, Hashable, Sendable {
        case synced = "Synced", syncFailed = "SyncFailed", pruned = "Pruned", pruneSkipped = "PruneSkipped"
    }
    package var group: String
    package var version: String
    package var kind: String
    package var namespace: String
    package var name: String
    package var status: Status?
    package var message: String
    package var hookType: String
    /// How far the object's own readiness is: `Running`, `Succeeded` or `Failed`.
    package var hookPhase: OperationPhase?
    package var syncPhase: String

    package init(
        group: String, version: String, kind: String, namespace: String, name: String, status: Status?,
        message: String, hookType: String = "", hookPhase: OperationPhase?, syncPhase: String
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.status = status
        self.message = message
        self.hookType = hookType
        self.hookPhase = hookPhase
        self.syncPhase = syncPhase
    }

    init(_ tree: JSON) {
        self.init(
            group: tree["group"].string ?? "", version: tree["version"].string ?? "",
            kind: tree["kind"].string ?? "", namespace: tree["namespace"].string ?? "",
            name: tree["name"].string ?? "", status: tree["status"].string.flatMap(Status.init),
            message: tree["message"].string ?? "", hookType: tree["hookType"].string ?? "",
            hookPhase: tree["hookPhase"].string.flatMap(OperationPhase.init),
            syncPhase: tree["syncPhase"].string ?? "")
    }

    var tree: JSON {
        var tree: JSON = [
            "group": .string(group), "version": .string(version), "kind": .string(kind),
            "namespace": .string(namespace), "name": .string(name),
        ]
        if let status { tree["status"] = .string(status.rawValue) }
        if !message.isEmpty { tree["message"] = .string(message) }
        if !hookType.isEmpty { tree["hookType"] = .string(hookType) }
        if let hookPhase { tree["hookPhase"] = .string(hookPhase.rawValue) }
        if !syncPhase.isEmpty { tree["syncPhase"] = .string(syncPhase) }
        return tree
    }
}
