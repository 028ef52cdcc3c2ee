// What makes a Rollout's specification invalid, with the peer's messages.

package import JSONTree
import KubeModel

/// One thing that is wrong with a specification, in the words of Kubernetes' field errors.
package struct RolloutFieldError: Error, Hashable, Sendable {
    /// The path of the field, as in `spec.strategy.steps[0].setWeight`.
    package var field: String
    /// `Required value`, `Invalid value` and the like, with the value and what is wrong with it.
    package var detail: String

    package init(field: String, detail: String) {
        self.field = field
        self.detail = detail
    }

    static func required(_ field: String, _ message: String) -> RolloutFieldError {
        RolloutFieldError(field: field, detail: "Required value: \(message)")
    }
    /// An error about a value, which is shown as JSON.
    package static func invalid(_ field: String, _ value: JSON, _ message: String) -> RolloutFieldError {
        RolloutFieldError(field: field, detail: "Invalid value: \(value.text()): \(message)")
    }

    /// The sentence for the condition `InvalidSpec`.
    package func message(for name: String) -> String {
        let place = field.isEmpty ? "" : "\(field): "
        return "The Rollout \"\(name)\" is invalid: \(place)\(detail)"
    }
}

/// Checks a specification by itself, without looking at what it refers to (rollout-crd.md,
/// sections 1 to 6). Only the first error counts, in the order in which the peer looks.
package enum RolloutValidation {
    /// The first error, or nil.
    ///
    /// - Parameter spec: The `spec` with template and selector of a referenced workload filled in.
    package static func firstError(in spec: JSON) -> RolloutFieldError? {
        generalError(in: spec) ?? strategyError(in: spec)
    }

    private static func generalError(in spec: JSON) -> RolloutFieldError? {
        if let error = selectorError(in: spec) ?? templateError(in: spec) { return error }
        for (field, text) in [("replicas", "replicas"), ("minReadySeconds", "minReadySeconds")] {
            if let value = spec[field].int, value < 0 {
                return .invalid("spec.\(text)", spec[field], "must be greater than or equal to 0")
            }
        }
        if let limit = spec["revisionHistoryLimit"].int, limit < 0 {
            return .invalid(
                "spec.revisionHistoryLimit", spec["revisionHistoryLimit"],
                "must be greater than or equal to 0")
        }
        let deadline = spec["progressDeadlineSeconds"].int ?? 600
        if deadline < 0 {
            return .invalid(
                "spec.progressDeadlineSeconds", .int(deadline), "must be greater than or equal to 0")
        }
        if deadline <= spec["minReadySeconds"].int ?? 0 {
            return .invalid(
                "spec.progressDeadlineSeconds", .int(deadline), "must be greater than minReadySeconds")
        }
        return nil
    }

    private static func selectorError(in spec: JSON) -> RolloutFieldError? {
        let selector = spec["selector"]
        if selector.isNull { return .required("spec.selector", "Rollout has missing field '.spec.selector'") }
        guard let parsed = LabelSelector(selector) else {
            return .invalid("spec.selector", selector, "invalid label selector")
        }
        if parsed.requirements.isEmpty {
            return .invalid("spec.selector", .object([:]), "empty selector is invalid for deployment")
        }
        return nil
    }

    private static func templateError(in spec: JSON) -> RolloutFieldError? {
        let template = spec["template"]
        let labels = template["metadata"]["labels"]
        if let selector = LabelSelector(spec["selector"]), !selector.matches(KubeObject.strings(labels)) {
            let shown = labels.object.map { JSON.object($0.sorted()) } ?? .null
            return .invalid(
                "spec.template.metadata.labels", shown, "`selector` does not match template `labels`")
        }
        let containers = template["spec"]["containers"].elements
        if containers.isEmpty { return .required("spec.template.spec.containers", "") }
        for (index, container) in containers.enumerated() {
            let field = "spec.template.spec.containers[\(index)]"
            if (container["name"].string ?? "").isEmpty { return .required("\(field).name", "") }
            if (container["image"].string ?? "").isEmpty { return .required("\(field).image", "") }
        }
        if let policy = template["spec"]["restartPolicy"].string, policy != "Always" {
            return RolloutFieldError(
                field: "spec.template.spec.restartPolicy",
                detail: "Unsupported value: \(JSON.string(policy).text()): supported values: \"Always\"")
        }
        return nil
    }

    private static func strategyError(in spec: JSON) -> RolloutFieldError? {
        let strategy = spec["strategy"]
        let canary = strategy["canary"]
        let blueGreen = strategy["blueGreen"]
        switch (canary.isNull, blueGreen.isNull) {
        case (true, true):
            return .required(
                "spec.strategy.strategy",
                "Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'")
        case (false, false):
            return .invalid(
                "spec.strategy.strategy", "blueGreen: true canary: true",
                "Multiple Strategies can not be listed")
        case (true, false): return blueGreenError(in: blueGreen, spec: spec)
        case (false, true): return canaryError(in: canary)
        }
    }

    private static func blueGreenError(in tree: JSON, spec: JSON) -> RolloutFieldError? {
        let strategy = BlueGreenStrategy(tree)
        if strategy.activeService == strategy.previewService ?? "" {
            return .invalid(
                "spec.strategy.activeService", .string(strategy.activeService),
                "This rollout uses the same service for the active and preview services, "
                    + "but two different services are required.")
        }
        let history = spec["revisionHistoryLimit"].int ?? 10
        if let limit = strategy.scaleDownDelayRevisionLimit, history < Int64(limit) {
            return .invalid(
                "spec.strategy.scaleDownDelayRevisionLimit", JSON(limit),
                "This rollout's revision history limit can not be smaller than the rollout's scale down limit"
            )
        }
        return antiAffinityError(tree["antiAffinity"])
    }

    static func antiAffinityError(_ tree: JSON) -> RolloutFieldError? {
        if tree.isNull { return nil }
        let field = "spec.strategy.antiAffinity"
        let preferred = tree["preferredDuringSchedulingIgnoredDuringExecution"]
        let required = tree["requiredDuringSchedulingIgnoredDuringExecution"]
        if preferred.isNull == required.isNull {
            return .invalid(
                field, "antiAffinity",
                "AntiAffinity must have exactly one strategy listed")
        }
        if let weight = preferred["weight"].int, !(1...100).contains(weight) {
            return .invalid(
                "\(field).preferredDuringSchedulingIgnoredDuringExecution.weight", .int(weight),
                "PreferredDuringSchedulingIgnoredDuringExecution.Weight must be between 1 and 100")
        }
        return nil
    }
}
