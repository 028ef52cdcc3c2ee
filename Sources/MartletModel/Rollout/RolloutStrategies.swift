// How a Rollout updates: canary or blue-green, with defaults filled in.

package import JSONTree
package import KubeModel

/// How a Rollout goes from one revision to the next.
package enum RolloutStrategy: Hashable, Sendable {
    case canary(CanaryStrategy)
    case blueGreen(BlueGreenStrategy)
    /// Neither or both; validation refuses it.
    case invalid
}

/// The canary strategy (rollout-crd.md, section 3).
package struct CanaryStrategy: Hashable, Sendable {
    package var canaryService: String?
    package var stableService: String?
    package var steps: [CanaryStep]
    package var trafficRouting: TrafficRoutingSpec?
    /// Nil where the value is no count or percentage: both limits are then zero.
    package var maxUnavailable: IntOrPercent?
    package var maxSurge: IntOrPercent?
    package var backgroundAnalysis: RolloutAnalysis?
    package var antiAffinity: JSON
    /// `{labels, annotations}` that canary or stable pods carry while they are it.
    package var canaryMetadata: JSON
    package var stableMetadata: JSON
    package var scaleDownDelaySeconds: Int?
    package var scaleDownDelayRevisionLimit: Int?
    package var abortScaleDownDelaySeconds: Int?
    package var dynamicStableScale: Bool
    package var pingPong: PingPong?
    package var minPodsPerReplicaSet: Int?
    package var progressThreshold: ProgressThreshold?

    /// Two services that take turns in being stable.
    package struct PingPong: Hashable, Sendable {
        package var ping: String
        package var pong: String
    }

    /// How many available canary pods complete a step.
    package enum ProgressThreshold: Hashable, Sendable {
        case percent(Int)
        case pods(Int)
    }

    package static let scaleDownDelayDefaultSeconds = 30
    package static let abortScaleDownDelayDefaultSeconds = 30

    package init(_ tree: JSON) {
        canaryService = tree["canaryService"].string.flatMap { $0.isEmpty ? nil : $0 }
        stableService = tree["stableService"].string.flatMap { $0.isEmpty ? nil : $0 }
        steps = tree["steps"].elements.map(CanaryStep.init)
        trafficRouting = TrafficRoutingSpec(tree["trafficRouting"])
        let quarter = IntOrPercent.percent(25)
        maxUnavailable = tree["maxUnavailable"].isNull ? quarter : IntOrPercent(tree["maxUnavailable"])
        maxSurge = tree["maxSurge"].isNull ? quarter : IntOrPercent(tree["maxSurge"])
        backgroundAnalysis = tree["analysis"].isNull ? nil : RolloutAnalysis(tree["analysis"])
        antiAffinity = tree["antiAffinity"]
        canaryMetadata = tree["canaryMetadata"]
        stableMetadata = tree["stableMetadata"]
        scaleDownDelaySeconds = tree["scaleDownDelaySeconds"].int.map(Int.init)
        scaleDownDelayRevisionLimit = tree["scaleDownDelayRevisionLimit"].int.map(Int.init)
        abortScaleDownDelaySeconds = tree["abortScaleDownDelaySeconds"].int.map(Int.init)
        dynamicStableScale = tree["dynamicStableScale"].bool ?? false
        if !tree["pingPong"].isNull {
            pingPong = PingPong(
                ping: tree["pingPong"]["pingService"].string ?? "",
                pong: tree["pingPong"]["pongService"].string ?? "")
        }
        minPodsPerReplicaSet = tree["minPodsPerReplicaSet"].int.map(Int.init)
        if let value = tree["replicaProgressThreshold"]["value"].int.map(Int.init), value >= 0 {
            let isPercent = tree["replicaProgressThreshold"]["type"].string == "Percent"
            progressThreshold = isPercent ? .percent(value) : .pods(value)
        }
    }

    /// All traffic in the router's units.
    package var maxWeight: Weight { trafficRouting?.maxWeight ?? .hundred }
    /// How long a superseded ReplicaSet is kept; nil without a router.
    package var scaleDownDelay: Duration? {
        guard trafficRouting != nil else { return nil }
        return .seconds(scaleDownDelaySeconds ?? Self.scaleDownDelayDefaultSeconds)
    }
    /// How long an aborted canary is kept; nil is for ever, and for a canary without a router.
    package var abortScaleDownDelay: Duration? {
        guard trafficRouting != nil, abortScaleDownDelaySeconds != 0 else { return nil }
        return .seconds(abortScaleDownDelaySeconds ?? Self.abortScaleDownDelayDefaultSeconds)
    }
}

/// The blue-green strategy (rollout-crd.md, section 2).
package struct BlueGreenStrategy: Hashable, Sendable {
    package var activeService: String
    package var previewService: String?
    package var previewReplicaCount: Int?
    package var autoPromotionEnabled: Bool
    package var autoPromotionSeconds: Int
    package var maxUnavailable: IntOrPercent?
    package var scaleDownDelaySeconds: Int?
    package var scaleDownDelayRevisionLimit: Int?
    package var prePromotionAnalysis: RolloutAnalysis?
    package var postPromotionAnalysis: RolloutAnalysis?
    package var antiAffinity: JSON
    package var previewMetadata: JSON
    package var activeMetadata: JSON
    package var abortScaleDownDelaySeconds: Int?

    package init(_ tree: JSON) {
        activeService = tree["activeService"].string ?? ""
        previewService = tree["previewService"].string.flatMap { $0.isEmpty ? nil : $0 }
        previewReplicaCount = tree["previewReplicaCount"].int.map(Int.init)
        autoPromotionEnabled = tree["autoPromotionEnabled"].bool ?? true
        autoPromotionSeconds = tree["autoPromotionSeconds"].int.map(Int.init) ?? 0
        maxUnavailable = tree["maxUnavailable"].isNull ? .percent(25) : IntOrPercent(tree["maxUnavailable"])
        scaleDownDelaySeconds = tree["scaleDownDelaySeconds"].int.map(Int.init)
        scaleDownDelayRevisionLimit = tree["scaleDownDelayRevisionLimit"].int.map(Int.init)
        prePromotionAnalysis =
            tree["prePromotionAnalysis"].isNull ? nil : RolloutAnalysis(tree["prePromotionAnalysis"])
        postPromotionAnalysis =
            tree["postPromotionAnalysis"].isNull ? nil : RolloutAnalysis(tree["postPromotionAnalysis"])
        antiAffinity = tree["antiAffinity"]
        previewMetadata = tree["previewMetadata"]
        activeMetadata = tree["activeMetadata"]
        abortScaleDownDelaySeconds = tree["abortScaleDownDelaySeconds"].int.map(Int.init)
    }
}
