// Controllers against the machine: caches, passes, the ledger, failures, leaders.

import ControllerKit
import HTTPModel
import JSONTree
import KubeClient
import KubeModel
import Logging
import Synchronization
import Telemetry
import Testing
import Transport

/// Keeps one child of each labelled ConfigMap and writes how many there are on the parent.
struct ChildController: Controller {
    var name = "children"
    let kind = GroupKind("", "ConfigMap")
    var passes = Tally()

    static let maps = GroupVersionResource(group: "", version: "v1", resource: "configmaps")
    var watches: [Watch] {
        [Watch(Self.maps, kind: kind) { object, _ in
            if object.label("role") == "parent" { return [object.key] }
            return object.controller.map { [ObjectKey(namespace: object.namespace, name: $0.name)] } ?? []
        }]
    }

    func reconcile(_ key: ObjectKey, _ pass: Pass) async throws(Failure) -> Reconciliation {
        passes.add(key.name)
        guard let parent = pass.reader.object(kind, key), parent.label("role") == "parent" else { return .nothing }
        let children = pass.reader.objects(kind, namespace: key.namespace, ownedBy: parent.uid)
        var changes: [PlannedChange] = []
        if children.isEmpty {
            // Not deterministic on purpose: only the ledger keeps a second pass from a second child.
            let child = KubeObject([
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": [
                    "name": .string("\(key.name)-\(UInt32.random(in: 0 ... .max))"), "namespace": .string(key.namespace),
                    "ownerReferences": [OwnerReference(controller: parent).tree],
                ],
            ])
            let event = KubeEvent(
                regarding: parent.reference, uid: parent.uid, type: .normal, reason: "ChildCreated", message: "created")
            changes.append(PlannedChange(.create(child), priority: .capacity, reason: "has none", events: [event]))
        }
        let count = JSON.string(String(max(1, children.count)))
        let patch = MergePatch.difference(from: parent.tree["data"], to: ["children": count])
        changes.append(
            PlannedChange(
                .patch(parent.reference, .merge(patch.map { ["data": $0] } ?? [:]), if: Precondition(uid: parent.uid)),
                priority: .status, reason: "counted"))
        return Reconciliation(changes: changes, why: "\(children.count) children")
    }
}

/// Counts names from any thread.
final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    func add(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }
    subscript(_ name: String) -> Int { counts.withLock { $0[name] ?? 0 } }
    var total: Int { counts.withLock { $0.values.reduce(0, +) } }
}

/// Counts its own passes on the object, up to three; each plan says whether it is whole.
struct CountingController: Controller {
    let name = "counting"
    let kind = GroupKind("", "ConfigMap")
    var isWhole: Bool
    var passes = Tally()
    var watches: [Watch] { [.own(ChildController.maps, kind: kind)] }

    func reconcile(_ key: ObjectKey, _ pass: Pass) async throws(Failure) -> Reconciliation {
        guard let map = pass.reader.object(kind, key), map.label("role") == "parent" else { return .nothing }
        passes.add(key.name)
        let count = min(3, (map.tree["data"]["count"].string.flatMap(Int.init) ?? 0) + 1)
        let patch = MergePatch.difference(from: map.tree["data"], to: ["count": .string(String(count))])
        return Reconciliation(
            changes: [
                PlannedChange(
                    .patch(map.reference, .merge(patch.map { ["data": $0] } ?? [:]), if: Precondition(uid: map.uid)),
                    priority: .status, reason: "counted")
            ], isWhole: isWhole, why: "counted")
    }
}

/// Looks at a Secret that it begins to watch in its first pass.
struct LateWatcher: Controller {
    let name = "late"
    let kind = GroupKind("", "ConfigMap")
    var seen = Tally()
    private static let secrets = GroupVersionResource(group: "", version: "v1", resource: "secrets")
    var watches: [Watch] { [.own(ChildController.maps, kind: kind)] }

    func reconcile(_ key: ObjectKey, _ pass: Pass) async throws(Failure) -> Reconciliation {
        guard pass.reader.object(kind, key)?.label("role") == "parent" else { return .nothing }
        let secret = GroupKind("", "Secret")
        let watch = Watch(Self.secrets, kind: secret) { _, _ in [] }
        let end = ContinuousClock.now + .milliseconds(300)
        // The cache becomes whole meanwhile; what this pass reads does not change.
        while ContinuousClock.now < end {
            if pass.watch([watch]) {
                let isThere = pass.reader.object(secret, ObjectKey(namespace: "default", name: "s")) != nil
                seen.add(isThere ? "there" : "missing")
                return .nothing
            }
            try? await pause(.milliseconds(5))
        }
        throw .waiting(reason: "CacheSync", for: "secrets", until: pass.now + .milliseconds(10))
    }
}

@Suite struct ControllerHostTests {
    private let quiet: Logger = {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return logger
    }()

    private func parent(_ name: String) -> KubeObject {
        KubeObject([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "namespace": "default", "labels": ["role": "parent"]],
        ])
    }

    private func host(
        _ controllers: [any Controller], _ exchange: MachineExchange, _ change: (inout HostOptions) -> Void = { _ in }
    ) -> ControllerHost {
        var options = HostOptions()
        options.concurrency = 4
        change(&options)
        return ControllerHost(
            controllers, api: exchange.client(), metrics: MetricRegistry(), logger: quiet, options: options)
    }

    private func running<Result: Sendable>(
        _ host: ControllerHost, _ body: () async throws -> Result
    ) async throws -> Result {
        let task = Task { await host.run() }
        do {
            let result = try await body()
            task.cancel()
            await task.value
            return result
        } catch {
            task.cancel()
            await task.value
            throw error
        }
    }

    private func maps(_ client: KubeClient) async throws -> [KubeObject] {
        // The namespace's own map comes when the machine's controllers get to it.
        try await client.listAll(ChildController.maps, ListScope(namespace: "default")).items
            .filter { $0.name != "kube-root-ca.crt" }
    }

    @Test func `a cache that becomes whole during a pass is not taken for what the pass reads`() async throws {
        let exchange = MachineExchange()
        let client = exchange.client()
        try await client.write(.create(parent("p")))
        try await client.write(
            .create(
                KubeObject([
                    "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "s", "namespace": "default"],
                ])))
        let late = LateWatcher()
        try await running(host([late], exchange)) {
            try await eventually("a pass that sees the secret") { late.seen.total > 0 }
        }
        #expect(late.seen["missing"] == 0)
        #expect(late.seen["there"] > 0)
    }

    @Test func `each parent gets one child, by the ledger alone`() async throws {
        let exchange = MachineExchange()
        let client = exchange.client()
        for number in 0..<20 { try await client.write(.create(parent("p\(number)"))) }
        let before = await exchange.count("POST /api/v1/namespaces/default/configmaps")
        let host = host([ChildController()], exchange)
        try await running(host) {
            for number in 20..<40 { try await client.write(.create(parent("p\(number)"))) }
            try await eventually("40 counted parents") {
                try await maps(client).count { $0.tree["data"]["children"] == "1" } == 40
            }
            try await eventually("40 events") {
                let events = GroupVersionResource(group: "", version: "v1", resource: "events")
                return try await client.listAll(events, ListScope(namespace: "default")).items
                    .count { $0.tree["reason"] == "ChildCreated" } == 40
            }
            #expect(host.response(to: HTTPRequest(method: "GET", target: "/readyz")).status == 200)
            #expect(host.response(to: HTTPRequest(method: "GET", target: "/healthz")).body == Array("ok".utf8))
            let metrics = String(decoding: host.response(to: HTTPRequest(method: "GET", target: "/metrics")).body, as: UTF8.self)
            #expect(metrics.contains("martlet_changes_total{controller=\"children\",verb=\"create\",result=\"done\"} 40\n"))
            #expect(metrics.contains("workqueue_depth{name=\"children\"} 0\n"))
        }
        let creates = await exchange.count("POST /api/v1/namespaces/default/configmaps")
        #expect(creates - before == 20 + 40)
    }

    @Test func `the echo of a whole plan's write asks for no pass, another's write does`() async throws {
        let exchange = MachineExchange()
        let client = exchange.client()
        try await client.write(.create(parent("p")))
        let controller = CountingController(isWhole: true)
        func count() async throws -> String? { try await maps(client).first { $0.name == "p" }?.tree["data"]["count"].string }
        try await running(host([controller], exchange)) {
            try await eventually("the first count") { try await count() == "1" }
            // The watch has brought the echo before it brings what comes after it.
            let label: JSON = ["metadata": ["labels": ["touched": "yes"]]]
            let reference = parent("p").reference
            try await client.write(.patch(reference, .merge(label), if: .none))
            try await eventually("a second count") { try await count() == "2" }
            #expect(controller.passes["p"] == 2)
        }
        let other = CountingController(isWhole: false)
        try await running(host([other], exchange)) {
            try await eventually("a third count") { try await count() == "3" }
            try await eventually("the pass that finds nothing to count") { other.passes["p"] == 2 }
        }
    }

    @Test func `cut watches and failing requests lose nothing`() async throws {
        let exchange = MachineExchange()
        let client = exchange.client()
        let dice = Mutex(Dice(seed: 7))
        await exchange.setFault { request in
            let isWrite = request.method != "GET" && !request.target.contains("configmaps?") && request.target.contains("/configmaps/")
            return isWrite && dice.withLock { $0.below(3) } == 0 ? .unreachable("fault") : nil
        }
        try await running(host([ChildController()], exchange)) {
            for number in 0..<15 {
                try await client.write(.create(parent("p\(number)")))
                if number % 4 == 0 { await exchange.cutWatchesOff() }
                try await pause(.milliseconds(10))
            }
            try await eventually("15 counted parents") {
                try await maps(client).count { $0.tree["data"]["children"] == "1" } == 15
            }
        }
        #expect(try await maps(client).count == 30)
    }

    @Test func `a watch too old is listed again`() async throws {
        let exchange = MachineExchange(watchHistoryMax: 5)
        let client = exchange.client()
        try await running(host([ChildController()], exchange)) {
            try await client.write(.create(parent("a")))
            try await eventually("a's child") { try await maps(client).count == 2 }
            await exchange.setFault { $0.target.contains("watch=true") ? .unreachable("down") : nil }
            await exchange.cutWatchesOff()
            for number in 0..<30 { try await client.write(.create(parent("b\(number)"))) }
            await exchange.setFault { _ in nil }
            try await eventually("b's children") {
                try await maps(client).count { $0.tree["data"]["children"] == "1" } == 31
            }
        }
    }

    @Test func `quiet costs no requests`() async throws {
        let exchange = MachineExchange()
        let client = exchange.client()
        let controller = ChildController()
        try await client.write(.create(parent("a")))
        try await running(host([controller], exchange)) {
            try await eventually("a's child") {
                try await maps(client).contains { $0.tree["data"]["children"] == "1" }
            }
            try await eventually("the event") { await exchange.count("POST /api/v1/namespaces/default/events") == 1 }
            try await pause(.milliseconds(200))
            let (requests, passes) = (await exchange.log.count, controller.passes.total)
            try await pause(.milliseconds(400))
            let later = await exchange.log.count
            #expect(later == requests)
            #expect(controller.passes.total == passes)
        }
    }

    @Test func `events that are still held are written when the host ends`() async throws {
        let exchange = MachineExchange()
        let client = exchange.client()
        try await client.write(.create(parent("a")))
        let events = "POST /api/v1/namespaces/default/events"
        try await running(host([ChildController()], exchange)) {
            try await eventually("a's child") {
                try await maps(client).contains { $0.tree["data"]["children"] == "1" }
            }
            #expect(await exchange.count(events) == 0)
        }
        #expect(await exchange.count(events) == 1)
    }

    @Test func `one of two hosts works, the other follows when it stops`() async throws {
        let exchange = MachineExchange()
        let client = exchange.client()
        let controllers = (ChildController(), ChildController())
        func candidate(_ controller: ChildController, _ identity: String) -> ControllerHost {
            host([controller], exchange) { options in
                options.lease = ObjectKey(namespace: "default", name: "lease")
                options.identity = identity
                options.leaseTiming.retryPeriod = .milliseconds(50)
                options.leaseTiming.renewDeadline = .seconds(4)
                options.leaseTiming.duration = .seconds(8)
            }
        }
        let (one, two) = (candidate(controllers.0, "one"), candidate(controllers.1, "two"))
        let first = Task { await one.run() }
        try await eventually("one leads") { one.isLeading }
        try await running(two) {
            try await client.write(.create(parent("a")))
            try await eventually("a's child") { try await maps(client).count == 2 }
            #expect(!two.isLeading)
            #expect(controllers.1.passes.total == 0)
            first.cancel()
            await first.value
            try await eventually("two leads") { two.isLeading }
            try await client.write(.create(parent("b")))
            try await eventually("b's child") { try await maps(client).count == 4 }
            #expect(controllers.0.passes["b"] == 0)
        }
    }

    @Test func `an optional kind may appear later`() async throws {
        let exchange = MachineExchange()
        let client = exchange.client()
        let widgets = GroupVersionResource(group: "example.com", version: "v1", resource: "widgets")
        struct WidgetController: Controller {
            let name = "widgets"
            let kind = GroupKind("example.com", "Widget")
            let resource: GroupVersionResource
            let seen = Tally()
            var watches: [Watch] { [.own(resource, kind: kind, isOptional: true)] }
            func reconcile(_ key: ObjectKey, _ pass: Pass) async throws(Failure) -> Reconciliation {
                if pass.reader.object(kind, key) != nil { seen.add(key.name) }
                return .nothing
            }
        }
        let controller = WidgetController(resource: widgets)
        let host = host([controller], exchange)
        try await running(host) {
            try await eventually("whole without widgets") { host.isLeading }
            try await client.write(.create(KubeObject([
                "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": ["name": "widgets.example.com"],
                "spec": [
                    "group": "example.com", "scope": "Namespaced",
                    "names": ["plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"],
                    "versions": [[
                        "name": "v1", "served": true, "storage": true,
                        "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
                    ]],
                ],
            ])))
            let widget = KubeObject([
                "apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "w", "namespace": "default"],
            ])
            try await eventually("a widget is stored") { (try? await client.write(.create(widget))) != nil }
            try await eventually("the widget is seen") { controller.seen["w"] > 0 }
        }
    }
}
