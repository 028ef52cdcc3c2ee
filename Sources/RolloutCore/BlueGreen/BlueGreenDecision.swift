// One decision about a blue-green update, put together from its parts.

import KubeModel
import MartletModel

/// One decision about a blue-green update (rollout-behaviour.md, section 2.2): the new revision
/// comes up whole beside the active one, and then the active Service is switched at once.
struct BlueGreenDecision {
    let snapshot: RolloutSnapshot
    let position: Position
    let strategy: BlueGreenStrategy
    private let assembly: PlanAssembly

    init(_ snapshot: RolloutSnapshot, _ position: Position, _ strategy: BlueGreenStrategy) {
        self.snapshot = snapshot
        self.position = position
        self.strategy = strategy
        assembly = PlanAssembly(snapshot, position)
    }

    func plan() -> Plan {
        if position.newSet == nil || position.restart != nil { return assembly.planForRestart(nil) }
        var position = position
        var book = RunBook(snapshot, position)
        // A retry begins without the verdicts that ended the try before.
        let isRetry = position.status.abortedAt != nil && !position.status.isAborted
        if !isRetry { observe(&book, &position.status) }
        let abortReason =
            position.status.isAborted || position.isFullyPromoted
            ? nil : book.abortReason ?? assembly.timeout(position)
        var preview = position
        if abortReason != nil { preview.status.isAborted = true }
        let aim = BlueGreenAim(position: preview, strategy: strategy, snapshot: snapshot)
        var target = aim.target()
        var advance = BlueGreenAdvance(snapshot, position, strategy, aim)
        if let abortReason { advance.passage.abort(because: abortReason) } else { advance.take() }
        target.selectors = aim.selectors(switchesActive: advance.switchesActive || isFirst(aim))
        var status = advance.status
        start(&book, &status, aim, advance)
        recordSelectors(target, &status)
        assembly.rules.count(&status)
        let restart = PodRestart(snapshot, position).advance(&status)
        let deadline = assembly.rules.judge(&status)
        let order = MoveOrder(snapshot, preview, target, nil)
        let moves = assembly.assembled(order, status, book.events + advance.passage.events, book, analysis)
        return finished(moves + restart.moves, status, advance, target, [deadline, restart.lookAgain])
    }

    /// The first deployment: the active Service follows once all pods are there.
    private func isFirst(_ aim: BlueGreenAim) -> Bool {
        aim.activeHash != position.hash && position.isFullyPromoted
            && aim.isSaturated(snapshot.rollout.view.spec.replicas)
    }

    /// The status shows what the Services select once the moves are done.
    private func recordSelectors(_ target: Target, _ status: inout RolloutStatus) {
        func hash(_ name: String) -> String {
            target.selectors.last { $0.service == name }?.hash ?? snapshot.services[name]?.hash ?? ""
        }
        status.blueGreen.activeSelector = hash(strategy.activeService)
        status.blueGreen.previewSelector = strategy.previewService.map(hash) ?? ""
    }

    // MARK: Analyses

    private func observe(_ book: inout RunBook, _ status: inout RolloutStatus) {
        if let recorded = status.blueGreen.prePromotionRun {
            status.blueGreen.prePromotionRun = book.observe(recorded, .prePromotion, &status)
        }
        if let recorded = status.blueGreen.postPromotionRun {
            status.blueGreen.postPromotionRun = book.observe(recorded, .postPromotion, &status)
        }
    }

    private func start(
        _ book: inout RunBook, _ status: inout RolloutStatus, _ aim: BlueGreenAim, _ advance: BlueGreenAdvance
    ) {
        guard !status.isAborted, !status.promoteFull, !position.isFullyPromotedNow(status),
            advance.status.abortedAt == nil, !aim.isFastRollback
        else { return }
        let isActive = aim.activeHash == position.hash
        if strategy.prePromotionAnalysis != nil, !isActive, !aim.isFastTracked, aim.isSaturated(aim.newSize) {
            if let recorded = status.blueGreen.prePromotionRun, !book.isResumed(recorded, status) {
                book.recreateIfLost(recorded, .prePromotion)
            } else if status.pauseConditions.isEmpty {
                status.controllerPause = false
                status.blueGreen.prePromotionRun = book.record(.prePromotion, suffix: "-pre")
            }
        }
        if strategy.postPromotionAnalysis != nil, isActive {
            if let recorded = status.blueGreen.postPromotionRun, !book.isResumed(recorded, status) {
                book.recreateIfLost(recorded, .postPromotion)
            } else if status.pauseConditions.isEmpty {
                status.controllerPause = false
                status.blueGreen.postPromotionRun = book.record(.postPromotion, suffix: "-post")
            }
        }
    }

    private func analysis(for purpose: AnalysisPurpose) -> RolloutAnalysis? {
        switch purpose {
        case .prePromotion: strategy.prePromotionAnalysis
        case .postPromotion: strategy.postPromotionAnalysis
        case .step, .background: nil
        }
    }

    // MARK: The plan

    private func finished(
        _ moves: [Move], _ status: RolloutStatus, _ advance: BlueGreenAdvance, _ target: Target,
        _ times: [Timestamp?]
    ) -> Plan {
        let next = (times + [advance.passage.wait?.until, target.nextDeadline]).compactMap(\.self).min()
        let words = status.message.isEmpty ? status.phase?.rawValue ?? "" : status.message
        var plan: Plan
        if let wait = advance.passage.wait {
            plan = Plan(
                status: status, outcome: .waiting(reason: wait.reason, until: next),
                why: "\(words); waiting for \(wait.reason)")
        } else if status.phase == .progressing, moves.isEmpty {
            // Where it is it stays, and what is there grows or goes (invariant 8).
            let lack = target.lack.isEmpty ? "pods" : target.lack
            plan = Plan(
                status: status, outcome: .waiting(reason: lack, until: next), why: "\(words); waiting for \(lack)")
        } else {
            plan = Plan(status: status, outcome: .settled(next: next), why: words)
        }
        plan.moves = moves
        plan.isStatusDeferrable = assembly.isDeferrable(status, moves)
        return plan
    }
}
