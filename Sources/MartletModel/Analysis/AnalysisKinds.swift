// Names of the analysis kinds, and the phases that runs, metrics and measurements share.

package import KubeModel

/// The kinds of analysis in the group `argoproj.io`.
package enum AnalysisKinds {
    /// A namespaced template.
    package static let template = GroupKind("argoproj.io", "AnalysisTemplate")
    /// A cluster-scoped template.
    package static let clusterTemplate = GroupKind("argoproj.io", "ClusterAnalysisTemplate")
    /// A run: one template, or several, at work.
    package static let run = GroupKind("argoproj.io", "AnalysisRun")
    /// The version in which runs are written.
    package static let apiVersion = "argoproj.io/v1alpha1"
    /// The run's kind with its version.
    package static let runKind = GroupVersionKind(apiVersion: apiVersion, kind: "AnalysisRun")
}

/// Where a run, a metric or a measurement stands (analysis.md, section 1).
package enum AnalysisPhase: String, Hashable, Sendable, CaseIterable {
    case pending = "Pending"
    case running = "Running"
    case successful = "Successful"
    case failed = "Failed"
    case error = "Error"
    case inconclusive = "Inconclusive"

    /// Whether nothing more will happen.
    package var isCompleted: Bool {
        switch self {
        case .successful, .failed, .error, .inconclusive: true
        case .pending, .running: false
        }
    }

    /// How bad the phase is when phases of several metrics are put together, 0 being the best
    /// (analysis.md, section 4.2).
    package var severity: Int {
        switch self {
        case .successful: 0
        case .running: 1
        case .pending: 2
        case .inconclusive: 3
        case .error: 4
        case .failed: 5
        }
    }

    /// The worse of two phases.
    package static func worse(_ left: AnalysisPhase, _ right: AnalysisPhase) -> AnalysisPhase {
        right.severity > left.severity ? right : left
    }
}
