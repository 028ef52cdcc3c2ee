// Everything that one decision about an Application may know.

import JSONTree
package import KubeModel
package import MartletModel

/// What a commit renders to.
package struct LoadedManifests: Hashable, Sendable {
    /// One commit for each source.
    package var revisions: [String]
    /// `Directory` or `Kustomize`, for each source.
    package var sourceTypes: [String]
    package var objects: [KubeObject]
    package var warnings: [String]

    package init(revisions: [String], sourceTypes: [String], objects: [KubeObject], warnings: [String] = []) {
        self.revisions = revisions
        self.sourceTypes = sourceTypes
        self.objects = objects
        self.warnings = warnings
    }
}

/// How far the manifests of some sources are.
package enum Manifests: Hashable, Sendable {
    case loaded(LoadedManifests)
    /// They could not be made; a sentence that says what to do.
    case failed(String)
    /// They are being fetched and rendered.
    case pending
}

/// Which sources at which revisions: what has to be loaded for a decision.
package struct ManifestRequest: Hashable, Sendable {
    package var sources: [ApplicationSource]
    /// Branches, tags or commits, one for each source.
    package var revisions: [String]
    package init(sources: [ApplicationSource], revisions: [String]) {
        self.sources = sources
        self.revisions = revisions
    }

    /// What the Application's spec asks for.
    package static func spec(of application: Application) -> ManifestRequest {
        let sources = application.spec.sources.filter { !$0.isReferenceOnly }
        return ManifestRequest(sources: sources, revisions: sources.map(\.targetRevision))
    }

    /// What a requested or running sync asks for, where that is not the same.
    package static func operation(of application: Application) -> ManifestRequest? {
        let state = application.status.operationState
        let running = state.flatMap { $0.phase.isComplete ? nil : $0 }
        guard let operation = running?.operation ?? application.operation else { return nil }
        let own = operation.sources.filter { !$0.isReferenceOnly }
        let sources = own.isEmpty ? spec(of: application).sources : own
        var revisions = sources.map(\.targetRevision)
        let pinned = running?.syncResult.map { $0.revisions.isEmpty ? [$0.revision] : $0.revisions }
        let asked = operation.revisions.isEmpty ? [operation.revision] : operation.revisions
        for (position, revision) in (pinned ?? asked).enumerated()
        where position < revisions.count && !revision.isEmpty {
            revisions[position] = revision
        }
        let request = ManifestRequest(sources: sources, revisions: revisions)
        return request == spec(of: application) ? nil : request
    }
}

/// Choices that are the same for all Applications.
package struct SyncSettings: Hashable, Sendable {
    /// Health of single objects is written into `status.resources`.
    package var persistsResourceHealth = false
    /// The namespace that `status.controllerNamespace` names.
    package var controllerNamespace = ""
    /// The pause before the second self-heal in a row, its factor and its longest.
    package var selfHealDelay: Duration = .seconds(2)
    package var selfHealFactor = 3
    package var selfHealDelayMax: Duration = .seconds(300)

    package init() {}

    /// The pause after so many self-heals in a row (gitops-argocd.md, section 2.7).
    func selfHealPause(after attempts: Int64) -> Duration {
        guard attempts > 0 else { return .zero }
        var pause = selfHealDelay
        for _ in 1..<max(1, min(attempts, 20)) {
            pause = pause * selfHealFactor
            if pause >= selfHealDelayMax { return selfHealDelayMax }
        }
        return min(pause, selfHealDelayMax)
    }
}

/// A decision's input.
package struct SyncSnapshot: Hashable, Sendable {
    package var now: Timestamp
    package var application: KubeObject
    /// The Application's name in claims.
    package var instance: String
    /// What the spec wants.
    package var target: Manifests
    /// What the requested or running sync wants, where that is something else.
    package var operationTarget: Manifests?
    /// Live objects: all that are wanted, and all that bear our claim.
    package var live: [ResourceKey: KubeObject]
    /// Rollouts and autoscalers near them, which own fields of theirs.
    package var deliverers: [KubeObject]
    /// Scopes of the kinds that the server serves.
    package var scopes: [GroupKind: ResourceScope]
    /// Kinds that it does not serve.
    package var unserved: Set<GroupKind>
    package var settings: SyncSettings

    package init(
        now: Timestamp, application: KubeObject, instance: String, target: Manifests,
        operationTarget: Manifests? = nil, live: [ResourceKey: KubeObject], deliverers: [KubeObject] = [],
        scopes: [GroupKind: ResourceScope], unserved: Set<GroupKind> = [], settings: SyncSettings = SyncSettings()
    ) {
        self.now = now
        self.application = application
        self.instance = instance
        self.target = target
        self.operationTarget = operationTarget
        self.live = live
        self.deliverers = deliverers
        self.scopes = scopes
        self.unserved = unserved
        self.settings = settings
    }
}
