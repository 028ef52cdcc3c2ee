// What a decision says in the Application's status.

import JSONTree
import KubeModel
import MartletModel

/// Fills the status of a plan.
enum StatusWriter {
    private static let compareConditions: Set<ApplicationCondition.Kind> = [
        .invalidSpecError, .comparisonError, .sharedResourceWarning, .repeatedResourceWarning,
        .excludedResourceWarning,
    ]

    /// The spec cannot be used.
    static func invalid(
        _ plan: inout SyncPlan, _ problems: [String], _ snapshot: SyncSnapshot, _ application: Application
    ) {
        plan.status.setConditions(
            problems.map { ApplicationCondition(.invalidSpecError, $0) }, evaluated: compareConditions,
            now: snapshot.now)
        setSync(&plan, .unknown, revisions: nil, application)
        plan.status.setHealth(HealthStatus(.unknown), now: snapshot.now)
        if application.operation != nil {
            OperationSteps.refuse(&plan, problems.joined(separator: "; "), snapshot, application)
        }
        finish(&plan, snapshot, application)
    }

    /// The manifests could not be made: the sync status is unknown, health stays.
    static func unknown(
        _ plan: inout SyncPlan, _ message: String, _ snapshot: SyncSnapshot, _ application: Application
    ) {
        plan.status.setConditions(
            [ApplicationCondition(.comparisonError, "Failed to load target state: \(message)")],
            evaluated: compareConditions, now: snapshot.now)
        let sources = application.spec.sources
        setSync(&plan, .unknown, revisions: sources.map { $0.targetRevision.isEmpty ? "HEAD" : $0.targetRevision }, application)
        let resources = application.status.tree["resources"].elements
        if !resources.isEmpty {
            plan.status.set("resources", .array(resources.map { entry in
                var entry = entry
                // As Argo CD shows what is live and, for all it knows, wanted no more. Nothing is
                // pruned while the status is unknown.
                if !entry["status"].isNull, entry["hook"].bool != true {
                    entry["status"] = .string(SyncCode.unknown.rawValue)
                    entry["requiresPruning"] = true
                }
                return entry
            }))
        }
        plan.status.set("sourceType", nil)
        plan.status.set("sourceTypes", nil)
        if plan.status.healthCode == nil { plan.status.setHealth(HealthStatus(.unknown), now: snapshot.now) }
    }

    /// The result of a comparison.
    static func compared(
        _ plan: inout SyncPlan, _ comparison: Comparison, _ manifests: LoadedManifests, _ snapshot: SyncSnapshot,
        _ application: Application
    ) {
        plan.status.setConditions(comparison.conditions, evaluated: compareConditions, now: snapshot.now)
        setSync(&plan, comparison.code, revisions: manifests.revisions, application)
        plan.status.setHealth(comparison.health, now: snapshot.now)
        let persists = snapshot.settings.persistsResourceHealth
        let shown = comparison.resources.filter { !$0.isHook || $0.live != nil }
        plan.status.set("resources", shown.isEmpty ? nil : .array(shown.map { entry($0, persists: persists) }))
        let summary = summary(comparison, own: ResourceKey(snapshot.application))
        let isShown = summary.object?.isEmpty == false || hasAutomation(application)
        plan.status.set("summary", isShown ? summary : nil)
        if application.spec.hasSourceList {
            plan.status.set("sourceTypes", JSON(manifests.sourceTypes))
        } else {
            plan.status.set("sourceType", .string(manifests.sourceTypes.first ?? "Directory"))
        }
        for warning in manifests.warnings where application.status.revision != manifests.revisions.first {
            plan.events.append(event(snapshot, .warning, "ManifestSkipped", warning))
        }
    }

    private static func entry(_ resource: ComparedResource, persists: Bool) -> JSON {
        ResourceStatus(
            group: resource.key.group, version: resource.version, kind: resource.key.kind,
            namespace: resource.key.namespace, name: resource.key.name, status: resource.code,
            health: persists ? resource.health : nil, isHook: resource.isHook,
            requiresPruning: resource.requiresPruning, syncWave: resource.wave
        ).tree
    }

    private static func setSync(
        _ plan: inout SyncPlan, _ code: SyncCode, revisions: [String]?, _ application: Application
    ) {
        let spec = application.spec
        var comparedTo: JSON = [:]
        if spec.hasSourceList {
            comparedTo["sources"] = .array(spec.sources.map(\.tree))
        } else if let source = spec.sources.first {
            comparedTo["source"] = source.tree
        }
        comparedTo["destination"] = spec.destination.tree
        if !spec.ignoredDifferencesTree.elements.isEmpty { comparedTo["ignoreDifferences"] = spec.ignoredDifferencesTree }
        var sync: JSON = ["status": .string(code.rawValue), "comparedTo": comparedTo]
        if let revisions {
            if spec.hasSourceList {
                sync["revisions"] = JSON(revisions)
            } else {
                sync["revision"] = .string(revisions.first ?? "")
            }
        }
        plan.status.set("sync", sync)
    }

    /// Argo CD requests an automated sync by updating the whole Application, which writes empty
    /// members that its patches leave out.
    private static func hasAutomation(_ application: Application) -> Bool {
        application.spec.syncPolicy.automated?.isEnabled ?? false
    }

    /// Images of all live pods, by the templates of what has pods, each once, in order; and whether
    /// Applications are managed.
    private static func summary(_ comparison: Comparison, own: ResourceKey) -> JSON {
        var images: Set<String> = []
        var summary: JSON = [:]
        for resource in comparison.resources {
            guard let live = resource.live else { continue }
            let isApplication = resource.key.groupKind == GroupKind(ApplicationNames.group, ApplicationNames.kind)
            if isApplication, resource.key != own { summary["isAppOfApps"] = true }
            guard hasPods(live) else { continue }
            for path in [["spec"], ["spec", "template", "spec"], ["spec", "jobTemplate", "spec", "template", "spec"]] {
                let pod = live.tree.at(path)
                for list in ["initContainers", "containers"] {
                    for container in pod[list].elements { container["image"].string.map { _ = images.insert($0) } }
                }
            }
        }
        if !images.isEmpty { summary["images"] = JSON(images.sorted()) }
        return summary
    }

    /// A workload has pods if its status counts some; what counts none in its status is a pod.
    private static func hasPods(_ live: KubeObject) -> Bool {
        if live.kind.groupKind == GroupKind("", "Pod") { return true }
        return ["replicas", "currentNumberScheduled", "active", "succeeded", "failed"].contains {
            (live.status[$0].int ?? 0) > 0 || !live.status[$0].elements.isEmpty
        }
    }

    /// What every status carries, and the time of the comparison, which alone is no reason to write.
    static func finish(_ plan: inout SyncPlan, _ snapshot: SyncSnapshot, _ application: Application) {
        plan.clearsRefresh = Application.refresh(of: snapshot.application) != nil && plan.wait?.what != "the manifests to be fetched and rendered"
        guard plan.status.tree["sync"].object != nil else { return }
        let namespace = snapshot.settings.controllerNamespace
        plan.status.set("controllerNamespace", .string(namespace.isEmpty ? snapshot.application.namespace : namespace))
        plan.status.set("resourceHealthSource", snapshot.settings.persistsResourceHealth ? nil : "appTree")
        if hasAutomation(application) { plan.status.set("sourceHydrator", [:]) }
        if plan.status != application.status || plan.clearsRefresh {
            plan.status.set("reconciledAt", .string(snapshot.now.rfc3339))
        }
    }

    static func event(
        _ snapshot: SyncSnapshot, _ type: KubeEvent.EventType, _ reason: String, _ message: String
    ) -> KubeEvent {
        KubeEvent(
            regarding: snapshot.application.reference, uid: snapshot.application.uid, type: type, reason: reason,
            message: message)
    }
}
