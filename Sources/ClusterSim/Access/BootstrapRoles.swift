// The roles and bindings that every cluster has.

import JSONTree
import KubeModel

/// The default ClusterRoles and ClusterRoleBindings
/// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings), as far as
/// the embedded cluster has what they speak of.
enum BootstrapRoles {
    static let all: [KubeObject] = roles + aggregates + bindings

    private static let read = ["get", "list", "watch"]
    private static let write = ["create", "delete", "deletecollection", "patch", "update"]

    private static func rule(_ group: String, _ resources: [String], _ verbs: [String]) -> JSON {
        ["apiGroups": [.string(group)], "resources": JSON(resources), "verbs": JSON(verbs)]
    }

    private static func role(_ name: String, _ rules: [JSON], labels: [String: String] = [:]) -> KubeObject {
        var all = labels
        all["kubernetes.io/bootstrapping"] = "rbac-defaults"
        return KubeObject([
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": [
                "name": .string(name), "labels": JSON(all),
                "annotations": ["rbac.authorization.kubernetes.io/autoupdate": "true"],
            ],
            "rules": .array(rules),
        ])
    }

    private static let paths = [
        "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz",
        "/version", "/version/",
    ]

    private static let roles: [KubeObject] = [
        role(
            "cluster-admin",
            [
                rule("*", ["*"], ["*"]), ["nonResourceURLs": ["*"], "verbs": ["*"]],
            ]),
        role("system:discovery", [["nonResourceURLs": JSON(paths), "verbs": ["get"]]]),
        role(
            "system:public-info-viewer",
            [
                [
                    "nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/version/"],
                    "verbs": ["get"],
                ]
            ]),
        role(
            "system:basic-user",
            [
                rule(
                    "authorization.k8s.io", ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
                    ["create"]),
                rule("authentication.k8s.io", ["selfsubjectreviews"], ["create"]),
            ]),
        role(
            "system:auth-delegator",
            [
                rule("authentication.k8s.io", ["tokenreviews"], ["create"]),
                rule("authorization.k8s.io", ["subjectaccessreviews"], ["create"]),
            ]),
        role("system:aggregate-to-view", viewRules, labels: [aggregation("view"): "true"]),
        role("system:aggregate-to-edit", editRules, labels: [aggregation("edit"): "true"]),
        role("system:aggregate-to-admin", adminRules, labels: [aggregation("admin"): "true"]),
    ]

    private static func aggregation(_ name: String) -> String {
        "rbac.authorization.k8s.io/aggregate-to-\(name)"
    }

    /// `view` is part of `edit`, and that of `admin`; what they have besides comes by label.
    private static let aggregates: [KubeObject] = [
        ("view", "edit"), ("edit", "admin"), ("admin", ""),
    ].map { (name: String, larger: String) in
        var labels = ["kubernetes.io/bootstrapping": "rbac-defaults"]
        if !larger.isEmpty { labels[aggregation(larger)] = "true" }
        return KubeObject([
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": [
                "name": .string(name), "labels": JSON(labels),
                "annotations": ["rbac.authorization.kubernetes.io/autoupdate": "true"],
            ],
            "aggregationRule": [
                "clusterRoleSelectors": [["matchLabels": [aggregation(name): "true"]]]
            ],
            "rules": [],
        ])
    }

    private static let viewed: [(String, [String])] = [
        (
            "",
            [
                "configmaps", "endpoints", "events", "limitranges", "namespaces", "namespaces/status",
                "persistentvolumeclaims", "persistentvolumeclaims/status", "pods", "pods/log", "pods/status",
                "replicationcontrollers", "replicationcontrollers/scale", "replicationcontrollers/status",
                "resourcequotas", "resourcequotas/status", "serviceaccounts", "services", "services/status",
                "bindings",
            ]
        ),
        ("discovery.k8s.io", ["endpointslices"]),
        (
            "apps",
            [
                "controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale",
                "deployments/status", "replicasets", "replicasets/scale", "replicasets/status",
                "statefulsets", "statefulsets/scale", "statefulsets/status",
            ]
        ),
        ("autoscaling", ["horizontalpodautoscalers", "horizontalpodautoscalers/status"]),
        ("batch", ["cronjobs", "cronjobs/status", "jobs", "jobs/status"]),
        ("policy", ["poddisruptionbudgets", "poddisruptionbudgets/status"]),
        ("networking.k8s.io", ["ingresses", "ingresses/status", "networkpolicies"]),
    ]

    private static let viewRules: [JSON] = viewed.map { rule($0, $1, read) }

    private static let editRules: [JSON] = [
        rule(
            "", ["secrets", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"],
            read),
        rule("", ["serviceaccounts"], ["impersonate"]),
        rule("", ["serviceaccounts/token", "pods/eviction"], ["create"]),
        rule(
            "",
            [
                "configmaps", "events", "persistentvolumeclaims", "pods", "pods/attach", "pods/exec",
                "pods/portforward", "pods/proxy", "replicationcontrollers", "replicationcontrollers/scale",
                "secrets", "serviceaccounts", "services", "services/proxy",
            ], write),
        rule(
            "apps",
            [
                "daemonsets", "deployments", "deployments/rollback", "deployments/scale", "replicasets",
                "replicasets/scale", "statefulsets", "statefulsets/scale",
            ], write),
        rule("autoscaling", ["horizontalpodautoscalers"], write),
        rule("batch", ["cronjobs", "jobs"], write),
        rule("policy", ["poddisruptionbudgets"], write),
        rule("networking.k8s.io", ["ingresses", "networkpolicies"], write),
        rule("coordination.k8s.io", ["leases"], read + write),
    ]

    private static let adminRules: [JSON] = [
        rule("authorization.k8s.io", ["localsubjectaccessreviews"], ["create"]),
        rule("rbac.authorization.k8s.io", ["rolebindings", "roles"], read + write),
    ]

    private static func binding(_ name: String, groups: [String]) -> KubeObject {
        KubeObject([
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": [
                "name": .string(name), "labels": ["kubernetes.io/bootstrapping": "rbac-defaults"],
                "annotations": ["rbac.authorization.kubernetes.io/autoupdate": "true"],
            ],
            "roleRef": [
                "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(name),
            ],
            "subjects": .array(
                groups.map { group in
                    ["apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": .string(group)]
                }),
        ])
    }

    private static let bindings: [KubeObject] = [
        binding("cluster-admin", groups: ["system:masters"]),
        binding("system:discovery", groups: ["system:authenticated"]),
        binding("system:basic-user", groups: ["system:authenticated"]),
        binding(
            "system:public-info-viewer", groups: ["system:authenticated", "system:unauthenticated"]),
    ]
}

extension ClusterMachine {
    /// Fills the rules of aggregated ClusterRoles from those that their selectors choose.
    mutating func aggregateRoles() {
        let kind = GroupKind("rbac.authorization.k8s.io", "ClusterRole")
        guard let definition = catalog.definition(of: kind) else { return }
        let roles = objects(kind, namespace: nil)
        for role in roles where !role.tree["aggregationRule"].isNull {
            let selectors = role.tree["aggregationRule"]["clusterRoleSelectors"].elements
                .compactMap { LabelSelector($0) }
            var rules: [JSON] = []
            for other in roles
            where other.name != role.name && selectors.contains(where: { $0.matches(other.labels) }) {
                for rule in other.tree["rules"].elements where !rules.contains(rule) { rules.append(rule) }
            }
            guard role.tree["rules"].elements != rules else { continue }
            var changed = role
            changed.tree["rules"] = .array(rules)
            _ = put(changed, definition)
        }
    }
}
