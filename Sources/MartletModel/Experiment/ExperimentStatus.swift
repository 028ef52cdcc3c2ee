// An Experiment's status and its wire form.

package import JSONTree
package import KubeModel

/// An Experiment's `status`. Phases are those of analyses.
package struct ExperimentStatus: Hashable, Sendable {
    /// Nil before the first decision.
    package var phase: AnalysisPhase?
    package var message = ""
    package var templates: [TemplateStatus] = []
    package var runs: [RunStatus] = []
    /// When all pods were available for the first time.
    package var availableAt: Timestamp?
    package var conditions: [RolloutCondition] = []

    /// How the pods of a template do.
    package struct TemplateStatus: Hashable, Sendable {
        package var name: String
        package var replicas = 0
        package var readyReplicas = 0
        package var availableReplicas = 0
        /// Nil before the first decision.
        package var phase: TemplatePhase?
        package var message = ""
        package var lastTransitionTime: Timestamp?
        package var serviceName = ""
        package var podTemplateHash = ""
        package init(name: String) { self.name = name }
    }

    /// Where a template stands.
    package enum TemplatePhase: String, Hashable, Sendable {
        case progressing = "Progressing"
        case running = "Running"
        case successful = "Successful"
        case failed = "Failed"
        case error = "Error"

        /// Whether it stays so.
        package var isCompleted: Bool { self != .progressing && self != .running }
        package var isBad: Bool { self == .failed || self == .error }
        /// What it means for the whole.
        package var severity: AnalysisPhase {
            switch self {
            case .progressing: .pending
            case .running: .running
            case .successful: .successful
            case .failed: .failed
            case .error: .error
            }
        }
    }

    /// What is known of an analysis.
    package struct RunStatus: Hashable, Sendable {
        package var name: String
        /// The AnalysisRun; empty before it is due.
        package var run = ""
        /// Empty before it is due.
        package var phase = ""
        package var message = ""
        package init(name: String) { self.name = name }

        package var isCompleted: Bool { AnalysisPhase(rawValue: phase)?.isCompleted ?? false }
        package var isBad: Bool { isCompleted && phase != AnalysisPhase.successful.rawValue }
    }

    package init() {}

    /// Whether nothing more will be found out.
    package var isOver: Bool { phase?.isCompleted ?? false }

    /// Reads a status; what is missing has its zero.
    package init(_ tree: JSON) {
        phase = tree["phase"].string.flatMap(AnalysisPhase.init)
        message = tree.text("message")
        availableAt = tree.timestamp("availableAt")
        conditions = tree["conditions"].elements.map(RolloutCondition.init)
        templates = tree["templateStatuses"].elements.map { tree in
            var status = TemplateStatus(name: tree.text("name"))
            status.replicas = tree.number("replicas")
            status.readyReplicas = tree.number("readyReplicas")
            status.availableReplicas = tree.number("availableReplicas")
            status.phase = tree["status"].string.flatMap(TemplatePhase.init)
            status.message = tree.text("message")
            status.lastTransitionTime = tree.timestamp("lastTransitionTime")
            status.serviceName = tree.text("serviceName")
            status.podTemplateHash = tree.text("podTemplateHash")
            return status
        }
        runs = tree["analysisRuns"].elements.map { tree in
            var status = RunStatus(name: tree.text("name"))
            status.run = tree.text("analysisRun")
            status.phase = tree.text("phase")
            status.message = tree.text("message")
            return status
        }
    }

    /// The status as the API holds it, written over an earlier one whose unknown members stay.
    package func tree(over earlier: JSON) -> JSON {
        var tree = earlier.object ?? JSONObject()
        tree.setText("phase", phase?.rawValue ?? "")
        tree.setText("message", message)
        tree["availableAt"] = availableAt.map { .string($0.rfc3339) }
        tree["conditions"] = conditions.isEmpty ? nil : .array(conditions.map(\.tree))
        tree["templateStatuses"] = templates.isEmpty ? nil : .array(templates.map(\.tree))
        tree["analysisRuns"] = runs.isEmpty ? nil : .array(runs.map(\.tree))
        return .object(tree)
    }
}

extension ExperimentStatus.TemplateStatus {
    fileprivate var tree: JSON {
        var tree: JSONObject = ["name": .string(name)]
        tree["replicas"] = JSON(replicas)
        tree["updatedReplicas"] = JSON(replicas)
        tree["readyReplicas"] = JSON(readyReplicas)
        tree["availableReplicas"] = JSON(availableReplicas)
        tree.setText("status", phase?.rawValue ?? "")
        tree.setText("message", message)
        tree["lastTransitionTime"] = lastTransitionTime.map { .string($0.rfc3339) }
        tree.setText("serviceName", serviceName)
        tree.setText("podTemplateHash", podTemplateHash)
        return .object(tree)
    }
}

extension ExperimentStatus.RunStatus {
    fileprivate var tree: JSON {
        var tree: JSONObject = [
            "name": .string(name), "analysisRun": .string(run), "phase": .string(phase),
        ]
        tree.setText("message", message)
        return .object(tree)
    }
}
