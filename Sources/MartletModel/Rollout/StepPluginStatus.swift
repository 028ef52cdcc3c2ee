// What a Rollout's status says about the steps that plugins perform.

package import JSONTree
package import KubeModel

/// One entry of `status.canary.stepPluginStatuses` (rollout-crd.md, section 9): an operation that
/// was asked of a plugin, and what became of it.
package struct StepPluginStatus: Hashable, Sendable {
    package var index: Int
    package var name: String
    package var operation: Operation
    package var phase: Phase
    package var message = ""
    package var startedAt: Timestamp?
    package var updatedAt: Timestamp?
    package var finishedAt: Timestamp?
    /// Which attempt at the step this is.
    package var executions: Int
    /// What the plugin keeps there; opaque.
    package var state: JSON = .null

    /// What a plugin is asked to do.
    package enum Operation: String, Hashable, Sendable {
        /// Performs the step.
        case run = "Run"
        /// Stops what is still going on: the update went on without it.
        case terminate = "Terminate"
        /// Undoes the step: the update was given up.
        case abort = "Abort"
    }

    /// How far it is.
    package enum Phase: String, Hashable, Sendable {
        case running = "Running"
        case successful = "Successful"
        case failed = "Failed"
        /// It could not be tried; the plugin tries again.
        case error = "Error"

        /// Whether it stays so.
        package var isCompleted: Bool { self == .successful || self == .failed }
    }

    package init(index: Int, name: String, operation: Operation, executions: Int, at now: Timestamp) {
        self.index = index
        self.name = name
        self.operation = operation
        self.executions = executions
        phase = .running
        startedAt = now
        updatedAt = now
    }

    /// Reads an entry; nil where it has no operation that we know.
    package init?(_ tree: JSON) {
        guard let index = tree["index"].int, let operation = Operation(rawValue: tree.text("operation")) else {
            return nil
        }
        self.index = Int(index)
        self.operation = operation
        name = tree.text("name")
        phase = Phase(rawValue: tree.text("phase")) ?? .running
        message = tree.text("message")
        startedAt = tree.timestamp("startedAt")
        updatedAt = tree.timestamp("updatedAt")
        finishedAt = tree.timestamp("finishedAt")
        executions = tree.number("executions")
        state = tree["status"]
    }

    package var tree: JSON {
        var tree: JSONObject = [
            "index": JSON(index), "name": .string(name), "operation": .string(operation.rawValue),
            "phase": .string(phase.rawValue),
        ]
        tree.setText("message", message)
        tree["startedAt"] = startedAt.map { .string($0.rfc3339) }
        tree["updatedAt"] = updatedAt.map { .string($0.rfc3339) }
        tree["finishedAt"] = finishedAt.map { .string($0.rfc3339) }
        tree.setNumber("executions", executions)
        tree["status"] = state.isNull ? nil : state
        return .object(tree)
    }
}
