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

    /// One configured router.
    package enum Router: Hashable, Sendable {
        case istio(IstioRouting)
        /// A router by its key in the spec, whose configuration we hold as written.
        case other(name: String, configuration: JSON)

        /// The router's key in the spec.
        package var name: String {
            switch self {
            case .istio: "istio"
            case .other(let name, _): name
            }
        }
    }

    /// The keys of routers, in the order in which Argo Rollouts writes them.
    package static let names = [
        "istio", "nginx", "alb", "smi", "ambassador", "appMesh", "traefik", "apisix", "plugins",
    ]

    package init?(_ tree: JSON) {
        guard let object = tree.object else { return nil }
        routers = Self.names.compactMap { name in
            guard let configuration = object[name], !configuration.isNull else { return nil }
            return name == "istio"
                ? .istio(IstioRouting(configuration)) : .other(name: name, configuration: configuration)
        }
        managedRoutes = tree["managedRoutes"].elements.compactMap { $0["name"].string }
        maxWeight = tree["maxTrafficWeight"].int.map { Weight(Int($0)) } ?? .hundred
    }

    package func has(_ name: String) -> Bool { routers.contains { $0.name == name } }
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
