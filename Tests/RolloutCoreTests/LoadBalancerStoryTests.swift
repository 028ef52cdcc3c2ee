// A canary behind an AWS load balancer whose own word about its weights counts.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import Testing
import TrafficRouting

@Suite struct LoadBalancerStoryTests {
    private static let host = "web-1.eu-west-1.elb.amazonaws.com"
    private static let prefix = "arn:aws:elasticloadbalancing:eu-west-1:1:"

    /// What AWS says with that weight at the canary's target group.
    private static func answer(canary: Int) -> LoadBalancerAnswer {
        func group(_ side: String, _ weight: Int) -> LoadBalancerAnswer.TargetGroup {
            LoadBalancerAnswer.TargetGroup(
                name: "k8s-\(side)", arn: "\(prefix)targetgroup/k8s-\(side)/9", weight: weight,
                resource: "shop/web-web-\(side):80")
        }
        return LoadBalancerAnswer(
            name: "web", arn: "\(prefix)loadbalancer/app/web/7",
            groups: [group("canary", canary), group("stable", 100 - canary)])
    }

    /// A healthy world; AWS holds what it is told to.
    private static func world(verifies: Bool) throws -> TinyWorld {
        let world = TinyWorld()
        for name in ["web-stable", "web-canary"] {
            world.put([
                "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
                "spec": ["selector": ["app": "web"]],
            ])
        }
        let backend: JSON = ["service": ["name": "web-stable", "port": ["name": "use-annotation"]]]
        world.put([
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": ["name": "web"],
            "spec": ["rules": [["http": ["paths": [["path": "/", "backend": backend]]]]]],
            "status": ["loadBalancer": ["ingress": [["hostname": .string(host)]]]],
        ])
        let canary: JSON = [
            "stableService": "web-stable", "canaryService": "web-canary",
            "trafficRouting": ["alb": ["ingress": "web", "servicePort": 80]],
            "steps": [["setWeight": 25], ["pause": [:]]],
        ]
        hold(0, in: world, verifies: verifies)
        world.put(TinyWorld.rollout(replicas: 4, canary: canary))
        try world.run(until: .healthy)
        return world
    }

    private static func hold(_ canary: Int, in world: TinyWorld, verifies: Bool = true) {
        let answer = answer(canary: canary).object(host)
        world.prepare = { snapshot in
            guard verifies else { return }
            snapshot.verifiesLoadBalancers = true
            snapshot.routed[LoadBalancerAnswer.reference(host)] = answer
        }
    }

    @Test func `a step waits until the load balancer has its weight`() throws {
        let world = try Self.world(verifies: true)
        try world.setImage("shop/web:2")
        for _ in 0..<5 {
            try world.settle()
            try world.tick()
        }
        #expect(world.status.canary.weights?.canary.weight == Weight(25))
        #expect(world.status.canary.weights?.isVerified == false)
        #expect(world.status.phase == .progressing)
        #expect(world.status.currentStepIndex == 0)
        Self.hold(25, in: world)
        try world.run(until: .paused, step: 1)
        #expect(world.status.canary.weights?.isVerified == true)
    }

    @Test func `the status names the load balancer and its target groups`() throws {
        let world = try Self.world(verifies: true)
        func resource(_ name: String, _ path: String, _ full: String) -> JSON {
            ["name": .string(name), "arn": .string(Self.prefix + path), "fullName": .string(full)]
        }
        let wanted: JSON = [
            "ingress": "web",
            "loadBalancer": resource("web", "loadbalancer/app/web/7", "app/web/7"),
            "canaryTargetGroup": resource(
                "k8s-canary", "targetgroup/k8s-canary/9", "targetgroup/k8s-canary/9"),
            "stableTargetGroup": resource(
                "k8s-stable", "targetgroup/k8s-stable/9", "targetgroup/k8s-stable/9"),
        ]
        #expect(world.rollout.status["alb"] == wanted)
        #expect(world.rollout.status["albs"] == [wanted])
    }

    @Test func `without verification nothing is said of it`() throws {
        let world = try Self.world(verifies: false)
        #expect(world.rollout.status["alb"].isNull)
        #expect(world.rollout.status["albs"].isNull)
        #expect(world.status.canary.weights?.isVerified == nil)
    }
}
