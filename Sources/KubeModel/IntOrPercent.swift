// Kubernetes' IntOrString where the string is a percentage.

package import JSONTree

/// A count, or a share of a whole.
package enum IntOrPercent: Hashable, Sendable {
    case count(Int)
    /// Whole percent.
    case percent(Int)

    /// Reads `3` or `"25%"`. A string of digits without the sign is read as percent too, as the
    /// rollout controller's `maxSurge` does (rollout-crd.md, section 3).
    package init?(_ value: JSON) {
        switch value {
        case .int(let count): self = .count(Int(count))
        case .string(let text):
            guard let percent = Int(text.hasSuffix("%") ? String(text.dropLast()) : text) else { return nil }
            self = .percent(percent)
        default: return nil
        }
    }

    /// The count of a whole, a share being rounded up or down.
    package func scaled(of total: Int, roundsUp: Bool) -> Int {
        switch self {
        case .count(let count): return count
        case .percent(let percent):
            let product = percent * total
            if !roundsUp { return product >= 0 ? product / 100 : -((-product + 99) / 100) }
            return product >= 0 ? (product + 99) / 100 : -(-product / 100)
        }
    }
}
