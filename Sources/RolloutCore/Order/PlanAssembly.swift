// The parts of a plan that every strategy shares.

import JSONTree
import KubeModel
import MartletModel

/// Puts moves together to a plan.
struct PlanAssembly {
    let snapshot: RolloutSnapshot
    let position: Position
    let rules: StatusRules
    let lowering: Lowering
    let make: RolloutEvents

    init(_ snapshot: RolloutSnapshot, _ position: Position) {
        self.snapshot = snapshot
        self.position = position
        rules = StatusRules(snapshot, position)
        lowering = Lowering(snapshot, position)
        make = RolloutEvents(snapshot.rollout.object)
    }

    // MARK: A new revision

    /// The revision's ReplicaSet and number, and a status at its beginning; pods come next.
    func planForRestart(_ strategy: CanaryStrategy?) -> Plan {
        var status = position.status
        status.collisionCount = snapshot.collisionCount
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
        if strategy?.trafficRouting != nil, var weights = status.canary.weights,
            weights.canary.weight == .zero
        {
            weights.canary.podTemplateHash = position.hash
            status.canary.weights = weights
        }
        _ = rules.judge(&status)
        let order = MoveOrder(snapshot, position, Target(), strategy)
        if position.newSet != nil { moves += order.replicaSetMoves().shrinking }
        moves += recording(status, because: "the update begins", events)
        moves += RunMoves(snapshot, position).terminate(except: [])
        moves += ExperimentMoves(snapshot, position).terminate(except: "")
        moves += numbering()
        var plan = Plan(
            status: status, outcome: .waiting(reason: "the new ReplicaSet", until: nil),
            why: "revision \(position.revision) begins")
        plan.moves = moves
        plan.addFirstSight(snapshot)
        return plan
    }

    func numbering() -> [Move] {
        guard let change = lowering.number() else { return [] }
        let isNew = snapshot.rollout.view.revision != position.revision
        return [
            Move(
                .numberRevision(position.revision), because: "the revision has a number", [change],
                events: isNew ? [make.updated(revision: position.revision)] : [])
        ]
    }

    func recording(_ status: RolloutStatus, because reason: String, _ events: [KubeEvent]) -> [Move] {
        guard let change = lowering.record(status) else { return [] }
        return [Move(.recordStatus, because: reason, [change], events: events)]
    }

    // MARK: On the way

    /// The moves towards a target in their order, with the status between shrinking and analyses.
    func assembled(
        _ order: MoveOrder, _ status: RolloutStatus, _ events: [KubeEvent], _ book: RunBook,
        _ analysis: (AnalysisPurpose) -> RolloutAnalysis?
    ) -> [Move] {
        let (growing, shrinking) = order.replicaSetMoves()
        let metadata = PodMetadata(snapshot, position)
        var moves = metadata.movesBeforePods + growing + order.selectorMoves(beforeTraffic: true) + order.routeMoves()
        moves += order.selectorMoves(beforeTraffic: false) + shrinking
        // What a move does to the counts is seen a moment later, and written then with this.
        if moves.isEmpty || !events.isEmpty || !isAboutCounts(status) {
            moves += recording(status, because: "the position has changed", events)
        }
        let runs = RunMoves(snapshot, position)
        for (purpose, name) in book.created {
            guard let analysis = analysis(purpose) else { continue }
            if case .success(let move) = runs.create(name, purpose, analysis) { moves.append(move) }
        }
        let recorded = [
            status.canary.stepRun, status.canary.backgroundRun, status.blueGreen.prePromotionRun,
            status.blueGreen.postPromotionRun,
        ]
        let current = Set(recorded.compactMap { $0?.name })
        let isOver = status.isAborted || status.promoteFull || position.isFullyPromotedNow(status)
        moves += runs.terminate(except: isOver ? [] : current)
        moves += metadata.moves + workloadMoves(status) + order.cleanup() + runs.cleanup(except: current)
        return moves + numbering()
    }

    /// Why an update that gets nowhere is given up, where the specification asks for that.
    func timeout(_ position: Position) -> String? {
        var status = position.status
        rules.count(&status)
        guard snapshot.rollout.view.spec.progressDeadlineAborts, rules.hasTimedOut(status),
            let name = position.newSet?.name
        else { return nil }
        return "ReplicaSet \"\(name)\" has timed out progressing."
    }

    /// Whether a plan does nothing but write counts, which may be written a moment later with more.
    func isDeferrable(_ status: RolloutStatus, _ moves: [Move]) -> Bool {
        !moves.isEmpty && moves.allSatisfy { $0.intent == .recordStatus } && isAboutCounts(status)
    }

    /// Whether nothing has changed but counts and what is said about them.
    private func isAboutCounts(_ status: RolloutStatus) -> Bool {
        var before = rules.before
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
