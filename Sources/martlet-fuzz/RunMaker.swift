// Specs of runs, good and bad, and what must hold of every run that was played.

import AnalysisCore
import JSONTree
import KubeModel
import MartletModel

/// Makes specs, and looks at what became of them.
enum RunMaker {
    static func spec(_ source: inout FuzzSource) -> JSON {
        var spec: JSON = [
            "metrics": .array((0..<(1 + source.below(4))).map { metric(&source, $0) })
        ]
        if source.once(in: 3) {
            spec["dryRun"] = [
                ["metricName": .string(source.pick(["m0", "m.*", ".*", "x", "*", "(("]))]
            ]
        }
        if source.once(in: 3) {
            spec["measurementRetention"] = [["metricName": ".*", "limit": JSON(source.below(5))]]
        }
        if source.once(in: 3) {
            spec["args"] = [
                ["name": "x", "value": .string(source.number())], ["name": "y", "value": "2"],
            ]
        }
        if source.once(in: 40) { spec = source.tree() }
        return spec
    }

    private static func metric(_ source: inout FuzzSource, _ number: Int) -> JSON {
        var metric: JSON = [
            "name": .string(source.once(in: 30) ? "m0" : "m\(number)"),
            "provider": ["web": ["url": "http://h/x"]],
        ]
        if source.once(in: 8) {
            metric["provider"] = ["job": ["spec": ["template": ["spec": ["containers": []]]]]]
        }
        func sometimes(_ field: String, _ values: [JSON]) {
            guard source.once(in: 2) else { return }
            metric[field] = source.once(in: 25) ? source.tree() : source.pick(values)
        }
        sometimes("interval", ["1s", "10s", "1m", "5m", "0s", "250ms", "1h", "x"])
        sometimes("initialDelay", ["5s", "1m", "0s", "90s"])
        sometimes("count", [1, 2, 5, 20, "3", "{{args.y}}", 0])
        sometimes("failureLimit", [0, 1, 3, -1, "2"])
        sometimes("inconclusiveLimit", [0, 1, 2])
        sometimes("consecutiveErrorLimit", [0, 1, 4, "{{args.x}}"])
        sometimes("consecutiveSuccessLimit", [0, 1, 3])
        sometimes("onNoData", ["wait", "wait", "success", "failure", "inconclusive", "x"])
        sometimes("minimumSamples", [0, 1, 2, 30])
        sometimes("successCondition", ["result > 1", "{{args.x}} > 1", ""])
        return metric
    }

    /// What does not hold of a run that was played; nil: all is well.
    static func problem(_ trial: AnalysisTrial, wasTerminated: Bool) -> String? {
        let status = trial.status
        if trial.hasEnded != (status.phase?.isCompleted ?? false) {
            return "the end and the phase contradict each other"
        }
        if wasTerminated, !trial.hasEnded { return "a run that was ended goes on" }
        let view = AnalysisRun(trial.run)
        for result in status.metricResults {
            let told = trial.measurements.filter { $0.metric == result.name }
            if result.count != result.successful + result.failed + result.inconclusive {
                return "\(result.name): counters do not add up"
            }
            if told.count < result.taken { return "\(result.name): more was counted than measured" }
            let limit = AnalysisValidation.retention(of: result.name, rules: view.retentionRules)
            if result.measurements.count > max(limit, 0) {
                return "\(result.name): more is kept than the retention allows"
            }
            if trial.hasEnded, status.phase != .error, !result.phase.isCompleted {
                return "\(result.name): runs on in a run that ended"
            }
            for (left, right) in zip(told, told.dropFirst())
            where right.number != left.number + 1 || right.after < left.after {
                return "\(result.name): measurement \(right.number) follows \(left.number)"
            }
        }
        let trees = view.metricTrees.count
        if status.runSummary.count > trees { return "more metrics are counted than there are" }
        return nil
    }
}
