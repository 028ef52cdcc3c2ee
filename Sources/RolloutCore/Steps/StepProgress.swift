// Whether the current step is done, kind by kind.

import JSONTree
import KubeModel
import MartletModel

/// How far a step is.
enum StepProgress: Hashable {
    case done
    /// What it waits for, and until when, where a time ends it.
    case waiting(String, until: Timestamp?)
    /// A pause that has not begun yet.
    case pauses
    /// Nothing we know how to do: a person must change the step.
    case impossible(String)
}

/// What steps look at.
struct StepContext {
    let status: RolloutStatus
    let target: Target
    let now: Timestamp
    let isRouted: Bool
    /// The step's Experiment, once it is there.
    let experiment: ExperimentView?

    /// The one list of step kinds.
    func progress(of step: CanaryStep) -> StepProgress {
        switch step {
        case .setWeight, .setCanaryScale: pods
        case .pause(let duration): pause(duration)
        case .analysis: analysis
        case .setHeaderRoute, .setMirrorRoute:
            target.split == nil ? .waiting("pods for the route", until: nil) : confirmed
        case .experiment: experimentProgress
        case .plugin(let step): plugin(step["name"].string ?? "")
        case .unknown: .impossible("the step has no known kind")
        }
    }

    /// Pods as the step wants them, and with a router the traffic as well.
    private var pods: StepProgress {
        if !target.isReached { return .waiting(target.lack, until: nil) }
        if isRouted, target.split == nil {
            return .waiting("stable pods for their share of traffic", until: nil)
        }
        return confirmed
    }

    /// Done, unless a router has handed the wish on and waits for the answer.
    private var confirmed: StepProgress {
        target.unconfirmed.map { .waiting($0, until: nil) } ?? .done
    }

    /// Until its time has passed, or until somebody takes the pause condition away.
    private func pause(_ duration: PauseDuration) -> StepProgress {
        let condition = status.pauseConditions.first { $0.reason == RolloutStatus.PauseCondition.canaryStep }
        guard let condition else { return status.controllerPause ? .done : .pauses }
        guard let length = duration.duration else { return .waiting("promote", until: nil) }
        let end = condition.startTime + length
        return end <= now ? .done : .waiting("the pause to end", until: end)
    }

    /// Until it is successful; one without a clear end goes on when a person says so.
    private var experimentProgress: StepProgress {
        guard let experiment else { return .waiting("the experiment to start", until: nil) }
        let isLetGo = status.controllerPause && status.pauseConditions.isEmpty
        if experiment.phase == AnalysisPhase.inconclusive.rawValue, isLetGo { return .done }
        if experiment.phase == AnalysisPhase.successful.rawValue { return .done }
        return .waiting("experiment \(experiment.name)", until: nil)
    }

    /// Until the plugin says that the step is done.
    private func plugin(_ name: String) -> StepProgress {
        let entry = status.currentStepIndex.flatMap { status.canary.plugin($0, .run) }
        if entry?.phase == .successful { return .done }
        let detail = entry?.message ?? ""
        let words = detail.isEmpty ? "" : ": \(detail)"
        return .waiting("step plugin \(name) to confirm that it is done\(words)", until: nil)
    }

    private var analysis: StepProgress {
        guard let run = status.canary.stepRun else {
            return .waiting("the analysis run to start", until: nil)
        }
        return run.phase == "Successful" ? .done : .waiting("analysis run \(run.name)", until: nil)
    }
}
