// A Deployment's revisions: making the ReplicaSet of a template, finding it again.

import JSONTree
import KubeModel

extension Workloads {
    /// Gives the existing new ReplicaSet its revision, and the Deployment the same.
    mutating func syncRevision(_ view: inout DeploymentView, _ cluster: inout some WorkloadCluster) {
        guard let new = view.new else { return }
        let next = (view.old.map(DeploymentView.revision).max() ?? 0) + 1
        var change: JSON = [:]
        let annotations = Self.annotations(for: new, of: view, revision: next)
        if let difference = MergePatch.difference(from: new.metadata["annotations"], to: JSON(annotations)) {
            change.set(["metadata", "annotations"], to: difference)
        }
        let minReadySeconds = view.object.spec["minReadySeconds"].int ?? 0
        if new.spec["minReadySeconds"].int ?? 0 != minReadySeconds {
            change.set(["spec", "minReadySeconds"], to: .int(minReadySeconds))
        }
        if change != [:], let stored = patch(new.reference, change, as: ControllerUser.deployment, &cluster) {
            view.new = stored
        }
        recordRevision(&view, reason: "FoundNewReplicaSet", "Found new replica set \"\(new.name)\"", &cluster)
    }

    /// Makes sure that the current template has a ReplicaSet.
    ///
    /// - Returns: False when it could not be made.
    mutating func ensureNewReplicaSet(_ view: inout DeploymentView, _ cluster: inout some WorkloadCluster) -> Bool {
        if view.new != nil {
            syncRevision(&view, &cluster)
            return true
        }
        let set = newReplicaSet(for: view)
        switch create(KubeObject(set), as: ControllerUser.deployment, &cluster) {
        case .success(let stored):
            view.new = stored
            let size = DeploymentView.wished(stored)
            if size > 0 {
                recordEvent(
                    on: view.object, .normal, reason: "ScalingReplicaSet",
                    "Scaled up replica set \(stored.name) from 0 to \(size)", component: "deployment-controller",
                    as: ControllerUser.deployment, &cluster)
            }
            recordRevision(
                &view, reason: "NewReplicaSetCreated", "Created new replica set \"\(stored.name)\"", &cluster)
            return true
        case .failure(let status) where status.isAlreadyExists:
            // Another template has the same hash: the count goes into the next one's.
            let count = (view.object.status["collisionCount"].int ?? 0) + 1
            patch(
                view.object.reference, ["status": ["collisionCount": .int(count)]], subresource: "status",
                as: ControllerUser.deployment, &cluster)
            return false
        case .failure(let status):
            var conditions = view.object.status["conditions"]
            conditions = DeploymentStatus.setting(
                "Progressing", "False", "ReplicaSetCreateError",
                "Failed to create new replica set \"\(set["metadata"]["name"].string ?? "")\": \(status.message)",
                in: conditions, now: now)
            patch(
                view.object.reference, ["status": ["conditions": conditions]], subresource: "status",
                as: ControllerUser.deployment, &cluster)
            return false
        }
    }

    private func newReplicaSet(for view: DeploymentView) -> JSON {
        let deployment = view.object
        let hash = Self.templateHash(deployment.spec["template"], collisionCount: deployment.status["collisionCount"].int)
        var template = deployment.spec["template"]
        template.set(["metadata", "labels", Self.templateHashLabel], to: .string(hash))
        var selector = deployment.spec["selector"]
        selector.set(["matchLabels", Self.templateHashLabel], to: .string(hash))
        var spec: JSON = ["selector": selector, "template": template]
        spec["replicas"] = JSON(newReplicaCount(view, current: 0))
        let minReadySeconds = deployment.spec["minReadySeconds"].int ?? 0
        if minReadySeconds > 0 { spec["minReadySeconds"] = .int(minReadySeconds) }
        var set: JSON = [
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "name": .string("\(deployment.name)-\(hash)"), "namespace": .string(deployment.namespace),
                "labels": template["metadata"]["labels"],
                "ownerReferences": [OwnerReference(controller: deployment).tree],
            ],
            "spec": spec,
        ]
        let next = (view.old.map(DeploymentView.revision).max() ?? 0) + 1
        var annotations = Self.annotations(for: KubeObject(set), of: view, revision: next)
        annotations[DeploymentAnnotation.desired] = String(view.replicas)
        annotations[DeploymentAnnotation.max] = String(view.replicas == 0 ? 0 : view.replicas + view.maxSurge)
        set.set(["metadata", "annotations"], to: JSON(annotations))
        return set
    }

    /// A ReplicaSet's annotations: its Deployment's, its revision, and those that it had before.
    private static func annotations(
        for set: KubeObject, of view: DeploymentView, revision next: Int64
    ) -> [String: String] {
        var annotations = set.annotations
        for (key, value) in view.object.annotations where !DeploymentAnnotation.uncopied.contains(key) {
            annotations[key] = value
        }
        let old = annotations[DeploymentAnnotation.revision]
        guard Int64(old ?? "") ?? 0 < next else { return annotations }
        annotations[DeploymentAnnotation.revision] = String(next)
        if let old {
            let history = annotations[DeploymentAnnotation.history].map { $0.split(separator: ",").map(String.init) } ?? []
            if !history.contains(old) {
                annotations[DeploymentAnnotation.history] = (history + [old]).suffix(100).joined(separator: ",")
            }
        }
        return annotations
    }

    /// The Deployment takes the revision of its new ReplicaSet, and a first Progressing condition.
    private mutating func recordRevision(
        _ view: inout DeploymentView, reason: String, _ message: String, _ cluster: inout some WorkloadCluster
    ) {
        guard let new = view.new, let revision = new.annotation(DeploymentAnnotation.revision) else { return }
        var change: JSON = [:]
        if view.object.annotation(DeploymentAnnotation.revision) != revision {
            change.set(["metadata", "annotations", DeploymentAnnotation.revision], to: .string(revision))
        }
        let isFirst = Pods.condition(view.object, "Progressing").isNull || reason == "NewReplicaSetCreated"
        if view.progressDeadline != nil, isFirst {
            let conditions = DeploymentStatus.setting(
                "Progressing", "True", reason, message, in: view.object.status["conditions"], now: now)
            change.set(["status", "conditions"], to: conditions)
        }
        guard change != [:] else { return }
        // The status subresource, because annotations written there do not raise the generation.
        let stored = patch(
            view.object.reference, change, subresource: "status", as: ControllerUser.deployment, &cluster)
        if let stored { view.object = stored }
    }

    /// A short name for a template: the same template has the same one.
    static func templateHash(_ template: JSON, collisionCount: Int64?) -> String {
        var hash = StableHash()
        hash.combine(template)
        if let collisionCount { hash.combine(.int(collisionCount)) }
        return hash.safeText
    }
}

/// A hash of JSON values that does not depend on the order of members or on the process (FNV-1a).
struct StableHash: Sendable {
    private var state: UInt32 = 2_166_136_261

    mutating func combine(_ value: JSON) {
        switch value {
        case .object(let object):
            combine(byte: 1)
            for (key, member) in object.sorted() where !member.isNull {
                combine(text: key)
                combine(member)
            }
        case .array(let elements):
            combine(byte: 2)
            for element in elements { combine(element) }
        case .string(let text):
            combine(byte: 3)
            combine(text: text)
        default:
            combine(byte: 4)
            combine(text: value.text())
        }
        combine(byte: 0)
    }

    private mutating func combine(text: String) {
        for byte in text.utf8 { combine(byte: byte) }
        combine(byte: 0)
    }

    private mutating func combine(byte: UInt8) { state = (state ^ UInt32(byte)) &* 16_777_619 }

    var value: UInt32 { state }

    /// The hash in letters that make no words (apimachinery's `SafeEncodeString`).
    var safeText: String {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        return String(String(state).utf8.map { alphabet[Int($0) % alphabet.count] })
    }
}
