// The routers that stories use: what the Rollout says, which objects there are before.

import JSONTree
import KubeModel
import TrafficRouting

/// A router with its objects, as a team would have them in its repository.
enum StoryRoute: String, Sendable, CaseIterable {
    case virtualService = "istio", subsets = "istio-subsets", httpRoute = "gateway-api", nginx, alb, smi, traefik
    case apisix, ambassador, appMesh = "app-mesh"

    /// The kinds that it reads.
    var kinds: [RouterKind] {
        switch self {
        case .virtualService: [IstioRouter.virtualServices]
        case .subsets: [IstioRouter.virtualServices, IstioRouter.destinationRules]
        case .httpRoute: [GatewayAPIRouter.httpRoutes]
        case .nginx, .alb: [NginxRouter.ingresses]
        case .smi: [SMIRouter.splits]
        case .traefik: [TraefikRouter.services]
        case .apisix: [ApisixRouter.routes]
        case .ambassador: [AmbassadorRouter.mappings]
        case .appMesh: [AppMeshRouter.services, AppMeshRouter.routers, AppMeshRouter.nodes]
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
        case .httpRoute: return [object(GatewayAPIRouter.httpRoutes, ["rules": [["backendRefs": both("name", ["port": 80])]]])]
        case .nginx, .alb:
            let port: JSON = self == .nginx ? ["number": 80] : ["name": "use-annotation"]
            let path: JSON = [
                "path": "/", "pathType": "Prefix",
                "backend": ["service": ["name": self == .nginx ? "web-stable" : "web-root", "port": port]],
            ]
            return [object(NginxRouter.ingresses, ["rules": [["host": "web.test", "http": ["paths": [path]]]]])]
        case .smi: return []
        case .traefik: return [object(TraefikRouter.services, ["weighted": ["services": both("name", ["port": 80])]])]
        case .apisix:
            let rule: JSON = [
                "name": "main", "match": ["paths": ["/*"]], "backends": both("serviceName", ["servicePort": 80]),
            ]
            return [object(ApisixRouter.routes, ["http": [rule]])]
        case .ambassador: return [object(AmbassadorRouter.mappings, ["prefix": "/", "service": "web-stable:80"])]
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
            IstioRouter.virtualServices,
            ["hosts": ["web.test"], "http": [["route": [way("stable", more), way("canary", less)]]]])
        guard hasSubsets else { return [route] }
        let subsets: JSON = .array(
            ["stable", "canary"].map { ["name": .string($0), "labels": ["app": "web"]] })
        return [route, object(IstioRouter.destinationRules, ["host": "web", "subsets": subsets])]
    }

    private func appMesh(_ more: JSON, _ less: JSON) -> [JSON] {
        func target(_ name: String, _ weight: JSON) -> JSON {
            ["virtualNodeRef": ["name": .string(name)], "weight": weight]
        }
        func node(_ name: String) -> JSON {
            object(AppMeshRouter.nodes, ["podSelector": ["matchLabels": ["app": "web"]]], name)
        }
        let action: JSON = ["weightedTargets": [target("web-canary", less), target("web-stable", more)]]
        let route: JSON = ["name": "main", "httpRoute": ["match": ["prefix": "/"], "action": action]]
        return [
            object(AppMeshRouter.routers, ["routes": [route]]),
            object(AppMeshRouter.services, ["provider": ["virtualRouter": ["virtualRouterRef": ["name": "web"]]]]),
            node("web-stable"), node("web-canary"),
        ]
    }

    private func object(_ kind: RouterKind, _ spec: JSON, _ name: String = "web") -> JSON {
        [
            "apiVersion": .string(kind.reference("", name).kind.apiVersion), "kind": .string(kind.kind),
            "metadata": ["name": .string(name), "namespace": .string(Story.namespace)], "spec": spec,
        ]
    }
}

extension RouterKind {
    /// Where a cluster serves it, in the version that we prefer.
    var place: GroupVersionResource {
        GroupVersionResource(group: group, version: versions.first ?? "", resource: resource)
    }
}
