// Writes a local pod's status, events and end to the API, one after the other.

import ClusterSim
import Foundation
import HTTPModel
import JSONTree
import KubeModel
import Logging
import Synchronization

/// A pod's voice towards the API server. Reports that pile up while one is being written are
/// merged: only the newest is written.
final class PodReporter: Sendable {
    private enum Item: Sendable {
        case status([ContainerRun], inits: [ContainerRun])
        case event(type: String, reason: String, message: String)
        case delete
    }

    private let pod: KubeObject
    private let world: PodWorld
    private let items: AsyncStream<Item>.Continuation
    private let newest = Mutex<UInt64>(0)

    init(_ pod: KubeObject, world: PodWorld) {
        self.pod = pod
        self.world = world
        let (stream, continuation) = AsyncStream<Item>.makeStream(
            bufferingPolicy: .bufferingNewest(Self.waitingMax))
        items = continuation
        Task { await Self.write(stream, pod, world) }
    }

    deinit { items.finish() }

    /// Reports that may wait: a pod has few, and the newest says all.
    private static let waitingMax = 64

    func report(_ containers: [ContainerRun], _ inits: [ContainerRun]) {
        items.yield(.status(containers, inits: inits))
    }
    func event(_ type: String, _ reason: String, _ message: String) {
        items.yield(.event(type: type, reason: reason, message: message))
    }
    func deletePod() {
        items.yield(.delete)
        items.finish()
    }

    /// Who writes: the node of all local pods, with its rights not in question.
    private static let user = UserInfo(
        name: "system:node:martlet", groups: ["system:nodes", "system:masters", "system:authenticated"])

    private static func write(_ items: AsyncStream<Item>, _ pod: KubeObject, _ world: PodWorld) async {
        var status = PodStatus(pod)
        var last = JSON.null
        for await item in items {
            switch item {
            case .status(let containers, let inits):
                let next = status.json(containers, inits, now: .wallClock)
                if next == last { continue }
                last = next
                await send(
                    "PATCH", "/api/v1/namespaces/\(pod.namespace)/pods/\(pod.name)/status",
                    ["metadata": ["uid": .string(pod.uid)], "status": next],
                    contentType: "application/merge-patch+json", world)
            case .event(let type, let reason, let message):
                await send(
                    "POST", "/api/v1/namespaces/\(pod.namespace)/events", event(pod, type, reason, message),
                    contentType: "application/json", world)
            case .delete:
                await send(
                    "DELETE", "/api/v1/namespaces/\(pod.namespace)/pods/\(pod.name)",
                    [
                        "apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0,
                        "preconditions": ["uid": .string(pod.uid)],
                    ], contentType: "application/json", world)
            }
        }
    }

    private static func send(
        _ method: String, _ path: String, _ body: JSON, contentType: String, _ world: PodWorld
    ) async {
        let request = HTTPRequest(
            method: method, target: path,
            headers: [
                "Content-Type": contentType, "Accept": "application/json", "User-Agent": "kubelet/martlet",
            ],
            body: body.bytes())
        guard case .response(let response) = await world.cluster.answer(request, as: user) else { return }
        // 404 and 409: the pod is gone, or another one has its name. Nothing is left to say.
        if response.status >= 400, ![404, 409, 503].contains(response.status) {
            world.logger.warning(
                "a local pod's status was refused",
                metadata: ["path": "\(path)", "code": "\(response.status)"])
        }
    }

    private static func event(_ pod: KubeObject, _ type: String, _ reason: String, _ message: String) -> JSON
    {
        let now = Timestamp.wallClock
        let time = JSON.string(now.rfc3339)
        // As the kubelet names them; a prefix that ends with a dot would be no name.
        let name = "\(pod.name.prefix(200)).\(String(now.nanoseconds, radix: 16))"
        return [
            "apiVersion": "v1", "kind": "Event",
            "metadata": [
                "name": .string(name), "namespace": .string(pod.namespace),
            ],
            "involvedObject": [
                "apiVersion": "v1", "kind": "Pod", "name": .string(pod.name),
                "namespace": .string(pod.namespace),
                "uid": .string(pod.uid),
            ],
            "type": .string(type), "reason": .string(reason),
            "message": .string(String(message.prefix(1000))),
            "source": ["component": "kubelet", "host": "martlet"], "reportingComponent": "kubelet",
            "firstTimestamp": time, "lastTimestamp": time, "count": 1,
        ]
    }
}

/// Builds a local pod's status, remembering when each condition changed.
private struct PodStatus {
    private let pod: KubeObject
    private var conditions: [String: (holds: Bool, since: Timestamp)] = [:]

    init(_ pod: KubeObject) {
        self.pod = pod
        for condition in pod.status["conditions"].elements {
            guard let type = condition["type"].string,
                let since = condition["lastTransitionTime"].string.flatMap({ Timestamp($0) })
            else { continue }
            conditions[type] = (condition["status"] == "True", since)
        }
    }

    mutating func json(_ containers: [ContainerRun], _ inits: [ContainerRun], now: Timestamp) -> JSON {
        let waiting = inits.filter { !$0.isInitialized }
        let hasFailed = pod.spec["restartPolicy"].string == "Never" && waiting.contains { $0.hasFailed }
        let phase = hasFailed ? "Failed" : Self.phase(containers)
        let isFinished = phase == "Succeeded" || phase == "Failed"
        let unready = containers.filter { !$0.isReady }.map(\.name)
        let reason = isFinished ? (phase == "Succeeded" ? "PodCompleted" : "PodFailed") : "ContainersNotReady"
        let message = isFinished ? "" : "containers with unready status: [\(unready.joined(separator: " "))]"
        let own: [JSON] = [
            condition("PodReadyToStartContainers", !isFinished, now: now),
            condition(
                "Initialized", waiting.isEmpty, "ContainersNotInitialized",
                "containers with incomplete status: [\(waiting.map(\.name).joined(separator: " "))]", now: now),
            condition("Ready", unready.isEmpty, reason, message, now: now),
            condition("ContainersReady", unready.isEmpty, reason, message, now: now),
            condition("PodScheduled", true, now: now),
        ]
        let types = own.map { $0["type"] }
        let others = pod.status["conditions"].elements.filter { !types.contains($0["type"]) }
        var status: JSON = [
            "phase": .string(phase), "conditions": .array(own + others),
            "containerStatuses": .array(containers.map { $0.status(podUID: pod.uid) }),
            "observedGeneration": .int(pod.generation),
        ]
        if !inits.isEmpty {
            status["initContainerStatuses"] = .array(inits.map { $0.status(podUID: pod.uid) })
        }
        return status
    }

    private mutating func condition(
        _ type: String, _ holds: Bool, _ reason: String = "", _ message: String = "", now: Timestamp
    ) -> JSON {
        if conditions[type]?.holds != holds { conditions[type] = (holds, now) }
        let since = conditions[type]?.since ?? now
        var json: JSON = [
            "type": .string(type), "status": holds ? "True" : "False", "lastProbeTime": .null,
            "lastTransitionTime": .string(since.rfc3339),
        ]
        if !holds, !reason.isEmpty { json["reason"] = .string(reason) }
        if !holds, !message.isEmpty { json["message"] = .string(message) }
        return json
    }

    /// https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase
    private static func phase(_ containers: [ContainerRun]) -> String {
        var codes: [Int] = []
        var hasRun = true
        for container in containers {
            if case .terminated(let end) = container.state { codes.append(end.code) }
            if container.run == 0 { hasRun = false }
        }
        if codes.count == containers.count, !codes.isEmpty {
            return codes.allSatisfy { $0 == 0 } ? "Succeeded" : "Failed"
        }
        return hasRun ? "Running" : "Pending"
    }
}

/// Base64 as the API writes bytes.
enum Base64 {
    /// The decoded bytes as text; nil for malformed base64.
    static func text(_ encoded: String) -> String? {
        Data(base64Encoded: encoded).map { String(decoding: $0, as: UTF8.self) }
    }
}
