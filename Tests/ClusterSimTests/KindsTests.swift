// The rules of built-in kinds: defaults, validation, allocation, tables.

import HTTPModel
import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct KindDefaultsTests {
    private static func defaulted(_ kind: GroupVersionKind, _ object: JSON) -> JSON {
        var object = object
        guard let resource = BuiltinResources.all.first(where: { $0.groupVersionKind == kind }) else {
            Issue.record("\(kind) is not built in")
            return .null
        }
        KindRules.applyDefaults(&object, resource)
        return object
    }

    @Test(arguments: [
        ("x", "Always"), ("x:latest", "Always"), ("x:v1", "IfNotPresent"), ("host:5000/x", "Always"),
        ("host:5000/x:1", "IfNotPresent"), ("x@sha256:0123", "IfNotPresent"), ("x:latest@sha256:0123", "Always"),
    ])
    func `the pull policy follows the tag`(_ image: String, _ policy: String) {
        let pod = Self.defaulted(Kinds.pod, ["spec": ["containers": [["name": "c", "image": .string(image)]]]])
        #expect(pod["spec"]["containers"][0]["imagePullPolicy"].string == policy)
    }

    @Test func `defaults are filled in once`() {
        for resource in BuiltinResources.all {
            var once: JSON = ["metadata": ["name": "x"], "spec": [:]]
            KindRules.applyDefaults(&once, resource)
            var twice = once
            KindRules.applyDefaults(&twice, resource)
            #expect(once == twice, "\(resource.groupVersionKind)")
        }
    }

    @Test func `a pod requests what it is limited to`() {
        let limits: JSON = ["cpu": "0.5", "memory": "1024Mi"]
        let pod = Self.defaulted(Kinds.pod, ["spec": ["containers": [["resources": ["limits": limits]]]]])
        let resources = pod["spec"]["containers"][0]["resources"]
        #expect(resources["requests"] == ["cpu": "500m", "memory": "1Gi"])
        #expect(Preparation.qualityOfService(pod) == "Guaranteed")
    }

    @Test func `text of a Secret becomes data`() {
        let secret = Self.defaulted(
            GroupVersionKind(group: "", version: "v1", kind: "Secret"), ["data": ["a": "YQ=="], "stringData": ["b": "text"]])
        #expect(secret["data"] == ["a": "YQ==", "b": "dGV4dA=="])
        #expect(secret["stringData"].isNull)
    }
}

@Suite struct KindValidationTests {
    private static func errors(_ kind: GroupVersionKind, _ object: JSON, old: JSON? = nil) -> [String] {
        guard let resource = BuiltinResources.all.first(where: { $0.groupVersionKind == kind }) else { return ["?"] }
        var object = object
        KindRules.applyDefaults(&object, resource)
        var before = old
        before?["x"] = .null
        if var previous = old {
            KindRules.applyDefaults(&previous, resource)
            before = previous
        }
        return KindValidation.errors(in: object, old: before, subresource: "", resource)
            .map { "\($0.field): \($0.kind.rawValue)" }
    }

    private static func pod(_ change: (inout JSON) -> Void) -> JSON {
        var container: JSON = ["name": "c", "image": "x:1"]
        change(&container)
        return ["metadata": ["name": "p"], "spec": ["containers": [container]]]
    }

    @Test func `containers are checked in all their parts`() {
        let path = "spec.containers[0]"
        let rows: [(JSON, [String])] = [
            (Self.pod { $0["image"] = "" }, ["\(path).image: FieldValueRequired"]),
            (Self.pod { $0["name"] = "Bad_" }, ["\(path).name: FieldValueInvalid"]),
            (Self.pod { $0["livenessProbe"] = [:] }, ["\(path).livenessProbe: FieldValueRequired"]),
            (
                Self.pod { $0["ports"] = [["containerPort": 1, "name": "a"], ["containerPort": 2, "name": "a"]] },
                ["\(path).ports[1].name: FieldValueDuplicate"]
            ),
            (
                Self.pod { $0["volumeMounts"] = [["name": "v", "mountPath": "/x"]] },
                ["\(path).volumeMounts[0].name: FieldValueNotFound"]
            ),
            (
                Self.pod { $0["resources"] = ["limits": ["cpu": "1"], "requests": ["cpu": "2"]] },
                ["\(path).resources.requests: FieldValueInvalid"]
            ),
        ]
        for (object, expected) in rows { #expect(Self.errors(Kinds.pod, object) == expected) }
    }

    @Test func `only the image of a running pod may change`() {
        let old = Self.pod { _ in }
        #expect(Self.errors(Kinds.pod, Self.pod { $0["image"] = "x:2" }, old: old).isEmpty)
        #expect(
            Self.errors(Kinds.pod, Self.pod { $0["command"] = ["sh"] }, old: old) == ["spec: FieldValueForbidden"])
    }

    @Test func `a selector has to choose its template's pods and stays`() {
        var deployment = Harness.deployment("web", replicas: 1)
        let old = deployment
        deployment.set(["spec", "selector", "matchLabels"], to: ["app": "other"])
        #expect(
            Self.errors(Kinds.deployment, deployment, old: old) == [
                "spec.template.metadata.labels: FieldValueInvalid", "spec.selector: FieldValueInvalid",
            ])
    }

    @Test(arguments: [
        ("*/5 * * * *", true), ("@hourly", true), ("0 0 1 jan mon", true), ("* * * *", false), ("60 * * * *", false),
        ("5-1 * * * *", false), ("", false),
    ])
    func `schedules are read`(_ text: String, _ isValid: Bool) {
        #expect((CronSchedule(text) != nil) == isValid)
    }

    @Test func `a schedule knows its next time`() {
        let monday = Timestamp("2026-11-23T10:07:00Z") ?? .epoch
        #expect(CronSchedule("*/15 * * * *")?.next(after: monday)?.rfc3339 == "2026-11-23T10:15:00Z")
        #expect(CronSchedule("30 9 * * 1")?.next(after: monday)?.rfc3339 == "2026-11-30T09:30:00Z")
        #expect(CronSchedule("0 0 29 2 *")?.next(after: monday)?.rfc3339 == "2028-02-29T00:00:00Z")
    }

    @Test(arguments: [
        ("10.0.0.1", true), ("10.0.0.01", false), ("10.0.0", false), ("::1", true), ("2001:db8::ffff", true),
        ("1:2:3:4:5:6:7:8:9", false), ("bad", false),
    ])
    func `addresses are told apart`(_ text: String, _ isValid: Bool) {
        #expect(Check.address(text, "x").isEmpty == isValid)
    }
}

@Suite struct KindAllocationTests {
    private var cluster = Harness()

    private static func service(_ name: String, _ spec: JSON) -> JSON {
        var spec = spec
        if spec["ports"].isNull { spec["ports"] = [["port": 80]] }
        return ["apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)], "spec": spec]
    }

    @Test mutating func `addresses and ports are allocated once and kept`() {
        let path = "\(Harness.namespacePath)/services"
        let first = cluster.send("POST", path, Self.service("a", ["type": "NodePort"])).body
        let second = cluster.send("POST", path, Self.service("b", ["type": "NodePort"])).body
        #expect(first["spec"]["clusterIP"] != second["spec"]["clusterIP"])
        #expect(first["spec"]["ports"][0]["nodePort"] != second["spec"]["ports"][0]["nodePort"])
        let again = cluster.send("PUT", "\(path)/a", Self.service("a", ["type": "NodePort"])).body
        #expect(again["spec"]["clusterIP"] == first["spec"]["clusterIP"])
        #expect(again["spec"]["ports"] == first["spec"]["ports"])
        let taken: JSON = ["clusterIP": first["spec"]["clusterIP"]]
        #expect(cluster.send("POST", path, Self.service("c", taken)).status == 422)
    }

    @Test mutating func `a quota refuses what would exceed it`() {
        let quota: JSON = [
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": ["name": "q"],
            "spec": ["hard": ["pods": "1", "requests.cpu": "1"]],
        ]
        cluster.send("POST", "\(Harness.namespacePath)/resourcequotas", quota)
        func pod(_ name: String, cpu: String) -> JSON {
            [
                "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)],
                "spec": ["containers": [["name": "c", "image": "x:1", "resources": ["requests": ["cpu": .string(cpu)]]]]],
            ]
        }
        let large = cluster.send("POST", "\(Harness.namespacePath)/pods", pod("large", cpu: "2"))
        #expect(large.status == 403)
        #expect(cluster.send("POST", "\(Harness.namespacePath)/pods", pod("a", cpu: "1")).status == 201)
        let second = cluster.send("POST", "\(Harness.namespacePath)/pods", pod("b", cpu: "0.1"))
        #expect(second.body["message"].string?.contains("requested: pods=1,requests.cpu=100m") == true)
        let used = cluster.object(Kinds.resourceQuota, "q")?.status["used"]
        #expect(used == ["pods": "1", "requests.cpu": "1"])
    }

    @Test mutating func `an image that may not be evicted says why`() throws {
        cluster.send("POST", "\(Harness.appsPath)/replicasets", Harness.replicaSet("web", replicas: 1))
        let budget: JSON = [
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": ["name": "b"],
            "spec": ["minAvailable": 1, "selector": ["matchLabels": ["app": "web"]]],
        ]
        cluster.send("POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets", budget)
        cluster.advance(.seconds(1))
        let pod = try #require(cluster.items(Kinds.pod).first)
        let eviction: JSON = ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": .string(pod.name)]]
        let answer = cluster.send("POST", "\(Harness.namespacePath)/pods/\(pod.name)/eviction", eviction)
        #expect(answer.status == 429)
    }
}

@Suite struct KindTablesTests {
    @Test(arguments: [
        (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (3599, "59m"), (10_800, "3h"), (12_000, "3h20m"),
        (200_000, "2d7h"), (800_000, "9d"), (86_400 * 800, "2y70d"), (86_400 * 4000, "10y"),
    ])
    func `durations are written for people`(_ seconds: Int, _ text: String) {
        #expect(TableText.duration(.seconds(seconds)) == text)
    }

    @Test func `every kind has as many cells as columns`() {
        let object: JSON = ["metadata": ["name": "x", "creationTimestamp": "2026-01-01T00:00:00Z"]]
        for resource in BuiltinResources.all {
            let cells = Tables.cells(object, resource, now: .epoch)
            #expect(cells.count == Tables.columns(resource).count, "\(resource.groupVersionKind)")
        }
    }

    @Test(arguments: [
        (".spec.a", "[1]"), (".spec.list[0]", "[\"x\"]"), (".spec.list[-1]", "[\"y\"]"), (".spec['a']", "[1]"),
        (".spec.conditions[?(@.type==\"Ready\")].status", "[\"True\"]"), (".spec.missing", "[]"),
        (".spec.list[*]", "[\"x\",\"y\"]"), (".spec.list[0:1]", "[\"x\"]"), ("{.spec.a}", "[1]"),
        (".metadata.labels.example\\.com/x", "[\"l\"]"),
    ])
    func `printer columns find their values`(_ path: String, _ expected: String) {
        let object: JSON = [
            "metadata": ["labels": ["example.com/x": "l"]],
            "spec": [
                "a": 1, "list": ["x", "y"],
                "conditions": [["type": "Other", "status": "False"], ["type": "Ready", "status": "True"]],
            ],
        ]
        #expect(JSON.array(JSONPath(path)?.values(in: object) ?? [.null]).text() == expected)
    }
}
