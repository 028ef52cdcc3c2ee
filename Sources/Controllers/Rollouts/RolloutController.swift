// Rollouts: gathers, decides, and hands over the writes.

package import ControllerKit
import JSONTree
import KubeClient
package import KubeModel
import MartletModel
import RolloutCore
import Synchronization
package import Telemetry
import TrafficRouting

/// Brings Rollouts forward. All it knows is in `RolloutCore`; here is only what joins that to
/// caches and writes.
package final class RolloutController: Controller {
    package let name = "rollouts"
    package let kind = Rollout.kind.groupKind
    package let eventComponent = "rollouts-controller"
    package var objectMetrics: ObjectMetrics? {
        ObjectMetrics(duration: .rolloutReconcile, errors: .rolloutReconcileError, events: .rolloutEvents)
    }
    private let meter: RolloutMeter?
    private let references = ReferenceIndex()
    private let routerKinds = RouterKindDirectory()
    /// Since when a status of nothing but counts waits to be written.
    private let deferred = Mutex<[ObjectKey: Timestamp]>([:])

    /// How long counts wait for more to be written with them. Pods come one by one; a status for
    /// each would be most of all writes.
    package static let countsDelay: Duration = .milliseconds(900)

    /// Nil believes the annotations.
    private let loadBalancers: (any LoadBalancerReader)?
    /// How soon a load balancer is asked again that does not have its weights yet.
    private static let askAgain: Duration = .seconds(10)

    /// - Parameter metrics: Where to count; nil for nowhere.
    package init(loadBalancers: (any LoadBalancerReader)? = nil, metrics: MetricRegistry? = nil) {
        self.loadBalancers = loadBalancers
        meter = metrics.map { RolloutMeter($0) }
    }

    // MARK: Watches

    package var watches: [Watch] {
        let references = references
        let group = "argoproj.io"
        func resource(_ group: String, _ version: String, _ name: String) -> GroupVersionResource {
            GroupVersionResource(group: group, version: version, resource: name)
        }
        return [
            Watch(resource(group, "v1alpha1", "rollouts"), kind: kind, trim: RolloutTrims.whole) {
                object, _ in
                references.note(object)
                return [object.key]
            },
            Watch(
                resource("apps", "v1", "replicasets"), kind: ReplicaSetView.kind.groupKind,
                trim: RolloutTrims.replicaSet
            ) { [kind] set, _ in
                references.note(set: set)
                guard let owner = set.controller else {
                    return references.rollouts(naming: ReplicaSetView.kind.groupKind, set)
                        + references.rollouts(concernedBy: set)
                }
                let isRollout = GroupVersionKind(apiVersion: owner.apiVersion, kind: owner.kind).groupKind == kind
                return isRollout ? [ObjectKey(namespace: set.namespace, name: owner.name)] : []
            },
            .owned(by: kind, resource(group, "v1alpha1", "analysisruns"), kind: AnalysisKinds.run),
            .owned(
                by: kind, resource(group, "v1alpha1", "experiments"), kind: Experiment.kind.groupKind,
                isOptional: true, trim: RolloutTrims.whole),
            referenced(
                resource("", "v1", "services"), ServiceView.kind.groupKind, trim: RolloutTrims.service),
            referenced(
                resource(group, "v1alpha1", "analysistemplates"), AnalysisKinds.template,
                trim: RolloutTrims.whole),
            referenced(
                resource(group, "v1alpha1", "clusteranalysistemplates"), AnalysisKinds.clusterTemplate,
                trim: RolloutTrims.whole),
        ]
    }

    /// Watches the kinds that a Rollout's routers look at, from the first Rollout on that does: most
    /// clusters have none of most of them.
    ///
    /// - Returns: The version in which the cluster serves each kind.
    private func watchRouters(of key: ObjectKey, _ pass: Pass) async throws(Failure) -> [GroupKind: String]
    {
        guard let rollout = pass.reader.object(kind, key) else { return [:] }
        var versions: [GroupKind: String] = [:]
        var watches: [Watch] = []
        for kind in RolloutRouters.kinds(of: rollout) {
            guard let version = try await routerKinds.version(of: kind, pass) else { continue }
            versions[kind.groupKind] = version
            let references = references
            watches.append(
                Watch(
                    GroupVersionResource(group: kind.group, version: version, resource: kind.resource),
                    kind: kind.groupKind, isOptional: true, trim: RolloutTrims.whole
                ) { object, _ in references.rollouts(naming: kind.groupKind, object) })
        }
        if pass.watch(watches) { return versions }
        throw .waiting(
            reason: "CacheSync", for: "the caches of what the router reads to be whole",
            until: pass.now + .milliseconds(50))
    }

    /// Objects that Rollouts name: a change concerns those that do.
    private func referenced(
        _ resource: GroupVersionResource, _ kind: GroupKind, trim: (@Sendable (JSON) -> JSON)?
    ) -> Watch {
        let references = references
        return Watch(resource, kind: kind, isOptional: true, trim: trim) { object, _ in
            references.rollouts(naming: kind, object)
        }
    }

    /// Deployments and PodTemplates are many and large, and few Rollouts take their template from one: they are
    /// watched from the first such Rollout on.
    private func watchWorkload(of key: ObjectKey, _ pass: Pass) throws(Failure) {
        let kinds = [
            (WorkloadView.deploymentKind, "apps", "deployments"), (WorkloadView.podTemplateKind, "", "podtemplates"),
        ]
        let watches = kinds.filter { references.isNamed($0.0, by: key) }.map { kind, group, plural in
            referenced(
                GroupVersionResource(group: group, version: "v1", resource: plural), kind,
                trim: RolloutTrims.workload)
        }
        if watches.isEmpty || pass.watch(watches) { return }
        throw .waiting(
            reason: "CacheSync", for: "the cache of workloads to be whole",
            until: pass.now + .milliseconds(50))
    }

    // MARK: A pass

    package func reconcile(_ key: ObjectKey, _ pass: Pass) async throws(Failure) -> Reconciliation {
        let served = try await watchRouters(of: key, pass)
        try watchWorkload(of: key, pass)
        guard var snapshot = RolloutGatherer.gather(key, reader: pass.reader, now: pass.now) else {
            deferred.withLock { $0[key] = nil }
            meter?.forget(key)
            let services = references.services(managedBy: key)
                .compactMap { pass.reader.object(ServiceView.kind.groupKind, $0) }
            let aftermath = Aftermath(of: key, services: services, reader: pass.reader)
            let changes = aftermath.releases.map {
                PlannedChange($0.change, priority: .traffic, reason: $0.reason)
            }
            if changes.isEmpty, !aftermath.isWaiting { references.forgetServices(managedBy: key) }
            // Known to this process until now: its end is told once.
            guard let gone = references.forget(key) else { return Reconciliation(changes: changes) }
            return Reconciliation(changes: changes, events: [RolloutEvents(gone).deleted()])
        }
        snapshot.routerVersions = served
        snapshot.orphans = references.orphans(in: key.namespace)
            .compactMap { pass.reader.object(ReplicaSetView.kind.groupKind, $0) }
        if snapshot.needsTemplates { try await addTemplates(to: &snapshot, pass) }
        let asked = await askLoadBalancers(&snapshot)
        if snapshot.needsPods { snapshot.pods = try await pods(of: snapshot, pass) }
        let plan = decide(snapshot)
        meter?.note(snapshot, plan)
        if plan.remakesReplicaSet(in: snapshot) || plan.adopts, try await isGone(snapshot, pass) {
            return .nothing
        }
        if let until = wait(for: plan, key, pass.now) { return Reconciliation(requeueAt: until) }
        let times = [
            plan.outcome.lookAgain, asked ? pass.now + Self.askAgain : nil,
            routerKinds.askAgain(snapshot.rollout.object, pass.now),
        ]
        return Reconciliation(
            changes: plan.moves.flatMap(Self.changes), requeueAt: times.compactMap(\.self).min(),
            why: plan.why)
    }

    /// Puts the load balancers' answers among the objects that routers look at.
    ///
    /// - Returns: Whether any was asked.
    private func askLoadBalancers(_ snapshot: inout RolloutSnapshot) async -> Bool {
        guard let loadBalancers else { return false }
        snapshot.verifiesLoadBalancers = true
        let hostNames = snapshot.loadBalancersToAsk
        for hostName in hostNames {
            let answer = await loadBalancers.answer(about: hostName)
            snapshot.routed[LoadBalancerAnswer.reference(hostName)] = answer.object(hostName)
        }
        return !hostNames.isEmpty
    }

    /// Whether a Rollout that the cache still shows is gone. The garbage collector takes its
    /// ReplicaSets away; a watch may tell of that first, and none may be made again then.
    private func isGone(_ snapshot: RolloutSnapshot, _ pass: Pass) async throws(Failure) -> Bool {
        do throws(KubeError) {
            let rollout = try await pass.api.get(snapshot.reference)
            return rollout.uid != snapshot.rollout.object.uid || rollout.isDeleting
        } catch {
            if error.isNotFound { return true }
            throw .transient(error, doing: "looking whether the Rollout is still there")
        }
    }

    /// Pods are not watched: they are many, and only a restart or a new role looks at them.
    private func pods(of snapshot: RolloutSnapshot, _ pass: Pass) async throws(Failure) -> [PodView] {
        let resource = GroupVersionResource(group: "", version: "v1", resource: "pods")
        let scope = ListScope(namespace: snapshot.namespace, labelSelector: RolloutLabels.podTemplateHash)
        do throws(KubeError) {
            return try await pass.api.listAll(resource, scope).items.map(PodView.init)
        } catch {
            throw .transient(error, doing: "listing the pods")
        }
    }

    /// ReplicaSets are cached without their templates: only an experiment step copies them.
    private func addTemplates(to snapshot: inout RolloutSnapshot, _ pass: Pass) async throws(Failure) {
        for name in snapshot.revisionNames {
            let reference = ObjectReference(
                ReplicaSetView.kind, namespace: snapshot.namespace, name: name)
            do throws(KubeError) {
                let set = try await pass.api.get(reference)
                snapshot.revisionTemplates[name] = [
                    "template": RevisionTemplate.withoutRole(of: set), "selector": set.spec["selector"],
                ]
            } catch {
                throw .transient(error, doing: "reading the template of \(name)")
            }
        }
    }

    /// When a plan of nothing but new counts is to be carried out; nil for at once.
    private func wait(for plan: Plan, _ key: ObjectKey, _ now: Timestamp) -> Timestamp? {
        deferred.withLock { deferred in
            guard plan.isStatusDeferrable, !plan.moves.isEmpty else {
                deferred[key] = nil
                return nil
            }
            let due = (deferred[key] ?? now) + Self.countsDelay
            if due <= now {
                deferred[key] = nil
                return nil
            }
            deferred[key] = deferred[key] ?? now
            return min(due, plan.outcome.lookAgain ?? due)
        }
    }

    /// A move's changes as the executor takes them.
    static func changes(of move: Move) -> [PlannedChange] {
        let priority: PlannedChange.Priority =
            switch move.intent.urgency {
            case .traffic: .traffic
            case .capacity: .capacity
            case .status: .status
            }
        return move.changes.enumerated().map { position, change in
            PlannedChange(
                change, priority: priority, reason: "\(move.summary): \(move.reason)",
                events: position == move.changes.count - 1 ? move.events : [])
        }
    }
}

/// Which Rollouts name an object. Kept up with each Rollout's events, so that an object's event
/// costs one look-up, not one a Rollout.
final class ReferenceIndex: Sendable {
    private struct Subject: Hashable {
        var kind: GroupKind
        /// Without a name, all of that kind in the namespace; without a namespace, all there are.
        var key: ObjectKey
    }
    private struct State {
        var subjects: [ObjectKey: [Subject]] = [:]
        var uids: [ObjectKey: UID] = [:]
        var rollouts: [Subject: Set<ObjectKey>] = [:]
        /// The Services that said they are a Rollout's; they may say otherwise by now.
        var managed: [ObjectKey: Set<ObjectKey>] = [:]
        /// ReplicaSets that nobody controls but that are revisions of some Rollout, by namespace.
        var orphans: [String: Set<ObjectKey>] = [:]
    }
    private let state = Mutex(State())

    func note(_ rollout: KubeObject) {
        let key = rollout.key
        let subjects = Self.subjects(of: rollout)
        state.withLock { state in
            state.uids[key] = rollout.uid
            if state.subjects[key] == subjects { return }
            Self.remove(key, from: &state)
            state.subjects[key] = subjects
            for subject in subjects { state.rollouts[subject, default: []].insert(key) }
        }
    }

    /// Notes whether somebody controls a ReplicaSet.
    func note(set: KubeObject) {
        let isOrphan = set.controller == nil && set.label(RolloutLabels.podTemplateHash) != nil
        let key = set.key
        state.withLock { state in
            if isOrphan {
                state.orphans[key.namespace, default: []].insert(key)
            } else if state.orphans[key.namespace]?.remove(key) != nil,
                state.orphans[key.namespace]?.isEmpty ?? false
            {
                state.orphans[key.namespace] = nil
            }
        }
    }

    /// The ReplicaSets of a namespace that nobody controls; some may be gone.
    func orphans(in namespace: String) -> [ObjectKey] {
        state.withLock { $0.orphans[namespace]?.sorted() ?? [] }
    }

    /// The Rollouts that a ReplicaSet without a controller may be for: those of its namespace, and
    /// those that are gone and whose Services still select it.
    func rollouts(concernedBy orphan: KubeObject) -> [ObjectKey] {
        guard orphan.label(RolloutLabels.podTemplateHash) != nil else { return [] }
        return state.withLock { state in
            let keys = Set(state.uids.keys).union(state.managed.keys)
            return keys.filter { $0.namespace == orphan.namespace }.sorted()
        }
    }

    /// Forgets a Rollout.
    ///
    /// - Returns: Its name and uid, where it was known.
    func forget(_ key: ObjectKey) -> KubeObject? {
        state.withLock { state in
            Self.remove(key, from: &state)
            return state.uids.removeValue(forKey: key).map { uid in
                KubeObject([
                    "metadata": [
                        "name": .string(key.name), "namespace": .string(key.namespace), "uid": .string(uid),
                    ]
                ])
            }
        }
    }

    private static func remove(_ key: ObjectKey, from state: inout State) {
        for subject in state.subjects.removeValue(forKey: key) ?? [] {
            state.rollouts[subject]?.remove(key)
            if state.rollouts[subject]?.isEmpty ?? false { state.rollouts[subject] = nil }
        }
    }

    /// Whether a Rollout names some object of a kind.
    func isNamed(_ kind: GroupKind, by rollout: ObjectKey) -> Bool {
        state.withLock { $0.subjects[rollout]?.contains { $0.kind == kind } ?? false }
    }

    func rollouts(naming kind: GroupKind, _ object: KubeObject) -> [ObjectKey] {
        let candidates = [object.key, ObjectKey(namespace: object.namespace, name: "")]
        var found: Set<ObjectKey> = []
        state.withLock { state in
            for key in candidates { found.formUnion(state.rollouts[Subject(kind: kind, key: key)] ?? []) }
        }
        // A Service that says whose it is concerns that Rollout also when the Rollout is gone.
        if let owner = object.annotation(RolloutAnnotations.managedBy), kind == ServiceView.kind.groupKind {
            let rollout = ObjectKey(namespace: object.namespace, name: owner)
            found.insert(rollout)
            state.withLock { state in _ = state.managed[rollout, default: []].insert(object.key) }
        }
        if let owner = object.annotation(RolloutAnnotations.managedBy), 
            kind == AmbassadorRouter.mappingKind || kind == IstioRouter.destinationRuleKind.groupKind
        {
            found.insert(ObjectKey(namespace: object.namespace, name: owner))
        }
        return found.sorted()
    }

    /// The Services that said they are a Rollout's.
    func services(managedBy rollout: ObjectKey) -> [ObjectKey] {
        state.withLock { $0.managed[rollout] ?? [] }.sorted()
    }

    /// None of them is any more.
    func forgetServices(managedBy rollout: ObjectKey) {
        state.withLock { $0.managed[rollout] = nil }
    }

    private static func subjects(of rollout: KubeObject) -> [Subject] {
        let namespace = rollout.namespace
        let view = Rollout(rollout)
        var subjects: [Subject] = []
        func add(_ kind: GroupKind, _ name: String?, _ place: String? = nil) {
            guard let name else { return }
            subjects.append(Subject(kind: kind, key: ObjectKey(namespace: place ?? namespace, name: name)))
        }
        if let workload = view.spec.workloadReference {
            add(
                GroupVersionKind(apiVersion: workload.apiVersion, kind: workload.kind).groupKind, workload.name)
        }
        if let canary = view.spec.canary {
            for name in [
                canary.canaryService, canary.stableService, canary.pingPong?.ping, canary.pingPong?.pong,
            ] {
                add(ServiceView.kind.groupKind, name)
            }
            for reference in RolloutRouters.reads(of: rollout, canary) {
                add(reference.kind.groupKind, reference.name, reference.namespace)
            }
            for case (let index, .plugin) in canary.steps.enumerated() {
                add(StepWishView.kind.groupKind, StepWishView.name(rollout.name, index))
            }
            // What a router finds only by way of other objects may have any name.
            for kind in RolloutRouters.followedKinds(of: rollout) { add(kind.groupKind, "") }
        }
        if let blueGreen = view.spec.blueGreen {
            add(ServiceView.kind.groupKind, blueGreen.activeService)
            add(ServiceView.kind.groupKind, blueGreen.previewService)
        }
        if view.spec.hasAnalyses {
            add(AnalysisKinds.template, "")
            add(AnalysisKinds.clusterTemplate, "", "")
        }
        return subjects
    }
}
