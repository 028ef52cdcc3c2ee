// A status is read, changed and written without losing what we don't know.

import JSONTree
import KubeModel
import MartletModel
import Testing

@Suite struct RolloutStatusTests {
    private static let wire: JSON = [
        "HPAReplicas": 7, "availableReplicas": 7, "blueGreen": [:],
        "canary": [
            "weights": [
                "canary": ["podTemplateHash": "n", "serviceName": "c", "weight": 30],
                "stable": ["podTemplateHash": "o", "serviceName": "s", "weight": 70],
            ]
        ],
        "conditions": [
            [
                "lastTransitionTime": "2026-11-21T07:33:18Z", "lastUpdateTime": "2026-11-21T07:33:18Z",
                "message": "Rollout is paused", "reason": "RolloutPaused", "status": "True", "type": "Paused",
            ]
        ],
        "controllerPause": true, "currentPodHash": "n", "currentStepHash": "h", "currentStepIndex": 3,
        "duration": [
            "manualPauseStartedAt": "2026-11-21T07:33:21Z", "rolloutStartedAt": "2026-11-21T07:33:19Z",
        ],
        "message": "CanaryPauseStep", "observedGeneration": "2",
        "pauseConditions": [["reason": "CanaryPauseStep", "startTime": "2026-11-21T07:33:21Z"]],
        "phase": "Paused",
        "readyReplicas": 7, "replicas": 7, "selector": "app=web", "stableRS": "o", "updatedReplicas": 2,
        "somethingNew": ["x": 1], "abort": false,
    ]

    @Test func `reading and writing changes nothing`() {
        let status = RolloutStatus(Self.wire)
        #expect(MergePatch.difference(from: Self.wire, to: status.tree(over: Self.wire)) == nil)
    }

    @Test func `only what changes is in the patch`() {
        var status = RolloutStatus(Self.wire)
        status.currentStepIndex = 4
        status.pauseConditions = []
        status.controllerPause = false
        let patch = MergePatch.difference(from: Self.wire, to: status.tree(over: Self.wire))
        #expect(patch == ["currentStepIndex": 4, "pauseConditions": .null, "controllerPause": .null])
    }

    @Test func `a condition keeps its transition time while its status stays`() throws {
        let first = try #require(Timestamp("2026-01-01T00:00:00Z"))
        let later = first + .seconds(60)
        var conditions: [RolloutCondition] = []
        conditions.set(RolloutCondition("Progressing", "True", "NewReplicaSetCreated", "a"), at: first)
        conditions.set(RolloutCondition("Progressing", "True", "NewReplicaSetCreated", "b"), at: later)
        #expect(conditions[0].message == "a")
        conditions.set(RolloutCondition("Progressing", "True", "ReplicaSetUpdated", "c"), at: later)
        #expect(conditions[0].lastTransitionTime == first)
        #expect(conditions[0].lastUpdateTime == later)
        conditions.set(RolloutCondition("Progressing", "False", "RolloutAborted", "d"), at: later)
        #expect(conditions[0].lastTransitionTime == later)
    }

    @Test func `phase and message follow the first rule that fits`() {
        var status = RolloutStatus(Self.wire)
        let spec = RolloutSpec(["replicas": 5, "strategy": ["canary": ["trafficRouting": ["istio": [:]]]]])
        #expect(status.phaseAndMessage(of: spec) == (.paused, "CanaryPauseStep"))
        status.pauseConditions = []
        #expect(status.phaseAndMessage(of: spec) == (.progressing, "more replicas need to be updated"))
        status.updatedReplicas = 5
        #expect(status.phaseAndMessage(of: spec) == (.progressing, "waiting for all steps to complete"))
        status.stableHash = "n"
        #expect(status.phaseAndMessage(of: spec) == (.healthy, ""))
        status.conditions.append(RolloutCondition("InvalidSpec", "True", "InvalidSpec", "m"))
        #expect(status.phaseAndMessage(of: spec) == (.degraded, "InvalidSpec: m"))
    }
}
