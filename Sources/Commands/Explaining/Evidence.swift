// What can be seen of pods and analyses that explains where a rollout is.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore

/// Looks for what keeps a rollout: pods that do not come up, measurements that fail, reasons given.
struct Evidence {
    let snapshot: RolloutSnapshot
    let position: Position
    let pods: [KubeObject]
    let runs: [KubeObject]

    /// More would hide what matters.
    private static let podCountMax = 5

    var lines: [String] { reasons + setLines + podLines + runLines }

    private var reasons: [String] {
        let object = snapshot.rollout.object
        var lines: [String] = []
        if snapshot.rollout.view.status.isAborted {
            if let note = AbortNote(object) { lines.append("aborted because: \(note.reason)") }
            if let condition = snapshot.rollout.view.status.condition(
                RolloutConditionType.progressing)
            {
                lines.append(condition.message)
            }
        }
        if object.generation > 0,
            snapshot.rollout.view.status.observedGeneration != String(object.generation)
        {
            lines.append(
                "the controller has not yet looked at the present spec; if that lasts, see that it runs"
            )
        }
        return lines
    }

    private var setLines: [String] {
        snapshot.replicaSets.compactMap { set in set.failure.map { "\(set.name): \($0)" } }
    }

    private var podLines: [String] {
        let sets = [position.newSet, position.stableSet].compactMap { $0?.uid }
        let stuck = pods.filter { pod in
            sets.contains(pod.controller?.uid ?? "") && !pod.isDeleting
                && !pod.status["conditions"].elements.contains {
                    $0["type"].string == "Ready" && $0["status"].string == "True"
                }
        }
        var lines = stuck.prefix(Self.podCountMax).map { pod in
            let text = PodStatus.text(pod)
            return "pod \(pod.name): \(text)\(Self.detail(pod).map { ": \($0)" } ?? "")"
        }
        if stuck.count > Self.podCountMax {
            lines.append("and \(stuck.count - Self.podCountMax) more pods that are not ready")
        }
        return lines
    }

    /// The kubelet's or scheduler's own words.
    private static func detail(_ pod: KubeObject) -> String? {
        for list in ["initContainerStatuses", "containerStatuses"] {
            for container in pod.status[list].elements {
                for state in ["waiting", "terminated"] {
                    if let message = container["state"][state]["message"].string, !message.isEmpty {
                        return message
                    }
                }
                if let exit = container["lastState"]["terminated"]["exitCode"].int {
                    return
                        "container \(container["name"].string ?? "") ended with code \(exit) before"
                }
            }
        }
        let unscheduled = pod.status["conditions"].elements.first {
            $0["type"].string == "PodScheduled" && $0["status"].string == "False"
        }
        if let message = unscheduled?["message"].string { return message }
        return pod.status["phase"].string == "Running"
            ? "its readiness probe has not succeeded yet" : nil
    }

    private var runLines: [String] {
        let status = snapshot.rollout.view.status
        let current = [
            status.canary.stepRun, status.canary.backgroundRun, status.blueGreen.prePromotionRun,
            status.blueGreen.postPromotionRun,
        ].compactMap { $0?.name }
        return runs.filter { current.contains($0.name) }.flatMap { run -> [String] in
            let phase = run.status["phase"].string ?? "Pending"
            var lines = ["analysis run \(run.name): \(phase)"]
            if let message = run.status["message"].string, !message.isEmpty {
                lines[0] += ": \(message)"
            }
            return lines
                + run.spec["metrics"].elements.map { metric in Self.metricLine(metric, run) }
        }
    }

    /// `  metric success-rate: last value [0.93], wants result[0] >= 0.95; ✔ 3,✖ 1`.
    private static func metricLine(_ metric: JSON, _ run: KubeObject) -> String {
        let name = metric["name"].string ?? ""
        let result =
            run.status["metricResults"].elements.first { $0["name"].string == name } ?? .null
        let last = result["measurements"].elements.last ?? .null
        var parts: [String] = []
        parts.append(last["value"].string.map { "last value \($0)" } ?? "not measured yet")
        if let condition = metric["successCondition"].string, !condition.isEmpty {
            parts.append("wants \(condition)")
        }
        if let condition = metric["failureCondition"].string, !condition.isEmpty {
            parts.append("fails on \(condition)")
        }
        var line = "  metric \(name): " + parts.joined(separator: ", ")
        let counts = [("✔", "successful"), ("✖", "failed"), ("?", "inconclusive"), ("⚠", "error")]
            .compactMap { sign, key in
                result[key].int.flatMap { $0 > 0 ? "\(sign) \($0)" : nil }
            }
        if !counts.isEmpty { line += "; " + counts.joined(separator: ",") }
        if let message = last["message"].string, !message.isEmpty { line += "; \(message)" }
        return line
    }
}
