// Why a rollout is where it is, in one sentence.

import JSONTree
import KubeModel

/// The sentence of `get rollout`'s *Why* line: where it stands, what it waits for, what ends that.
enum Reason {
    static func text(_ overview: RolloutOverview, now: Timestamp) -> String {
        let rollout = overview.rollout
        let phase = RolloutPhase(of: rollout)
        let status = rollout.status
        if phase.phase == "Healthy" { return "" }
        if status["abort"].bool == true {
            return "aborted: stable has the traffic; change the spec, or `kubectl martlet retry rollout \(rollout.name)`"
        }
        if rollout.spec["paused"].bool == true { return "paused by spec.paused; `kubectl martlet promote \(rollout.name)` goes on" }
        if phase.phase == "Degraded" { return "" }
        guard let index = overview.stepIndex, index < overview.steps.count else { return capacity(overview) }
        return "step \(index + 1) of \(overview.steps.count): " + step(overview.steps[index], overview, now: now)
    }

    private static func step(_ step: JSON, _ overview: RolloutOverview, now: Timestamp) -> String {
        let name = overview.rollout.name
        if !step["pause"].isNull {
            let started = overview.rollout.status["pauseConditions"].elements.first {
                $0["reason"].string == "CanaryPauseStep"
            }?["startTime"].string.flatMap { Timestamp($0) }
            let duration = step["pause"]["duration"]
            guard !duration.isNull else { return "paused without end; `kubectl martlet promote \(name)` goes on" }
            let span = duration.int.map { Duration.seconds($0) } ?? Duration.parse(goText: duration.string ?? "")
            guard let span, let started else { return "pausing" }
            return "pausing for another \(Age.text(max(.zero, started + span - now)))"
        }
        if !step["analysis"].isNull {
            let run = overview.rollout.status["canary"]["currentStepAnalysisRunStatus"]
            return "waiting for analysis run \(run["name"].string ?? "to start") (\(run["status"].string ?? "Pending"))"
        }
        if let weight = step["setWeight"].int { return "going to weight \(weight); " + capacity(overview) }
        return capacity(overview)
    }

    private static func capacity(_ overview: RolloutOverview) -> String {
        guard let canary = overview.replicaSets.first(where: overview.isCurrent) else { return "waiting for its ReplicaSet" }
        let wanted = canary.spec["replicas"].int ?? 0
        let available = canary.status["availableReplicas"].int ?? 0
        return "\(available) of \(wanted) pods of revision \(RolloutOverview.revision(canary)) are available"
    }
}
