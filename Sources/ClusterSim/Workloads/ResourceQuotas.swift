// What a namespace uses of its quotas: the controller that counts it.

import JSONTree
import KubeModel

extension Workloads {
    mutating func syncResourceQuota(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let quota = cluster.object(Kinds.resourceQuota.groupKind, key), !quota.isDeleting else { return true }
        let hard = quota.spec["hard"]
        var used: JSON = [:]
        for (resource, _) in hard.object ?? [:] {
            used[resource] = .string(QuotaUsage.used(resource, namespace: key.namespace, cluster).canonicalText)
        }
        let status: JSON = ["hard": hard, "used": used]
        return setStatus(quota, status, as: ControllerUser.quota, &cluster)
    }
}

/// Counts resources as quotas name them.
enum QuotaUsage {
    /// The kind that a quota counts by that name: `services`, `count/deployments.apps`.
    static func countedKind(_ resource: String) -> GroupKind? {
        var name = resource
        if resource.hasPrefix("count/") {
            name = String(resource.dropFirst(6))
        } else if !["pods", "services", "secrets", "configmaps", "persistentvolumeclaims", "replicationcontrollers",
            "resourcequotas"].contains(resource)
        {
            return nil
        }
        return BuiltinResources.all.first { $0.qualifiedResource == name }?.groupKind
    }

    /// How much of a resource one object uses.
    static func usage(_ resource: String, of object: KubeObject) -> Quantity {
        let one = Quantity(milliValue: 1000)
        let none = Quantity(milliValue: 0)
        if let kind = countedKind(resource) {
            guard object.kind.groupKind == kind else { return none }
            // Pods that have ended are free.
            return resource == "pods" && Pods.isFinished(object) ? none : one
        }
        if object.kind.groupKind == Kinds.service.groupKind {
            let type = object.spec["type"].string
            if resource == "services.loadbalancers" { return type == "LoadBalancer" ? one : none }
            if resource == "services.nodeports" {
                return type == "NodePort" || type == "LoadBalancer"
                    ? Quantity(milliValue: Int64(object.spec["ports"].elements.count) * 1000) : none
            }
        }
        if object.kind.groupKind == Kinds.claim.groupKind, resource == "requests.storage" {
            return object.spec["resources"]["requests"]["storage"].string.flatMap { Quantity($0) } ?? none
        }
        if object.kind.groupKind == Kinds.pod.groupKind { return podUsage(resource, object) }
        return none
    }

    /// What a pod's containers ask for together: `cpu`, `requests.cpu`, `limits.memory`.
    private static func podUsage(_ resource: String, _ pod: KubeObject) -> Quantity {
        var sum = Quantity(milliValue: 0)
        guard !Pods.isFinished(pod) else { return sum }
        let isLimit = resource.hasPrefix("limits.")
        let name = isLimit ? String(resource.dropFirst(7)) : resource.hasPrefix("requests.") ? String(resource.dropFirst(9)) : resource
        for container in pod.spec["containers"].elements {
            let amount = container["resources"][isLimit ? "limits" : "requests"][name].string.flatMap { Quantity($0) }
            if let amount { sum = sum + amount }
        }
        return sum
    }

    /// How much of a resource a namespace uses.
    static func used(
        _ resource: String, namespace: String, _ view: some ClusterView
    ) -> Quantity {
        var kinds: [GroupKind] = []
        if let kind = countedKind(resource) {
            kinds = [kind]
        } else if resource.hasPrefix("services.") {
            kinds = [Kinds.service.groupKind]
        } else if resource == "requests.storage" {
            kinds = [Kinds.claim.groupKind]
        } else {
            kinds = [Kinds.pod.groupKind]
        }
        return kinds.flatMap { view.objects($0, namespace: namespace) }
            .reduce(Quantity(milliValue: 0)) { $0 + usage(resource, of: $1) }
    }
}
