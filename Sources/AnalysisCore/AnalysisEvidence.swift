// What decided a run: the metric, its value and the condition, for alerts and for people.

import JSONTree
package import KubeModel
package import MartletModel

/// The evidence of a run that has ended badly.
package struct AnalysisEvidence: Hashable, Sendable {
    package var phase: AnalysisPhase
    /// Empty when the run was refused before anything was measured.
    package var metric: String
    package var value: String
    package var condition: String
    package var message: String

    /// Nil for a run that has not ended, or has ended well.
    package init?(_ object: KubeObject) {
        let run = AnalysisRun(object)
        guard let phase = run.status.phase, phase.isCompleted, phase != .successful else { return nil }
        self.phase = phase
        message = run.status.message
        let worst = run.status.metricResults.filter { !$0.isDryRun && $0.phase.isCompleted }
            .reduce(nil as MetricResult?) { worst, result in
                guard let worst else { return result }
                return result.phase.severity > worst.phase.severity ? result : worst
            }
        guard let worst, worst.phase != .successful else {
            metric = ""
            value = ""
            condition = ""
            return
        }
        metric = worst.name
        let decisive = worst.measurements.last { $0.phase == worst.phase } ?? worst.measurements.last
        value = decisive.map { $0.value.isEmpty ? $0.message : $0.value } ?? ""
        if message.isEmpty { message = worst.message }
        condition = Self.condition(of: worst.name, run, decisive?.phase ?? worst.phase)
    }

    /// The condition with its arguments put in; values of secrets stay out.
    package static func condition(of name: String, _ run: AnalysisRun, _ phase: AnalysisPhase) -> String {
        guard let tree = run.metricTrees.first(where: { $0["name"].string == name }) else { return "" }
        var values = ArgumentExpansion.values(run.arguments, secrets: [:])
        for argument in run.arguments where argument.value == nil { values[argument.name] = "*****" }
        let metric = AnalysisMetric((try? ArgumentExpansion.expand(tree, values: values)) ?? tree)
        switch (metric.successCondition.isEmpty, metric.failureCondition.isEmpty) {
        case (false, true): return metric.successCondition
        case (true, false): return "not (\(metric.failureCondition))"
        case (false, false):
            return phase == .failed ? "not (\(metric.failureCondition))" : metric.successCondition
        case (true, true): return ""
        }
    }
}
