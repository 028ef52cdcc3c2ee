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
    if let problem = snapshot.problem {
        return planForUnborn(problem, snapshot) ?? planForInvalid(problem, snapshot)
    }
    if let plan = Plan(adoptingIn: snapshot) { return plan }
    let position = Position(locating: snapshot)
    switch rollout.view.spec.strategy {
    case .canary(let strategy): return CanaryDecision(snapshot, position, strategy).plan()
    case .blueGreen(let strategy): return BlueGreenDecision(snapshot, position, strategy).plan()
    case .invalid:
        // Validation doesn't let it pass; this only keeps the decision total.
        let message = "the strategy is not supported"
        return Plan(
            status: rollout.view.status, outcome: .stalled(reason: "InvalidSpec", message: message),
            why: message)
    }
}

/// A Rollout is often applied with what it names, and seen a moment before: within its first
/// seconds a missing object is waited for.
private func planForUnborn(_ problem: RolloutFieldError, _ snapshot: RolloutSnapshot) -> Plan? {
    let rollout = snapshot.rollout
    guard snapshot.lacksObjects, rollout.view.status.observedGeneration.isEmpty,
        let created = rollout.object.creationTimestamp
    else { return nil }
    let end = created + Patience.missingObjects
    if end <= snapshot.now { return nil }
    return Plan(
        status: rollout.view.status, outcome: .waiting(reason: problem.detail, until: end),
        why: "waiting for what it names: \(problem.detail)")
}

/// How long a decision waits for others.
private enum Patience {
    /// Times of creation are whole seconds: it is between two and three.
    static let missingObjects: Duration = .seconds(3)
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
