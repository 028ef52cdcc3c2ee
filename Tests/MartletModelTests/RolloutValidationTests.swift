// What is wrong with a specification is said in the peer's words.

import JSONTree
import KubeModel
import MartletModel
import Testing

@Suite struct RolloutValidationTests {
    /// A valid specification with a change.
    private static func spec(_ change: JSON) -> JSON {
        MergePatch.apply(
            change,
            to: [
                "replicas": 1, "selector": ["matchLabels": ["app": "a"]],
                "template": [
                    "metadata": ["labels": ["app": "a"]],
                    "spec": ["containers": [["name": "c", "image": "i"]]],
                ],
                "strategy": ["canary": ["steps": [["setWeight": 20], ["pause": [:]]]]],
            ])
    }

    private static func steps(_ steps: JSON, _ more: JSON = [:]) -> JSON {
        ["strategy": ["canary": MergePatch.apply(more, to: ["steps": steps])]]
    }

    @Test func `a plain canary is valid`() {
        #expect(RolloutValidation.firstError(in: Self.spec([:])) == nil)
    }

    @Test(
        arguments: [
            (
                ["selector": .null],
                "spec.selector: Required value: Rollout has missing field '.spec.selector'"
            ),
            (
                ["strategy": ["canary": .null]],
                "spec.strategy.strategy: Required value: "
                    + "Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'"
            ),
            (
                ["selector": ["matchLabels": ["app": "b"]]],
                #"spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`"#
            ),
            (
                ["minReadySeconds": 10, "progressDeadlineSeconds": 10],
                "spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds"
            ),
            (
                steps([["setWeight": 101]]),
                "spec.strategy.steps[0].setWeight: Invalid value: 101: SetWeight needs to be between 0 and 100"
            ),
            (
                steps([["pause": ["duration": "soon"]]]),
                "spec.strategy.steps[0].pause.duration: Invalid value: -1: Duration needs to be greater than 0"
            ),
            (
                steps([["setWeight": 5, "pause": [:]]]),
                "spec.strategy.steps[0]: Invalid value: \"step.Experiment: false step.Pause: true step.SetWeight: true "
                    + "step.Analysis: false\": Step must have one of the following set: "
                    + "experiment, setWeight, setCanaryScale, plugin or pause"
            ),
            (
                steps([["setCanaryScale": ["weight": 5]]]),
                "spec.strategy.trafficRouting: Required value: SetCanaryScale requires TrafficRouting to be set"
            ),
            (
                steps([], ["maxSurge": 0, "maxUnavailable": 0]),
                "spec.strategy.maxSurge: Invalid value: 0: MaxSurge and MaxUnavailable both can not be zero"
            ),
            (
                steps(
                    [], ["trafficRouting": ["kong": [:]], "canaryService": "c", "stableService": "s"]),
                #"spec.strategy.trafficRouting.kong: Invalid value: "kong": unknown traffic router"#
            ),
        ] as [(JSON, String)])
    func `the first error is told`(change: JSON, message: String) {
        let error = RolloutValidation.firstError(in: Self.spec(change))
        #expect(error.map { "\($0.field): \($0.detail)" } == message)
    }

    @Test func `a message names the Rollout and the field`() {
        let error = RolloutValidation.firstError(in: Self.spec(["selector": .null]))
        #expect(
            error?.message(for: "web").hasPrefix("The Rollout \"web\" is invalid: spec.selector: ") ?? false)
    }
}
