// PodDisruptionBudgets: how many pods may be evicted, and whether this one.

import JSONTree
import KubeModel

extension Workloads {
    /// How long an eviction that the pod's deletion has not followed yet keeps its place.
    private static let evictionTimeout = Duration.seconds(120)

    mutating func syncDisruptionBudget(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let budget = cluster.object(Kinds.disruptionBudget.groupKind, key), let selector = budgets[key]
        else { return true }
        let chosen = pods.keys(in: key.namespace, matching: selector)
            .compactMap { cluster.object(Kinds.pod.groupKind, $0) }.filter { !Pods.isFinished($0) }
        let expected = expectedCount(budget, chosen, cluster)
        let desired: Int
        if let least = IntOrPercent(budget.spec["minAvailable"]) {
            desired = least.scaled(of: expected, roundsUp: true)
        } else {
            let most = IntOrPercent(budget.spec["maxUnavailable"])?.scaled(of: expected, roundsUp: true) ?? 0
            desired = max(0, expected - most)
        }
        let disrupted = stillDisrupted(budget, cluster)
        let healthy = chosen.count { Pods.isReady($0) && !$0.isDeleting && disrupted[$0.name] == nil }
        let allowed = expected > 0 ? max(0, healthy - desired) : 0
        var status = budget.status
        for (field, number) in [
            ("disruptionsAllowed", allowed), ("currentHealthy", healthy), ("desiredHealthy", desired),
            ("expectedPods", expected),
        ] { status[field] = JSON(number) }
        status["observedGeneration"] = .int(budget.generation)
        status.set(["disruptedPods"], to: disrupted.isEmpty ? nil : .object(disrupted))
        status["conditions"] = condition(budget, allowed: allowed)
        return setStatus(budget, status, as: ControllerUser.disruption, &cluster)
    }

    /// How many pods there should be: what the pods' controllers wish. An absolute `minAvailable`
    /// counts the pods themselves.
    private func expectedCount(
        _ budget: KubeObject, _ chosen: [KubeObject], _ cluster: some WorkloadCluster
    ) -> Int {
        if let least = IntOrPercent(budget.spec["minAvailable"]), case .count = least { return chosen.count }
        var owners: [UID: Int] = [:]
        for pod in chosen {
            guard var owner = pod.controller else { continue }
            let kinds = ["ReplicaSet": Kinds.replicaSet, "StatefulSet": Kinds.statefulSet, "ReplicationController": Kinds.replicationController]
            guard let kind = kinds[owner.kind] else { continue }
            let key = ObjectKey(namespace: pod.namespace, name: owner.name)
            guard var object = cluster.object(kind.groupKind, key) else { continue }
            if let above = object.controller, above.kind == "Deployment",
                let deployment = cluster.object(
                    Kinds.deployment.groupKind, ObjectKey(namespace: pod.namespace, name: above.name))
            {
                owner = above
                object = deployment
            }
            owners[owner.uid] = Int(object.spec["replicas"].int ?? 1)
        }
        return owners.values.reduce(0, +)
    }

    private func stillDisrupted(_ budget: KubeObject, _ cluster: some WorkloadCluster) -> JSONObject {
        var disrupted = budget.status["disruptedPods"].object ?? [:]
        disrupted.removeAll { name, time in
            guard let pod = cluster.object(Kinds.pod.groupKind, ObjectKey(namespace: budget.namespace, name: name)),
                !pod.isDeleting, let since = time.string.flatMap({ Timestamp($0) })
            else { return true }
            return since + Self.evictionTimeout <= now
        }
        return disrupted
    }

    private func condition(_ budget: KubeObject, allowed: Int) -> JSON {
        let state: JSON = allowed > 0 ? "True" : "False"
        let known = Pods.condition(budget, "DisruptionAllowed")
        let time = known["status"] == state ? known["lastTransitionTime"] : JSON.string(now.rfc3339)
        return Self.conditions(
            budget.status["conditions"],
            setting: [
                "type": "DisruptionAllowed", "status": state, "observedGeneration": .int(budget.generation),
                "lastTransitionTime": time, "reason": allowed > 0 ? "SufficientPods" : "InsufficientPods",
                "message": "",
            ])
    }
}
