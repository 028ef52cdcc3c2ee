// Whole blue-green updates, decision by decision.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import Testing

@Suite struct BlueGreenStoryTests {
    private static func world(_ strategy: JSON = [:]) throws -> TinyWorld {
        let world = TinyWorld()
        for name in ["web-active", "web-preview"] {
            world.put([
                "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
                "spec": ["selector": ["app": "web"]],
            ])
        }
        var tree = TinyWorld.rollout(replicas: 3, canary: [:])
        let blueGreen = MergePatch.apply(
            strategy,
            to: ["activeService": "web-active", "previewService": "web-preview", "scaleDownDelaySeconds": 5])
        tree.set(["spec", "strategy"], to: ["blueGreen": blueGreen])
        world.put(tree)
        try world.run(until: .healthy)
        return world
    }

    private static func hash(_ world: TinyWorld, _ service: String) -> String {
        world.object(ServiceView.kind.groupKind, ObjectKey(namespace: "shop", name: service))
            .map { ServiceView($0).hash } ?? ""
    }

    @Test func `the active Service is switched when all pods are there, the old ones stay a while`() throws {
        let world = try Self.world()
        let old = Self.hash(world, "web-active")
        #expect(old == world.status.currentPodHash)
        try world.setImage("shop/web:2")
        try world.settle()
        #expect(Self.hash(world, "web-preview") == world.status.currentPodHash)
        #expect(Self.hash(world, "web-active") == old)
        try world.run(until: .healthy)
        #expect(Self.hash(world, "web-active") == world.status.currentPodHash)
        #expect(world.replicas("shop/web:1") == 3)
        try world.tick(seconds: 6)
        try world.settle()
        #expect(world.replicas("shop/web:1") == 0)
    }

    @Test func `a manual promotion waits for a person`() throws {
        let world = try Self.world(["autoPromotionEnabled": false])
        let old = Self.hash(world, "web-active")
        try world.setImage("shop/web:2")
        try world.run(until: .paused)
        try world.tick(seconds: 100)
        try world.settle()
        #expect(Self.hash(world, "web-active") == old)
        try world.setStatus(["pauseConditions": .null])
        try world.run(until: .healthy)
        #expect(Self.hash(world, "web-active") == world.status.currentPodHash)
    }

    @Test func `an abort keeps the active side and drops the preview`() throws {
        let world = try Self.world(["autoPromotionEnabled": false, "abortScaleDownDelaySeconds": 2])
        let old = Self.hash(world, "web-active")
        try world.setImage("shop/web:2")
        try world.run(until: .paused)
        try world.setStatus(["abort": true])
        try world.run(until: .degraded)
        try world.tick(seconds: 3)
        try world.settle()
        #expect(Self.hash(world, "web-active") == old)
        #expect(world.replicas("shop/web:2") == 0)
    }

    @Test func `a small preview grows before the switch`() throws {
        let world = try Self.world(["autoPromotionEnabled": false, "previewReplicaCount": 1])
        try world.setImage("shop/web:2")
        try world.run(until: .paused)
        #expect(world.replicas("shop/web:2") == 1)
        try world.setStatus(["pauseConditions": .null])
        try world.run(until: .healthy)
        #expect(world.replicas("shop/web:2") == 3)
    }
}
