// Why a rollout is where it is, in one sentence.

import JSONTree
import KubeModel

/// The sentence of `get rollout`'s *Why* line: where it stands, what it waits for, what ends that.
enum Reason {
    static func text(_ overview: RolloutOverview, now: Timestamp) -> String {
        let rollout = overview.rollout
        let phase = DisplayedPhase(of: rollout)
        let status = rollout.status
        if phase.phase == "Healthy" { return "" }
        if status["abort"].bool == true {
            let reason = overview.abortReason.isEmpty ? "" : " (\(overview.abortReason))"
            return
                "aborted\(reason): stable has the traffic; change the spec, or `kubectl martlet retry rollout \(rollout.name)`"
        }
        if rollout.spec["paused"].bool == true {
            return "paused by spec.paused; `kubectl martlet promote \(rollout.name)` goes on"
        }
        if phase.phase == "Degraded" { return "" }
        if let pause = status["pauseConditions"].elements.first?["reason"].string,
            pause.hasPrefix("Inconclusive")
        {
            return
                "the analysis was inconclusive; `kubectl martlet promote \(rollout.name)` goes on, `abort` goes back"
        }
        if !overview.isCanary { return blueGreen(overview, phase, now: now) }
        guard let index = overview.stepIndex, index < overview.steps.count else {
            return capacity(overview)
        }
        return "step \(index + 1) of \(overview.steps.count): "
            + step(overview.steps[index], overview, now: now)
    }

    private static func step(_ step: JSON, _ overview: RolloutOverview, now: Timestamp) -> String {
        let name = overview.rollout.name
        if !step["pause"].isNull {
            let started = overview.rollout.status["pauseConditions"].elements.first {
                $0["reason"].string == "CanaryPauseStep"
            }?["startTime"].string.flatMap { Timestamp($0) }
            let duration = step["pause"]["duration"]
            guard !duration.isNull else {
                return "paused without end; `kubectl martlet promote \(name)` goes on"
            }
            let span =
                duration.int.map { Duration.seconds($0) }
                ?? Duration.parse(goText: duration.string ?? "")
            guard let span, let started else { return "pausing" }
            return "pausing for another \(Age.text(max(.zero, started + span - now)))"
        }
        if !step["analysis"].isNull {
            let run = overview.rollout.status["canary"]["currentStepAnalysisRunStatus"]
            return
                "waiting for analysis run \(run["name"].string ?? "to start") (\(run["status"].string ?? "Pending"))"
        }
        if !step["experiment"].isNull {
            let running =
                overview.rollout.status["canary"]["currentExperiment"].string ?? "to start"
            return "waiting for experiment \(running)"
        }
        if let weight = step["setWeight"].int {
            return "going to weight \(weight); " + capacity(overview)
        }
        return capacity(overview)
    }

    private static func blueGreen(
        _ overview: RolloutOverview, _ phase: DisplayedPhase, now: Timestamp
    ) -> String {
        guard phase.phase == "Paused" else { return capacity(overview) }
        let strategy = overview.rollout.spec["strategy"]["blueGreen"]
        let go = "`kubectl martlet promote \(overview.rollout.name)` switches"
        let started = overview.rollout.status["pauseConditions"].elements.first?["startTime"].string
            .flatMap { Timestamp($0) }
        if let seconds = strategy["autoPromotionSeconds"].int, seconds > 0, let started {
            return
                "the active Service switches in \(Age.text(max(.zero, started + .seconds(seconds) - now))); \(go) now"
        }
        return "the new revision waits at the preview Service; \(go)"
    }

    private static func capacity(_ overview: RolloutOverview) -> String {
        guard let canary = overview.replicaSets.first(where: overview.isCurrent) else {
            return "waiting for its ReplicaSet"
        }
        let wanted = canary.spec["replicas"].int ?? 0
        let available = canary.status["availableReplicas"].int ?? 0
        return
            "\(available) of \(wanted) pods of revision \(RolloutOverview.revision(canary)) are available"
    }
}
