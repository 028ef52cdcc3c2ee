// Routers' configurations: what is unknown or incomplete is an error.

import JSONTree
import KubeModel
import MartletModel
import Testing

@Suite struct RouterValidationTests {
    private static func error(_ routing: JSON, steps: JSON = [["setWeight": 10]]) -> String? {
        let spec: JSON = [
            "selector": ["matchLabels": ["app": "web"]],
            "template": [
                "metadata": ["labels": ["app": "web"]],
                "spec": ["containers": [["name": "web", "image": "web"]]],
            ],
            "strategy": [
                "canary": [
                    "canaryService": "web-canary", "stableService": "web-stable", "steps": steps,
                    "trafficRouting": routing,
                ]
            ],
        ]
        return RolloutValidation.firstError(in: spec).map { "\($0.field): \($0.detail)" }
    }

    @Test(arguments: [
        ["istio": ["virtualService": ["name": "web"]]],
        ["nginx": ["stableIngress": "web"]],
        ["nginx": ["stableIngresses": ["web", "inside"]], "maxTrafficWeight": 1000],
        ["alb": ["ingress": "web", "servicePort": 80]],
        ["smi": [:]],
        ["ambassador": ["mappings": ["web"]]],
        ["appMesh": ["virtualService": ["name": "web"]]],
        ["traefik": ["weightedTraefikServiceName": "web"]],
        ["apisix": ["route": ["name": "web"]]],
        ["gatewayAPI": ["httpRoute": "web"]],
        ["gatewayAPI": ["grpcRoutes": [["name": "a"]], "tlsRoutes": [["name": "b"]]]],
        ["plugins": ["argoproj-labs/gatewayAPI": ["httpRoute": "web", "namespace": "shop"]]],
        ["plugins": ["acme/edge": ["anything": ["goes": true]]]],
    ] as [JSON]) func `a whole configuration is valid`(_ routing: JSON) {
        #expect(Self.error(routing) == nil)
    }

    @Test(arguments: [
        (["gatewayApi": ["httpRoute": "web"]], "trafficRouting.gatewayApi", "unknown traffic router"),
        (["nginx": ["stableIngres": "web"]], "nginx.stableIngres", "unknown field"),
        (["gatewayAPI": ["httpRout": "web"]], "gatewayAPI.httpRout", "unknown field"),
        (["gatewayAPI": [:]], "gatewayAPI", "at least one route"),
        (["plugins": ["argoproj-labs/gatewayAPI": ["route": "web"]]], "gatewayAPI.route", "unknown field"),
        (["nginx": [:]], "nginx.stableIngress", "must be set"),
        (["nginx": ["stableIngress": "a", "stableIngresses": ["b"]]], "nginx.stableIngress", "not both"),
        (["alb": ["servicePort": 80]], "alb.ingress", "must be set"),
        (
            [
                "alb": [
                    "ingress": "web", "servicePort": 80,
                    "stickinessConfig": ["enabled": true, "durationSeconds": 0],
                ]
            ], "stickinessConfig.durationSeconds", "604800"
        ),
        (["ambassador": ["mappings": []]], "ambassador.mappings", "at least one"),
        (["appMesh": [:]], "appMesh.virtualService", "must be named"),
        (["traefik": [:]], "weightedTraefikServiceName", "must be named"),
        (["apisix": [:]], "apisix.route.name", "must be named"),
        (
            ["traefik": ["weightedTraefikServiceName": "web"], "maxTrafficWeight": 10],
            "maxTrafficWeight", "only"
        ),
    ] as [(JSON, String, String)]) func `what is unknown or missing is an error`(
        _ routing: JSON, _ field: String, _ words: String
    ) {
        let error = Self.error(routing)
        #expect(error?.contains(field) ?? false, "\(error ?? "no error")")
        #expect(error?.contains(words) ?? false, "\(error ?? "no error")")
    }

    @Test func `a header route needs a router that can match headers`() {
        let steps: JSON = [
            [
                "setHeaderRoute": [
                    "name": "beta", "match": [["headerName": "x", "headerValue": ["prefix": "y"]]],
                ]
            ]
        ]
        let managed: JSON = [["name": "beta"]]
        let gateway: JSON = ["gatewayAPI": ["httpRoute": "web"], "managedRoutes": managed]
        #expect(Self.error(gateway, steps: steps) == nil)
        let traefik: JSON = [
            "traefik": ["weightedTraefikServiceName": "web"], "managedRoutes": managed,
        ]
        #expect(Self.error(traefik, steps: steps)?.contains("SetHeaderRoute") ?? false)
        // A load balancer has no prefixes.
        let alb: JSON = ["alb": ["ingress": "web", "servicePort": 80], "managedRoutes": managed]
        #expect(Self.error(alb, steps: steps)?.contains("ALB") ?? false)
    }
}
