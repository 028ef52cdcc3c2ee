// Canaries whose steps ask for analyses.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import Testing

@Suite struct AnalysisStoryTests {
    private static func world(_ steps: JSON, _ canary: JSON = [:]) throws -> TinyWorld {
        let world = TinyWorld()
        world.put([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": ["name": "check"],
            "spec": [
                "args": [["name": "hash"]],
                "metrics": [["name": "ok", "provider": ["web": ["url": "http://x"]]]],
            ],
        ])
        world.put(TinyWorld.rollout(replicas: 2, canary: MergePatch.apply(canary, to: ["steps": steps])))
        try world.run(until: .healthy)
        return world
    }

    private static let analysis: JSON = [
        "templates": [["templateName": "check"]],
        "args": [["name": "hash", "valueFrom": ["podTemplateHashValue": "Latest"]]],
    ]

    private static func verdict(_ phase: String, _ world: TinyWorld, _ name: String, message: String = "")
        throws
    {
        try world.change(AnalysisKinds.run, name) {
            $0["status"] = ["phase": .string(phase), "message": .string(message)]
        }
    }

    private static func run(_ world: TinyWorld) throws -> KubeObject {
        for _ in 0..<10 {
            try world.settle()
            if let run = world.objects(AnalysisKinds.run, namespace: "shop").last { return run }
            try world.tick()
        }
        return try #require(nil)
    }

    @Test func `a step's analysis is recorded, made, and waited for`() throws {
        let world = try Self.world([["setWeight": 50], ["analysis": Self.analysis]])
        try world.setImage("shop/web:2")
        let run = try Self.run(world)
        #expect(run.name == "web-\(world.status.currentPodHash)-2-1")
        #expect(run.spec["args"][0]["value"].string == world.status.currentPodHash)
        #expect(run.label(RolloutLabels.analysisKind) == "Step")
        #expect(world.status.canary.stepRun?.name == run.name)
        #expect(world.status.currentStepIndex == 1)
        try Self.verdict("Successful", world, run.name)
        try world.run(until: .healthy)
    }

    @Test func `a failed analysis aborts and says why`() throws {
        let world = try Self.world([["setWeight": 50], ["analysis": Self.analysis]])
        try world.setImage("shop/web:2")
        let run = try Self.run(world)
        try Self.verdict("Failed", world, run.name, message: "Metric \"ok\" assessed Failed")
        try world.run(until: .degraded)
        #expect(
            world.status.message
                == "RolloutAborted: Rollout aborted update to revision 2: "
                + "Step-based analysis phase error/failed: Metric \"ok\" assessed Failed")
    }

    @Test func `an inconclusive analysis pauses`() throws {
        let world = try Self.world([["setWeight": 50], ["analysis": Self.analysis]])
        try world.setImage("shop/web:2")
        let run = try Self.run(world)
        try Self.verdict("Inconclusive", world, run.name)
        try world.run(until: .paused)
        #expect(world.status.pauseConditions.map(\.reason) == ["InconclusiveAnalysisRun"])
    }

    @Test func `a background analysis runs from its step on and ends with the update`() throws {
        var background = Self.analysis
        background["startingStep"] = 1
        let world = try Self.world([["setWeight": 50], ["pause": [:]]], ["analysis": background])
        try world.setImage("shop/web:2")
        try world.settle()
        #expect(world.objects(AnalysisKinds.run, namespace: "shop").isEmpty)
        try world.run(until: .paused)
        let run = try Self.run(world)
        #expect(run.label(RolloutLabels.analysisKind) == "Background")
        try Self.verdict("Running", world, run.name)
        try world.setStatus(["pauseConditions": .null])
        try world.run(until: .healthy)
        let ended = world.object(AnalysisKinds.run, run.key)
        #expect(ended?.spec["terminate"] == true)
        #expect(world.status.canary.backgroundRun == nil)
    }
}
