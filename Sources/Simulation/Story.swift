// Stories drawn by the dice: a rollout, its updates, and people who interfere.

import JSONTree
import KubeModel

/// What a run plays: the objects it begins with and what people do then.
package struct Story: Sendable {
    package var actions: [UserAction]
    /// Images whose analysis fails.
    package var badImages: Set<String>
    /// One line for the transcript's head.
    package var title: String
    package var isRouted: Bool

    static let namespace = "shop"
    static let name = "web"
    static let rollouts = GroupVersionResource(group: "argoproj.io", version: "v1alpha1", resource: "rollouts")
    static let key = ObjectKey(namespace: namespace, name: name)
    /// After that many seconds people only help it to an end.
    static let helpAfterSeconds = 260
    /// Until then it must have ended, and have been quiet for a while.
    package static let endSeconds = 900

    /// A story of the seed's dice.
    package static func random(_ dice: inout Dice) -> Story {
        let isRouted = dice.happens(perThousand: 700)
        let replicas = dice.number(1...6)
        let hasAnalysis = dice.happens(perThousand: 400)
        let steps = randomSteps(&dice, hasAnalysis: hasAnalysis)
        let images = ["shop/web:2", "shop/web:3"]
        var badImages: Set<String> = []
        if hasAnalysis, dice.happens(perThousand: 500) { badImages.insert(dice.pick(images)) }
        var actions: [UserAction] = definitions + setUp(isRouted: isRouted)
        actions.append(
            UserAction(
                after: .milliseconds(200),
                .apply(rollout(&dice, replicas: replicas, steps: steps, isRouted: isRouted, hasAnalysis: hasAnalysis))))
        actions.append(setImage(images[0], after: .seconds(dice.number(8...25))))
        for _ in 0..<dice.number(0...5) { actions.append(interference(&dice, images: images)) }
        actions += help()
        let title = "\(isRouted ? "Istio" : "basic"), \(replicas) replicas, \(steps.count) steps\(hasAnalysis ? ", analysis" : "")"
            + (badImages.isEmpty ? "" : ", bad \(badImages.sorted().joined(separator: " "))")
        return Story(actions: actions, badImages: badImages, title: title, isRouted: isRouted)
    }

    private static func randomSteps(_ dice: inout Dice, hasAnalysis: Bool) -> [JSON] {
        var steps: [JSON] = []
        var weight = 0
        for _ in 0..<dice.number(0...5) {
            switch dice.number(0...9) {
            case 0...4:
                weight = min(100, weight + dice.number(5...50))
                steps.append(["setWeight": JSON(weight)])
            case 5...7: steps.append(["pause": ["duration": JSON(dice.number(1...15))]])
            case 8: steps.append(["pause": [:]])
            default:
                steps.append(
                    hasAnalysis
                        ? ["analysis": ["templates": [["templateName": "check"]]]] : ["pause": ["duration": JSON(dice.number(1...5))]])
            }
        }
        return steps
    }

    // MARK: Objects

    private static func rollout(
        _ dice: inout Dice, replicas: Int, steps: [JSON], isRouted: Bool, hasAnalysis: Bool
    ) -> JSON {
        var canary: JSON = ["steps": .array(steps)]
        if isRouted {
            canary["stableService"] = "web-stable"
            canary["canaryService"] = "web-canary"
            canary["scaleDownDelaySeconds"] = JSON(dice.number(1...20))
            canary["trafficRouting"] = ["istio": ["virtualService": ["name": "web"]]]
        } else {
            canary["maxSurge"] = dice.pick([.string("25%"), .int(1), .int(2), .string("100%")])
            canary["maxUnavailable"] = dice.pick([.int(0), .int(1), .string("25%")])
            if canary["maxSurge"] == .int(0), canary["maxUnavailable"] == .int(0) { canary["maxSurge"] = .int(1) }
        }
        if hasAnalysis, dice.happens(perThousand: 600) {
            canary["analysis"] = ["templates": [["templateName": "watch"]], "startingStep": JSON(dice.number(0...1))]
        }
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "spec": [
                "replicas": JSON(replicas), "selector": ["matchLabels": ["app": "web"]],
                "revisionHistoryLimit": JSON(dice.number(1...4)), "template": template("shop/web:1"),
                "strategy": ["canary": canary],
            ],
        ]
    }

    private static func template(_ image: String) -> JSON {
        [
            "metadata": ["labels": ["app": "web"]],
            "spec": ["terminationGracePeriodSeconds": 0, "containers": [["name": "main", "image": .string(image)]]],
        ]
    }

    private static func setUp(isRouted: Bool) -> [UserAction] {
        var trees: [JSON] = [
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]],
            analysisTemplate("check", count: 2), analysisTemplate("watch", count: nil),
        ]
        if isRouted {
            trees += [service("web-stable"), service("web-canary")]
            trees.append([
                "apiVersion": "networking.istio.io/v1alpha3", "kind": "VirtualService",
                "metadata": ["name": "web", "namespace": .string(namespace)],
                "spec": [
                    "hosts": ["web.test"],
                    "http": [[
                        "route": [
                            ["destination": ["host": "web-stable"], "weight": 100],
                            ["destination": ["host": "web-canary"], "weight": 0],
                        ],
                    ]],
                ],
            ])
        }
        return trees.map { UserAction(after: .milliseconds(100), .apply($0)) }
    }

    private static func service(_ name: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "spec": ["selector": ["app": "web"], "ports": [["port": 80]]],
        ]
    }

    private static func analysisTemplate(_ name: String, count: Int?) -> JSON {
        var metric: JSON = [
            "name": "success-rate", "interval": "5s", "successCondition": "result >= 0.95",
            "provider": ["web": ["url": "http://metrics.test/{{args.hash}}"]],
        ]
        if let count { metric["count"] = JSON(count) }
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "spec": ["args": [["name": "hash", "value": "none"]], "metrics": [metric]],
        ]
    }

    /// Definitions that store the kinds and check nothing: what is simulated is controllers.
    private static let definitions: [UserAction] = [
        ("argoproj.io", "v1alpha1", "Rollout", "rollouts", true),
        ("argoproj.io", "v1alpha1", "AnalysisRun", "analysisruns", false),
        ("argoproj.io", "v1alpha1", "AnalysisTemplate", "analysistemplates", false),
        ("argoproj.io", "v1alpha1", "Experiment", "experiments", false),
        ("networking.istio.io", "v1alpha3", "VirtualService", "virtualservices", false),
        ("networking.istio.io", "v1alpha3", "DestinationRule", "destinationrules", false),
    ].map { group, version, kind, plural, hasStatus in
        var entry: JSON = [
            "name": .string(version), "served": true, "storage": true,
            "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
        ]
        if hasStatus { entry["subresources"] = ["status": [:]] }
        return UserAction(
            after: .zero,
            .apply([
                "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": ["name": .string("\(plural).\(group)")],
                "spec": [
                    "group": .string(group), "scope": "Namespaced",
                    "names": [
                        "kind": .string(kind), "listKind": .string(kind + "List"), "plural": .string(plural),
                        "singular": .string(kind.lowercased()),
                    ],
                    "versions": [entry],
                ],
            ]))
    }

    // MARK: People

    private static func setImage(_ image: String, after: Duration) -> UserAction {
        UserAction(
            after: after, .patch(rollouts, key, subresource: nil, ["spec": ["template": template(image)]]))
    }

    private static func status(_ patch: JSON, after: Duration) -> UserAction {
        UserAction(after: after, .patch(rollouts, key, subresource: "status", ["status": patch]))
    }

    private static func interference(_ dice: inout Dice, images: [String]) -> UserAction {
        let after = Duration.milliseconds(dice.number(15_000...200_000))
        switch dice.number(0...11) {
        case 0: return status(["abort": true], after: after)
        case 1: return status(["abort": false], after: after)
        case 2: return status(["promoteFull": true], after: after)
        case 3, 4: return status(["pauseConditions": .null], after: after)
        case 5, 6: return UserAction(after: after, .patch(rollouts, key, subresource: nil, ["spec": ["replicas": JSON(dice.number(0...8))]]))
        case 7: return setImage("shop/web:1", after: after)
        case 8, 9: return setImage(images[1], after: after)
        case 10: return UserAction(after: after, .loseAPod(namespace: namespace))
        default: return UserAction(after: after, .patch(rollouts, key, subresource: nil, ["spec": ["paused": JSON(dice.happens(perThousand: 500))]]))
        }
    }

    /// Whatever came before: unpaused, with at least one replica, and promoted again and again.
    private static func help() -> [UserAction] {
        var actions = [
            UserAction(
                after: .seconds(helpAfterSeconds), .patch(rollouts, key, subresource: nil, ["spec": ["paused": false, "replicas": 2]])),
        ]
        for round in 1...8 { actions.append(status(["pauseConditions": .null], after: .seconds(helpAfterSeconds + 30 * round))) }
        return actions
    }
}
