// The product's cores as controllers of the simulation.

import AnalysisCore
import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import TrafficRouting

/// The controllers that every story runs.
enum SimulatedControllers {
    static let all: [SimulatedController] = [rollouts, analyses]

    /// The same in a cluster with every router that Martlet knows.
    static let allWithRouters: [SimulatedController] = [rollouts(watching: routerKinds), analyses]

    /// The kinds of every router, those of the routers' plugins and of steps' plugins.
    static let routerKinds: [RouterKind] = {
        let types: [any TrafficRouter.Type] = [
            IstioRouter.self, GatewayAPIRouter.self, NginxRouter.self, ALBRouter.self, SMIRouter.self,
            AmbassadorRouter.self, AppMeshRouter.self, TraefikRouter.self, ApisixRouter.self, PluginRouter.self,
        ]
        return types.flatMap { $0.kinds } + [StepWishView.kind]
    }()

    static let argo = "argoproj.io"

    static func resource(_ group: String, _ version: String, _ plural: String) -> GroupVersionResource {
        GroupVersionResource(group: group, version: version, resource: plural)
    }

    /// A change of these concerns every rollout of the namespace.
    private static func neighbours(_ object: KubeObject, _ reader: any ObjectReader) -> [ObjectKey] {
        reader.objects(Rollout.kind.groupKind, namespace: object.namespace).map(\.key)
    }

    private static func owner(_ object: KubeObject, _ reader: any ObjectReader) -> [ObjectKey] {
        object.controller.map { [ObjectKey(namespace: object.namespace, name: $0.name)] } ?? []
    }

    /// The rollout controller: the live one's gatherer, decision and trims.
    static let rollouts = rollouts(watching: [])

    /// The same in a cluster with further routers.
    static func rollouts(watching kinds: [RouterKind]) -> SimulatedController {
        var controller = rolloutsWithIstio
        var watched = Set(controller.watches.map(\.kind))
        for kind in kinds where watched.insert(kind.groupKind).inserted {
            controller.watches.append(
                SimulatedWatch(
                    resource(kind.group, kind.versions.first ?? "", kind.resource), kind: kind.groupKind,
                    trim: RolloutTrims.whole, keys: neighbours))
        }
        guard !kinds.isEmpty else { return controller }
        for (kind, group, plural) in [
            (WorkloadView.deploymentKind, "apps", "deployments"), (WorkloadView.podTemplateKind, "", "podtemplates"),
        ] {
            controller.watches.append(
                SimulatedWatch(
                    resource(group, "v1", plural), kind: kind, trim: RolloutTrims.workload, keys: neighbours))
        }
        return controller
    }

    private static let rolloutsWithIstio = SimulatedController(
        name: "rollouts",
        watches: [
            SimulatedWatch(
                resource(argo, "v1alpha1", "rollouts"), kind: Rollout.kind.groupKind, trim: RolloutTrims.whole
            ) { object, _ in [object.key] },
            SimulatedWatch(
                resource("apps", "v1", "replicasets"), kind: ReplicaSetView.kind.groupKind,
                trim: RolloutTrims.replicaSet
            ) { set, reader in set.controller == nil ? neighbours(set, reader) : owner(set, reader) },
            SimulatedWatch(
                resource("", "v1", "services"), kind: ServiceView.kind.groupKind, trim: RolloutTrims.service,
                keys: neighbours),
            SimulatedWatch(resource(argo, "v1alpha1", "analysisruns"), kind: AnalysisKinds.run, keys: owner),
            SimulatedWatch(
                resource(argo, "v1alpha1", "analysistemplates"), kind: AnalysisKinds.template, keys: neighbours),
            SimulatedWatch(
                resource("networking.istio.io", "v1alpha3", "virtualservices"),
                kind: GroupKind("networking.istio.io", "VirtualService"), trim: RolloutTrims.whole, keys: neighbours),
        ]
    ) { look in
        guard var snapshot = RolloutGatherer.gather(look.key, reader: look.reader, now: look.now) else {
            return .nothing
        }
        if snapshot.needsPods { snapshot.pods = look.pods() }
        let plan = decide(snapshot)
        return SimulatedPass(
            changes: plan.moves.flatMap { move in
                move.changes.map { SimulatedChange($0, because: "\(move.summary): \(move.reason)") }
            },
            requeueAt: plan.outcome.lookAgain, why: plan.why,
            evidence: RolloutEvidence(snapshot: snapshot, plan: plan))
    }

    /// The analysis controller: the live one's decision; measurements are the world's business.
    static let analyses = SimulatedController(
        name: "analyses",
        watches: [
            SimulatedWatch(resource(argo, "v1alpha1", "analysisruns"), kind: AnalysisKinds.run) { object, _ in
                [object.key]
            }
        ]
    ) { look in
        guard let run = look.reader.object(AnalysisKinds.run, look.key) else { return .nothing }
        let snapshot = AnalysisSnapshot(
            now: look.now, run: run, activities: look.desk.activities(run.key, run.uid))
        let plan = decide(snapshot)
        var pass = SimulatedPass(
            changes: plan.changes.map { SimulatedChange($0.change, because: $0.reason) }, requeueAt: plan.next,
            why: plan.why)
        pass.measurements = plan.measurements
        pass.isRepeatable = decide(snapshot) == plan
        return pass
    }
}
