// Measurements and what has become of a metric: the parts of a run's status.

package import JSONTree
package import KubeModel

/// One measurement of a metric.
package struct Measurement: Hashable, Sendable {
    package var phase: AnalysisPhase
    /// Why it is an error, or what else there is to say; empty otherwise.
    package var message: String
    package var startedAt: Timestamp?
    /// Nil while it runs.
    package var finishedAt: Timestamp?
    /// What was measured, as text; empty when nothing was.
    package var value: String
    /// What the provider wants to remember (the job's name, say).
    package var metadata: [String: String]
    /// When a running one is looked at again; nil when an event will tell.
    package var resumeAt: Timestamp?

    /// Whether it is over without having said anything: there was no data yet.
    package var isWaiting: Bool { !phase.isCompleted && finishedAt != nil }

    package init(
        phase: AnalysisPhase, message: String = "", startedAt: Timestamp?, finishedAt: Timestamp? = nil,
        value: String = "", metadata: [String: String] = [:], resumeAt: Timestamp? = nil
    ) {
        self.phase = phase
        self.message = message
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.value = value
        self.metadata = metadata
        self.resumeAt = resumeAt
    }

    /// Reads an entry of `measurements`.
    package init(_ tree: JSON) {
        phase = tree["phase"].string.flatMap(AnalysisPhase.init(rawValue:)) ?? .pending
        message = tree["message"].string ?? ""
        startedAt = tree["startedAt"].string.flatMap { Timestamp($0) }
        finishedAt = tree["finishedAt"].string.flatMap { Timestamp($0) }
        value = tree["value"].string ?? ""
        metadata = KubeObject.strings(tree["metadata"])
        resumeAt = tree["resumeAt"].string.flatMap { Timestamp($0) }
    }

    /// The entry as the status holds it; empty fields are left out.
    package var tree: JSON {
        var tree: JSON = ["phase": .string(phase.rawValue)]
        if !message.isEmpty { tree["message"] = .string(Self.bounded(message)) }
        if let startedAt { tree["startedAt"] = .string(startedAt.rfc3339) }
        if let finishedAt { tree["finishedAt"] = .string(finishedAt.rfc3339) }
        if !value.isEmpty { tree["value"] = .string(Self.bounded(value)) }
        if !metadata.isEmpty { tree["metadata"] = JSON(metadata) }
        if let resumeAt { tree["resumeAt"] = .string(resumeAt.rfc3339) }
        return tree
    }

    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > AnalysisLimits.textByteCountMax else { return text }
        return String(decoding: text.utf8.prefix(AnalysisLimits.textByteCountMax), as: UTF8.self) + "…"
    }
}

/// What has become of a metric so far.
package struct MetricResult: Hashable, Sendable {
    package var name: String
    package var phase: AnalysisPhase
    /// The latest measurements, oldest first; older ones are let go.
    package var measurements: [Measurement] = []
    package var message = ""
    /// Measurements that count: all but errors.
    package var count = 0
    package var successful = 0
    package var failed = 0
    package var inconclusive = 0
    package var error = 0
    package var consecutiveError = 0
    package var consecutiveSuccess = 0
    /// Measurements that count neither for nor against, because there was no data. Ours.
    package var waited = 0
    /// How many of `count` had no data. Ours.
    package var noData = 0
    package var isDryRun = false
    /// What the provider remembers of the metric (the resolved query, say).
    package var metadata: [String: String] = [:]
    /// Members that we do not know, kept as they came.
    private var unknown: JSONObject = [:]

    private static let knownFields: Set<String> = [
        "name", "phase", "measurements", "message", "count", "successful", "failed", "inconclusive",
        "error", "consecutiveError", "consecutiveSuccess", "waited", "noData", "dryRun", "metadata",
    ]

    /// A metric of which nothing is known yet.
    package init(name: String, phase: AnalysisPhase, isDryRun: Bool) {
        self.name = name
        self.phase = phase
        self.isDryRun = isDryRun
    }

    /// Reads an entry of `metricResults`.
    package init(_ tree: JSON) {
        // Others may write a status as well: within 32 bits no sum overflows.
        func number(_ field: String) -> Int { Int(min(max(tree[field].int ?? 0, 0), Int64(Int32.max))) }
        name = tree["name"].string ?? ""
        phase = tree["phase"].string.flatMap(AnalysisPhase.init(rawValue:)) ?? .pending
        measurements = tree["measurements"].elements.map(Measurement.init)
        message = tree["message"].string ?? ""
        count = number("count")
        successful = number("successful")
        failed = number("failed")
        inconclusive = number("inconclusive")
        error = number("error")
        consecutiveError = number("consecutiveError")
        consecutiveSuccess = number("consecutiveSuccess")
        waited = number("waited")
        noData = number("noData")
        isDryRun = tree["dryRun"].bool ?? false
        metadata = KubeObject.strings(tree["metadata"])
        unknown = tree.object ?? [:]
        unknown.removeAll { key, _ in Self.knownFields.contains(key) }
    }

    /// How many measurements have been finished, errors and those without data included; the next
    /// one's number is one more. It grows by one with each measurement and never goes back.
    package var taken: Int { count + error + waited }

    /// Measurements that count and had data.
    package var samples: Int { count - noData }

    /// Counts a finished measurement; one that waits for data counts as nothing but that.
    package mutating func tally(_ measurement: Measurement, hadData: Bool = true) {
        if measurement.isWaiting {
            waited += 1
            return
        }
        let before = count
        tally(measurement.phase)
        if !hadData { noData += count - before }
    }

    /// Counts a finished measurement (analysis.md, section 4.1).
    package mutating func tally(_ phase: AnalysisPhase) {
        switch phase {
        case .successful:
            successful += 1
            count += 1
            consecutiveSuccess += 1
            consecutiveError = 0
        case .failed:
            failed += 1
            count += 1
            consecutiveSuccess = 0
            consecutiveError = 0
        case .inconclusive:
            inconclusive += 1
            count += 1
            consecutiveSuccess = 0
            consecutiveError = 0
        case .error:
            error += 1
            consecutiveError += 1
            consecutiveSuccess = 0
        case .pending, .running: break
        }
    }

    /// The entry as the status holds it; zeros and empty fields are left out, as Go leaves them.
    package var tree: JSON {
        var tree: JSON = ["name": .string(name), "phase": .string(phase.rawValue)]
        if !measurements.isEmpty { tree["measurements"] = .array(measurements.map(\.tree)) }
        if !message.isEmpty { tree["message"] = .string(message) }
        let numbers: [(String, Int)] = [
            ("count", count), ("successful", successful), ("failed", failed),
            ("inconclusive", inconclusive), ("error", error), ("consecutiveError", consecutiveError),
            ("consecutiveSuccess", consecutiveSuccess),
            ("waited", waited), ("noData", noData),
        ]
        for (field, value) in numbers where value != 0 { tree[field] = JSON(value) }
        if isDryRun { tree["dryRun"] = true }
        if !metadata.isEmpty { tree["metadata"] = JSON(metadata) }
        for (key, value) in unknown { tree[key] = value }
        return tree
    }
}

/// How many metrics came to which end.
package struct RunSummary: Hashable, Sendable {
    /// Metrics, not measurements.
    package var count = 0
    package var successful = 0
    package var failed = 0
    package var inconclusive = 0
    package var error = 0

    package init() {}

    /// Counts a metric that has ended.
    package mutating func tally(_ phase: AnalysisPhase) {
        switch phase {
        case .successful: successful += 1
        case .failed: failed += 1
        case .inconclusive: inconclusive += 1
        case .error: error += 1
        case .pending, .running: break
        }
    }

    /// The summary as the status holds it, without zeros.
    package var tree: JSON {
        var tree: JSON = [:]
        let numbers: [(String, Int)] = [
            ("count", count), ("successful", successful), ("failed", failed),
            ("inconclusive", inconclusive), ("error", error),
        ]
        for (field, value) in numbers where value != 0 { tree[field] = JSON(value) }
        return tree
    }
}
