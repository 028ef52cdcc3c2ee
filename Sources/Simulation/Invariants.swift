// architecture.md's numbered invariants, looked at in the world itself after every write.

import ClusterSim
import JSONTree
import KubeModel

/// Remembers what it must to see an invariant broken.
struct InvariantChecker: Sendable {
    private static let rollout = GroupKind("argoproj.io", "Rollout")
    private static let replicaSet = GroupKind("apps", "ReplicaSet")
    private static let virtualService = GroupKind("networking.istio.io", "VirtualService")
    private static let hashLabel = "rollouts-pod-template-hash"

    /// Where each rollout was at its last look.
    private struct Seen: Sendable {
        var step: Int64?
        var hash: String?
        var stepHash: String?
        var isAborted = false
        var weight = 0
    }
    private var seen: [ObjectKey: Seen] = [:]
    private var userTouched: Set<ObjectKey> = []
    /// Pods may be lost without anybody's fault: for a while what was ready may not be.
    private var lastPodLoss: Timestamp?
    private static let podLossLag: Duration = .seconds(12)

    mutating func expectUserChange(of key: ObjectKey) { userTouched.insert(key) }
    mutating func expectPodLoss(at time: Timestamp) { lastPodLoss = time }

    /// What is broken right after a change, in words with the invariant's number.
    mutating func check(_ machine: ClusterMachine, _ change: Change, now: Timestamp) -> [String] {
        guard let rollout = subject(machine, change) else { return [] }
        var broken: [String] = []
        let podsAreCertain = lastPodLoss.map { now - $0 > Self.podLossLag } ?? true
        broken += checkWeights(machine, rollout, change, podsAreCertain: podsAreCertain)
        broken += checkStep(rollout)
        broken += checkServices(machine, rollout, change, podsAreCertain: podsAreCertain)
        return broken
    }

    private func subject(_ machine: ClusterMachine, _ change: Change) -> KubeObject? {
        let namespace = change.reference.namespace
        return machine.objects(Self.rollout, namespace: namespace).first
    }

    private func weights(_ machine: ClusterMachine, _ rollout: KubeObject) -> (canary: Int, stable: Int)? {
        let canary = rollout.spec["strategy"]["canary"]
        guard let name = canary["trafficRouting"]["istio"]["virtualService"]["name"].string,
            let service = machine.object(Self.virtualService, ObjectKey(namespace: rollout.namespace, name: name))
        else { return nil }
        var weights = (canary: 0, stable: 0)
        for entry in service.spec["http"][0]["route"].elements {
            let weight = Int(entry["weight"].int ?? 0)
            if entry["destination"]["host"].string == canary["canaryService"].string { weights.canary = weight }
            if entry["destination"]["host"].string == canary["stableService"].string { weights.stable = weight }
        }
        return weights
    }

    private func sets(_ machine: ClusterMachine, _ rollout: KubeObject) -> [KubeObject] {
        machine.objects(Self.replicaSet, namespace: rollout.namespace).filter { $0.controller?.uid == rollout.uid }
    }

    /// The ReplicaSet that a Service sends to.
    private func target(_ name: JSON, _ machine: ClusterMachine, _ rollout: KubeObject, _ sets: [KubeObject]) -> KubeObject? {
        guard let name = name.string,
            let service = machine.object(GroupKind("", "Service"), ObjectKey(namespace: rollout.namespace, name: name)),
            let hash = service.spec["selector"][Self.hashLabel].string
        else { return nil }
        return sets.first { $0.label(Self.hashLabel) == hash }
    }

    private mutating func checkWeights(
        _ machine: ClusterMachine, _ rollout: KubeObject, _ change: Change, podsAreCertain: Bool
    ) -> [String] {
        guard let weights = weights(machine, rollout) else { return [] }
        var broken: [String] = []
        if weights.canary + weights.stable != 100 { broken.append("invariant 10: weights \(weights.canary) and \(weights.stable)") }
        let before = seen[rollout.key]?.weight ?? 0
        seen[rollout.key, default: Seen()].weight = weights.canary
        let sets = sets(machine, rollout)
        let canary = rollout.spec["strategy"]["canary"]
        guard podsAreCertain else { return broken }
        let wanted = Int(rollout.spec["replicas"].int ?? 1)
        if weights.canary > before, wanted > 0, let target = target(canary["canaryService"], machine, rollout, sets) {
            let available = Int(target.status["availableReplicas"].int ?? 0)
            if available == 0 { broken.append("invariant 2: weight \(before) to \(weights.canary) with no available canary pod") }
        }
        // Only a resize of the set itself can break this: one that never had pods was not shrunk.
        if weights.stable > 0, wanted > 0, let target = target(canary["stableService"], machine, rollout, sets),
            change.reference.kind.kind == "ReplicaSet", change.reference.name == target.name
        {
            let replicas = Int(target.spec["replicas"].int ?? 0)
            if replicas == 0 { broken.append("invariant 4: stable has no replicas and the weight \(weights.stable)") }
        }
        return broken
    }

    private mutating func checkStep(_ rollout: KubeObject) -> [String] {
        let status = rollout.status
        let last = seen[rollout.key] ?? Seen()
        var new = last
        new.step = status["currentStepIndex"].int
        new.hash = status["currentPodHash"].string
        new.stepHash = status["currentStepHash"].string
        new.isAborted = status["abort"].bool ?? false
        seen[rollout.key] = new
        let touched = userTouched.remove(rollout.key) != nil
        guard !touched, let old = last.step, let step = new.step, step < old, last.hash == new.hash,
            last.stepHash == new.stepHash, !new.isAborted, !last.isAborted
        else { return [] }
        return ["invariant 5: step \(old) to \(step)"]
    }

    /// A Service must not be moved to a revision that has no pod ready while the one it leaves has.
    private func checkServices(
        _ machine: ClusterMachine, _ rollout: KubeObject, _ change: Change, podsAreCertain: Bool
    ) -> [String] {
        guard podsAreCertain, change.reference.kind.kind == "Service" else { return [] }
        let canary = rollout.spec["strategy"]["canary"]
        guard change.reference.name == canary["stableService"].string else { return [] }
        let sets = sets(machine, rollout)
        guard let target = target(canary["stableService"], machine, rollout, sets),
            (target.status["availableReplicas"].int ?? 0) == 0, (rollout.spec["replicas"].int ?? 1) > 0,
            sets.contains(where: { ($0.status["availableReplicas"].int ?? 0) > 0 })
        else { return [] }
        return ["invariant 2: the stable Service selects \(target.name), which has no available pod"]
    }
}
