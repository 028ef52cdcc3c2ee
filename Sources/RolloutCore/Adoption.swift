// ReplicaSets of the Rollout's pods that nobody controls: left behind by an earlier Rollout.

import JSONTree
import KubeModel
import MartletModel

extension RolloutSnapshot {
    /// ReplicaSets that nobody controls and whose labels are those of the Rollout's pods. Only such as
    /// carry a revision's hash: others were made by somebody else.
    var adoptable: [KubeObject] {
        guard !orphans.isEmpty, let selector = LabelSelector(selector), !selector.requirements.isEmpty
        else { return [] }
        return orphans.filter { set in
            set.controller == nil && !set.isDeleting && set.namespace == namespace
                && set.label(RolloutLabels.podTemplateHash) != nil && selector.matches(set.labels)
        }.sorted { $0.name < $1.name }
    }

    /// The revision to which the stable or active Service of a Rollout without any history sends its
    /// traffic, where it has pods: that one is stable, and another one an update. At the end of an
    /// update only the canary's Service may be left with pods, and all the traffic.
    fileprivate func servingHash(among sets: [KubeObject]) -> String? {
        let spec = rollout.view.spec
        guard rollout.view.status.stableHash.isEmpty else { return nil }
        let running = Set(sets.map(ReplicaSetView.init).filter { $0.available > 0 }.map(\.hash))
        let names = [
            spec.canary?.stableService ?? spec.blueGreen?.activeService, spec.canary?.canaryService,
        ]
        let hashes = names.compactMap { name in name.flatMap { services[$0]?.hash } }
        return hashes.first { !$0.isEmpty && running.contains($0) }
    }
}

extension Plan {
    /// Takes over what was left behind, before anything else: its revision's ReplicaSet would be made
    /// a second time, under another name, beside pods that run already. Nil when there is nothing.
    init?(adoptingIn snapshot: RolloutSnapshot) {
        let sets = snapshot.adoptable
        if sets.isEmpty { return nil }
        let until = snapshot.now + .seconds(1)
        let names = sets.map(\.name).joined(separator: ", ")
        self.init(
            status: snapshot.rollout.view.status,
            outcome: .waiting(reason: "Adoption", until: until), why: "taking over \(names)")
        // First of all: what serves is known before anything else is decided.
        if let hash = snapshot.servingHash(among: sets) {
            status.stableHash = hash
            if let change = Lowering(snapshot, Position(locating: snapshot)).record(status) {
                moves.append(Move(.recordStatus, because: "\(hash) has the traffic", [change]))
            }
        }
        let owner = OwnerReference(controller: snapshot.rollout.object)
        moves += sets.map { set in
            let owners = set.ownerReferences.filter { $0.uid != owner.uid }.map(\.tree) + [owner.tree]
            // The list is replaced: nobody may have written it meanwhile.
            let condition = Precondition(uid: set.uid, resourceVersion: set.resourceVersion)
            let reference = ObjectReference(
                ReplicaSetView.kind, namespace: snapshot.namespace, name: set.name)
            return Move(
                .adopt(set.name), because: "nobody controls it",
                [
                    .patch(
                        reference, .merge(["metadata": ["ownerReferences": .array(owners)]]),
                        if: condition)
                ])
        }
    }

    /// Whether the plan takes something over, which only a Rollout that is really there may do.
    package var adopts: Bool {
        moves.contains { move in
            if case .adopt = move.intent { true } else { false }
        }
    }
}
