// One seed from its beginning to its end, and whether it ended as it should.

import ClusterSim
import JSONTree
import KubeModel

/// The outcome of a seed.
package struct SimulationOutcome: Sendable {
    package var seed: UInt64
    package var title: String
    /// What was broken; none when the run is good.
    package var violations: [String]
    package var transcript: Transcript
    /// Writes that the controllers sent, and how often they were killed.
    package var writeCount: Int
    package var killCount: Int
    /// The rollout's last phase.
    package var phase: String
}

/// Plays stories.
package enum SimulationRun {
    /// How long a finished rollout must have been quiet: idle costs nothing.
    private static let quiet: Duration = .seconds(120)

    /// Plays the story of a seed to its end.
    package static func play(seed: UInt64) -> SimulationOutcome {
        var dice = Dice(seed: seed)
        let story = Story.random(&dice)
        let faults = FaultPlan.random(&dice)
        var world = World(seed: seed, faults: faults, story: story)
        world.note("story", "seed \(seed): \(story.title)")
        world.run(until: World.start + .seconds(Story.endSeconds))
        conclude(&world, story)
        return SimulationOutcome(
            seed: seed, title: story.title, violations: world.violations, transcript: world.transcript,
            writeCount: world.writeCount, killCount: world.killCount, phase: phase(world))
    }

    private static func rollout(_ world: World) -> KubeObject? {
        world.machine.object(GroupKind("argoproj.io", "Rollout"), Story.key)
    }

    private static func phase(_ world: World) -> String { rollout(world)?.status["phase"].string ?? "none" }

    /// What must be true at the end of every story.
    private static func conclude(_ world: inout World, _ story: Story) {
        guard world.violations.isEmpty else { return }
        guard let rollout = rollout(world) else { return world.violation("the rollout is gone") }
        let status = rollout.status
        let phase = status["phase"].string ?? ""
        let isAborted = status["abort"].bool == true
        if phase != "Healthy", !(phase == "Degraded" && isAborted) {
            world.violation("ended \(phase): \(status["message"].string ?? "")")
        }
        if status["observedGeneration"].string != String(rollout.generation) { world.violation("the last spec was not observed") }
        if world.now - world.lastWrite < quiet { world.violation("still writing at the end: idle must cost nothing") }
        checkCapacity(&world, rollout)
        checkServices(&world, rollout)
        checkSync(&world, story)
    }

    /// What serves selects what is stable.
    private static func checkServices(_ world: inout World, _ rollout: KubeObject) {
        let strategy = rollout.spec["strategy"]
        let stable = rollout.status["stableRS"].string
        let facts = WorldFacts(world.machine, rollout.key)
        for name in [strategy["canary"]["stableService"], strategy["blueGreen"]["activeService"]].compactMap(\.string)
        where facts?.selected[name] != stable {
            world.violation("Service \(name) selects \(facts?.selected[name] ?? "no revision"), not \(stable ?? "?")")
        }
    }

    /// What Git has is there.
    private static func checkSync(_ world: inout World, _ story: Story) {
        guard !story.commits.isEmpty else { return }
        let status = world.machine.object(SimulatedSync.kind, SimulatedSync.key)?.status ?? .null
        if status["sync"]["status"].string != "Synced" {
            world.violation("the Application ended \(status["sync"]["status"].text())")
        }
    }

    private static func checkCapacity(_ world: inout World, _ rollout: KubeObject) {
        let wanted = rollout.spec["replicas"].int ?? 1
        let stable = rollout.status["stableRS"].string
        let sets = world.machine.objects(GroupKind("apps", "ReplicaSet"), namespace: rollout.namespace)
        for replicaSet in sets {
            let replicas = replicaSet.spec["replicas"].int ?? 0
            let isOwn = replicaSet.controller?.uid == rollout.uid
            let isStable = isOwn && replicaSet.label("rollouts-pod-template-hash") == stable
            if isStable, replicas != wanted { world.violation("stable has \(replicas) replicas, not \(wanted)") }
            if !isStable, replicas != 0 { world.violation("\(replicaSet.name) still has \(replicas) replicas") }
        }
        if let weights = WorldFacts(world.machine, rollout.key)?.weights, weights.canary != 0 {
            world.violation("the canary's weight is \(weights.canary) at the end")
        }
    }
}
