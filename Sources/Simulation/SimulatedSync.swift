// The Git core as a controller of the simulation: what a commit wants, against what is there.

import JSONTree
package import KubeModel
import MartletModel
import SyncCore

/// A commit of a story's repository, rendered.
package struct StoryCommit: Sendable {
    /// After the story's beginning.
    package var after: Duration
    package var objects: [KubeObject]
    package init(after: Duration, objects: [KubeObject]) {
        self.after = after
        self.objects = objects
    }
}

/// Gathers what a decision about the story's Application needs.
enum SimulatedSync {
    static let name = "applications"
    static let kind = GroupKind("argoproj.io", "Application")
    static let key = ObjectKey(namespace: "argocd", name: "shop")

    /// The Application of stories that Git drives.
    static let application: JSON = [
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
        "metadata": ["name": .string(key.name), "namespace": .string(key.namespace)],
        "spec": [
            "project": "default",
            "source": ["repoURL": "https://git.test/shop.git", "path": "web", "targetRevision": "main"],
            "destination": ["server": "https://kubernetes.default.svc", "namespace": .string(Story.namespace)],
            "syncPolicy": ["automated": ["prune": true, "selfHeal": true]],
        ],
    ]

    /// The kinds that commits may hold.
    private static let managed: [(resource: GroupVersionResource, kind: GroupKind)] = [
        (SimulatedControllers.resource("argoproj.io", "v1alpha1", "rollouts"), Rollout.kind.groupKind),
        (SimulatedControllers.resource("argoproj.io", "v1alpha1", "analysistemplates"), AnalysisKinds.template),
        (SimulatedControllers.resource("", "v1", "services"), GroupKind("", "Service")),
        (
            SimulatedControllers.resource("networking.istio.io", "v1alpha3", "virtualservices"),
            GroupKind("networking.istio.io", "VirtualService")
        ),
        (SimulatedControllers.resource("", "v1", "namespaces"), GroupKind("", "Namespace")),
    ]

    /// The controller: a pass only gathers; deciding and writing take turns in the world.
    static let controller = SimulatedController(
        name: name,
        watches: [
            SimulatedWatch(SimulatedControllers.resource("argoproj.io", "v1alpha1", "applications"), kind: kind) {
                object, _ in [object.key]
            }
        ]
            + managed.map { resource, kind in
                SimulatedWatch(resource, kind: kind) { object, _ in
                    Tracking.of(object).map { InstanceNaming().applications(of: $0.instance) } ?? []
                }
            }
    ) { look in
        let next = look.commits.map { World.start + $0.after }.first { $0 > look.now }
        var pass = SimulatedPass(changes: [], requeueAt: next)
        guard let snapshot = gather(look) else { return pass }
        pass.sync = snapshot
        pass.isRepeatable = decide(snapshot) == decide(snapshot)
        return pass
    }

    private static func gather(_ look: SimulatedLook) -> SyncSnapshot? {
        guard let object = look.reader.object(kind, look.key),
            let (number, commit) = look.commits.enumerated().last(where: { World.start + $1.after <= look.now })
        else { return nil }
        let instance = InstanceNaming().instance(of: look.key)
        let scopes = Dictionary(
            managed.map { ($0.kind, $0.kind.kind == "Namespace" ? ResourceScope.cluster : .namespaced) }
        ) { first, _ in first }
        let builder = TargetBuilder(instance: instance, defaultNamespace: Story.namespace, scopes: scopes)
        var live: [ResourceKey: KubeObject] = [:]
        for (_, kind) in managed {
            for object in look.reader.objects(kind, namespace: nil)
            where Tracking.of(object)?.instance == instance { live[ResourceKey(object)] = object }
        }
        for key in builder.build(commit.objects).objects.keys {
            let place = ObjectKey(namespace: key.namespace, name: key.name)
            if let found = look.reader.object(key.groupKind, place) { live[key] = found }
        }
        // Forty digits, as of a real commit.
        let digits = String(number + 1, radix: 16)
        let revision = String(repeating: "c", count: 40 - digits.count) + digits
        return SyncSnapshot(
            now: look.now, application: object, instance: instance,
            target: .loaded(
                LoadedManifests(revisions: [revision], sourceTypes: ["Directory"], objects: commit.objects)),
            live: live, deliverers: look.reader.objects(Rollout.kind.groupKind, namespace: Story.namespace),
            scopes: scopes)
    }
}
