// The rules that metrics of a template or run must keep.

import JSONTree

/// A rule that a run's spec breaks.
package struct AnalysisSpecError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which rule.
    package var rule: Rule
    /// Where: `metrics[0].interval`.
    package var field: String
    /// What is wrong there.
    package var problem: String

    /// The rules (analysis.md, section 1).
    package enum Rule: String, Hashable, Sendable {
        case noMetrics, missingName, duplicateName, badInterval, badInitialDelay, intervalMissing
        case failureLimit, inconclusiveLimit, consecutiveErrorLimit, consecutiveSuccessLimit
        case onNoData, minimumSamples, countBelowMinimumSamples
        case bothLimitsDisabled, countBelowLimits, countBelowConsecutiveSuccess, countBelowInconclusive
        case provider, dryRunMatchesNothing, retentionMatchesNothing
    }

    /// `metrics[0].interval: "x" is not a duration …`.
    package var message: String { "\(field): \(problem)" }
    package var description: String { message }
}

/// Validation of what a run is made of.
package enum AnalysisValidation {
    /// The first rule that a metric breaks, or nil.
    ///
    /// - Parameters:
    ///   - metric: With arguments put in.
    ///   - field: Where it stands, for the error (`metrics[0]`).
    ///   - checksProvider: False where the provider's part is not known.
    package static func error(
        of metric: AnalysisMetric, field: String, checksProvider: Bool = true
    ) -> AnalysisSpecError? {
        func problem(_ rule: AnalysisSpecError.Rule, _ name: String, _ text: String) -> AnalysisSpecError {
            AnalysisSpecError(rule: rule, field: name.isEmpty ? field : "\(field).\(name)", problem: text)
        }
        if metric.name.isEmpty { return problem(.missingName, "name", "a metric needs a name") }
        if let error = durationError(of: metric, field: field) { return error }
        if let failureLimit = metric.failureLimit, failureLimit < -1 {
            return problem(.failureLimit, "failureLimit", "\(failureLimit) is below -1; -1 means no limit")
        }
        if metric.consecutiveSuccessLimit < 0 {
            return problem(
                .consecutiveSuccessLimit, "consecutiveSuccessLimit",
                "\(metric.consecutiveSuccessLimit) is negative")
        }
        if metric.failureLimit == -1, metric.consecutiveSuccessLimit == 0 {
            return problem(
                .bothLimitsDisabled, "failureLimit",
                "-1 needs a consecutiveSuccessLimit above 0: otherwise nothing ends the metric in failure")
        }
        if metric.inconclusiveLimit < 0 {
            return problem(
                .inconclusiveLimit, "inconclusiveLimit", "\(metric.inconclusiveLimit) is negative")
        }
        if metric.consecutiveErrorLimit < 0 {
            return problem(
                .consecutiveErrorLimit, "consecutiveErrorLimit",
                "\(metric.consecutiveErrorLimit) is negative")
        }
        if let error = countError(of: metric, field: field) { return error }
        if let error = dataError(of: metric, field: field) { return error }
        guard checksProvider else { return nil }
        return providerError(of: metric, field: field)
    }

    private static func durationError(of metric: AnalysisMetric, field: String) -> AnalysisSpecError? {
        if let count = metric.count, count > 1, metric.intervalText.isEmpty {
            return AnalysisSpecError(
                rule: .intervalMissing, field: "\(field).interval",
                problem: "count is \(count): more than one measurement needs an interval")
        }
        if !metric.intervalText.isEmpty, metric.interval == nil {
            return AnalysisSpecError(
                rule: .badInterval, field: "\(field).interval",
                problem: "\"\(metric.intervalText)\" is not a duration like 30s, 5m or 1h30m")
        }
        if !metric.initialDelayText.isEmpty, metric.initialDelay == nil {
            return AnalysisSpecError(
                rule: .badInitialDelay, field: "\(field).initialDelay",
                problem: "\"\(metric.initialDelayText)\" is not a duration like 30s, 5m or 1h30m")
        }
        return nil
    }

    private static func countError(of metric: AnalysisMetric, field: String) -> AnalysisSpecError? {
        guard let count = metric.count, count > 0 else { return nil }
        let failures = metric.effectiveFailureLimit
        let successes = metric.consecutiveSuccessLimit
        if failures >= 0, count < failures + successes {
            return AnalysisSpecError(
                rule: .countBelowLimits, field: "\(field).count",
                problem: "\(count) is below failureLimit (\(failures)) + consecutiveSuccessLimit (\(successes))")
        }
        if failures < 0, count < successes {
            return AnalysisSpecError(
                rule: .countBelowConsecutiveSuccess, field: "\(field).count",
                problem: "\(count) is below consecutiveSuccessLimit (\(successes))")
        }
        if count < metric.inconclusiveLimit {
            return AnalysisSpecError(
                rule: .countBelowInconclusive, field: "\(field).count",
                problem: "\(count) is below inconclusiveLimit (\(metric.inconclusiveLimit))")
        }
        return nil
    }

    private static func dataError(of metric: AnalysisMetric, field: String) -> AnalysisSpecError? {
        if !metric.onNoDataText.isEmpty, metric.onNoData == nil {
            let known = NoDataPolicy.allCases.map(\.rawValue).joined(separator: ", ")
            return AnalysisSpecError(
                rule: .onNoData, field: "\(field).onNoData",
                problem: "\"\(metric.onNoDataText)\" is none of \(known)")
        }
        if metric.minimumSamples < 0 {
            return AnalysisSpecError(
                rule: .minimumSamples, field: "\(field).minimumSamples",
                problem: "\(metric.minimumSamples) is negative")
        }
        if metric.minimumSamples > 0, let count = metric.effectiveCount, count < metric.minimumSamples {
            return AnalysisSpecError(
                rule: .countBelowMinimumSamples, field: "\(field).minimumSamples",
                problem: "\(metric.minimumSamples) is above count (\(count)): the metric could never succeed")
        }
        return nil
    }

    private static func providerError(of metric: AnalysisMetric, field: String) -> AnalysisSpecError? {
        let members = metric.provider.object ?? [:]
        if members.isEmpty {
            return AnalysisSpecError(
                rule: .provider, field: "\(field).provider", problem: "no provider is specified")
        }
        if members.count > 1 {
            return AnalysisSpecError(
                rule: .provider, field: "\(field).provider",
                problem: "more than one provider is specified: \(members.keys.joined(separator: ", "))")
        }
        if let plugins = members["plugin"], (plugins.object?.count ?? 0) != 1 {
            return AnalysisSpecError(
                rule: .provider, field: "\(field).provider.plugin", problem: "exactly one plugin must be named")
        }
        if metric.providerName == "judge" {
            for (name, condition) in [
                ("successCondition", metric.successCondition), ("failureCondition", metric.failureCondition),
            ] where !condition.isEmpty {
                return AnalysisSpecError(
                    rule: .provider, field: "\(field).\(name)",
                    problem: "the judge decides by itself; leave conditions out")
            }
        }
        return nil
    }

    /// The first rule that a run breaks, or nil.
    package static func error(
        of metrics: [AnalysisMetric], dryRunRules: [String],
        retentionRules: [AnalysisRun.RetentionRule], checksProvider: Bool = true
    ) -> AnalysisSpecError? {
        if metrics.isEmpty {
            return AnalysisSpecError(rule: .noMetrics, field: "metrics", problem: "no metrics are specified")
        }
        var names: Set<String> = []
        for (position, metric) in metrics.enumerated() {
            let field = "metrics[\(position)]"
            if !names.insert(metric.name).inserted {
                return AnalysisSpecError(
                    rule: .duplicateName, field: "\(field).name",
                    problem: "two metrics have the same name '\(metric.name)'")
            }
            if let error = error(of: metric, field: field, checksProvider: checksProvider) { return error }
        }
        for (position, rule) in dryRunRules.enumerated() where !matchesAny(rule, metrics) {
            return AnalysisSpecError(
                rule: .dryRunMatchesNothing, field: "dryRun[\(position)].metricName",
                problem: "\"\(rule)\" matches no metric (it is read as a regular expression; all: .*)")
        }
        for (position, rule) in retentionRules.enumerated() where !matchesAny(rule.metricName, metrics) {
            return AnalysisSpecError(
                rule: .retentionMatchesNothing, field: "measurementRetention[\(position)].metricName",
                problem: "\"\(rule.metricName)\" matches no metric (it is read as a regular expression)")
        }
        return nil
    }

    private static func matchesAny(_ rule: String, _ metrics: [AnalysisMetric]) -> Bool {
        guard let expression = try? LinearRegex(rule) else { return false }
        return metrics.contains { expression.isMatch($0.name) }
    }

    /// The metrics, of those names, that are on a dry run: their outcome does not count.
    package static func dryRunMetrics(_ metrics: [AnalysisMetric], rules: [String]) -> Set<String> {
        var names: Set<String> = []
        for rule in rules {
            guard let expression = try? LinearRegex(rule) else { continue }
            for metric in metrics where expression.isMatch(metric.name) { names.insert(metric.name) }
        }
        return names
    }

    /// How many measurements of a metric are kept.
    package static func retention(of metric: String, rules: [AnalysisRun.RetentionRule]) -> Int {
        for rule in rules where rule.limit > 0 {
            if let expression = try? LinearRegex(rule.metricName), expression.isMatch(metric) {
                return rule.limit
            }
        }
        return AnalysisLimits.measurementCountDefault
    }
}
