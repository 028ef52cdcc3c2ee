// The difference between what is and what should be, in the only safe order.

import JSONTree
import KubeModel
import MartletModel
import TrafficRouting

/// Orders a Rollout's moves: grow, select, route, shrink, record (invariants 3 and 4).
struct MoveOrder {
    let snapshot: RolloutSnapshot
    let position: Position
    let target: Target
    /// Nil for blue-green, which has no router.
    let strategy: CanaryStrategy?
    private let lowering: Lowering
    private let make: RolloutEvents

    init(_ snapshot: RolloutSnapshot, _ position: Position, _ target: Target, _ strategy: CanaryStrategy?) {
        self.snapshot = snapshot
        self.position = position
        self.target = target
        self.strategy = strategy
        lowering = Lowering(snapshot, position)
        make = RolloutEvents(snapshot.rollout.object)
    }

    // MARK: ReplicaSets

    /// Moves on ReplicaSets that exist: those that grow, and those that shrink or are noted on.
    func replicaSetMoves() -> (growing: [Move], shrinking: [Move]) {
        var growing: [Move] = []
        var shrinking: [Move] = []
        for set in snapshot.replicaSets where !set.isDeleting {
            let edit = edit(of: set)
            if edit.isEmpty { continue }
            let size = edit.replicas ?? set.wished
            let move = move(on: set, edit, size: size)
            if size > set.wished { growing.append(move) } else { shrinking.append(move) }
        }
        return (growing, shrinking)
    }

    private func move(on set: ReplicaSetView, _ edit: ReplicaSetEdit, size: Int) -> Move {
        let change = lowering.edit(set, edit)
        if size == set.wished {
            return Move(.annotate(set.name), because: "what is noted has changed", [change])
        }
        // A size that only adapts is no news; that a revision comes or goes is.
        let isNews = set.wished == 0 || size == 0
        let event = make.scaled(set.name, revision: set.revision, from: set.wished, to: size)
        let reason = size > set.wished ? "the position needs more pods" : "fewer pods are needed"
        return Move(
            .scale(set.name, from: set.wished, to: size), because: reason, [change],
            events: isNews ? [event] : [])
    }

    private func edit(of set: ReplicaSetView) -> ReplicaSetEdit {
        var edit = ReplicaSetEdit()
        let replicas = snapshot.rollout.view.spec.replicas
        if let size = target.sizes[set.name], size != set.wished { edit.replicas = size }
        if case .some(let deadline) = target.deadlines[set.name], deadline != set.deadline {
            edit.annotations[RolloutAnnotations.scaleDownDeadline] = .some(deadline?.rfc3339)
        }
        if edit.replicas == 0, set.deadline != nil, !position.status.isAborted {
            edit.annotations[RolloutAnnotations.scaleDownDeadline] = .some(nil)
        }
        let isCurrent = set.name == position.newSet?.name || set.name == position.stableSet?.name
        let isSized = edit.replicas != nil || (isCurrent && target.sizes[set.name] != nil)
        if isSized, set.desiredReplicas != replicas {
            edit.annotations[RolloutAnnotations.desiredReplicas] = String(replicas)
        }
        if set.name == position.newSet?.name { addRevision(to: &edit, set) }
        return edit
    }

    /// A revision that comes back gets a new number and keeps the old one in its history.
    private func addRevision(to edit: inout ReplicaSetEdit, _ set: ReplicaSetView) {
        let minReady = snapshot.rollout.view.spec.minReadySeconds
        if set.minReadySeconds != minReady { edit.minReadySeconds = minReady }
        guard set.revision != position.revision else { return }
        edit.annotations[RolloutAnnotations.revision] = String(position.revision)
        guard let old = set.revision else { return }
        let history =
            set.annotations[RolloutAnnotations.revisionHistory].map { "\($0),\(old)" } ?? String(old)
        edit.annotations[RolloutAnnotations.revisionHistory] = history
    }

    /// ReplicaSets beyond the history limit, oldest first, once they are empty.
    func cleanup() -> [Move] {
        let limit = snapshot.rollout.view.spec.revisionHistoryLimit
        let excess = position.others.count - limit
        guard excess > 0 else { return [] }
        let oldest = position.others.sorted {
            ($0.revision ?? 0, $0.created) < ($1.revision ?? 0, $1.created)
        }
        return oldest.prefix(excess).filter { set in
            set.wished == 0 && set.existing == 0 && set.isObserved && !set.isDeleting
        }.map { Move(.deleteReplicaSet($0.name), because: "the history is full", [lowering.delete($0)]) }
    }

    // MARK: Traffic

    /// Moves of the Services' selectors, before or after the traffic.
    func selectorMoves(beforeTraffic: Bool) -> [Move] {
        target.selectors.filter { $0.isBeforeTraffic == beforeTraffic }.compactMap { selector in
            guard let service = snapshot.services[selector.service] else { return nil }
            // The selector's own track is in the Service; an event tells when we take it over.
            let event = make.switchedService(service.name, from: service.hash, to: selector.hash)
            let hasPods = snapshot.replicaSets.contains { $0.hash == selector.hash && $0.available > 0 }
            return Move(
                .selectRevision(service: service.name, hash: selector.hash),
                because: hasPods ? "its revision has pods" : "it shows the new revision",
                [lowering.select(selector.hash, by: service)], events: service.managedBy == nil ? [event] : []
            )
        }
    }

    /// Moves that make the routers hold the wished split; none when they do.
    func routeMoves() -> [Move] {
        guard let split = target.split, let strategy else { return [] }
        let aim = CanaryAim(position, strategy, snapshot)
        return aim.routers.flatMap { router in
            router.patches(from: snapshot.routed, to: split).map { patch in
                Move(
                    .route(split.canary), because: "the canary has the pods for \(split.canary)",
                    [patch.change],
                    events: patch.news.map { [make.routed($0.reason, $0.message)] } ?? [])
            }
        }
    }

    /// The split as the status shows it, and an event where it has changed.
    func recordWeights(_ status: inout RolloutStatus) -> [KubeEvent] {
        guard let split = target.split, let strategy else { return [] }
        let names = (strategy.canaryService ?? "", strategy.stableService ?? "")
        let stableHash = position.isFullyPromoted ? position.hash : position.status.stableHash
        var weights = RolloutStatus.TrafficWeights(
            canary: .init(weight: split.canary, service: names.0, podTemplateHash: position.hash),
            stable: .init(weight: split.stable, service: names.1, podTemplateHash: stableHash)
        )
        weights.additional = split.additional.map {
            .init(weight: $0.weight, service: $0.service, podTemplateHash: "")
        }
        if strategy.trafficRouting?.canBeVerified(loadBalancers: snapshot.verifiesLoadBalancers) ?? false {
            weights.isVerified = target.unconfirmed == nil
        }
        recordLoadBalancers(&status, strategy)
        let before = status.canary.weights
        if before == weights { return [] }
        status.canary.weights = weights
        if let before, before.canary.weight == split.canary { return [] }
        // A completed step names its weight already.
        if status.currentStepIndex != position.status.currentStepIndex, before != nil { return [] }
        return [make.weightUpdated(from: before?.canary.weight, to: split.canary)]
    }
}

extension MoveOrder {
    /// The load balancers behind the weights, as far as they were asked.
    private func recordLoadBalancers(_ status: inout RolloutStatus, _ strategy: CanaryStrategy) {
        guard snapshot.verifiesLoadBalancers else { return }
        let aim = CanaryAim(position, strategy, snapshot)
        let states = aim.routers.compactMap { $0 as? ALBRouter }.flatMap { $0.states(snapshot.routed) }
        guard let first = states.first else { return }
        status.loadBalancer = first
        status.loadBalancers = states
    }
}

extension CanaryStrategy {
    /// The names of routes that are ours: those listed and those that steps name.
    package var managedRouteNames: [String] {
        var names = trafficRouting?.managedRoutes ?? []
        for step in steps {
            switch step {
            case .setHeaderRoute(let route) where !names.contains(route.name): names.append(route.name)
            case .setMirrorRoute(let route) where !names.contains(route.name): names.append(route.name)
            default: continue
            }
        }
        return names
    }
}
