// What admission adds to new pods, and why it refuses some: LimitRanger, ServiceAccount, Priority,
// DefaultTolerationSeconds, ResourceQuota (kubernetes/plugin/pkg/admission).

import JSONTree
import KubeModel

/// The admission plugins that change or refuse new pods.
enum PodAdmission {
    private static let systemPriorities: [String: Int64] = [
        "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000,
    ]
    private static let outageTolerations = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
    private static let tokenMountPath = "/var/run/secrets/kubernetes.io/serviceaccount"

    static func admit(_ pod: inout JSON, view: some ClusterView) throws(APIStatus) {
        let namespace = pod["metadata"]["namespace"].string ?? ""
        for range in view.objects(Kinds.limitRange.groupKind, namespace: namespace) {
            try LimitRanger.admit(&pod, range)
        }
        try admitAccount(&pod, namespace, view)
        try admitPriority(&pod, view)
        admitTolerations(&pod)
        try admitRuntime(&pod, view)
    }

    /// The refusal `pods "x" is forbidden: …`.
    static func forbidden(_ object: JSON, _ resource: String, _ why: String) -> APIStatus {
        let metadata = object["metadata"]
        let name = metadata["name"].string ?? metadata["generateName"].string ?? ""
        return APIStatus(code: 403, reason: "Forbidden", message: "\(resource) \"\(name)\" is forbidden: \(why)")
    }

    // MARK: ServiceAccount

    private static func admitAccount(
        _ pod: inout JSON, _ namespace: String, _ view: some ClusterView
    ) throws(APIStatus) {
        pod.edit("spec") { spec in
            spec.fillInText("serviceAccountName", with: "default")
            spec["serviceAccount"] = spec["serviceAccountName"]
        }
        let name = pod["spec"]["serviceAccountName"].string ?? ""
        let account = view.object(Kinds.serviceAccount.groupKind, ObjectKey(namespace: namespace, name: name))
        guard let account else {
            throw forbidden(
                pod, "pods",
                "error looking up service account \(namespace)/\(name): serviceaccount \"\(name)\" not found")
        }
        let pullSecrets = account.tree["imagePullSecrets"]
        if !pullSecrets.elements.isEmpty, !pod["spec"].hasContent("imagePullSecrets") {
            pod.set(["spec", "imagePullSecrets"], to: pullSecrets)
        }
        let automounts = pod["spec"]["automountServiceAccountToken"].bool ?? account.tree["automountServiceAccountToken"].bool
        if automounts != false { mountToken(&pod) }
    }

    /// Adds the projected volume with token, CA and namespace, where containers lack one.
    private static func mountToken(_ pod: inout JSON) {
        var hash = StableHash()
        hash.combine(pod["metadata"]["uid"])
        let name = "kube-api-access-" + hash.safeText.prefix(5)
        let mount: JSON = ["name": .string(name), "readOnly": true, "mountPath": .string(tokenMountPath)]
        var isMounted = false
        pod.edit("spec") { spec in
            for list in ["initContainers", "containers"] {
                spec.editEach(list) { container in
                    let mounts = container["volumeMounts"].elements
                    if mounts.contains(where: { $0["mountPath"].string == tokenMountPath }) { return }
                    container["volumeMounts"] = .array(mounts + [mount])
                    isMounted = true
                }
            }
            guard isMounted else { return }
            spec["volumes"] = .array(spec["volumes"].elements + [tokenVolume(name)])
        }
    }

    private static func tokenVolume(_ name: String) -> JSON {
        let path: JSON = ["path": "namespace", "fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.namespace"]]
        return [
            "name": .string(name),
            "projected": [
                "sources": [
                    ["serviceAccountToken": ["expirationSeconds": 3607, "path": "token"]],
                    ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
                    ["downwardAPI": ["items": [path]]],
                ],
                "defaultMode": 420,
            ],
        ]
    }

    // MARK: Priority and tolerations

    private static func admitPriority(_ pod: inout JSON, _ view: some ClusterView) throws(APIStatus) {
        var priority: Int64 = 0
        var preemption = "PreemptLowerPriority"
        if let name = pod["spec"]["priorityClassName"].string, !name.isEmpty {
            let known = view.object(Kinds.priorityClass.groupKind, ObjectKey(namespace: "", name: name))
            if let value = known?.tree["value"].int {
                priority = value
                preemption = known?.tree["preemptionPolicy"].string ?? preemption
            } else if let value = systemPriorities[name] {
                priority = value
            } else {
                throw forbidden(pod, "pods", "no PriorityClass with name \(name) was found")
            }
        } else {
            let classes = view.objects(Kinds.priorityClass.groupKind, namespace: nil)
            let fallback = classes.filter { $0.tree["globalDefault"].bool == true }
                .min { ($0.tree["value"].int ?? 0) < ($1.tree["value"].int ?? 0) }
            if let fallback {
                pod.set(["spec", "priorityClassName"], to: .string(fallback.name))
                priority = fallback.tree["value"].int ?? 0
                preemption = fallback.tree["preemptionPolicy"].string ?? preemption
            }
        }
        if let given = pod["spec"]["priority"].int, given != priority {
            throw forbidden(
                pod, "pods",
                "the integer value of priority (\(given)) must not be provided in pod spec; priority admission controller computed \(priority) from the given PriorityClass name")
        }
        pod.set(["spec", "priority"], to: .int(priority))
        if let given = pod["spec"]["preemptionPolicy"].string, given != preemption {
            throw forbidden(
                pod, "pods",
                "the string value of PreemptionPolicy (\(given)) must not be provided in pod spec; priority "
                    + "admission controller computed \(preemption) from the given PriorityClass name")
        }
        if pod["spec"]["preemptionPolicy"].isNull { pod.set(["spec", "preemptionPolicy"], to: .string(preemption)) }
    }

    // MARK: RuntimeClass

    private static func admitRuntime(_ pod: inout JSON, _ view: some ClusterView) throws(APIStatus) {
        let overhead = pod["spec"]["overhead"]
        guard let name = pod["spec"]["runtimeClassName"].string else {
            if overhead.object?.isEmpty == false {
                throw forbidden(
                    pod, "pods", "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")
            }
            return
        }
        // A name that cannot be is the validation's to refuse.
        guard MetadataRules.subdomainErrors(name).isEmpty else { return }
        let kind = GroupKind("node.k8s.io", "RuntimeClass")
        guard let runtime = view.object(kind, ObjectKey(namespace: "", name: name)) else {
            throw forbidden(pod, "pods", "pod rejected: RuntimeClass \"\(name)\" not found")
        }
        let fixed = runtime.tree["overhead"]["podFixed"]
        if overhead.isNull, !fixed.isNull { pod.set(["spec", "overhead"], to: fixed) }
        if !overhead.isNull, overhead != fixed {
            throw forbidden(
                pod, "pods",
                "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
        }
    }

    private static func admitTolerations(_ pod: inout JSON) {
        var tolerations = pod["spec"]["tolerations"].elements
        for key in outageTolerations {
            let isCovered = tolerations.contains { toleration in
                let effect = toleration["effect"].string ?? ""
                let covers = toleration["key"].string ?? ""
                return (effect.isEmpty || effect == "NoExecute") && (covers.isEmpty || covers == key)
            }
            if isCovered { continue }
            tolerations.append([
                "key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            ])
        }
        if !tolerations.isEmpty { pod.set(["spec", "tolerations"], to: .array(tolerations)) }
    }
}
