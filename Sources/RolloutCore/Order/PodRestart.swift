// Restarting the pods of a Rollout without a new revision.

import JSONTree
package import KubeModel
import MartletModel

/// A pod, as far as a restart looks at it.
package struct PodView: Hashable, Sendable {
    package var name: String
    package var uid: UID
    /// The uid of the ReplicaSet that made it.
    package var owner: UID
    package var created: Timestamp
    package var isDeleting: Bool
    package var isReady: Bool
    package var labels: [String: String]
    package var annotations: [String: String]

    package static let kind = GroupVersionKind(group: "", version: "v1", kind: "Pod")

    package init(_ object: KubeObject) {
        name = object.name
        uid = object.uid
        owner = object.controller?.uid ?? ""
        created = object.creationTimestamp ?? .epoch
        isDeleting = object.isDeleting
        labels = object.labels
        annotations = object.annotations
        isReady = object.status["conditions"].elements.contains {
            $0["type"] == "Ready" && $0["status"] == "True"
        }
    }
}

/// Evicts pods that are older than `spec.restartAt`, as many at once as may be unavailable
/// (rollout-behaviour.md, section 9).
struct PodRestart {
    let snapshot: RolloutSnapshot
    let position: Position

    private var spec: RolloutSpec { snapshot.rollout.view.spec }

    /// How long until the next look where pods are left. Their ReplicaSets' events come sooner.
    static let interval: Duration = .seconds(30)

    init(_ snapshot: RolloutSnapshot, _ position: Position) {
        self.snapshot = snapshot
        self.position = position
    }

    /// The evictions that are due; notes in the status that none are left.
    ///
    /// - Returns: When to look again, if ever.
    func advance(_ status: inout RolloutStatus) -> (moves: [Move], lookAgain: Timestamp?) {
        guard let restartAt = spec.restartAt, restartAt != status.restartedAt else {
            return ([], nil)
        }
        if restartAt > snapshot.now { return ([], restartAt) }
        guard let pods = snapshot.pods else { return ([], snapshot.now + Self.interval) }
        let sets = [position.distinctStable, position.newSet].compactMap(\.self) + position.others
        let old = sets.flatMap { set in
            pods.filter { $0.owner == set.uid && $0.created < restartAt }.sorted { $0.name < $1.name }
        }
        if old.isEmpty {
            // Done when those that came instead serve.
            let young = pods.filter { pod in
                pod.isReady && !pod.isDeleting && sets.contains { $0.uid == pod.owner }
            }
            guard young.count >= spec.replicas else { return ([], snapshot.now + Self.interval) }
            status.restartedAt = restartAt
            return ([], nil)
        }
        // The pods are seen as they are; the ReplicaSets' counts may be from before the last eviction.
        let serving = pods.count { pod in
            pod.isReady && !pod.isDeleting && sets.contains { $0.uid == pod.owner }
        }
        let moves = old.filter { !$0.isDeleting }.prefix(max(0, allowance(sets, serving))).map(evict)
        return (moves, snapshot.now + Self.interval)
    }

    /// How many pods may be unavailable more than are.
    private func allowance(_ sets: [ReplicaSetView], _ serving: Int) -> Int {
        let unavailable =
            (spec.canary?.maxUnavailable ?? spec.blueGreen?.maxUnavailable)?
            .scaled(of: spec.replicas, roundsUp: false) ?? 0
        let wished = max(spec.replicas, sets.reduce(0) { $0 + $1.wished })
        let available = min(serving, sets.reduce(0) { $0 + $1.available })
        return available - (wished - max(unavailable, 1))
    }

    private func evict(_ pod: PodView) -> Move {
        let reference = ObjectReference(PodView.kind, namespace: snapshot.namespace, name: pod.name)
        return Move(
            .evict(pod.name), because: "it is older than restartAt",
            [.evict(reference, if: Precondition(uid: pod.uid))])
    }
}

extension RolloutSnapshot {
    /// Whether the decision needs to see the pods: a restart is due, or pods have a new role.
    package var needsPods: Bool {
        if problem != nil || rollout.object.isDeleting { return false }
        if let restartAt = rollout.view.spec.restartAt, restartAt <= now, !replicaSets.isEmpty,
            restartAt != rollout.view.status.restartedAt
        {
            return true
        }
        return PodMetadata(self, Position(locating: self)).needsPods
    }
}
