// What is known of Kubernetes' own kinds without asking a server.

package import KubeModel

/// Facts of kinds.
package enum KnownKinds {
    /// Groups whose kinds are Kubernetes' own, with typed schemas on every server.
    package static func isBuiltIn(_ group: String) -> Bool {
        ["", "apps", "batch", "autoscaling", "policy", "extensions"].contains(group)
            || (group.hasSuffix(".k8s.io") && !["gateway.networking.k8s.io", "metrics.k8s.io"].contains(group)
                && !group.hasSuffix(".x-k8s.io"))
    }

    /// The order in which kinds of one wave are applied (gitops-argocd.md, section 2.4); what is
    /// not listed comes last.
    package static let order: [String] = [
        "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy", "PodDisruptionBudget",
        "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass", "PersistentVolume",
        "PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole", "ClusterRoleList", "ClusterRoleBinding",
        "ClusterRoleBindingList", "Role", "RoleList", "RoleBinding", "RoleBindingList", "Service", "DaemonSet",
        "Pod", "ReplicationController", "ReplicaSet", "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job",
        "CronJob", "IngressClass", "Ingress", "APIService",
    ]
    private static let ranks = Dictionary(uniqueKeysWithValues: zip(order, order.indices))

    /// A kind's place in the order.
    package static func rank(_ kind: String) -> Int { ranks[kind] ?? order.count }

    /// Kinds that are never managed: made by controllers, or not objects at all (Argo CD's default
    /// `resource.exclusions`).
    package static func isExcluded(_ kind: GroupKind) -> Bool {
        switch kind.group {
        case "": kind.kind == "Endpoints"
        case "discovery.k8s.io": kind.kind == "EndpointSlice"
        case "coordination.k8s.io": kind.kind == "Lease"
        case "authentication.k8s.io", "authorization.k8s.io": true
        case "certificates.k8s.io": kind.kind == "CertificateSigningRequest"
        case "cert-manager.io": kind.kind == "CertificateRequest"
        case "cilium.io": ["CiliumIdentity", "CiliumEndpoint", "CiliumEndpointSlice"].contains(kind.kind)
        case "kyverno.io", "reports.kyverno.io", "wgpolicyk8s.io":
            kind.kind.hasSuffix("Report") || kind.kind.hasSuffix("Reports") || kind.kind == "UpdateRequest"
        default: false
        }
    }
}
