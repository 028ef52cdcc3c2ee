// Counters, gauges and histograms, and their text for Prometheus.

import Synchronization

/// What a metric is: one entry of the list in `MetricNames.swift`.
package struct Metric: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable { case counter, gauge, histogram }
    package let name: String
    package let kind: Kind
    /// One sentence for the `# HELP` line.
    package let help: String
    /// The names of its labels; values are given in this order.
    package let labels: [String]
    /// Upper bounds of a histogram's buckets, ascending; `+Inf` is added.
    package let buckets: [Double]

    init(_ kind: Kind, _ name: String, labels: [String] = [], buckets: [Double] = [], _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
        self.buckets = buckets
    }

    // A metric is its name: counting must not cost the hash of a sentence.
    package static func == (left: Metric, right: Metric) -> Bool { left.name == right.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// All series of one process. Thread-safe; a class because everybody counts into the same one.
package final class MetricRegistry: Sendable {
    private struct Series {
        var value = 0.0
        var bucketCounts: [UInt64] = []
        var observationCount: UInt64 = 0
    }
    private struct State {
        var families: [Metric: [[String]: Series]] = [:]
        var sampled: [Metric: @Sendable () -> [(labels: [String], value: Double)]] = [:]
        var overflowCount: UInt64 = 0
    }

    private let state = Mutex(State())
    /// Series of one metric beyond this many are counted under the label value `other`, so that
    /// no label can eat the memory.
    private let seriesMax: Int

    package init(seriesMax: Int = 50_000) { self.seriesMax = seriesMax }

    /// Adds to a counter or a gauge.
    package func add(_ metric: Metric, _ labels: [String] = [], by amount: Double = 1) {
        change(metric, labels) { $0.value += amount }
    }

    /// Sets a gauge.
    package func set(_ metric: Metric, _ labels: [String] = [], to value: Double) {
        change(metric, labels) { $0.value = value }
    }

    /// Puts a value into a histogram.
    package func observe(_ metric: Metric, _ labels: [String] = [], _ value: Double) {
        change(metric, labels) { series in
            if series.bucketCounts.isEmpty { series.bucketCounts = Array(repeating: 0, count: metric.buckets.count) }
            if let bucket = metric.buckets.firstIndex(where: { value <= $0 }) { series.bucketCounts[bucket] += 1 }
            series.observationCount += 1
            series.value += value
        }
    }

    /// Forgets the series whose labels have these values: an object is gone.
    package func remove(_ metric: Metric, where labels: [String: String]) {
        state.withLock { state in
            guard let series = state.families[metric] else { return }
            let wanted = labels.compactMap { name, value in metric.labels.firstIndex(of: name).map { ($0, value) } }
            guard wanted.count == labels.count else { return }
            state.families[metric] = series.filter { key, _ in !wanted.allSatisfy { key[$0.0] == $0.1 } }
        }
    }

    /// Forgets the series with these label values in every metric that has all of these labels.
    package func removeAll(where labels: [String: String]) {
        let metrics = state.withLock { Array($0.families.keys) }
        for metric in metrics where labels.keys.allSatisfy(metric.labels.contains) { remove(metric, where: labels) }
    }

    /// Asks for a metric's values whenever they are read, instead of keeping them.
    package func sample(
        _ metric: Metric, _ values: @escaping @Sendable () -> [(labels: [String], value: Double)]
    ) {
        state.withLock { $0.sampled[metric] = values }
    }

    /// The present value of a counter or gauge, or a histogram's sum; nil without such a series.
    package func value(_ metric: Metric, _ labels: [String] = []) -> Double? {
        state.withLock { $0.families[metric]?[labels]?.value }
    }

    /// How many series a metric has.
    package func seriesCount(_ metric: Metric) -> Int { state.withLock { $0.families[metric]?.count ?? 0 } }

    private func change(_ metric: Metric, _ labels: [String], _ change: (inout Series) -> Void) {
        precondition(labels.count == metric.labels.count, "\(metric.name) needs \(metric.labels.count) label values")
        state.withLock { state in
            var key = labels
            if state.families[metric]?[labels] == nil, state.families[metric]?.count ?? 0 >= seriesMax {
                key = labels.map { _ in "other" }
                state.overflowCount += 1
            }
            change(&state.families[metric, default: [:]][key, default: Series()])
        }
    }

    // MARK: Exposition

    /// The content type of `exposition()`.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All series in Prometheus' text format 0.0.4, in the order of their names.
    package func exposition() -> String {
        let (families, sampled) = state.withLock { ($0.families, $0.sampled) }
        var text = ""
        for metric in Set(families.keys).union(sampled.keys).sorted(by: { $0.name < $1.name }) {
            var series = families[metric] ?? [:]
            for (labels, value) in sampled[metric]?() ?? [] { series[labels] = Series(value: value) }
            if series.isEmpty { continue }
            text += "# HELP \(metric.name) \(Self.escaped(metric.help, quotes: false))\n"
            text += "# TYPE \(metric.name) \(metric.kind.rawValue)\n"
            for (labels, one) in series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                Self.write(one, metric, labels, to: &text)
            }
        }
        return text
    }

    private static func write(_ series: Series, _ metric: Metric, _ labels: [String], to text: inout String) {
        guard metric.kind == .histogram else {
            text += "\(metric.name)\(labelText(metric, labels)) \(number(series.value))\n"
            return
        }
        var total: UInt64 = 0
        for (bound, count) in zip(metric.buckets, series.bucketCounts) {
            total += count
            text += "\(metric.name)_bucket\(labelText(metric, labels, le: number(bound))) \(total)\n"
        }
        text += "\(metric.name)_bucket\(labelText(metric, labels, le: "+Inf")) \(series.observationCount)\n"
        text += "\(metric.name)_sum\(labelText(metric, labels)) \(number(series.value))\n"
        text += "\(metric.name)_count\(labelText(metric, labels)) \(series.observationCount)\n"
    }

    private static func labelText(_ metric: Metric, _ labels: [String], le: String? = nil) -> String {
        var pairs = zip(metric.labels, labels).map { "\($0)=\"\(escaped($1, quotes: true))\"" }
        if let le { pairs.append("le=\"\(le)\"") }
        return pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return value.description
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || (quotes && $0 == 0x22) }) else { return text }
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
            }
        }
        return result
    }
}
