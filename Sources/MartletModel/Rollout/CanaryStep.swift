// The steps of a canary.

package import JSONTree
import KubeModel

/// One step of a canary.
package enum CanaryStep: Hashable, Sendable {
    /// Sends that share of traffic to the canary.
    case setWeight(Weight)
    /// Waits for a while, or without a duration until somebody promotes.
    case pause(PauseDuration)
    /// Sizes the canary without regard to its weight.
    case setCanaryScale(CanaryScale)
    /// Waits for an analysis run to succeed.
    case analysis(RolloutAnalysis)
    /// Waits for an experiment to succeed.
    case experiment(JSON)
    case setHeaderRoute(HeaderRoute)
    case setMirrorRoute(MirrorRoute)
    /// A step that a plugin performs.
    case plugin(JSON)
    /// None of the kinds we know; validation refuses it.
    case unknown

    /// Reads a step. Of several kinds in one step the first in the order in which Argo Rollouts
    /// evaluates them counts (rollout-crd.md, section 5).
    package init(_ tree: JSON) {
        if !tree["pause"].isNull {
            self = .pause(PauseDuration(tree["pause"]["duration"]))
        } else if !tree["setCanaryScale"].isNull {
            self = .setCanaryScale(CanaryScale(tree["setCanaryScale"]))
        } else if let weight = tree["setWeight"].int {
            self = .setWeight(Weight(Int(weight)))
        } else if !tree["experiment"].isNull {
            self = .experiment(tree["experiment"])
        } else if !tree["analysis"].isNull {
            self = .analysis(RolloutAnalysis(tree["analysis"]))
        } else if !tree["setHeaderRoute"].isNull {
            self = .setHeaderRoute(HeaderRoute(tree["setHeaderRoute"]))
        } else if !tree["setMirrorRoute"].isNull {
            self = .setMirrorRoute(MirrorRoute(tree["setMirrorRoute"]))
        } else {
            self = tree["plugin"].isNull ? .unknown : .plugin(tree["plugin"])
        }
    }

    /// What the step is, for events: `setWeight: 20`, `pause: 1h`, `analysis`.
    package var summary: String {
        switch self {
        case .setWeight(let weight): "setWeight: \(weight)"
        case .pause(let duration): duration.text.map { "pause: \($0)" } ?? "pause"
        case .setCanaryScale(let scale): "setCanaryScale\(scale.summary)"
        case .analysis: "analysis"
        case .experiment: "experiment"
        case .setHeaderRoute: "setHeaderRoute"
        case .setMirrorRoute: "setMirrorRoute"
        case .plugin(let tree): "plugin: \(tree["name"].string ?? "")"
        case .unknown: "invalid"
        }
    }
}

/// How long a pause lasts.
package enum PauseDuration: Hashable, Sendable {
    /// Until somebody promotes.
    case indefinite
    /// Whole seconds; the text is as the user wrote it.
    case seconds(Int, text: String)
    /// No number and no duration.
    case invalid(String)

    /// Reads seconds (a number or a string of digits) or Go's duration text, cut to whole seconds.
    package init(_ tree: JSON) {
        switch tree {
        case .null: self = .indefinite
        case .int(let seconds): self = .seconds(Int(seconds), text: String(seconds))
        case .string(let text):
            if let seconds = Int(text) {
                self = .seconds(seconds, text: text)
            } else if let duration = Duration.parse(goText: text) {
                self = .seconds(Int(duration.components.seconds), text: text)
            } else {
                self = .invalid(text)
            }
        default: self = .invalid(tree.text())
        }
    }

    package var duration: Duration? {
        if case .seconds(let seconds, _) = self { .seconds(seconds) } else { nil }
    }
    package var text: String? { if case .seconds(_, let text) = self { text } else { nil } }
}

/// What a `setCanaryScale` step asks for.
package enum CanaryScale: Hashable, Sendable {
    /// As many pods as the weight needs.
    case matchTrafficWeight
    case replicas(Int)
    case weight(Weight)
    /// Nothing at all: as if the step were not there.
    case unspecified

    package init(_ tree: JSON) {
        if tree["matchTrafficWeight"].bool ?? false {
            self = .matchTrafficWeight
        } else if let replicas = tree["replicas"].int {
            self = .replicas(Int(replicas))
        } else if let weight = tree["weight"].int {
            self = .weight(Weight(Int(weight)))
        } else {
            self = .unspecified
        }
    }

    var summary: String {
        switch self {
        case .matchTrafficWeight: "{matchTrafficWeight: true}"
        case .replicas(let count): "{replicas: \(count)}"
        case .weight(let weight): "{weight: \(weight)}"
        case .unspecified: ""
        }
    }
}

/// A route by headers to the canary; without matches it is removed.
package struct HeaderRoute: Hashable, Sendable {
    package var name: String
    /// `{headerName, headerValue: {exact | prefix | regex}}`, any of which may match.
    package var matches: [JSON]
    package init(_ tree: JSON) {
        name = tree["name"].string ?? ""
        matches = tree["match"].elements
    }
}

/// A copy of requests to the canary; without matches it is removed.
package struct MirrorRoute: Hashable, Sendable {
    package var name: String
    /// `{method, path, headers}` of string matches.
    package var matches: [JSON]
    /// How many of a hundred requests are copied.
    package var percentage: Int?
    package init(_ tree: JSON) {
        name = tree["name"].string ?? ""
        matches = tree["match"].elements
        percentage = tree["percentage"].int.map(Int.init)
    }
}

/// An analysis as a Rollout refers to it.
package struct RolloutAnalysis: Hashable, Sendable {
    /// `{templateName, clusterScope}`.
    package var templates: [JSON]
    /// `{name, value | valueFrom}`.
    package var arguments: [JSON]
    package var dryRun: [JSON]
    package var measurementRetention: [JSON]
    /// Labels and annotations for the runs.
    package var runLabels: [String: String]
    package var runAnnotations: [String: String]
    /// A background analysis starts at that step.
    package var startingStep: Int

    package init(_ tree: JSON) {
        templates = tree["templates"].elements
        arguments = tree["args"].elements
        dryRun = tree["dryRun"].elements
        measurementRetention = tree["measurementRetention"].elements
        runLabels = KubeObject.strings(tree["analysisRunMetadata"]["labels"])
        runAnnotations = KubeObject.strings(tree["analysisRunMetadata"]["annotations"])
        startingStep = tree["startingStep"].int.map(Int.init) ?? 0
    }
}
