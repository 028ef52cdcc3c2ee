// How many pods the canary and the stable ReplicaSet should have.

package import KubeModel
package import MartletModel

/// The sizes of a ReplicaSet, as far as arithmetic goes. Counts are 32 bits wide, and their
/// products wrap, since the numbers must be those that other controllers compute.
package struct ReplicaCounts: Hashable, Sendable {
    /// Wished, by `spec.replicas`.
    package var wished: Int32
    package var available: Int32
    /// Existing, by `status.replicas`.
    package var existing: Int32
    package init(wished: Int32, available: Int32, existing: Int32) {
        self.wished = wished
        self.available = available
        self.existing = existing
    }
}

/// A wished size of the canary and the stable ReplicaSet.
package struct ReplicaPair: Hashable, Sendable {
    package var canary: Int32
    package var stable: Int32
    package init(canary: Int32, stable: Int32) {
        self.canary = canary
        self.stable = stable
    }
}

/// The arithmetic of replica counts (rollout-behaviour.md, sections 4.1 to 4.4), held to recorded
/// results of Argo Rollouts.
package struct ReplicaSplit: Hashable, Sendable {
    package var strategy: CanaryStrategy
    package var replicas: Int32
    /// The share of pods that the canary should have.
    package var weight: Weight
    /// Sizes the canary regardless of the weight.
    package var explicitCanary: Int32?
    /// What `setCanaryScale` fixes is not the share that the stable side loses.
    package var canary: ReplicaCounts?
    /// Nil when there is none, or when it is the canary itself.
    package var stable: ReplicaCounts?
    package var older: [ReplicaCounts]
    /// The weights that traffic has now.
    package var actual: (canary: Int32, stable: Int32)?
    package var isAborting: Bool

    package init(
        strategy: CanaryStrategy, replicas: Int, weight: Weight, canary: ReplicaCounts?,
        stable: ReplicaCounts?
    ) {
        self.strategy = strategy
        self.replicas = Int32(clamping: replicas)
        self.weight = weight
        self.canary = canary
        self.stable = stable
        older = []
        isAborting = false
    }

    package static func == (left: ReplicaSplit, right: ReplicaSplit) -> Bool {
        left.strategy == right.strategy && left.replicas == right.replicas && left.weight == right.weight
            && left.explicitCanary == right.explicitCanary && left.canary == right.canary
            && left.stable == right.stable && left.older == right.older && left.isAborting == right.isAborting
            && left.actual?.canary == right.actual?.canary && left.actual?.stable == right.actual?.stable
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(replicas)
        hasher.combine(weight)
        hasher.combine(canary)
        hasher.combine(stable)
    }

    // MARK: Limits

    /// How many pods may be more, and how many fewer, than wished.
    package var limits: (surge: Int32, unavailable: Int32) {
        Self.limits(replicas: replicas, maxSurge: strategy.maxSurge, maxUnavailable: strategy.maxUnavailable)
    }

    /// A surge rounds up, unavailability down. Both at 0 would stop everything: one pod may then
    /// be unavailable. A value that is neither count nor percentage makes both 0.
    package static func limits(
        replicas: Int32, maxSurge: IntOrPercent?, maxUnavailable: IntOrPercent?
    ) -> (surge: Int32, unavailable: Int32) {
        guard let maxSurge, let maxUnavailable else { return (0, 0) }
        let surge = maxSurge.scaled(of: Int(replicas), roundsUp: true)
        var unavailable = maxUnavailable.scaled(of: Int(replicas), roundsUp: false)
        if surge == 0, unavailable == 0 { unavailable = 1 }
        return (Int32(clamping: surge), Int32(clamping: min(unavailable, Int(replicas))))
    }

    /// Enough pods for a share of traffic: rounded up.
    package static func replicas(for weight: Weight, of maximum: Weight, replicas: Int32) -> Int32 {
        let product = Double(replicas) * Double(weight.value)
        return Int32(clamping: Int((product / Double(max(1, maximum.value))).rounded(.up)))
    }

    // MARK: Without a router

    /// The nearest split of pods to the weight, perhaps with one pod more than wished, and never
    /// without a canary pod while it is to have any share.
    package static func nearest(replicas: Int32, weight: Weight, of maximum: Weight, surge: Int32)
        -> ReplicaPair
    {
        if replicas == 0 { return ReplicaPair(canary: 0, stable: 0) }
        let share = Int32(clamping: weight.value)
        let whole = Int32(clamping: max(1, maximum.value))
        let exact = Double(replicas &* share) / Double(whole)
        let (up, down) = (Int32(exact.rounded(.up)), Int32(exact.rounded(.down)))
        let mayBeEmpty = share == whole || share == 0 || (replicas == 1 && surge == 0)
        func isTie(_ total: Int32) -> Bool {
            let exact = Double(total &* share) / Double(whole)
            return exact - exact.rounded(.down) == 0.5
        }
        var candidates: [(count: Int32, total: Int32)] = []
        if up < replicas || mayBeEmpty { candidates.append((up, replicas)) }
        if !isTie(replicas), down != 0 || mayBeEmpty { candidates.append((down, replicas)) }
        if surge > 0 {
            let more = replicas &+ 1
            candidates.append((up, more))
            if !isTie(more), down != 0 || mayBeEmpty { candidates.append((down, more)) }
        }
        func distance(_ candidate: (count: Int32, total: Int32)) -> Double {
            abs(Double(candidate.count) * Double(whole) / Double(candidate.total) - Double(share))
        }
        guard let best = candidates.min(by: { distance($0) < distance($1) }) else {
            return ReplicaPair(canary: 0, stable: replicas)
        }
        return ReplicaPair(canary: best.count, stable: best.total &- best.count)
    }

    /// Where a canary without a router wants to be in the end.
    package var basicGoal: ReplicaPair {
        guard canary != nil else { return ReplicaPair(canary: 0, stable: replicas) }
        guard stable != nil else { return ReplicaPair(canary: replicas, stable: 0) }
        return Self.nearest(replicas: replicas, weight: weight, of: .hundred, surge: limits.surge)
    }

    /// How far it may go at once: growing within the surge, shrinking no further than what is
    /// available allows.
    package var basicStep: ReplicaPair {
        let (surge, unavailable) = limits
        var goal = Self.nearest(replicas: replicas, weight: weight, of: .hundred, surge: surge)
        if stable == nil { goal = ReplicaPair(canary: replicas, stable: 0) }
        if canary == nil { goal.canary = 0 }
        var now = ReplicaPair(canary: canary?.wished ?? 0, stable: stable?.wished ?? 0)
        var budget = replicas &+ surge &- now.canary &- now.stable
        for counts in older { budget = budget &- counts.wished }
        grow(&now.stable, to: goal.stable, within: &budget)
        grow(&now.canary, to: goal.canary, within: &budget)
        if older.contains(where: { $0.wished > 0 }) { return now }
        shrink(&now, to: goal, available: replicas &- unavailable, most: replicas &+ surge)
        return now
    }

    private func grow(_ count: inout Int32, to goal: Int32, within budget: inout Int32) {
        guard budget > 0, count < goal else { return }
        let step = min(budget, goal &- count)
        count += step
        budget -= step
    }

    private func shrink(_ now: inout ReplicaPair, to goal: ReplicaPair, available: Int32, most: Int32) {
        let isCanaryGrowing = goal.canary >= canary?.wished ?? 0
        // Pods of the side that gives way count as they are wished: those not available go first.
        func count(_ counts: ReplicaCounts?, _ isWished: Bool) -> Int32 {
            guard let counts else { return 0 }
            return isWished ? counts.wished : min(counts.wished, counts.available)
        }
        let spare = count(canary, !isCanaryGrowing) &+ count(stable, isCanaryGrowing) &- available
        guard spare > 0 else { return }
        if isCanaryGrowing {
            if now.stable > goal.stable { now.stable = max(goal.stable, now.stable - spare) }
            trim(&now.stable, stable, &now.canary, canary, most: most, available: available)
        } else {
            if now.canary > goal.canary { now.canary = max(goal.canary, now.canary - spare) }
            trim(&now.canary, canary, &now.stable, stable, most: most, available: available)
        }
    }

    /// Takes what is too much from the second side, but not pods without which too few would be
    /// available: those the first side gives.
    private func trim(
        _ first: inout Int32, _ firstCounts: ReplicaCounts?, _ second: inout Int32,
        _ secondCounts: ReplicaCounts?,
        most: Int32, available: Int32
    ) {
        let excess = max(0, first &+ second &- most)
        let rest = second &- excess
        let ready = min(secondCounts?.available ?? 0, secondCounts?.wished ?? 0)
        let shortage = max(0, available &- min(first, firstCounts?.available ?? 0) &- min(rest, ready))
        let given = min(shortage, max(0, min(ready, second) &- rest), excess)
        first -= given
        second = rest &+ given
    }

    /// Whether the pods are as wished, so that a step of a canary without a router is done.
    ///
    /// - Parameter hasOlderAvailable: Whether pods of older revisions still serve.
    package func isBasicReached(hasOlderAvailable: Bool) -> Bool {
        guard let canary, let stable else { return false }
        let wish = basicStep
        return isCanaryReached(canary, wish.canary) && stable.wished == wish.stable
            && stable.existing == wish.stable
            && !hasOlderAvailable
    }

    // MARK: With a router

    /// The sizes that a routed canary wants: traffic doesn't follow pods, so stable stays whole
    /// unless `dynamicStableScale` makes it follow its share.
    package var routedGoal: ReplicaPair {
        let maximum = strategy.maxWeight
        let least = min(Int32(clamping: strategy.minPodsPerReplicaSet ?? 0), replicas)
        func raised(_ count: Int32) -> Int32 { count == 0 ? 0 : max(count, least) }
        var canary = explicitCanary ?? Self.replicas(for: weight, of: maximum, replicas: replicas)
        guard strategy.dynamicStableScale else {
            return ReplicaPair(canary: explicitCanary == nil ? raised(canary) : canary, stable: replicas)
        }
        let left = explicitCanary == nil ? maximum - weight : maximum
        var stable = Self.replicas(for: left, of: maximum, replicas: replicas)
        if let actual {
            let reached = Weight(Int(actual.stable))
            stable = max(stable, Self.replicas(for: reached, of: maximum, replicas: replicas))
            if isAborting {
                let held = Weight(Int(actual.canary))
                canary = max(canary, Self.replicas(for: held, of: maximum, replicas: replicas))
            }
        }
        return ReplicaPair(canary: raised(canary), stable: raised(stable))
    }

    /// Whether a routed canary's pods are as wished, so that its step is done.
    package func isRoutedReached() -> Bool {
        guard let canary else { return false }
        let wish = routedGoal
        if !isCanaryReached(canary, wish.canary) { return false }
        return strategy.dynamicStableScale || stable.map { $0.wished == wish.stable } ?? true
    }

    /// Whether enough canary pods are available: all, or as many as the threshold asks for.
    package func isCanaryReached(_ counts: ReplicaCounts, _ wish: Int32) -> Bool {
        switch strategy.progressThreshold {
        case .percent(let percent): Int(counts.available) * 100 >= percent * Int(wish)
        case .pods(let pods): counts.available >= Int32(clamping: pods)
        case nil: counts.wished == wish && counts.available == wish
        }
    }

    // MARK: Blue-green

    /// What a preview's size depends on.
    package struct Preview: Hashable, Sendable {
        package var previewReplicas: Int32?
        /// The revision that the active Service selects; empty when it selects none.
        package var activeHash: String
        package var newHash: String
        package var currentHash: String
        package var isFullyPromoted: Bool
        package var isPaused: Bool
        package var isPastCheckpoint: Bool
        package init(previewReplicas: Int32?, activeHash: String, newHash: String, currentHash: String) {
            self.previewReplicas = previewReplicas
            self.activeHash = activeHash
            self.newHash = newHash
            self.currentHash = currentHash
            isFullyPromoted = false
            isPaused = false
            isPastCheckpoint = false
        }

        /// The new ReplicaSet's size.
        package func replicas(of total: Int32) -> Int32 {
            guard let previewReplicas, !activeHash.isEmpty, !isFullyPromoted, activeHash != newHash else {
                return total
            }
            if currentHash != newHash || isPaused { return previewReplicas }
            return isPastCheckpoint ? total : previewReplicas
        }
    }
}
