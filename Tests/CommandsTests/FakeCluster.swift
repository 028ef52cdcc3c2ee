// A cluster in memory, for commands.

import Foundation
import JSONTree
import KubeModel
import RolloutCore
import Synchronization

@testable import Commands

/// Objects by resource; patches are applied and kept.
final class FakeCluster: CommandCluster {
    let defaultNamespace = "shop"
    private let objects: Mutex<[String: [KubeObject]]>
    private let sent = Mutex<[String]>([])

    private let news: [String: [WatchNews]]

    init(_ objects: [GroupVersionResource: [KubeObject]], news: [GroupVersionResource: [WatchNews]] = [:]) {
        self.news = Dictionary(uniqueKeysWithValues: news.map { ($0.key.resource, $0.value) })
        self.objects = Mutex(Dictionary(uniqueKeysWithValues: objects.map { ($0.key.resource, $0.value) }))
    }

    /// What was patched: `rollouts/web/status {…}`.
    var patches: [String] { sent.withLock { $0 } }

    func get(_ resource: GroupVersionResource, namespace: String, name: String) async throws -> KubeObject {
        let found = objects.withLock { $0[resource.resource]?.first { $0.namespace == namespace && $0.name == name } }
        guard let found else {
            throw APIStatus(code: 404, reason: "NotFound", message: "\(resource.resource).\(resource.group) \"\(name)\" not found")
        }
        return found
    }

    func list(_ resource: GroupVersionResource, _ scope: CommandScope) async throws -> [KubeObject] {
        objects.withLock { ($0[resource.resource] ?? []).filter { scope.namespace == nil || $0.namespace == scope.namespace } }
    }

    func find(_ kind: GroupKind, _ key: ObjectKey) async throws -> KubeObject? {
        objects.withLock { $0.values.joined().first { $0.kind.groupKind == kind && $0.key == key } }
    }

    func findAll(_ kind: GroupKind, namespace: String) async throws -> [KubeObject] {
        objects.withLock { $0.values.joined().filter { $0.kind.groupKind == kind && $0.namespace == namespace } }
    }

    func create(_ object: KubeObject) async throws -> KubeObject {
        var object = object
        if object.name.isEmpty {
            object.tree.set(["metadata", "name"], to: .string((object.metadata["generateName"].string ?? "") + "1"))
        }
        sent.withLock { $0.append("create \(object.kindName)/\(object.name) \(object.spec.text())") }
        return object
    }

    func patch(
        _ resource: GroupVersionResource, namespace: String, name: String, subresource: String?, _ patch: JSON
    ) async throws -> KubeObject {
        let object = try await get(resource, namespace: namespace, name: name)
        sent.withLock { $0.append("\(resource.resource)/\(name)\(subresource.map { "/\($0)" } ?? "") \(patch.text())") }
        return KubeObject(MergePatch.apply(patch, to: object.tree))
    }

    func patch(_ resource: GroupVersionResource, namespace: String, name: String, _ patch: JSONPatch) async throws -> KubeObject {
        let object = try await get(resource, namespace: namespace, name: name)
        sent.withLock { $0.append("\(resource.resource)/\(name) \(patch.document.text())") }
        return KubeObject(try patch.apply(to: object.tree))
    }

    /// The list, and then the news that the test has prepared.
    func watch(_ resource: GroupVersionResource, _ scope: CommandScope) -> AsyncThrowingStream<WatchNews, any Error> {
        let listed = objects.withLock { $0[resource.resource] ?? [] }
        let news = self.news[resource.resource] ?? []
        return AsyncThrowingStream { continuation in
            continuation.yield(.listed(listed))
            for item in news { continuation.yield(item) }
            continuation.finish()
        }
    }
}

/// Keeps what a command prints.
final class FakeTerminal: Terminal {
    let style: Style
    let now = Timestamp("2026-01-01T01:00:00Z") ?? .epoch
    let size: TerminalSize?
    let isInterrupted = false
    private let written = Mutex<(output: String, errors: [String])>(("", []))

    init(columns: Int? = nil, hasColor: Bool = false) {
        size = columns.map { TerminalSize(columns: $0, rows: 50) }
        style = Style(hasColor: hasColor)
    }

    /// Standard output, in lines.
    var output: [String] {
        let text = written.withLock { $0.output }
        return text.isEmpty ? [] : (text.hasSuffix("\n") ? String(text.dropLast()) : text).components(separatedBy: "\n")
    }
    var text: String { output.joined(separator: "\n") }
    var errors: [String] { written.withLock { $0.errors } }
    func catchInterrupts() {}
    func write(_ text: String) { written.withLock { $0.output += text } }
    func errorLine(_ text: String) { written.withLock { $0.errors.append(text) } }
}

/// A canary at a pause, with its ReplicaSets, pods and a run.
enum Sample {
    static func rollout(_ change: (inout JSON) -> Void = { _ in }) -> KubeObject {
        var tree: JSON = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": [
                "name": "web", "namespace": "shop", "uid": "ro", "generation": 2, "creationTimestamp": "2026-01-01T00:00:00Z",
            ],
            "spec": [
                "replicas": 2, "template": ["spec": ["containers": [["name": "main", "image": "shop/web:2"]]]],
                "strategy": [
                    "canary": [
                        "steps": [["setWeight": 20], ["pause": [:]]], "trafficRouting": ["istio": ["virtualService": ["name": "web"]]],
                    ],
                ],
            ],
            "status": [
                "observedGeneration": "2", "phase": "Paused", "message": "CanaryPauseStep", "currentStepIndex": 1,
                "currentPodHash": "bbb", "stableRS": "aaa", "replicas": 3, "updatedReplicas": 1, "readyReplicas": 3,
                "availableReplicas": 3, "controllerPause": true,
                "pauseConditions": [["reason": "CanaryPauseStep", "startTime": "2026-01-01T00:59:00Z"]],
                "canary": ["weights": ["canary": ["weight": 20], "stable": ["weight": 80]]],
            ],
        ]
        change(&tree)
        return KubeObject(tree)
    }

    static func replicaSet(_ hash: String, revision: Int, replicas: Int, image: String) -> KubeObject {
        KubeObject([
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "name": .string("web-\(hash)"), "namespace": "shop", "uid": .string("rs-\(hash)"),
                "creationTimestamp": "2026-01-01T00:30:00Z", "labels": ["rollouts-pod-template-hash": .string(hash)],
                "annotations": ["rollout.argoproj.io/revision": .string("\(revision)")],
                "ownerReferences": [["uid": "ro", "controller": true, "kind": "Rollout", "name": "web"]],
            ],
            "spec": [
                "replicas": JSON(replicas),
                "template": [
                    "metadata": ["labels": ["rollouts-pod-template-hash": .string(hash)]],
                    "spec": ["containers": [["name": "main", "image": .string(image)]]],
                ],
            ],
            "status": ["replicas": JSON(replicas), "availableReplicas": JSON(replicas)],
        ])
    }

    static func pod(_ name: String, of hash: String) -> KubeObject {
        KubeObject([
            "apiVersion": "v1", "kind": "Pod",
            "metadata": [
                "name": .string(name), "namespace": "shop", "uid": .string(name), "creationTimestamp": "2026-01-01T00:58:30Z",
                "ownerReferences": [["uid": .string("rs-\(hash)"), "controller": true]],
            ],
            "spec": ["containers": [["name": "main"]]],
            "status": [
                "phase": "Running",
                "containerStatuses": [["ready": true, "restartCount": 1, "state": ["running": ["startedAt": "2026-01-01T00:58:31Z"]]]],
            ],
        ])
    }

    /// A rollout with all that the controller wants of a specification.
    static func complete(_ rollout: KubeObject = rollout()) -> KubeObject {
        var tree = rollout.tree
        tree.set(["spec", "selector"], to: ["matchLabels": ["app": "web"]])
        tree.set(["spec", "template", "metadata"], to: ["labels": ["app": "web"]])
        tree.set(["spec", "strategy", "canary", "stableService"], to: "web-stable")
        tree.set(["spec", "strategy", "canary", "canaryService"], to: "web-canary")
        let hash = PodTemplateHash.hash(tree["spec"]["template"])
        tree.set(["status", "currentPodHash"], to: .string(hash))
        tree.set(["status", "currentStepHash"], to: .string(PodTemplateHash.hash(steps: tree["spec"]["strategy"]["canary"]["steps"])))
        return KubeObject(tree)
    }

    static func cluster(_ rollout: KubeObject = rollout()) -> FakeCluster {
        FakeCluster([
            Resources.rollouts: [rollout],
            Resources.replicaSets: [
                replicaSet("aaa", revision: 1, replicas: 2, image: "shop/web:1"),
                replicaSet("bbb", revision: 2, replicas: 1, image: "shop/web:2"),
            ],
            Resources.pods: [pod("web-bbb-1", of: "bbb")], Resources.analysisRuns: [],
        ])
    }

    /// An update with two Services that take turns, an experiment and a run with a job.
    static func busyCluster() -> FakeCluster {
        let update = rollout {
            $0["spec"]["strategy"]["canary"]["pingPong"] = ["pingService": "web-ping", "pongService": "web-pong"]
            $0["spec"]["strategy"]["canary"]["steps"] = [["setWeight": 20], ["experiment": ["templates": []]]]
            $0["status"]["pauseConditions"] = .null
            $0["status"]["controllerPause"] = false
            $0["status"]["phase"] = "Progressing"
            $0["status"]["message"] = "more replicas need to be updated"
            $0["status"]["canary"]["currentExperiment"] = "trial"
        }
        func owned(_ kind: String, _ name: String, by uid: String, group: String = "argoproj.io/v1alpha1", _ more: JSON) -> KubeObject {
            var tree: JSON = [
                "apiVersion": .string(group), "kind": .string(kind),
                "metadata": [
                    "name": .string(name), "namespace": "shop", "uid": .string(name), "creationTimestamp": "2026-01-01T00:58:00Z",
                    "annotations": ["rollout.argoproj.io/revision": "2"],
                    "ownerReferences": [["uid": .string(uid), "controller": true]],
                ],
            ]
            tree["spec"] = more["spec"]
            tree["status"] = more["status"]
            return KubeObject(tree)
        }
        var trialSet = replicaSet("trial", revision: 0, replicas: 1, image: "shop/web:2")
        trialSet.tree.set(["metadata", "ownerReferences"], to: [["uid": "trial", "controller": true]])
        trialSet.tree.set(["metadata", "annotations"], to: ["experiment.argoproj.io/template-name": "canary"])
        let run = owned(
            "AnalysisRun", "run", by: "ro",
            [
                "spec": ["metrics": [["name": "smoke", "provider": ["job": [:]]]]],
                "status": [
                    "phase": "Running",
                    "metricResults": [
                        ["name": "smoke", "successful": 2, "error": 1, "measurements": [["metadata": ["job-name": "smoke-1"]]]]
                    ],
                ],
            ])
        let experiment = owned(
            "Experiment", "trial", by: "ro",
            ["spec": ["duration": "5m"], "status": ["phase": "Running", "availableAt": "2026-01-01T00:59:00Z"]])
        return FakeCluster([
            Resources.rollouts: [update],
            Resources.replicaSets: [
                replicaSet("aaa", revision: 1, replicas: 2, image: "shop/web:1"),
                replicaSet("bbb", revision: 2, replicas: 1, image: "shop/web:2"), trialSet,
            ],
            Resources.pods: [pod("web-bbb-1", of: "bbb"), pod("web-trial-1", of: "trial")], Resources.analysisRuns: [run],
            Resources.experiments: [experiment],
            Resources.jobs: [owned("Job", "smoke-1", by: "run", group: "batch/v1", ["spec": [:], "status": [:]])],
        ])
    }
}
