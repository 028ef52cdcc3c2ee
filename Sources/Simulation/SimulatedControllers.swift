// The product's cores as controllers of the simulation.

import JSONTree
import KubeModel
import RolloutCore

/// The controllers that every story runs.
enum SimulatedControllers {
    static func all(_ story: Story) -> [SimulatedController] { [rollouts, Analyst(badImages: story.badImages).controller] }

    static let argo = "argoproj.io"

    private static func resource(_ group: String, _ version: String, _ plural: String) -> GroupVersionResource {
        GroupVersionResource(group: group, version: version, resource: plural)
    }

    /// A change of these concerns every rollout of the namespace.
    private static func neighbours(_ object: KubeObject, _ reader: any ObjectReader) -> [ObjectKey] {
        reader.objects(GroupKind(argo, "Rollout"), namespace: object.namespace).map(\.key)
    }

    private static func owner(_ object: KubeObject, _ reader: any ObjectReader) -> [ObjectKey] {
        object.controller.map { [ObjectKey(namespace: object.namespace, name: $0.name)] } ?? []
    }

    /// The rollout controller: the live one's gatherer, decision and trims.
    static let rollouts = SimulatedController(
        name: "rollouts",
        watches: [
            SimulatedWatch(resource(argo, "v1alpha1", "rollouts"), kind: GroupKind(argo, "Rollout"), trim: RolloutTrims.whole) { object, _ in [object.key] },
            SimulatedWatch(resource("apps", "v1", "replicasets"), kind: GroupKind("apps", "ReplicaSet"), trim: RolloutTrims.replicaSet, keys: owner),
            SimulatedWatch(resource("", "v1", "services"), kind: GroupKind("", "Service"), trim: RolloutTrims.service, keys: neighbours),
            SimulatedWatch(resource(argo, "v1alpha1", "analysisruns"), kind: GroupKind(argo, "AnalysisRun"), keys: owner),
            SimulatedWatch(resource(argo, "v1alpha1", "analysistemplates"), kind: GroupKind(argo, "AnalysisTemplate"), keys: neighbours),
            SimulatedWatch(
                resource("networking.istio.io", "v1alpha3", "virtualservices"),
                kind: GroupKind("networking.istio.io", "VirtualService"), trim: RolloutTrims.whole, keys: neighbours),
        ]
    ) { key, reader, now in
        guard let snapshot = RolloutGatherer.gather(key, reader: reader, now: now) else { return .nothing }
        let plan = decide(snapshot)
        return SimulatedPass(
            changes: plan.moves.flatMap { move in move.changes.map { ($0, "\(move.summary): \(move.reason)") } },
            requeueAt: plan.outcome.lookAgain, why: plan.why,
            evidence: RolloutEvidence(snapshot: snapshot, plan: plan))
    }
}
