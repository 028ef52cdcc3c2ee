// Validation of built-in kinds: which rules each kind has.

import JSONTree
import KubeModel

/// Validates objects of built-in kinds.
enum KindValidation {
    /// All errors of an object, those of immutable fields included when `old` is given.
    static func errors(
        in object: JSON, old: JSON?, subresource: String, _ resource: ResourceDefinition
    ) -> [FieldError] {
        if subresource == "status", resource.kind != "Namespace" { return [] }
        switch (resource.group, resource.kind) {
        case ("", "Pod"): return pod(object, old: old, subresource: subresource)
        case ("", "PodTemplate"): return PodValidation.template(object["template"], "template")
        case ("apps", "Deployment"): return WorkloadValidation.deployment(object, old: old)
        case ("apps", "ReplicaSet"): return WorkloadValidation.replicaSet(object, old: old)
        case ("apps", "StatefulSet"): return WorkloadValidation.statefulSet(object, old: old)
        case ("apps", "DaemonSet"): return WorkloadValidation.daemonSet(object, old: old)
        case ("apps", "ControllerRevision"): return controllerRevision(object, old: old)
        case ("batch", "Job"): return JobValidation.job(object, old: old)
        case ("batch", "CronJob"): return WorkloadValidation.cronJob(object)
        case ("", "ReplicationController"): return WorkloadValidation.replicationController(object)
        default: return others(object, old: old, subresource: subresource, resource)
        }
    }

    private static func others(
        _ object: JSON, old: JSON?, subresource: String, _ resource: ResourceDefinition
    ) -> [FieldError] {
        switch (resource.group, resource.kind) {
        case ("", "Service"): return ServiceValidation.service(object, old: old)
        case ("", "Endpoints"): return ServiceValidation.endpoints(object)
        case ("discovery.k8s.io", "EndpointSlice"): return ServiceValidation.endpointSlice(object, old: old)
        case ("networking.k8s.io", "Ingress"): return NetworkValidation.ingress(object, isNew: old == nil)
        case ("networking.k8s.io", "IngressClass"): return NetworkValidation.ingressClass(object, old: old)
        case ("networking.k8s.io", "NetworkPolicy"): return NetworkValidation.networkPolicy(object)
        case ("autoscaling", "HorizontalPodAutoscaler"): return PolicyValidation.autoscaler(object)
        case ("policy", "PodDisruptionBudget"): return PolicyValidation.disruptionBudget(object)
        case ("scheduling.k8s.io", "PriorityClass"): return PolicyValidation.priorityClass(object, old: old)
        case ("rbac.authorization.k8s.io", "Role"): return PolicyValidation.role(object, isNamespaced: true)
        case ("rbac.authorization.k8s.io", "ClusterRole"): return PolicyValidation.role(object, isNamespaced: false)
        case ("rbac.authorization.k8s.io", "RoleBinding"):
            return PolicyValidation.roleBinding(object, old: old, isNamespaced: true)
        case ("rbac.authorization.k8s.io", "ClusterRoleBinding"):
            return PolicyValidation.roleBinding(object, old: old, isNamespaced: false)
        case ("", "ResourceQuota"): return QuotaValidation.resourceQuota(object)
        case ("", "LimitRange"): return QuotaValidation.limitRange(object)
        case ("", "ConfigMap"): return ConfigurationValidation.configMap(object, old: old)
        case ("", "Secret"): return ConfigurationValidation.secret(object, old: old)
        case ("", "Event"): return ConfigurationValidation.event(object)
        case ("coordination.k8s.io", "Lease"): return ConfigurationValidation.lease(object)
        case ("", "Namespace"): return ConfigurationValidation.namespace(object, subresource: subresource)
        case ("", "PersistentVolume"): return StorageValidation.volume(object, old: old)
        case ("", "PersistentVolumeClaim"): return StorageValidation.claim(object, old: old)
        case ("storage.k8s.io", "StorageClass"): return StorageValidation.storageClass(object, old: old)
        case ("node.k8s.io", "RuntimeClass"): return NodeValidation.runtimeClass(object, old: old)
        case ("", "Node"): return NodeValidation.node(object)
        default: return []
        }
    }

    private static func pod(_ object: JSON, old: JSON?, subresource: String) -> [FieldError] {
        guard let old else { return PodValidation.pod(object, isNew: true) }
        switch subresource {
        case "": return PodValidation.update(object, old: old)
        case "ephemeralcontainers", "resize": return PodValidation.pod(object, isNew: false)
        default: return []
        }
    }

    private static func controllerRevision(_ object: JSON, old: JSON?) -> [FieldError] {
        var errors = Check.notNegative(object, "revision", "")
        if errors.first?.field == ".revision" { errors = [.invalid("revision", object["revision"], Check.notNegative)] }
        if object["data"].isNull { errors.append(.required("data", "data is mandatory")) }
        if let old, old["data"] != object["data"] { errors.append(.invalid("data", object["data"], Check.immutable)) }
        return errors
    }
}
