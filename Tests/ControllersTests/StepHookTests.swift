// Step plugins that are asked by HTTP.

import ControllerKit
import Controllers
import HTTPModel
import JSONTree
import KubeModel
import Synchronization
import Testing
import Transport

@Suite struct StepHookTests {
    /// Answers what it is told to, and remembers what it was asked.
    private final class Plugin: HTTPExchange {
        private let answers: Mutex<[String?]>
        let asked = Mutex<[HTTPRequest]>([])
        init(_ answers: [String?]) { self.answers = Mutex(answers) }

        func send(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPResponse {
            asked.withLock { $0.append(request) }
            let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            return HTTPResponse(status: answer == nil ? 503 : 200, headers: [:], body: Array((answer ?? "").utf8))
        }
        func stream(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPStream {
            throw .timedOut("not made for this")
        }
    }

    private static let kind = GroupKind("martlet.dev", "StepWish")
    private static let key = ObjectKey(namespace: "shop", name: "web-step-1")
    private static let start = Timestamp(wholeSeconds: 1_800_000_000)

    private static func cluster(tries: Int = 30, plugin: String = "acme/gate") -> SmallCluster {
        let cluster = SmallCluster(served: [kind: true])
        cluster.put(
            KubeObject([
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": ["name": "martlet-step-hooks", "namespace": "martlet-system"],
                "data": [
                    "hooks": .string(
                        "- {name: acme/gate, url: 'http://gate.test/step', intervalSeconds: 5, tries: \(tries)}")
                ],
            ]))
        cluster.put(
            KubeObject([
                "apiVersion": "martlet.dev/v1alpha1", "kind": "StepWish",
                "metadata": ["name": "web-step-1", "namespace": "shop", "generation": 1],
                "spec": ["plugin": .string(plugin), "operation": "Run", "attempt": 1],
            ]))
        return cluster
    }

    private static func status(_ cluster: SmallCluster) -> JSON { cluster.object(kind, key)?.status ?? .null }

    @Test func `a hook is asked until it is done, with one key and its own state`() async throws {
        let cluster = Self.cluster()
        let plugin = Plugin([
            #"{"phase": "Running", "message": "looking", "state": {"ticket": 7}}"#, #"{"phase": "Successful"}"#,
        ])
        let controller = StepHookController(namespace: "martlet-system", exchange: plugin)
        let first = try await cluster.pass(controller, Self.key, now: Self.start)
        #expect(first.requeueAt == Self.start + .seconds(5))
        #expect(Self.status(cluster)["phase"] == "Running")
        #expect(Self.status(cluster)["message"] == "looking")
        #expect(Self.status(cluster)["observedGeneration"] == 1)
        // Too early to ask again.
        _ = try await cluster.pass(controller, Self.key, now: Self.start + .seconds(2))
        #expect(plugin.asked.withLock { $0.count } == 1)
        _ = try await cluster.pass(controller, Self.key, now: Self.start + .seconds(5))
        #expect(Self.status(cluster)["phase"] == "Successful")
        _ = try await cluster.pass(controller, Self.key, now: Self.start + .seconds(60))
        let asked = plugin.asked.withLock { $0 }
        #expect(asked.count == 2)
        #expect(Set(asked.map { $0.headers["Idempotency-Key"] }).count == 1)
        let body = try JSON.parse(asked[1].body)
        #expect(body["state"] == ["ticket": 7])
        #expect(body["namespace"] == "shop")
    }

    @Test func `one that does not answer is asked again, and given up in the end`() async throws {
        let cluster = Self.cluster(tries: 3)
        let controller = StepHookController(namespace: "martlet-system", exchange: Plugin([]))
        var now = Self.start
        for number in 1...3 {
            _ = try await cluster.pass(controller, Self.key, now: now)
            #expect(Self.status(cluster)["phase"] == "Error")
            #expect(Self.status(cluster)["message"] == "acme/gate answered 503")
            #expect(Self.status(cluster)["tries"] == .int(Int64(number)))
            now += .seconds(5)
        }
        _ = try await cluster.pass(controller, Self.key, now: now)
        #expect(Self.status(cluster)["phase"] == "Failed")
        #expect(Self.status(cluster)["message"] == "given up after 3 tries: acme/gate answered 503")
    }

    @Test func `a plugin that is no hook is left alone`() async throws {
        let cluster = Self.cluster(plugin: "acme/other")
        let plugin = Plugin([])
        let controller = StepHookController(namespace: "martlet-system", exchange: plugin)
        _ = try await cluster.pass(controller, Self.key, now: Self.start)
        #expect(Self.status(cluster).isNull)
        #expect(plugin.asked.withLock { $0.isEmpty })
    }

    @Test("a configuration that cannot be read says where", arguments: [
        ("- {name: gate, url: 'http://x'}", "hooks[0].name is not of the form vendor/name"),
        ("- {name: a/b, url: 'file:///x'}", "hooks[0].url is no address of HTTP"),
        ("- {name: a/b, url: 'http://x', timeoutSeconds: 0}", "hooks[0].timeoutSeconds is not from 1 to 60"),
    ])
    func configuration(_ yaml: String, _ problem: String) {
        #expect(throws: StepHook.Problem.self) { try StepHook.read(yaml) }
        do { _ = try StepHook.read(yaml) } catch { #expect("\(error)" == problem) }
    }
}
