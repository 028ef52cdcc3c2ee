// Makes a plan's moves, and decides again with what came of them.

import ControllerKit
import KubeClient
import KubeModel
import Logging
import SyncCore

/// The inner loop of a pass: decide, move, decide again, until nothing is left to do now.
struct SyncExecution: Sendable {
    let pass: Pass
    let directory: KindDirectory
    let runtime: any Runtime

    /// The last plan, and what happened on the way.
    struct Result: Sendable {
        var plan: SyncPlan
        var events: [KubeEvent] = []
        /// A write met another's: decide again soon.
        var mustLookAgain = false
    }

    /// Steps of one sync: waves whose objects are ready at once follow each other in one pass.
    private static let roundCountMax = 50
    /// Moves of one kind that are under way at once.
    private static let widthMax = 8

    func run(_ start: SyncSnapshot) async -> Result {
        var snapshot = start
        var result = Result(plan: decide(snapshot))
        for _ in 0..<Self.roundCountMax {
            note(result.plan.events, &result)
            let moves = result.plan.moves
            if moves.isEmpty { return result }
            let outcomes = await make(moves)
            snapshot = snapshot.after(result.plan, outcomes: outcomes, now: runtime.now())
            result.plan = decide(snapshot)
            if outcomes.contains(where: { if case .again = $0 { true } else { false } }) {
                // What is done is recorded; the rest waits for the caches.
                result.mustLookAgain = true
                note(result.plan.events, &result)
                return result
            }
        }
        result.mustLookAgain = true
        return result
    }

    private func note(_ events: [KubeEvent], _ result: inout Result) {
        for event in events where !result.events.contains(event) { result.events.append(event) }
    }

    /// Makes moves in order; neighbours of one kind side by side.
    private func make(_ moves: [SyncMove]) async -> [MoveOutcome] {
        var outcomes: [MoveOutcome] = []
        var position = 0
        while position < moves.count {
            let first = moves[position]
            let group = moves[position...].prefix {
                $0.key.groupKind == first.key.groupKind && $0.intent == first.intent
            }.prefix(Self.widthMax)
            outcomes += await withTaskGroup(of: (Int, MoveOutcome).self) { tasks in
                for (offset, move) in group.enumerated() {
                    tasks.addTask { (offset, await make(move)) }
                }
                var found: [Int: MoveOutcome] = [:]
                for await (offset, outcome) in tasks { found[offset] = outcome }
                return group.indices.map { found[$0 - position] ?? .again("not made") }
            }
            position += group.count
        }
        return outcomes
    }

    private func make(_ move: SyncMove) async -> MoveOutcome {
        var object: KubeObject?
        var stop = await send(move.changes, move, &object)
        // A conflict about who owns a field, or a change of what never changes.
        if case .failed(let refusal)? = stop, !move.recreation.isEmpty, [409, 422].contains(refusal.status?.code ?? 0) {
            stop = await send(move.recreation, move, &object)
        }
        if let stop {
            switch stop {
            case .failed(let refusal): return failure(refusal, move)
            case .conflict(let refusal), .gone(let refusal): return .again(refusal.description)
            case .done, .already, .dropped, .skipped: return .again("the object is still being deleted")
            }
        }
        pass.logger.info(
            "synced",
            metadata: [
                "resource": .string(move.key.description), "intent": .string(move.intent),
                "reason": .string(move.reason),
            ])
        let isRemoval = move.intent == "prune" || move.intent == "delete"
        if isRemoval { return .done(nil) }
        guard let written = object else { return .again("the server's answer held no object") }
        return .done(written)
    }

    /// Sends changes one after the other. What is applied to an object that is still going would go
    /// with it: then the rest is left to a later pass.
    ///
    /// - Returns: The outcome that stopped it; nil when all were made.
    private func send(_ changes: [Change], _ move: SyncMove, _ object: inout KubeObject?) async -> ChangeOutcome? {
        for (position, change) in changes.enumerated() {
            let planned = PlannedChange(change, priority: .capacity, reason: "\(move.intent): \(move.reason)")
            guard let outcome = await pass.execute([planned], false).first else { continue }
            switch outcome {
            case .done(let written):
                object = written ?? object
                if case .delete = change, position + 1 < changes.count, written?.isDeleting == true { return outcome }
            case .already, .dropped, .skipped: break
            case .conflict, .gone, .failed: return outcome
            }
        }
        return nil
    }

    /// What the server refuses is the sync's failure; what it could not look at is tried again.
    private func failure(_ error: KubeError, _ move: SyncMove) -> MoveOutcome {
        switch error {
        case .status(let status) where status.code == 429: return .again(status.description)
        case .status(let status) where status.code == 404 && isUnserved(status, move):
            directory.forget(move.key.groupKind)
            return .again(status.description)
        case .status(let status): return .refused(status.message)
        case .unknownKind:
            directory.forget(move.key.groupKind)
            return .again(error.description)
        case .transport, .malformed, .configuration: return .again(error.description)
        }
    }

    /// A 404 of the path itself, not of the namespace or the object.
    private func isUnserved(_ status: APIStatus, _ move: SyncMove) -> Bool {
        status.message.contains("could not find the requested resource")
    }
}
