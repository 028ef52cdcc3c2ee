// What a decision wants done.

package import JSONTree
package import KubeModel
package import MartletModel

/// One object's change: what a person reads, and what is sent.
package struct SyncMove: Hashable, Sendable {
    package var key: ResourceKey
    package var version: String
    package var phase: SyncPhase
    /// `apply`, `create`, `replace`, `recreate`, `prune` or `delete`.
    package var intent: String
    package var reason: String
    /// Sent in order; all must succeed.
    package var changes: [Change]
    /// Sent where the server refuses the changes because it does not change this in place.
    package var recreation: [Change] = []
    /// The move is part of deleting the Application, not of a sync: nothing is recorded.
    package var isDeletion = false

    /// The object's name in results: `deployment.apps/web`.
    package var resultName: String {
        key.kind.lowercased() + (key.group.isEmpty ? "" : ".\(key.group)") + "/" + key.name
    }
}

/// What became of a move.
package enum MoveOutcome: Hashable, Sendable {
    /// The object as it then was; nil when it was deleted.
    case done(KubeObject?)
    /// The server refused it, in its words.
    case refused(String)
    /// Somebody else wrote meanwhile, or the server was not reached: decide again later.
    case again(String)
}

/// Why nothing is done now, and what ends the wait.
package struct SyncWait: Hashable, Sendable {
    /// A sentence for people.
    package var what: String
    /// When to look again at the latest; nil when a watched object ends the wait.
    package var until: Timestamp?
    package init(_ what: String, until: Timestamp? = nil) {
        self.what = what
        self.until = until
    }
}

/// A decision's output. While there are moves, they are made and the decision is taken again with
/// what came of them; then the status is written, once.
package struct SyncPlan: Hashable, Sendable {
    package var moves: [SyncMove] = []
    package var status: ApplicationStatus
    /// The requested operation is over, or cannot be.
    package var clearsOperation = false
    /// The refresh annotation has been honoured.
    package var clearsRefresh = false
    /// The finalizers that are left, when they change.
    package var finalizers: [String]?
    package var events: [KubeEvent] = []
    package var wait: SyncWait?

    package init(status: ApplicationStatus) { self.status = status }

    /// What changed in the status between the Application as it was read and the plan, for events.
    package func changeEvents(since application: KubeObject) -> [KubeEvent] {
        let before = ApplicationStatus(application.status)
        var texts: [String] = []
        let (oldSync, newSync) = (before.syncCode?.rawValue ?? "", status.syncCode?.rawValue ?? "")
        if oldSync != newSync { texts.append("Updated sync status: \(oldSync) -> \(newSync)") }
        let (oldHealth, newHealth) = (before.healthCode?.rawValue ?? "", status.healthCode?.rawValue ?? "")
        if oldHealth != newHealth {
            let cause = status.tree["health"]["message"].string.map { " (\($0))" } ?? ""
            texts.append("Updated health status: \(oldHealth) -> \(newHealth)\(cause)")
        }
        return texts.map {
            KubeEvent(
                regarding: application.reference, uid: application.uid, type: .normal, reason: "ResourceUpdated",
                message: $0)
        }
    }

    /// The one merge patch that records the plan on the Application; nil when nothing changes.
    package func patch(of application: KubeObject) -> JSON? {
        var target = application.tree
        target.set(["status"], to: status.tree.object?.isEmpty ?? true ? nil : status.tree)
        if clearsOperation { target.set(["operation"], to: nil) }
        if clearsRefresh {
            target.set(["metadata", "annotations", ApplicationNames.refresh], to: nil)
        }
        if let finalizers { target["metadata"]["finalizers"] = JSON(finalizers) }
        return MergePatch.difference(from: application.tree, to: target)
    }
}

extension SyncSnapshot {
    /// The snapshot after a plan's moves: what the server answered is live, and the running sync's
    /// results are in the status.
    package func after(_ plan: SyncPlan, outcomes: [MoveOutcome], now: Timestamp) -> SyncSnapshot {
        var next = self
        next.now = now
        var status = plan.status
        var state = status.operationState
        for (move, outcome) in zip(plan.moves, outcomes) {
            if case .done(let object) = outcome { next.live[move.key] = object }
            if move.isDeletion { continue }
            guard let result = Self.result(of: move, outcome, existed: live[move.key] != nil) else { continue }
            state?.syncResult?.resources.append(result)
        }
        if let state { status.set("operationState", state.tree) }
        next.application.tree["status"] = status.tree
        return next
    }

    /// What was done, in kubectl's words.
    private static func text(of move: SyncMove, existed: Bool) -> String {
        switch move.intent {
        case "recreate":
            let kind = move.key.kind.lowercased() + (move.key.group.isEmpty ? "" : ".\(move.key.group)")
            let place = move.key.namespace.isEmpty ? "" : " from \(move.key.namespace) namespace"
            return "\(kind) \"\(move.key.name)\" deleted\(place)\n\(move.resultName) replaced"
        case "replace": return "\(move.resultName) replaced"
        default: return "\(move.resultName) \(existed ? "configured" : "created")"
        }
    }

    private static func result(of move: SyncMove, _ outcome: MoveOutcome, existed: Bool) -> ResourceResult? {
        var result = ResourceResult(
            group: move.key.group, version: move.version, kind: move.key.kind, namespace: move.key.namespace,
            name: move.key.name, status: .synced, message: "", hookPhase: .running, syncPhase: move.phase.rawValue)
        switch outcome {
        case .again: return nil
        case .refused(let message):
            result.status = .syncFailed
            result.hookPhase = .failed
            result.message = message
        case .done where move.intent == "prune":
            result.status = .pruned
            result.hookPhase = .succeeded
            result.message = "pruned"
        case .done: result.message = text(of: move, existed: existed)
        }
        return result
    }
}
