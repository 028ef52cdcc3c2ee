// The cluster in which every story begins: made once, copied for each seed.

import ClusterSim
import JSONTree
import KubeModel
import TrafficRouting

/// A machine with the definitions that stories need. What is simulated is controllers, so the
/// definitions store the kinds and check nothing.
enum WorldTemplate {
    /// Some time before a story begins.
    private static let made = World.start + .seconds(-60)

    /// The machine as every story finds it, with the definitions of every router.
    static let machine: ClusterMachine = {
        // An Ingress is a kind of the cluster's own.
        var seen: Set<GroupKind> = [NginxRouter.ingresses.groupKind]
        let routed = SimulatedControllers.routerKinds.filter { seen.insert($0.groupKind).inserted }
        let definitions = (kinds + routed.map(kind(of:))).map(definition)
        var machine = ClusterMachine(configuration: ClusterConfiguration(), now: made)
        for definition in definitions {
            let request = ChangeRequest.make(.create(KubeObject(definition)))
            _ = machine.handle(request, user: .admin, now: made)
        }
        machine.tick(now: made)
        while let wake = machine.nextWake, wake < World.start { machine.tick(now: wake) }
        return machine
    }()

    /// A kind that the machine is to store.
    private struct Kind {
        var group: String
        var version: String
        var kind: String
        var plural: String
        var hasStatus: Bool
    }

    private static func kind(of kind: RouterKind) -> Kind {
        Kind(
            group: kind.group, version: kind.versions.first ?? "", kind: kind.kind, plural: kind.resource,
            hasStatus: kind.group == "martlet.dev")
    }

    private static let kinds: [Kind] = [
        ("argoproj.io", "v1alpha1", "Rollout", "rollouts", true),
        ("argoproj.io", "v1alpha1", "AnalysisRun", "analysisruns", false),
        ("argoproj.io", "v1alpha1", "AnalysisTemplate", "analysistemplates", false),
        ("argoproj.io", "v1alpha1", "Experiment", "experiments", false),
        ("argoproj.io", "v1alpha1", "Application", "applications", false),
    ].map { Kind(group: $0.0, version: $0.1, kind: $0.2, plural: $0.3, hasStatus: $0.4) }

    private static func definition(_ kind: Kind) -> JSON {
        var entry: JSON = [
            "name": .string(kind.version), "served": true, "storage": true,
            "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
        ]
        if kind.hasStatus { entry["subresources"] = ["status": [:]] }
        var metadata: JSON = ["name": .string("\(kind.plural).\(kind.group)")]
        if kind.group.hasSuffix(".k8s.io") {
            metadata["annotations"] = ["api-approved.kubernetes.io": "unapproved, in a simulation"]
        }
        return [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": metadata,
            "spec": [
                "group": .string(kind.group), "scope": "Namespaced",
                "names": [
                    "kind": .string(kind.kind), "listKind": .string(kind.kind + "List"),
                    "plural": .string(kind.plural), "singular": .string(kind.kind.lowercased()),
                ],
                "versions": [entry],
            ],
        ]
    }
}
