// How one measurement goes: pure, step by step, so that whoever has hands only carries requests.

package import HTTPModel
import JSONTree
package import KubeModel
import MartletModel
package import MetricProviders

/// A measurement of a metric that is asked over HTTP.
package struct MeasurementProcedure: Sendable {
    private let metric: AnalysisMetric
    private let provider: any MetricProvider
    private var context: ProviderContext
    private var secrets: [String]
    private let startedAt: Timestamp
    private var answers: [HTTPResponse] = []

    /// How many requests a measurement may take.
    private static let requestCountMax = 8

    /// What comes next.
    package enum Step: Sendable {
        case send(ProviderCall)
        case done(MeasurementOutcome)
    }

    /// Prepares a measurement.
    ///
    /// - Parameters:
    ///   - secrets: Values of the arguments that come from Secrets, by the argument's name.
    ///   - prometheusAddress: The server of metrics that name none; empty: none.
    /// - Returns: The procedure, or how the measurement ended before it began.
    package static func prepare(
        _ request: MeasurementRequest, secrets: [String: String], prometheusAddress: String, now: Timestamp
    ) -> Result<MeasurementProcedure, MeasurementFailure> {
        let values = ArgumentExpansion.values(request.arguments, secrets: secrets)
        do throws(ArgumentError) {
            let tree = try ArgumentExpansion.expand(request.tree, values: values)
            return prepare(tree, Array(secrets.values), prometheusAddress, now, request)
        } catch {
            let problem = "Unable to resolve metric arguments: \(error.message)"
            return .failure(MeasurementFailure(outcome: failure(problem, now, now, runError: problem)))
        }
    }

    private static func prepare(
        _ tree: JSON, _ secrets: [String], _ prometheusAddress: String, _ now: Timestamp, _ request: MeasurementRequest
    ) -> Result<MeasurementProcedure, MeasurementFailure> {
        do throws(ProviderError) {
            guard case .http(let provider) = try ProviderCatalog.source(tree["provider"]) else {
                throw ProviderError("this provider is not asked over HTTP")
            }
            var context = ProviderContext(
                now: now, startedAt: request.runStartedAt, prometheusAddress: prometheusAddress,
                evaluateTime: { RangeTime.evaluate($0, now: now) })
            context.unfinished = request.unfinished?.metadata ?? [:]
            context.subject = MeasurementSubject(
                run: request.run.name, namespace: request.namespace, uid: request.run.uid, metric: request.metric,
                number: request.number)
            return .success(
                MeasurementProcedure(
                    metric: AnalysisMetric(tree), provider: provider, context: context, secrets: secrets,
                    startedAt: request.unfinished?.startedAt ?? now))
        } catch {
            let message = redacted(error.message, secrets)
            return .failure(MeasurementFailure(outcome: failure(message, now, now)))
        }
    }

    private init(
        metric: AnalysisMetric, provider: any MetricProvider, context: ProviderContext, secrets: [String],
        startedAt: Timestamp
    ) {
        self.metric = metric
        self.provider = provider
        self.context = context
        self.secrets = secrets
        self.startedAt = startedAt
    }

    /// The Secret that the provider's credentials are in; nil: it needs none.
    package var secretNeed: SecretNeed? { provider.secretNeed }

    /// Hands the provider what it may authenticate with; nothing of it is ever told.
    package mutating func authenticate(with credentials: ProviderCredentials) {
        context.credentials = credentials
        let addresses: Set<String> = ["address", "region", "org", "base-url-rest", "base-url-nerdgraph"]
        secrets += credentials.secret.filter { !addresses.contains($0.key) && $0.value.count > 3 }.map(\.value)
    }

    /// The next step; `answer` is that to the last request, nil at the beginning.
    package mutating func step(_ answer: HTTPResponse?, now: Timestamp) -> Step {
        if let answer { answers.append(answer) }
        do throws(ProviderError) {
            switch try provider.step(answers, context) {
            case .send(let call):
                if answers.count >= Self.requestCountMax { throw ProviderError("the provider wants too many requests") }
                return .send(call)
            case .done(let reading): return .done(outcome(of: reading, now: now))
            }
        } catch {
            return .done(error.isNoData ? lacking(error.message, now: now) : failed(error.message, now: now))
        }
    }

    /// The measurement's end when the provider says that it has no data.
    package func lacking(_ what: String, now: Timestamp) -> MeasurementOutcome {
        guard let policy = metric.onNoData else { return failed("no data: \(what)", now: now) }
        return withoutData(policy, what, value: "", now: now)
    }

    /// The measurement's end when a request could not be carried.
    package func failed(_ problem: String, now: Timestamp) -> MeasurementOutcome {
        var outcome = Self.failure(Self.redacted(problem, secrets), startedAt, now)
        outcome.metadata = metadata
        return outcome
    }

    private var metadata: [String: String] { provider.metadata.mapValues { Self.redacted($0, secrets) } }

    /// A measurement that had no data, by what the metric says of that.
    private func withoutData(
        _ policy: NoDataPolicy, _ what: String, value: String, extra: [String: String] = [:], now: Timestamp
    ) -> MeasurementOutcome {
        let meaning = policy == .wait ? "another measurement is taken" : "counted as \(policy.rawValue)"
        let measurement = Measurement(
            phase: policy.phase, message: Self.redacted("no data: \(what); \(meaning) (onNoData)", secrets),
            startedAt: startedAt, finishedAt: now, value: value,
            metadata: extra.mapValues { Self.redacted($0, secrets) })
        return MeasurementOutcome(measurement, metadata: metadata, hadData: false)
    }

    /// What the metric says of a value: its conditions, or what no data means.
    package func outcome(of reading: Reading, now: Timestamp) -> MeasurementOutcome {
        let lack = reading.lack
        if let lack, let policy = metric.onNoData {
            return withoutData(policy, lack, value: reading.text, extra: reading.metadata, now: now)
        }
        if let verdict = reading.verdict { return outcome(of: reading, verdict, now: now) }
        let environment = ExpressionEnvironment(result: ExpressionValue(reading.value), now: now)
        let verdict = Conditions.verdict(
            on: environment, success: metric.successCondition, failure: metric.failureCondition)
        let message = verdict.message.isEmpty ? lack.map { "no data: \($0)" } ?? "" : verdict.message
        let measurement = Measurement(
            phase: verdict.phase, message: Self.redacted(message, secrets), startedAt: startedAt,
            finishedAt: now, value: verdict.phase == .error ? "" : reading.text,
            metadata: reading.metadata.mapValues { Self.redacted($0, secrets) })
        return MeasurementOutcome(measurement, metadata: metadata, hadData: lack == nil)
    }

    /// Where the provider says by itself what a value means.
    private func outcome(of reading: Reading, _ verdict: ReadingVerdict, now: Timestamp) -> MeasurementOutcome {
        let phase: AnalysisPhase =
            switch verdict {
            case .good: .successful
            case .bad: .failed
            case .doubtful: .inconclusive
            case .undecided, .running: .running
            }
        var measurement = Measurement(
            phase: phase, message: Self.redacted(verdict.message, secrets), startedAt: startedAt, finishedAt: now,
            value: reading.text, metadata: reading.metadata.mapValues { Self.redacted($0, secrets) })
        if case .running(_, let delay) = verdict {
            measurement.finishedAt = nil
            measurement.resumeAt = now + delay
        }
        return MeasurementOutcome(measurement, metadata: metadata, hadData: reading.lack == nil)
    }

    private static func failure(
        _ problem: String, _ startedAt: Timestamp, _ now: Timestamp, runError: String? = nil
    ) -> MeasurementOutcome {
        MeasurementOutcome(
            Measurement(phase: .error, message: problem, startedAt: startedAt, finishedAt: now), runError: runError)
    }

    /// An errored measurement that never came to be asked.
    package static func unasked(_ problem: String, now: Timestamp, endsRun: Bool) -> MeasurementOutcome {
        failure(problem, now, now, runError: endsRun ? problem : nil)
    }

    /// The text without the values of secrets (analysis.md, section 2).
    private static func redacted(_ text: String, _ secrets: [String]) -> String {
        var text = text
        for secret in secrets where !secret.isEmpty { text = text.replacing(secret, with: "*****") }
        return text
    }
}

/// A measurement that ended before a request was sent.
package struct MeasurementFailure: Error, Hashable, Sendable {
    package var outcome: MeasurementOutcome
}

/// The times of range queries: expressions like `now() - duration("1h")`.
package enum RangeTime {
    /// The point in time that an expression gives.
    package static func evaluate(_ text: String, now: Timestamp) -> Result<Timestamp, ProviderError> {
        do throws(ExpressionError) {
            let value = try Expression.value(of: text, in: ExpressionEnvironment(result: .nil, now: now))
            switch value {
            case .time(let time): return .success(Timestamp(nanoseconds: time.nanoseconds))
            case .integer(let seconds, _): return .success(Timestamp(wholeSeconds: seconds))
            default: return .failure(ProviderError("\"\(text)\" gives a \(value.typeName), not a time"))
            }
        } catch {
            return .failure(ProviderError("\"\(text)\": \(error.message)"))
        }
    }
}
