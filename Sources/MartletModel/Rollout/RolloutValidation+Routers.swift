// What makes a router's configuration invalid.

import JSONTree
import KubeModel

extension RolloutValidation {
    /// The fields of each router's configuration; what is not in them is an error, never silence
    /// (top-complaints.md, 10).
    private static let routerFields: [String: Set<String>] = [
        "istio": ["virtualService", "virtualServices", "destinationRule"],
        "nginx": [
            "stableIngress", "stableIngresses", "annotationPrefix", "additionalIngressAnnotations",
            "canaryIngressAnnotations",
        ],
        "alb": [
            "ingress", "ingresses", "servicePort", "rootService", "annotationPrefix",
            "stickinessConfig",
        ],
        "smi": ["rootService", "trafficSplitName"],
        "ambassador": ["mappings"],
        "appMesh": ["virtualService", "virtualNodeGroup"],
        "traefik": ["weightedTraefikServiceName"],
        "apisix": ["route"],
        "gatewayAPI": GatewayRouting.keys,
    ]

    /// The first error of what the routers are told.
    static func routerError(_ routing: TrafficRoutingSpec, _ tree: JSON, _ field: String)
        -> RolloutFieldError?
    {
        for (name, configuration) in tree.object ?? JSONObject() where !configuration.isNull {
            if name == "managedRoutes" || name == "maxTrafficWeight" { continue }
            guard TrafficRoutingSpec.names.contains(name) else {
                return .invalid("\(field).\(name)", .string(name), "unknown traffic router")
            }
            if let error = unknownField(configuration, name, "\(field).\(name)") { return error }
        }
        for router in routing.routers {
            if let error = error(of: router, tree, field) { return error }
        }
        return nil
    }

    private static func unknownField(_ configuration: JSON, _ name: String, _ field: String)
        -> RolloutFieldError?
    {
        if name == "plugins" {
            let plugin = configuration[GatewayRouting.pluginName]
            return unknownField(plugin, "gatewayAPI", "\(field).\(GatewayRouting.pluginName)")
        }
        guard let known = routerFields[name],
            let unknown = configuration.object?.keys.first(where: { !known.contains($0) })
        else { return nil }
        return .invalid("\(field).\(unknown)", .string(unknown), "unknown field of this router")
    }

    private static func error(of router: TrafficRoutingSpec.Router, _ tree: JSON, _ field: String)
        -> RolloutFieldError?
    {
        switch router {
        case .istio, .smi, .plugin: return nil
        case .nginx(let nginx):
            return oneOf(
                nginx.hasSingle, nginx.hasList, "\(field).nginx", "stableIngress", "stableIngresses")
        case .alb(let alb):
            if let error = oneOf(alb.hasSingle, alb.hasList, "\(field).alb", "ingress", "ingresses") {
                return error
            }
            guard let stickiness = alb.stickiness, stickiness.isEnabled,
                !(1...604_800).contains(stickiness.seconds)
            else { return nil }
            return .invalid(
                "\(field).alb.stickinessConfig.durationSeconds", .int(stickiness.seconds),
                "must be between 1 and 604800 seconds (a week)")
        case .ambassador(let ambassador):
            if !ambassador.mappings.isEmpty { return nil }
            return .required("\(field).ambassador.mappings", "at least one mapping must be named")
        case .appMesh(let mesh):
            if !mesh.virtualService.isEmpty { return nil }
            return .required(
                "\(field).appMesh.virtualService.name", "the virtual service must be named")
        case .traefik(let traefik):
            if !traefik.service.isEmpty { return nil }
            return .required(
                "\(field).traefik.weightedTraefikServiceName", "the TraefikService must be named")
        case .apisix(let apisix):
            if !apisix.route.isEmpty { return nil }
            return .required("\(field).apisix.route.name", "the ApisixRoute must be named")
        case .gatewayAPI(let gateway):
            if !gateway.routes.isEmpty, gateway.routes.allSatisfy({ !$0.name.isEmpty }) { return nil }
            return .required("\(field).\(gateway.field)", "at least one route must be named")
        }
    }

    private static func oneOf(
        _ hasSingle: Bool, _ hasList: Bool, _ field: String, _ single: String, _ list: String
    ) -> RolloutFieldError? {
        if hasSingle != hasList { return nil }
        let message =
            hasSingle
            ? "either \(single) or \(list) can be used, not both" : "\(single) or \(list) must be set"
        return .invalid("\(field).\(single)", .object([:]), message)
    }
}
