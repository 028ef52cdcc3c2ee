// What makes a canary's specification invalid.

import JSONTree
import KubeModel

extension RolloutValidation {
    /// The first error of a canary strategy.
    static func canaryError(in tree: JSON) -> RolloutFieldError? {
        let strategy = CanaryStrategy(tree)
        return servicesError(strategy, tree) ?? routingError(strategy, tree) ?? limitsError(strategy, tree)
            ?? stepsError(strategy, tree) ?? antiAffinityError(tree["antiAffinity"])
    }

    private static func servicesError(_ strategy: CanaryStrategy, _ tree: JSON) -> RolloutFieldError? {
        if let canary = strategy.canaryService, canary == strategy.stableService {
            return .invalid(
                "spec.strategy.stableService", .string(canary),
                "This rollout uses the same service for the stable and canary services, "
                    + "but two different services are required.")
        }
        if let pingPong = strategy.pingPong {
            if let routing = strategy.trafficRouting,
                !["alb", "istio", "plugins", "gatewayAPI"].contains(where: routing.has)
            {
                return .invalid(
                    "spec.strategy.trafficRouting", tree["trafficRouting"],
                    "Ping pong mode requires ALB, Istio or plugin traffic routing")
            }
            if pingPong.ping.isEmpty {
                return .required("spec.strategy.pingPong.pingService", "Ping service is missing")
            }
            if pingPong.pong.isEmpty {
                return .required("spec.strategy.pingPong.pongService", "Pong service is missing")
            }
            if pingPong.ping == pingPong.pong {
                return .invalid(
                    "spec.strategy.pingPong.pingService", .string(pingPong.ping),
                    "This rollout uses the same service for the ping and pong services, "
                        + "but two different services are required.")
            }
        }
        guard let routing = strategy.trafficRouting, needsServices(routing, strategy) else { return nil }
        if strategy.canaryService == nil {
            return .invalid(
                "spec.strategy.canaryService", "",
                "Canary service and stable service must be specified when using traffic routing")
        }
        if strategy.stableService == nil {
            return .invalid(
                "spec.strategy.stableService", "",
                "Canary service and stable service must be specified when using traffic routing")
        }
        return nil
    }

    private static func needsServices(_ routing: TrafficRoutingSpec, _ strategy: CanaryStrategy) -> Bool {
        routing.routers.contains { router in
            switch router {
            case .istio(let istio): istio.destinationRule == nil && strategy.pingPong == nil
            case .alb, .gatewayAPI: strategy.pingPong == nil && !isPlugin(router)
            case .smi, .apisix, .ambassador, .nginx, .appMesh, .traefik: true
            case .plugin: false
            }
        }
    }

    /// As a plugin the Gateway API says itself which Service it misses.
    private static func isPlugin(_ router: TrafficRoutingSpec.Router) -> Bool {
        if case .gatewayAPI(let routing) = router { routing.field != "gatewayAPI" } else { false }
    }

    private static func routingError(_ strategy: CanaryStrategy, _ tree: JSON) -> RolloutFieldError? {
        let field = "spec.strategy.trafficRouting"
        guard let routing = strategy.trafficRouting else {
            for (name, text) in [
                ("dynamicStableScale", "DynamicStableScale"),
                ("scaleDownDelaySeconds", "scaleDownDelaySeconds"),
            ]
            where !tree[name].isNull && tree[name] != false {
                return .invalid(
                    "spec.strategy.\(name)", tree[name], "\(text) can only be used with traffic routing")
            }
            return nil
        }
        if let error = routerError(routing, tree["trafficRouting"], field) { return error }
        if let istio = routing.istio, istio.hasSingle == istio.hasList {
            let message =
                istio.hasSingle
                ? "You can only use virtualService or virtualServices, not both"
                : "one of virtualService or virtualServices is required"
            return .invalid("\(field).istio.virtualService", .object([:]), message)
        }
        if routing.has("alb"), strategy.pingPong != nil,
            (tree["trafficRouting"]["alb"]["rootService"].string ?? "").isEmpty
        {
            return .invalid("\(field).alb.rootService", "", "root service is not configured")
        }
        if !tree["trafficRouting"]["maxTrafficWeight"].isNull, 
            !["nginx", "plugins", "gatewayAPI"].contains(where: routing.has)
        {
            return .invalid(
                "\(field).maxTrafficWeight", tree["trafficRouting"]["maxTrafficWeight"],
                "MaxTrafficWeight is only supported with Nginx or plugins")
        }
        if strategy.dynamicStableScale, strategy.scaleDownDelaySeconds != nil {
            return .invalid(
                "spec.strategy.dynamicStableScale", true,
                "Canary dynamicStableScale cannot be used with scaleDownDelaySeconds")
        }
        return nil
    }

    private static func limitsError(_ strategy: CanaryStrategy, _ tree: JSON) -> RolloutFieldError? {
        func isZero(_ value: JSON) -> Bool { value == 0 || value == "0" || value == "0%" }
        if isZero(tree["maxSurge"]), isZero(tree["maxUnavailable"]) {
            return .invalid(
                "spec.strategy.maxSurge", tree["maxSurge"], "MaxSurge and MaxUnavailable both can not be zero"
            )
        }
        return nil
    }

    // MARK: Steps

    private static func stepsError(_ strategy: CanaryStrategy, _ tree: JSON) -> RolloutFieldError? {
        for (index, step) in tree["steps"].elements.enumerated() {
            let field = "spec.strategy.steps[\(index)]"
            if let error = kindError(step, field) ?? valueError(step, field, strategy) { return error }
        }
        return nil
    }

    private static func kindError(_ step: JSON, _ field: String) -> RolloutFieldError? {
        let message =
            "Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause"
        let names = [
            "experiment", "pause", "setWeight", "analysis", "setCanaryScale", "setHeaderRoute",
            "setMirrorRoute", "plugin",
        ]
        let labels = [
            "Experiment", "Pause", "SetWeight", "Analysis", "SetCanaryScale", "SetHeaderRoute",
            "SetMirrorRoute", "Plugin",
        ]
        let isMissing = names.map { step[$0].isNull }
        /// What is missing of a step without a kind, what is there of one with several.
        func text(_ count: Int, of values: [Bool]) -> JSON {
            .string((0..<count).map { "step.\(labels[$0]): \(values[$0])" }.joined(separator: " "))
        }
        if isMissing.allSatisfy({ $0 }) { return .invalid(field, text(8, of: isMissing), message) }
        if isMissing.prefix(4).filter({ !$0 }).count > 1 {
            return .invalid(field, text(4, of: isMissing.map { !$0 }), message)
        }
        return nil
    }

    private static func valueError(_ step: JSON, _ field: String, _ strategy: CanaryStrategy)
        -> RolloutFieldError?
    {
        if let weight = step["setWeight"].int, !(0...Int64(strategy.maxWeight.value)).contains(weight) {
            return .invalid(
                "\(field).setWeight", .int(weight),
                "SetWeight needs to be between 0 and \(strategy.maxWeight)")
        }
        if !step["pause"].isNull {
            let seconds: Int? =
                switch PauseDuration(step["pause"]["duration"]) {
                case .indefinite: nil
                case .seconds(let seconds, _): seconds
                case .invalid: -1
                }
            if let seconds, seconds < 0 {
                return .invalid(
                    "\(field).pause.duration", JSON(seconds), "Duration needs to be greater than 0")
            }
        }
        if !step["setCanaryScale"].isNull, strategy.trafficRouting == nil {
            return .required(
                "spec.strategy.trafficRouting", "SetCanaryScale requires TrafficRouting to be set")
        }
        return routeError(step, field, strategy) ?? experimentError(step["experiment"], field, strategy)
    }

    private static func routeError(_ step: JSON, _ field: String, _ strategy: CanaryStrategy)
        -> RolloutFieldError?
    {
        let kinds: [(key: String, routers: [String], message: String)] = [
            (
                "setHeaderRoute", ["istio", "alb", "apisix", "plugins", "gatewayAPI"],
                "SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix"
            ),
            (
                "setMirrorRoute", ["istio", "plugins", "gatewayAPI"],
                "SetMirrorRoute requires TrafficRouting, supports Istio and Plugins"
            ),
        ]
        for kind in kinds where !step[kind.key].isNull {
            let value = step[kind.key]
            guard let routing = strategy.trafficRouting, kind.routers.contains(where: routing.has) else {
                return .invalid("\(field).\(kind.key)", value, kind.message)
            }
            let name = value["name"].string ?? ""
            if routing.managedRoutes.isEmpty {
                return .required(
                    "spec.strategy.trafficRouting.managedRoutes", "\(name) must be listed in managedRoutes")
            }
            if !routing.managedRoutes.contains(name) {
                return .invalid(
                    "\(field).\(kind.key)", .string(name), "\(name) is not listed in managedRoutes")
            }
            if let error = matchError(
                value["match"], "\(field).\(kind.key).match", isHeader: kind.key == "setHeaderRoute",
                hasALB: routing.has("alb"))
            {
                return error
            }
        }
        return nil
    }

    private static func matchError(_ matches: JSON, _ field: String, isHeader: Bool, hasALB: Bool)
        -> RolloutFieldError?
    {
        for (index, match) in matches.elements.enumerated() {
            if isHeader, hasALB, (match["headerValue"]["exact"].string ?? "").isEmpty {
                return .invalid(
                    "\(field)[\(index)].headerValue", match["headerValue"],
                    "ALB matches header values exactly, or not at all")
            }
            for key in isHeader ? ["headerValue"] : ["method", "path"] where isHeader || !match[key].isNull {
                let count = ["exact", "regex", "prefix"].count { !(match[key][$0].string ?? "").isEmpty }
                if count == 1 { continue }
                return .invalid(
                    "\(field)[\(index)].\(key)", match[key],
                    "exactly one of exact, regex or prefix must be set")
            }
        }
        return nil
    }

    private static func experimentError(_ experiment: JSON, _ field: String, _ strategy: CanaryStrategy)
        -> RolloutFieldError?
    {
        for (index, template) in experiment["templates"].elements.enumerated() {
            // Differs from Argo, which lets it pass and never gets on.
            if !["canary", "stable"].contains(template["specRef"].string) {
                return .invalid(
                    "\(field).experiment.templates[\(index)].specRef", template["specRef"],
                    "must be either canary or stable")
            }
            if template["weight"].isNull { continue }
            let place = "\(field).experiment.templates[\(index)].weight"
            guard let routing = strategy.trafficRouting else {
                return .invalid(
                    place, template["weight"],
                    "Experiment template weight cannot be set unless TrafficRouting is enabled")
            }
            if !["alb", "smi", "istio", "plugins", "gatewayAPI"].contains(where: routing.has) {
                return .invalid(
                    place, template["weight"],
                    "Experiment template weight is only available for TrafficRouting with SMI, ALB, and Istio at this time"
                )
            }
        }
        return nil
    }
}
