// A trimmed view of AnalysisRun, and the status that we write into it.

package import JSONTree
package import KubeModel

/// What a decision reads of an AnalysisRun.
package struct AnalysisRun: Hashable, Sendable {
    /// Metrics as written, arguments not yet put in.
    package var metricTrees: [JSON]
    package var arguments: [AnalysisArgument]
    /// Regular expressions over names of metrics.
    package var dryRunRules: [String]
    package var retentionRules: [RetentionRule]
    /// Somebody wants the run to end.
    package var isTerminated: Bool
    package var ttl: TTLStrategy
    package var status: AnalysisRunStatus

    /// How many measurements of the metrics that a regular expression matches are kept.
    package struct RetentionRule: Hashable, Sendable {
        package var metricName: String
        /// Not positive: the rule does not count.
        package var limit: Int
        package init(metricName: String, limit: Int) {
            self.metricName = metricName
            self.limit = limit
        }
    }

    /// How long a run stays after its end, in seconds.
    package struct TTLStrategy: Hashable, Sendable {
        package var afterCompletionSeconds: Int?
        package var afterFailureSeconds: Int?
        package var afterSuccessSeconds: Int?
    }

    /// Reads a run.
    package init(_ object: KubeObject) {
        let spec = object.spec
        func seconds(_ field: String) -> Int? {
            spec["ttlStrategy"][field].int.map(Int.init(truncatingIfNeeded:))
        }
        metricTrees = spec["metrics"].elements
        arguments = spec["args"].elements.map(AnalysisArgument.init)
        dryRunRules = spec["dryRun"].elements.map { $0["metricName"].string ?? "" }
        retentionRules = spec["measurementRetention"].elements.map {
            RetentionRule(
                metricName: $0["metricName"].string ?? "",
                limit: Int(truncatingIfNeeded: $0["limit"].int ?? 0))
        }
        isTerminated = spec["terminate"].bool ?? false
        ttl = TTLStrategy(
            afterCompletionSeconds: seconds("secondsAfterCompletion"),
            afterFailureSeconds: seconds("secondsAfterFailure"),
            afterSuccessSeconds: seconds("secondsAfterSuccess"))
        status = AnalysisRunStatus(object.status)
    }
}

/// The status of a run.
package struct AnalysisRunStatus: Hashable, Sendable {
    /// Nil before anything has been written.
    package var phase: AnalysisPhase?
    package var message = ""
    package var metricResults: [MetricResult] = []
    package var startedAt: Timestamp?
    package var completedAt: Timestamp?
    package var runSummary = RunSummary()
    /// Nil when no metric is on a dry run.
    package var dryRunSummary: RunSummary?

    /// A status in which nothing is written yet.
    package init() {}

    /// Reads a status. Summaries are not read: they are counted anew each time.
    package init(_ tree: JSON) {
        phase = tree["phase"].string.flatMap(AnalysisPhase.init(rawValue:))
        message = tree["message"].string ?? ""
        metricResults = tree["metricResults"].elements.map(MetricResult.init)
        startedAt = tree["startedAt"].string.flatMap { Timestamp($0) }
        completedAt = tree["completedAt"].string.flatMap { Timestamp($0) }
    }

    /// What is known of the metric of that name.
    package func result(_ name: String) -> MetricResult? { metricResults.first { $0.name == name } }

    /// The status as it is written; empty fields are left out.
    package var tree: JSON {
        var tree: JSON = [:]
        if let phase { tree["phase"] = .string(phase.rawValue) }
        if !message.isEmpty { tree["message"] = .string(message) }
        if !metricResults.isEmpty { tree["metricResults"] = .array(metricResults.map(\.tree)) }
        if let startedAt { tree["startedAt"] = .string(startedAt.rfc3339) }
        if let completedAt { tree["completedAt"] = .string(completedAt.rfc3339) }
        tree["runSummary"] = runSummary.tree
        if let dryRunSummary { tree["dryRunSummary"] = dryRunSummary.tree }
        return tree
    }
}
