// Invariants 2, 3, 4 and 10: pods before traffic, and traffic in one piece.

import KubeModel
import MartletModel
import RolloutCore

/// Looks at pods, Services and weights right after a write.
struct TrafficInvariants: Sendable {
    let record: WriteRecord

    init(_ record: WriteRecord) { self.record = record }

    /// The specification that the pass knew.
    private var spec: RolloutSpec? { record.evidence?.snapshot.rollout.view.spec }

    /// What is broken, each with its number.
    var broken: [String] {
        weightsInOnePiece + (record.arePodsCertain ? raised + selected + shrunk : [])
    }

    // MARK: 10

    private var weightsInOnePiece: [String] {
        guard let weights = record.after.weights else { return [] }
        let maximum = spec?.canary?.maxWeight.value ?? 100
        let own = weights.canary + weights.stable
        // Shares of others are a part of the whole, or beside it where weights are any numbers.
        if own == maximum || own + weights.others == maximum { return [] }
        return ["invariant 10: weights \(weights.canary) and \(weights.stable) of \(maximum)"]
    }

    // MARK: 2

    /// Pods that a share of traffic needs: at least one for any.
    private func needed(_ weight: Int, _ spec: RolloutSpec, _ canary: CanaryStrategy) -> Int {
        weight == 0 ? 0 : max(1, weight * spec.replicas / max(1, canary.maxWeight.value))
    }

    private func canaryEnd(_ facts: WorldFacts, _ canary: CanaryStrategy) -> String? {
        facts.canaryEnd ?? canary.canaryService
    }

    private func stableEnd(_ facts: WorldFacts, _ canary: CanaryStrategy) -> String? {
        facts.stableEnd ?? canary.stableService
    }

    /// The share of all traffic that can reach a revision, through weights and selectors.
    private func share(_ hash: String, _ facts: WorldFacts, _ canary: CanaryStrategy) -> Int {
        guard let weights = facts.weights else { return 0 }
        return [(canaryEnd(facts, canary), weights.canary), (stableEnd(facts, canary), weights.stable)]
            .reduce(0) { sum, end in end.0.map { facts.selected[$0] == hash } ?? false ? sum + end.1 : sum }
    }

    /// The share of ends that select pods without regard to revisions.
    private func shareOfAll(_ facts: WorldFacts, _ canary: CanaryStrategy) -> Int {
        guard let weights = facts.weights else { return 0 }
        return [(canaryEnd(facts, canary), weights.canary), (stableEnd(facts, canary), weights.stable)]
            .reduce(0) { sum, end in end.0.map { facts.selected[$0] == nil } ?? true ? sum + end.1 : sum }
    }

    private var raised: [String] {
        guard let spec, let canary = spec.canary, spec.replicas > 0, record.after.weights != nil else { return [] }
        // Away from what was given up, stable takes all as long as it serves at all, unless it was
        // made smaller on purpose. A step that sizes the canary asks for less on purpose, too.
        let isRescue = (record.evidence?.plan.status.isAborted ?? false) && !canary.dynamicStableScale
        return record.after.pods.compactMap { pods in
            // What selected all pods reached this revision as well.
            let (before, after) = (
                share(pods.hash, record.before, canary) + shareOfAll(record.before, canary),
                share(pods.hash, record.after, canary)
            )
            guard after > before else { return nil }
            let wish = isRescue || sizesCanary(canary) ? 1 : needed(after, spec, canary)
            if pods.available >= wish { return nil }
            return "invariant 2: \(pods.name)'s share \(before) to \(after) with \(pods.available) of \(wish) pods"
        }
    }

    private func sizesCanary(_ canary: CanaryStrategy) -> Bool {
        canary.steps.contains { if case .setCanaryScale = $0 { true } else { false } }
    }

    /// A Service that serves must not be moved to a revision that has no pod ready; blue-green's
    /// active one not to one that is not there in full, unless back to what was stable.
    private var selected: [String] {
        guard let spec, spec.replicas > 0 else { return [] }
        var broken: [String] = []
        for name in [spec.canary?.stableService, spec.canary?.canaryService, spec.blueGreen?.activeService] {
            guard let name, record.after.selected[name] != record.before.selected[name],
                let hash = record.after.selected[name]
            else { continue }
            let available = record.after.target(name)?.available ?? 0
            if available == 0 { broken.append("invariant 2: Service \(name) selects \(hash), which has no available pod") }
            let isBack = record.evidence?.plan.status.isAborted ?? false
            if name == spec.blueGreen?.activeService, !isBack, available < spec.replicas {
                broken.append("invariant 2: the active Service selects \(hash) with \(available) of \(spec.replicas) pods")
            }
        }
        return broken
    }

    // MARK: 4

    /// A ReplicaSet that traffic may reach keeps the pods of its share.
    private var shrunk: [String] {
        guard let spec, spec.replicas > 0 else { return [] }
        return record.after.pods.flatMap { pods -> [String] in
            guard pods.wished < record.before.pods(named: pods.name)?.wished ?? 0 else { return [] }
            return shrunk(pods, spec)
        }
    }

    private func shrunk(_ pods: WorldFacts.Pods, _ spec: RolloutSpec) -> [String] {
        if let active = spec.blueGreen?.activeService {
            if record.after.selected[active] == pods.hash, pods.wished < spec.replicas {
                return ["invariant 4: the active \(pods.name) has \(pods.wished) of \(spec.replicas) replicas"]
            }
            return []
        }
        guard let canary = spec.canary else { return [] }
        guard let weights = record.after.weights else { return shrunkWithoutRouter(pods, spec, canary) }
        let stable = stableEnd(record.after, canary)
        let ends = [(stable, weights.stable), (canaryEnd(record.after, canary), weights.canary)]
        for (service, weight) in ends where weight > 0 {
            guard let service, record.after.selected[service] == pods.hash else { continue }
            let isStable = service == stable
            let wish = isStable || !sizesCanary(canary) ? needed(weight, spec, canary) : 1
            if pods.wished < wish {
                return ["invariant 4: \(pods.name) has \(pods.wished) of \(wish) replicas and the weight \(weight)"]
            }
        }
        return []
    }

    /// Without a router pods are the traffic: what serves must not fall below what may be missing.
    private func shrunkWithoutRouter(
        _ pods: WorldFacts.Pods, _ spec: RolloutSpec, _ canary: CanaryStrategy
    ) -> [String] {
        func serving(_ facts: WorldFacts) -> Int { facts.pods.reduce(0) { $0 + min($1.available, $1.wished) } }
        let limits = ReplicaSplit.limits(
            replicas: Int32(clamping: spec.replicas), maxSurge: canary.maxSurge,
            maxUnavailable: canary.maxUnavailable)
        let least = spec.replicas - Int(limits.unavailable)
        let (before, after) = (serving(record.before), serving(record.after))
        if after >= min(before, least) { return [] }
        return ["invariant 4: \(pods.name) shrunk: \(after) pods serve, \(least) must"]
    }
}

/// Invariant 3 over the writes of one pass: grow, then shift, then shrink.
struct WriteSequence: Sendable {
    private var last: WriteRecord.Effect?

    /// Takes the next write of the pass; what is broken by its coming now.
    mutating func take(_ record: WriteRecord) -> [String] {
        guard let effect = record.effect else { return [] }
        defer { last = max(last ?? effect, effect) }
        guard let last, effect < last else { return [] }
        return ["invariant 3: \(effect) after \(last)"]
    }
}
