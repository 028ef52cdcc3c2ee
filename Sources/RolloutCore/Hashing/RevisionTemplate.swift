// The pod template of a revision as its user wrote it.

package import JSONTree
package import KubeModel
import MartletModel

/// Takes from a ReplicaSet's template what controllers added to it.
package enum RevisionTemplate {
    /// The template without its revision's label, its role's metadata and the spread over nodes.
    package static func written(of replicaSet: KubeObject) -> JSON {
        var template = withoutRole(of: replicaSet)
        template.set(["metadata", "labels", RolloutLabels.podTemplateHash], to: nil)
        AntiAffinity.remove(from: &template)
        return template
    }

    /// The template without its role's metadata: pods made of it elsewhere have no role.
    package static func withoutRole(of replicaSet: KubeObject) -> JSON {
        var template = replicaSet.spec["template"]
        let note = replicaSet.annotation(RolloutAnnotations.ephemeralMetadata)
        guard let injected = note.flatMap({ try? JSON.parse($0) }) else { return template }
        for part in PodMetadata.parts {
            for key in injected[part].object?.keys ?? [] { template.set(["metadata", part, key], to: nil) }
            let isEmpty = template["metadata"][part].object?.isEmpty ?? false
            if isEmpty { template.set(["metadata", part], to: nil) }
        }
        return template
    }
}
