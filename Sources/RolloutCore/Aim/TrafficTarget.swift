// Where a canary's traffic should go, and which revisions its Services should select.

import JSONTree
import KubeModel
import MartletModel
import TrafficRouting

extension CanaryAim {
    // MARK: Services

    /// A Service follows its side as soon as pods are there: one for a Service that is ours
    /// already, all for one that has selected pods without regard to revisions until now.
    var selectors: [Target.Selector] {
        let names = serviceNames
        var selectors: [Target.Selector] = []
        let stable = position.isFullyPromoted ? position.newSet : position.stableSet
        if let name = names.stable, let set = stable, isReady(set, for: name) {
            selectors.append(.init(service: name, hash: set.hash, isBeforeTraffic: true))
        }
        if let name = names.canary, let selector = canarySelector(name) { selectors.append(selector) }
        return selectors.filter {
            snapshot.services[$0.service].map { service in
                service.hash
            } != $0.hash && snapshot.services[$0.service] != nil
        }
    }

    private func canarySelector(_ name: String) -> Target.Selector? {
        if servesMoreThanNewPods { return nil }
        if strategy.pingPong != nil {
            // The Service whose turn it is follows at once, and after the promotion the other one
            // stays where it is.
            guard !position.isFullyPromoted, !status.isAborted, let set = position.newSet else { return nil }
            return .init(service: name, hash: set.hash, isBeforeTraffic: true)
        }
        // While stable's pods come back, what the router still sends here must find the canary.
        if status.isAborted, isRouted, canaryWeight(isReached: false) > .zero { return nil }
        // Differs from Argo: after an abort the selector goes back once, not at each look.
        guard let set = status.isAborted ? position.stableSet : position.newSet, isReady(set, for: name)
        else { return nil }
        let leaves = status.isAborted || set.hash == status.stableHash
        if leaves, isRouted, set.available < spec.replicas, heldCanaryWeight > 0 { return nil }
        return .init(service: name, hash: set.hash, isBeforeTraffic: !leaves)
    }

    /// Whether the canary's Service still serves a revision that was given up, and the new one has
    /// too few pods to take its share over: a second update finds the Service with traffic, which
    /// stays with its pods until the weight is one that the new pods can carry.
    private var servesMoreThanNewPods: Bool {
        guard isRouted, let set = position.newSet, let name = serviceNames.canary,
            let service = snapshot.services[name], !service.hash.isEmpty, service.hash != set.hash
        else { return false }
        let held = heldCanaryWeight
        // Back to stable's revision, its pods would get the other Service's share as well.
        let share = set.hash == status.stableHash ? strategy.maxWeight.value : held
        return held > 0 && set.available < podsNeeded(for: share)
    }

    /// The pods that a share of the traffic needs: at least one for any.
    func podsNeeded(for share: Int) -> Int {
        share == 0 ? 0 : max(1, share * spec.replicas / max(1, strategy.maxWeight.value))
    }

    /// What routers send to the canary's side now.
    var heldCanaryWeight: Int {
        let recorded = status.canary.weights?.canary.weight ?? .zero
        return routers.map { ($0.observe(snapshot.routed) ?? recorded).value }.max() ?? 0
    }

    private func isReady(_ set: ReplicaSetView, for name: String) -> Bool {
        guard let service = snapshot.services[name] else { return false }
        if service.managedBy == nil || service.hash.isEmpty {
            return set.wished > 0 && set.available >= set.wished
        }
        return set.available > 0
    }

    // MARK: Traffic

    /// The split to wish for, or nil where the router is better left alone: stable must have pods
    /// for its share first (invariants 2 and 3).
    func trafficSplit(isReached: Bool) -> TrafficSplit? {
        let maximum = strategy.maxWeight
        var weight = canaryWeight(isReached: isReached)
        if isHeld { weight = min(weight, status.canary.weights?.canary.weight ?? .zero) }
        let isFinished = position.isFullyPromoted
        guard let stable = isFinished ? position.newSet : position.stableSet else { return nil }
        let additional = experimentShares
        let taken = additional.reduce(weight.value) { $0 + $1.weight.value }
        let needed = max(0, maximum.value - taken) * spec.replicas / max(1, maximum.value)
        if stable.available < needed, !(status.isAborted && stable.available > 0),
            !isRelief(weight, isReached: isReached)
        {
            return nil
        }
        var split = TrafficSplit(canary: weight, maximum: maximum)
        split.stableHash = stable.hash
        split.additional = additional
        if let canary = position.newSet, canary.available > 0 {
            split.canaryHash = status.isAborted ? "" : canary.hash
        }
        let wished = Set(split.additional.map(\.service))
        let held = status.canary.weights?.additional.map(\.service) ?? []
        split.released = Set(held).subtracting(wished)
        split.servingHashes = Set(snapshot.replicaSets.filter { $0.available > 0 }.map(\.hash))
        addManagedRoutes(to: &split)
        return split
    }

    /// Whether a weight takes traffic from a stable side that cannot carry its share any more, towards
    /// a canary that has the pods: a broken stable revision must not keep out the one that mends it.
    private func isRelief(_ weight: Weight, isReached: Bool) -> Bool {
        guard isReached, !status.isAborted, let held = status.canary.weights?.canary.weight else { return false }
        return weight > .zero && weight >= held
    }

    /// What the step's Experiment gets while it runs; stable gives it.
    private var experimentShares: [TrafficSplit.Additional] {
        guard !status.isAborted, !position.isFullyPromoted, let index = status.currentStepIndex,
            strategy.steps.indices.contains(index), case .experiment(let step) = strategy.steps[index],
            let experiment = snapshot.experiment(status.canary.currentExperiment),
            experiment.phase == AnalysisPhase.running.rawValue
        else { return [] }
        return step["templates"].elements.compactMap { template in
            guard let weight = template["weight"].int, weight > 0,
                let service = experiment.services[template["name"].string ?? ""]
            else { return nil }
            return TrafficSplit.Additional(service: service, weight: Weight(Int(weight)))
        }
    }

    /// The canary's share (rollout-behaviour.md, section 11.1, the first that applies).
    private func canaryWeight(isReached: Bool) -> Weight {
        if position.isFullyPromoted { return .zero }
        let replicas = max(1, spec.replicas)
        if status.isAborted {
            guard strategy.dynamicStableScale else { return .zero }
            // Traffic goes back as stable's pods return, never forth.
            let stable = position.stableSet?.available ?? 0
            let open = strategy.maxWeight.value * max(0, spec.replicas - stable) / replicas
            return min(Weight(open), status.canary.weights?.canary.weight ?? .zero)
        }
        guard let canary = position.newSet, canary.available > 0 else { return .zero }
        if status.promoteFull {
            if strategy.dynamicStableScale {
                return Weight(strategy.maxWeight.value * min(canary.available, spec.replicas) / replicas)
            }
            return status.canary.weights?.canary.weight ?? .zero
        }
        guard !strategy.steps.isEmpty, let index = status.currentStepIndex else { return .zero }
        if isReached {
            return index >= strategy.steps.count
                ? strategy.maxWeight : TargetWeight.lastWeight(in: strategy.steps, at: index)
        }
        return index == 0 ? .zero : TargetWeight.lastWeight(in: strategy.steps, at: index - 1)
    }

    /// Routes of the steps up to now: a later step of the same name replaces an earlier one, and
    /// one without matches removes it.
    private func addManagedRoutes(to split: inout TrafficSplit) {
        guard let index = status.currentStepIndex, index < strategy.steps.count, !status.isAborted, !isFinal,
            position.newSet?.available ?? 0 > 0, position.revision > 1
        else { return }
        for step in strategy.steps.prefix(index + 1) {
            switch step {
            case .setHeaderRoute(let route):
                split.headerRoutes.removeAll { $0.name == route.name }
                if !route.matches.isEmpty { split.headerRoutes.append(route) }
            case .setMirrorRoute(let route):
                split.mirrorRoutes.removeAll { $0.name == route.name }
                if !route.matches.isEmpty { split.mirrorRoutes.append(route) }
            default: continue
            }
        }
    }
}
