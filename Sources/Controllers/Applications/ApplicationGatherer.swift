// Caches to snapshots.

import ControllerKit
import JSONTree
import KubeClient
import KubeModel
import MartletModel
import SyncCore

/// Collects what a decision about an Application needs, and sees to it that the kinds it manages
/// are watched.
struct ApplicationGatherer: Sendable {
    let claims: ClaimIndex
    let directory: KindDirectory
    let naming: InstanceNaming
    let settings: SyncSettings
    let foreignFields = ForeignFields()

    static let rollouts = GroupKind("argoproj.io", "Rollout")
    static let autoscalers = GroupKind("autoscaling", "HorizontalPodAutoscaler")
    static let namespaces = GroupKind("", "Namespace")

    /// The snapshot of an Application.
    ///
    /// - Throws: `.waiting` while kinds that it manages are not watched yet, `.transient` when the
    ///   server cannot be asked what it serves.
    func snapshot(
        _ object: KubeObject, _ application: Application, _ view: ManifestStore.View, _ pass: Pass
    ) async throws(Failure) -> SyncSnapshot {
        let manifests = [view.target, view.operation ?? .pending].flatMap { manifests -> [KubeObject] in
            if case .loaded(let loaded) = manifests { loaded.objects } else { [] }
        }
        var kinds = Set(manifests.map(\.kind))
        // What was managed before may have to be pruned or deleted.
        for entry in application.status.tree["resources"].elements {
            kinds.insert(
                GroupVersionKind(
                    group: entry["group"].string ?? "", version: entry["version"].string ?? "",
                    kind: entry["kind"].string ?? ""))
        }
        let instance = naming.instance(of: object.key)
        let (scopes, unserved) = try await watch(kinds, object.key, pass)
        let builder = TargetBuilder(
            instance: instance, defaultNamespace: application.spec.destination.namespace, scopes: scopes)
        var live = claims.objects(of: instance, in: pass.reader)
        var spaces: Set<String> = []
        for key in builder.build(manifests).objects.keys {
            let place = ObjectKey(namespace: key.namespace, name: key.name)
            if let found = pass.reader.object(key.groupKind, place) {
                let ignored = IgnoreRules.of(application.spec.ignoredDifferences, for: key)
                live[key] = found
                if !ignored.managers.isEmpty { live[key] = try await foreignFields.completed(found, pass.api) }
            }
            spaces.insert(key.namespace)
        }
        let space = ResourceKey(
            group: "", kind: "Namespace", namespace: "", name: application.spec.destination.namespace)
        if let found = pass.reader.object(Self.namespaces, ObjectKey(namespace: "", name: space.name)) {
            live[space] = found
        }
        let deliverers = spaces.sorted().flatMap { namespace in
            pass.reader.objects(Self.rollouts, namespace: namespace)
                + pass.reader.objects(Self.autoscalers, namespace: namespace)
        }
        return SyncSnapshot(
            now: pass.now, application: object, instance: instance, target: view.target,
            operationTarget: view.operation, live: live, deliverers: deliverers, scopes: scopes,
            unserved: unserved, settings: settings)
    }

    /// Watches the kinds that are served, and says which are not.
    private func watch(
        _ kinds: Set<GroupVersionKind>, _ application: ObjectKey, _ pass: Pass
    ) async throws(Failure) -> ([GroupKind: ResourceScope], Set<GroupKind>) {
        var scopes: [GroupKind: ResourceScope] = [Self.namespaces: .cluster]
        var unserved: Set<GroupKind> = []
        var watches: [Watch] = []
        for kind in kinds where !KnownKinds.isExcluded(kind.groupKind) {
            let mapping: ResourceMapping?
            do throws(KubeError) {
                mapping = try await directory.mapping(kind, for: application, pass.api, now: pass.now)
            } catch {
                throw .transient(error, doing: "asking what the API server serves")
            }
            guard let mapping else {
                unserved.insert(kind.groupKind)
                continue
            }
            scopes[kind.groupKind] = mapping.isNamespaced ? .namespaced : .cluster
            watches.append(managed(kind.groupKind, mapping.resource))
        }
        guard pass.watch(watches) else {
            throw .waiting(
                reason: "CacheSync", for: "the caches of the kinds in Git to be whole",
                until: pass.now + .milliseconds(50))
        }
        for watch in watches where directory.needsScan(watch.kind) {
            for key in pass.reader.keys(watch.kind) {
                if let object = pass.reader.object(watch.kind, key) { claims.note(object) }
            }
        }
        return (scopes, unserved)
    }

    /// The watch of a managed kind: a change concerns the Application whose claim the object bears.
    func managed(_ kind: GroupKind, _ resource: GroupVersionResource) -> Watch {
        let (claims, naming) = (claims, naming)
        let keepsAll = [Self.rollouts, Self.autoscalers, Self.namespaces].contains(kind)
        return Watch(
            resource, kind: kind, isOptional: true, trim: keepsAll ? nil : Self.trimmed,
            keys: { object, _ in
                claims.note(object)
                return Tracking.of(object).map { naming.applications(of: $0.instance) } ?? []
            })
    }

    /// Objects that no Application claims need not be known: enough is kept to see that they are
    /// there.
    @Sendable static func trimmed(_ tree: JSON) -> JSON {
        if tree["metadata"]["annotations"][ApplicationNames.trackingID].string != nil { return tree }
        var metadata: JSON = [:]
        for name in ["name", "namespace", "uid", "resourceVersion", "labels", "ownerReferences", "deletionTimestamp"] {
            if !tree["metadata"][name].isNull { metadata[name] = tree["metadata"][name] }
        }
        return ["apiVersion": tree["apiVersion"], "kind": tree["kind"], "metadata": metadata]
    }
}
