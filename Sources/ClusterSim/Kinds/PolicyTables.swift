// Tables of policies, roles, storage and the cluster's own kinds.

import JSONTree
import KubeModel

/// The tables of policy, access and storage kinds.
enum PolicyTables {
    private static let bindingColumns = [
        TableColumn("Name"), TableColumn("Role"), TableColumn("Age"), TableColumn("Users", wide: true),
        TableColumn("Groups", wide: true), TableColumn("ServiceAccounts", wide: true),
    ]

    static let shapes: [GroupKind: TableShape] = [
        GroupKind("policy", "PodDisruptionBudget"): TableShape(
            columns: [
                TableColumn("Name"), TableColumn("Min Available"), TableColumn("Max Unavailable"),
                TableColumn("Allowed Disruptions", "integer"), TableColumn("Age"),
            ]
        ) { object, now in
            [
                TableText.name(object), intOrText(object["spec"]["minAvailable"]),
                intOrText(object["spec"]["maxUnavailable"]), TableText.number(object["status"]["disruptionsAllowed"]),
                TableText.age(object, now),
            ]
        },
        GroupKind("autoscaling", "HorizontalPodAutoscaler"): TableShape(
            columns: ["Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"].map { TableColumn($0) }
        ) { object, now in
            let spec = object["spec"]
            let target = spec["scaleTargetRef"]
            return [
                TableText.name(object), .string("\(target["kind"].string ?? "")/\(target["name"].string ?? "")"),
                .string(AutoscalerTable.targets(object)),
                spec["minReplicas"].int.map { .string(String($0)) } ?? "<unset>", TableText.number(spec["maxReplicas"]),
                TableText.number(object["status"]["currentReplicas"]), TableText.age(object, now),
            ]
        },
        GroupKind("scheduling.k8s.io", "PriorityClass"): TableShape(
            columns: [
                TableColumn("Name"), TableColumn("Value", "integer"), TableColumn("Global-Default", "boolean"),
                TableColumn("Age"), TableColumn("PreemptionPolicy"),
            ]
        ) { object, now in
            [
                TableText.name(object), TableText.number(object["value"]), .bool(object["globalDefault"].bool ?? false),
                TableText.age(object, now), object["preemptionPolicy"],
            ]
        },
        GroupKind("", "ResourceQuota"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Request"), TableColumn("Limit"), TableColumn("Age")],
            cells: quota),
        GroupKind("rbac.authorization.k8s.io", "Role"): createdAt,
        GroupKind("rbac.authorization.k8s.io", "ClusterRole"): createdAt,
        GroupKind("rbac.authorization.k8s.io", "RoleBinding"): TableShape(columns: bindingColumns, cells: binding),
        GroupKind("rbac.authorization.k8s.io", "ClusterRoleBinding"): TableShape(columns: bindingColumns, cells: binding),
        GroupKind("", "PersistentVolume"): volume,
        GroupKind("", "PersistentVolumeClaim"): claim,
        GroupKind("storage.k8s.io", "StorageClass"): TableShape(
            columns: ["Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode"].map { TableColumn($0) }
                + [TableColumn("AllowVolumeExpansion"), TableColumn("Age")]
        ) { object, now in
            var name = object["metadata"]["name"].string ?? ""
            if object["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] == "true" {
                name += " (default)"
            }
            return [
                .string(name), object["provisioner"], object["reclaimPolicy"], object["volumeBindingMode"],
                .bool(object["allowVolumeExpansion"].bool ?? false), TableText.age(object, now),
            ]
        },
        GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): webhooks,
        GroupKind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): webhooks,
        GroupKind("node.k8s.io", "RuntimeClass"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Handler"), TableColumn("Age")]
        ) { object, now in
            [TableText.name(object), object["handler"], TableText.age(object, now)]
        },
        GroupKind("certificates.k8s.io", "CertificateSigningRequest"): TableShape(
            columns: ["Name", "Age", "SignerName", "Requestor", "RequestedDuration", "Condition"].map { TableColumn($0) }
        ) { object, now in
            let seconds = object["spec"]["expirationSeconds"].int
            let types = Set(object["status"]["conditions"].elements.compactMap { $0["type"].string })
            var state = types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending"
            if object["status"].hasContent("certificate") { state += ",Issued" }
            return [
                TableText.name(object), TableText.age(object, now), object["spec"]["signerName"],
                TableText.orNone(object["spec"]["username"]),
                seconds.map { .string(TableText.duration(.seconds($0))) } ?? TableText.none, .string(state),
            ]
        },
    ]

    private static func intOrText(_ value: JSON) -> JSON {
        switch value {
        case .int(let number): .string(String(number))
        case .string: value
        default: "N/A"
        }
    }

    private static let createdAt = TableShape(
        columns: [TableColumn("Name"), TableColumn("Created At", "date")]
    ) { object, _ in
        [TableText.name(object), object["metadata"]["creationTimestamp"]]
    }

    private static let webhooks = TableShape(
        columns: [TableColumn("Name"), TableColumn("Webhooks", "integer"), TableColumn("Age")]
    ) { object, now in
        [TableText.name(object), JSON(object["webhooks"].elements.count), TableText.age(object, now)]
    }

    @Sendable private static func binding(_ object: JSON, _ now: Timestamp) -> [JSON] {
        let role = object["roleRef"]
        let subjects = object["subjects"].elements
        func names(_ kind: String) -> JSON {
            .string(subjects.filter { $0["kind"].string == kind }.compactMap { $0["name"].string }.joined(separator: ", "))
        }
        let accounts = subjects.filter { $0["kind"].string == "ServiceAccount" }
            .map { "\($0["namespace"].string ?? "")/\($0["name"].string ?? "")" }
        return [
            TableText.name(object), .string("\(role["kind"].string ?? "")/\(role["name"].string ?? "")"),
            TableText.age(object, now), names("User"), names("Group"), .string(accounts.joined(separator: ", ")),
        ]
    }

    @Sendable private static func quota(_ object: JSON, _ now: Timestamp) -> [JSON] {
        var requests: [String] = []
        var limits: [String] = []
        for (name, hard) in (object["status"]["hard"].object ?? [:]).sorted() {
            let used = object["status"]["used"][name].string ?? "0"
            let text = "\(name): \(used)/\(hard.string ?? "0")"
            if name.hasPrefix("limits") { limits.append(text) } else { requests.append(text) }
        }
        return [
            TableText.name(object), .string(requests.joined(separator: ", ")), .string(limits.joined(separator: ", ")),
            TableText.age(object, now),
        ]
    }

    // MARK: Storage

    private static func accessModes(_ modes: JSON) -> JSON {
        let short = ["ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"]
        let given = Set(modes.elements.compactMap(\.string))
        let ordered = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"].filter(given.contains)
        return .string(ordered.compactMap { short[$0] }.joined(separator: ","))
    }

    private static func text(_ value: JSON) -> JSON { value.isNull ? "" : value }

    private static let volume = TableShape(
        columns: [
            "Name", "Capacity", "Access Modes", "Reclaim Policy", "Status", "Claim", "StorageClass",
            "VolumeAttributesClass", "Reason", "Age",
        ].map { TableColumn($0) } + [TableColumn("VolumeMode", wide: true)]
    ) { object, now in
        let spec = object["spec"]
        let claim = spec["claimRef"]
        let claimText = claim.isNull ? "" : "\(claim["namespace"].string ?? "")/\(claim["name"].string ?? "")"
        let isDeleting = !object["metadata"]["deletionTimestamp"].isNull
        return [
            TableText.name(object), text(spec["capacity"]["storage"]), accessModes(spec["accessModes"]),
            text(spec["persistentVolumeReclaimPolicy"]), isDeleting ? "Terminating" : text(object["status"]["phase"]),
            .string(claimText), text(spec["storageClassName"]), TableText.orUnset(spec["volumeAttributesClassName"]),
            text(object["status"]["reason"]), TableText.age(object, now), TableText.orUnset(spec["volumeMode"]),
        ]
    }

    private static let claim = TableShape(
        columns: [
            "Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeAttributesClass", "Age",
        ].map { TableColumn($0) } + [TableColumn("VolumeMode", wide: true)]
    ) { object, now in
        let spec = object["spec"]
        let isBound = spec.hasContent("volumeName")
        let isDeleting = !object["metadata"]["deletionTimestamp"].isNull
        return [
            TableText.name(object), isDeleting ? "Terminating" : text(object["status"]["phase"]), text(spec["volumeName"]),
            isBound ? text(object["status"]["capacity"]["storage"]) : "",
            isBound ? accessModes(object["status"]["accessModes"]) : "", text(spec["storageClassName"]),
            TableText.orUnset(spec["volumeAttributesClassName"]), TableText.age(object, now),
            TableText.orUnset(spec["volumeMode"]),
        ]
    }
}

/// What an autoscaler aims at, beside what it sees (`formatHPAMetrics`).
enum AutoscalerTable {
    private static let shownMax = 2

    static func targets(_ object: JSON) -> String {
        let metrics = object["spec"]["metrics"].elements
        if metrics.isEmpty { return "<none>" }
        let current = object["status"]["currentMetrics"].elements
        let texts = metrics.enumerated().map { position, metric in
            text(metric, position < current.count ? current[position] : .null)
        }
        let shown = texts.prefix(shownMax).joined(separator: ", ")
        return texts.count > shownMax ? "\(shown) + \(texts.count - shownMax) more..." : shown
    }

    private static func text(_ metric: JSON, _ current: JSON) -> String {
        let fields = [
            "Resource": "resource", "ContainerResource": "containerResource", "Pods": "pods", "Object": "object",
            "External": "external",
        ]
        guard let type = metric["type"].string, let field = fields[type] else { return "<unknown type>" }
        let target = metric[field]["target"]
        let seen = current[field]["current"]
        let name = metric[field]["name"].string.map { "\($0): " } ?? ""
        if type == "Resource" || type == "ContainerResource" {
            if let value = target["averageValue"].string {
                return "\(name)\(seen["averageValue"].string ?? "<unknown>")/\(value)"
            }
            let now = seen["averageUtilization"].int.map { "\($0)%" } ?? "<unknown>"
            let wanted = target["averageUtilization"].int.map { "\($0)%" } ?? "<auto>"
            return "\(name)\(now)/\(wanted)"
        }
        if let value = target["averageValue"].string {
            let suffix = type == "Pods" ? "" : " (avg)"
            return "\(seen["averageValue"].string ?? "<unknown>")/\(value)\(suffix)"
        }
        return "\(seen["value"].string ?? "<unknown>")/\(target["value"].string ?? "<auto>")"
    }
}
