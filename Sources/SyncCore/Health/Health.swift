// How objects fare: one check per kind, as Argo CD's users know them (gitops-argocd.md, section 4).

import JSONTree
package import KubeModel
package import MartletModel

/// Health by kind.
package enum Health {
    typealias Check = @Sendable (KubeObject) -> HealthStatus

    /// The list of checks. A new kind is a file of its own beside this one and a line here.
    static let checks: [GroupKind: Check] = [
        GroupKind("apps", "Deployment"): deployment,
        GroupKind("apps", "ReplicaSet"): replicaSet,
        GroupKind("apps", "StatefulSet"): statefulSet,
        GroupKind("apps", "DaemonSet"): daemonSet,
        GroupKind("", "Pod"): pod,
        GroupKind("", "Service"): service,
        GroupKind("", "PersistentVolumeClaim"): persistentVolumeClaim,
        GroupKind("networking.k8s.io", "Ingress"): ingress,
        GroupKind("extensions", "Ingress"): ingress,
        GroupKind("batch", "Job"): job,
        GroupKind("batch", "CronJob"): cronJob,
        GroupKind("autoscaling", "HorizontalPodAutoscaler"): horizontalPodAutoscaler,
        GroupKind("policy", "PodDisruptionBudget"): podDisruptionBudget,
        GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"): customResourceDefinition,
        GroupKind("apiregistration.k8s.io", "APIService"): apiService,
        GroupKind("argoproj.io", "Rollout"): rollout,
        GroupKind("argoproj.io", "AnalysisRun"): analysisRun,
        GroupKind("argoproj.io", "Experiment"): analysisRun,
        GroupKind("argoproj.io", "ApplicationSet"): applicationSet,
        GroupKind("gateway.networking.k8s.io", "Gateway"): gateway,
        GroupKind("gateway.networking.k8s.io", "HTTPRoute"): gatewayRoute,
        GroupKind("gateway.networking.k8s.io", "GRPCRoute"): gatewayRoute,
        GroupKind("cert-manager.io", "Certificate"): certificate,
        GroupKind("cert-manager.io", "Issuer"): readyCondition,
        GroupKind("cert-manager.io", "ClusterIssuer"): readyCondition,
        GroupKind("external-secrets.io", "ExternalSecret"): readyCondition,
        GroupKind("external-secrets.io", "SecretStore"): readyCondition,
        GroupKind("external-secrets.io", "ClusterSecretStore"): readyCondition,
    ]

    /// An object's health; nil for kinds without a check, which say nothing of an Application's.
    package static func of(_ object: KubeObject) -> HealthStatus? {
        if object.isDeleting, !object.finalizers.contains("argocd.argoproj.io/hook-finalizer") {
            return HealthStatus(.progressing, "Pending deletion")
        }
        return checks[object.kind.groupKind]?(object)
    }

    /// Whether kinds have a check, so that a sync may wait for them.
    package static func hasCheck(_ kind: GroupKind) -> Bool { checks[kind] != nil }

    /// The health of an Application: the worst of its objects', with up to three who are to blame.
    ///
    /// - Parameter resources: Managed objects that count, with nil for kinds without a check.
    package static func aggregate(_ resources: [(key: ResourceKey, health: HealthStatus?, isMissing: Bool)]) -> HealthStatus {
        if !resources.isEmpty, resources.allSatisfy(\.isMissing) { return HealthStatus(.missing) }
        var worst = HealthCode.healthy
        var culprits: [ResourceKey] = []
        for resource in resources where !resource.isMissing {
            guard let code = resource.health?.code else { continue }
            if code > worst {
                worst = code
                culprits = []
            }
            if code == worst, worst != .healthy { culprits.append(resource.key) }
        }
        guard !culprits.isEmpty else { return HealthStatus(worst) }
        let named = culprits.sorted().prefix(3).map(\.description).joined(separator: ", ")
        let more = culprits.count > 3 ? " and \(culprits.count - 3) more" : ""
        return HealthStatus(worst, "Caused by \(named)\(more)")
    }

    // MARK: What checks share

    /// The status has not caught up with the spec.
    static func isBehind(_ object: KubeObject) -> Bool {
        (object.status["observedGeneration"].int ?? 0) < object.generation
    }

    static func condition(_ type: String, _ object: KubeObject) -> JSON? {
        object.status["conditions"].elements.first { $0["type"].string == type }
    }

    static func isTrue(_ type: String, _ object: KubeObject) -> Bool {
        condition(type, object)?["status"].string == "True"
    }

    static func message(_ condition: JSON?) -> String { condition?["message"].string ?? "" }
}
