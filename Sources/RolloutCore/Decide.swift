// What a Rollout does next.
//
// A decision is a pure function of a snapshot: `locate` says where the Rollout is, `aim` what
// should be true there, `order` which moves lead from what is to what should be. A status records
// where it went. Each transition is one step, so that each is seen by whoever watches.
//
//   new template ──► step 0 ──► step 1 ──► … ──► promoted (the revision is stable)
//        ▲             │  ▲ retry     │
//        └─────────────┴──┴── abort ◄─┘   back at the stable template: promoted at once
//
// Invariants. They hold for every plan; tests and the simulation cite them by number.
//
//  1. Deciding twice on one snapshot gives one plan. Deciding on the world that a fully executed
//     plan leaves gives an empty plan, or a later one, never its inverse.
//  2. Traffic is never raised towards a revision with fewer available replicas than the share
//     needs, and a revision with none available receives none.
//  3. Capacity grows before traffic moves; traffic moves before capacity shrinks.
//  4. Stable is never scaled below its share while any weight may still reach it.
//  5. The step index never goes down except by abort, retry, rollback or a new revision.
//  6. While paused, aborted or stalled, the position does not advance; only resizing and moves
//     towards stable happen.
//  7. A call to the outside that has an effect is recorded in the status before it is made, and
//     again with its answer: an analysis run's name is recorded before the run is created.
//  8. Every wait names what it waits for, and either a time or a watched object that will end it.
//  9. Every write carries a precondition (uid, and resourceVersion where it replaces) or is
//     idempotent by construction; repeating it changes nothing.
// 10. The sum of weights equals the maximum weight at every instant a router can be observed.

import JSONTree
import KubeModel
import MartletModel

/// Decides what a Rollout does next.
package func decide(_ snapshot: RolloutSnapshot) -> Plan {
    let rollout = snapshot.rollout
    if rollout.object.isDeleting {
        return Plan(status: rollout.view.status, outcome: .settled(next: nil), why: "being deleted")
    }
    if let problem = snapshot.problem { return planForInvalid(problem, snapshot) }
    let position = Position(locating: snapshot)
    switch rollout.view.spec.strategy {
    case .canary(let strategy): return CanaryDecision(snapshot, position, strategy).plan()
    case .blueGreen, .invalid:
        // Validation lets neither pass; this only keeps the decision total.
        let message = "the strategy is not supported"
        return Plan(
            status: rollout.view.status, outcome: .stalled(reason: "InvalidSpec", message: message),
            why: message)
    }
}

/// A specification that cannot be carried out: nothing is done but saying so.
private func planForInvalid(_ problem: RolloutFieldError, _ snapshot: RolloutSnapshot) -> Plan {
    var status = snapshot.rollout.view.status
    let message = problem.message(for: snapshot.name)
    let condition = RolloutCondition(
        RolloutConditionType.invalidSpec, "True", RolloutReason.invalidSpec, message)
    let isRefreshed = status.condition(RolloutConditionType.invalidSpec)?.message != message
    status.conditions.set(condition, at: snapshot.now, isRefreshed: isRefreshed)
    status.observedGeneration = String(snapshot.rollout.object.generation)
    status.phase = .degraded
    status.message = "\(RolloutReason.invalidSpec): \(message)"
    var plan = Plan(
        status: status, outcome: .stalled(reason: RolloutReason.invalidSpec, message: message),
        why: status.message)
    let position = Position(locating: snapshot)
    if let change = Lowering(snapshot, position).record(status) {
        plan.moves.append(Move(.recordStatus, because: "the specification is invalid", [change]))
    }
    plan.addFirstSight(snapshot)
    return plan
}

extension Plan {
    /// Tells that we have begun to look after a Rollout, once in its life.
    mutating func addFirstSight(_ snapshot: RolloutSnapshot) {
        guard snapshot.rollout.view.status.observedGeneration.isEmpty, !moves.isEmpty else { return }
        moves[0].events.insert(RolloutEvents(snapshot.rollout.object).added(), at: 0)
    }
}

/// One decision about a canary.
private struct CanaryDecision {
    let snapshot: RolloutSnapshot
    let position: Position
    let strategy: CanaryStrategy
    let rules: StatusRules
    let lowering: Lowering
    let make: RolloutEvents

    init(_ snapshot: RolloutSnapshot, _ position: Position, _ strategy: CanaryStrategy) {
        self.snapshot = snapshot
        self.position = position
        self.strategy = strategy
        rules = StatusRules(snapshot, position)
        lowering = Lowering(snapshot, position)
        make = RolloutEvents(snapshot.rollout.object)
    }

    func plan() -> Plan {
        if position.newSet == nil || position.restart != nil { return planForRestart() }
        return planForStep()
    }

    // MARK: A new revision

    /// The revision's ReplicaSet and number, and a status at its beginning; pods come next.
    private func planForRestart() -> Plan {
        var status = position.status
        rules.count(&status)
        var moves: [Move] = []
        var events: [KubeEvent] = []
        if position.newSet == nil {
            let object = lowering.newReplicaSet()
            moves.append(
                Move(
                    .createReplicaSet(object.name), because: "revision \(position.revision) is new",
                    [.create(object)], events: [make.newReplicaSet(object.name, revision: position.revision)])
            )
        }
        if !rules.before.pauseConditions.isEmpty, position.restart != nil { events.append(make.resumed()) }
        if position.restart != nil {
            let isBack = position.hash == status.stableHash
            events.append(
                isBack
                    ? make.skippedSteps("Rollback to stable ReplicaSets")
                    : make.notCompleted(revision: position.revision, hash: position.hash))
        }
        // While nothing of the revision exists it has no traffic; what the earlier one has is
        // taken from it with the next look.
        if strategy.trafficRouting != nil, var weights = status.canary.weights, weights.canary.weight == .zero
        {
            weights.canary.podTemplateHash = position.hash
            status.canary.weights = weights
        }
        _ = rules.judge(&status)
        let order = CanaryOrder(snapshot, position, Target(), strategy)
        if position.newSet != nil { moves += order.replicaSetMoves().shrinking }
        moves += recording(status, because: "the update begins", events)
        moves += RunMoves(snapshot, position).terminate(except: [])
        moves += numbering()
        var plan = Plan(
            status: status, outcome: .waiting(reason: "the new ReplicaSet", until: nil),
            why: "revision \(position.revision) begins")
        plan.moves = moves
        plan.addFirstSight(snapshot)
        return plan
    }

    private func numbering() -> [Move] {
        guard let change = lowering.number() else { return [] }
        let isNew = snapshot.rollout.view.revision != position.revision
        return [
            Move(
                .numberRevision(position.revision), because: "the revision has a number", [change],
                events: isNew ? [make.updated(revision: position.revision)] : [])
        ]
    }

    private func recording(_ status: RolloutStatus, because reason: String, _ events: [KubeEvent]) -> [Move] {
        guard let change = lowering.record(status) else { return [] }
        return [Move(.recordStatus, because: reason, [change], events: events)]
    }

    // MARK: On the way

    private func planForStep() -> Plan {
        var position = position
        var analyses = CanaryAnalyses(snapshot, position, strategy)
        if !position.status.isAborted { analyses.observe(&position.status) }
        // What must be given up is given up with this very plan: its target is that of an abort.
        let abortReason =
            position.status.isAborted || position.isFullyPromoted
            ? nil : analyses.abortReason ?? timeout(position)
        var preview = position
        if abortReason != nil { preview.status.isAborted = true }
        if preview.status.isAborted, preview.status.currentStepIndex != nil {
            preview.status.currentStepIndex = 0
        }
        let target = Target(aiming: preview, strategy, snapshot)
        var advance = CanaryAdvance(snapshot, position, strategy, target)
        if let abortReason { advance.abort(because: abortReason) } else { advance.take() }
        var status = advance.status
        analyses.start(&status)
        let order = CanaryOrder(snapshot, preview, target, strategy)
        var events = analyses.events + advance.events
        events += order.recordWeights(&status)
        rules.count(&status)
        let deadline = rules.judge(&status)
        let moves = assembled(order, status, events, analyses)
        return finished(moves, status, advance, target, deadline)
    }

    private func timeout(_ position: Position) -> String? {
        var status = position.status
        rules.count(&status)
        guard snapshot.rollout.view.spec.progressDeadlineAborts, rules.hasTimedOut(status),
            let name = position.newSet?.name
        else { return nil }
        return "ReplicaSet \"\(name)\" has timed out progressing."
    }

    private func assembled(
        _ order: CanaryOrder, _ status: RolloutStatus, _ events: [KubeEvent], _ analyses: CanaryAnalyses
    ) -> [Move] {
        let (growing, shrinking) = order.replicaSetMoves()
        var moves = growing + order.selectorMoves(beforeTraffic: true) + order.routeMoves()
        moves += order.selectorMoves(beforeTraffic: false) + shrinking
        moves += recording(status, because: "the position has changed", events)
        let runs = RunMoves(snapshot, position)
        for (purpose, name) in analyses.created {
            guard let analysis = analysis(for: purpose) else { continue }
            if case .success(let move) = runs.create(name, purpose, analysis) { moves.append(move) }
        }
        let current = Set(
            [status.canary.stepRun?.name, status.canary.backgroundRun?.name].compactMap(\.self))
        let isOver =
            status.isAborted || !status.stableHash.isEmpty && status.stableHash == status.currentPodHash
        moves += runs.terminate(except: isOver ? [] : current)
        moves += order.cleanup() + runs.cleanup(except: current)
        return moves + numbering()
    }

    private func analysis(for purpose: AnalysisPurpose) -> RolloutAnalysis? {
        switch purpose {
        case .background: return strategy.backgroundAnalysis
        case .step(let index):
            guard strategy.steps.indices.contains(index), case .analysis(let analysis) = strategy.steps[index]
            else { return nil }
            return analysis
        case .prePromotion, .postPromotion: return nil
        }
    }

    private func finished(
        _ moves: [Move], _ status: RolloutStatus, _ advance: CanaryAdvance, _ target: Target,
        _ deadline: Timestamp?
    ) -> Plan {
        let times = [advance.wait?.until, target.nextDeadline, deadline].compactMap(\.self)
        let next = times.min()
        let outcome: Plan.Outcome =
            if let message = advance.stall {
                .stalled(reason: "StepNotSupported", message: message)
            } else if let wait = advance.wait {
                .waiting(reason: wait.reason, until: next)
            } else {
                .settled(next: next)
            }
        var plan = Plan(status: status, outcome: outcome, why: Self.words(status, strategy, outcome))
        plan.moves = moves
        plan.isStatusDeferrable = isDeferrable(status) && moves.allSatisfy { $0.intent == .recordStatus }
        return plan
    }

    private static func words(_ status: RolloutStatus, _ strategy: CanaryStrategy, _ outcome: Plan.Outcome)
        -> String
    {
        var words = status.message.isEmpty ? status.phase?.rawValue ?? "" : status.message
        if let index = status.currentStepIndex, strategy.steps.indices.contains(index),
            status.phase != .degraded
        {
            words = "step \(index + 1) of \(strategy.steps.count): \(strategy.steps[index].summary)"
        }
        switch outcome {
        case .waiting(let reason, _) where !reason.isEmpty: return "\(words); waiting for \(reason)"
        case .stalled(_, let message): return "\(words); \(message)"
        default: return words
        }
    }

    /// Whether nothing has changed but counts, which may be written a moment later with more.
    private func isDeferrable(_ status: RolloutStatus) -> Bool {
        var before = snapshot.rollout.view.status
        var after = status
        for path in [
            \RolloutStatus.replicas, \.updatedReplicas, \.readyReplicas, \.availableReplicas, \.hpaReplicas,
        ] {
            before[keyPath: path] = 0
            after[keyPath: path] = 0
        }
        before.message = ""
        after.message = ""
        for type in [RolloutConditionType.available, RolloutConditionType.progressing] {
            before.conditions.remove(type: type)
            after.conditions.remove(type: type)
        }
        return before == after
    }
}
