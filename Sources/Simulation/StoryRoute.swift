// The routers that stories use: what the Rollout says, which objects there are before.

import JSONTree
import KubeModel

/// A router with its objects, as a team would have them in its repository.
enum StoryRoute: String, Sendable, CaseIterable {
    case virtualService = "istio", subsets = "istio-subsets", httpRoute = "gateway-api", nginx, alb, smi, traefik
    case apisix, ambassador, appMesh = "app-mesh"

    /// A kind of object that the router reads.
    struct Kind: Sendable {
        var group: String
        var version: String
        var name: String
        var plural: String
        var resource: GroupVersionResource {
            GroupVersionResource(group: group, version: version, resource: plural)
        }
        var groupKind: GroupKind { GroupKind(group, name) }
        init(_ group: String, _ version: String, _ name: String, _ plural: String) {
            self.group = group
            self.version = version
            self.name = name
            self.plural = plural
        }
    }

    private static let istio = "networking.istio.io"
    static let virtualServices = Kind(istio, "v1alpha3", "VirtualService", "virtualservices")
    static let destinationRules = Kind(istio, "v1alpha3", "DestinationRule", "destinationrules")
    static let httpRoutes = Kind("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes")
    static let ingresses = Kind("networking.k8s.io", "v1", "Ingress", "ingresses")
    static let splits = Kind("split.smi-spec.io", "v1alpha1", "TrafficSplit", "trafficsplits")
    static let traefikServices = Kind("traefik.io", "v1alpha1", "TraefikService", "traefikservices")
    static let apisixRoutes = Kind("apisix.apache.org", "v2", "ApisixRoute", "apisixroutes")
    static let mappings = Kind("getambassador.io", "v2", "Mapping", "mappings")
    private static let mesh = "appmesh.k8s.aws"
    static let meshServices = Kind(mesh, "v1beta2", "VirtualService", "virtualservices")
    static let meshRouters = Kind(mesh, "v1beta2", "VirtualRouter", "virtualrouters")
    static let meshNodes = Kind(mesh, "v1beta2", "VirtualNode", "virtualnodes")
    /// Those that the cluster must be told about first.
    static let defined = [
        virtualServices, destinationRules, httpRoutes, splits, traefikServices, apisixRoutes, mappings, meshServices,
        meshRouters, meshNodes,
    ]

    /// The kinds that it reads.
    var kinds: [Kind] {
        switch self {
        case .virtualService: [Self.virtualServices]
        case .subsets: [Self.virtualServices, Self.destinationRules]
        case .httpRoute: [Self.httpRoutes]
        case .nginx, .alb: [Self.ingresses]
        case .smi: [Self.splits]
        case .traefik: [Self.traefikServices]
        case .apisix: [Self.apisixRoutes]
        case .ambassador: [Self.mappings]
        case .appMesh: [Self.meshServices, Self.meshRouters, Self.meshNodes]
        }
    }

    /// Whether the roles of its two Services may be swapped.
    var allowsPingPong: Bool { self == .virtualService || self == .alb }

    /// The Rollout's `trafficRouting`.
    var stanza: JSON {
        switch self {
        case .virtualService: ["istio": ["virtualService": ["name": "web"]]]
        case .subsets:
            [
                "istio": [
                    "virtualService": ["name": "web"],
                    "destinationRule": ["name": "web", "canarySubsetName": "canary", "stableSubsetName": "stable"],
                ]
            ]
        case .httpRoute: ["gatewayAPI": ["httpRoute": "web"]]
        case .nginx: ["nginx": ["stableIngress": "web"]]
        case .alb: ["alb": ["ingress": "web", "servicePort": 80, "rootService": "web-root"]]
        case .smi: ["smi": [:]]
        case .traefik: ["traefik": ["weightedTraefikServiceName": "web"]]
        case .apisix: ["apisix": ["route": ["name": "web", "rules": ["main"]]]]
        case .ambassador: ["ambassador": ["mappings": ["web"]]]
        case .appMesh:
            [
                "appMesh": [
                    "virtualService": ["name": "web"],
                    "virtualNodeGroup": [
                        "canaryVirtualNodeRef": ["name": "web-canary"], "stableVirtualNodeRef": ["name": "web-stable"],
                    ],
                ]
            ]
        }
    }

    /// The objects with that share for the canary; the router's own ones come first.
    func objects(canary: Int) -> [JSON] {
        let (more, less) = (JSON(100 - canary), JSON(canary))
        func both(_ key: String, _ rest: JSON = [:]) -> JSON {
            .array(
                [("web-stable", more), ("web-canary", less)].map { name, weight in
                    var entry = rest
                    entry[key] = .string(name)
                    entry["weight"] = weight
                    return entry
                })
        }
        switch self {
        case .virtualService, .subsets: return istio(more, less)
        case .httpRoute: return [object(Self.httpRoutes, ["rules": [["backendRefs": both("name", ["port": 80])]]])]
        case .nginx, .alb:
            let port: JSON = self == .nginx ? ["number": 80] : ["name": "use-annotation"]
            let path: JSON = [
                "path": "/", "pathType": "Prefix",
                "backend": ["service": ["name": self == .nginx ? "web-stable" : "web-root", "port": port]],
            ]
            return [object(Self.ingresses, ["rules": [["host": "web.test", "http": ["paths": [path]]]]])]
        case .smi: return []
        case .traefik: return [object(Self.traefikServices, ["weighted": ["services": both("name", ["port": 80])]])]
        case .apisix:
            let rule: JSON = [
                "name": "main", "match": ["paths": ["/*"]], "backends": both("serviceName", ["servicePort": 80]),
            ]
            return [object(Self.apisixRoutes, ["http": [rule]])]
        case .ambassador: return [object(Self.mappings, ["prefix": "/", "service": "web-stable:80"])]
        case .appMesh: return appMesh(more, less)
        }
    }

    private func istio(_ more: JSON, _ less: JSON) -> [JSON] {
        let hasSubsets = self == .subsets
        func way(_ side: String, _ weight: JSON) -> JSON {
            let destination: JSON =
                hasSubsets ? ["host": "web", "subset": .string(side)] : ["host": .string("web-\(side)")]
            return ["destination": destination, "weight": weight]
        }
        let route = object(
            Self.virtualServices,
            ["hosts": ["web.test"], "http": [["route": [way("stable", more), way("canary", less)]]]])
        guard hasSubsets else { return [route] }
        let subsets: JSON = .array(
            ["stable", "canary"].map { ["name": .string($0), "labels": ["app": "web"]] })
        return [route, object(Self.destinationRules, ["host": "web", "subsets": subsets])]
    }

    private func appMesh(_ more: JSON, _ less: JSON) -> [JSON] {
        func target(_ name: String, _ weight: JSON) -> JSON {
            ["virtualNodeRef": ["name": .string(name)], "weight": weight]
        }
        func node(_ name: String) -> JSON {
            object(Self.meshNodes, ["podSelector": ["matchLabels": ["app": "web"]]], name)
        }
        let action: JSON = ["weightedTargets": [target("web-canary", less), target("web-stable", more)]]
        let route: JSON = ["name": "main", "httpRoute": ["match": ["prefix": "/"], "action": action]]
        return [
            object(Self.meshRouters, ["routes": [route]]),
            object(Self.meshServices, ["provider": ["virtualRouter": ["virtualRouterRef": ["name": "web"]]]]),
            node("web-stable"), node("web-canary"),
        ]
    }

    private func object(_ kind: Kind, _ spec: JSON, _ name: String = "web") -> JSON {
        [
            "apiVersion": .string("\(kind.group)/\(kind.version)"), "kind": .string(kind.name),
            "metadata": ["name": .string(name), "namespace": .string(Story.namespace)], "spec": spec,
        ]
    }
}
