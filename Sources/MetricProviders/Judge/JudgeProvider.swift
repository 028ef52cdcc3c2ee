// The built-in judge: compares the canary with stable over the same time, and says how sure it is.
//
// Its numbers come from Prometheus through that provider's own code. Each measurement looks at all
// that has come since the run began ($window in a query), so that a verdict rests on everything
// seen (or the latest part, where a window says so); JudgeStatistics says why looking often does no harm. docs/judge.md is for its users.

package import HTTPModel
package import JSONTree
import KubeModel

/// Judges errors or latencies of a canary against those of stable.
package struct JudgeProvider: MetricProvider {
    package static let field = "judge"

    private let source: JSON
    private let trial: Trial
    private let rules: JudgeRules
    private let queries: [(name: String, text: String)]

    /// What is compared.
    private enum Trial: String, Hashable {
        case ratio, latency
    }

    package init(_ configuration: JSON) throws(ProviderError) {
        let trials = [Trial.ratio, .latency].filter { configuration[$0.rawValue].object != nil }
        guard trials.count == 1, let trial = trials.first else {
            throw ProviderError("judge needs either ratio or latency")
        }
        self.trial = trial
        source = configuration["prometheus"].object == nil ? [:] : configuration["prometheus"]
        rules = try JudgeRules(configuration)
        let tree = configuration[trial.rawValue]
        var queries: [(name: String, text: String)] = []
        for side in ["canary", "stable"] {
            let names = trial == .ratio ? [[side, "bad"], [side, "total"]] : [[side]]
            for name in names {
                let text = tree.at(name).string ?? ""
                let field = (["judge", trial.rawValue] + name).joined(separator: ".")
                if text.isEmpty { throw ProviderError("\(field): no query is given") }
                guard text.contains(Self.window) else {
                    throw ProviderError(
                        "\(field): the query must look back to the run's begin: write [\(Self.window)] for its range")
                }
                queries.append((name: field, text: text))
            }
        }
        self.queries = queries
        // Finds at once what is wrong with the address or the authentication.
        _ = try PrometheusProvider(source)
    }

    /// What a query says for the time since the run began.
    private static let window = "$window"

    package var metadata: [String: String] {
        Dictionary(queries.map { ($0.name, $0.text) }) { first, _ in first }
    }

    // MARK: Asking

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        let age = max(context.now - context.startedAt, .seconds(1))
        let seconds = Int64(min(age, rules.window ?? age).inSeconds.rounded(.up))
        var rest = answers[...]
        var results: [[(labels: JSON, value: Double)]] = []
        for query in queries {
            var configuration = source
            configuration["query"] = .string(query.text.replacing(Self.window, with: "\(seconds)s"))
            let prometheus = try PrometheusProvider(configuration)
            guard rest.count >= prometheus.answerCount else { return try prometheus.step(Array(rest), context) }
            rest = rest.dropFirst(prometheus.answerCount - 1)
            guard let answer = rest.popFirst() else { continue }
            do throws(ProviderError) {
                results.append(try PrometheusProvider.samples(answer))
            } catch {
                throw ProviderError("\(query.name): \(error.message)")
            }
        }
        switch trial {
        case .ratio: return .done(ratioReading(results, age: age))
        case .latency: return .done(latencyReading(results, age: age))
        }
    }

    // MARK: Errors

    private func ratioReading(_ results: [[(labels: JSON, value: Double)]], age: Duration) -> Reading {
        func sum(_ position: Int) -> Double {
            results[position].reduce(0) { $0 + ($1.value.isFinite ? max(0, $1.value) : 0) }
        }
        // Without errors there is often no series of errors, either: that is none, not no data.
        func count(_ position: Int) -> ErrorCount {
            let total = sum(position + 1)
            return ErrorCount(bad: min(sum(position), total), total: total)
        }
        return rules.reading(canary: count(0), stable: count(2), age: age)
    }

    // MARK: Latencies

    private func latencyReading(_ results: [[(labels: JSON, value: Double)]], age: Duration) -> Reading {
        let sides = results.map { samples in
            let finite = samples.filter { !$0.value.isNaN }
            return finite.contains { !$0.labels["le"].isNull } ? Self.buckets(finite) : Self.tally(finite)
        }
        // Buckets that only one side has cannot be compared: their requests count for the next.
        let shared = Set(sides[0].keys).intersection(sides[1].keys)
        let isBuckets = results.joined().contains { !$0.labels["le"].isNull }
        let keys = isBuckets ? shared : Set(sides[0].keys).union(sides[1].keys)
        var groups: [RankGroup] = []
        var before = RankGroup(canary: 0, stable: 0)
        for key in keys.sorted() {
            let here = RankGroup(canary: sides[0][key] ?? 0, stable: sides[1][key] ?? 0)
            guard isBuckets else {
                groups.append(here)
                continue
            }
            groups.append(
                RankGroup(canary: max(0, here.canary - before.canary), stable: max(0, here.stable - before.stable)))
            before = RankGroup(
                canary: max(before.canary, here.canary), stable: max(before.stable, here.stable))
        }
        return rules.reading(RankTest(groups), age: age)
    }

    /// By upper bound how many requests took no longer.
    private static func buckets(_ samples: [(labels: JSON, value: Double)]) -> [Double: Double] {
        var counts: [Double: Double] = [:]
        for sample in samples {
            guard let text = sample.labels["le"].string else { continue }
            let bound = text == "+Inf" ? Double.infinity : Double(text)
            if let bound { counts[bound, default: 0] += sample.value }
        }
        return counts
    }

    /// By latency how many requests took that long.
    private static func tally(_ samples: [(labels: JSON, value: Double)]) -> [Double: Double] {
        var counts: [Double: Double] = [:]
        for sample in samples { counts[sample.value, default: 0] += 1 }
        return counts
    }
}
