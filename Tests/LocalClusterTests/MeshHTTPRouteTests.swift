// The gateway's rules from HTTPRoutes: which match is taken, where it leads, what it changes.

import HTTPModel
import JSONTree
import KubeModel
import Testing

@testable import LocalCluster

@Suite struct MeshHTTPRouteTests {
    private let table = MeshTable()

    private func put(_ spec: JSON, name: String = "web") {
        let object = KubeObject([
            "metadata": ["name": .string(name), "namespace": "shop"], "spec": spec,
        ])
        table.take(ObjectChange(resource: "httproutes", key: object.key, object: object))
    }

    private func route(_ target: String, _ headers: HTTPHeaders = [:], host: String = "web.example")
        -> VirtualServiceRoute?
    {
        table.route(host, HTTPRequest(method: "GET", target: target, headers: headers))?.route
    }

    private static func rule(_ service: String, _ match: JSON, filters: JSON = []) -> JSON {
        [
            "matches": [match], "filters": filters,
            "backendRefs": [["name": .string(service), "port": 80]],
        ]
    }

    private static func prefix(_ value: String) -> JSON {
        ["path": ["type": "PathPrefix", "value": .string(value)]]
    }

    @Test func `the narrowest match is taken, whatever its place`() {
        var header = Self.prefix("/")
        header["headers"] = [["name": "x-beta", "value": "yes"]]
        put([
            "hostnames": ["web.example"],
            "rules": [
                Self.rule("all", Self.prefix("/")), Self.rule("old", Self.prefix("/old")),
                Self.rule("beta", header),
                Self.rule("exact", ["path": ["type": "Exact", "value": "/old/page"]]),
            ],
        ])
        func host(_ target: String, _ headers: HTTPHeaders = [:]) -> String? {
            route(target, headers)?.destinations.first?.host
        }
        #expect(host("/") == "all.shop.svc.cluster.local")
        #expect(host("/older") == "all.shop.svc.cluster.local")
        #expect(host("/old") == "old.shop.svc.cluster.local")
        #expect(host("/old/x?y=z") == "old.shop.svc.cluster.local")
        #expect(host("/old/page") == "exact.shop.svc.cluster.local")
        #expect(host("/", ["X-Beta": "yes"]) == "beta.shop.svc.cluster.local")
        #expect(route("/", host: "other.example") == nil)
    }

    @Test func `backends share by weight, and none without one gets anything`() throws {
        put([
            "rules": [
                [
                    "backendRefs": [
                        ["name": "web-stable", "port": 80, "weight": 75],
                        ["name": "web-canary", "port": 80, "weight": 25],
                        ["name": "off", "port": 80, "weight": 0],
                    ]
                ]
            ]
        ])
        let found = try #require(route("/", host: "any.example"))
        #expect(found.destinations.map(\.weight) == [75, 25])
        let picks = (0..<100).compactMap { _ in table.choose(found, named: "web")?.host }
        #expect(picks.count { $0.hasPrefix("web-canary.") } == 25)
    }

    @Test func `filters change, mirror and redirect`() throws {
        put([
            "hostnames": ["*.example"],
            "rules": [
                Self.rule(
                    "old", Self.prefix("/old"),
                    filters: [
                        [
                            "type": "URLRewrite",
                            "urlRewrite": ["path": ["type": "ReplacePrefixMatch", "replacePrefixMatch": "/"]],
                        ],
                        [
                            "type": "RequestHeaderModifier",
                            "requestHeaderModifier": ["set": [["name": "x-edge", "value": "1"]]],
                        ],
                        [
                            "type": "RequestMirror",
                            "requestMirror": ["backendRef": ["name": "web-canary"], "percent": 40],
                        ],
                    ]),
                Self.rule(
                    "gone", Self.prefix("/gone"),
                    filters: [["type": "RequestRedirect", "requestRedirect": ["hostname": "new.example"]]]),
            ],
        ])
        let old = try #require(route("/old/x?y=z"))
        #expect(old.rewritten("/old/x?y=z") == "/x?y=z")
        #expect(old.rewritten("/old") == "/")
        #expect(old.headers.request["set"]["x-edge"] == "1")
        #expect(old.mirrors.map(\.destination.host) == ["web-canary.shop.svc.cluster.local"])
        #expect(old.mirrors.map(\.percent) == [40])
        guard case .redirect(let redirect) = try #require(route("/gone")).direct else {
            Issue.record("no redirect")
            return
        }
        #expect(redirect["authority"] == "new.example")
        #expect(redirect["redirectCode"] == 302)
    }

    @Test func `a deleted HTTPRoute routes no longer`() {
        put(["hostnames": ["web.example"], "rules": [Self.rule("web", Self.prefix("/"))]])
        #expect(route("/") != nil)
        table.take(
            ObjectChange(
                resource: "httproutes", key: ObjectKey(namespace: "shop", name: "web"), object: nil))
        #expect(route("/") == nil)
    }
}
