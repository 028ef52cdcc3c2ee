// The StatefulSet and DaemonSet controllers, as far as a cluster of one node needs them.

import JSONTree
import KubeModel

extension Workloads {
    private static let revisionLabel = "controller-revision-hash"
    private static let podIndexLabel = "apps.kubernetes.io/pod-index"
    private static let podNameLabel = "statefulset.kubernetes.io/pod-name"
    private static let orderedStepDelay = Duration.milliseconds(10)

    // MARK: StatefulSet

    mutating func syncStatefulSet(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let set = cluster.object(Kinds.statefulSet.groupKind, key), let selector = LabelSelector(set.spec["selector"]),
            !selector.isEmpty
        else { return true }
        for pod in ownedPods(set, cluster) where !pod.isDeleting && !selector.matches(pod.labels) {
            release(pod, from: set, as: ControllerUser.statefulSet, &cluster)
        }
        guard let revision = ensureRevision(of: set, as: ControllerUser.statefulSet, &cluster) else { return false }
        var isDone = true
        if !set.isDeleting { isDone = arrange(set, revision: revision, &cluster) }
        return writeStatus(set, revision: revision, &cluster) && isDone
    }

    private static func ordinal(_ pod: KubeObject, of set: KubeObject) -> Int? {
        guard pod.name.hasPrefix("\(set.name)-") else { return nil }
        return Int(pod.name.dropFirst(set.name.count + 1))
    }

    /// The ControllerRevision of the current template; nil when it cannot be made.
    private mutating func ensureRevision(
        of owner: KubeObject, as user: String, _ cluster: inout some WorkloadCluster
    ) -> String? {
        let hash = Self.templateHash(owner.spec["template"], collisionCount: nil)
        let name = "\(owner.name)-\(hash)"
        let key = ObjectKey(namespace: owner.namespace, name: name)
        if cluster.object(Kinds.controllerRevision.groupKind, key) != nil || owner.isDeleting { return name }
        let revisions = cluster.objects(
            Kinds.controllerRevision.groupKind, namespace: owner.namespace, ownedBy: owner.uid)
        let next = (revisions.compactMap { $0.tree["revision"].int }.max() ?? 0) + 1
        var labels = KubeObject.strings(owner.spec["template"]["metadata"]["labels"])
        labels[Self.revisionLabel] = hash
        let tree: JSON = [
            "apiVersion": "apps/v1", "kind": "ControllerRevision",
            "metadata": [
                "name": .string(name), "namespace": .string(owner.namespace), "labels": JSON(labels),
                "ownerReferences": [OwnerReference(controller: owner).tree],
            ],
            "data": ["spec": ["template": owner.spec["template"]]], "revision": .int(next),
        ]
        guard case .success = create(KubeObject(tree), as: user, &cluster) else { return nil }
        let limit = Int(owner.spec["revisionHistoryLimit"].int ?? 10)
        let live = Set(ownedPods(owner, cluster).compactMap { $0.label(Self.revisionLabel) })
        let old = revisions.filter { !live.contains($0.label(Self.revisionLabel) ?? "") && !live.contains($0.name) }
            .sorted { ($0.tree["revision"].int ?? 0) < ($1.tree["revision"].int ?? 0) }
        for revision in old.dropLast(limit) { remove(revision, as: user, &cluster) }
        return name
    }

    /// Creates, replaces and deletes pods, one at a time where order is wished.
    private mutating func arrange(
        _ set: KubeObject, revision: String, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let wanted = Int(set.spec["replicas"].int ?? 1)
        let start = Int(set.spec["ordinals"]["start"].int ?? 0)
        let isParallel = set.spec["podManagementPolicy"].string == "Parallel"
        let minReadySeconds = set.spec["minReadySeconds"].int ?? 0
        var byOrdinal: [Int: KubeObject] = [:]
        for pod in ownedPods(set, cluster) { if let ordinal = Self.ordinal(pod, of: set) { byOrdinal[ordinal] = pod } }
        for ordinal in start..<(start + wanted) {
            guard let pod = byOrdinal[ordinal] else {
                guard createPod(of: set, ordinal, revision: revision, &cluster) else { return false }
                if isParallel { continue }
                return true
            }
            if Pods.isFinished(pod), !pod.isDeleting {
                remove(pod, as: ControllerUser.statefulSet, &cluster)
                return true
            }
            let isSettled = !pod.isDeleting && Pods.isAvailable(pod, minReadySeconds: minReadySeconds, now: now)
            if !isSettled, let since = Pods.readySince(pod), minReadySeconds > 0 {
                queue.add(.statefulSet(set.key), at: since + .seconds(minReadySeconds))
            }
            if !isSettled, !isParallel { return true }
        }
        let surplus = byOrdinal.keys.filter { $0 < start || $0 >= start + wanted }.sorted(by: >)
        for ordinal in surplus {
            guard let pod = byOrdinal[ordinal] else { continue }
            if !pod.isDeleting { remove(pod, as: ControllerUser.statefulSet, &cluster) }
            if !isParallel { return true }
        }
        updateOldest(set, byOrdinal, wanted: wanted, start: start, revision: revision, &cluster)
        return true
    }

    /// Deletes the highest pod of an older template, when all others are well.
    private mutating func updateOldest(
        _ set: KubeObject, _ byOrdinal: [Int: KubeObject], wanted: Int, start: Int, revision: String,
        _ cluster: inout some WorkloadCluster
    ) {
        guard set.spec["updateStrategy"]["type"].string != "OnDelete" else { return }
        let partition = Int(set.spec["updateStrategy"]["rollingUpdate"]["partition"].int ?? 0)
        for ordinal in (start..<(start + wanted)).reversed() where ordinal - start >= partition {
            guard let pod = byOrdinal[ordinal] else { return }
            if pod.label(Self.revisionLabel) != revision {
                if !pod.isDeleting { remove(pod, as: ControllerUser.statefulSet, &cluster) }
                return
            }
            if !Pods.isReady(pod) || pod.isDeleting { return }
        }
    }

    private mutating func createPod(
        of set: KubeObject, _ ordinal: Int, revision: String, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let name = "\(set.name)-\(ordinal)"
        var tree = Self.pod(from: set.spec["template"], owner: set, generateName: "").tree
        tree.set(["metadata", "generateName"], to: nil)
        tree.set(["metadata", "name"], to: .string(name))
        tree.set(["metadata", "labels", Self.podNameLabel], to: .string(name))
        tree.set(["metadata", "labels", Self.podIndexLabel], to: .string(String(ordinal)))
        tree.set(["metadata", "labels", Self.revisionLabel], to: .string(revision))
        tree.set(["spec", "hostname"], to: .string(name))
        if let service = set.spec["serviceName"].string { tree.set(["spec", "subdomain"], to: .string(service)) }
        var volumes = tree["spec"]["volumes"].elements
        for template in set.spec["volumeClaimTemplates"].elements {
            let volume = template["metadata"]["name"].string ?? ""
            let claim = "\(volume)-\(name)"
            guard ensureClaim(claim, template, set, &cluster) else { return false }
            volumes.removeAll { $0["name"].string == volume }
            volumes.append(["name": .string(volume), "persistentVolumeClaim": ["claimName": .string(claim)]])
        }
        if !volumes.isEmpty { tree.set(["spec", "volumes"], to: .array(volumes)) }
        switch create(KubeObject(tree), as: ControllerUser.statefulSet, &cluster) {
        case .success:
            recordEvent(
                on: set, .normal, reason: "SuccessfulCreate",
                "create Pod \(name) in StatefulSet \(set.name) successful", component: "statefulset-controller",
                as: ControllerUser.statefulSet, &cluster)
            return true
        case .failure(let status): return status.isAlreadyExists
        }
    }

    private mutating func ensureClaim(
        _ name: String, _ template: JSON, _ set: KubeObject, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let key = ObjectKey(namespace: set.namespace, name: name)
        if cluster.object(Kinds.claim.groupKind, key) != nil { return true }
        var labels = KubeObject.strings(template["metadata"]["labels"])
        for (key, value) in KubeObject.strings(set.spec["selector"]["matchLabels"]) { labels[key] = value }
        let tree: JSON = [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": ["name": .string(name), "namespace": .string(set.namespace), "labels": JSON(labels)],
            "spec": template["spec"],
        ]
        if case .failure = create(KubeObject(tree), as: ControllerUser.statefulSet, &cluster) { return false }
        return true
    }

    private mutating func writeStatus(
        _ before: KubeObject, revision: String, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        guard let set = cluster.object(Kinds.statefulSet.groupKind, before.key) else { return true }
        let live = ownedPods(set, cluster).filter { !Pods.isFinished($0) && !$0.isDeleting }
        let minReadySeconds = set.spec["minReadySeconds"].int ?? 0
        let updated = live.count { $0.label(Self.revisionLabel) == revision }
        var status = set.status
        let old = status["currentRevision"].string ?? revision
        let isComplete = updated == Int(set.spec["replicas"].int ?? 1) && live.allSatisfy(Pods.isReady)
        let current = isComplete ? revision : old
        status["observedGeneration"] = .int(set.generation)
        status["replicas"] = JSON(live.count)
        status["availableReplicas"] = JSON(
            live.count { Pods.isAvailable($0, minReadySeconds: minReadySeconds, now: now) })
        for (field, count) in [
            ("readyReplicas", live.count(where: Pods.isReady)), ("updatedReplicas", updated),
            ("currentReplicas", live.count { $0.label(Self.revisionLabel) == current }),
        ] { status.set([field], to: count > 0 ? JSON(count) : nil) }
        status["currentRevision"] = .string(current)
        status["updateRevision"] = .string(revision)
        status["collisionCount"] = 0
        return setStatus(set, status, as: ControllerUser.statefulSet, &cluster)
    }

    // MARK: DaemonSet

    mutating func syncDaemonSet(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let set = cluster.object(Kinds.daemonSet.groupKind, key), let selector = LabelSelector(set.spec["selector"]),
            !selector.isEmpty
        else { return true }
        claimPods(set, selector, as: ControllerUser.daemonSet, &cluster)
        guard let revision = ensureRevision(of: set, as: ControllerUser.daemonSet, &cluster) else { return false }
        let hash = String(revision.dropFirst(set.name.count + 1))
        let node = cluster.object(Kinds.node.groupKind, ObjectKey(namespace: "", name: Self.nodeName))
        let wishes = KubeObject.strings(set.spec["template"]["spec"]["nodeSelector"])
        let isWanted = node.map { node in wishes.allSatisfy { node.labels[$0.key] == $0.value } } ?? false
        var isDone = true
        if !set.isDeleting { isDone = arrange(set, hash: hash, isWanted: isWanted, &cluster) }
        return writeStatus(set, hash: hash, isWanted: isWanted, &cluster) && isDone
    }

    private mutating func arrange(
        _ set: KubeObject, hash: String, isWanted: Bool, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let live = ownedPods(set, cluster).filter { !$0.isDeleting }
        for pod in live where Pods.isFinished(pod) || !isWanted { remove(pod, as: ControllerUser.daemonSet, &cluster) }
        let running = live.filter { !Pods.isFinished($0) }
        guard isWanted else { return true }
        if running.isEmpty {
            if ownedPods(set, cluster).contains(where: \.isDeleting) { return true }
            var tree = Self.pod(from: set.spec["template"], owner: set, generateName: "\(set.name)-").tree
            tree.set(["metadata", "labels", Self.revisionLabel], to: .string(hash))
            tree.set(["metadata", "labels", "pod-template-generation"], to: .string(String(set.generation)))
            if case .failure = create(KubeObject(tree), as: ControllerUser.daemonSet, &cluster) { return false }
            return true
        }
        guard set.spec["updateStrategy"]["type"].string != "OnDelete" else { return true }
        for pod in running where pod.label(Self.revisionLabel) != hash {
            remove(pod, as: ControllerUser.daemonSet, &cluster)
        }
        return true
    }

    private mutating func writeStatus(
        _ before: KubeObject, hash: String, isWanted: Bool, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        guard let set = cluster.object(Kinds.daemonSet.groupKind, before.key) else { return true }
        let live = ownedPods(set, cluster).filter { !Pods.isFinished($0) && !$0.isDeleting }
        let wanted = isWanted ? 1 : 0
        let ready = min(wanted, live.count(where: Pods.isReady))
        let updated = min(wanted, live.count { $0.label(Self.revisionLabel) == hash })
        var status = set.status
        for (field, number) in [
            ("currentNumberScheduled", min(wanted, live.count)), ("numberMisscheduled", 0),
            ("desiredNumberScheduled", wanted), ("numberReady", ready),
        ] { status[field] = JSON(number) }
        for (field, number) in [
            ("updatedNumberScheduled", updated), ("numberAvailable", ready), ("numberUnavailable", wanted - ready),
        ] { status.set([field], to: number > 0 ? JSON(number) : nil) }
        status["observedGeneration"] = .int(set.generation)
        return setStatus(set, status, as: ControllerUser.daemonSet, &cluster)
    }
}
