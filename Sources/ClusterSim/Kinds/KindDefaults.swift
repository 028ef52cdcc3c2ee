// Defaults of the built-in kinds other than pods.

import JSONTree
import KubeModel

/// Fills in the defaults of built-in kinds (`SetDefaults_*` of k8s.io/kubernetes), and the members
/// that the server's types always write.
enum KindDefaults {
    /// The changes that make a kind's defaults, by group and kind.
    static let rules: [GroupKind: @Sendable (inout JSON) -> Void] = [
        GroupKind("", "Pod"): PodDefaults.applyToPod,
        GroupKind("", "PodTemplate"): { PodDefaults.applyToTemplate(&$0) },
        GroupKind("", "ReplicationController"): replicationController,
        GroupKind("apps", "Deployment"): deployment,
        GroupKind("apps", "ReplicaSet"): replicaSet,
        GroupKind("apps", "StatefulSet"): statefulSet,
        GroupKind("apps", "DaemonSet"): daemonSet,
        GroupKind("batch", "Job"): { object in
            object.fillIn("spec", with: [:])
            object.edit("spec") { job(&$0) }
            object.fillIn("status", with: [:])
            defaultJobLabels(&object)
        },
        GroupKind("batch", "CronJob"): cronJob,
        GroupKind("", "Service"): service,
        GroupKind("", "Endpoints"): endpoints,
        GroupKind("discovery.k8s.io", "EndpointSlice"): endpointSlice,
        GroupKind("", "Namespace"): { object in
            object.fillIn("spec", with: [:])
            object.fillIn("status", with: [:])
            if let name = object["metadata"]["name"].string, !name.isEmpty {
                object.set(["metadata", "labels", "kubernetes.io/metadata.name"], to: .string(name))
            }
        },
        GroupKind("", "Node"): { object in
            object.fillIn("spec", with: [:])
            object.fillIn("status", with: [:])
            object.edit("status") { status in
                status.fillIn("daemonEndpoints", with: ["kubeletEndpoint": ["Port": 0]])
                status.fillIn("nodeInfo", with: emptyNodeInfo)
                status.edit("capacity", PodDefaults.quantities)
                status.fillIn("allocatable", with: status["capacity"])
                if status["allocatable"].isNull { status.drop("allocatable") }
            }
        },
        GroupKind("", "Secret"): secret,
        GroupKind("", "Event"): event,
        GroupKind("events.k8s.io", "Event"): { object in
            object.fillIn("eventTime", with: .null)
        },
        GroupKind("", "LimitRange"): limitRange,
        GroupKind("", "ResourceQuota"): { object in
            object.fillIn("spec", with: [:])
            object.edit("spec") { $0.edit("hard", PodDefaults.quantities) }
            object.fillIn("status", with: [:])
        },
        GroupKind("", "PersistentVolume"): persistentVolume,
        GroupKind("", "PersistentVolumeClaim"): { claim(&$0) },
        GroupKind("autoscaling", "HorizontalPodAutoscaler"): autoscaler,
        GroupKind("policy", "PodDisruptionBudget"): { object in
            object.fillIn("spec", with: [:])
            object.fillIn("status", with: [:])
            object.edit("status") { status in
                for field in ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"] {
                    status.fillIn(field, with: 0)
                }
            }
        },
        GroupKind("networking.k8s.io", "Ingress"): { object in
            object.fillIn("spec", with: [:])
            object.fillIn("status", with: [:])
            object.edit("status") { $0.fillIn("loadBalancer", with: [:]) }
        },
        GroupKind("networking.k8s.io", "IngressClass"): { object in
            object.fillIn("spec", with: [:])
            object.edit("spec") { $0.edit("parameters") { $0.fillInText("scope", with: "Cluster") } }
        },
        GroupKind("networking.k8s.io", "NetworkPolicy"): networkPolicy,
        GroupKind("rbac.authorization.k8s.io", "Role"): { $0.fillIn("rules", with: .null) },
        GroupKind("rbac.authorization.k8s.io", "ClusterRole"): { $0.fillIn("rules", with: .null) },
        GroupKind("rbac.authorization.k8s.io", "RoleBinding"): roleBinding,
        GroupKind("rbac.authorization.k8s.io", "ClusterRoleBinding"): roleBinding,
        GroupKind("coordination.k8s.io", "Lease"): { $0.fillIn("spec", with: [:]) },
        GroupKind("scheduling.k8s.io", "PriorityClass"): { object in
            object.fillIn("value", with: 0)
            object.fillInText("preemptionPolicy", with: "PreemptLowerPriority")
        },
        GroupKind("storage.k8s.io", "StorageClass"): { object in
            object.fillInText("reclaimPolicy", with: "Delete")
            object.fillInText("volumeBindingMode", with: "Immediate")
        },
        GroupKind("storage.k8s.io", "CSIDriver"): storageDriver,
        GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): { webhooks(&$0) },
        GroupKind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): { object in
            webhooks(&object)
            object.editEach("webhooks") { $0.fillInText("reinvocationPolicy", with: "Never") }
        },
        GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"): { CustomResources.applyDefaults(&$0) },
    ]

    private static let emptyNodeInfo: JSON = [
        "machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "", "osImage": "",
        "containerRuntimeVersion": "", "kubeletVersion": "", "kubeProxyVersion": "", "operatingSystem": "",
        "architecture": "",
    ]

    // MARK: Workloads

    /// Fills in `spec` and an empty `status`.
    private static func spec(_ object: inout JSON, _ change: (inout JSON) -> Void) {
        object.fillIn("spec", with: [:])
        object.edit("spec", change)
        object.fillIn("status", with: [:])
    }

    private static func deployment(_ object: inout JSON) {
        spec(&object) { spec in
            spec.fillIn("replicas", with: 1)
            PodDefaults.applyToTemplate(&spec)
            spec.fillIn("strategy", with: [:])
            spec.edit("strategy") { strategy in
                strategy.fillInText("type", with: "RollingUpdate")
                guard strategy["type"].string == "RollingUpdate" else { return }
                strategy.fillIn("rollingUpdate", with: [:])
                strategy.edit("rollingUpdate") { update in
                    update.fillIn("maxUnavailable", with: "25%")
                    update.fillIn("maxSurge", with: "25%")
                }
            }
            spec.fillIn("revisionHistoryLimit", with: 10)
            spec.fillIn("progressDeadlineSeconds", with: 600)
            dropZero(&spec, "minReadySeconds")
            if spec["paused"].bool == false { spec.drop("paused") }
        }
    }

    private static func dropZero(_ object: inout JSON, _ key: String) {
        if object[key].int == 0 { object.drop(key) }
    }

    private static func replicaSet(_ object: inout JSON) {
        spec(&object) { spec in
            spec.fillIn("replicas", with: 1)
            PodDefaults.applyToTemplate(&spec)
            dropZero(&spec, "minReadySeconds")
        }
        object.edit("status") { $0.fillIn("replicas", with: 0) }
    }

    private static func replicationController(_ object: inout JSON) {
        let labels = object["spec"]["template"]["metadata"]["labels"]
        if let map = labels.object, !map.isEmpty {
            if !object["spec"].hasContent("selector") { object.set(["spec", "selector"], to: labels) }
            if !object["metadata"].hasContent("labels") { object.set(["metadata", "labels"], to: labels) }
        }
        spec(&object) { spec in
            spec.fillIn("replicas", with: 1)
            if !spec["template"].isNull { PodDefaults.applyToTemplate(&spec) }
        }
        object.edit("status") { $0.fillIn("replicas", with: 0) }
    }

    private static func statefulSet(_ object: inout JSON) {
        spec(&object) { spec in
            spec.fillIn("replicas", with: 1)
            PodDefaults.applyToTemplate(&spec)
            spec.editEach("volumeClaimTemplates") { template in
                template["kind"] = "PersistentVolumeClaim"
                template["apiVersion"] = "v1"
                claim(&template)
            }
            spec.fillInText("podManagementPolicy", with: "OrderedReady")
            spec.fillIn("updateStrategy", with: [:])
            spec.edit("updateStrategy") { strategy in
                strategy.fillInText("type", with: "RollingUpdate")
                guard strategy["type"].string == "RollingUpdate" else { return }
                strategy.fillIn("rollingUpdate", with: [:])
                strategy.edit("rollingUpdate") { $0.fillIn("partition", with: 0) }
            }
            spec.fillIn("revisionHistoryLimit", with: 10)
            spec.fillIn("persistentVolumeClaimRetentionPolicy", with: [:])
            spec.edit("persistentVolumeClaimRetentionPolicy") { policy in
                policy.fillInText("whenDeleted", with: "Retain")
                policy.fillInText("whenScaled", with: "Retain")
            }
            dropZero(&spec, "minReadySeconds")
        }
        object.edit("status") { status in
            status.fillIn("replicas", with: 0)
            status.fillIn("availableReplicas", with: 0)
        }
    }

    private static func daemonSet(_ object: inout JSON) {
        spec(&object) { spec in
            PodDefaults.applyToTemplate(&spec)
            spec.fillIn("updateStrategy", with: [:])
            spec.edit("updateStrategy") { strategy in
                strategy.fillInText("type", with: "RollingUpdate")
                guard strategy["type"].string == "RollingUpdate" else { return }
                strategy.fillIn("rollingUpdate", with: [:])
                strategy.edit("rollingUpdate") { update in
                    update.fillIn("maxUnavailable", with: 1)
                    update.fillIn("maxSurge", with: 0)
                }
            }
            spec.fillIn("revisionHistoryLimit", with: 10)
            dropZero(&spec, "minReadySeconds")
        }
        object.edit("status") { status in
            for field in ["currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady"] {
                status.fillIn(field, with: 0)
            }
        }
    }

    private static func job(_ spec: inout JSON) {
        if spec["completions"].isNull, spec["parallelism"].isNull { spec["completions"] = 1 }
        spec.fillIn("parallelism", with: 1)
        spec.fillIn("backoffLimit", with: spec["backoffLimitPerIndex"].isNull ? 6 : .int(Int64(Int32.max)))
        spec.fillInText("completionMode", with: "NonIndexed")
        spec.fillIn("suspend", with: false)
        spec.fillIn("manualSelector", with: false)
        spec.fillInText(
            "podReplacementPolicy", with: spec["podFailurePolicy"].isNull ? "TerminatingOrFailed" : "Failed")
        spec.edit("podFailurePolicy") { policy in
            policy.editEach("rules") { rule in
                rule.editEach("onPodConditions") { $0.fillInText("status", with: "True") }
            }
        }
        PodDefaults.applyToTemplate(&spec)
    }

    private static func defaultJobLabels(_ object: inout JSON) {
        let labels = object["spec"]["template"]["metadata"]["labels"]
        if let map = labels.object, !map.isEmpty, !object["metadata"].hasContent("labels") {
            object.set(["metadata", "labels"], to: labels)
        }
    }

    private static func cronJob(_ object: inout JSON) {
        spec(&object) { spec in
            spec.fillInText("concurrencyPolicy", with: "Allow")
            spec.fillIn("suspend", with: false)
            spec.fillIn("jobTemplate", with: [:])
            spec.edit("jobTemplate") { template in
                template.fillIn("metadata", with: [:])
                template.fillIn("spec", with: [:])
                template.edit("spec") { PodDefaults.applyToTemplate(&$0) }
            }
            spec.fillIn("successfulJobsHistoryLimit", with: 3)
            spec.fillIn("failedJobsHistoryLimit", with: 1)
        }
    }

    // MARK: Network

    private static func service(_ object: inout JSON) {
        spec(&object) { spec in
            spec.fillInText("sessionAffinity", with: "None")
            if spec["sessionAffinity"].string == "None" { spec.drop("sessionAffinityConfig") }
            if spec["sessionAffinity"].string == "ClientIP", spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"].isNull {
                spec["sessionAffinityConfig"] = ["clientIP": ["timeoutSeconds": 10_800]]
            }
            spec.fillInText("type", with: "ClusterIP")
            spec.editEach("ports") { port in
                port.fillInText("protocol", with: "TCP")
                if port["targetPort"].isNull || port["targetPort"] == 0 || port["targetPort"] == "" {
                    port["targetPort"] = port["port"].isNull ? 0 : port["port"]
                }
                port.fillIn("port", with: 0)
                dropZero(&port, "nodePort")
            }
            let type = spec["type"].string ?? ""
            if ["NodePort", "LoadBalancer"].contains(type) || spec.hasContent("externalIPs") {
                spec.fillInText("externalTrafficPolicy", with: "Cluster")
            }
            if ["ClusterIP", "NodePort", "LoadBalancer"].contains(type) {
                spec.fillInText("internalTrafficPolicy", with: "Cluster")
            }
            if type == "LoadBalancer" { spec.fillIn("allocateLoadBalancerNodePorts", with: true) }
            if spec["publishNotReadyAddresses"].bool == false { spec.drop("publishNotReadyAddresses") }
        }
        object.edit("status") { $0.fillIn("loadBalancer", with: [:]) }
    }

    private static func endpoints(_ object: inout JSON) {
        object.editEach("subsets") { subset in
            subset.editEach("ports") { $0.fillInText("protocol", with: "TCP") }
        }
    }

    private static func endpointSlice(_ object: inout JSON) {
        object.fillIn("endpoints", with: .null)
        object.editEach("endpoints") { $0.fillIn("conditions", with: [:]) }
        object.fillIn("ports", with: .null)
        object.editEach("ports") { port in
            port.fillIn("name", with: "")
            port.fillInText("protocol", with: "TCP")
        }
    }

    private static func networkPolicy(_ object: inout JSON) {
        object.fillIn("spec", with: [:])
        object.edit("spec") { spec in
            spec.fillIn("podSelector", with: [:])
            for direction in ["ingress", "egress"] {
                spec.editEach(direction) { rule in
                    rule.editEach("ports") { $0.fillInText("protocol", with: "TCP") }
                }
            }
            if !spec.hasContent("policyTypes") {
                spec["policyTypes"] = spec.hasContent("egress") ? ["Ingress", "Egress"] : ["Ingress"]
            }
        }
    }

    // MARK: Configuration, storage, policy

    private static func secret(_ object: inout JSON) {
        object.fillInText("type", with: "Opaque")
        guard let texts = object["stringData"].object else {
            object.drop("stringData")
            return
        }
        for (key, value) in texts {
            guard let text = value.string else { continue }
            object.set(["data", key], to: .string(Base64.encode(Array(text.utf8))))
        }
        object.drop("stringData")
    }

    private static func event(_ object: inout JSON) {
        object.fillIn("involvedObject", with: [:])
        object.fillIn("source", with: [:])
        for time in ["firstTimestamp", "lastTimestamp", "eventTime"] { object.fillIn(time, with: .null) }
        for text in ["reportingComponent", "reportingInstance"] { object.fillIn(text, with: "") }
    }

    private static func limitRange(_ object: inout JSON) {
        object.fillIn("spec", with: [:])
        object.edit("spec") { spec in
            spec.editEach("limits") { item in
                for map in ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] {
                    item.edit(map, PodDefaults.quantities)
                }
                guard item["type"].string == "Container" else { return }
                fill(&item, "default", from: "max")
                fill(&item, "defaultRequest", from: "default")
                fill(&item, "defaultRequest", from: "min")
            }
        }
    }

    private static func fill(_ item: inout JSON, _ target: String, from source: String) {
        for (name, amount) in item[source].object ?? [:] {
            item.fillIn(target, with: [:])
            item.edit(target) { $0.fillIn(name, with: amount) }
        }
    }

    private static func persistentVolume(_ object: inout JSON) {
        spec(&object) { spec in
            spec.edit("capacity", PodDefaults.quantities)
            spec.edit("hostPath") { $0.fillIn("type", with: "") }
            spec.fillInText("persistentVolumeReclaimPolicy", with: "Retain")
            spec.fillInText("volumeMode", with: "Filesystem")
        }
        object.edit("status") { $0.fillInText("phase", with: "Pending") }
    }

    private static func claim(_ object: inout JSON) {
        spec(&object) { spec in
            spec.fillIn("resources", with: [:])
            spec.edit("resources") { resources in
                resources.edit("requests", PodDefaults.quantities)
                resources.edit("limits", PodDefaults.quantities)
            }
            spec.fillInText("volumeMode", with: "Filesystem")
        }
        object.fillIn("metadata", with: [:])
        object.edit("status") { $0.fillInText("phase", with: "Pending") }
    }

    private static func storageDriver(_ object: inout JSON) {
        object.edit("spec") { spec in
            spec.fillIn("attachRequired", with: true)
            spec.fillIn("podInfoOnMount", with: false)
            spec.fillIn("storageCapacity", with: false)
            spec.fillInText("fsGroupPolicy", with: "ReadWriteOnceWithFSType")
            spec.fillIn("requiresRepublish", with: false)
            spec.fillIn("seLinuxMount", with: false)
            if !spec.hasContent("volumeLifecycleModes") { spec["volumeLifecycleModes"] = ["Persistent"] }
        }
    }

    private static func roleBinding(_ object: inout JSON) {
        object.edit("roleRef") { $0.fillInText("apiGroup", with: "rbac.authorization.k8s.io") }
        object.editEach("subjects") { subject in
            if ["User", "Group"].contains(subject["kind"].string) {
                subject.fillInText("apiGroup", with: "rbac.authorization.k8s.io")
            }
        }
    }

    private static func webhooks(_ object: inout JSON) {
        object.editEach("webhooks") { webhook in
            webhook.fillInText("failurePolicy", with: "Fail")
            webhook.fillInText("matchPolicy", with: "Equivalent")
            webhook.fillIn("namespaceSelector", with: [:])
            webhook.fillIn("objectSelector", with: [:])
            webhook.fillIn("timeoutSeconds", with: 10)
            webhook.edit("clientConfig") { $0.edit("service") { $0.fillIn("port", with: 443) } }
            webhook.editEach("rules") { $0.fillInText("scope", with: "*") }
        }
    }
}
