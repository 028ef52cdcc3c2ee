// Which controllers care about a change.

import JSONTree
import KubeModel

/// The kinds that controllers read and write.
enum Kinds {
    static let pod = GroupVersionKind(group: "", version: "v1", kind: "Pod")
    static let node = GroupVersionKind(group: "", version: "v1", kind: "Node")
    static let event = GroupVersionKind(group: "", version: "v1", kind: "Event")
    static let service = GroupVersionKind(group: "", version: "v1", kind: "Service")
    static let endpoints = GroupVersionKind(group: "", version: "v1", kind: "Endpoints")
    static let endpointSlice = GroupVersionKind(group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice")
    static let namespace = GroupVersionKind(group: "", version: "v1", kind: "Namespace")
    static let serviceAccount = GroupVersionKind(group: "", version: "v1", kind: "ServiceAccount")
    static let configMap = GroupVersionKind(group: "", version: "v1", kind: "ConfigMap")
    static let resourceQuota = GroupVersionKind(group: "", version: "v1", kind: "ResourceQuota")
    static let limitRange = GroupVersionKind(group: "", version: "v1", kind: "LimitRange")
    static let claim = GroupVersionKind(group: "", version: "v1", kind: "PersistentVolumeClaim")
    static let volume = GroupVersionKind(group: "", version: "v1", kind: "PersistentVolume")
    static let priorityClass = GroupVersionKind(group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass")
    static let replicationController = GroupVersionKind(group: "", version: "v1", kind: "ReplicationController")
    static let replicaSet = GroupVersionKind(group: "apps", version: "v1", kind: "ReplicaSet")
    static let deployment = GroupVersionKind(group: "apps", version: "v1", kind: "Deployment")
    static let statefulSet = GroupVersionKind(group: "apps", version: "v1", kind: "StatefulSet")
    static let daemonSet = GroupVersionKind(group: "apps", version: "v1", kind: "DaemonSet")
    static let controllerRevision = GroupVersionKind(group: "apps", version: "v1", kind: "ControllerRevision")
    static let job = GroupVersionKind(group: "batch", version: "v1", kind: "Job")
    static let cronJob = GroupVersionKind(group: "batch", version: "v1", kind: "CronJob")
    static let disruptionBudget = GroupVersionKind(group: "policy", version: "v1", kind: "PodDisruptionBudget")
}

extension Workloads {
    /// Marks the keys dirty that a change of this object concerns.
    mutating func route(_ object: KubeObject, isDeleted: Bool) {
        let key = object.key
        switch (object.kind.group, object.kindName) {
        case ("", "Pod"): routePod(object, isDeleted: isDeleted)
        case ("apps", "ReplicaSet"):
            replicaSets.set(key, isDeleted ? nil : LabelSelector(object.spec["selector"]))
            queue.add(.replicaSet(key))
            routeToDeployments(object)
        case ("", "ReplicationController"):
            let selector = LabelSelector(matchLabels: KubeObject.strings(object.spec["selector"]))
            replicationControllers.set(key, isDeleted ? nil : selector)
            queue.add(.replicationController(key))
        case ("apps", "Deployment"):
            deployments.set(key, isDeleted ? nil : LabelSelector(object.spec["selector"]))
            queue.add(.deployment(key))
        case ("apps", "StatefulSet"):
            statefulSets.set(key, isDeleted ? nil : LabelSelector(object.spec["selector"]))
            queue.add(.statefulSet(key))
        case ("apps", "DaemonSet"):
            daemonSets.set(key, isDeleted ? nil : LabelSelector(object.spec["selector"]))
            queue.add(.daemonSet(key))
        case ("batch", "Job"):
            jobs.set(key, isDeleted ? nil : LabelSelector(object.spec["selector"]))
            queue.add(.job(key))
            if let owner = object.controller, owner.kind == "CronJob" {
                queue.add(.cronJob(ObjectKey(namespace: key.namespace, name: owner.name)))
            }
        case ("batch", "CronJob"): queue.add(.cronJob(key))
        case ("policy", "PodDisruptionBudget"):
            budgets.set(key, isDeleted ? nil : LabelSelector(object.spec["selector"]))
            queue.add(.disruptionBudget(key))
        default: routeInfrastructure(object, key, isDeleted: isDeleted)
        }
    }

    private mutating func routeInfrastructure(_ object: KubeObject, _ key: ObjectKey, isDeleted: Bool) {
        switch (object.kind.group, object.kindName) {
        case ("", "Service"):
            let selector = KubeObject.strings(object.spec["selector"])
            services.set(key, isDeleted || selector.isEmpty ? nil : LabelSelector(matchLabels: selector))
            queue.add(.service(key))
        case ("", "Endpoints"): queue.add(.service(key))
        case ("discovery.k8s.io", "EndpointSlice"):
            if let name = object.label("kubernetes.io/service-name") {
                queue.add(.service(ObjectKey(namespace: key.namespace, name: name)))
            }
        case ("", "Namespace"): queue.add(.namespace(object.name))
        case ("", "ServiceAccount") where object.name == "default" && isDeleted,
            ("", "ConfigMap") where object.name == Self.rootCertificateName:
            queue.add(.namespace(object.namespace))
        case ("", "ResourceQuota"):
            if isDeleted { quotas[key.namespace]?.remove(key) } else { quotas[key.namespace, default: []].insert(key) }
            queue.add(.resourceQuota(key))
        case ("", "Event"):
            if let created = object.creationTimestamp, !isDeleted {
                queue.add(.event(key), at: created + Self.eventLifetime)
            }
        case ("", "Node"):
            queue.add(.node)
            for pod in pods.unscheduledKeys { queue.add(.pod(pod)) }
        case ("", "PersistentVolumeClaim"): queue.add(.claim(key))
        case ("", "PersistentVolume"): queue.add(.volume(object.name))
        default: break
        }
    }

    private mutating func routePod(_ pod: KubeObject, isDeleted: Bool) {
        let key = pod.key
        let record = isDeleted ? nil : PodIndex.Record(pod)
        let old = pods.set(key, record)
        if isDeleted { kubelet[pod.uid] = nil } else { queue.add(.pod(key)) }
        for owner in Set([old?.owner, record?.owner].compactMap(\.self)) {
            route(toOwner: owner, namespace: key.namespace)
        }
        guard old != record else { return }
        var labelSets = [record?.labels].compactMap(\.self)
        if let labels = old?.labels, labels != record?.labels { labelSets.append(labels) }
        for labels in labelSets {
            for service in services.keys(in: key.namespace, choosing: labels) { queue.add(.service(service)) }
            for budget in budgets.keys(in: key.namespace, choosing: labels) { queue.add(.disruptionBudget(budget)) }
        }
        if let record, record.owner == nil { routeOrphan(record.labels, namespace: key.namespace) }
    }

    /// Tells the controllers that might adopt a pod without an owner.
    private mutating func routeOrphan(_ labels: [String: String], namespace: String) {
        for key in replicaSets.keys(in: namespace, choosing: labels) { queue.add(.replicaSet(key)) }
        for key in replicationControllers.keys(in: namespace, choosing: labels) {
            queue.add(.replicationController(key))
        }
        for key in statefulSets.keys(in: namespace, choosing: labels) { queue.add(.statefulSet(key)) }
        for key in jobs.keys(in: namespace, choosing: labels) { queue.add(.job(key)) }
    }

    private mutating func routeToDeployments(_ replicaSet: KubeObject) {
        if let owner = replicaSet.controller {
            route(toOwner: owner, namespace: replicaSet.namespace)
        } else {
            for key in deployments.keys(in: replicaSet.namespace, choosing: replicaSet.labels) {
                queue.add(.deployment(key))
            }
        }
    }

    private mutating func route(toOwner owner: OwnerReference, namespace: String) {
        let key = ObjectKey(namespace: namespace, name: owner.name)
        switch owner.kind {
        case "ReplicaSet": queue.add(.replicaSet(key))
        case "ReplicationController": queue.add(.replicationController(key))
        case "Deployment": queue.add(.deployment(key))
        case "StatefulSet": queue.add(.statefulSet(key))
        case "DaemonSet": queue.add(.daemonSet(key))
        case "Job": queue.add(.job(key))
        default: break
        }
    }
}
