// Which router splits the traffic, and how it is addressed.

package import JSONTree
import KubeModel

/// A canary's `trafficRouting`: one configuration a router.
package struct TrafficRoutingSpec: Hashable, Sendable {
    /// The routers that are configured, in the order in which they are written.
    package var routers: [Router]
    /// Names of routes that are ours to add and remove; earlier ones take precedence.
    package var managedRoutes: [String]
    /// All traffic in the router's units.
    package var maxWeight: Weight

    /// The keys that are written, and `gatewayAPI` where its plugin's name stands for it.
    private var keys: Set<String>

    /// One configured router.
    package enum Router: Hashable, Sendable {
        case istio(IstioRouting)
        case gatewayAPI(GatewayRouting)
        case nginx(NginxRouting)
        case alb(ALBRouting)
        case smi(SMIRouting)
        case ambassador(AmbassadorRouting)
        case appMesh(AppMeshRouting)
        case traefik(TraefikRouting)
        case apisix(ApisixRouting)
        case plugin(PluginRouting)
    }

    /// The keys of routers, in the order in which Argo Rollouts writes them; ours come last.
    package static let names = [
        "istio", "nginx", "alb", "smi", "ambassador", "appMesh", "traefik", "apisix", "plugins",
        "gatewayAPI",
    ]

    package init?(_ tree: JSON) {
        guard let object = tree.object else { return nil }
        var keys: Set<String> = []
        var routers: [Router] = []
        for name in Self.names {
            guard let configuration = object[name], !configuration.isNull else { continue }
            keys.insert(name)
            switch name {
            case "istio": routers.append(.istio(IstioRouting(configuration)))
            case "nginx": routers.append(.nginx(NginxRouting(configuration)))
            case "alb": routers.append(.alb(ALBRouting(configuration)))
            case "smi": routers.append(.smi(SMIRouting(configuration)))
            case "ambassador": routers.append(.ambassador(AmbassadorRouting(configuration)))
            case "appMesh": routers.append(.appMesh(AppMeshRouting(configuration)))
            case "traefik": routers.append(.traefik(TraefikRouting(configuration)))
            case "apisix": routers.append(.apisix(ApisixRouting(configuration)))
            case "gatewayAPI":
                routers.append(.gatewayAPI(GatewayRouting(configuration, field: "gatewayAPI")))
            default: routers += Self.plugins(configuration)
            }
        }
        for case .gatewayAPI in routers { keys.insert("gatewayAPI") }
        self.keys = keys
        self.routers = routers
        managedRoutes = tree["managedRoutes"].elements.compactMap { $0["name"].string }
        maxWeight = tree["maxTrafficWeight"].int.map { Weight(Int($0)) } ?? .hundred
    }

    /// The plugins by name; that of the Gateway API is built in.
    private static func plugins(_ tree: JSON) -> [Router] {
        (tree.object ?? JSONObject()).sorted().map { name, configuration in
            name == GatewayRouting.pluginName
                ? .gatewayAPI(GatewayRouting(configuration, field: "plugins.\(name)"))
                : .plugin(PluginRouting(name: name, configuration: configuration))
        }
    }

    /// Whether somebody outside says when a split is in force.
    package func canBeVerified(loadBalancers: Bool) -> Bool {
        routers.contains { router in
            switch router {
            case .plugin: true
            case .alb: loadBalancers
            default: false
            }
        }
    }

    package func has(_ name: String) -> Bool { keys.contains(name) }
    package var istio: IstioRouting? {
        for case .istio(let routing) in routers { return routing }
        return nil
    }
}

/// Istio's part of `trafficRouting`.
package struct IstioRouting: Hashable, Sendable {
    package var virtualServices: [VirtualServiceReference]
    package var destinationRule: DestinationRuleReference?
    /// Whether the single form, the list form, both or neither is written; exactly one may be.
    package var hasSingle: Bool
    package var hasList: Bool

    /// A VirtualService and the routes of it to split; none named means the only one.
    package struct VirtualServiceReference: Hashable, Sendable {
        package var name: String
        /// Nil is the Rollout's own.
        package var namespace: String?
        /// As written.
        package var text: String
        package var routes: [String]
        package var tlsRoutes: [TLSRoute]
        package var tcpPorts: [Int]

        package init(_ tree: JSON) {
            text = tree["name"].string ?? ""
            // `name.namespace`, also with `.cluster.local` behind it: the last label is the namespace.
            let suffix = ".cluster.local"
            let plain = text.hasSuffix(suffix) ? String(text.dropLast(suffix.count)) : text
            if let dot = plain.lastIndex(of: ".") {
                name = String(plain[..<dot])
                namespace = String(plain[plain.index(after: dot)...])
            } else {
                name = plain
            }
            routes = tree["routes"].elements.compactMap(\.string)
            tlsRoutes = tree["tlsRoutes"].elements.map {
                TLSRoute(
                    port: $0["port"].int.map(Int.init), hosts: $0["sniHosts"].elements.compactMap(\.string))
            }
            tcpPorts = tree["tcpRoutes"].elements.compactMap { $0["port"].int.map(Int.init) }
        }
    }

    /// A TLS route is found by its port, its SNI hosts, or both.
    package struct TLSRoute: Hashable, Sendable {
        package var port: Int?
        package var hosts: [String]
        package init(port: Int?, hosts: [String]) {
            self.port = port
            self.hosts = hosts
        }
    }

    /// A DestinationRule whose subsets are the canary and the stable pods.
    package struct DestinationRuleReference: Hashable, Sendable {
        package var name: String
        package var canarySubset: String
        package var stableSubset: String
        /// Subsets that take part in the split without being ours.
        package var additionalSubsets: [String]
        package init(_ tree: JSON) {
            name = tree["name"].string ?? ""
            canarySubset = tree["canarySubsetName"].string ?? ""
            stableSubset = tree["stableSubsetName"].string ?? ""
            additionalSubsets = tree["additionalSubsetNames"].elements.compactMap(\.string)
        }
    }

    package init(_ tree: JSON) {
        hasSingle = !tree["virtualService"].isNull
        hasList = !tree["virtualServices"].isNull
        virtualServices = (hasSingle ? [tree["virtualService"]] : tree["virtualServices"].elements)
            .map(VirtualServiceReference.init)
        destinationRule =
            tree["destinationRule"].isNull ? nil : DestinationRuleReference(tree["destinationRule"])
    }
}
