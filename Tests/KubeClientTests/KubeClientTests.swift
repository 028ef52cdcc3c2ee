// Requests of each verb, answers, watches, discovery.

import HTTPModel
import JSONTree
@testable import KubeClient
import KubeModel
import Synchronization
import Testing
import Transport

@Suite struct KubeClientTests {
    private static let discovery: JSON = [
        "kind": "APIResourceList", "groupVersion": "v1",
        "resources": [
            ["name": "pods", "singularName": "pod", "namespaced": true, "kind": "Pod", "verbs": ["get", "list"]],
            ["name": "pods/status", "namespaced": true, "kind": "Pod", "verbs": ["get", "patch"]],
            ["name": "pods/eviction", "namespaced": true, "kind": "Eviction", "verbs": ["create"]],
            ["name": "configmaps", "namespaced": true, "kind": "ConfigMap", "verbs": ["get"]],
            ["name": "namespaces", "namespaced": false, "kind": "Namespace", "verbs": ["get"]],
        ],
    ]

    /// A client whose server answers discovery and, to all else, one response.
    private func client(
        _ status: Int = 200, _ body: JSON = ["kind": "Pod"], now: @escaping @Sendable () -> Timestamp = { .epoch }
    ) -> (KubeClient, RecordedExchange) {
        let exchange = RecordedExchange { request in
            let isDiscovery = request.target.hasSuffix("/api/v1")
            return .success(HTTPResponse(status: isDiscovery ? 200 : status, body: (isDiscovery ? Self.discovery : body).bytes()))
        }
        return (KubeClient(ClusterAccess(server: "https://h"), exchange: exchange, now: now), exchange)
    }

    private func reference(_ kind: String, _ name: String, namespace: String = "ns") -> ObjectReference {
        ObjectReference(GroupVersionKind(group: "", version: "v1", kind: kind), namespace: namespace, name: name)
    }

    private func object(_ kind: String, _ name: String) -> KubeObject {
        KubeObject(["apiVersion": "v1", "kind": .string(kind), "metadata": ["name": .string(name), "namespace": "ns"]])
    }

    private struct Row: Sendable, CustomTestStringConvertible {
        var change: Change
        var line: String
        var type: String
        var body: String?
        var testDescription: String { "\(change.verb) \(line)" }
    }

    private static let pod = ObjectReference(GroupVersionKind(group: "", version: "v1", kind: "Pod"), namespace: "ns", name: "a")
    private static let pin = Precondition(uid: "u", resourceVersion: "7")
    private static let sample = KubeObject(["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "a", "namespace": "ns"]])
    private static let pods = "https://h/api/v1/namespaces/ns/pods"
    private static let rows: [Row] = [
        Row(change: .create(sample), line: "POST \(pods)?fieldManager=martlet", type: "application/json"),
        Row(
            change: .apply(sample, fieldManager: .martlet, force: true),
            line: "PATCH \(pods)/a?fieldManager=martlet&force=true", type: "application/apply-patch+yaml"),
        Row(
            change: .patch(pod, .merge(["spec": ["x": 1]]), if: pin), line: "PATCH \(pods)/a?fieldManager=martlet",
            type: "application/merge-patch+json", body: #"{"spec":{"x":1},"metadata":{"resourceVersion":"7","uid":"u"}}"#),
        Row(
            change: .patch(pod, .json(JSONPatch([.remove(JSONPointer(tokens: ["x"]))])), if: pin),
            line: "PATCH \(pods)/a?fieldManager=martlet", type: "application/json-patch+json",
            body: #"[{"op":"test","path":"/metadata/uid","value":"u"},{"op":"test","path":"/metadata/resourceVersion","value":"7"},{"op":"remove","path":"/x"}]"#
        ),
        Row(
            change: .patchStatus(pod, ["phase": "x"], if: .none), line: "PATCH \(pods)/a/status?fieldManager=martlet",
            type: "application/merge-patch+json", body: #"{"status":{"phase":"x"}}"#),
        Row(
            change: .patchStatus(
                ObjectReference(GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"), namespace: "ns", name: "a"),
                ["status": ["phase": "x"]], if: .none),
            line: "PATCH https://h/api/v1/namespaces/ns/configmaps/a?fieldManager=martlet",
            type: "application/merge-patch+json", body: #"{"status":{"phase":"x"}}"#),
        Row(
            change: .delete(pod, if: pin, propagation: .background), line: "DELETE \(pods)/a", type: "application/json",
            body: #"{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background","preconditions":{"uid":"u","resourceVersion":"7"}}"#
        ),
        Row(
            change: .evict(pod, if: pin), line: "POST \(pods)/a/eviction?fieldManager=martlet", type: "application/json",
            body: #"{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a","namespace":"ns"},"deleteOptions":{"preconditions":{"uid":"u","resourceVersion":"7"}}}"#
        ),
        Row(
            change: .delete(
                ObjectReference(GroupVersionKind(group: "", version: "v1", kind: "Namespace"), namespace: "", name: "a"),
                if: .none, propagation: .foreground),
            line: "DELETE https://h/api/v1/namespaces/a", type: "application/json"),
    ]

    @Test func `each change is one request`() async throws {
        for row in Self.rows {
            let (client, exchange) = client()
            _ = try await client.write(row.change)
            let request = try #require(exchange.requests.last)
            #expect("\(request.method) \(request.target)" == row.line)
            #expect(request.headers["Content-Type"] == row.type)
            if let body = row.body { #expect(try JSON.parse(request.body) == JSON.parse(body)) }
        }
    }

    @Test func `discovery is asked once and absence remembered for a moment`() async throws {
        let clock = Mutex(Timestamp(seconds: 0))
        let (client, exchange) = client { clock.withLock { $0 } }
        _ = try await client.get(reference("Pod", "a"))
        _ = try await client.get(reference("ConfigMap", "a"))
        #expect(exchange.requests.count { $0.target.hasSuffix("/api/v1") } == 1)
        for _ in 0..<2 {
            await #expect(throws: KubeError.unknownKind("v1, Kind=Widget")) { try await client.get(reference("Widget", "a")) }
        }
        #expect(exchange.requests.count { $0.target.hasSuffix("/api/v1") } == 1)
        clock.withLock { $0 += .seconds(6) }
        await #expect(throws: KubeError.self) { try await client.get(reference("Widget", "a")) }
        #expect(exchange.requests.count { $0.target.hasSuffix("/api/v1") } == 2)
    }

    @Test func `items of a list get the kind that the list names`() async throws {
        let (client, exchange) = client(
            200,
            [
                "kind": "PodList", "apiVersion": "v1", "metadata": ["resourceVersion": "9", "continue": "more"],
                "items": [["metadata": ["name": "a"]], ["kind": "Other", "apiVersion": "x/v1"]],
            ])
        let page = try await client.list(
            GroupVersionResource(group: "", version: "v1", resource: "pods"),
            ListScope(namespace: "ns", labelSelector: "a=b,c"), limit: 500, continueToken: "t/1")
        #expect(page.items.map(\.kindName) == ["Pod", "Other"])
        #expect(page.resourceVersion == "9")
        #expect(page.continueToken == "more")
        #expect(exchange.requests.last?.target == "\(Self.pods)?labelSelector=a%3Db%2Cc&limit=500&continue=t%2F1")
    }

    @Test func `refusals are statuses, also when a proxy answers`() async throws {
        let (client, _) = client(409, [
            "kind": "Status", "code": 409, "reason": "AlreadyExists", "message": "there", "details": ["retryAfterSeconds": 3],
        ])
        let error = await #expect(throws: KubeError.self) { try await client.write(.create(object("Pod", "a"))) }
        #expect(error?.isAlreadyExists == true)
        #expect(error?.status?.retryAfterSeconds == 3)
        let proxy = RecordedExchange { _ in .success(HTTPResponse(status: 502, headers: ["Retry-After": "7"], body: Array("<html>".utf8))) }
        let other = KubeClient(ClusterAccess(server: "https://h"), exchange: proxy, now: { .epoch })
        let bad = await #expect(throws: KubeError.self) { try await other.raw("/version") }
        #expect(bad?.status == APIStatus(code: 502, reason: "", message: "<html>", retryAfterSeconds: 7))
        #expect(bad?.isTransient == true)
        let down = KubeClient(ClusterAccess(server: "https://h"), exchange: FailingExchange(.unreachable("x")), now: { .epoch })
        await #expect(throws: KubeError.transport(.unreachable("x"))) { try await down.raw("/version") }
    }

    @Test func `a watch yields its lines as events`() async throws {
        let lines = [
            #"{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"1"}}}"#,
            #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"5"}}}"#,
            #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}}"#,
        ].joined(separator: "\n")
        let exchange = RecordedExchange { _ in .success(HTTPResponse(status: 200, body: Array(lines.utf8))) }
        let client = KubeClient(ClusterAccess(server: "https://h"), exchange: exchange, now: { .epoch })
        let resource = GroupVersionResource(group: "apps", version: "v1", resource: "deployments")
        var events: [WatchEvent] = []
        for try await event in try await client.watch(resource, .all, from: "3", timeoutSeconds: 300) { events.append(event) }
        let expected: [WatchEvent] = [
            .added(KubeObject(["metadata": ["name": "a", "resourceVersion": "1"]])), .bookmark("5"),
            .error(APIStatus(code: 410, reason: "Expired", message: "old")),
        ]
        #expect(events == expected)
        let query = "watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=3"
        #expect(exchange.requests.first?.target == "https://h/apis/apps/v1/deployments?\(query)")
    }

    @Test func `lines come whole, however they are cut`() throws {
        let text = "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"é\"}}}\n\n{\"type\":\"DELETED\",\"object\":{}}\n"
        let expected: [WatchEvent] = [.added(KubeObject(["metadata": ["name": "é"]])), .deleted(KubeObject([:]))]
        for size in 1...20 {
            var decoder = WatchLineDecoder()
            var events: [WatchEvent] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                events += try decoder.events(in: Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(events == expected)
        }
        var decoder = WatchLineDecoder()
        #expect(throws: KubeError.self) { try decoder.events(in: Array("nonsense\n".utf8)) }
        #expect(throws: KubeError.self) { try decoder.events(in: Array("{\"type\":\"NEW\"}\n".utf8)) }
    }

    @Test func `a refused watch is a status`() async throws {
        let (client, _) = client(410, ["kind": "Status", "code": 410, "reason": "Expired", "message": "old"])
        let resource = GroupVersionResource(group: "", version: "v1", resource: "pods")
        let error = await #expect(throws: KubeError.self) {
            try await client.watch(resource, .all, from: "3", timeoutSeconds: 300)
        }
        #expect(error?.status?.isGone == true)
    }

    @Test func `requests are counted by verb, resource and code`() async throws {
        let seen = Mutex<[String]>([])
        let exchange = RecordedExchange { request in
            .success(HTTPResponse(status: request.target.hasSuffix("/a") ? 404 : 200, body: Self.discovery.bytes()))
        }
        let client = KubeClient(ClusterAccess(server: "https://h"), exchange: exchange, now: { .epoch }) { one in
            seen.withLock { $0.append("\(one.verb) \(one.resource) \(one.code ?? 0)") }
        }
        _ = try? await client.get(reference("Pod", "a"))
        #expect(seen.withLock { $0 } == ["get - 200", "get pods 404"])
    }
}
