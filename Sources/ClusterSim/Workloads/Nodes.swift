// The cluster's one node, and the scheduler that binds pods to it.

import JSONTree
import KubeModel

extension Workloads {
    static let nodeName = "martlet"
    private static let nodeAddress = "127.0.0.1"
    /// A size that no test fills: scheduling by capacity is not simulated.
    private static let capacity: JSON = [
        "cpu": "1024", "memory": "4Ti", "pods": "20000", "ephemeral-storage": "16Ti",
    ]

    /// Makes sure that the node exists.
    mutating func syncNode(_ cluster: inout some WorkloadCluster) -> Bool {
        let key = ObjectKey(namespace: "", name: Self.nodeName)
        if cluster.object(Kinds.node.groupKind, key) != nil { return true }
        let node: JSON = [
            "apiVersion": "v1", "kind": "Node",
            "metadata": [
                "name": .string(Self.nodeName),
                "labels": [
                    "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": .string(Self.nodeName),
                    "kubernetes.io/os": "linux",
                ],
            ],
            "status": nodeStatus(),
        ]
        guard case .success = create(KubeObject(node), as: ControllerUser.kubelet, &cluster) else { return false }
        return true
    }

    private func nodeStatus() -> JSON {
        let time = JSON.string(now.rfc3339)
        func condition(_ type: String, _ status: String, _ reason: String, _ message: String) -> JSON {
            [
                "type": .string(type), "status": .string(status), "lastHeartbeatTime": time,
                "lastTransitionTime": time, "reason": .string(reason), "message": .string(message),
            ]
        }
        return [
            "capacity": Self.capacity, "allocatable": Self.capacity,
            "addresses": [
                ["type": "InternalIP", "address": .string(Self.nodeAddress)],
                ["type": "Hostname", "address": .string(Self.nodeName)],
            ],
            "conditions": [
                condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
            ],
            "nodeInfo": [
                "architecture": "amd64", "operatingSystem": "linux", "kubeletVersion": "v1.36.0",
                "kubeProxyVersion": "", "containerRuntimeVersion": "martlet://1", "kernelVersion": "simulated",
                "osImage": "simulated", "bootID": "", "machineID": "", "systemUUID": "",
            ],
        ]
    }

    /// Binds a pod without a node, or says why it cannot.
    mutating func schedule(_ pod: KubeObject, _ cluster: inout some WorkloadCluster) -> Bool {
        guard pod.spec["schedulingGates"].elements.isEmpty,
            pod.spec["schedulerName"].string ?? "default-scheduler" == "default-scheduler"
        else { return true }
        let node = cluster.object(Kinds.node.groupKind, ObjectKey(namespace: "", name: Self.nodeName))
        guard let node else { return false }
        if let obstacle = Self.obstacle(to: pod, on: node) {
            return reportUnschedulable(pod, "0/1 nodes are available: \(obstacle).", &cluster)
        }
        let bound = patch(
            pod.reference, ["spec": ["nodeName": .string(Self.nodeName)]], subresource: "binding",
            as: ControllerUser.scheduler, &cluster)
        return bound != nil
    }

    private mutating func reportUnschedulable(
        _ pod: KubeObject, _ message: String, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let known = Pods.condition(pod, "PodScheduled")
        if known["status"].string == "False", known["message"].string == message { return true }
        var status = pod.status
        status["conditions"] = Self.conditions(
            status["conditions"],
            setting: [
                "type": "PodScheduled", "status": "False", "lastProbeTime": .null,
                "lastTransitionTime": .string(now.rfc3339), "reason": "Unschedulable", "message": .string(message),
            ])
        recordEvent(
            on: pod, .warning, reason: "FailedScheduling", message, component: "default-scheduler",
            as: ControllerUser.scheduler, &cluster)
        return setStatus(pod, status, as: ControllerUser.scheduler, &cluster)
    }

    /// A list of conditions in which one has been replaced or added.
    static func conditions(_ list: JSON, setting condition: JSON) -> JSON {
        var result = list.elements.filter { $0["type"] != condition["type"] }
        result.append(condition)
        return .array(result)
    }

    /// Why the node does not take a pod; nil when it does.
    private static func obstacle(to pod: KubeObject, on node: KubeObject) -> String? {
        if node.spec["unschedulable"].bool == true { return "1 node(s) were unschedulable" }
        let labels = node.labels
        let wanted = KubeObject.strings(pod.spec["nodeSelector"])
        let terms = pod.spec.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")["nodeSelectorTerms"]
        let chosen = terms.isNull || terms.elements.contains { matches($0, labels, name: node.name) }
        if !wanted.allSatisfy({ labels[$0.key] == $0.value }) || !chosen {
            return "1 node(s) didn't match Pod's node affinity/selector"
        }
        for taint in node.spec["taints"].elements where taint["effect"].string != "PreferNoSchedule" {
            if !pod.spec["tolerations"].elements.contains(where: { tolerates($0, taint) }) {
                return "1 node(s) had untolerated taint {\(taint["key"].string ?? ""): \(taint["value"].string ?? "")}"
            }
        }
        return nil
    }

    private static func matches(_ term: JSON, _ labels: [String: String], name: String) -> Bool {
        func holds(_ expression: JSON, _ labels: [String: String]) -> Bool {
            let operators: [String: LabelSelector.Requirement.Operator] = [
                "In": .isIn, "NotIn": .notIn, "Exists": .exists, "DoesNotExist": .doesNotExist,
                "Gt": .greaterThan, "Lt": .lessThan,
            ]
            guard let operation = operators[expression["operator"].string ?? ""] else { return false }
            let values = expression["values"].elements.compactMap(\.string)
            return LabelSelector.Requirement(expression["key"].string ?? "", operation, values).matches(labels)
        }
        return term["matchExpressions"].elements.allSatisfy { holds($0, labels) }
            && term["matchFields"].elements.allSatisfy { holds($0, ["metadata.name": name]) }
    }

    /// Whether a toleration covers a taint (`corev1.Toleration.ToleratesTaint`).
    static func tolerates(_ toleration: JSON, _ taint: JSON) -> Bool {
        if let effect = toleration["effect"].string, !effect.isEmpty, effect != taint["effect"].string { return false }
        let key = toleration["key"].string ?? ""
        if !key.isEmpty, key != taint["key"].string { return false }
        if toleration["operator"].string == "Exists" { return true }
        return !key.isEmpty && (toleration["value"].string ?? "") == (taint["value"].string ?? "")
    }
}
