// Drives every router's example through the machine: what people copy must work.

import Foundation
import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import Testing
import TrafficRouting
import YAMLTree

@Suite struct RouterExampleTests {
    private static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("examples")

    static let names: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: examples.path)) ?? []
        return all.filter { $0.hasPrefix("canary-") }.sorted()
    }()

    private static func world(_ name: String) throws -> TinyWorld {
        let folder = examples.appendingPathComponent(name)
        func documents(_ file: String) throws -> [JSON] {
            let path = folder.appendingPathComponent(file)
            let text = String(decoding: try Data(contentsOf: path), as: UTF8.self)
            return try YAML.parse(text, file: path.path).map(\.tree)
        }
        let world = TinyWorld()
        let files = try #require(try documents("kustomization.yaml").first)["resources"].elements
        for file in files.compactMap(\.string) {
            for tree in try documents(file) { world.put(tree) }
        }
        return world
    }

    /// The router of the world's Rollout, addressed as the Rollout has it now.
    private func router(_ world: TinyWorld) throws -> any TrafficRouter {
        let canary = try #require(Rollout(world.rollout).spec.canary)
        let routing = try #require(canary.trafficRouting)
        let address = RouterAddress(
            rollout: "web", namespace: "shop", canaryService: canary.canaryService ?? "",
            stableService: canary.stableService ?? "", managedRoutes: canary.managedRouteNames,
            owner: OwnerReference(controller: world.rollout))
        return try #require(RouterCatalog.routers(for: routing, at: address).first)
    }

    private func objects(_ world: TinyWorld, _ router: any TrafficRouter) -> RoutedObjects {
        RouterCatalog.objects(of: [router]) { world.object($0.kind.groupKind, $0.key) }
    }

    private func run(_ world: TinyWorld, until phase: RolloutPhase) throws {
        for _ in 0..<40 {
            try world.settle()
            try answer(world)
            try world.settle()
            if world.status.phase == phase { return }
            try world.tick()
        }
        Issue.record("never \(phase): \(world.status.message) \(world.lines.suffix(20))")
    }

    /// A plugin that does as it is told.
    private func answer(_ world: TinyWorld) throws {
        let kind = GroupKind("martlet.dev", "TrafficWish")
        for wish in world.objects(kind, namespace: "shop") {
            try world.change(kind, wish.name) { tree in
                tree["status"] = [
                    "observedGeneration": tree["metadata"]["generation"],
                    "canaryWeight": tree["spec"]["canary"]["weight"],
                ]
            }
        }
    }

    @Test(arguments: names) func `an example's canary gets its share, and gives it back`(
        _ name: String
    ) throws {
        let world = try Self.world(name)
        try run(world, until: .healthy)
        let router = try router(world)
        #expect(router.problem(in: objects(world, router)) == nil)
        try world.setImage("shop/web:2")
        try run(world, until: .paused)
        let maximum = try #require(Rollout(world.rollout).spec.canary).maxWeight
        let quarter = Weight(maximum.value / 4)
        #expect(world.status.canary.weights?.canary.weight == quarter)
        #expect(router.observe(objects(world, router)) == quarter)
        let steps = world.rollout.spec["strategy"]["canary"]["steps"].elements
        if steps.contains(where: { !$0["setHeaderRoute"].isNull }) {
            #expect(text(world).contains("x-beta"), "no route by header")
        }
        try world.setStatus(["pauseConditions": .null])
        try run(world, until: .paused)
        #expect(router.observe(objects(world, router)) == Weight(maximum.value / 2))
        try world.tick(seconds: 11)
        try run(world, until: .healthy)
        try answer(world)
        #expect(router.observe(objects(world, router)) == .zero)
        #expect(!text(world).contains("x-beta"), "a route by header is left")
        #expect(try world.settle().moves.isEmpty)
    }

    @Test(arguments: names) func `an abort brings an example's traffic back`(_ name: String) throws {
        let world = try Self.world(name)
        try run(world, until: .healthy)
        try world.setImage("shop/web:2")
        try run(world, until: .paused)
        try world.setStatus(["abort": true])
        try run(world, until: .degraded)
        try answer(world)
        let router = try router(world)
        #expect(router.observe(objects(world, router)) == .zero)
        #expect(!text(world).contains("x-beta"), "a route by header is left")
    }

    @Test(arguments: names) func `a missing object is said, and nothing is moved`(_ name: String) throws {
        let world = try Self.world(name)
        try run(world, until: .healthy)
        let router = try router(world)
        guard let first = router.reads.first, let object = world.object(first.kind.groupKind, first.key),
            object.controller == nil
        else { return }
        world.objects[first.kind.groupKind]?[first.key] = nil
        try world.setImage("shop/web:2")
        try world.settle()
        #expect(world.status.phase == .degraded)
        #expect(world.status.message.contains("not found"), "\(world.status.message)")
        world.put(object.tree)
        try run(world, until: .paused)
    }

    /// All routing objects as text, without the Rollout.
    private func text(_ world: TinyWorld) -> String {
        world.objects.filter { $0.key.group != "argoproj.io" }.values.flatMap(\.values)
            .map { $0.tree.text() }.joined()
    }
}
