// The product's cores as controllers of the simulation.

import AnalysisCore
import ClusterSim
import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import TrafficRouting

/// The controllers that every story runs.
enum SimulatedControllers {
    /// - Parameter watchesAll: Every router's kinds are watched, not only the story's own.
    static func of(_ story: Story, watchesAll: Bool) -> [SimulatedController] {
        let kinds = watchesAll ? routerKinds : story.route?.kinds ?? []
        var controllers = [rollouts(watching: kinds, withWorkloads: watchesAll), analyses]
        guard story.hasExperiments else { return controllers }
        controllers[0].watches.append(watch("experiments", Experiment.kind.groupKind, keys: owner))
        return controllers + [experiments]
    }

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

    // MARK: Watches

    private typealias Keys = @Sendable (KubeObject, any ObjectReader) -> [ObjectKey]

    /// A watch of one of Argo Rollouts' kinds.
    private static func watch(
        _ plural: String, _ kind: GroupKind, _ trim: (@Sendable (JSON) -> JSON)? = nil, keys: @escaping Keys
    ) -> SimulatedWatch {
        SimulatedWatch(resource(argo, "v1alpha1", plural), kind: kind, trim: trim, keys: keys)
    }

    private static func replicaSets(keys: @escaping Keys) -> SimulatedWatch {
        SimulatedWatch(
            resource("apps", "v1", "replicasets"), kind: ReplicaSetView.kind.groupKind,
            trim: RolloutTrims.replicaSet, keys: keys)
    }

    private static func services(keys: @escaping Keys) -> SimulatedWatch {
        SimulatedWatch(
            resource("", "v1", "services"), kind: ServiceView.kind.groupKind, trim: RolloutTrims.service,
            keys: keys)
    }

    /// A change of these concerns every rollout of the namespace.
    private static func neighbours(_ object: KubeObject, _ reader: any ObjectReader) -> [ObjectKey] {
        reader.objects(Rollout.kind.groupKind, namespace: object.namespace).map(\.key)
    }

    /// The Rollout that a Service says it is managed by, which may be gone.
    private static func manager(_ service: KubeObject) -> [ObjectKey] {
        service.annotation(RolloutAnnotations.managedBy)
            .map { [ObjectKey(namespace: service.namespace, name: $0)] } ?? []
    }

    /// Those that the Services of the namespace say.
    private static func managers(_ object: KubeObject, _ reader: any ObjectReader) -> [ObjectKey] {
        reader.objects(ServiceView.kind.groupKind, namespace: object.namespace).flatMap(manager)
    }

    /// What is done for a Rollout that is gone.
    private static func aftermath(_ look: SimulatedLook) -> SimulatedPass {
        let services = look.reader.objects(ServiceView.kind.groupKind, namespace: look.key.namespace)
        let aftermath = Aftermath(of: look.key, services: services, reader: look.reader)
        return SimulatedPass(
            changes: aftermath.releases.map { SimulatedChange($0.change, because: $0.reason) },
            requeueAt: nil)
    }

    private static func owner(_ object: KubeObject, _ reader: any ObjectReader) -> [ObjectKey] {
        object.controller.map { [ObjectKey(namespace: object.namespace, name: $0.name)] } ?? []
    }

    /// The rollout controller in a cluster with those routers.
    private static func rollouts(
        watching kinds: [RouterKind], withWorkloads: Bool
    ) -> SimulatedController {
        var controller = rollouts
        var watched = Set(controller.watches.map(\.kind))
        for kind in kinds where watched.insert(kind.groupKind).inserted {
            controller.watches.append(
                SimulatedWatch(
                    kind.place, kind: kind.groupKind, trim: RolloutTrims.whole, keys: neighbours))
        }
        guard withWorkloads else { return controller }
        for (kind, group, plural) in [
            (WorkloadView.deploymentKind, "apps", "deployments"), (WorkloadView.podTemplateKind, "", "podtemplates"),
        ] {
            controller.watches.append(
                SimulatedWatch(
                    resource(group, "v1", plural), kind: kind, trim: RolloutTrims.workload, keys: neighbours))
        }
        return controller
    }

    /// The rollout controller: the live one's gatherer, decision and trims.
    private static let rollouts = SimulatedController(
        name: "rollouts",
        watches: [
            watch("rollouts", Rollout.kind.groupKind, RolloutTrims.whole) { object, _ in [object.key] },
            replicaSets { set, reader in set.controller == nil ? neighbours(set, reader) + managers(set, reader) : owner(set, reader) },
            services { service, reader in neighbours(service, reader) + manager(service) },
            watch("analysisruns", AnalysisKinds.run, keys: owner),
            watch("analysistemplates", AnalysisKinds.template, keys: neighbours),
        ]
    ) { look in
        guard var snapshot = RolloutGatherer.gather(look.key, reader: look.reader, now: look.now) else {
            return aftermath(look)
        }
        snapshot.orphans = look.reader.objects(ReplicaSetView.kind.groupKind, namespace: look.key.namespace)
            .filter { $0.controller == nil }
        if snapshot.needsPods {
            // Listed when they are needed, not watched.
            let pods = look.machine.objects(PodView.kind.groupKind, namespace: look.key.namespace)
            snapshot.pods = pods.map(PodView.init)
        }
        if snapshot.needsTemplates {
            for name in snapshot.revisionNames {
                let key = ObjectKey(namespace: look.key.namespace, name: name)
                guard let set = look.machine.object(ReplicaSetView.kind.groupKind, key) else { return .nothing }
                snapshot.revisionTemplates[name] = [
                    "template": set.spec["template"], "selector": set.spec["selector"],
                ]
            }
        }
        let plan = decide(snapshot)
        if plan.remakesReplicaSet(in: snapshot) || plan.adopts {
            // As the live one does: a Rollout that the cache still shows may be gone.
            let present = look.machine.object(Rollout.kind.groupKind, look.key)
            if present?.uid != snapshot.rollout.object.uid || present?.isDeleting ?? true { return .nothing }
        }
        return SimulatedPass(
            changes: plan.moves.flatMap { move in
                move.changes.map { SimulatedChange($0, because: "\(move.summary): \(move.reason)") }
            },
            requeueAt: plan.outcome.lookAgain, why: plan.why,
            evidence: RolloutEvidence(snapshot: snapshot, plan: plan))
    }

    /// The experiment controller: the live one's gatherer, decision and trims.
    private static let experiments = SimulatedController(
        name: "experiments",
        watches: [
            watch("experiments", Experiment.kind.groupKind, RolloutTrims.whole) { object, _ in
                [object.key]
            },
            replicaSets(keys: owner),
            services(keys: owner),
            watch("analysisruns", AnalysisKinds.run, keys: owner),
            watch("analysistemplates", AnalysisKinds.template) { _, reader in
                reader.objects(Experiment.kind.groupKind, namespace: Story.namespace).map(\.key)
            },
        ]
    ) { look in
        guard let snapshot = ExperimentGatherer.gather(look.key, reader: look.reader, now: look.now) else {
            return .nothing
        }
        let plan = decide(snapshot)
        var pass = SimulatedPass(
            changes: plan.moves.flatMap { move in
                move.changes.map { SimulatedChange($0, because: "\(move.summary): \(move.reason)") }
            },
            requeueAt: plan.lookAgain, why: plan.why)
        pass.isRepeatable = decide(snapshot) == plan
        return pass
    }

    /// The analysis controller: the live one's decision; measurements are the world's business.
    static let analyses = SimulatedController(
        name: "analyses",
        watches: [
            watch("analysisruns", AnalysisKinds.run) { object, _ in [object.key] }
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
