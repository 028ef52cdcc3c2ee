// Experiments: by themselves, and as steps of canaries.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import Testing
import TrafficRouting

@Suite struct ExperimentStoryTests {
    static let kind = Experiment.kind.groupKind
    static let sets = ReplicaSetView.kind.groupKind

    static func template(_ name: String, _ more: JSON = [:]) -> JSON {
        MergePatch.apply(
            more,
            to: [
                "name": .string(name), "selector": ["matchLabels": ["app": "web"]],
                "template": [
                    "metadata": ["labels": ["app": "web"]],
                    "spec": [
                        "containers": [
                            [
                                "name": "main", "image": .string("shop/web:\(name)"),
                                "ports": [["containerPort": 8080]],
                            ]
                        ]
                    ],
                ],
            ])
    }

    static func world(_ spec: JSON) -> TinyWorld {
        let world = TinyWorld()
        world.put([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": ["name": "check"],
            "spec": [
                "args": [["name": "hash", "value": "none"]],
                "metrics": [["name": "ok", "provider": ["web": ["url": "http://x"]]]],
            ],
        ])
        world.put([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Experiment", "metadata": ["name": "trial"],
            "spec": spec,
        ])
        return world
    }

    /// Decides about all Experiments until nothing is left to write.
    static func settle(_ world: TinyWorld) throws {
        for experiment in world.objects(kind, namespace: "shop") {
            for round in 0... {
                let snapshot = try #require(
                    ExperimentGatherer.gather(experiment.key, reader: world, now: world.now))
                let plan = decide(snapshot)
                #expect(decide(snapshot) == plan)
                if plan.moves.isEmpty { break }
                for move in plan.moves {
                    world.lines.append(move.summary)
                    for change in move.changes { try world.send(change) }
                    world.events += move.events.map { "\($0.reason): \($0.message)" }
                }
                try #require(round < 12, "decisions go round in circles: \(world.lines.suffix(8))")
            }
        }
    }

    static func status(_ world: TinyWorld, _ name: String = "trial") throws -> ExperimentStatus {
        let key = ObjectKey(namespace: "shop", name: name)
        return ExperimentStatus(try #require(world.object(kind, key)).status)
    }

    private static func wished(_ world: TinyWorld, _ name: String) -> Int64? {
        world.object(sets, ObjectKey(namespace: "shop", name: name))?.spec["replicas"].int
    }

    @Test func `pods of all templates run for the duration, and go after the delay`() throws {
        let world = Self.world([
            "duration": "5s", "scaleDownDelaySeconds": 3,
            "templates": [Self.template("base"), Self.template("next", ["replicas": 2])],
        ])
        try Self.settle(world)
        #expect(try Self.status(world).phase == .pending)
        #expect(Self.wished(world, "trial-base") == 1)
        #expect(Self.wished(world, "trial-next") == 2)
        try world.tick()
        try Self.settle(world)
        let running = try Self.status(world)
        #expect(running.phase == .running)
        #expect(running.availableAt == world.now)
        try world.tick(seconds: 4)
        try Self.settle(world)
        #expect(try Self.status(world).phase == .running)
        try world.tick(seconds: 1)
        try Self.settle(world)
        let over = try Self.status(world)
        #expect(over.phase == .successful)
        #expect(over.templates.map(\.phase) == [.successful, .successful])
        #expect(over.conditions.map(\.reason) == ["ExperimentCompleted"])
        #expect(Self.wished(world, "trial-next") == 2)
        try world.tick(seconds: 3)
        try Self.settle(world)
        #expect(Self.wished(world, "trial-next") == 0)
        #expect(Self.wished(world, "trial-base") == 0)
    }

    @Test func `an experiment's pods have a hash of their own`() throws {
        let hash = RolloutLabels.podTemplateHash
        var template = Self.template("base")
        template.set(["template", "metadata", "labels", hash], to: "stable")
        template.set(["selector", "matchLabels", hash], to: "stable")
        let world = Self.world(["templates": [template]])
        try Self.settle(world)
        let set = try #require(world.object(Self.sets, ObjectKey(namespace: "shop", name: "trial-base")))
        let own = set.label(hash)
        #expect(own != nil && own != "stable")
        #expect(set.spec["selector"]["matchLabels"][hash].string == own)
        #expect(set.spec["template"]["metadata"]["labels"][hash].string == own)
    }

    private static func verdict(_ phase: String, _ run: String, _ world: TinyWorld) throws {
        try world.change(AnalysisKinds.run, run) {
            $0["status"] = ["phase": .string(phase), "message": "said so"]
        }
    }

    @Test(arguments: [
        ("Successful", AnalysisPhase.successful, "Required AnalysisRuns completed"),
        ("Failed", .failed, "said so"), ("Error", .error, "said so"), ("Inconclusive", .inconclusive, "said so"),
    ]) func `a required analysis ends it`(_ verdict: String, _ phase: AnalysisPhase, _ message: String) throws {
        let world = Self.world([
            "templates": [Self.template("base")], "scaleDownDelaySeconds": 0,
            "analyses": [
                [
                    "name": "cmp", "templateName": "check", "requiredForCompletion": true,
                    "args": [["name": "hash", "value": "{{templates.base.podTemplateHash}}"]],
                ]
            ],
        ])
        try Self.settle(world)
        #expect(world.objects(AnalysisKinds.run, namespace: "shop").isEmpty, "nothing runs before the pods do")
        try world.tick()
        try Self.settle(world)
        let run = try #require(world.objects(AnalysisKinds.run, namespace: "shop").first)
        #expect(run.name == "trial-cmp")
        let set = try #require(world.object(Self.sets, ObjectKey(namespace: "shop", name: "trial-base")))
        #expect(run.spec["args"][0]["value"].string == set.label(RolloutLabels.podTemplateHash))
        try Self.verdict("Running", "trial-cmp", world)
        try Self.settle(world)
        #expect(try Self.status(world).phase == .running)
        try Self.verdict(verdict, "trial-cmp", world)
        try Self.settle(world)
        #expect(try Self.status(world).phase == phase)
        #expect(try Self.status(world).message == message)
        #expect(Self.wished(world, "trial-base") == 0)
    }

    @Test func `pods that never come end it`() throws {
        let world = Self.world(["templates": [Self.template("base")], "progressDeadlineSeconds": 10])
        world.badImages = ["shop/web:base"]
        for _ in 0..<4 {
            try Self.settle(world)
            try world.tick(seconds: 3)
        }
        try Self.settle(world)
        let status = try Self.status(world)
        #expect(status.phase == .failed)
        #expect(status.message == "ReplicaSet \"trial-base\" has timed out progressing.")
    }

    @Test func `one that is terminated ends its analyses and pods`() throws {
        let world = Self.world([
            "templates": [Self.template("base", ["service": [:]])], "scaleDownDelaySeconds": 0,
            "analyses": [["name": "cmp", "templateName": "check"]],
        ])
        try Self.settle(world)
        try world.tick()
        try Self.settle(world)
        let service = ObjectKey(namespace: "shop", name: "trial-base")
        #expect(world.object(ServiceView.kind.groupKind, service)?.spec["ports"][0]["port"] == 8080)
        try world.change(Self.kind, "trial") { $0.set(["spec", "terminate"], to: true) }
        try Self.settle(world)
        #expect(try Self.status(world).phase == .successful)
        let run = try #require(world.objects(AnalysisKinds.run, namespace: "shop").first)
        #expect(run.spec["terminate"] == true)
        try world.tick()
        try Self.settle(world)
        #expect(world.object(ServiceView.kind.groupKind, service) == nil)
    }

    @Test(arguments: [
        (["templates": []], "spec.templates"),
        (["templates": [["name": "a"]]], "spec.templates[0].selector"),
        (["templates": [Self.template("a"), Self.template("a")]], "spec.templates[1].name"),
        (["templates": [Self.template("a", ["minReadySeconds": 700])]], "spec.templates[0].minReadySeconds"),
    ] as [(JSON, String)])
    func `what cannot be is said`(_ spec: JSON, _ field: String) throws {
        let world = Self.world(spec)
        try Self.settle(world)
        let condition = try #require(try Self.status(world).conditions.first)
        #expect(condition.type == "InvalidSpec")
        #expect(condition.message.contains(field + ":"))
        #expect(world.objects(Self.sets, namespace: "shop").isEmpty)
    }

    // MARK: As a step

    private static func canary(_ experiment: JSON) throws -> TinyWorld {
        let world = Self.world(["templates": []])
        world.objects[kind] = nil
        world.put(
            TinyWorld.rollout(
                replicas: 2, canary: ["steps": [["experiment": experiment], ["setWeight": 50]]]))
        try world.run(until: .healthy)
        try world.setImage("shop/web:2")
        return world
    }

    private static let step: JSON = [
        "duration": "3s", "scaleDownDelaySeconds": 0,
        "templates": [["name": "base", "specRef": "stable"], ["name": "next", "specRef": "canary"]],
        "analyses": [["name": "cmp", "templateName": "check"]],
    ]

    private static func run(_ world: TinyWorld, ticks: Int) throws {
        for _ in 0..<ticks {
            try world.settle()
            try settle(world)
            try world.tick()
        }
        try world.settle()
    }

    @Test func `a step waits for its experiment, which copies the revisions' pods`() throws {
        let world = try Self.canary(Self.step)
        try Self.run(world, ticks: 2)
        let experiment = try #require(world.objects(Self.kind, namespace: "shop").first)
        #expect(experiment.name == "web-\(world.status.currentPodHash)-2-0")
        #expect(world.status.canary.currentExperiment == experiment.name)
        let images = experiment.spec["templates"].elements.map {
            $0["template"]["spec"]["containers"][0]["image"].string
        }
        #expect(images == ["shop/web:1", "shop/web:2"])
        #expect(world.status.currentStepIndex == 0)
        try Self.run(world, ticks: 5)
        #expect(try Self.status(world, experiment.name).phase == .successful)
        #expect(world.status.currentStepIndex ?? 0 >= 1)
        #expect(world.status.canary.currentExperiment == "")
    }

    @Test func `a failed experiment aborts and says why`() throws {
        let world = try Self.canary(Self.step)
        try Self.run(world, ticks: 2)
        let run = try #require(world.objects(AnalysisKinds.run, namespace: "shop").first)
        try Self.verdict("Failed", run.name, world)
        try Self.run(world, ticks: 2)
        #expect(world.status.isAborted)
        #expect(world.status.message.contains("Experiment analysis phase is error/failed: said so"))
    }

    @Test func `an abort ends the experiment`() throws {
        let world = try Self.canary(Self.step)
        try Self.run(world, ticks: 2)
        try world.setStatus(["abort": true])
        try Self.run(world, ticks: 1)
        let experiment = try #require(world.objects(Self.kind, namespace: "shop").first)
        #expect(experiment.spec["terminate"] == true)
    }

    @Test func `an unknown revision is refused by name`() throws {
        let world = Self.world(["templates": []])
        let step: JSON = ["experiment": ["templates": [["name": "base", "specRef": "latest"]]]]
        world.put(TinyWorld.rollout(replicas: 2, canary: ["steps": [step]]))
        try world.settle()
        #expect(world.status.message.contains("experiment.templates[0].specRef"))
    }
}
