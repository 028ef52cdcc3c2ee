// Passes of the Application controller: real git, an imagined cluster, a time that tests set.

import ControllerKit
import Foundation
import JSONTree
import KubeClient
import KubeModel
import Logging
import MartletModel
import Sourcing
import Synchronization
import Testing

@testable import Controllers

/// The time is what the test says.
private final class TestRuntime: Runtime {
    private let time = Mutex(Timestamp(wholeSeconds: 1_700_000_000))
    func now() -> Timestamp { time.withLock { $0 } }
    func sleep(until time: Timestamp) async throws {}
    func random() -> UInt64 { 0 }
    func advance(_ seconds: Int64) { time.withLock { $0 = $0 + .seconds(seconds) } }
}

/// A controller, its cluster and a repository.
private struct Bench {
    let cluster = SmallCluster(served: [
        GroupKind("", "ConfigMap"): true, GroupKind("", "Namespace"): false, GroupKind("", "Secret"): true,
        GroupKind("apps", "Deployment"): true, GroupKind("argoproj.io", "Application"): true,
    ])
    let repository: WorkRepository
    let runtime = TestRuntime()
    let controller: ApplicationController
    let key = ObjectKey(namespace: "argocd", name: "app")

    init(_ files: [String: String?], spec: JSON = [:]) throws {
        repository = try WorkRepository()
        try repository.commit(files)
        let git = try GitCommands(
            cacheDirectory: repository.directory + "/cache", environment: ProcessInfo.processInfo.environment)
        controller = ApplicationController(git: git, runtime: runtime, logger: Logger(label: "test"))
        let own: JSON = [
            "project": "default", "source": ["repoURL": .string(repository.path), "path": ".", "targetRevision": "main"],
            "destination": ["server": "https://kubernetes.default.svc", "namespace": "prod"],
            "syncPolicy": ["automated": ["prune": true, "selfHeal": true]],
        ]
        cluster.put(
            KubeObject([
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
                "metadata": ["name": "app", "namespace": "argocd"], "spec": MergePatch.apply(spec, to: own),
            ]))
        cluster.put(KubeObject(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "prod"]]))
    }

    /// Passes until what git was asked for is there, something more is so, and nothing is left to
    /// do now. Git runs beside the passes, in its own time.
    @discardableResult
    func settle(
        _ key: ObjectKey? = nil, until isDone: () -> Bool = { true }, _ location: SourceLocation = #_sourceLocation
    ) async throws -> Reconciliation {
        var last = Reconciliation.nothing
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end {
            last = try await cluster.pass(controller, key ?? self.key, now: runtime.now())
            let isPending = last.why.contains("to be fetched") || last.why.contains("to be rendered")
            if !isPending, isDone() { return last }
            try await ContinuousClock().sleep(for: .milliseconds(5))
        }
        Issue.record("it never settles: \(last.why)", sourceLocation: location)
        return last
    }

    var status: ApplicationStatus { ApplicationStatus(object("Application", "app", "argocd", "argoproj.io").status) }

    func object(_ kind: String, _ name: String, _ namespace: String = "prod", _ group: String = "") -> KubeObject {
        cluster.object(GroupKind(group, kind), ObjectKey(namespace: namespace, name: name)) ?? KubeObject([:])
    }

    func edit(_ change: (inout JSON) -> Void) {
        var object = object("Application", "app", "argocd", "argoproj.io")
        change(&object.tree)
        cluster.put(object)
    }
}

private func map(_ name: String, _ value: String = "v") -> String {
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: \(name)}, data: {k: \(value)}}\n"
}

@Suite struct ApplicationPassTests {
    @Test func `from a commit to the cluster, and then nothing`() async throws {
        let bench = try Bench(["a.yaml": map("a")])
        defer { bench.repository.remove() }
        let first = try await bench.settle()
        #expect(bench.object("ConfigMap", "a").tree["data"]["k"] == "v")
        #expect(bench.status.syncCode == .synced)
        #expect(bench.status.history.count == 1)
        #expect(first.events.contains { $0.reason == "OperationCompleted" })
        let sent = bench.cluster.sent
        for _ in 0..<3 {
            let quiet = try await bench.settle()
            #expect(quiet.changes.isEmpty)
            #expect(quiet.events.isEmpty)
        }
        #expect(bench.cluster.sent == sent)
    }

    @Test func `a new commit arrives with the poll, or at once with a push`() async throws {
        let bench = try Bench(["a.yaml": map("a")])
        defer { bench.repository.remove() }
        let first = try await bench.settle()
        try bench.repository.commit(["a.yaml": map("a", "w")])
        bench.runtime.advance(10)
        try await bench.settle()
        #expect(bench.object("ConfigMap", "a").tree["data"]["k"] == "v")
        let due = try #require(first.requeueAt)
        bench.runtime.advance(Int64((due - bench.runtime.now()).inSeconds) + 1)
        try await bench.settle(until: { bench.object("ConfigMap", "a").tree["data"]["k"] == "w" })

        try bench.repository.commit(["a.yaml": map("a", "x")])
        bench.runtime.advance(1)
        await bench.controller.pushed([bench.key])
        try await bench.settle()
        #expect(bench.object("ConfigMap", "a").tree["data"]["k"] == "x")
        #expect(bench.status.history.count == 3)
    }

    @Test func `a person's sync and refresh look at Git first`() async throws {
        let bench = try Bench(["a.yaml": map("a")], spec: ["syncPolicy": .null])
        defer { bench.repository.remove() }
        try await bench.settle()
        #expect(bench.status.syncCode == .outOfSync)
        let commit = try bench.repository.commit(["a.yaml": map("a", "w")])
        bench.runtime.advance(1)
        bench.edit { $0.set(["metadata", "annotations", ApplicationNames.refresh], to: "normal") }
        try await bench.settle()
        #expect(bench.status.revision == commit)
        #expect(bench.object("Application", "app", "argocd", "argoproj.io").annotation(ApplicationNames.refresh) == nil)
        bench.runtime.advance(1)
        bench.edit { $0["operation"] = ["sync": [:], "initiatedBy": ["username": "me"]] }
        try await bench.settle()
        #expect(bench.object("ConfigMap", "a").tree["data"]["k"] == "w")
        #expect(bench.object("Application", "app", "argocd", "argoproj.io").tree["operation"].isNull)
    }

    @Test func `an Application whose manifests are Applications`() async throws {
        let bench = try Bench(["one/a.yaml": map("a")], spec: ["source": ["path": "apps"]])
        defer { bench.repository.remove() }
        let child = """
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: one, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io]}
            spec:
              project: default
              source: {repoURL: \(bench.repository.path), path: one, targetRevision: main}
              destination: {server: "https://kubernetes.default.svc", namespace: prod}
              syncPolicy: {automated: {}}
            """
        try bench.repository.commit(["apps/one.yaml": child, "apps/own.yaml": map("own")])
        try await bench.settle()
        let key = ObjectKey(namespace: "argocd", name: "one")
        #expect(bench.object("Application", "one", "argocd", "argoproj.io").annotation(ApplicationNames.trackingID)
            == "app:argoproj.io/Application:argocd/one")
        try await bench.settle(key)
        #expect(bench.object("ConfigMap", "a").annotation(ApplicationNames.trackingID) == "one:/ConfigMap:prod/a")
        // The child's status is no drift of the parent's.
        let sent = bench.cluster.sent.count
        try await bench.settle()
        #expect(bench.status.syncCode == .synced)
        #expect(bench.cluster.sent.count == sent)
        // A change of the child concerns the parent too.
        let watch = try #require(bench.controller.watches.first)
        #expect(Set(watch.keys(bench.object("Application", "one", "argocd", "argoproj.io"), bench.cluster)).isSuperset(of: [key, bench.key]))
    }

    @Test func `what cannot be changed in place is made anew if Git says so`() async throws {
        let forced = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {argocd.argoproj.io/sync-options: Force=true}}, data: {k: VALUE}}"
        for (manifest, phase) in [(forced, OperationPhase.succeeded), (forced.replacing("Force=true", with: "Force=false"), .running)] {
            let bench = try Bench(["a.yaml": manifest.replacing("VALUE", with: "v")])
            defer { bench.repository.remove() }
            try await bench.settle()
            let before = bench.object("ConfigMap", "a").uid
            try bench.repository.commit(["a.yaml": manifest.replacing("VALUE", with: "w")])
            bench.runtime.advance(1)
            await bench.controller.pushed([bench.key])
            bench.cluster.refuse("a", APIStatus(code: 422, reason: "Invalid", message: "field is immutable"))
            try await bench.settle()
            #expect(bench.status.operationState?.phase == phase)
            #expect((bench.object("ConfigMap", "a").uid != before) == (phase == .succeeded))
            if phase == .running {
                #expect(bench.status.operationState?.message.contains("field is immutable") == true)
            }
        }
    }

    @Test func `fields of ignored managers are read once for each version`() async throws {
        let manifest = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {replicas: 2}}"
        let bench = try Bench(
            ["d.yaml": manifest],
            spec: ["ignoreDifferences": [["group": "apps", "kind": "Deployment", "managedFieldsManagers": ["scaler"]]]])
        defer { bench.repository.remove() }
        try await bench.settle()
        var scaled = bench.object("Deployment", "d", "prod", "apps")
        scaled.tree["spec"]["replicas"] = 7
        scaled.tree["metadata"]["managedFields"] = [
            ["manager": "scaler", "operation": "Update", "fieldsV1": ["f:spec": ["f:replicas": [:]]]]
        ]
        bench.cluster.put(scaled)
        for _ in 0..<3 { try await bench.settle() }
        #expect(bench.status.syncCode == .synced)
        #expect(bench.object("Deployment", "d", "prod", "apps").spec["replicas"] == 7)
        #expect(bench.cluster.reads.filter { $0 == "Deployment/d" }.count == 1)
    }

    @Test func `manifests that cannot be had are said on the Application, once`() async throws {
        let bench = try Bench(["a.yaml": map("a")], spec: ["source": ["path": "nowhere"]])
        defer { bench.repository.remove() }
        try await bench.settle()
        let condition = try #require(bench.status.conditions.first)
        #expect(condition.kind == .comparisonError)
        #expect(condition.message.contains("path \"nowhere\" does not exist in commit"))
        let sent = bench.cluster.sent.count
        let quiet = try await bench.settle()
        #expect(bench.cluster.sent.count == sent)
        #expect(quiet.requeueAt != nil)
    }
}

@Suite struct DefinitionTrimTests {
    @Test func `definitions that we applied are kept whole, others without their schemas`() {
        let definition: JSON = [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": ["name": "things.example.com"],
            "spec": ["group": "example.com", "names": ["kind": "Thing", "plural": "things"], "versions": [["name": "v1"]]],
        ]
        #expect(DefinitionTrim.trimmed(definition)["spec"] == ["group": "example.com", "names": ["kind": "Thing", "plural": "things"]])
        var ours = definition
        ours["metadata"]["managedFields"] = [["manager": "martlet-sync", "operation": "Apply"]]
        #expect(DefinitionTrim.trimmed(ours) == ours)
    }
}
