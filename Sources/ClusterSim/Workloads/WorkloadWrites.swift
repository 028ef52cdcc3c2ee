// How controllers write: as their own users, observing what they wrote at once.

import JSONTree
import KubeModel

/// The users that the parts of a control plane act as.
enum ControllerUser {
    static func account(_ controller: String) -> String { "system:serviceaccount:kube-system:\(controller)" }
    static let replicaSet = account("replicaset-controller")
    static let replication = account("replication-controller")
    static let deployment = account("deployment-controller")
    static let statefulSet = account("statefulset-controller")
    static let daemonSet = account("daemon-set-controller")
    static let job = account("job-controller")
    static let cronJob = account("cronjob-controller")
    static let ttl = account("ttl-after-finished-controller")
    static let endpoint = account("endpoint-controller")
    static let endpointSlice = account("endpointslice-controller")
    static let disruption = account("disruption-controller")
    static let quota = account("resourcequota-controller")
    static let namespace = account("namespace-controller")
    static let serviceAccount = account("service-account-controller")
    static let rootCertificate = account("root-ca-cert-publisher")
    static let garbageCollector = account("generic-garbage-collector")
    static let claimProtection = account("pvc-protection-controller")
    static let volumeProtection = account("pv-protection-controller")
    static let volumeBinder = account("persistent-volume-binder")
    static let scheduler = "system:kube-scheduler"
    static let manager = "system:kube-controller-manager"
    static let kubelet = "system:node:\(Workloads.nodeName)"
}

extension Workloads {
    static let eventLifetime = Duration.seconds(3600)

    /// Creates an object.
    mutating func create(
        _ object: KubeObject, as user: String, _ cluster: inout some WorkloadCluster
    ) -> Result<KubeObject, APIStatus> {
        let result = cluster.create(object, as: user)
        if case .success(let stored) = result { observe(stored, isDeleted: false) }
        return result
    }

    /// Merge-patches an object.
    ///
    /// - Returns: What is stored now; nil when the patch was refused or the object is gone.
    @discardableResult
    mutating func patch(
        _ reference: ObjectReference, _ patch: JSON, subresource: String = "", as user: String,
        _ cluster: inout some WorkloadCluster
    ) -> KubeObject? {
        guard case .success(let stored) = cluster.patch(reference, patch, subresource: subresource, as: user)
        else { return nil }
        let isGone = stored.isDeleting && cluster.object(reference.kind.groupKind, reference.key)?.uid != stored.uid
        observe(stored, isDeleted: isGone)
        return stored
    }

    /// Patches an object's status where it differs.
    ///
    /// - Returns: Whether the status is as wished now.
    mutating func setStatus(
        _ object: KubeObject, _ status: JSON, as user: String, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        guard let difference = MergePatch.difference(from: object.status, to: status) else { return true }
        return patch(object.reference, ["status": difference], subresource: "status", as: user, &cluster) != nil
    }

    /// Deletes an object, if it is still the one of that uid.
    ///
    /// - Returns: Whether it is gone or on its way.
    @discardableResult
    mutating func remove(
        _ object: KubeObject, propagation: Change.Propagation = .background, graceSeconds: Int? = nil,
        as user: String, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let result = cluster.delete(
            object.reference, precondition: Precondition(uid: object.uid), propagation: propagation,
            graceSeconds: graceSeconds, as: user)
        if case .failure(let status) = result, !status.isNotFound, !status.isConflict { return false }
        if let left = cluster.object(object.kind.groupKind, object.key), left.uid == object.uid {
            observe(left, isDeleted: false)
        } else {
            observe(object, isDeleted: true)
        }
        return true
    }

    /// Records an event on an object.
    mutating func recordEvent(
        on object: KubeObject, _ type: KubeEvent.EventType, reason: String, _ message: String,
        component: String, as user: String, _ cluster: inout some WorkloadCluster
    ) {
        let suffix = String(cluster.random(), radix: 16)
        let namespace = object.namespace.isEmpty ? "default" : object.namespace
        var regarding: JSON = [
            "kind": .string(object.kindName), "name": .string(object.name), "uid": .string(object.uid),
            "apiVersion": .string(object.apiVersion), "resourceVersion": .string(object.resourceVersion),
        ]
        if !object.namespace.isEmpty { regarding["namespace"] = .string(object.namespace) }
        let event: JSON = [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string("\(object.name).\(suffix)"), "namespace": .string(namespace)],
            "involvedObject": regarding, "reason": .string(reason), "message": .string(message),
            "source": ["component": .string(component)], "reportingComponent": .string(component),
            "reportingInstance": "", "type": .string(type.rawValue), "count": 1,
            "firstTimestamp": .string(now.rfc3339), "lastTimestamp": .string(now.rfc3339),
        ]
        _ = create(KubeObject(event), as: user, &cluster)
    }

    /// Deletes an event whose time to live is over, as the server's lease on it would.
    mutating func expireEvent(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let event = cluster.object(Kinds.event.groupKind, key), let created = event.creationTimestamp
        else { return true }
        if created + Self.eventLifetime > now {
            queue.add(.event(key), at: created + Self.eventLifetime)
            return true
        }
        return remove(event, as: ControllerUser.manager, &cluster)
    }
}
