// What is kept of the objects that decisions about Rollouts look at.

package import JSONTree
package import KubeModel
import MartletModel

/// Cuts objects on arrival down to what decisions read; memory is a budget.
package enum RolloutTrims {
    /// Where a trimmed ReplicaSet keeps its template's digest.
    static let digestPath = ["martlet", "templateDigest"]
    /// Where it keeps the names of its template's own labels and annotations.
    static let keysPath = ["martlet", "templateKeys"]

    /// The names of the labels and annotations that a template has itself, beside what was
    /// injected for a role.
    static func metadataKeys(of template: JSON, injected: JSON = .null) -> [String: Set<String>] {
        var keys: [String: Set<String>] = [:]
        for part in PodMetadata.parts {
            let foreign = Set(injected[part].object?.keys ?? [])
            keys[part] = Set(template["metadata"][part].object?.keys ?? []).subtracting(foreign)
        }
        keys["labels", default: []].insert(RolloutLabels.podTemplateHash)
        return keys
    }

    /// A ReplicaSet without its pod template, whose digest is computed now and never again.
    package static func replicaSet(_ tree: JSON) -> JSON {
        var trimmed = tree
        trimmed.set(["metadata", "managedFields"], to: nil)
        trimmed.set(["metadata", "annotations", RolloutAnnotations.lastApplied], to: nil)
        guard !tree["spec"]["template"].isNull else { return trimmed }
        let injected =
            tree["metadata"]["annotations"][RolloutAnnotations.ephemeralMetadata].string
            .flatMap { try? JSON.parse($0) } ?? .null
        let digest = PodTemplateHash.digest(of: tree["spec"]["template"], injected: injected)
        trimmed.set(digestPath, to: .string(String(digest, radix: 16)))
        for (part, keys) in metadataKeys(of: tree["spec"]["template"], injected: injected) where !keys.isEmpty {
            trimmed.set(keysPath + [part], to: JSON(keys.sorted()))
        }
        // One that nobody controls may be what a Rollout takes its template from.
        let owners = tree["metadata"]["ownerReferences"].elements
        if !owners.contains(where: { $0["controller"] == true }) { return trimmed }
        trimmed.set(["spec", "template"], to: nil)
        trimmed.set(["spec", "selector"], to: nil)
        return trimmed
    }

    /// A Service with its selector and annotations.
    package static func service(_ tree: JSON) -> JSON {
        var trimmed = tree
        trimmed.set(["metadata", "managedFields"], to: nil)
        trimmed.set(["metadata", "annotations", RolloutAnnotations.lastApplied], to: nil)
        trimmed["spec"] = ["selector": tree["spec"]["selector"], "ports": tree["spec"]["ports"]]
        trimmed.set(["status"], to: nil)
        return trimmed
    }

    /// A Deployment: what a Rollout that refers to it reads.
    package static func workload(_ tree: JSON) -> JSON {
        var trimmed = whole(tree)
        trimmed.set(["status"], to: nil)
        return trimmed
    }

    /// A Rollout or routing object: whole, without what the server notes for itself.
    package static func whole(_ tree: JSON) -> JSON {
        var trimmed = tree
        trimmed.set(["metadata", "managedFields"], to: nil)
        trimmed.set(["metadata", "annotations", RolloutAnnotations.lastApplied], to: nil)
        return trimmed
    }
}

extension ReplicaSetView {
    /// Reads a ReplicaSet, trimmed or whole.
    package init(_ object: KubeObject) {
        let tree = object.tree
        name = object.name
        namespace = object.namespace
        uid = object.uid
        hash = object.label(RolloutLabels.podTemplateHash) ?? ""
        let isTrimmed = tree.at(RolloutTrims.digestPath).string != nil
        let trimmed = isTrimmed ? tree : RolloutTrims.replicaSet(tree)
        digest = UInt64(trimmed.at(RolloutTrims.digestPath).string ?? "", radix: 16) ?? 0
        templateKeys = trimmed.at(RolloutTrims.keysPath).object.map { parts in
            Dictionary(parts.map { ($0, Set($1.elements.compactMap(\.string))) }) { first, _ in first }
        } ?? [:]
        created = object.creationTimestamp ?? .epoch
        annotations = object.annotations
        wished = tree["spec"]["replicas"].int.map { Int($0) } ?? 1
        let status = tree["status"]
        existing = status["replicas"].int.map { Int($0) } ?? 0
        ready = status["readyReplicas"].int.map { Int($0) } ?? 0
        available = status["availableReplicas"].int.map { Int($0) } ?? 0
        minReadySeconds = tree["spec"]["minReadySeconds"].int.map { Int($0) } ?? 0
        isDeleting = object.isDeleting
        isObserved = status["observedGeneration"].int ?? 0 >= object.generation
        failure = status["conditions"].elements.first { condition in
            condition["type"] == "ReplicaFailure" && condition["status"] == "True"
        }.flatMap { $0["message"].string }
    }
}
