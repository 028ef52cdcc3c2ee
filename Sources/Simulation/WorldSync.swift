// A sync in the world: decide, move, decide again, and record at the end.

import ClusterSim
import KubeModel
import MartletModel
import SyncCore

extension World {
    /// So many decisions may follow each other in one pass.
    private static let syncRoundMax = 30

    /// Carries a sync as far as it goes now, with whatever faults its writes meet.
    mutating func sync(_ start: SyncSnapshot, _ controller: Int, _ key: ObjectKey) {
        let life = controllers[controller].life
        var snapshot = start
        var plan = decide(snapshot)
        var mustLookAgain = false
        for _ in 0..<Self.syncRoundMax where !plan.moves.isEmpty && !mustLookAgain {
            let outcomes = plan.moves.map { make($0, controller, key) }
            guard controllers[controller].life == life else { return }
            mustLookAgain = outcomes.contains { if case .again = $0 { true } else { false } }
            snapshot = snapshot.after(plan, outcomes: outcomes, now: now)
            plan = decide(snapshot)
        }
        if let patch = plan.patch(of: start.application) {
            let isExact = plan.clearsOperation || plan.clearsRefresh || plan.finalizers != nil
            let condition = Precondition(
                uid: start.application.uid, resourceVersion: isExact ? start.application.resourceVersion : nil)
            let change = SimulatedChange(
                .patch(start.application.reference, .merge(patch), if: condition),
                because: "status: the Application is \(plan.status.syncCode?.rawValue ?? "?")")
            mustLookAgain = !send(change, controller, key, nil) || mustLookAgain
        }
        guard controllers[controller].life == life else { return }
        if mustLookAgain { enqueue(controller, key, at: now + .milliseconds(200)) }
        if let until = plan.wait?.until { enqueue(controller, key, at: max(until, now + .milliseconds(50))) }
    }

    private mutating func make(_ move: SyncMove, _ controller: Int, _ key: ObjectKey) -> MoveOutcome {
        for change in move.changes {
            let planned = SimulatedChange(change, because: "\(move.intent): \(move.reason)")
            guard controllers[controller].isAlive, send(planned, controller, key, nil) else {
                return .again("the write failed")
            }
        }
        if move.intent == "prune" || move.intent == "delete" { return .done(nil) }
        let place = ObjectKey(namespace: move.key.namespace, name: move.key.name)
        return machine.object(move.key.groupKind, place).map { .done($0) } ?? .again("it is not there")
    }
}
