// One rollout's manifest: what the controller would refuse, and what will surprise.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore

/// Looks at a rollout together with the objects that are applied with it.
struct RolloutLint {
    struct Surprise: Hashable {
        var field: String
        var message: String
    }
    let error: RolloutFieldError?
    let surprises: [Surprise]

    init(_ object: KubeObject, among objects: [KubeObject]) {
        let scene = Scene(object, among: objects)
        let spec = RolloutSpec(object.spec)
        let template = scene.snapshot?.template ?? object.spec["template"]
        // What is not in the file may be in the cluster: no error, but worth a word.
        let problem = scene.problem
        error = problem.flatMap { scene.isAboutAbsent($0) ? nil : $0 }
        var surprises = scene.assumed.filter { $0.kind.kind != "AnalysisRun" }.map { absent in
            Surprise(
                field: "",
                message:
                    "\(absent.kind.kind) \"\(absent.key.name)\" is not in the file; it must be in the cluster"
            )
        }
        surprises += Self.templateSurprises(template, isOwn: !object.spec["template"].isNull)
        if object.spec["replicas"].isNull {
            surprises.append(
                Surprise(field: "spec", message: "replicas is not set: the rollout runs 1 pod"))
        }
        if let canary = spec.canary { surprises += CanarySurprises(canary, spec).all }
        if let blueGreen = spec.blueGreen { surprises += Self.blueGreenSurprises(blueGreen) }
        self.surprises = surprises
    }

    private static func templateSurprises(_ template: JSON, isOwn: Bool) -> [Surprise] {
        let field = isOwn ? "spec.template.spec.containers" : "spec.workloadRef"
        var surprises: [Surprise] = []
        let containers = template["spec"]["containers"].elements
        for (index, container) in containers.enumerated() {
            let name = container["name"].string ?? ""
            let place = isOwn ? "\(field)[\(index)]" : field
            if let image = container["image"].string, isFloating(image) {
                surprises.append(
                    Surprise(
                        field: isOwn ? "\(place).image" : place,
                        message:
                            "container \"\(name)\" runs \(image): that name may mean another image tomorrow, without any rollout"
                    ))
            }
        }
        if !containers.isEmpty, containers.allSatisfy({ $0["readinessProbe"].isNull }) {
            surprises.append(
                Surprise(
                    field: field,
                    message:
                        "no container has a readinessProbe: pods get traffic as soon as their process runs"
                ))
        }
        return surprises
    }

    /// Whether an image's name can mean another image later: `latest`, or no tag at all.
    static func isFloating(_ image: String) -> Bool {
        if image.contains("@sha256:") { return false }
        let last = image.split(separator: "/").last.map(String.init) ?? image
        guard let colon = last.firstIndex(of: ":") else { return true }
        return last[last.index(after: colon)...] == "latest"
    }

    private static func blueGreenSurprises(_ strategy: BlueGreenStrategy) -> [Surprise] {
        let field = "spec.strategy.blueGreen"
        var surprises: [Surprise] = []
        if strategy.scaleDownDelaySeconds == 0 {
            surprises.append(
                Surprise(
                    field: "\(field).scaleDownDelaySeconds",
                    message:
                        "0 removes the old pods at once, while clients may still have connections to them"
                ))
        }
        if strategy.autoPromotionSeconds > 0, strategy.autoPromotionEnabled,
            strategy.previewService == nil
        {
            surprises.append(
                Surprise(
                    field: "\(field).autoPromotionSeconds",
                    message:
                        "the new revision waits \(strategy.autoPromotionSeconds)s, but without a previewService nobody can look at it"
                ))
        }
        if strategy.previewService != nil, strategy.autoPromotionEnabled,
            strategy.autoPromotionSeconds == 0,
            strategy.prePromotionAnalysis == nil
        {
            surprises.append(
                Surprise(
                    field: "\(field).previewService",
                    message:
                        "traffic switches as soon as the pods are ready: nothing waits for a look at the preview"
                ))
        }
        return surprises
    }
}

/// Where a canary's steps do not do what they seem to say.
private struct CanarySurprises {
    typealias Surprise = RolloutLint.Surprise
    let canary: CanaryStrategy
    let spec: RolloutSpec
    private let field = "spec.strategy.canary"

    init(_ canary: CanaryStrategy, _ spec: RolloutSpec) {
        self.canary = canary
        self.spec = spec
    }

    var all: [Surprise] { general + weights + scales + analyses }

    private var general: [Surprise] {
        var surprises: [Surprise] = []
        if canary.steps.isEmpty {
            surprises.append(
                Surprise(
                    field: field,
                    message: "no steps: an update is a rolling update without any pause or check"))
        }
        let limits = ReplicaSplit.limits(
            replicas: Int32(clamping: spec.replicas), maxSurge: canary.maxSurge,
            maxUnavailable: canary.maxUnavailable)
        let surge = canary.maxSurge?.scaled(of: spec.replicas, roundsUp: true) ?? 0
        if spec.replicas > 0, surge == 0, limits.unavailable > 0, canary.trafficRouting == nil {
            surprises.append(
                Surprise(
                    field: field,
                    message:
                        "no surge: an update begins by taking \(limits.unavailable) of \(spec.replicas) pods away"
                ))
        }
        if canary.trafficRouting != nil, canary.scaleDownDelaySeconds == 0 {
            surprises.append(
                Surprise(
                    field: "\(field).scaleDownDelaySeconds",
                    message:
                        "0 removes the old pods at once, while the router may still send to them"))
        }
        return surprises
    }

    /// Without a router the share of traffic is the share of pods, which comes in whole pods.
    private var weights: [Surprise] {
        guard canary.trafficRouting == nil, spec.replicas > 0 else { return [] }
        let surge = ReplicaSplit.limits(
            replicas: Int32(clamping: spec.replicas), maxSurge: canary.maxSurge,
            maxUnavailable: canary.maxUnavailable
        ).surge
        var surprises: [Surprise] = []
        for case (let index, .setWeight(let weight)) in canary.steps.enumerated() {
            let pair = ReplicaSplit.nearest(
                replicas: Int32(clamping: spec.replicas), weight: weight, of: .hundred, surge: surge
            )
            let total = pair.canary + pair.stable
            guard total > 0 else { continue }
            let share = Int((Double(pair.canary) * 100 / Double(total)).rounded())
            guard abs(share - weight.value) >= 5 else { continue }
            surprises.append(
                Surprise(
                    field: "\(field).steps[\(index)].setWeight",
                    message:
                        "\(weight) % cannot be had with \(spec.replicas) replicas and no router: "
                        + "the canary gets \(pair.canary) of \(total) pods, about \(share) %"))
        }
        return surprises
    }

    /// A size set by hand stays in force until it is given back.
    private var scales: [Surprise] {
        var fixed: (index: Int, pods: Int)?
        var surprises: [Surprise] = []
        for (index, step) in canary.steps.enumerated() {
            switch step {
            case .setCanaryScale(.replicas(let count)): fixed = (index, count)
            case .setCanaryScale: fixed = nil
            case .setWeight(let weight):
                guard let fixed, canary.trafficRouting != nil else { continue }
                let needed = ReplicaSplit.replicas(
                    for: weight, of: canary.maxWeight, replicas: Int32(clamping: spec.replicas))
                guard needed > fixed.pods else { continue }
                surprises.append(
                    Surprise(
                        field: "\(field).steps[\(index)].setWeight",
                        message:
                            "weight \(weight) meets \(fixed.pods) canary pods, since setCanaryScale of step "
                            + "\(fixed.index + 1) stays in force: give back the size with matchTrafficWeight: true"
                    ))
            default: continue
            }
        }
        return surprises
    }

    private var analyses: [Surprise] {
        var hasTraffic = false
        for (index, step) in canary.steps.enumerated() {
            switch step {
            case .setWeight(let weight): hasTraffic = hasTraffic || weight > .zero
            case .setHeaderRoute, .setMirrorRoute, .setCanaryScale: hasTraffic = true
            case .analysis where !hasTraffic:
                return [
                    Surprise(
                        field: "\(field).steps[\(index)].analysis",
                        message:
                            "it measures before the canary gets any traffic: put a setWeight step before it"
                    )
                ]
            default: continue
            }
        }
        return []
    }
}
