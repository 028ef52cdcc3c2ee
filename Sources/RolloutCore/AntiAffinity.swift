// Keeps a new revision's pods off the nodes of the stable one's.

import JSONTree
import MartletModel

/// The pod anti-affinity that a Rollout's `antiAffinity` stands for (rollout-crd.md, section 4).
enum AntiAffinity {
    private static let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    private static let required = "requiredDuringSchedulingIgnoredDuringExecution"
    private static let path = ["spec", "affinity", "podAntiAffinity"]

    /// Adds a term against the pods of a revision; the user's own terms stay.
    static func add(_ wish: JSON, awayFrom hash: String, namespace: String, to template: inout JSON) {
        let term: JSON = [
            "labelSelector": [
                "matchExpressions": [
                    [
                        "key": .string(RolloutLabels.podTemplateHash), "operator": "In",
                        "values": [.string(hash)],
                    ]
                ]
            ],
            "namespaces": [.string(namespace)], "topologyKey": "kubernetes.io/hostname",
        ]
        if wish[required].isNull {
            let entry: JSON = ["weight": wish[preferred]["weight"], "podAffinityTerm": term]
            template.set(path + [preferred], to: .array(template.at(path + [preferred]).elements + [entry]))
        } else {
            template.set(path + [required], to: .array(template.at(path + [required]).elements + [term]))
        }
    }

    /// Takes such terms away again, and what they leave empty.
    static func remove(from template: inout JSON) {
        guard !template.at(path).isNull else { return }
        for (key, place) in [(preferred, "podAffinityTerm"), (required, "")] {
            let terms = template.at(path + [key]).elements
            let kept = terms.filter { term in
                let selector = place.isEmpty ? term["labelSelector"] : term[place]["labelSelector"]
                return selector["matchExpressions"][0]["key"].string != RolloutLabels.podTemplateHash
            }
            if kept.count == terms.count { continue }
            template.set(path + [key], to: kept.isEmpty ? nil : .array(kept))
        }
        for length in [3, 2] where template.at(Array(path.prefix(length))).object?.isEmpty ?? false {
            template.set(Array(path.prefix(length)), to: nil)
        }
    }
}
