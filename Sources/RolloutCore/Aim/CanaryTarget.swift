// What a canary's pods, traffic and Services should be.

import JSONTree
import KubeModel
import MartletModel
import TrafficRouting

extension Target {
    /// What should be true of a canary.
    init(aiming position: Position, _ strategy: CanaryStrategy, _ snapshot: RolloutSnapshot) {
        let aim = CanaryAim(position, strategy, snapshot)
        let split = aim.replicaSplit
        isReached = aim.isReached(split)
        if !aim.isHalted { aim.addSizes(split, to: &self) }
        lack = aim.lack(split)
        selectors = aim.selectors
        if strategy.trafficRouting != nil, let wish = aim.trafficSplit(isReached: isReached) {
            self.split = wish
            unconfirmed = aim.routers.lazy.compactMap { $0.unconfirmed(snapshot.routed, wish) }.first
        } else if strategy.trafficRouting != nil {
            aim.keepServing(&self)
        }
        if unconfirmed != nil { aim.keepStable(&self) }
    }
}

/// One aim at a canary's target.
struct CanaryAim {
    let position: Position
    let strategy: CanaryStrategy
    let snapshot: RolloutSnapshot
    /// The Services of the two sides; with ping-pong they take turns.
    let serviceNames: (canary: String?, stable: String?)
    /// The routers, addressed by the Services of the two sides.
    let routers: [any TrafficRouter]

    init(_ position: Position, _ strategy: CanaryStrategy, _ snapshot: RolloutSnapshot) {
        self.position = position
        self.strategy = strategy
        self.snapshot = snapshot
        serviceNames = strategy.serviceNames(isPingStable: position.status.canary.stablePingPong == "ping")
        routers = strategy.routers(
            of: snapshot.rollout.object, canary: serviceNames.canary, stable: serviceNames.stable,
            versions: snapshot.routerVersions, verifiesLoadBalancers: snapshot.verifiesLoadBalancers)
    }

    var status: RolloutStatus { position.status }
    var spec: RolloutSpec { snapshot.rollout.view.spec }
    var isRouted: Bool { strategy.trafficRouting != nil }
    private var canary: ReplicaSetView? { position.newSet }
    private var stable: ReplicaSetView? { position.distinctStable }

    /// Everything goes to the present revision. An abort is stronger than a promotion.
    var isFinal: Bool {
        (status.promoteFull && !status.isAborted) || status.stableHash.isEmpty || position.isFullyPromoted
            || position.isFastTrack && !status.isAborted
    }

    /// Nothing but a changed `spec.replicas` moves pods while the Rollout is paused by its
    /// specification or an inconclusive analysis (invariant 6).
    var isHalted: Bool { isHeld && !isResized }

    /// Paused by the specification or an inconclusive analysis: traffic moves towards stable only.
    var isHeld: Bool {
        let isPaused =
            spec.isPaused
            || status.pauseConditions.contains { condition in
                condition.reason == RolloutStatus.PauseCondition.inconclusiveAnalysis
                    || condition.reason == RolloutStatus.PauseCondition.inconclusiveExperiment
            }
        return isPaused && !status.isAborted
    }

    /// Whether `spec.replicas` is another number than when the pods were last sized.
    private var isResized: Bool {
        [canary, stable].compactMap(\.self).contains { set in
            set.wished > 0 && set.desiredReplicas.map { $0 != spec.replicas } ?? false
        }
    }

    var targetWeight: TargetWeight {
        TargetWeight(
            strategy,
            at: .init(stepIndex: status.currentStepIndex, isAborted: status.isAborted, isFinal: isFinal))
    }

    var replicaSplit: ReplicaSplit {
        let target = targetWeight
        var split = ReplicaSplit(
            strategy: strategy, replicas: spec.replicas, weight: target.podWeight, canary: canary?.counts,
            stable: stable?.counts)
        split.explicitCanary = target.explicitReplicas
        split.older = position.others.map(\.counts)
        split.isAborting = status.isAborted
        if status.isAborted, strategy.dynamicStableScale, !isFinal, target.explicitReplicas == nil {
            split.weight = TargetWeight.abortWeight(
                strategy, replicas: split.replicas, canaryAvailable: split.canary?.available ?? 0,
                stableAvailable: split.stable?.available ?? 0)
        }
        if let weights = status.canary.weights {
            split.actual = (
                Int32(clamping: weights.canary.weight.value), Int32(clamping: weights.stable.weight.value)
            )
        }
        return split
    }

    func isReached(_ split: ReplicaSplit) -> Bool {
        if isRouted { return split.isRoutedReached() }
        return split.isBasicReached(hasOlderAvailable: position.others.contains { $0.available > 0 })
    }

    func lack(_ split: ReplicaSplit) -> String {
        guard let canary else { return "the canary's ReplicaSet" }
        let wish = isRouted ? split.routedGoal : split.basicGoal
        if canary.available < wish.canary {
            return "\(canary.available) of \(wish.canary) canary pods available"
        }
        if canary.wished > wish.canary { return "\(canary.wished) canary pods, \(wish.canary) wished" }
        if let stable, stable.existing != wish.stable || stable.wished != wish.stable {
            return "\(stable.existing) stable pods, \(wish.stable) wished"
        }
        return position.others.contains { $0.available > 0 } ? "pods of older revisions" : "pods"
    }

    // MARK: Sizes

    func addSizes(_ split: ReplicaSplit, to target: inout Target) {
        let wish = isRouted ? split.routedGoal : split.basicStep
        if let canary {
            target.deadlines[canary.name] = .some(nil)
            target.sizes[canary.name] = Int(wish.canary)
        }
        if let stable {
            target.deadlines[stable.name] = .some(nil)
            target.sizes[stable.name] = Int(wish.stable)
            // Traffic comes back to stable with this very plan: pods that have not gone yet stay.
            if isRouted, status.isAborted {
                target.sizes[stable.name] = max(Int(wish.stable), min(stable.wished, spec.replicas))
            }
        }
        if isRouted, status.isAborted, let canary, !isFinal {
            if stable != nil {
                addAbortedSize(canary, wish, to: &target)
            } else {
                // Stable is gone: what serves are these pods alone, until a person acts.
                target.sizes[canary.name] = nil
            }
        }
        if position.isFullyPromoted, let canary { target.sizes[canary.name] = spec.replicas }
        if isRouted {
            addRoutedOthers(to: &target)
        } else {
            addBasicOthers(split, to: &target)
        }
    }

    /// As long as traffic cannot move, because stable lacks the pods, what it reaches keeps its own:
    /// steps that were changed under way may ask for less at once (invariant 4).
    func keepServing(_ target: inout Target) {
        keepStable(&target)
        guard let canary, let size = target.sizes[canary.name] else { return }
        target.sizes[canary.name] = max(size, min(canary.wished, podsNeeded(for: heldCanaryWeight)))
    }

    /// As long as somebody has yet to carry out a split, stable's share is what it was: none of its
    /// pods may go (invariant 4).
    func keepStable(_ target: inout Target) {
        guard let stable, let size = target.sizes[stable.name] else { return }
        target.sizes[stable.name] = max(size, min(stable.wished, spec.replicas))
    }

    /// An aborted canary stays until stable is whole, and then for its delay
    /// (rollout-behaviour.md, section 4.7).
    private func addAbortedSize(_ canary: ReplicaSetView, _ wish: ReplicaPair, to target: inout Target) {
        if strategy.dynamicStableScale, strategy.abortScaleDownDelaySeconds == nil { return }
        guard let delay = strategy.abortScaleDownDelay else { return }
        target.sizes[canary.name] = nil
        target.deadlines[canary.name] = nil
        guard let stable, stable.available >= spec.replicas else { return }
        if let deadline = canary.deadline {
            if deadline <= snapshot.now {
                target.sizes[canary.name] = 0
            } else {
                target.noteDeadline(deadline)
            }
        } else if canary.wished > 0 {
            let deadline = (snapshot.now + delay).truncatedToSeconds
            target.deadlines[canary.name] = deadline
            target.noteDeadline(deadline)
        }
    }

    /// Without a router, pods of older revisions serve until others do: the unhealthy ones go
    /// first, then as many as are too much.
    private func addBasicOthers(_ split: ReplicaSplit, to target: inout Target) {
        let sets = [canary, stable].compactMap(\.self) + position.others
        let least = spec.replicas - Int(split.limits.unavailable)
        var spare = sets.reduce(0) { $0 + min($1.available, $1.wished) } - least
        for set in position.others where set.wished > 0 {
            let unhealthy = max(0, set.wished - set.available)
            let removed = max(0, min(set.wished - unhealthy, spare))
            spare -= removed
            if unhealthy + removed > 0 { target.sizes[set.name] = set.wished - unhealthy - removed }
        }
    }

    /// With a router, a revision that was passed over goes at once when nothing points to it; the
    /// former stable one goes after its delay (rollout-behaviour.md, sections 4.5 and 4.6).
    private func addRoutedOthers(to target: inout Target) {
        let referenced = referencedHashes
        var kept = 0
        for set in position.others where set.wished > 0 && !referenced.contains(set.hash) {
            guard position.isFullyPromoted || set.deadline != nil, !strategy.dynamicStableScale else {
                target.sizes[set.name] = 0
                continue
            }
            addDelayed(set, kept: &kept, to: &target)
        }
    }

    private func addDelayed(_ set: ReplicaSetView, kept: inout Int, to target: inout Target) {
        let delay = strategy.scaleDownDelay ?? .zero
        // Differs from Argo: a delay of 0 means at once, not never (top-complaints.md, 16).
        if kept >= strategy.scaleDownDelayRevisionLimit ?? .max || delay == .zero {
            target.sizes[set.name] = 0
            return
        }
        let deadline = set.deadline ?? (snapshot.now + delay).truncatedToSeconds
        if deadline <= snapshot.now {
            target.sizes[set.name] = 0
            return
        }
        kept += 1
        if set.deadline == nil { target.deadlines[set.name] = deadline }
        target.noteDeadline(deadline)
    }

    /// Revisions that traffic may still reach: none of their pods may go (invariant 4).
    private var referencedHashes: Set<String> {
        var hashes: Set<String> = [status.stableHash]
        if let weights = status.canary.weights {
            // What is recorded counts only while it has weight.
            for end in [weights.canary, weights.stable] where end.weight > .zero {
                hashes.insert(end.podTemplateHash)
            }
        }
        for service in snapshot.services.values where !service.hash.isEmpty {
            // After a promotion the Service whose turn is over has no traffic, nor has the canary's
            // after an abort, which stays where it is.
            if strategy.pingPong != nil, service.name != serviceNames.stable,
                position.isFullyPromoted || heldCanaryWeight == 0
            {
                continue
            }
            hashes.insert(service.hash)
        }
        for object in snapshot.routed.values {
            for subset in object.spec["subsets"].elements {
                if let hash = subset["labels"][RolloutLabels.podTemplateHash].string { hashes.insert(hash) }
            }
            let node = object.spec["podSelector"]["matchLabels"][RolloutLabels.podTemplateHash]
            if let hash = node.string { hashes.insert(hash) }
        }
        return hashes
    }
}

extension Target {
    /// Notes a time at which something will be due.
    mutating func noteDeadline(_ deadline: Timestamp) {
        nextDeadline = min(nextDeadline ?? deadline, deadline)
    }
}
