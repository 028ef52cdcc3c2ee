// Claims and volumes: protection while they are used, binding by name and size.

import JSONTree
import KubeModel

extension Workloads {
    private static let claimFinalizer = "kubernetes.io/pvc-protection"
    private static let volumeFinalizer = "kubernetes.io/pv-protection"

    /// Binds a claim to a volume that fits; lets a deleted claim go that no pod uses.
    mutating func syncClaim(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let claim = cluster.object(Kinds.claim.groupKind, key) else { return true }
        if claim.isDeleting {
            let isUsed = cluster.objects(Kinds.pod.groupKind, namespace: key.namespace).contains { pod in
                !Pods.isFinished(pod)
                    && pod.spec["volumes"].elements.contains {
                        $0["persistentVolumeClaim"]["claimName"].string == key.name
                    }
            }
            if isUsed {
                queue.add(.claim(key), at: now + .seconds(1))
                return true
            }
            return drop(Self.claimFinalizer, from: claim, as: ControllerUser.claimProtection, &cluster)
        }
        guard claim.spec["volumeName"].string == nil, claim.status["phase"].string != "Bound" else { return true }
        let volume = cluster.objects(Kinds.volume.groupKind, namespace: nil).first { fits($0, claim) }
        guard let volume else { return true }
        return bind(claim, to: volume, &cluster)
    }

    private func fits(_ volume: KubeObject, _ claim: KubeObject) -> Bool {
        let size = { (value: JSON) in value["storage"].string.flatMap { Quantity($0) } }
        guard !volume.isDeleting, volume.status["phase"].string == "Available",
            volume.spec["storageClassName"].string ?? "" == claim.spec["storageClassName"].string ?? "",
            let has = size(volume.spec["capacity"]), let wants = size(claim.spec["resources"]["requests"]), has >= wants
        else { return false }
        let modes = Set(volume.spec["accessModes"].elements)
        return claim.spec["accessModes"].elements.allSatisfy(modes.contains)
    }

    private mutating func bind(
        _ claim: KubeObject, to volume: KubeObject, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let user = ControllerUser.volumeBinder
        let reference: JSON = [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": .string(claim.name),
            "namespace": .string(claim.namespace), "uid": .string(claim.uid),
        ]
        guard patch(volume.reference, ["spec": ["claimRef": reference]], as: user, &cluster) != nil,
            patch(claim.reference, ["spec": ["volumeName": .string(volume.name)]], as: user, &cluster) != nil,
            patch(volume.reference, ["status": ["phase": "Bound"]], subresource: "status", as: user, &cluster) != nil
        else { return false }
        let status: JSON = [
            "phase": "Bound", "accessModes": volume.spec["accessModes"], "capacity": volume.spec["capacity"],
        ]
        return patch(claim.reference, ["status": status], subresource: "status", as: user, &cluster) != nil
    }

    /// Makes a new volume available; lets a deleted one go that no claim holds.
    mutating func syncVolume(_ name: String, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let volume = cluster.object(Kinds.volume.groupKind, ObjectKey(namespace: "", name: name)) else { return true }
        if volume.isDeleting {
            guard volume.status["phase"].string != "Bound" else { return true }
            return drop(Self.volumeFinalizer, from: volume, as: ControllerUser.volumeProtection, &cluster)
        }
        guard volume.status["phase"].string == "Pending", volume.spec["claimRef"].isNull else { return true }
        let stored = patch(
            volume.reference, ["status": ["phase": "Available"]], subresource: "status",
            as: ControllerUser.volumeBinder, &cluster)
        return stored != nil
    }

    private mutating func drop(
        _ finalizer: String, from object: KubeObject, as user: String, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        guard object.finalizers.contains(finalizer) else { return true }
        let left = object.finalizers.filter { $0 != finalizer }
        return patch(
            object.reference, ["metadata": ["finalizers": left.isEmpty ? .null : JSON(left)]], as: user, &cluster) != nil
    }
}
