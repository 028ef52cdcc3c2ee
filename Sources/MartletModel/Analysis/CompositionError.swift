// Why templates and arguments do not make a run.

/// What is wrong with the templates that a rollout names, or with what it hands to them.
package enum CompositionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No template of that kind and name exists.
    case templateNotFound(kind: String, name: String)
    /// A template includes itself; the names are the way round, the first and last being the same.
    case templateCycle([String])
    /// More templates than `AnalysisLimits.templateCountMax`.
    case tooManyTemplates
    /// Two templates, or one, define a metric of that name twice.
    case duplicateMetric(String)
    /// Two templates give an argument different values.
    case conflictingArgument(name: String, String, String)
    /// An argument has neither a value nor a source of one.
    case unresolvedArgument(String)
    /// A rule for `dryRun` stands twice.
    case duplicateDryRun(String)
    /// A rule for `measurementRetention` stands twice.
    case duplicateRetention(String)
    /// No template has a metric.
    case noMetrics(templates: [String])
    /// The composed metrics break a rule; the text is a sentence that names the field.
    case invalid(String)

    /// A sentence for people that names the field.
    package var message: String {
        switch self {
        case .templateNotFound(let kind, let name): "\(kind) '\(name)' not found"
        case .templateCycle(let names):
            "spec.templates: the templates include each other in a circle: \(names.joined(separator: " -> "))"
        case .tooManyTemplates:
            "templates: more than \(AnalysisLimits.templateCountMax) templates are included"
        case .duplicateMetric(let name): "spec.metrics: two metrics have the same name '\(name)'"
        case .conflictingArgument(let name, let left, let right):
            "spec.args: argument '\(name)' has different values in several templates: '\(left)' and '\(right)'"
        case .unresolvedArgument(let name): "args.\(name) was not resolved"
        case .duplicateDryRun(let name): "spec.dryRun: two rules have the same metricName '\(name)'"
        case .duplicateRetention(let name):
            "spec.measurementRetention: two rules have the same metricName '\(name)'"
        case .noMetrics(let templates):
            "spec.metrics: no metrics specified in \(templates.isEmpty ? "the run" : templates.joined(separator: ", "))"
        case .invalid(let text): text
        }
    }

    package var description: String { message }
}

/// Bounds on analysis, each with its reason.
package enum AnalysisLimits {
    /// Templates put together in one run: nobody needs more, and a hostile nest stays cheap.
    package static let templateCountMax = 100
    /// Measurements kept of a metric where no rule says otherwise (analysis.md, section 4).
    package static let measurementCountDefault = 10
    /// Bytes of a measurement's value or message that are stored: status must stay far below the
    /// API server's limit of 1.5 MB for an object.
    package static let textByteCountMax = 8 << 10
    /// Bytes of an answer of a provider that are read.
    package static let answerByteCountMax = 4 << 20
}
