// What a template would have said of the past: its queries asked over a range, its run replayed
// from each of many starts.

import HTTPModel
package import JSONTree
package import KubeModel
package import MartletModel
import MetricProviders

/// A replay of a template over the past.
package struct Backtest: Sendable {
    private let spec: JSON
    /// How far a measurement looks back at most, and ahead.
    private let reach: Reach
    private var matrices: [String: RecordedMatrix] = [:]
    /// Between two points of a range query, and between two that a replay sees.
    package let step: Duration
    /// When a run begins.
    package let starts: [Timestamp]
    /// When a run that does not end by itself is ended, as a promotion does.
    package let terminateAfter: Duration?
    /// How long a run lasts at most.
    package let length: Duration

    /// A range query to be sent.
    package struct Page: Sendable {
        package var metric: String
        package var request: MeasurementRequest
    }

    /// Prometheus answers at most 11,000 points a series.
    private static let pointCountMax: Int64 = 10_000
    private static let startCountMax = 100_000

    /// What is to be replayed.
    package struct Window: Hashable, Sendable {
        package var from: Timestamp
        package var to: Timestamp
        package var every: Duration
        /// Nil: as fine as the metrics' intervals need it.
        package var step: Duration?
        /// When a run that does not end by itself is ended.
        package var lasting: Duration
        package init(
            from: Timestamp, to: Timestamp, every: Duration, step: Duration? = nil,
            lasting: Duration
        ) {
            self.from = from
            self.to = to
            self.every = every
            self.step = step
            self.lasting = lasting
        }
    }

    /// - Parameters:
    ///   - spec: Of the run.
    ///   - now: Runs that would not have ended by now are not replayed.
    package init(spec: JSON, _ window: Window, now: Timestamp) throws(TrialProblem) {
        self.spec = spec
        guard window.every >= .seconds(1), window.from < window.to else {
            throw TrialProblem(
                "a backtest goes from an earlier time to a later one, in steps of a second or more")
        }
        let metrics = try Self.metrics(spec)
        reach = Reach(metrics, now: window.from)
        step = window.step ?? Self.commonStep(metrics, reach.spans, every: window.every)
        guard step >= .seconds(1) else { throw TrialProblem("--step is a second or more") }
        var length = Duration.zero
        for metric in metrics {
            let count = metric.effectiveCount.map { max($0, 1) } ?? 0
            let delay = metric.initialDelay ?? .zero
            length = max(length, delay + (metric.interval ?? .seconds(10)) * count)
        }
        let isEndless = metrics.contains { $0.effectiveCount == nil }
        terminateAfter = isEndless ? window.lasting : nil
        if isEndless { length = max(length, window.lasting) }
        // Measurements that errors repeat come later.
        self.length = length + .seconds(120)
        var starts: [Timestamp] = []
        var start = window.from
        while start <= window.to, start + length <= now, starts.count < Self.startCountMax {
            starts.append(start)
            start += window.every
        }
        self.starts = starts
        if starts.isEmpty {
            throw TrialProblem(
                "no run that begins at \(window.from.rfc3339) or later would have ended by now")
        }
    }

    /// How far before and after its own time a measurement asks.
    private struct Reach: Sendable {
        var back = Duration.zero
        var ahead = Duration.zero
        /// Of the ranges: their steps and where they begin and end.
        var spans: [Duration] = []

        init(_ metrics: [AnalysisMetric], now: Timestamp) {
            for metric in metrics {
                guard
                    let range = RecordedRange(
                        metric.provider[PrometheusProvider.field]["rangeQuery"], now: now)
                else { continue }
                back = max(back, now - range.start)
                ahead = max(ahead, range.end - now)
                spans += [range.step, now - range.start, now - range.end]
            }
        }
    }

    /// The metrics with their arguments put in.
    private static func metrics(_ spec: JSON) throws(TrialProblem) -> [AnalysisMetric] {
        let values = ArgumentExpansion.values(
            spec["args"].elements.map(AnalysisArgument.init), secrets: nil)
        var metrics: [AnalysisMetric] = []
        for tree in spec["metrics"].elements {
            let expanded: JSON
            do throws(ArgumentError) {
                expanded = try ArgumentExpansion.expand(tree, values: values)
            } catch {
                throw TrialProblem(error.message)
            }
            let metric = AnalysisMetric(expanded)
            let provider = expanded["provider"][PrometheusProvider.field]
            guard provider.object != nil else {
                throw TrialProblem(
                    "metric \(metric.name): only Prometheus can be asked of the past; name its metrics by --metric"
                )
            }
            metrics.append(metric)
        }
        return metrics
    }

    /// The coarsest step that hits each time at which something is measured.
    private static func commonStep(
        _ metrics: [AnalysisMetric], _ spans: [Duration], every: Duration
    ) -> Duration {
        var common = every.components.seconds
        for span in metrics.flatMap({ [$0.interval, $0.initialDelay] }) + spans {
            guard let seconds = span?.components.seconds, seconds != 0 else { continue }
            var (left, right) = (common, abs(seconds))
            while right != 0 { (left, right) = (right, left % right) }
            common = left
        }
        return .seconds(max(common, 1))
    }

    /// The range queries that give what replays need, in the order of time.
    package var pages: [Page] {
        guard let first = starts.first, let last = starts.last else { return [] }
        let seconds = step.components.seconds
        let arguments = spec["args"].elements.map(AnalysisArgument.init)
        var pages: [Page] = []
        for tree in spec["metrics"].elements {
            var at = (first - reach.back).wholeSeconds
            let end = (last + length + reach.ahead).wholeSeconds
            var number = 1
            while at <= end {
                let pageEnd = min(end, at + seconds * Self.pointCountMax)
                var asked = tree
                asked.set(
                    ["provider", PrometheusProvider.field, "rangeQuery"],
                    to: [
                        "start": .string(String(at)), "end": .string(String(pageEnd)),
                        "step": .string("\(seconds)s"),
                    ])
                let name = tree["name"].string ?? ""
                let request = MeasurementRequest(
                    metric: name, number: number, tree: asked, arguments: arguments, namespace: "")
                pages.append(Page(metric: name, request: request))
                at = pageEnd + seconds
                number += 1
            }
        }
        return pages
    }

    /// Takes in what a page answered.
    package mutating func add(_ body: JSON, for metric: String) throws(TrialProblem) {
        var matrix = matrices[metric] ?? RecordedMatrix(lookback: step)
        do throws(ProviderError) { try matrix.add(body: body) } catch {
            throw TrialProblem("metric \(metric): \(error.message)")
        }
        matrices[metric] = matrix
    }

    /// What was answered for a metric, as one range query's answer.
    package func recorded(_ metric: String) -> JSON { matrices[metric]?.tree ?? .null }

    /// The run that begins then.
    package func played(from start: Timestamp) -> AnalysisTrial {
        var trial = AnalysisTrial(name: "backtest", spec: spec, startedAt: start)
        trial.play(
            limit: length * 4, terminateAfter: terminateAfter,
            answer: { request, now in
                let body = (matrices[request.metric] ?? RecordedMatrix()).body(
                    for: request, at: now)
                let value = TrialValue.responses([HTTPResponse(status: 200, body: body.bytes())])
                return AnalysisTrial.Answer(
                    TrialAnswers.outcome(of: request, value: value, now: now, end: now))
            })
        return trial
    }
}

/// What many runs said, put together for people.
package struct BacktestSummary: Hashable, Sendable {
    /// Runs one after the other that ended alike.
    package struct Spell: Hashable, Sendable {
        package var phase: AnalysisPhase
        package var first: Timestamp
        package var last: Timestamp
        package var count: Int
        /// Of the first one.
        package var took: Duration
        package var message: String
    }
    package private(set) var counts: [AnalysisPhase: Int] = [:]
    /// Those that did not succeed.
    package private(set) var spells: [Spell] = []
    private var isOpen = false

    package init() {}

    /// Adds the next run.
    package mutating func add(_ trial: AnalysisTrial) {
        let status = trial.status
        let phase = status.phase ?? .running
        counts[phase, default: 0] += 1
        guard phase != .successful else {
            isOpen = false
            return
        }
        if isOpen, let last = spells.last, last.phase == phase {
            spells[spells.count - 1].last = trial.startedAt
            spells[spells.count - 1].count += 1
            return
        }
        let took = (trial.endedAt ?? trial.startedAt) - trial.startedAt
        spells.append(
            Spell(
                phase: phase, first: trial.startedAt, last: trial.startedAt, count: 1, took: took,
                message: status.message))
        isOpen = true
    }

    /// The counts in one line, and a line a spell.
    package var lines: [String] {
        let phases: [AnalysisPhase] = [.successful, .failed, .inconclusive, .error, .running]
        let told = phases.compactMap { phase in counts[phase].map { "\($0) \(phase.rawValue)" } }
        let total = counts.values.reduce(0, +)
        var lines = ["\(total) runs: \(told.joined(separator: ", "))"]
        for spell in spells {
            let until = spell.count > 1 ? " to \(spell.last.rfc3339), \(spell.count) runs" : ""
            let message = spell.message.isEmpty ? "" : ": \(TrialText.oneLine(spell.message))"
            lines.append(
                "\(spell.phase.rawValue) \(spell.first.rfc3339)\(until), after \(TrialExpectation.seconds(spell.took))\(message)"
            )
        }
        return lines
    }

    /// The same as JSON.
    package var tree: JSON {
        var counted: JSON = [:]
        for (phase, count) in counts.sorted(by: { $0.key.severity < $1.key.severity }) {
            counted[phase.rawValue] = JSON(count)
        }
        return [
            "runs": JSON(counts.values.reduce(0, +)), "phases": counted,
            "spells": .array(
                spells.map {
                    [
                        "phase": .string($0.phase.rawValue), "first": .string($0.first.rfc3339),
                        "last": .string($0.last.rfc3339), "runs": JSON($0.count),
                        "afterSeconds": .double($0.took.inSeconds), "message": .string($0.message),
                    ]
                }),
        ]
    }
}
