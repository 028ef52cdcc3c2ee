// One decision about a canary, put together from its parts.

import JSONTree
import KubeModel
import MartletModel

/// One decision about a canary.
struct CanaryDecision {
    let snapshot: RolloutSnapshot
    let position: Position
    let strategy: CanaryStrategy
    private let assembly: PlanAssembly
    private var rules: StatusRules { assembly.rules }

    init(_ snapshot: RolloutSnapshot, _ position: Position, _ strategy: CanaryStrategy) {
        self.snapshot = snapshot
        self.position = position
        self.strategy = strategy
        assembly = PlanAssembly(snapshot, position)
    }

    func plan() -> Plan {
        if position.newSet == nil || position.restart != nil { return assembly.planForRestart(strategy) }
        return planForStep()
    }

    // MARK: On the way

    private func planForStep() -> Plan {
        var position = position
        var analyses = CanaryAnalyses(snapshot, position, strategy)
        var experiments = CanaryExperiments(snapshot, position, strategy)
        var plugins = CanaryPlugins(snapshot, position, strategy)
        plugins.observe(&position.status)
        if !position.status.isAborted {
            analyses.observe(&position.status)
            experiments.observe(&position.status)
        }
        // What must be given up is given up with this very plan: its target is that of an abort.
        let abortReason =
            position.status.isAborted || position.isFullyPromoted
            ? nil
            : analyses.book.abortReason ?? experiments.abortReason ?? plugins.abortReason ?? assembly.timeout(position)
        var preview = position
        if abortReason != nil { preview.status.isAborted = true }
        if preview.status.isAborted, preview.status.currentStepIndex != nil {
            preview.status.currentStepIndex = 0
        }
        var way = CanaryWay(snapshot, position, preview, strategy)
        if let abortReason { way.advance.passage.abort(because: abortReason) } else { way.go() }
        let target = way.target
        let advance = way.advance
        var status = advance.status
        analyses.start(&status)
        experiments.start(&status)
        plugins.start(&status)
        let order = MoveOrder(snapshot, way.aimed, target, strategy)
        var events = analyses.book.events + experiments.events + plugins.events + advance.passage.events
        events += order.recordWeights(&status)
        rules.count(&status)
        let restart = PodRestart(snapshot, position).advance(&status)
        let deadline = rules.judge(&status)
        var moves = assembly.assembled(order, status, events, analyses.book, analysis)
        moves += self.moves(on: experiments, status) + plugins.moves(status) + restart.moves
        return finished(moves, status, advance, target, [deadline, restart.lookAgain])
    }

    private func moves(on experiments: CanaryExperiments, _ status: RolloutStatus) -> [Move] {
        let make = ExperimentMoves(snapshot, position)
        let current = status.canary.currentExperiment
        var moves: [Move] = []
        if let name = experiments.created, let index = status.currentStepIndex,
            case .experiment(let step) = strategy.steps[index], let move = make.create(name, step)
        {
            moves.append(move)
        }
        return moves + make.terminate(except: current) + make.cleanup(except: current)
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
        _ times: [Timestamp?]
    ) -> Plan {
        let next = (times + [advance.passage.wait?.until, target.nextDeadline]).compactMap(\.self).min()
        let outcome: Plan.Outcome =
            if let message = advance.stall {
                .stalled(reason: "StepNotSupported", message: message)
            } else if let wait = advance.passage.wait {
                .waiting(reason: wait.reason, until: next)
            } else if status.phase == .progressing, moves.isEmpty {
                // Where it is it stays, and what is there grows or goes (invariant 8).
                .waiting(reason: target.lack.isEmpty ? "pods" : target.lack, until: next)
            } else {
                .settled(next: next)
            }
        var plan = Plan(status: status, outcome: outcome, why: Self.words(status, strategy, outcome))
        plan.moves = moves
        plan.isStatusDeferrable = assembly.isDeferrable(status, moves)
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
}
