// A DestinationRule's subsets: which revision is behind each name.

import JSONTree
import KubeModel
import MartletModel

/// Labels the canary and stable subsets of a DestinationRule with their revisions. Other subsets,
/// and everything else in ours, stay as they are.
struct IstioSubsets {
    let rule: IstioRouting.DestinationRuleReference
    let address: RouterAddress

    init(_ rule: IstioRouting.DestinationRuleReference, _ address: RouterAddress) {
        self.rule = rule
        self.address = address
    }

    /// Whether a side's subset would change from a revision that has pods to another.
    func isRepointed(_ side: IstioRoutes.Side, in object: KubeObject, for wish: TrafficSplit) -> Bool {
        let (name, wished) =
            side == .canary
            ? (rule.canarySubset, wish.canaryHash) : (rule.stableSubset, wish.stableHash)
        let subset = object.spec["subsets"].elements.first { $0["name"].string == name } ?? .null
        guard let present = subset["labels"][RolloutLabels.podTemplateHash].string else { return false }
        return !wished.isEmpty && present != wished && wish.servingHashes.contains(present)
    }

    /// The operations that point the subsets to the wished revisions; nil when they are there.
    func operations(in object: KubeObject, for wish: TrafficSplit) -> [JSONPatchOperation]? {
        var operations: [JSONPatchOperation] = []
        for (index, subset) in object.spec["subsets"].elements.enumerated() {
            let name = subset["name"].string
            let hash =
                name == rule.canarySubset ? wish.canaryHash : name == rule.stableSubset ? wish.stableHash : ""
            if hash.isEmpty || subset["labels"][RolloutLabels.podTemplateHash].string == hash { continue }
            let place = ["spec", "subsets", String(index)]
            operations.append(.test(JSONPointer(tokens: place), subset))
            let labels = JSONPointer(tokens: place + ["labels"])
            if subset["labels"].isNull {
                operations.append(.add(labels, .object([RolloutLabels.podTemplateHash: .string(hash)])))
            } else {
                operations.append(.add(labels.appending(RolloutLabels.podTemplateHash), .string(hash)))
            }
        }
        if operations.isEmpty { return nil }
        if object.annotation(RolloutAnnotations.managedBy) == nil {
            let annotations = JSONPointer(tokens: ["metadata", "annotations"])
            let name = JSON.string(address.rollout)
            operations.append(
                object.metadata["annotations"].isNull
                    ? .add(annotations, .object([RolloutAnnotations.managedBy: name]))
                    : .add(annotations.appending(RolloutAnnotations.managedBy), name))
        }
        return operations
    }
}
