// Applications, objects and a world that applies what a plan wants.

import JSONTree
import KubeModel
import MartletModel
import SyncCore
import Testing
import YAMLTree

/// Seconds after a fixed start.
func time(_ seconds: Int64) -> Timestamp { Timestamp(wholeSeconds: 1_700_000_000 + seconds) }

/// Objects of a YAML text.
func objects(_ yaml: String) throws -> [KubeObject] { try ManifestParser.parse(yaml, file: "test.yaml") }

func object(_ yaml: String) throws -> KubeObject { try #require(try objects(yaml).first) }

/// A cluster as one Application sees it: applies merge, deletions remove.
struct World {
    var application: KubeObject
    var manifests: Manifests
    /// What every commit held, for syncs of an older one.
    private var commits: [String: Manifests] = [:]
    var live: [ResourceKey: KubeObject] = [:]
    var unserved: Set<GroupKind> = []
    var refused: [String: String] = [:]
    var now = time(0)
    /// What was sent, as `verb Kind/name`.
    var sent: [String] = []
    var writes = 0
    var plan: SyncPlan?
    private var version = 1

    init(_ manifests: String, revision: String = "c1", spec: String = "{}", metadata: JSON = [:]) throws {
        var tree = try object(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: app, namespace: argocd, uid: u1, resourceVersion: "1"}
            spec:
              project: default
              source: {repoURL: /git/app, path: ., targetRevision: main}
              destination: {server: "https://kubernetes.default.svc", namespace: prod}
            """
        ).tree
        tree = MergePatch.apply(["spec": try YAML.parseOne(spec), "metadata": metadata], to: tree)
        application = KubeObject(tree)
        self.manifests = .pending
        try commit(manifests, revision: revision)
        live[ResourceKey(group: "", kind: "Namespace", namespace: "", name: "prod")] = try object(
            "{apiVersion: v1, kind: Namespace, metadata: {name: prod, uid: n1}}")
    }

    mutating func commit(_ yaml: String, revision: String) throws {
        manifests = .loaded(
            LoadedManifests(revisions: [revision], sourceTypes: ["Directory"], objects: try objects(yaml)))
        commits[revision] = manifests
    }

    var status: ApplicationStatus { ApplicationStatus(application.status) }
    var phase: OperationPhase? { status.operationState?.phase }

    func key(_ kind: String, _ name: String, group: String = "") -> ResourceKey {
        ResourceKey(group: group, kind: kind, namespace: "prod", name: name)
    }

    /// As it is gathered: the manifests of a running sync's commit come along.
    var snapshot: SyncSnapshot {
        let pinned = ManifestRequest.operation(of: Application(application))?.revisions.first
        return SyncSnapshot(
            now: now, application: application, instance: "app", target: manifests,
            operationTarget: pinned.flatMap { commits[$0] }, live: live,
            scopes: [
                GroupKind("", "Namespace"): .cluster,
                GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"): .cluster,
            ], unserved: unserved)
    }

    /// One pass, as the controller makes it: moves until there are none, then the status.
    mutating func pass(after seconds: Int64 = 0) {
        now = now + .seconds(seconds)
        var snapshot = snapshot
        for _ in 0..<20 {
            let plan = decide(snapshot)
            self.plan = plan
            if plan.moves.isEmpty { break }
            snapshot = snapshot.after(plan, outcomes: plan.moves.map { make($0) }, now: now)
        }
        live = snapshot.live
        guard let plan, let patch = plan.patch(of: application) else { return }
        writes += 1
        application.tree = MergePatch.apply(patch, to: application.tree)
    }

    private mutating func make(_ move: SyncMove) -> MoveOutcome {
        sent.append("\(move.intent) \(move.key.kind)/\(move.key.name)")
        if let message = refused[move.key.name] { return .refused(message) }
        var result = live[move.key]
        for change in move.changes {
            switch change {
            case .apply(let object, _, _):
                version += 1
                var tree = MergePatch.apply(object.tree, to: result?.tree ?? [:])
                tree["metadata"]["resourceVersion"] = .string(String(version))
                tree["metadata"]["uid"] = .string("uid-\(move.key.name)")
                result = KubeObject(tree)
            case .patch(_, .merge(let patch), _):
                result = result.map { KubeObject(MergePatch.apply(patch, to: $0.tree)) }
            case .delete: result = nil
            default: break
            }
        }
        return .done(result)
    }
}
