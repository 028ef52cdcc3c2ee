// The cluster in which every story begins: made once, copied for each seed.

import ClusterSim
import JSONTree
import KubeModel

/// A machine with the definitions that stories need. What is simulated is controllers, so the
/// definitions store the kinds and check nothing.
enum WorldTemplate {
    /// Some time before a story begins.
    private static let made = World.start + .seconds(-60)

    /// The machine as every story finds it.
    static let machine: ClusterMachine = {
        var machine = ClusterMachine(configuration: ClusterConfiguration(), now: made)
        for definition in definitions {
            let request = ChangeRequest.make(.create(KubeObject(definition)))
            _ = machine.handle(request, user: .admin, now: made)
        }
        machine.tick(now: made)
        while let wake = machine.nextWake, wake < World.start { machine.tick(now: wake) }
        return machine
    }()

    private static let definitions: [JSON] = [
        ("argoproj.io", "v1alpha1", "Rollout", "rollouts", true),
        ("argoproj.io", "v1alpha1", "AnalysisRun", "analysisruns", false),
        ("argoproj.io", "v1alpha1", "AnalysisTemplate", "analysistemplates", false),
        ("argoproj.io", "v1alpha1", "Experiment", "experiments", false),
        ("argoproj.io", "v1alpha1", "Application", "applications", false),
        ("networking.istio.io", "v1alpha3", "VirtualService", "virtualservices", false),
        ("networking.istio.io", "v1alpha3", "DestinationRule", "destinationrules", false),
    ].map { group, version, kind, plural, hasStatus in
        var entry: JSON = [
            "name": .string(version), "served": true, "storage": true,
            "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
        ]
        if hasStatus { entry["subresources"] = ["status": [:]] }
        return [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": .string("\(plural).\(group)")],
            "spec": [
                "group": .string(group), "scope": "Namespaced",
                "names": [
                    "kind": .string(kind), "listKind": .string(kind + "List"), "plural": .string(plural),
                    "singular": .string(kind.lowercased()),
                ],
                "versions": [entry],
            ],
        ]
    }
}
