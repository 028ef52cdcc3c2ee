// AnalysisCore's invariants in the world: a measurement counts once, and what is over stays so.

import JSONTree
import KubeModel
import MartletModel

/// Remembers how far each run was.
struct RunInvariants: Sendable {
    private struct Seen: Sendable {
        var phase: String
        /// Measurements taken, by metric, those that failed to be taken included.
        var taken: [String: Int64]
    }
    private var seen: [UID: Seen] = [:]
    /// Measurements that have ended, by metric.
    private var answers: [UID: [String: Int64]] = [:]

    /// A measurement has ended, however.
    mutating func noteAnswer(_ run: UID, _ metric: String) { answers[run, default: [:]][metric, default: 0] += 1 }

    /// What is broken by a run's newest state.
    mutating func take(_ run: KubeObject) -> [String] {
        var new = Seen(phase: run.status["phase"].string ?? "", taken: [:])
        for result in run.status["metricResults"].elements {
            new.taken[result["name"].string ?? ""] =
                (result["count"].int ?? 0) + (result["error"].int ?? 0) + (result["waited"].int ?? 0)
        }
        defer { seen[run.uid] = new }
        guard let last = seen[run.uid] else { return [] }
        if AnalysisPhase(rawValue: last.phase)?.isCompleted ?? false, last.phase != new.phase {
            return ["analysis invariant 3: \(run.name) was \(last.phase) and is \(new.phase)"]
        }
        return new.taken.sorted { $0.key < $1.key }.compactMap { metric, taken in
            let before = last.taken[metric] ?? 0
            let measured = answers[run.uid]?[metric] ?? 0
            if taken >= before, taken <= measured { return nil }
            return "analysis invariant 1: \(run.name), \(metric): \(before) measurements, then \(taken) of \(measured)"
        }
    }
}
