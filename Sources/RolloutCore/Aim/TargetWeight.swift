// Which share of pods and traffic a canary's position asks for.

package import MartletModel

/// What a canary's steps ask for at a position.
package struct TargetWeight: Hashable, Sendable {
    /// The share that the step asks for.
    package var weight: Weight
    /// Sizes the canary regardless of the weight.
    package var scale: CanaryScale?

    /// Where a canary is, as far as weights go.
    package struct Place: Hashable, Sendable {
        package var stepIndex: Int?
        package var isAborted: Bool
        /// Everything goes to the current revision: promoted in full, or nothing else is stable.
        package var isFinal: Bool
        package init(stepIndex: Int?, isAborted: Bool, isFinal: Bool) {
            self.stepIndex = stepIndex
            self.isAborted = isAborted
            self.isFinal = isFinal
        }
    }

    /// The last weight set at or before the current step; nothing before the first, everything
    /// past the end (rollout-behaviour.md, section 4.2).
    package init(_ strategy: CanaryStrategy, at place: Place) {
        let steps = strategy.steps
        if place.isFinal {
            weight = strategy.maxWeight
            return
        }
        if let scale = Self.scale(strategy, at: place) { self.scale = scale }
        if place.isAborted {
            weight = .zero
        } else if let index = place.stepIndex, index < steps.count, !steps.isEmpty {
            weight = Self.lastWeight(in: steps, at: index)
        } else {
            weight = strategy.maxWeight
        }
    }

    /// The last `setWeight` at or before a step; zero without any.
    package static func lastWeight(in steps: [CanaryStep], at index: Int) -> Weight {
        for case .setWeight(let weight) in steps.prefix(index + 1).reversed() { return weight }
        return .zero
    }

    private static func scale(_ strategy: CanaryStrategy, at place: Place) -> CanaryScale? {
        guard strategy.trafficRouting != nil, !place.isAborted || strategy.abortScaleDownDelaySeconds == 0,
            let index = place.stepIndex, index < strategy.steps.count
        else { return nil }
        for case .setCanaryScale(let scale) in strategy.steps.prefix(index + 1).reversed() {
            return scale == .matchTrafficWeight || scale == .unspecified ? nil : scale
        }
        return nil
    }

    /// The number of canary pods, where the scale names it.
    package var explicitReplicas: Int32? {
        if case .replicas(let count)? = scale { Int32(clamping: count) } else { nil }
    }

    /// The share of pods: the scale's, else the traffic's.
    package var podWeight: Weight {
        switch scale {
        case .weight(let weight)?: weight
        case .replicas?: .zero
        default: weight
        }
    }

    /// While an abort drains a canary beside a stable side that follows its share, the pods go
    /// down through the weights of the steps, as far as stable has already taken over
    /// (rollout-behaviour.md, section 4.7).
    package static func abortWeight(
        _ strategy: CanaryStrategy, replicas: Int32, canaryAvailable: Int32, stableAvailable: Int32
    ) -> Weight {
        let hasDelay = (strategy.abortScaleDownDelaySeconds ?? 0) != 0
        let needed = max(replicas &- stableAvailable, hasDelay ? 0 : canaryAvailable)
        for case .setWeight(let weight) in strategy.steps.reversed()
        where ReplicaSplit.replicas(for: weight, of: strategy.maxWeight, replicas: replicas) < needed {
            return weight
        }
        return .zero
    }
}
