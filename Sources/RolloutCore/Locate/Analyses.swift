// The analysis runs of a Rollout: which there should be, and what their verdicts mean.

import JSONTree
import KubeModel
import MartletModel

/// What a decision learns of runs and wants of them.
struct RunBook {
    let snapshot: RolloutSnapshot
    let position: Position
    /// Runs that are recorded but not made yet.
    var created: [(purpose: AnalysisPurpose, name: String)] = []
    var events: [KubeEvent] = []
    /// Why the update is to be given up.
    var abortReason: String?

    init(_ snapshot: RolloutSnapshot, _ position: Position) {
        self.snapshot = snapshot
        self.position = position
    }

    /// The word for a purpose in the reason of an abort.
    private static func words(_ purpose: AnalysisPurpose) -> String {
        switch purpose {
        case .step: "Step-based"
        case .background: "Background"
        case .prePromotion: "Blue/green pre-promotion"
        case .postPromotion: "Blue/green post-promotion"
        }
    }

    /// Reads a run's verdict into a status: failures ask for an abort, doubts pause.
    mutating func observe(
        _ recorded: RolloutStatus.RunStatus, _ purpose: AnalysisPurpose, _ status: inout RolloutStatus
    ) -> RolloutStatus.RunStatus {
        guard let run = snapshot.runs.first(where: { $0.name == recorded.name }) else { return recorded }
        var current = recorded
        current.phase = run.phase
        current.message = run.message
        if run.phase != recorded.phase, !run.phase.isEmpty {
            let events = RolloutEvents(snapshot.rollout.object)
            self.events.append(
                events.analysisRun(purpose.label, name: run.name, phase: run.phase, previous: recorded.phase))
        }
        switch AnalysisPhase(rawValue: run.phase) {
        case .failed, .error:
            let detail = run.message.isEmpty ? "" : ": \(run.message)"
            if !run.isTerminating {
                abortReason = abortReason ?? "\(Self.words(purpose)) analysis phase error/failed\(detail)"
            }
        case .inconclusive where recorded.phase != run.phase && !run.isTerminating:
            let reason = RolloutStatus.PauseCondition.inconclusiveAnalysis
            if !status.pauseConditions.contains(where: { $0.reason == reason }) {
                status.pauseConditions.append(
                    .init(reason: reason, startTime: snapshot.now.truncatedToSeconds))
                events.append(RolloutEvents(snapshot.rollout.object).paused(reason))
            }
            status.controllerPause = true
        default: break
        }
        return current
    }

    /// A person has let an inconclusive run's pause go on: it is run again.
    func isResumed(_ recorded: RolloutStatus.RunStatus, _ status: RolloutStatus) -> Bool {
        recorded.phase == "Inconclusive" && status.controllerPause && status.pauseConditions.isEmpty
    }

    /// Names of runs begin with it.
    var base: String { "\(snapshot.name)-\(position.hash)-\(position.revision)" }

    /// Makes a recorded run that isn't there, unless it was done already.
    mutating func recreateIfLost(_ recorded: RolloutStatus.RunStatus, _ purpose: AnalysisPurpose) {
        let isThere = snapshot.runs.contains { $0.name == recorded.name }
        if !isThere, !(AnalysisPhase(rawValue: recorded.phase)?.isCompleted ?? false) {
            created.append((purpose, recorded.name))
        }
    }

    /// Chooses a run's name: the first of its kind that is free or still under way. The name is
    /// recorded before the run is made, so that a restart in between makes the same one
    /// (invariant 7).
    mutating func record(_ purpose: AnalysisPurpose, suffix: String) -> RolloutStatus.RunStatus {
        var name = base + suffix
        var count = 0
        while let run = snapshot.runs.first(where: { $0.name == name }), run.isCompleted || run.isTerminating
        {
            count += 1
            name = "\(base)\(suffix).\(count)"
        }
        let found = snapshot.runs.first { $0.name == name }
        if found == nil { created.append((purpose, name)) }
        return RolloutStatus.RunStatus(name: name, phase: found?.phase ?? "", message: found?.message ?? "")
    }
}

/// Keeps the recorded runs of a canary current.
struct CanaryAnalyses {
    let position: Position
    let strategy: CanaryStrategy
    var book: RunBook
    /// The status before this decision's transition: what a person did to it counts.
    private var before = RolloutStatus()

    init(_ snapshot: RolloutSnapshot, _ position: Position, _ strategy: CanaryStrategy) {
        self.position = position
        self.strategy = strategy
        book = RunBook(snapshot, position)
    }

    /// Reads verdicts into a status.
    mutating func observe(_ status: inout RolloutStatus) {
        if let recorded = status.canary.backgroundRun {
            status.canary.backgroundRun = book.observe(recorded, .background, &status)
        }
        if let recorded = status.canary.stepRun, let index = status.currentStepIndex {
            status.canary.stepRun = book.observe(recorded, .step(index), &status)
        }
        before = status
    }

    /// Records the runs that a status wants and has not.
    mutating func start(_ status: inout RolloutStatus) {
        if status.isAborted || status.promoteFull || position.isFullyPromotedNow(status) {
            status.canary.stepRun = nil
            status.canary.backgroundRun = nil
            return
        }
        startBackground(&status)
        guard let index = status.currentStepIndex, strategy.steps.indices.contains(index),
            case .analysis = strategy.steps[index]
        else {
            status.canary.stepRun = nil
            return
        }
        if let recorded = status.canary.stepRun, !book.isResumed(recorded, before) {
            book.recreateIfLost(recorded, .step(index))
        } else if status.pauseConditions.isEmpty {
            status.controllerPause = false
            status.canary.stepRun = book.record(.step(index), suffix: "-\(index)")
        }
    }

    private mutating func startBackground(_ status: inout RolloutStatus) {
        guard let analysis = strategy.backgroundAnalysis, !analysis.templates.isEmpty,
            !status.stableHash.isEmpty,
            !position.isFastTrack,
            status.currentStepIndex ?? 0 >= analysis.startingStep || strategy.steps.isEmpty
        else { return }
        if let recorded = status.canary.backgroundRun, !book.isResumed(recorded, before) {
            book.recreateIfLost(recorded, .background)
        } else {
            status.canary.backgroundRun = book.record(.background, suffix: "")
        }
    }
}

extension Position {
    /// Whether the revision is stable by a status that this decision has changed.
    func isFullyPromotedNow(_ status: RolloutStatus) -> Bool {
        !status.stableHash.isEmpty && status.stableHash == status.currentPodHash
    }
}
