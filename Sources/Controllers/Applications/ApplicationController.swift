// Keeps clusters in line with Git: one pass over one Application.

package import ControllerKit
import JSONTree
import KubeClient
package import KubeModel
package import Logging
import MartletModel
package import Sourcing
package import SyncCore
package import Telemetry

/// How the Application controller runs.
package struct ApplicationOptions: Sendable {
    /// The pause between two questions to one Git repository.
    package var pollInterval: Duration = .seconds(120)
    /// Up to so much is added to it, so that repositories are not asked all at once.
    package var pollJitter: Duration = .seconds(12)
    package var settings = SyncSettings()
    package var naming = InstanceNaming()
    /// The program that renders kustomizations.
    package var kubectl = "kubectl"
    package init() {}
}

/// The controller of Applications.
package struct ApplicationController: Controller {
    package let name = "applications"
    package let kind = GroupKind("argoproj.io", "Application")
    package let eventComponent = "argocd-application-controller"
    package let watches: [Watch]

    private let options: ApplicationOptions
    private let gatherer: ApplicationGatherer
    private let store: ManifestStore
    private let repositories: GitRepositories
    private let credentials: RepositoryCredentials
    private let refreshes = RefreshMoments()
    private let runtime: any Runtime
    private let metrics: MetricRegistry?

    /// Field managers whose entries the host must keep in cached objects (`HostOptions`).
    package static let keptFieldManagers: Set<String> = [ManagedFields.manager.name]

    /// - Parameter metrics: Where to count; nil for nowhere.
    package init(
        git: GitCommands, options: ApplicationOptions = ApplicationOptions(),
        runtime: any Runtime = SystemRuntime(), metrics: MetricRegistry? = nil, logger: Logger
    ) {
        self.options = options
        self.runtime = runtime
        self.metrics = metrics
        credentials = RepositoryCredentials(namespaces: options.naming.controlNamespaces)
        repositories = GitRepositories(git: git)
        let directory = KindDirectory()
        let gatherer = ApplicationGatherer(
            claims: ClaimIndex(), directory: directory, naming: options.naming, settings: options.settings)
        self.gatherer = gatherer
        let loader = ManifestLoader(
            repositories: repositories, renderer: KustomizeRenderer(git: git, kubectl: options.kubectl),
            limits: SourcingLimits())
        store = ManifestStore(loader: loader, interval: options.pollInterval, logger: logger) { runtime.now() }
        watches = Self.standingWatches(gatherer, directory)
    }

    private static func standingWatches(_ gatherer: ApplicationGatherer, _ directory: KindDirectory) -> [Watch] {
        func resource(_ group: String, _ version: String, _ name: String) -> GroupVersionResource {
            GroupVersionResource(group: group, version: version, resource: name)
        }
        let application = GroupKind("argoproj.io", "Application")
        return [
            // An Application may be managed by another one.
            Watch(resource("argoproj.io", "v1alpha1", "applications"), kind: application) { object, _ in
                gatherer.claims.note(object)
                return [object.key] + (Tracking.of(object).map { gatherer.naming.applications(of: $0.instance) } ?? [])
            },
            gatherer.managed(ApplicationGatherer.rollouts, resource("argoproj.io", "v1alpha1", "rollouts")),
            gatherer.managed(ApplicationGatherer.autoscalers, resource("autoscaling", "v2", "horizontalpodautoscalers")),
            gatherer.managed(ApplicationGatherer.namespaces, resource("", "v1", "namespaces")),
            Watch(
                resource("apiextensions.k8s.io", "v1", "customresourcedefinitions"),
                kind: GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"), isOptional: true,
                trim: DefinitionTrim.trimmed,
                keys: { object, _ in
                    gatherer.claims.note(object)
                    let kind = GroupKind(object.spec["group"].string ?? "", object.spec["names"]["kind"].string ?? "")
                    let own = Tracking.of(object).map { gatherer.naming.applications(of: $0.instance) } ?? []
                    return directory.definitionChanged(kind) + own
                }),
            Watch(
                resource("", "v1", "secrets"), kind: GroupKind("", "Secret"), isOptional: true,
                labelSelector: RepositoryCredentials.selector, trim: RepositoryCredentials.trimmed,
                keys: { _, reader in reader.objects(application, namespace: nil).map(\.key) }),
            Watch(
                resource("", "v1", "configmaps"), kind: GroupKind("", "ConfigMap"), isOptional: true,
                labelSelector: RepositoryCredentials.trustSelector, trim: RepositoryCredentials.trimmed,
                keys: { _, reader in reader.objects(application, namespace: nil).map(\.key) }),
        ]
    }

    package func reconcile(_ key: ObjectKey, _ pass: Pass) async throws(Failure) -> Reconciliation {
        guard let object = pass.reader.object(kind, key) else {
            await store.forget(key)
            metrics?.remove(.applicationSyncs, where: ["namespace": key.namespace, "name": key.name])
            return .nothing
        }
        await credentials.update(repositories, from: pass.reader)
        let application = Application(object)
        let enqueue = pass.enqueue
        let view = await store.view(
            application, key: key, freshness: freshness(object, application, pass), now: pass.now
        ) { enqueue(key, nil) }
        let snapshot = try await gatherer.snapshot(object, application, view, pass)
        let made = await SyncExecution(pass: pass, directory: gatherer.directory, runtime: runtime).run(snapshot)
        count(made.plan, application, key)
        return reconciliation(made, object, view, pass)
    }

    /// Counts a sync in the pass that ends it. A pass whose status could not be written does so again.
    private func count(_ plan: SyncPlan, _ application: Application, _ key: ObjectKey) {
        guard let state = plan.status.operationState, state.phase.isComplete else { return }
        let before = application.status.operationState
        if let before, before.phase.isComplete, before.startedAt == state.startedAt { return }
        let labels = [key.namespace, key.name, application.spec.project, state.phase.rawValue]
        metrics?.add(.applicationSyncs, labels)
    }

    /// A person's refresh, and a sync that is about to start, want to see what Git has now.
    private func freshness(_ object: KubeObject, _ application: Application, _ pass: Pass) -> ManifestStore.Freshness {
        if Application.refresh(of: object) != nil { return .after(refreshes.moment(object, "refresh", now: pass.now)) }
        let isRunning = application.status.operationState.map { !$0.phase.isComplete } ?? false
        if application.operation != nil, !isRunning {
            return .after(refreshes.moment(object, "operation", now: pass.now))
        }
        refreshes.forget(object.key)
        return .polled
    }

    private func reconciliation(
        _ made: SyncExecution.Result, _ object: KubeObject, _ view: ManifestStore.View, _ pass: Pass
    ) -> Reconciliation {
        let plan = made.plan
        var result = Reconciliation(events: made.events)
        let changes = plan.changeEvents(since: object)
        result.why = made.events.last?.message ?? changes.last?.message ?? plan.wait.map { "waiting for \($0.what)" } ?? ""
        if let patch = plan.patch(of: object) {
            // Only what is taken away must not be taken away unseen.
            let isExact = plan.clearsOperation || plan.clearsRefresh || plan.finalizers != nil
            let precondition = Precondition(uid: object.uid, resourceVersion: isExact ? object.resourceVersion : nil)
            result.changes = [
                PlannedChange(
                    .patch(object.reference, .merge(patch), if: precondition), priority: .status,
                    reason: result.why.isEmpty ? "the status changed" : result.why)
            ]
            result.events += changes
        }
        let jitter = Double(object.uid.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % 1000) / 1000
        var next = view.nextPoll + .nanoseconds(Int64(options.pollJitter.inSeconds * jitter * 1e9))
        if let until = plan.wait?.until { next = min(next, until) }
        if made.mustLookAgain { next = min(next, pass.now + .milliseconds(200)) }
        result.requeueAt = max(next, pass.now + .milliseconds(50))
        return result
    }

    /// Makes Git be asked now for Applications that a push concerns.
    ///
    /// - Returns: Their keys, to be looked at at once.
    func pushed(_ applications: Set<ObjectKey>) async {
        await store.expire(applications, now: runtime.now())
    }
}
