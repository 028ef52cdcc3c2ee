// When measurements are taken.
//
// analysis.md, section 4: the interval counts from the end of a measurement to the start of the
// next; an errored measurement is repeated after 10 seconds whatever the interval.

package import KubeModel
package import MartletModel

/// The rules of when a metric is measured.
package enum Schedule {
    /// How long after an error, or after a measurement of a metric without an interval, the next
    /// one is taken.
    package static let errorRetryDelay = Duration.seconds(10)
    /// How much later than due a measurement may begin so that it begins with others of its run:
    /// what begins together is answered, decided and written together. A twentieth of the time
    /// between measurements, within these bounds: where a machine or a provider is slow the answers
    /// of a run come far apart, and its measurements must find together again.
    package static let togetherBounds = Duration.milliseconds(100)...Duration.milliseconds(500)
    /// How long an answer waits for those of measurements that were begun with it.
    package static let companyMax = Duration.milliseconds(500)
    /// How long a success that decides nothing may wait for the next one, to be written with it.
    package static let gatherMax = Duration.seconds(5)

    /// What to do for a metric now.
    package enum Task: String, Hashable, Sendable {
        /// Take a measurement.
        case measure = "new"
        /// Look again at one that runs.
        case resume
    }

    /// What is due for a metric, if anything.
    ///
    /// - Parameter finishedAt: When the last measurement ended, if that is known more exactly than
    ///   the status says it.
    package static func task(
        for metric: AnalysisMetric, in status: AnalysisRunStatus, now: Timestamp, isTerminating: Bool,
        finishedAt: Timestamp? = nil
    ) -> Task? {
        let result = status.result(metric.name)
        if let result, result.phase.isCompleted { return nil }
        if let last = result?.measurements.last, last.finishedAt == nil {
            let isDue = isTerminating || last.resumeAt.map { now >= $0 } ?? true
            return isDue ? .resume : nil
        }
        if isTerminating { return nil }
        guard let result, let last = result.measurements.last else {
            return isFirstDue(metric, status, now: now) ? .measure : nil
        }
        if let count = metric.effectiveCount, result.count >= count { return nil }
        guard let delay = delay(after: last, metric) else { return nil }
        return now > (finishedAt ?? last.finishedAt ?? now) + delay ? .measure : nil
    }

    /// With a delay the first measurement waits for the run's start to be recorded.
    private static func isFirstDue(
        _ metric: AnalysisMetric, _ status: AnalysisRunStatus, now: Timestamp
    ) -> Bool {
        guard let delay = metric.initialDelay else { return true }
        guard let startedAt = status.startedAt else { return false }
        return now >= startedAt + delay
    }

    /// Nil for an interval that cannot be read: validation has refused the run.
    private static func delay(after last: Measurement, _ metric: AnalysisMetric) -> Duration? {
        if last.phase == .error || metric.intervalText.isEmpty { return errorRetryDelay }
        return metric.interval
    }

    /// The earliest time at which something is due for any metric; nil when only an event can
    /// bring the run on.
    package static func next(
        for metrics: [AnalysisMetric], in status: AnalysisRunStatus, now: Timestamp,
        finishedAt: [String: Timestamp] = [:]
    ) -> Timestamp? {
        var earliest: Timestamp?
        for metric in metrics {
            let finishedAt = finishedAt[metric.name]
            guard let time = due(metric, in: status, now: now, finishedAt: finishedAt) else { continue }
            earliest = min(earliest ?? time, time)
        }
        return earliest
    }

    /// When to look at a run for what is due: at the earliest due time, or a little later where
    /// further metrics are due by then.
    package static func look(
        for metrics: [AnalysisMetric], in status: AnalysisRunStatus, now: Timestamp,
        finishedAt: [String: Timestamp] = [:]
    ) -> Timestamp? {
        let times = metrics.compactMap { metric in
            due(metric, in: status, now: now, finishedAt: finishedAt[metric.name]).map { (at: $0, metric: metric) }
        }
        guard let first = times.min(by: { $0.at < $1.at }) else { return nil }
        let part = (first.metric.interval ?? .zero) / 20
        let patience = min(max(part, togetherBounds.lowerBound), togetherBounds.upperBound)
        return times.map(\.at).filter { $0 <= first.at + patience }.max()
    }

    /// When something is due for a metric; nil when only an event can bring it on. A first
    /// measurement without a delay is due at once and has no such time.
    package static func due(
        _ metric: AnalysisMetric, in status: AnalysisRunStatus, now: Timestamp, finishedAt: Timestamp? = nil
    ) -> Timestamp? {
        guard let result = status.result(metric.name), let last = result.measurements.last else {
            if status.result(metric.name)?.phase.isCompleted ?? false { return nil }
            return metric.initialDelay.map { (status.startedAt ?? now) + $0 }
        }
        if result.phase.isCompleted { return nil }
        guard let end = last.finishedAt else { return last.resumeAt }
        if let count = metric.effectiveCount, result.count >= count { return nil }
        return delay(after: last, metric).map { (finishedAt ?? end) + $0 }
    }

    /// Which measurements are let go so that only the latest stay.
    package static func trim(_ status: inout AnalysisRunStatus, rules: [AnalysisRun.RetentionRule]) {
        for position in status.metricResults.indices {
            let limit = AnalysisValidation.retention(of: status.metricResults[position].name, rules: rules)
            let excess = status.metricResults[position].measurements.count - limit
            if excess > 0 { status.metricResults[position].measurements.removeFirst(excess) }
        }
    }
}
