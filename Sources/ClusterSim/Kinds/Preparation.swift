// What the server sets or takes back before it validates: strategies' PrepareForCreate and
// PrepareForUpdate in kubernetes/pkg/registry.

import JSONTree
import KubeModel

/// Prepares objects of built-in kinds for being stored.
enum Preparation {
    private static let jobLabels = ["batch.kubernetes.io/controller-uid", "controller-uid"]
    private static let jobNameLabels = ["batch.kubernetes.io/job-name", "job-name"]
    private static let templateGeneration = "deprecated.daemonset.template.generation"

    /// Prepares a new object.
    static func prepareNew(_ object: inout JSON, _ resource: ResourceDefinition, now: Timestamp) {
        if resource.subresources.contains("status"), resource.kind != "Node" {
            object.drop("status")
            KindRules.applyDefaults(&object, resource)
        }
        switch (resource.group, resource.kind) {
        case ("", "Pod"): preparePod(&object, now: now)
        case ("", "Namespace"):
            let finalizers = object["spec"]["finalizers"].elements
            if !finalizers.contains("kubernetes") {
                object.set(["spec", "finalizers"], to: .array(finalizers + ["kubernetes"]))
            }
            object["status"] = ["phase": "Active"]
        case ("", "PersistentVolume"):
            object["status"] = ["phase": "Pending", "lastPhaseTransitionTime": .string(now.rfc3339)]
            addFinalizer("kubernetes.io/pv-protection", to: &object)
        case ("", "PersistentVolumeClaim"):
            addFinalizer("kubernetes.io/pvc-protection", to: &object)
        case ("", "Node"): taintUntilReady(&object)
        case ("batch", "Job"): generateJobSelector(&object)
        case ("apps", "DaemonSet"):
            object.set(["metadata", "annotations", templateGeneration], to: "1")
        default: break
        }
    }

    /// Admission's TaintNodesByCondition: nothing is scheduled to a node that is not known to be ready.
    private static func taintUntilReady(_ node: inout JSON) {
        let taint: JSON = ["key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"]
        if Pods.isReady(KubeObject(node)) || node["spec"]["taints"].elements.contains(taint) { return }
        node.set(["spec", "taints"], to: .array(node["spec"]["taints"].elements + [taint]))
    }

    private static func addFinalizer(_ finalizer: String, to object: inout JSON) {
        let known = object["metadata"]["finalizers"].elements
        guard !known.contains(.string(finalizer)) else { return }
        object.set(["metadata", "finalizers"], to: .array(known + [.string(finalizer)]))
    }

    private static func preparePod(_ pod: inout JSON, now: Timestamp) {
        var status: JSON = ["phase": "Pending"]
        if !pod["spec"]["schedulingGates"].elements.isEmpty {
            status["conditions"] = [
                [
                    "type": "PodScheduled", "status": "False", "lastProbeTime": .null,
                    "lastTransitionTime": .string(now.rfc3339), "reason": "SchedulingGated",
                    "message": "Scheduling is blocked due to non-empty scheduling gates",
                ]
            ]
        }
        status["qosClass"] = .string(qualityOfService(pod))
        pod["status"] = status
        if let grace = pod["spec"]["terminationGracePeriodSeconds"].int, grace < 0 {
            pod.set(["spec", "terminationGracePeriodSeconds"], to: 1)
        }
    }

    /// A pod's class by its containers' cpu and memory (`qos.ComputePodQOS`).
    static func qualityOfService(_ pod: JSON) -> String {
        let containers = pod["spec"]["containers"].elements + pod["spec"]["initContainers"].elements
        var hasAny = false
        var isGuaranteed = true
        for container in containers {
            for resource in ["cpu", "memory"] {
                let amount = { (list: String) in container["resources"][list][resource].string.flatMap { Quantity($0) } }
                let request = amount("requests").flatMap { $0.isZero ? nil : $0 }
                let limit = amount("limits").flatMap { $0.isZero ? nil : $0 }
                if request != nil || limit != nil { hasAny = true }
                if limit == nil || request != limit { isGuaranteed = false }
            }
        }
        return !hasAny ? "BestEffort" : isGuaranteed ? "Guaranteed" : "Burstable"
    }

    /// The selector of a Job is made from its uid (registry/batch/job/strategy.go,
    /// `generateSelector`).
    private static func generateJobSelector(_ job: inout JSON) {
        guard job["spec"]["manualSelector"].bool != true else { return }
        let uid = job["metadata"]["uid"]
        let name = job["metadata"]["name"]
        for label in jobLabels { job.set(["spec", "template", "metadata", "labels", label], to: uid) }
        for label in jobNameLabels { job.set(["spec", "template", "metadata", "labels", label], to: name) }
        job.set(["spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid"], to: uid)
        let labels = job["spec"]["template"]["metadata"]["labels"]
        if !job["metadata"].hasContent("labels") { job.set(["metadata", "labels"], to: labels) }
    }

    // MARK: Updates

    /// Prepares a changed object.
    static func prepareChanged(
        _ object: inout JSON, old: JSON, subresource: String, _ resource: ResourceDefinition, now: Timestamp
    ) {
        switch subresource {
        case "": prepareMain(&object, old: old, resource)
        case "status": prepareStatus(&object, old: old, resource, now: now)
        case "binding":
            let node = object["spec"]["nodeName"]
            object = old
            bind(&object, to: node, now: now)
        case "ephemeralcontainers":
            let containers = object["spec"]["ephemeralContainers"]
            object = keepingMetadata(of: object, old)
            object.set(["spec", "ephemeralContainers"], to: containers.isNull ? nil : containers)
        case "finalize":
            let finalizers = object["spec"]["finalizers"]
            object["status"] = old["status"]
            object.set(["spec", "finalizers"], to: finalizers.isNull ? nil : finalizers)
        case "resize": takeResources(&object, old: old)
        default: break
        }
    }

    private static func keepingMetadata(of object: JSON, _ old: JSON) -> JSON {
        var result = old
        result["metadata"] = object["metadata"]
        return result
    }

    private static func prepareMain(_ object: inout JSON, old: JSON, _ resource: ResourceDefinition) {
        if resource.subresources.contains("status") {
            object.set(["status"], to: old["status"].isNull ? nil : old["status"])
        }
        switch (resource.group, resource.kind) {
        case ("", "Namespace"):
            object.set(["spec", "finalizers"], to: old["spec"]["finalizers"].isNull ? nil : old["spec"]["finalizers"])
        case ("apps", "DaemonSet"):
            var generation = Int64(old["metadata"]["annotations"][templateGeneration].string ?? "") ?? 1
            if object["spec"]["template"] != old["spec"]["template"] { generation += 1 }
            object.set(["metadata", "annotations", templateGeneration], to: .string(String(generation)))
        case ("", "Pod"):
            if let grace = object["spec"]["terminationGracePeriodSeconds"].int, grace < 0 {
                object.set(["spec", "terminationGracePeriodSeconds"], to: 1)
            }
            updateGates(&object, old: old)
        default: break
        }
    }

    /// When the last scheduling gate goes, the condition that names it goes as well.
    private static func updateGates(_ pod: inout JSON, old: JSON) {
        guard !old["spec"]["schedulingGates"].elements.isEmpty, pod["spec"]["schedulingGates"].elements.isEmpty
        else { return }
        pod.edit("status") { status in
            let left = status["conditions"].elements.filter { $0["reason"].string != "SchedulingGated" }
            status.set(["conditions"], to: left.isEmpty ? nil : .array(left))
        }
    }

    private static func prepareStatus(
        _ object: inout JSON, old: JSON, _ resource: ResourceDefinition, now: Timestamp
    ) {
        let status = object["status"]
        var result = keepingMetadata(of: object, old)
        result.set(["status"], to: status.isNull ? nil : status)
        switch (resource.group, resource.kind) {
        case ("apps", "Deployment"):
            // registry/apps/deployment/strategy.go: labels are kept, annotations may change.
            result.set(["metadata", "labels"], to: old["metadata"]["labels"].isNull ? nil : old["metadata"]["labels"])
        case ("", "Pod"):
            let owners = old["metadata"]["ownerReferences"]
            result.set(["metadata", "ownerReferences"], to: owners.isNull ? nil : owners)
            // The class is the server's to say.
            let quality = old["status"]["qosClass"]
            result.set(["status", "qosClass"], to: quality.isNull ? nil : quality)
        case ("", "PersistentVolume"):
            if status["phase"] != old["status"]["phase"] {
                result.set(["status", "lastPhaseTransitionTime"], to: .string(now.rfc3339))
            }
        default: break
        }
        object = result
    }

    /// Binds a pod to a node, and says that it is scheduled.
    static func bind(_ pod: inout JSON, to node: JSON, now: Timestamp) {
        pod.set(["spec", "nodeName"], to: node)
        let condition: JSON = [
            "type": "PodScheduled", "status": "True", "lastProbeTime": .null,
            "lastTransitionTime": .string(now.rfc3339),
        ]
        pod.edit("status") { $0["conditions"] = Workloads.conditions($0["conditions"], setting: condition) }
    }

    private static func takeResources(_ object: inout JSON, old: JSON) {
        var result = keepingMetadata(of: object, old)
        for list in ["containers", "initContainers"] {
            let wished = object["spec"][list].elements
            result.edit("spec") { spec in
                spec.editEach(list) { container in
                    guard let new = wished.first(where: { $0["name"] == container["name"] }) else { return }
                    for field in ["resources", "resizePolicy"] where !new[field].isNull { container[field] = new[field] }
                }
            }
        }
        object = result
    }
}
