// A metric of a template or run: what is measured, how often, and what its values mean.

package import JSONTree
import KubeModel

/// A trimmed view of a metric (analysis.md, section 1). Limits and counts may be written as text,
/// because arguments are put into them; a text that is no whole number counts as 0, as in Argo.
package struct AnalysisMetric: Hashable, Sendable {
    package var name: String
    /// As written; empty when there is none.
    package var intervalText: String
    package var initialDelayText: String
    /// Nil when not set.
    package var count: Int?
    /// Failed measurements that are tolerated; negative: any number. Nil when not set.
    package var failureLimit: Int?
    package var inconclusiveLimit: Int
    package var consecutiveErrorLimit: Int
    /// Successes in a row that decide for success; 0 when this is not used.
    package var consecutiveSuccessLimit: Int
    package var successCondition: String
    package var failureCondition: String
    /// What a measurement without data means, as written; empty when not set. Ours; Argo has none.
    package var onNoDataText: String
    /// Measurements with data that there must be before the metric may succeed. Ours.
    package var minimumSamples: Int
    /// `{prometheus: {…}}`, `{web: {…}}`, …
    package var provider: JSON

    /// Errors in a row that are tolerated where a metric does not say (analysis.md, section 1).
    package static let consecutiveErrorLimitDefault = 4

    /// Reads a metric whose arguments have been put in.
    package init(_ tree: JSON) {
        name = tree["name"].string ?? ""
        intervalText = tree["interval"].string ?? ""
        initialDelayText = tree["initialDelay"].string ?? ""
        count = Self.wholeNumber(tree["count"])
        failureLimit = Self.wholeNumber(tree["failureLimit"])
        inconclusiveLimit = Self.wholeNumber(tree["inconclusiveLimit"]) ?? 0
        consecutiveErrorLimit =
            Self.wholeNumber(tree["consecutiveErrorLimit"]) ?? Self.consecutiveErrorLimitDefault
        consecutiveSuccessLimit = Self.wholeNumber(tree["consecutiveSuccessLimit"]) ?? 0
        successCondition = tree["successCondition"].string ?? ""
        failureCondition = tree["failureCondition"].string ?? ""
        onNoDataText = tree["onNoData"].string ?? ""
        minimumSamples = Self.wholeNumber(tree["minimumSamples"]) ?? 0
        provider = tree["provider"]
    }

    /// Nil only for a field that is not set; surprises.md: a number that isn't one means 0.
    private static func wholeNumber(_ value: JSON) -> Int? {
        switch value {
        case .null: nil
        case .string(let text): bounded(Int64(text) ?? 0)
        default: bounded(value.int ?? 0)
        }
    }

    /// Within 32 bits, so that sums of limits and counts never overflow.
    private static func bounded(_ number: Int64) -> Int { Int(min(max(number, Int64(Int32.min)), Int64(Int32.max))) }

    /// What a measurement without data means; nil: whatever the conditions say of it, as in Argo.
    package var onNoData: NoDataPolicy? { NoDataPolicy(rawValue: onNoDataText) }

    /// How long after the end of a measurement the next one begins; nil when not set or unreadable.
    package var interval: Duration? { intervalText.isEmpty ? nil : Duration.parse(goText: intervalText) }

    /// How long after the run's start the first measurement begins; nil likewise.
    package var initialDelay: Duration? {
        initialDelayText.isEmpty ? nil : Duration.parse(goText: initialDelayText)
    }

    /// How many measurements decide; nil when there is no end to them (analysis.md, section 1).
    package var effectiveCount: Int? {
        guard let count, count != 0 else { return intervalText.isEmpty ? 1 : nil }
        return count
    }

    /// The failures tolerated; negative means any number.
    package var effectiveFailureLimit: Int { failureLimit ?? 0 }

    /// The name of the provider's field, if there is exactly one.
    package var providerName: String? {
        guard let members = provider.object, members.count == 1 else { return nil }
        return members.keys.first
    }
}

/// What a measurement means for which there was no data: no requests yet, say.
package enum NoDataPolicy: String, Hashable, Sendable, CaseIterable {
    /// It counts neither for nor against; another one is taken.
    case wait
    case success, failure, inconclusive

    /// The phase of such a measurement; one that waits runs on.
    package var phase: AnalysisPhase {
        switch self {
        case .wait: .running
        case .success: .successful
        case .failure: .failed
        case .inconclusive: .inconclusive
        }
    }
}
