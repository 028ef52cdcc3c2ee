// A referenced workload: which generation was seen, and how it gives way to the Rollout.

import JSONTree
package import KubeModel
import MartletModel

/// A workload that a Rollout takes its template from.
package struct WorkloadView: Hashable, Sendable {
    package var reference: ObjectReference
    package var uid: UID
    package var generation: Int64
    package var replicas: Int

    package static let deploymentKind = GroupKind("apps", "Deployment")
    package static let podTemplateKind = GroupKind("", "PodTemplate")

    package init(_ object: KubeObject) {
        reference = object.reference
        uid = object.uid
        generation = object.generation
        replicas = object.spec["replicas"].int.map { Int($0) } ?? 0
    }
}

extension PlanAssembly {
    /// The move that shrinks a referenced Deployment while the first revision takes over from it
    /// (rollout-crd.md, section 1.1). Later revisions leave it alone.
    func workloadMoves(_ status: RolloutStatus) -> [Move] {
        guard let workload = snapshot.workload,
            workload.reference.kind.groupKind == WorkloadView.deploymentKind,
            position.revision == 1, workload.replicas > 0,
            let wish = snapshot.rollout.view.spec.workloadReference?.scaleDown
        else { return [] }
        let replicas = snapshot.rollout.view.spec.replicas
        let size: Int
        switch (wish, status.phase) {
        case ("onsuccess", .healthy), ("progressively", .healthy): size = 0
        case ("progressively", _) where status.readyReplicas > 0:
            size = min(workload.replicas, max(0, replicas - status.readyReplicas))
        default: return []
        }
        if size == workload.replicas { return [] }
        let change = Change.patch(
            workload.reference, .merge(["spec": ["replicas": .int(Int64(size))]]),
            if: Precondition(uid: workload.uid))
        return [
            Move(
                .scale(workload.reference.name, from: workload.replicas, to: size),
                because: "the Rollout has taken over", [change])
        ]
    }
}
