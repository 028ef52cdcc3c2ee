// The Deployment controller: which ReplicaSets there are, and what each is to become
// (kubernetes/pkg/controller/deployment).

import JSONTree
import KubeModel

/// A Deployment as one look sees it, with its ReplicaSets.
struct DeploymentView: Sendable {
    var object: KubeObject
    /// The ReplicaSet of the current template, if there is one.
    var new: KubeObject?
    /// The others, the oldest first.
    var old: [KubeObject]

    var all: [KubeObject] { old + [new].compactMap(\.self) }
    var replicas: Int { Int(object.spec["replicas"].int ?? 1) }
    var isRolling: Bool { object.spec["strategy"]["type"].string != "Recreate" }
    var isPaused: Bool { object.spec["paused"].bool == true }

    /// How many pods may be there beyond the wished number.
    var maxSurge: Int {
        guard isRolling else { return 0 }
        return fenceposts.surge
    }
    /// How many of the wished pods may be missing.
    var maxUnavailable: Int {
        guard isRolling, replicas > 0 else { return 0 }
        return min(fenceposts.unavailable, replicas)
    }
    /// Surge rounds up, unavailability down; both zero would be a standstill.
    private var fenceposts: (surge: Int, unavailable: Int) {
        let update = object.spec["strategy"]["rollingUpdate"]
        let surge = IntOrPercent(update["maxSurge"])?.scaled(of: replicas, roundsUp: true) ?? 0
        let unavailable = IntOrPercent(update["maxUnavailable"])?.scaled(of: replicas, roundsUp: false) ?? 0
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable)
    }

    /// The progress deadline; nil where there is none.
    var progressDeadline: Duration? {
        guard let seconds = object.spec["progressDeadlineSeconds"].int, seconds < Int64(Int32.max) else { return nil }
        return .seconds(seconds)
    }

    static func wished(_ set: KubeObject) -> Int { Int(set.spec["replicas"].int ?? 1) }
    static func available(_ set: KubeObject) -> Int { Int(set.status["availableReplicas"].int ?? 0) }
    static func total(_ sets: [KubeObject]) -> Int { sets.reduce(0) { $0 + wished($1) } }
    static func revision(_ object: KubeObject) -> Int64 {
        object.annotation(DeploymentAnnotation.revision).flatMap { Int64($0) } ?? 0
    }
}

/// The annotations by which Deployments and their ReplicaSets know of each other.
enum DeploymentAnnotation {
    static let revision = "deployment.kubernetes.io/revision"
    static let history = "deployment.kubernetes.io/revision-history"
    static let desired = "deployment.kubernetes.io/desired-replicas"
    static let max = "deployment.kubernetes.io/max-replicas"
    /// Those of a Deployment that its ReplicaSets do not get.
    static let uncopied: Set<String> = [
        "kubectl.kubernetes.io/last-applied-configuration", revision, history, desired, max,
        "deprecated.deployment.rollback.to",
    ]
}

extension Workloads {
    static let templateHashLabel = "pod-template-hash"
    private static let deploymentComponent = "deployment-controller"

    mutating func syncDeployment(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let deployment = cluster.object(Kinds.deployment.groupKind, key),
            let selector = LabelSelector(deployment.spec["selector"]), !selector.isEmpty
        else { return true }
        if !deployment.isDeleting { claimReplicaSets(deployment, selector, &cluster) }
        var view = viewDeployment(deployment, cluster)
        if deployment.isDeleting { return writeDeploymentStatus(view, &cluster) }
        notePause(&view, &cluster)
        if view.isPaused || isScaling(view) {
            syncRevision(&view, &cluster)
            scaleProportionally(view, &cluster)
            view = viewDeployment(view.object, cluster)
            if view.isPaused { cleanUpHistory(view, &cluster) }
            return writeDeploymentStatus(view, &cluster)
        }
        return view.isRolling ? rollOut(&view, &cluster) : recreate(&view, &cluster)
    }

    private mutating func claimReplicaSets(
        _ deployment: KubeObject, _ selector: LabelSelector, _ cluster: inout some WorkloadCluster
    ) {
        for set in ownedReplicaSets(deployment, cluster) where !selector.matches(set.labels) {
            release(set, from: deployment, as: ControllerUser.deployment, &cluster)
        }
        for key in replicaSets.keys(in: deployment.namespace) {
            guard let set = cluster.object(Kinds.replicaSet.groupKind, key), set.controller == nil, !set.isDeleting,
                selector.matches(set.labels)
            else { continue }
            adopt(set, by: deployment, as: ControllerUser.deployment, &cluster)
        }
    }

    private func ownedReplicaSets(
        _ deployment: KubeObject, _ cluster: some WorkloadCluster
    ) -> [KubeObject] {
        cluster.objects(Kinds.replicaSet.groupKind, namespace: deployment.namespace, ownedBy: deployment.uid)
            .filter { $0.controller?.uid == deployment.uid }
    }

    /// Looks again at a Deployment and its ReplicaSets.
    func viewDeployment(_ before: KubeObject, _ cluster: some WorkloadCluster) -> DeploymentView {
        let deployment = cluster.object(Kinds.deployment.groupKind, before.key) ?? before
        let sets = ownedReplicaSets(deployment, cluster).sorted { left, right in
            (left.creationTimestamp ?? .epoch, DeploymentView.revision(left), left.name)
                < (right.creationTimestamp ?? .epoch, DeploymentView.revision(right), right.name)
        }
        let template = Self.withoutHash(deployment.spec["template"])
        let new = sets.first { Self.withoutHash($0.spec["template"]) == template }
        return DeploymentView(object: deployment, new: new, old: sets.filter { $0.uid != new?.uid })
    }

    /// A template without the label that tells ReplicaSets apart.
    private static func withoutHash(_ template: JSON) -> JSON {
        var template = template
        template.set(["metadata", "labels", templateHashLabel], to: nil)
        if template["metadata"]["labels"] == [:] { template.set(["metadata", "labels"], to: nil) }
        return template
    }

    private func isScaling(_ view: DeploymentView) -> Bool {
        view.all.contains { set in
            guard DeploymentView.wished(set) > 0,
                let desired = set.annotation(DeploymentAnnotation.desired).flatMap({ Int($0) })
            else { return false }
            return desired != view.replicas
        }
    }

    // MARK: The two strategies

    private mutating func rollOut(_ view: inout DeploymentView, _ cluster: inout some WorkloadCluster) -> Bool {
        guard ensureNewReplicaSet(&view, &cluster) else { return false }
        if growNew(view, &cluster) || shrinkOld(view, &cluster) {
            return writeRolloutStatus(viewDeployment(view.object, cluster), &cluster)
        }
        view = viewDeployment(view.object, cluster)
        if DeploymentStatus(view).isComplete(view) { cleanUpHistory(view, &cluster) }
        return writeRolloutStatus(viewDeployment(view.object, cluster), &cluster)
    }

    private mutating func recreate(_ view: inout DeploymentView, _ cluster: inout some WorkloadCluster) -> Bool {
        syncRevision(&view, &cluster)
        let active = view.old.filter { DeploymentView.wished($0) > 0 }
        for set in active { setScale(set, 0, view, &cluster) }
        let oldRuns = view.old.contains { set in ownedPods(set, cluster).contains { !Pods.isFinished($0) } }
        if active.isEmpty, !oldRuns {
            guard ensureNewReplicaSet(&view, &cluster) else { return false }
            if let new = view.new { setScale(new, view.replicas, view, &cluster) }
            view = viewDeployment(view.object, cluster)
            if DeploymentStatus(view).isComplete(view) { cleanUpHistory(view, &cluster) }
        } else {
            // The pods' ReplicaSets hear of their going; the Deployment has to look then, too.
            queue.add(.deployment(view.object.key), at: now + .milliseconds(100))
        }
        return writeRolloutStatus(viewDeployment(view.object, cluster), &cluster)
    }

    private mutating func growNew(_ view: DeploymentView, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let new = view.new else { return false }
        let wished = DeploymentView.wished(new)
        if wished == view.replicas { return false }
        let target = wished > view.replicas ? view.replicas : newReplicaCount(view, current: wished)
        return setScale(new, target, view, &cluster)
    }

    /// How many pods the new ReplicaSet may have now.
    func newReplicaCount(_ view: DeploymentView, current: Int) -> Int {
        guard view.isRolling else { return view.replicas }
        let total = DeploymentView.total(view.all)
        let limit = view.replicas + view.maxSurge
        guard total < limit else { return current }
        return current + min(limit - total, view.replicas - current)
    }

    private mutating func shrinkOld(_ view: DeploymentView, _ cluster: inout some WorkloadCluster) -> Bool {
        guard DeploymentView.total(view.old) > 0 else { return false }
        let floor = view.replicas - view.maxUnavailable
        let newUnavailable = view.new.map { DeploymentView.wished($0) - DeploymentView.available($0) } ?? 0
        let most = DeploymentView.total(view.all) - floor - newUnavailable
        guard most > 0 else { return false }
        var shrunk = 0
        var sizes: [UID: Int] = [:]
        // Pods that are not available cost nothing: they go first.
        for set in view.old where shrunk < most {
            let wished = DeploymentView.wished(set)
            let count = min(most - shrunk, wished - DeploymentView.available(set))
            guard wished > 0, count > 0 else { continue }
            sizes[set.uid] = wished - count
            shrunk += count
        }
        let available = view.all.reduce(0) { $0 + DeploymentView.available($1) }
        var spare = available - floor
        for set in view.old where spare > 0 {
            let wished = sizes[set.uid] ?? DeploymentView.wished(set)
            let count = min(wished, spare)
            guard count > 0 else { continue }
            sizes[set.uid] = wished - count
            spare -= count
        }
        var hasChanged = false
        for set in view.old {
            if let size = sizes[set.uid], setScale(set, size, view, &cluster) { hasChanged = true }
        }
        return hasChanged
    }

    // MARK: Scaling

    /// Sets a ReplicaSet's size and what it knows of its Deployment's.
    ///
    /// - Returns: Whether the size was changed.
    @discardableResult
    mutating func setScale(
        _ set: KubeObject, _ size: Int, _ view: DeploymentView, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let old = DeploymentView.wished(set)
        let desired = String(view.replicas)
        let most = String(view.replicas == 0 ? 0 : view.replicas + view.maxSurge)
        var change: JSON = [:]
        if old != size { change.set(["spec", "replicas"], to: JSON(size)) }
        if set.annotation(DeploymentAnnotation.desired) != desired || set.annotation(DeploymentAnnotation.max) != most {
            change.set(
                ["metadata", "annotations"],
                to: [DeploymentAnnotation.desired: .string(desired), DeploymentAnnotation.max: .string(most)])
        }
        guard change != [:] else { return false }
        guard patch(set.reference, change, as: ControllerUser.deployment, &cluster) != nil, old != size
        else { return false }
        let direction = size > old ? "up" : "down"
        recordEvent(
            on: view.object, .normal, reason: "ScalingReplicaSet",
            "Scaled \(direction) replica set \(set.name) from \(old) to \(size)",
            component: Self.deploymentComponent, as: ControllerUser.deployment, &cluster)
        return true
    }

    /// Follows a change of the Deployment's size in mid-rollout: each ReplicaSet in proportion.
    private mutating func scaleProportionally(_ view: DeploymentView, _ cluster: inout some WorkloadCluster) {
        let active = view.all.filter { DeploymentView.wished($0) > 0 }
        if active.count <= 1 {
            if let set = active.first ?? view.new ?? view.old.last { setScale(set, view.replicas, view, &cluster) }
            return
        }
        if let new = view.new, isSaturated(new, view) {
            for set in view.old where DeploymentView.wished(set) > 0 { setScale(set, 0, view, &cluster) }
            return
        }
        guard view.isRolling else { return }
        let allowed = view.replicas > 0 ? view.replicas + view.maxSurge : 0
        let toAdd = allowed - DeploymentView.total(active)
        let bySize = active.enumerated().sorted { left, right in
            let sizes = (DeploymentView.wished(left.element), DeploymentView.wished(right.element))
            if sizes.0 != sizes.1 { return sizes.0 > sizes.1 }
            return toAdd > 0 ? left.offset > right.offset : left.offset < right.offset
        }.map(\.element)
        var added = 0
        var sizes = bySize.map(DeploymentView.wished)
        for (position, set) in bySize.enumerated() where toAdd != added {
            let share = Self.share(of: set, view, toAdd: toAdd, added: added)
            sizes[position] += share
            added += share
        }
        sizes[0] = max(0, sizes[0] + toAdd - added)
        for (position, set) in bySize.enumerated() { setScale(set, sizes[position], view, &cluster) }
    }

    private func isSaturated(_ new: KubeObject, _ view: DeploymentView) -> Bool {
        DeploymentView.wished(new) == view.replicas && DeploymentView.available(new) == view.replicas
            && new.annotation(DeploymentAnnotation.desired) == String(view.replicas)
    }

    private static func share(of set: KubeObject, _ view: DeploymentView, toAdd: Int, added: Int) -> Int {
        let size = DeploymentView.wished(set)
        let allowed = toAdd - added
        var fraction = -size
        if view.replicas > 0 {
            let annotated = set.annotation(DeploymentAnnotation.max).flatMap { Int($0) } ?? 0
            let before = annotated > 0 ? annotated : max(1, Int(view.object.status["replicas"].int ?? 1))
            let exact = Double(size) * Double(view.replicas + view.maxSurge) / Double(before)
            fraction = Int(exact.rounded()) - size
        }
        return toAdd > 0 ? min(fraction, allowed) : max(fraction, allowed)
    }

    /// Deletes old ReplicaSets beyond the history limit, the oldest revision first.
    private mutating func cleanUpHistory(_ view: DeploymentView, _ cluster: inout some WorkloadCluster) {
        guard let limit = view.object.spec["revisionHistoryLimit"].int, limit < Int64(Int32.max) else { return }
        let alive = view.old.filter { !$0.isDeleting }
        let surplus = alive.count - Int(limit)
        guard surplus > 0 else { return }
        let sorted = alive.sorted { (DeploymentView.revision($0), $0.name) < (DeploymentView.revision($1), $1.name) }
        for set in sorted.prefix(surplus) {
            let isIdle = DeploymentView.wished(set) == 0 && set.status["replicas"].int ?? 0 == 0
                && set.generation <= set.status["observedGeneration"].int ?? 0
            if isIdle { remove(set, as: ControllerUser.deployment, &cluster) }
        }
    }
}
