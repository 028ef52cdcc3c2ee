// Invariants 7 and 9: recorded before made, and the same when made twice.

import ClusterSim
import HTTPModel
import JSONTree
import KubeModel

/// Looks at one write by itself.
enum WriteInvariants {
    /// What has an effect outside is named in the status before it is made.
    static func recorded(_ record: WriteRecord) -> [String] {
        guard case .create(let object) = record.change, object.kindName == "AnalysisRun",
            record.evidence != nil, !record.after.place.runs.contains(object.name)
        else { return [] }
        return ["invariant 7: AnalysisRun \(object.name) was made before the status named it"]
    }

    /// A sync from Git leaves weights, selectors and pods to the rollout.
    static func ownership(_ record: WriteRecord) -> [String] {
        var broken: [String] = []
        let (before, after) = (record.before, record.after)
        if let old = before.weights, old != after.weights {
            broken.append("ownership: a sync changed weights of \(old.stable) and \(old.canary)")
        }
        for (service, hash) in before.selected where after.selected[service] != hash {
            broken.append("ownership: a sync changed what \(service) selects")
        }
        if before.pods != after.pods { broken.append("ownership: a sync changed pods") }
        return broken
    }

    /// Whether a write says what must still be so, or does nothing when repeated.
    static func guarded(_ change: Change) -> [String] {
        let condition: Precondition
        switch change {
        case .create(let object):
            return object.name.isEmpty ? ["invariant 9: an object is created without a name"] : []
        case .apply: return []
        case .patch(_, _, let precondition), .patchStatus(_, _, let precondition), .delete(_, let precondition, _),
            .evict(_, let precondition):
            condition = precondition
        }
        if condition.uid?.isEmpty == false { return [] }
        if case .patch(_, .json(let patch), _) = change, case .test? = patch.operations.first { return [] }
        return ["invariant 9: \(change.verb) of \(change.reference.shortDescription) for an object of any uid"]
    }

    /// Sends a write that was carried out once more, to a copy of the machine: nothing may change.
    static func repeated(_ request: HTTPRequest, _ machine: ClusterMachine, now: Timestamp) -> [String] {
        var copy = machine
        let revision = copy.revision
        _ = copy.handle(request, user: .admin, now: now)
        if copy.revision == revision { return [] }
        return ["invariant 9: made twice, it changes the world twice"]
    }
}
