// The objects of a story: a rollout of some kind, its Services, route and analyses.

import JSONTree
import KubeModel

/// Makes a story's objects.
struct StoryObjects: Sendable {
    var kind: Story.Kind
    var hasAnalysis: Bool
    /// The router of a story that has one.
    var route = StoryRoute.virtualService
    /// Whether steps may start experiments.
    var hasExperiments = false
    /// Whether stable gets smaller as the canary grows.
    var hasDynamicStable = false
    var replicas = 2
    /// How long pods take to become ready.
    var readyMilliseconds = 700

    init(kind: Story.Kind, hasAnalysis: Bool) {
        self.kind = kind
        self.hasAnalysis = hasAnalysis
    }

    // MARK: The rollout

    func rollout(_ dice: inout Dice) -> JSON {
        let strategy: JSON =
            kind == .blueGreen ? ["blueGreen": blueGreen(&dice)] : ["canary": canary(&dice)]
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": .string(Story.name), "namespace": .string(Story.namespace)],
            "spec": [
                "replicas": JSON(replicas), "selector": ["matchLabels": ["app": "web"]],
                "revisionHistoryLimit": JSON(dice.number(1...4)), "template": template("shop/web:1"),
                "strategy": strategy,
            ],
        ]
    }

    /// A pod template of an image; pods of one that is called `crash` never get ready.
    func template(_ image: String) -> JSON {
        var annotations: JSON = ["fakelet/ready-ms": .string(String(readyMilliseconds))]
        if image.contains("crash") { annotations["fakelet/mode"] = "never" }
        return [
            "metadata": ["labels": ["app": "web"], "annotations": annotations],
            "spec": [
                "terminationGracePeriodSeconds": 0, "containers": [["name": "main", "image": .string(image)]],
            ],
        ]
    }

    private func canary(_ dice: inout Dice) -> JSON {
        var canary: JSON = ["steps": .array(steps(&dice))]
        if kind == .routed {
            if route.allowsPingPong, dice.happens(perThousand: 150) {
                canary["pingPong"] = ["pingService": "web-stable", "pongService": "web-canary"]
            } else if route != .subsets {
                canary["stableService"] = "web-stable"
                canary["canaryService"] = "web-canary"
            }
            canary["trafficRouting"] = route.stanza
            if hasDynamicStable {
                canary["dynamicStableScale"] = true
            } else {
                canary["scaleDownDelaySeconds"] = JSON(dice.number(1...20))
            }
            if dice.happens(perThousand: 300) { canary["abortScaleDownDelaySeconds"] = JSON(dice.number(1...20)) }
        } else {
            canary["maxSurge"] = dice.pick([.string("25%"), .int(1), .int(2), .string("100%")])
            canary["maxUnavailable"] = dice.pick([.int(0), .int(1), .string("25%")])
        }
        if hasAnalysis, dice.happens(perThousand: 600) {
            var analysis = self.analysis("watch")
            analysis["startingStep"] = JSON(dice.number(0...1))
            canary["analysis"] = analysis
        }
        return canary
    }

    /// Up to five steps; a weight never falls.
    func steps(_ dice: inout Dice) -> [JSON] {
        var steps: [JSON] = []
        var weight = 0
        for _ in 0..<dice.number(0...5) {
            switch dice.number(0...10) {
            case 0...4:
                weight = min(100, weight + dice.number(5...50))
                steps.append(["setWeight": JSON(weight)])
            case 5...7: steps.append(["pause": ["duration": JSON(dice.number(1...15))]])
            case 8: steps.append(["pause": [:]])
            case 10 where hasExperiments: steps.append(["experiment": experiment(&dice)])
            case 9 where kind == .routed:
                // Pods by number make a stable side that follows its share whole again for that step.
                let isByNumber = !hasDynamicStable && dice.happens(perThousand: 500)
                steps.append(["setCanaryScale": isByNumber ? ["replicas": JSON(dice.number(1...3))] : ["matchTrafficWeight": true]])
            default:
                steps.append(hasAnalysis ? ["analysis": analysis("check")] : ["pause": ["duration": JSON(dice.number(1...5))]])
            }
        }
        return steps
    }

    /// Both revisions side by side for a while.
    private func experiment(_ dice: inout Dice) -> JSON {
        var experiment: JSON = [
            "duration": .string("\(dice.number(3...20))s"),
            "templates": [["name": "baseline", "specRef": "stable"], ["name": "next", "specRef": "canary"]],
        ]
        if hasAnalysis, dice.happens(perThousand: 500) {
            experiment["analyses"] = [
                [
                    "name": "check", "templateName": "check",
                    "args": [["name": "hash", "value": "{{templates.next.podTemplateHash}}"]],
                ]
            ]
        }
        return experiment
    }

    private func blueGreen(_ dice: inout Dice) -> JSON {
        var strategy: JSON = ["activeService": "web-stable"]
        if dice.happens(perThousand: 800) { strategy["previewService"] = "web-canary" }
        strategy["autoPromotionEnabled"] = .bool(dice.happens(perThousand: 700))
        if dice.happens(perThousand: 400) { strategy["autoPromotionSeconds"] = JSON(dice.number(1...20)) }
        if dice.happens(perThousand: 700) { strategy["scaleDownDelaySeconds"] = JSON(dice.number(1...40)) }
        if dice.happens(perThousand: 300) { strategy["previewReplicaCount"] = JSON(dice.number(1...replicas)) }
        if dice.happens(perThousand: 300) { strategy["abortScaleDownDelaySeconds"] = JSON(dice.number(1...20)) }
        guard hasAnalysis else { return strategy }
        if dice.happens(perThousand: 600) { strategy["prePromotionAnalysis"] = analysis("check") }
        if dice.happens(perThousand: 400) { strategy["postPromotionAnalysis"] = analysis("check") }
        return strategy
    }

    // MARK: Analyses

    private func analysis(_ template: String) -> JSON {
        [
            "templates": [["templateName": .string(template)]],
            "args": [["name": "hash", "valueFrom": ["podTemplateHashValue": "Latest"]]],
        ]
    }

    /// `check` counts to its end; `watch` goes on until it is told to end.
    private func template(_ name: String, count: Int?, _ dice: inout Dice) -> JSON {
        let isPrometheus = name == "watch"
        let result = isPrometheus ? "result[0]" : "result"
        var metric: JSON = [
            "name": "success-rate", "interval": "5s", "successCondition": .string("\(result) >= 0.95"),
            "failureCondition": .string("\(result) < 0.9"), "failureLimit": JSON(dice.number(0...1)),
        ]
        if dice.happens(perThousand: 500) { metric["inconclusiveLimit"] = JSON(dice.number(0...2)) }
        if dice.happens(perThousand: 200) { metric["initialDelay"] = "3s" }
        if let count { metric["count"] = JSON(count) }
        metric["provider"] =
            isPrometheus
            ? ["prometheus": ["address": "http://prometheus.test", "query": "rate{hash=\"{{args.hash}}\"}"]]
            : ["web": ["url": "http://metrics.test/{{args.hash}}", "jsonPath": "{$.rate}"]]
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate",
            "metadata": ["name": .string(name), "namespace": .string(Story.namespace)],
            "spec": ["args": [["name": "hash"]], "metrics": [metric]],
        ]
    }

    // MARK: What is there before

    /// Everything but the rollout.
    func setUp(_ dice: inout Dice) -> [JSON] {
        var trees: [JSON] = [
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(Story.namespace)]]
        ]
        if hasAnalysis {
            trees += [template("check", count: dice.number(1...3), &dice), template("watch", count: nil, &dice)]
        }
        if kind != .basic { trees += [service("web-stable"), service("web-canary")] }
        if kind == .routed, route == .alb { trees.append(service("web-root")) }
        if kind == .routed { trees += route.objects(canary: 0) }
        return trees
    }

    private func service(_ name: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": .string(name), "namespace": .string(Story.namespace)],
            "spec": ["selector": ["app": "web"], "ports": [["port": 80]]],
        ]
    }
}
