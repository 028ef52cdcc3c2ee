// Fields that come to nothing in most updates, one small story each.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import Testing

@Suite struct FieldStoryTests {
    private static let steps: JSON = [["setWeight": 50], ["pause": [:]]]

    @Test func `a name that is taken is not fought for`() throws {
        let world = try TinyWorld.healthy(steps: Self.steps)
        // Somebody else's ReplicaSet has the name that the next revision would get.
        var template = world.rollout.spec["template"]
        template.set(["spec", "containers"], to: [["name": "main", "image": "shop/web:2"]])
        let taken = "web-\(PodTemplateHash.hash(template))"
        world.put([
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": ["name": .string(taken)],
            "spec": ["replicas": 0, "template": ["metadata": ["labels": ["app": "other"]]]],
        ])
        try world.setImage("shop/web:2")
        try world.run(until: .paused)
        #expect(world.status.collisionCount == 1)
        #expect(world.status.currentPodHash == PodTemplateHash.hash(template, collisionCount: 1))
        let key = ObjectKey(namespace: "shop", name: taken)
        #expect(world.object(ReplicaSetView.kind.groupKind, key)?.ownerReferences.isEmpty ?? false)
    }

    @Test func `a revision's template as written is without what controllers added`() throws {
        let world = try TinyWorld.healthy(
            steps: Self.steps,
            canary: [
                "stableMetadata": ["labels": ["role": "stable"]],
                "antiAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": [:]],
            ])
        try world.setImage("shop/web:2")
        try world.run(until: .paused)
        let kind = ReplicaSetView.kind.groupKind
        let sets = world.objects(kind, namespace: "shop")
        #expect(sets.count == 2)
        for set in sets {
            let image = set.spec["template"]["spec"]["containers"][0]["image"].string ?? ""
            var written = world.rollout.spec["template"]
            written.set(["spec", "containers"], to: [["name": "main", "image": .string(image)]])
            #expect(RevisionTemplate.written(of: set) == written)
        }
    }

    @Test("finished runs beyond their limit go", arguments: [(0, 0), (1, 2), (5, 5)])
    func history(_ successful: Int, _ unsuccessful: Int) throws {
        let world = try TinyWorld.healthy(
            steps: Self.steps,
            spec: [
                "analysis": [
                    "successfulRunHistoryLimit": JSON(successful),
                    "unsuccessfulRunHistoryLimit": JSON(unsuccessful),
                ]
            ])
        for (phase, count) in [("Successful", 4), ("Failed", 2), ("Error", 1), ("Inconclusive", 1)] {
            for number in 0..<count {
                world.put([
                    "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
                    "metadata": [
                        "name": .string("web-\(phase.lowercased())-\(number)"),
                        "labels": .object([RolloutLabels.podTemplateHash: .string(world.status.currentPodHash)]),
                        "ownerReferences": [OwnerReference(controller: world.rollout).tree],
                    ],
                    "status": ["phase": .string(phase)],
                ])
            }
        }
        try world.settle()
        let left = world.objects(AnalysisKinds.run, namespace: "shop").map { $0.status["phase"].string ?? "" }
        #expect(left.count { $0 == "Successful" } == min(4, successful))
        #expect(left.count { $0 != "Successful" } == min(4, unsuccessful))
    }

    @Test func `minReadySeconds follows onto the ReplicaSet without a new one`() throws {
        let world = try TinyWorld.healthy(steps: Self.steps)
        try world.setSpec(["minReadySeconds": 7])
        try world.settle()
        let sets = world.objects(ReplicaSetView.kind.groupKind, namespace: "shop")
        #expect(sets.map { $0.spec["minReadySeconds"] } == [7])
    }

    @Test func `a weight is verified once the plugin has said that it is in force`() throws {
        let world = try TinyWorld.healthy(
            steps: Self.steps, isRouted: true,
            canary: ["trafficRouting": ["istio": .null, "plugins": ["acme/edge": [:]]]])
        try world.setImage("shop/web:2")
        for _ in 0..<4 {
            try world.settle()
            try world.tick()
        }
        #expect(world.status.canary.weights?.canary.weight == Weight(50))
        #expect(world.status.canary.weights?.isVerified == false)
        try world.change(GroupKind("martlet.dev", "TrafficWish"), "web-acme-edge") { tree in
            tree["status"] = ["observedGeneration": tree["metadata"]["generation"], "canaryWeight": 50]
        }
        try world.run(until: .paused)
        #expect(world.status.canary.weights?.isVerified == true)
    }

    @Test("a template's unreadable field is named", arguments: [
        ("{\"resources\": {\"limits\": {\"cpu\": \"much\"}}}", "resources.limits.cpu", "quantity"),
        ("{\"ports\": [{\"containerPort\": \"http\"}]}", "ports[0].containerPort", "whole number"),
        ("{\"command\": \"run\"}", "command", "list"),
        ("{\"stdin\": \"yes\"}", "stdin", "true or false"),
        ("{\"env\": [{\"name\": \"A\", \"value\": 1}]}", "env[0].value", "string"),
    ])
    func unreadable(_ part: String, _ place: String, _ word: String) throws {
        let world = try TinyWorld.healthy(steps: Self.steps)
        let container = MergePatch.apply(try JSON.parse(part), to: ["name": "main", "image": "shop/web:2"])
        try world.setSpec(["template": ["spec": ["containers": [container]]]])
        try world.settle()
        #expect(world.status.phase == .degraded)
        #expect(world.status.message.contains("spec.template.spec.containers[0].\(place): Invalid value"))
        #expect(world.status.message.contains(word))
        #expect(world.rollout.spec["template"]["spec"]["containers"][0] == container)
    }
}
