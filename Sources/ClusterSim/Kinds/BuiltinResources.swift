// The list of built-in resources: names, scope, verbs, subresources.

import KubeModel

/// The resources that the server has without any CustomResourceDefinition.
enum BuiltinResources {
    /// Every built-in resource, in the order in which discovery lists them: core first, then the
    /// groups, the preferred version of each first.
    static let all: [ResourceDefinition] =
        core + registration + apps + events + reviews + autoscaling + batch + certificates + networking
        + policy + accessControl + storage + admission + extensions + scheduling + leases + nodeGroup
        + slices + flowControl

    /// One resource as the lists below write it.
    private static func make(
        _ group: String, _ version: String, _ kind: String, _ resource: String, short: [String] = [],
        categories: [String] = [], isNamespaced: Bool = true, verbs: [String]? = nil,
        subresources: [String] = [], storageVersion: String? = nil
    ) -> ResourceDefinition {
        var definition = ResourceDefinition(
            group: group, version: version, resource: resource, singular: kind.lowercased(), kind: kind,
            listKind: kind + "List", isNamespaced: isNamespaced, storageVersion: storageVersion ?? version)
        definition.shortNames = short
        definition.categories = categories
        definition.subresources = subresources
        if let verbs { definition.verbs = verbs }
        definition.schema = BuiltinSchemas.schema(of: definition.groupVersionKind)
        return definition
    }

    private static let createOnly = ["create"]

    private static let core: [ResourceDefinition] = {
        var endpoints = make("", "v1", "Endpoints", "endpoints", short: ["ep"])
        endpoints.deprecationWarning =
            "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
        var componentStatuses = make(
            "", "v1", "ComponentStatus", "componentstatuses", short: ["cs"], isNamespaced: false,
            verbs: ["get", "list"])
        componentStatuses.deprecationWarning = "v1 ComponentStatus is deprecated in v1.19+"
        return [
            make("", "v1", "Binding", "bindings", verbs: createOnly),
            componentStatuses,
            make("", "v1", "ConfigMap", "configmaps", short: ["cm"]),
            endpoints,
            make("", "v1", "Event", "events", short: ["ev"]),
            make("", "v1", "LimitRange", "limitranges", short: ["limits"]),
            make(
                "", "v1", "Namespace", "namespaces", short: ["ns"], isNamespaced: false,
                verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
                subresources: ["finalize", "status"]),
            make(
                "", "v1", "Node", "nodes", short: ["no"], isNamespaced: false,
                subresources: ["proxy", "status"]),
            make(
                "", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", short: ["pvc"],
                subresources: ["status"]),
            make(
                "", "v1", "PersistentVolume", "persistentvolumes", short: ["pv"], isNamespaced: false,
                subresources: ["status"]),
            make(
                "", "v1", "Pod", "pods", short: ["po"], categories: ["all"],
                subresources: [
                    "attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward",
                    "proxy", "resize", "status",
                ]),
            make("", "v1", "PodTemplate", "podtemplates"),
            make(
                "", "v1", "ReplicationController", "replicationcontrollers", short: ["rc"],
                categories: ["all"], subresources: ["scale", "status"]),
            make("", "v1", "ResourceQuota", "resourcequotas", short: ["quota"], subresources: ["status"]),
            make("", "v1", "Secret", "secrets"),
            make("", "v1", "ServiceAccount", "serviceaccounts", short: ["sa"], subresources: ["token"]),
            make(
                "", "v1", "Service", "services", short: ["svc"], categories: ["all"],
                subresources: ["proxy", "status"]),
        ]
    }()

    private static let registration: [ResourceDefinition] = [
        make(
            "apiregistration.k8s.io", "v1", "APIService", "apiservices", categories: ["api-extensions"],
            isNamespaced: false, subresources: ["status"])
    ]

    private static let apps: [ResourceDefinition] = [
        make("apps", "v1", "ControllerRevision", "controllerrevisions"),
        make(
            "apps", "v1", "DaemonSet", "daemonsets", short: ["ds"], categories: ["all"],
            subresources: ["status"]),
        make(
            "apps", "v1", "Deployment", "deployments", short: ["deploy"], categories: ["all"],
            subresources: ["scale", "status"]),
        make(
            "apps", "v1", "ReplicaSet", "replicasets", short: ["rs"], categories: ["all"],
            subresources: ["scale", "status"]),
        make(
            "apps", "v1", "StatefulSet", "statefulsets", short: ["sts"], categories: ["all"],
            subresources: ["scale", "status"]),
    ]

    private static let events: [ResourceDefinition] = [
        make("events.k8s.io", "v1", "Event", "events", short: ["ev"])
    ]

    private static let reviews: [ResourceDefinition] = [
        make(
            "authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", isNamespaced: false,
            verbs: createOnly),
        make(
            "authentication.k8s.io", "v1", "TokenReview", "tokenreviews", isNamespaced: false,
            verbs: createOnly),
        make(
            "authorization.k8s.io", "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews",
            verbs: createOnly),
        make(
            "authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews",
            isNamespaced: false, verbs: createOnly),
        make(
            "authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews",
            isNamespaced: false, verbs: createOnly),
        make(
            "authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", isNamespaced: false,
            verbs: createOnly),
    ]

    private static let autoscaling: [ResourceDefinition] = ["v2", "v1"].map { version in
        make(
            "autoscaling", version, "HorizontalPodAutoscaler", "horizontalpodautoscalers", short: ["hpa"],
            categories: ["all"], subresources: ["status"], storageVersion: "v2")
    }

    private static let batch: [ResourceDefinition] = [
        make(
            "batch", "v1", "CronJob", "cronjobs", short: ["cj"], categories: ["all"],
            subresources: ["status"]),
        make("batch", "v1", "Job", "jobs", categories: ["all"], subresources: ["status"]),
    ]

    private static let certificates: [ResourceDefinition] = [
        make(
            "certificates.k8s.io", "v1", "CertificateSigningRequest", "certificatesigningrequests",
            short: ["csr"], isNamespaced: false, subresources: ["approval", "status"])
    ]

    private static let networking: [ResourceDefinition] = [
        make("networking.k8s.io", "v1", "IngressClass", "ingressclasses", isNamespaced: false),
        make("networking.k8s.io", "v1", "Ingress", "ingresses", short: ["ing"], subresources: ["status"]),
        make("networking.k8s.io", "v1", "IPAddress", "ipaddresses", short: ["ip"], isNamespaced: false),
        make("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", short: ["netpol"]),
        make(
            "networking.k8s.io", "v1", "ServiceCIDR", "servicecidrs", isNamespaced: false,
            subresources: ["status"]),
    ]

    private static let policy: [ResourceDefinition] = [
        make(
            "policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", short: ["pdb"],
            subresources: ["status"])
    ]

    private static let accessControl: [ResourceDefinition] = [
        make(
            "rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings",
            isNamespaced: false),
        make("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", isNamespaced: false),
        make("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
        make("rbac.authorization.k8s.io", "v1", "Role", "roles"),
    ]

    private static let storage: [ResourceDefinition] = [
        make("storage.k8s.io", "v1", "CSIDriver", "csidrivers", isNamespaced: false),
        make("storage.k8s.io", "v1", "CSINode", "csinodes", isNamespaced: false),
        make("storage.k8s.io", "v1", "CSIStorageCapacity", "csistoragecapacities"),
        make("storage.k8s.io", "v1", "StorageClass", "storageclasses", short: ["sc"], isNamespaced: false),
        make(
            "storage.k8s.io", "v1", "VolumeAttachment", "volumeattachments", isNamespaced: false,
            subresources: ["status"]),
        make(
            "storage.k8s.io", "v1", "VolumeAttributesClass", "volumeattributesclasses", short: ["vac"],
            isNamespaced: false),
    ]

    private static let admission: [ResourceDefinition] = [
        ("MutatingWebhookConfiguration", "mutatingwebhookconfigurations", []),
        ("ValidatingAdmissionPolicy", "validatingadmissionpolicies", ["status"]),
        ("ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", []),
        ("ValidatingWebhookConfiguration", "validatingwebhookconfigurations", []),
    ].map { (kind: String, resource: String, subresources: [String]) in
        make(
            "admissionregistration.k8s.io", "v1", kind, resource, categories: ["api-extensions"],
            isNamespaced: false, subresources: subresources)
    }

    private static let extensions: [ResourceDefinition] = [
        make(
            "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions",
            short: ["crd", "crds"], categories: ["api-extensions"], isNamespaced: false,
            subresources: ["status"])
    ]

    private static let scheduling: [ResourceDefinition] = [
        make(
            "scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", short: ["pc"],
            isNamespaced: false)
    ]

    private static let leases: [ResourceDefinition] = [make("coordination.k8s.io", "v1", "Lease", "leases")]

    private static let nodeGroup: [ResourceDefinition] = [
        make("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses", isNamespaced: false)
    ]

    private static let slices: [ResourceDefinition] = [
        make("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices")
    ]

    private static let flowControl: [ResourceDefinition] = [
        make(
            "flowcontrol.apiserver.k8s.io", "v1", "FlowSchema", "flowschemas", isNamespaced: false,
            subresources: ["status"]),
        make(
            "flowcontrol.apiserver.k8s.io", "v1", "PriorityLevelConfiguration",
            "prioritylevelconfigurations", isNamespaced: false, subresources: ["status"]),
    ]
}

extension ResourceDefinition {
    /// What discovery says of a subresource: the kind its bodies have (group and version are empty
    /// when they are the resource's own) and its verbs.
    func subresourceDiscovery(_ name: String) -> (kind: GroupVersionKind, verbs: [String]) {
        let own = GroupVersionKind(group: "", version: "", kind: kind)
        let change = ["get", "patch", "update"]
        switch (name, resource) {
        case ("scale", _):
            return (GroupVersionKind(group: "autoscaling", version: "v1", kind: "Scale"), change)
        case ("eviction", _):
            return (GroupVersionKind(group: "policy", version: "v1", kind: "Eviction"), ["create"])
        case ("token", _):
            return (
                GroupVersionKind(group: "authentication.k8s.io", version: "v1", kind: "TokenRequest"), ["create"]
            )
        case ("binding", _): return (GroupVersionKind(group: "", version: "", kind: "Binding"), ["create"])
        case ("attach", _): return (Self.connect("PodAttachOptions"), ["create", "get"])
        case ("exec", _): return (Self.connect("PodExecOptions"), ["create", "get"])
        case ("portforward", _): return (Self.connect("PodPortForwardOptions"), ["create", "get"])
        case ("proxy", _):
            let verbs = ["create", "delete", "get", "patch", "update"]
            let options = ["nodes": "NodeProxyOptions", "services": "ServiceProxyOptions"]
            return (Self.connect(options[resource] ?? "PodProxyOptions"), verbs)
        case ("log", _): return (own, ["get"])
        case ("finalize", _): return (own, ["update"])
        default: return (own, change)
        }
    }

    private static func connect(_ kind: String) -> GroupVersionKind {
        GroupVersionKind(group: "", version: "", kind: kind)
    }
}
