// One analysis template's or run's manifest.

import JSONTree
import KubeModel
import MartletModel

/// Looks at metrics: what would be refused, and what will surprise.
struct AnalysisLint {
    typealias Surprise = RolloutLint.Surprise
    let error: AnalysisSpecError?
    let surprises: [Surprise]

    init(_ object: KubeObject) {
        let trees = object.spec["metrics"].elements
        let metrics = trees.map(AnalysisMetric.init)
        // What arguments fill in later is not known here.
        let known = trees.enumerated().filter { !$0.element.text().contains("{{") }.map(\.offset)
        let isEmpty = trees.isEmpty && object.spec["templates"].elements.isEmpty
        error =
            isEmpty
            ? AnalysisValidation.error(of: [], dryRunRules: [], retentionRules: [])
            : known.lazy.compactMap {
                AnalysisValidation.error(of: metrics[$0], field: "metrics[\($0)]")
            }.first
        surprises = metrics.enumerated().flatMap { Self.surprises($1, "spec.metrics[\($0)]") }
    }

    private static func surprises(_ metric: AnalysisMetric, _ field: String) -> [Surprise] {
        var surprises: [Surprise] = []
        // These say by themselves what is good.
        let decides = ["job", "judge", "kayenta", "plugin"].contains(metric.providerName ?? "")
        if metric.count == nil, !metric.intervalText.isEmpty {
            surprises.append(
                Surprise(
                    field: field,
                    message:
                        "metric \"\(metric.name)\" has an interval and no count: it measures without end, "
                        + "which a background analysis may, and a step is refused for"))
        }
        if metric.successCondition.isEmpty, metric.failureCondition.isEmpty, !decides {
            surprises.append(
                Surprise(
                    field: field,
                    message:
                        "metric \"\(metric.name)\" has neither successCondition nor failureCondition: every answer is a success"
                ))
        }
        let counted = metric.effectiveCount ?? Int.max
        if counted > 1, metric.failureLimit == nil, !decides {
            surprises.append(
                Surprise(
                    field: field,
                    message:
                        "metric \"\(metric.name)\" has no failureLimit: one bad measurement aborts the update"
                ))
        }
        return surprises
    }
}
