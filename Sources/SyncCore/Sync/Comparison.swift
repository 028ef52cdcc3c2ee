// The state of every object of an Application against what Git says.

package import KubeModel
package import MartletModel

/// One object, wanted or live or both.
package struct ComparedResource: Hashable, Sendable {
    package var key: ResourceKey
    package var target: KubeObject?
    package var live: KubeObject?
    /// Nil for hooks and for what has no sync status.
    package var code: SyncCode?
    package var differences: [FieldDifference] = []
    /// Differences that the user ignores and a sync does away with all the same: `ignoreDifferences`
    /// is about the status, and `RespectIgnoreDifferences=true` about what is applied.
    package var ignoredDifferences: [FieldDifference] = []
    package var health: HealthStatus?
    package var wave: Int64 = 0
    package var isHook = false
    /// It bears our claim and is not wanted any more.
    package var requiresPruning = false
    /// Its being there does not make the Application OutOfSync.
    package var isExtraneousIgnored = false
    package var rules = IgnoreRules()

    package var version: String { (target ?? live)?.kind.version ?? "" }
    /// An option of the object itself, by annotation.
    package var options: SyncOptions {
        SyncOptions(annotation: (target ?? live)?.annotation(ApplicationNames.syncOptions))
    }
}

/// All objects of an Application.
package struct Comparison: Hashable, Sendable {
    /// Ordered by key.
    package var resources: [ComparedResource] = []
    package var conditions: [ApplicationCondition] = []
    package var code: SyncCode = .synced
    package var health = HealthStatus(.healthy)

    /// Compares what some manifests want with what is there.
    package static func of(_ manifests: LoadedManifests, _ snapshot: SyncSnapshot, _ application: Application) -> Comparison {
        let spec = application.spec
        let builder = TargetBuilder(
            instance: snapshot.instance, defaultNamespace: spec.destination.namespace, scopes: snapshot.scopes)
        let targets = builder.build(manifests.objects)
        let ownership = DeliveryOwnership(Array(targets.objects.values) + snapshot.deliverers)
        var result = Comparison(conditions: targets.conditions)
        for (key, target) in targets.objects {
            var resource = ComparedResource(key: key, target: target, live: snapshot.live[key])
            resource.wave = SyncWave.of(target)
            resource.rules = IgnoreRules.of(spec.ignoredDifferences, for: key)
            resource.rules.respectsPaths = spec.syncPolicy.options.respectsIgnoredDifferences
            ownership.extend(&resource.rules, for: key)
            compare(&resource)
            if let warning = sharing(resource, snapshot, application) { result.conditions.append(warning) }
            result.resources.append(resource)
        }
        for (key, live) in snapshot.live where targets.objects[key] == nil {
            if let resource = extra(key, live, instance: snapshot.instance) { result.resources.append(resource) }
        }
        result.resources.sort { $0.key < $1.key }
        result.summarize(own: ResourceKey(snapshot.application))
        if namespaceDiffers(snapshot, application) { result.code = .outOfSync }
        return result
    }

    private static func compare(_ resource: inout ComparedResource) {
        guard let target = resource.target else { return }
        if let hooks = HookType.of(target) {
            resource.isHook = hooks != [.skip]
            return
        }
        guard let live = resource.live else {
            resource.code = .outOfSync
            resource.health = HealthStatus(.missing)
            return
        }
        let rules = resource.rules
        let wanted = rules.isEmpty ? target.tree : rules.compared(target.tree, live: live)
        let present = rules.isEmpty ? live.tree : rules.compared(live.tree, live: live)
        resource.differences = ObjectDiff.differences(
            target: wanted, live: present, kind: resource.key.groupKind,
            applied: ManagedFields.applied(by: ManagedFields.manager, in: live))
        resource.code = resource.differences.isEmpty ? .synced : .outOfSync
        resource.health = Health.of(live)
        if rules.hasUserRules, !rules.respectsPaths, resource.code == .synced {
            let applied = rules.withoutUserRules
            resource.ignoredDifferences = ObjectDiff.differences(
                target: applied.compared(target.tree, live: live), live: applied.compared(live.tree, live: live),
                kind: resource.key.groupKind, applied: ManagedFields.applied(by: ManagedFields.manager, in: live))
        }
    }

    /// An object that bears our claim and is not wanted.
    private static func extra(_ key: ResourceKey, _ live: KubeObject, instance: String) -> ComparedResource? {
        guard let claim = Tracking.of(live), claim.instance == instance else { return nil }
        var resource = ComparedResource(key: key, live: live)
        resource.wave = SyncWave.of(live)
        if HookType.of(live).map({ $0 != [.skip] }) ?? false {
            resource.isHook = true
            resource.requiresPruning = true
            return resource
        }
        // A copy that another controller made with the annotations of its original is not ours.
        guard claim.describes(live) else { return resource }
        if live.controller != nil { return nil }
        resource.code = .outOfSync
        resource.requiresPruning = true
        resource.health = Health.of(live)
        resource.isExtraneousIgnored = (live.annotation(ApplicationNames.compareOptions) ?? "")
            .split(separator: ",").contains { String($0).trimmingBlanks() == "IgnoreExtraneous" }
        return resource
    }

    /// The warning for an object that another Application claims as well.
    private static func sharing(
        _ resource: ComparedResource, _ snapshot: SyncSnapshot, _ application: Application
    ) -> ApplicationCondition? {
        guard !resource.isHook, let live = resource.live, let claim = Tracking.of(live),
            claim.instance != snapshot.instance, claim.describes(live)
        else { return nil }
        let own = snapshot.application.key
        return ApplicationCondition(
            .sharedResourceWarning,
            "\(resource.key.kind)/\(resource.key.name) is part of applications \(own) and \(claim.instance)")
    }

    private mutating func summarize(own: ResourceKey) {
        let isOutOfSync = resources.contains { $0.code == .outOfSync && !$0.isExtraneousIgnored }
        code = isOutOfSync ? .outOfSync : .synced
        let counted = resources.filter { resource in
            !resource.isHook && resource.code != nil && resource.key != own
                && (resource.target ?? resource.live)?.annotation(ApplicationNames.ignoreHealthCheck) != "true"
        }
        health = Health.aggregate(
            counted.map { (key: $0.key, health: $0.live == nil ? nil : $0.health, isMissing: $0.live == nil) })
    }

    /// `managedNamespaceMetadata` is not in the namespace.
    private static func namespaceDiffers(_ snapshot: SyncSnapshot, _ application: Application) -> Bool {
        let policy = application.spec.syncPolicy
        guard policy.hasNamespaceMetadata, policy.options.createsNamespace,
            let live = snapshot.live[NamespaceTask.key(application)]
        else { return false }
        return !policy.namespaceLabels.allSatisfy { live.label($0.key) == $0.value }
            || !policy.namespaceAnnotations.allSatisfy { live.annotation($0.key) == $0.value }
    }
}

/// The namespace that `CreateNamespace=true` makes.
enum NamespaceTask {
    static func key(_ application: Application) -> ResourceKey {
        ResourceKey(group: "", kind: "Namespace", namespace: "", name: application.spec.destination.namespace)
    }
}

/// `argocd.argoproj.io/sync-wave`.
enum SyncWave {
    /// The annotation's number, else Helm's hook weight, else 0.
    static func of(_ object: KubeObject) -> Int64 {
        if let wave = object.annotation(ApplicationNames.syncWave).flatMap({ Int64($0) }) { return wave }
        return object.annotation(ApplicationNames.helmHookWeight).flatMap { Int64($0) } ?? 0
    }
}

/// When a hook runs.
package enum HookType: String, Hashable, Sendable {
    case preSync = "PreSync", sync = "Sync", postSync = "PostSync", syncFail = "SyncFail"
    case skip = "Skip", preDelete = "PreDelete", postDelete = "PostDelete"

    private static let helm: [String: HookType] = [
        "pre-install": .preSync, "pre-upgrade": .preSync, "post-install": .postSync, "post-upgrade": .postSync,
        "pre-delete": .preDelete, "post-delete": .postDelete,
    ]

    /// The types of a hook: nil for a plain object, empty for a hook of no type that we run.
    package static func of(_ object: KubeObject) -> Set<HookType>? {
        if let text = object.annotation(ApplicationNames.hook) {
            return Set(names(text).compactMap { HookType(rawValue: $0) })
        }
        guard let text = object.annotation(ApplicationNames.helmHook) else { return nil }
        let names = names(text)
        // Helm 2's marker of a plain object.
        if names == ["crd-install"] { return nil }
        return Set(names.compactMap { helm[$0] })
    }

    private static func names(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0).trimmingBlanks() }
    }
}
