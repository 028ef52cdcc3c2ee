// The ReplicaSet and ReplicationController controllers: as many pods as wished.

import JSONTree
import KubeModel

/// The two kinds that keep a number of equal pods.
enum ReplicaKind: Sendable {
    case replicaSet, replicationController

    var kind: GroupVersionKind { self == .replicaSet ? Kinds.replicaSet : Kinds.replicationController }
    var user: String { self == .replicaSet ? ControllerUser.replicaSet : ControllerUser.replication }
    var component: String { self == .replicaSet ? "replicaset-controller" : "replication-controller" }

    func selector(_ object: KubeObject) -> LabelSelector? {
        switch self {
        case .replicaSet: LabelSelector(object.spec["selector"])
        case .replicationController: LabelSelector(matchLabels: KubeObject.strings(object.spec["selector"]))
        }
    }
}

extension Workloads {
    /// How many pods one look at a ReplicaSet creates or deletes at most
    /// (kubernetes/pkg/controller/replicaset, `BurstReplicas`).
    private static let burstMax = 500

    mutating func syncReplicaSet(
        _ key: ObjectKey, _ replica: ReplicaKind, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        guard let set = cluster.object(replica.kind.groupKind, key), let selector = replica.selector(set)
        else { return true }
        guard !selector.isEmpty else { return true }
        claimPods(set, selector, as: replica.user, &cluster)
        var failure: APIStatus?
        var isComplete = true
        if !set.isDeleting {
            (failure, isComplete) = scale(set, replica, &cluster)
        }
        let isWritten = updateStatus(set, replica, failure: failure, &cluster)
        if !isComplete, failure == nil { queue.add(replica == .replicaSet ? .replicaSet(key) : .replicationController(key)) }
        return failure == nil && isWritten
    }

    /// The pods that a controller owns, by name.
    func ownedPods(_ owner: KubeObject, _ cluster: some WorkloadCluster) -> [KubeObject] {
        cluster.objects(Kinds.pod.groupKind, namespace: owner.namespace, ownedBy: owner.uid)
            .filter { $0.controller?.uid == owner.uid }
    }

    /// Adopts pods without an owner that the selector chooses; releases owned ones that it does
    /// not choose any more.
    mutating func claimPods(
        _ owner: KubeObject, _ selector: LabelSelector, as user: String, _ cluster: inout some WorkloadCluster
    ) {
        for pod in ownedPods(owner, cluster) where !pod.isDeleting && !selector.matches(pod.labels) {
            release(pod, from: owner, as: user, &cluster)
        }
        guard !owner.isDeleting else { return }
        for key in pods.orphans(in: owner.namespace, matching: selector) {
            guard let pod = cluster.object(Kinds.pod.groupKind, key), !pod.isDeleting, !Pods.isFinished(pod)
            else { continue }
            adopt(pod, by: owner, as: user, &cluster)
        }
    }

    /// Adds a controller reference.
    mutating func adopt(
        _ object: KubeObject, by owner: KubeObject, as user: String, _ cluster: inout some WorkloadCluster
    ) {
        let references = object.metadata["ownerReferences"].elements + [OwnerReference(controller: owner).tree]
        patch(
            object.reference, ["metadata": ["uid": .string(object.uid), "ownerReferences": .array(references)]],
            as: user, &cluster)
    }

    /// Removes an owner's reference.
    mutating func release(
        _ object: KubeObject, from owner: KubeObject, as user: String, _ cluster: inout some WorkloadCluster
    ) {
        let left = object.metadata["ownerReferences"].elements.filter { $0["uid"].string != owner.uid }
        let references: JSON = left.isEmpty ? .null : .array(left)
        patch(
            object.reference, ["metadata": ["uid": .string(object.uid), "ownerReferences": references]],
            as: user, &cluster)
    }

    /// Creates or deletes pods until there are as many as wished, or the burst is spent.
    ///
    /// - Returns: Why a pod could not be created or deleted; whether the number is right now.
    private mutating func scale(
        _ set: KubeObject, _ replica: ReplicaKind, _ cluster: inout some WorkloadCluster
    ) -> (APIStatus?, Bool) {
        let active = ownedPods(set, cluster).filter(Pods.isActive)
        let wanted = Int(set.spec["replicas"].int ?? 1)
        if active.count < wanted {
            let missing = wanted - active.count
            for _ in 0..<min(missing, Self.burstMax) {
                if let status = createPod(for: set, replica, &cluster) { return (status, false) }
            }
            return (nil, missing <= Self.burstMax)
        }
        let surplus = active.count - wanted
        guard surplus > 0 else { return (nil, true) }
        let victims = PodRanking.victims(active, now: now).prefix(min(surplus, Self.burstMax))
        for pod in victims {
            guard remove(pod, as: replica.user, &cluster) else { continue }
            recordEvent(
                on: set, .normal, reason: "SuccessfulDelete", "Deleted pod: \(pod.name)",
                component: replica.component, as: replica.user, &cluster)
        }
        return (nil, surplus <= Self.burstMax)
    }

    private mutating func createPod(
        for set: KubeObject, _ replica: ReplicaKind, _ cluster: inout some WorkloadCluster
    ) -> APIStatus? {
        let pod = Self.pod(from: set.spec["template"], owner: set, generateName: "\(set.name)-")
        switch create(pod, as: replica.user, &cluster) {
        case .success(let stored):
            recordEvent(
                on: set, .normal, reason: "SuccessfulCreate", "Created pod: \(stored.name)",
                component: replica.component, as: replica.user, &cluster)
            return nil
        case .failure(let status):
            recordEvent(
                on: set, .warning, reason: "FailedCreate", "Error creating: \(status.message)",
                component: replica.component, as: replica.user, &cluster)
            return status
        }
    }

    /// The pod that a template makes for an owner.
    static func pod(from template: JSON, owner: KubeObject, generateName: String) -> KubeObject {
        var metadata: JSON = [
            "generateName": .string(generateName), "namespace": .string(owner.namespace),
            "ownerReferences": [OwnerReference(controller: owner).tree],
        ]
        for field in ["labels", "annotations", "finalizers"] {
            let value = template["metadata"][field]
            if !value.isNull { metadata[field] = value }
        }
        return KubeObject(["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]])
    }

    // MARK: Status

    private mutating func updateStatus(
        _ before: KubeObject, _ replica: ReplicaKind, failure: APIStatus?, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        guard let set = cluster.object(replica.kind.groupKind, before.key), set.uid == before.uid else { return true }
        let minReadySeconds = set.spec["minReadySeconds"].int ?? 0
        let templateLabels = KubeObject.strings(set.spec["template"]["metadata"]["labels"])
        var counts = ReplicaCounts()
        for pod in ownedPods(set, cluster) where !Pods.isFinished(pod) {
            if pod.isDeleting {
                counts.terminating += 1
                continue
            }
            counts.add(pod, templateLabels: templateLabels, minReadySeconds: minReadySeconds, now: now)
        }
        if let due = counts.nextAvailable {
            queue.add(replica == .replicaSet ? .replicaSet(set.key) : .replicationController(set.key), at: due)
        }
        var status = counts.status(of: set, countsTerminating: replica == .replicaSet)
        status["conditions"] = failureCondition(set, failure)
        if status["conditions"].isNull { status.set(["conditions"], to: nil) }
        return setStatus(set, status, as: replica.user, &cluster)
    }

    /// The condition ReplicaFailure while pods cannot be created; without it otherwise.
    private func failureCondition(_ set: KubeObject, _ failure: APIStatus?) -> JSON {
        let others = set.status["conditions"].elements.filter { $0["type"].string != "ReplicaFailure" }
        guard let failure else { return others.isEmpty ? .null : .array(others) }
        let known = Pods.condition(set, "ReplicaFailure")
        if known["message"].string == failure.message { return set.status["conditions"] }
        let condition: JSON = [
            "type": "ReplicaFailure", "status": "True", "lastTransitionTime": .string(now.rfc3339),
            "reason": "FailedCreate", "message": .string(failure.message),
        ]
        return .array(others + [condition])
    }
}

/// The numbers in the status of a set of equal pods.
struct ReplicaCounts: Sendable {
    var replicas: Int64 = 0
    var fullyLabeled: Int64 = 0
    var ready: Int64 = 0
    var available: Int64 = 0
    var terminating: Int64 = 0
    /// When the next ready pod will have been ready for long enough.
    var nextAvailable: Timestamp?

    mutating func add(_ pod: KubeObject, templateLabels: [String: String], minReadySeconds: Int64, now: Timestamp) {
        replicas += 1
        let labels = pod.metadata["labels"]
        if templateLabels.allSatisfy({ labels[$0.key].string == $0.value }) { fullyLabeled += 1 }
        guard let since = Pods.readySince(pod) else { return }
        ready += 1
        let due = since + .seconds(minReadySeconds)
        if minReadySeconds == 0 || due <= now {
            available += 1
        } else {
            nextAvailable = min(nextAvailable ?? due, due)
        }
    }

    /// The status with these numbers; zeros that the API leaves out are left out.
    func status(of set: KubeObject, countsTerminating: Bool) -> JSON {
        var status: JSON = ["replicas": .int(replicas)]
        if fullyLabeled > 0 { status["fullyLabeledReplicas"] = .int(fullyLabeled) }
        if ready > 0 { status["readyReplicas"] = .int(ready) }
        if available > 0 { status["availableReplicas"] = .int(available) }
        if countsTerminating { status["terminatingReplicas"] = .int(terminating) }
        if set.generation > 0 { status["observedGeneration"] = .int(set.generation) }
        return status
    }
}

/// Which pods go first when there are too many
/// (kubernetes/pkg/controller/controller_utils.go, `ActivePodsWithRanks`).
enum PodRanking {
    private struct Rank {
        var pod: KubeObject
        /// Compared one after the other, the smaller going first.
        var order: [Int64]
        var name: String
    }

    /// The pods in the order in which they are to be deleted.
    static func victims(_ pods: [KubeObject], now: Timestamp) -> [KubeObject] {
        let ranks = pods.map { Rank(pod: $0, order: order($0, now: now), name: $0.name) }
        return ranks.sorted { left, right in
            left.order == right.order ? left.name < right.name : left.order.lexicographicallyPrecedes(right.order)
        }.map(\.pod)
    }

    private static func order(_ pod: KubeObject, now: Timestamp) -> [Int64] {
        let phases: [String: Int64] = ["Pending": 0, "Unknown": 1, "Running": 2]
        let cost = pod.annotation("controller.kubernetes.io/pod-deletion-cost").flatMap { Int64($0) } ?? 0
        let isReady = Pods.isReady(pod)
        let readyFor = Pods.readySince(pod).map { bucket(now - $0) } ?? 0
        let age = pod.creationTimestamp.map { bucket(now - $0) } ?? 0
        return [
            (pod.spec["nodeName"].string ?? "").isEmpty ? 0 : 1, phases[Pods.phase(pod)] ?? 1,
            isReady ? 1 : 0, cost, readyFor, -Pods.restartCount(pod), age,
        ]
    }

    /// Times count by their magnitude only (`LogarithmicScaleDown`).
    private static func bucket(_ duration: Duration) -> Int64 {
        let seconds = max(0, duration.components.seconds)
        return Int64(Int64.bitWidth - seconds.leadingZeroBitCount)
    }
}
