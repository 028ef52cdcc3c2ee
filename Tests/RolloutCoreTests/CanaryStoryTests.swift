// Whole canaries, decision by decision.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import Testing

@Suite struct CanaryStoryTests {
    private static let steps: JSON = [
        ["setWeight": 10], ["pause": ["duration": 1]], ["setWeight": 30], ["pause": [:]], ["setWeight": 60],
        ["pause": ["duration": 1]],
    ]

    @Test func `a first deployment becomes healthy`() throws {
        let world = try TinyWorld.healthy(steps: Self.steps, isRouted: true)
        #expect(world.status.currentStepIndex == 6)
        #expect(world.status.stableHash == world.status.currentPodHash)
        #expect(world.weights == [100, 0])
        #expect(try world.settle().moves.isEmpty)
    }

    @Test func `a routed canary goes through its steps`() throws {
        let world = try TinyWorld.healthy(steps: Self.steps, isRouted: true)
        try world.setImage("shop/web:2")
        try world.run(until: .paused, step: 1)
        #expect(world.weights == [90, 10])
        try world.run(until: .paused, step: 3)
        #expect(world.weights == [70, 30])
        #expect(world.replicas("shop/web:2") == 2)
        try world.setStatus(["pauseConditions": .null])
        try world.run(until: .healthy)
        #expect(world.weights == [100, 0])
        #expect(world.replicas("shop/web:2") == 5)
        #expect(world.replicas("shop/web:1") == 5)
        try world.tick(seconds: 31)
        try world.settle()
        try world.tick()
        try world.settle()
        #expect(world.replicas("shop/web:1") == 0)
        #expect(world.status.condition("Healthy")?.status == "True")
        let writes = world.writeCount
        #expect(writes <= 30, "\(world.lines)")
    }

    @Test func `a canary without a router shifts pods`() throws {
        let world = try TinyWorld.healthy(
            replicas: 4, steps: [["setWeight": 25], ["pause": [:]], ["setWeight": 50]])
        try world.setImage("shop/web:2")
        try world.run(until: .paused)
        #expect(world.replicas("shop/web:1") == 3)
        #expect(world.replicas("shop/web:2") == 1)
        try world.setStatus(["pauseConditions": .null])
        try world.run(until: .healthy)
        #expect(world.replicas("shop/web:2") == 4)
        #expect(world.replicas("shop/web:1") == 0)
    }

    @Test func `an abort takes traffic and pods back, a retry begins again`() throws {
        let world = try TinyWorld.healthy(
            replicas: 4, steps: [["setWeight": 50], ["pause": [:]]], isRouted: true)
        try world.setImage("shop/web:2")
        try world.run(until: .paused)
        #expect(world.weights == [50, 50])
        try world.setStatus(["abort": true])
        try world.run(until: .degraded)
        #expect(world.weights == [100, 0])
        #expect(world.status.currentStepIndex == 0)
        #expect(world.status.pauseConditions.isEmpty)
        #expect(world.status.message == "RolloutAborted: Rollout aborted update to revision 2")
        try world.tick(seconds: 31)
        try world.settle()
        #expect(world.replicas("shop/web:2") == 0)
        try world.setStatus(["abort": false])
        try world.run(until: .paused)
        #expect(world.weights == [50, 50])
    }

    @Test func `going back to the stable template skips the steps`() throws {
        let world = try TinyWorld.healthy(
            replicas: 4, steps: [["setWeight": 50], ["pause": [:]]], isRouted: true)
        try world.setImage("shop/web:2")
        try world.run(until: .paused)
        try world.setImage("shop/web:1")
        try world.run(until: .healthy)
        #expect(world.weights == [100, 0])
        #expect(world.status.currentStepIndex == 2)
        #expect(world.rollout.annotation(RolloutAnnotations.revision) == "3")
        #expect(world.status.duration.completionStatus == "FastRolledBack")
    }

    @Test func `a second update takes the traffic from the first one`() throws {
        let world = try TinyWorld.healthy(
            replicas: 2, steps: [["setWeight": 50], ["pause": [:]]], isRouted: true)
        try world.setImage("shop/web:2")
        try world.run(until: .paused)
        try world.setImage("shop/web:3")
        try world.run(until: .paused)
        #expect(world.weights == [50, 50])
        #expect(world.replicas("shop/web:2") == 0)
        try world.setStatus(["promoteFull": true])
        try world.run(until: .healthy)
        #expect(world.replicas("shop/web:3") == 2)
        #expect(world.status.duration.completionStatus == "FastPromoted")
    }

    @Test func `a canary that never gets ready gets no traffic and times out`() throws {
        let world = try TinyWorld.healthy(
            replicas: 2, steps: [["setWeight": 50]], isRouted: true,
            spec: ["progressDeadlineSeconds": 10, "progressDeadlineAbort": true])
        world.badImages = ["shop/web:bad"]
        try world.setImage("shop/web:bad")
        try world.run(until: .degraded)
        #expect(world.weights == [100, 0])
        #expect(world.status.isAborted)
        #expect(world.status.message.hasSuffix("has timed out progressing."))
    }

    @Test func `a paused specification stops the steps`() throws {
        let world = try TinyWorld.healthy(
            replicas: 2, steps: [["setWeight": 50], ["pause": ["duration": 2]]])
        try world.setSpec(["paused": true])
        try world.setImage("shop/web:2")
        for _ in 0..<5 {
            try world.settle()
            try world.tick()
        }
        #expect(world.status.phase == .paused)
        #expect(world.replicas("shop/web:2") == 0)
        try world.setSpec(["paused": .null])
        try world.run(until: .healthy)
        #expect(world.replicas("shop/web:2") == 2)
    }

    @Test func `scaling in the middle resizes both sides`() throws {
        let world = try TinyWorld.healthy(
            replicas: 2, steps: [["setWeight": 50], ["pause": [:]]], isRouted: true)
        try world.setImage("shop/web:2")
        try world.run(until: .paused)
        try world.setSpec(["replicas": 6])
        for _ in 0..<3 {
            try world.settle()
            try world.tick()
        }
        #expect(world.replicas("shop/web:1") == 6)
        #expect(world.replicas("shop/web:2") == 3)
    }

    @Test func `weights are passed over as long as their pods are there already`() throws {
        let steps: JSON = [["setWeight": 20], ["setWeight": 40], ["setWeight": 60], ["setWeight": 80]]
        let one = try TinyWorld.healthy(replicas: 1, steps: steps, isRouted: true)
        try one.setImage("shop/web:2")
        try one.run(until: .healthy)
        #expect(one.lines.filter { $0.hasPrefix("route") } == ["route 100", "route 0"])
        #expect(one.writeCount <= 12, "\(one.lines)")
        let five = try TinyWorld.healthy(replicas: 5, steps: steps, isRouted: true)
        try five.setImage("shop/web:2")
        try five.run(until: .healthy)
        #expect(
            five.lines.filter { $0.hasPrefix("route") }
                == ["route 20", "route 40", "route 60", "route 80", "route 100", "route 0"])
    }

    @Test func `the new stable revision is never seen with the weights of its update`() throws {
        let world = try TinyWorld.healthy(replicas: 2, steps: [["setWeight": 50]], isRouted: true)
        try world.setImage("shop/web:2")
        var shares: Set<Weight> = []
        for _ in 0..<40 {
            let status = try world.pass().status
            if let weights = status.canary.weights {
                shares.insert(weights.canary.weight)
                if status.isFullyPromoted { #expect(weights.canary.weight == .zero) }
            }
            try world.tick()
        }
        #expect(shares.contains(Weight(100)))
        #expect(world.status.phase == .healthy)
    }

    @Test func `what a new Rollout names may come a moment later`() throws {
        let world = TinyWorld()
        world.put(
            TinyWorld.rollout(
                replicas: 1, canary: ["stableService": "web-stable", "canaryService": "web-canary"]))
        #expect(try world.pass().moves.isEmpty)
        for name in ["web-stable", "web-canary"] {
            world.put([
                "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
                "spec": ["selector": ["app": "web"]],
            ])
        }
        try world.run(until: .healthy)
        let other = TinyWorld()
        other.put(TinyWorld.rollout(replicas: 1, canary: ["stableService": "a", "canaryService": "b"]))
        let plan = try other.pass()
        #expect(plan.outcome.lookAgain == other.now + .seconds(3))
        try other.tick(seconds: 3)
        try other.settle()
        #expect(other.status.phase == .degraded)
    }

    @Test func `what is wrong with the specification is said`() throws {
        let world = TinyWorld()
        world.put(TinyWorld.rollout(replicas: 1, canary: ["steps": [["setWeight": 120]]]))
        try world.settle()
        #expect(world.status.phase == .degraded)
        #expect(
            world.status.message
                == "InvalidSpec: The Rollout \"web\" is invalid: spec.strategy.steps[0].setWeight: "
                + "Invalid value: 120: SetWeight needs to be between 0 and 100")
        #expect(world.objects(ReplicaSetView.kind.groupKind, namespace: nil).isEmpty)
    }
}
