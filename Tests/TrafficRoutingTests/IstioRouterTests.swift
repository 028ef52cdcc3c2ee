// VirtualServices and DestinationRules before and after a wish.

import JSONTree
import KubeModel
import MartletModel
import Testing
import TrafficRouting

@Suite struct IstioRouterTests {
    private static func router(
        _ routing: JSON = ["virtualService": ["name": "web"]], managed: [String] = []
    ) -> IstioRouter {
        IstioRouter(
            IstioRouting(routing),
            at: RouterAddress(
                rollout: "web", namespace: "shop", canaryService: "web-canary", stableService: "web-stable",
                managedRoutes: managed))
    }

    private static func objects(
        _ router: IstioRouter, _ specs: JSON...
    ) -> RoutedObjects {
        var result: RoutedObjects = [:]
        for (reference, spec) in zip(router.reads, specs) {
            result[reference] = KubeObject([
                "apiVersion": .string(reference.kind.apiVersion), "kind": .string(reference.kind.kind),
                "metadata": ["name": .string(reference.name), "namespace": "shop", "uid": "u"], "spec": spec,
            ])
        }
        return result
    }

    /// The specs after the patches.
    private static func specs(
        after wish: TrafficSplit, _ router: IstioRouter, _ objects: RoutedObjects
    ) throws -> [JSON] {
        var objects = objects
        for patch in router.patches(from: objects, to: wish) {
            guard case .patch(let reference, .json(let operations), _) = patch.change else { continue }
            let before = try #require(objects[reference])
            objects[reference] = KubeObject(try operations.apply(to: before.tree))
        }
        return router.reads.compactMap { objects[$0]?.spec }
    }

    private static func destination(_ host: String, _ weight: Int?, subset: String? = nil) -> JSON {
        var tree: JSON = ["destination": ["host": .string(host)]]
        if let subset { tree.set(["destination", "subset"], to: .string(subset)) }
        if let weight { tree["weight"] = JSON(weight) }
        return tree
    }

    private static let plain: JSON = [
        "hosts": ["web"],
        "http": [["route": [destination("web-stable", 100), destination("web-canary", 0)]]],
    ]

    @Test func `weights move and are observed`() throws {
        let router = Self.router()
        let objects = Self.objects(router, Self.plain)
        #expect(router.problem(in: objects) == nil)
        #expect(router.observe(objects) == .zero)
        let after = try Self.specs(after: TrafficSplit(canary: Weight(30)), router, objects)
        let expected: JSON = [Self.destination("web-stable", 70), Self.destination("web-canary", 30)]
        #expect(after[0]["http"][0]["route"] == expected)
        #expect(router.observe(Self.objects(router, after[0])) == Weight(30))
        #expect(
            router.patches(from: Self.objects(router, after[0]), to: TrafficSplit(canary: Weight(30))).isEmpty
        )
    }

    @Test func `an edit in between fails the patch`() throws {
        let router = Self.router()
        let patches = router.patches(
            from: Self.objects(router, Self.plain), to: TrafficSplit(canary: Weight(30)))
        guard case .patch(_, .json(let operations), _) = try #require(patches.first).change else {
            Issue.record("no JSON patch")
            return
        }
        var edited: JSON = ["spec": Self.plain]
        edited.set(
            ["spec", "http"], to: [["route": [Self.destination("web-canary", 5), Self.destination("x", 95)]]])
        #expect(throws: JSONPatchError.self) { try operations.apply(to: edited) }
    }

    @Test func `destinations that are not ours keep their weight`() throws {
        let router = Self.router()
        let spec: JSON = [
            "http": [
                [
                    "route": [
                        Self.destination("web-stable", 90),
                        Self.destination("web-canary.shop.svc.cluster.local", 0),
                        Self.destination("other", 10),
                    ]
                ]
            ]
        ]
        let some = try Self.specs(after: TrafficSplit(canary: Weight(20)), router, Self.objects(router, spec))
        #expect(some[0]["http"][0]["route"].elements.map { $0["weight"].int } == [70, 20, 10])
        let all = try Self.specs(after: TrafficSplit(canary: Weight(100)), router, Self.objects(router, spec))
        #expect(all[0]["http"][0]["route"].elements.map { $0["weight"].int } == [0, 90, 10])
        let back = try Self.specs(after: TrafficSplit(canary: .zero), router, Self.objects(router, all[0]))
        #expect(back[0]["http"][0]["route"].elements.map { $0["weight"].int } == [90, 0, 10])
    }

    @Test func `only named routes are split`() throws {
        let router = Self.router(["virtualService": ["name": "web", "routes": ["api"]]])
        let spec: JSON = [
            "http": [
                [
                    "name": "api",
                    "route": [Self.destination("web-stable", 100), Self.destination("web-canary", 0)],
                ],
                [
                    "name": "rest",
                    "route": [Self.destination("web-stable", 100), Self.destination("web-canary", 0)],
                ],
            ]
        ]
        let after = try Self.specs(after: TrafficSplit(canary: Weight(5)), router, Self.objects(router, spec))
        #expect(after[0]["http"][0]["route"][1]["weight"] == 5)
        #expect(after[0]["http"][1] == spec["http"][1])
    }

    @Test func `managed routes come and go above the others`() throws {
        let router = Self.router(managed: ["beta", "shadow"])
        var wish = TrafficSplit(canary: Weight(20))
        wish.headerRoutes = [
            HeaderRoute([
                "name": "beta", "match": [["headerName": "x-beta", "headerValue": ["exact": "yes"]]],
            ])
        ]
        wish.mirrorRoutes = [
            MirrorRoute(["name": "shadow", "percentage": 40, "match": [["path": ["prefix": "/api"]]]])
        ]
        let after = try Self.specs(after: wish, router, Self.objects(router, Self.plain))
        #expect(after[0]["http"].elements.map { $0["name"].string } == ["beta", "shadow", nil])
        #expect(after[0]["http"][0]["match"] == [["headers": ["x-beta": ["exact": "yes"]]]])
        #expect(after[0]["http"][0]["route"] == [Self.destination("web-canary", 100)])
        #expect(after[0]["http"][1]["mirror"] == ["host": "web-canary"])
        #expect(after[0]["http"][1]["mirrorPercentage"] == ["value": 40])
        #expect(after[0]["http"][2]["route"][1]["weight"] == 20)
        let back = try Self.specs(after: TrafficSplit(canary: .zero), router, Self.objects(router, after[0]))
        #expect(back[0] == Self.plain)
    }

    @Test func `subsets get the revisions' labels and keep the rest`() throws {
        let router = Self.router([
            "virtualService": ["name": "web"],
            "destinationRule": ["name": "web", "canarySubsetName": "canary", "stableSubsetName": "stable"],
        ])
        let service: JSON = [
            "http": [
                [
                    "route": [
                        Self.destination("web", 90, subset: "stable"),
                        Self.destination("web", 0, subset: "canary"),
                        Self.destination("web", 10, subset: "legacy"),
                    ]
                ]
            ]
        ]
        let rule: JSON = [
            "host": "web",
            "subsets": [
                ["name": "stable", "labels": ["app": "web"]], ["name": "canary", "trafficPolicy": ["x": 1]],
                ["name": "legacy", "labels": ["tier": "old"]],
            ],
        ]
        var wish = TrafficSplit(canary: Weight(20))
        wish.canaryHash = "new"
        wish.stableHash = "old"
        let after = try Self.specs(after: wish, router, Self.objects(router, service, rule))
        #expect(after[0]["http"][0]["route"].elements.map { $0["weight"].int } == [70, 20, 10])
        #expect(after[1]["subsets"][0]["labels"] == ["app": "web", "rollouts-pod-template-hash": "old"])
        #expect(
            after[1]["subsets"][1] == [
                "name": "canary", "trafficPolicy": ["x": 1], "labels": ["rollouts-pod-template-hash": "new"],
            ])
        #expect(after[1]["subsets"][2] == rule["subsets"][2])
    }

    @Test func `tls and tcp routes are split by port`() throws {
        let router = Self.router([
            "virtualService": ["name": "web", "tlsRoutes": [["port": 443]], "tcpRoutes": [["port": 3306]]]
        ])
        let route: JSON = [Self.destination("web-stable", 100), Self.destination("web-canary", 0)]
        let spec: JSON = [
            "tls": [["match": [["port": 443, "sniHosts": ["a"]]], "route": route]],
            "tcp": [["match": [["port": 3306]], "route": route]],
        ]
        let after = try Self.specs(
            after: TrafficSplit(canary: Weight(10)), router, Self.objects(router, spec))
        #expect(after[0]["tls"][0]["route"][1]["weight"] == 10)
        #expect(after[0]["tcp"][0]["route"][0]["weight"] == 90)
    }

    @Test func `what is missing is said`() {
        let router = Self.router()
        let none = router.problem(in: [:])
        #expect(none?.message == #"virtualservices.networking.istio.io "web" not found"#)
        let lone: JSON = ["http": [["route": [Self.destination("web-stable", 100)]]]]
        let problem = router.problem(in: Self.objects(router, lone))
        #expect(
            problem?.message
                == "Istio VirtualService has invalid HTTP routes. Error: Canary Service 'web-canary' not found in route"
        )
    }
}
