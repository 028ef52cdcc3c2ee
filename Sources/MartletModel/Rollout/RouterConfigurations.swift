// What each router but Istio is told in `trafficRouting` (rollout-crd.md, section 6).

package import JSONTree
import KubeModel

/// Routes of the Gateway API whose rules are split.
package struct GatewayRouting: Hashable, Sendable {
    /// The name under which this router is a plugin of Argo Rollouts.
    package static let pluginName = "argoproj-labs/gatewayAPI"

    /// The kinds of routes, by their key for one and for several.
    package enum RouteKind: String, CaseIterable, Hashable, Sendable {
        case http = "httpRoute"
        case grpc = "grpcRoute"
        case tcp = "tcpRoute"
        case tls = "tlsRoute"
        /// The key of the list.
        package var listKey: String { rawValue + "s" }
    }

    /// One route, and whether header and mirror routes are added to it.
    package struct Route: Hashable, Sendable {
        package var kind: RouteKind
        package var name: String
        package var takesHeaders: Bool
        /// Where it is named, below `trafficRouting`.
        package var field: String
    }

    /// Nil is the Rollout's own.
    package var namespace: String?
    package var routes: [Route]
    /// Where the configuration stands, below `trafficRouting`.
    package var field: String

    package init(_ tree: JSON, field: String) {
        self.field = field
        namespace = tree["namespace"].string.flatMap { $0.isEmpty ? nil : $0 }
        // Where some routes say that they take header routes, the others don't.
        let isSaid = RouteKind.allCases.contains { kind in
            tree[kind.listKey].elements.contains { !$0["useHeaderRoutes"].isNull }
        }
        var routes: [Route] = []
        for kind in RouteKind.allCases {
            if let name = tree[kind.rawValue].string, !name.isEmpty {
                routes.append(
                    Route(kind: kind, name: name, takesHeaders: !isSaid, field: "\(field).\(kind.rawValue)"))
            }
            for (index, route) in tree[kind.listKey].elements.enumerated() {
                let takesHeaders = route["useHeaderRoutes"].bool ?? !isSaid
                routes.append(
                    Route(
                        kind: kind, name: route["name"].string ?? "", takesHeaders: takesHeaders,
                        field: "\(field).\(kind.listKey)[\(index)].name"))
            }
        }
        self.routes = routes
    }

    /// The keys that a configuration may have; those of the plugin that only tune its own upkeep
    /// are accepted and have nothing to do here.
    package static let keys: Set<String> = Set(
        ["namespace", "configMap", "disableInProgressLabel", "inProgressLabelKey", "inProgressLabelValue"]
            + RouteKind.allCases.flatMap { [$0.rawValue, $0.listKey] })
}

/// Ingresses that the NGINX controller serves.
package struct NginxRouting: Hashable, Sendable {
    package var ingresses: [String]
    /// Whether the single form, the list form, both or neither is written.
    package var hasSingle: Bool
    package var hasList: Bool
    package var annotationPrefix: String
    /// Annotations of the canary's Ingress, the prefix to be added.
    package var additionalAnnotations: [String: String]
    /// Annotations as they stand.
    package var canaryAnnotations: [String: String]
    package static let prefix = "nginx.ingress.kubernetes.io"

    package init(_ tree: JSON) {
        (ingresses, hasSingle, hasList) = Self.names(tree, "stableIngress", "stableIngresses")
        annotationPrefix = tree["annotationPrefix"].string.flatMap { $0.isEmpty ? nil : $0 } ?? Self.prefix
        additionalAnnotations = KubeObject.strings(tree["additionalIngressAnnotations"])
        canaryAnnotations = KubeObject.strings(tree["canaryIngressAnnotations"])
    }

    /// The names in a field for one or a field for several.
    static func names(_ tree: JSON, _ single: String, _ list: String) -> ([String], Bool, Bool) {
        let one = tree[single].string.flatMap { $0.isEmpty ? nil : $0 }
        let several = tree[list].elements.compactMap(\.string)
        return ((one.map { [$0] } ?? []) + several, one != nil, !several.isEmpty)
    }
}

/// Ingresses that the AWS load balancer controller serves.
package struct ALBRouting: Hashable, Sendable {
    package var ingresses: [String]
    package var hasSingle: Bool
    package var hasList: Bool
    package var servicePort: Int
    /// The backend of the Ingress whose action is split; nil is the stable Service.
    package var rootService: String?
    package var annotationPrefix: String
    /// How long a client stays with a target group; nil without stickiness.
    package var stickiness: Stickiness?

    /// Whether clients stay with a target group, and how long.
    package struct Stickiness: Hashable, Sendable {
        package var isEnabled: Bool
        package var seconds: Int64
    }

    package init(_ tree: JSON) {
        (ingresses, hasSingle, hasList) = NginxRouting.names(tree, "ingress", "ingresses")
        servicePort = tree["servicePort"].int.map(Int.init) ?? 0
        rootService = tree["rootService"].string.flatMap { $0.isEmpty ? nil : $0 }
        annotationPrefix =
            tree["annotationPrefix"].string.flatMap { $0.isEmpty ? nil : $0 }
            ?? "alb.ingress.kubernetes.io"
        let sticky = tree["stickinessConfig"]
        if !sticky.isNull {
            stickiness = Stickiness(
                isEnabled: sticky["enabled"].bool ?? false, seconds: sticky["durationSeconds"].int ?? 0)
        }
    }
}

/// A TrafficSplit of the Service Mesh Interface.
package struct SMIRouting: Hashable, Sendable {
    package var rootService: String?
    package var trafficSplitName: String?
    package init(_ tree: JSON) {
        rootService = tree["rootService"].string.flatMap { $0.isEmpty ? nil : $0 }
        trafficSplitName = tree["trafficSplitName"].string.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// Mappings of Ambassador (Emissary).
package struct AmbassadorRouting: Hashable, Sendable {
    package var mappings: [String]
    package init(_ tree: JSON) { mappings = tree["mappings"].elements.compactMap(\.string) }
}

/// A VirtualService of AWS App Mesh and the nodes of the two sides.
package struct AppMeshRouting: Hashable, Sendable {
    /// Empty where none is named, which is an error.
    package var virtualService: String
    /// Routes of its VirtualRouter by name; none named means all.
    package var routes: [String]
    package var canaryNode: String
    package var stableNode: String
    package init(_ tree: JSON) {
        virtualService = tree["virtualService"]["name"].string ?? ""
        routes = tree["virtualService"]["routes"].elements.compactMap(\.string)
        canaryNode = tree["virtualNodeGroup"]["canaryVirtualNodeRef"]["name"].string ?? ""
        stableNode = tree["virtualNodeGroup"]["stableVirtualNodeRef"]["name"].string ?? ""
    }
}

/// A weighted TraefikService.
package struct TraefikRouting: Hashable, Sendable {
    package var service: String
    package init(_ tree: JSON) { service = tree["weightedTraefikServiceName"].string ?? "" }
}

/// An ApisixRoute and its rules that are split.
package struct ApisixRouting: Hashable, Sendable {
    package var route: String
    /// None named means the rule of the route's own name, or the only one.
    package var rules: [String]
    package init(_ tree: JSON) {
        route = tree["route"]["name"].string ?? ""
        rules = tree["route"]["rules"].elements.compactMap(\.string)
    }
}

/// A router that somebody else carries out.
package struct PluginRouting: Hashable, Sendable {
    /// `vendor/name`.
    package var name: String
    /// As written; only the plugin understands it.
    package var configuration: JSON
    package init(name: String, configuration: JSON) {
        self.name = name
        self.configuration = configuration
    }
}
