// The gateway's rules: hosts, conditions, weights, rewrites.

import HTTPModel
import JSONTree
import KubeModel
import Testing

@testable import LocalCluster

@Suite struct MeshTests {
    @Test(arguments: [[90, 10], [100, 0], [1, 1, 1], [70, 0, 30], [33, 67]])
    func `any window of requests is split by the weights`(weights: [Int]) {
        var choice = WeightedChoice()
        let picks = (0..<1000).compactMap { _ in choice.next(weights) }
        let total = weights.reduce(0, +)
        for start in stride(from: 0, to: 900, by: 37) {
            for (index, weight) in weights.enumerated() {
                let share = picks[start..<start + 100].filter { $0 == index }.count
                let due = Double(weight) / Double(total) * 100
                #expect(abs(Double(share) - due) <= 2, "weight \(weight) of \(total) got \(share) of 100")
            }
        }
    }

    @Test func `no weight chooses nothing`() {
        var choice = WeightedChoice()
        #expect(choice.next([0, 0]) == nil)
        #expect(choice.next([]) == nil)
    }

    @Test(arguments: [
        ("web.example", "web.example", true), ("*.example", "web.example", true),
        ("*.example", "example", false),
        ("*", "anything", true), ("web", "web.shop.svc.cluster.local", true), ("web", "web.shop", true),
        ("web", "web.other", false), ("web.shop.svc.cluster.local", "web.shop.svc", true),
        ("Web.Example", "web.example", true),
        ("a.example", "b.example", false),
    ])
    func `a VirtualService's host fits`(host: String, request: String, fits: Bool) {
        #expect((MeshHost.fit(host, in: "shop", request: request) != nil) == fits)
    }

    @Test func `an exact host goes before wildcards, and longer ones before shorter ones`() throws {
        let exact = try #require(MeshHost.fit("a.b.example", in: "x", request: "a.b.example"))
        let long = try #require(MeshHost.fit("*.b.example", in: "x", request: "a.b.example"))
        let short = try #require(MeshHost.fit("*.example", in: "x", request: "a.b.example"))
        let all = try #require(MeshHost.fit("*", in: "x", request: "a.b.example"))
        #expect(exact > long && long > short && short > all)
    }

    private let table = MeshTable()

    private func put(_ resource: String, _ tree: JSON) {
        let object = KubeObject(tree)
        table.take(ObjectChange(resource: resource, key: object.key, object: object))
    }

    private func request(_ target: String, _ headers: HTTPHeaders = [:], method: String = "GET")
        -> HTTPRequest
    {
        HTTPRequest(method: method, target: target, headers: headers)
    }

    private func put(routes: JSON, hosts: JSON = ["web.example"], name: String = "web") {
        put(
            "virtualservices",
            [
                "metadata": ["name": .string(name), "namespace": "shop"],
                "spec": ["hosts": hosts, "http": routes],
            ])
    }

    @Test func `the first route whose conditions hold is taken`() throws {
        put(routes: [
            [
                "name": "header",
                "match": [["headers": ["x-canary": ["exact": "always"]], "method": ["exact": "GET"]]],
                "route": [["destination": ["host": "canary"]]],
            ],
            [
                "match": [["uri": ["prefix": "/api/"]], ["uri": ["regex": "/v[0-9]+"]]],
                "rewrite": ["uri": "/"], "route": [["destination": ["host": "api"]]],
            ],
            ["route": [["destination": ["host": "stable"]]]],
        ])
        func host(_ request: HTTPRequest) throws -> String {
            try #require(table.route("web.example", request)).route.destinations[0].host
        }
        #expect(try host(request("/", ["X-Canary": "always"])) == "canary")
        #expect(try host(request("/", ["X-Canary": "always"], method: "POST")) == "stable")
        #expect(try host(request("/api/x")) == "api")
        #expect(try host(request("/v12?q=1")) == "api")
        #expect(try host(request("/v12/x")) == "stable")
        let route = try #require(table.route("web.example", request("/api/x?y=z"))).route
        #expect(route.rewritten("/api/x?y=z") == "/x?y=z")
        #expect(table.route("other.example", request("/")) == nil)
    }

    @Test func `requests go to ready pods in turn, and to a subset's only`() throws {
        put(
            "services",
            [
                "metadata": ["name": "web", "namespace": "shop"],
                "spec": ["ports": [["name": "http", "port": 80]]],
            ])
        for (name, hash) in [("a", "1"), ("b", "2"), ("c", "2")] {
            put(
                "pods",
                [
                    "metadata": [
                        "name": .string(name), "namespace": "shop",
                        "labels": ["pod-template-hash": .string(hash)],
                        "ownerReferences": [
                            [
                                "kind": "ReplicaSet", "name": .string("web-\(hash)"), "uid": "u",
                                "controller": true,
                            ]
                        ],
                    ]
                ])
        }
        let endpoints: [JSON] = ["a", "b", "c"].map {
            ["conditions": ["ready": .bool($0 != "c")], "targetRef": ["name": .string($0)]]
        }
        put(
            "endpointslices",
            [
                "metadata": [
                    "name": "web-x", "namespace": "shop", "labels": ["kubernetes.io/service-name": "web"],
                ],
                "ports": [["name": "http", "port": 8080]], "endpoints": .array(endpoints),
            ])
        put(
            "destinationrules",
            [
                "metadata": ["name": "web", "namespace": "shop"],
                "spec": [
                    "host": "web", "subsets": [["name": "canary", "labels": ["pod-template-hash": "2"]]],
                ],
            ])
        let service = ObjectKey(namespace: "shop", name: "web")
        func pods(_ subset: String?) -> [String?] {
            (0..<4).map { _ in table.target(service, subset: subset, port: nil, from: "shop").pod?.name }
        }
        #expect(Set(pods(nil)) == ["a", "b"])
        #expect(Set(pods("canary")) == ["b"])
        #expect(pods("unknown") == [nil, nil, nil, nil])
        let target = table.target(service, subset: "canary", port: 80, from: "shop")
        #expect(target.port == 8080)
        #expect(target.workload == "web")
        #expect(table.service("web.shop.svc", from: "default") == service)
    }
}
