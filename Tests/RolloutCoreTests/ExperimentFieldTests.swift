// Fields of an Experiment that no other story is about: what its pods, Services and runs are given.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import Testing

@Suite struct ExperimentFieldTests {
    private typealias Story = ExperimentStoryTests

    private static func began(_ more: JSON) throws -> TinyWorld {
        let world = Story.world(
            MergePatch.apply(
                more,
                to: [
                    "templates": [
                        Story.template("base", ["minReadySeconds": 2, "replicas": 2, "service": ["name": "base-svc"]])
                    ],
                    "scaleDownDelaySeconds": 0,
                ]))
        try Story.settle(world)
        for _ in 0..<4 {
            try world.tick()
            try Story.settle(world)
        }
        return world
    }

    private static func written(_ world: TinyWorld) throws -> JSON {
        try #require(world.object(Story.kind, ObjectKey(namespace: "shop", name: "trial"))).status
    }

    @Test func `pods wait as long as their template says, behind the Service it names`() throws {
        let world = try Self.began([:])
        let set = try #require(world.object(Story.sets, ObjectKey(namespace: "shop", name: "trial-base")))
        #expect(set.spec["minReadySeconds"] == 2)
        let service = try #require(
            world.object(ServiceView.kind.groupKind, ObjectKey(namespace: "shop", name: "base-svc")))
        let hash = set.label(RolloutLabels.podTemplateHash)
        #expect(service.spec["selector"][RolloutLabels.podTemplateHash].string == hash)
        let written = try Self.written(world)
        let template = written["templateStatuses"][0]
        #expect(template["name"] == "base")
        #expect(template["status"] == "Running")
        for count in ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"] {
            #expect(template[count] == 2, "\(count)")
        }
        #expect(template["serviceName"] == "base-svc")
        #expect(template["podTemplateHash"].string == hash)
        #expect(template["lastTransitionTime"].string != nil)
        #expect(template["collisionCount"].isNull)
        #expect(written["phase"] == "Running")
        #expect(written["availableAt"].string != nil)
        let condition = written["conditions"][0]
        #expect(condition["type"] == "Progressing")
        for field in ["status", "reason", "message", "lastUpdateTime", "lastTransitionTime"] {
            #expect(!(condition[field].string ?? "").isEmpty, "\(field)")
        }
    }

    @Test func `a run is given the experiment's rules, labels and arguments`() throws {
        let world = try Self.began([
            "duration": "10m", "dryRun": [["metricName": "ok"]],
            "measurementRetention": [["metricName": "ok", "limit": 3]],
            "analysisRunMetadata": ["labels": ["team": "shop"], "annotations": ["why": "trial"]],
            "analyses": [
                [
                    "name": "cmp", "templateName": "check",
                    "args": [["name": "hash", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]]]],
                ]
            ],
        ])
        let run = try #require(world.objects(AnalysisKinds.run, namespace: "shop").first)
        #expect(run.name == "trial-cmp")
        #expect(run.label("team") == "shop")
        #expect(run.annotation("why") == "trial")
        #expect(run.spec["dryRun"] == [["metricName": "ok"]])
        #expect(run.spec["measurementRetention"] == [["metricName": "ok", "limit": 3]])
        #expect(run.spec["args"][0]["valueFrom"]["secretKeyRef"]["key"] == "k")
        try world.change(AnalysisKinds.run, run.name) { $0["status"] = ["phase": "Failed", "message": "said so"] }
        try Story.settle(world)
        let told = try Self.written(world)["analysisRuns"][0]
        #expect(told["name"] == "cmp")
        #expect(told["analysisRun"] == "trial-cmp")
        #expect(told["phase"] == "Failed")
        #expect(told["message"] == "said so")
        #expect(try Self.written(world)["message"] == "said so")
    }

    @Test func `an analysis may be of the whole cluster`() throws {
        let world = Story.world([
            "templates": [Story.template("base")],
            "analyses": [["name": "cmp", "templateName": "everywhere", "clusterScope": true]],
        ])
        world.put([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "ClusterAnalysisTemplate",
            "metadata": ["name": "everywhere", "namespace": ""],
            "spec": ["metrics": [["name": "far", "provider": ["web": ["url": "http://x"]]]]],
        ])
        try Story.settle(world)
        try world.tick()
        try Story.settle(world)
        let run = try #require(world.objects(AnalysisKinds.run, namespace: "shop").first)
        #expect(run.spec["metrics"][0]["name"] == "far")
    }
}
