// What measurements mean for their metric, and metrics for their run.
//
// analysis.md, sections 4.1 and 4.2, and ../shared/conformance/analysis-assessment.json are the
// source of each rule here.

import KubeModel
package import MartletModel

/// The rules by which metrics and runs reach a phase.
package enum Assessment {
    // MARK: One metric

    /// The phase of a metric by what was measured so far; the first rule that holds decides.
    ///
    /// - Parameter isTerminating: Whether the run takes no more measurements.
    package static func phase(
        of result: MetricResult, metric: AnalysisMetric, isTerminating: Bool
    ) -> AnalysisPhase {
        if result.phase.isCompleted { return result.phase }
        guard let last = result.measurements.last else { return isTerminating ? .successful : .pending }
        if !last.phase.isCompleted, !last.isWaiting { return .running }
        if let finding = Finding(result, metric) { return finding.kind.phase }
        let wantsSuccesses = metric.consecutiveSuccessLimit > 0
        let hasSamples = result.samples >= metric.minimumSamples
        if wantsSuccesses, hasSamples, result.consecutiveSuccess >= metric.consecutiveSuccessLimit {
            return .successful
        }
        if let count = metric.effectiveCount, result.count >= count {
            guard hasSamples else { return .inconclusive }
            guard wantsSuccesses else { return .successful }
            return metric.effectiveFailureLimit >= 0 ? .inconclusive : .failed
        }
        return isTerminating ? .successful : .running
    }

    /// A limit that has been passed.
    package struct Finding: Hashable, Sendable {
        package var kind: Kind
        /// How many there are, and how many are tolerated.
        package var got: Int
        package var limit: Int

        /// Which limit.
        package enum Kind: String, Hashable, Sendable {
            case failed, inconclusive, consecutiveErrors

            var limitName: String {
                switch self {
                case .failed: "failureLimit"
                case .inconclusive: "inconclusiveLimit"
                case .consecutiveErrors: "consecutiveErrorLimit"
                }
            }

            var phase: AnalysisPhase {
                switch self {
                case .failed: .failed
                case .inconclusive: .inconclusive
                case .consecutiveErrors: .error
                }
            }
        }

        /// Of several limits that are passed the last of failed, inconclusive, errors counts
        /// (surprises.md: consecutive errors beat inconclusive beat failed).
        package init?(_ result: MetricResult, _ metric: AnalysisMetric) {
            if result.consecutiveError > metric.consecutiveErrorLimit {
                kind = .consecutiveErrors
                got = result.consecutiveError
                limit = metric.consecutiveErrorLimit
            } else if result.inconclusive > metric.inconclusiveLimit {
                kind = .inconclusive
                got = result.inconclusive
                limit = metric.inconclusiveLimit
            } else if metric.effectiveFailureLimit >= 0, result.failed > metric.effectiveFailureLimit {
                kind = .failed
                got = result.failed
                limit = metric.effectiveFailureLimit
            } else {
                return nil
            }
        }

        /// `assessed Failed due to failed (2) > failureLimit (1)`.
        func sentence(_ phase: AnalysisPhase) -> String {
            "assessed \(phase.rawValue) due to \(kind.rawValue) (\(got)) > \(kind.limitName) (\(limit))"
        }
    }

    // MARK: The run

    /// Whether the run takes no more measurements: somebody wants it to end, or a metric that
    /// counts has ended badly.
    package static func isTerminating(_ status: AnalysisRunStatus, isTerminated: Bool) -> Bool {
        isTerminated
            || status.metricResults.contains { result in
                guard !result.isDryRun else { return false }
                switch result.phase {
                case .failed, .error, .inconclusive: return true
                case .successful, .running, .pending: return false
                }
            }
    }

    /// What assessing a run gave.
    package struct Outcome: Hashable, Sendable {
        /// The status with phases, messages and summaries renewed; times are the caller's.
        package var status: AnalysisRunStatus
        /// The metrics that ended just now, in order.
        package var ended: [(name: String, phase: AnalysisPhase)]

        package static func == (left: Outcome, right: Outcome) -> Bool {
            left.status == right.status && left.ended.elementsEqual(right.ended) { $0 == $1 }
        }
        package func hash(into hasher: inout Hasher) { hasher.combine(status) }
    }

    /// Assesses every metric, and from them the run.
    ///
    /// - Parameters:
    ///   - metrics: In the order of the spec, arguments put in.
    ///   - dryRun: Names of the metrics whose outcome does not count.
    ///   - isTerminated: `spec.terminate`.
    ///   - isTerminating: As `isTerminating` said when the measurements were taken.
    package static func assess(
        _ before: AnalysisRunStatus, metrics: [AnalysisMetric], dryRun: Set<String>,
        isTerminated: Bool, isTerminating: Bool
    ) -> Outcome {
        var status = before
        var ended: [(name: String, phase: AnalysisPhase)] = []
        status.runSummary = RunSummary()
        status.dryRunSummary = dryRun.isEmpty ? nil : RunSummary()
        var areAllCompleted = true
        var worst = AnalysisPhase.successful
        var worstMessage = ""
        for metric in metrics {
            let isDryRun = dryRun.contains(metric.name)
            if isDryRun { status.dryRunSummary?.count += 1 } else { status.runSummary.count += 1 }
            guard let at = status.metricResults.firstIndex(where: { $0.name == metric.name }) else {
                areAllCompleted = false
                continue
            }
            let hasEnded = renew(&status.metricResults[at], metric, isDryRun, isTerminating)
            let result = status.metricResults[at]
            if hasEnded { ended.append((metric.name, result.phase)) }
            guard result.phase.isCompleted else {
                areAllCompleted = false
                continue
            }
            // Argo counts an ended metric by the limits that it passed, not by its phase: one that
            // ran out of measurements is Inconclusive and counts as successful.
            let hasSamples = result.samples >= metric.minimumSamples
            let counted = Finding(result, metric)?.kind.phase ?? (hasSamples ? .successful : result.phase)
            if isDryRun {
                status.dryRunSummary?.tally(counted)
                continue
            }
            status.runSummary.tally(counted)
            if result.phase.severity > worst.severity {
                worst = result.phase
                worstMessage = message(of: result, metric)
            }
        }
        if areAllCompleted || isTerminating {
            status.phase = worst
            status.message = worst == .successful && isTerminated ? "Run Terminated" : worstMessage
        } else {
            status.phase = .running
        }
        return Outcome(status: status, ended: ended)
    }

    /// Renews a metric's phase and message; true when it ended just now.
    private static func renew(
        _ result: inout MetricResult, _ metric: AnalysisMetric, _ isDryRun: Bool, _ isTerminating: Bool
    ) -> Bool {
        let phase = phase(of: result, metric: metric, isTerminating: isTerminating)
        guard phase != result.phase else {
            if isDryRun, phase.isCompleted, let finding = Finding(result, metric) {
                result.message = "Metric \(finding.sentence(phase))"
            }
            return false
        }
        result.phase = phase
        guard phase.isCompleted else { return false }
        if let message = result.measurements.last?.message, !message.isEmpty { result.message = message }
        if isDryRun, let finding = Finding(result, metric) {
            result.message = "Metric \(finding.sentence(phase))"
        }
        return true
    }

    /// Why a metric made its run end as it did.
    private static func message(of result: MetricResult, _ metric: AnalysisMetric) -> String {
        guard let finding = Finding(result, metric) else {
            return unmet(result, metric)
        }
        var text = "Metric \"\(metric.name)\" \(finding.sentence(result.phase))"
        if !result.message.isEmpty { text += ": \"Error Message: \(result.message)\"" }
        return text
    }

    /// A metric that ran out of measurements before it succeeded often enough. Differs from Argo,
    /// which says nothing here.
    private static func unmet(_ result: MetricResult, _ metric: AnalysisMetric) -> String {
        if result.samples < metric.minimumSamples {
            return "Metric \"\(metric.name)\" assessed \(result.phase.rawValue): \(result.samples) of \(result.count) "
                + "measurements had data, minimumSamples is \(metric.minimumSamples)"
        }
        guard metric.consecutiveSuccessLimit > 0 else { return "" }
        return "Metric \"\(metric.name)\" assessed \(result.phase.rawValue): \(result.count) measurements without "
            + "consecutiveSuccessLimit (\(metric.consecutiveSuccessLimit)) in a row"
    }
}
