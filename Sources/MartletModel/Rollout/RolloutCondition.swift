// Conditions of a Rollout: their types, reasons and messages.

package import JSONTree
package import KubeModel

/// One entry of `status.conditions`.
package struct RolloutCondition: Hashable, Sendable {
    package var type: String
    /// `True`, `False` or `Unknown`.
    package var status: String
    package var reason: String
    package var message: String
    package var lastUpdateTime: Timestamp?
    package var lastTransitionTime: Timestamp?

    package init(_ type: String, _ status: String, _ reason: String, _ message: String) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
    }

    package init(_ tree: JSON) {
        self.init(tree.text("type"), tree.text("status"), tree.text("reason"), tree.text("message"))
        lastUpdateTime = tree.timestamp("lastUpdateTime")
        lastTransitionTime = tree.timestamp("lastTransitionTime")
    }

    package var tree: JSON {
        [
            "lastTransitionTime": lastTransitionTime.map { .string($0.rfc3339) } ?? .null,
            "lastUpdateTime": lastUpdateTime.map { .string($0.rfc3339) } ?? .null,
            "message": .string(message), "reason": .string(reason), "status": .string(status),
            "type": .string(type),
        ]
    }
}

/// The types of a Rollout's conditions.
package enum RolloutConditionType {
    /// The specification cannot be carried out; nothing is done.
    package static let invalidSpec = "InvalidSpec"
    /// Enough pods are available.
    package static let available = "Available"
    /// The update gets on.
    package static let progressing = "Progressing"
    /// Pods cannot be made.
    package static let replicaFailure = "ReplicaFailure"
    /// The rollout waits for a time or a person.
    package static let paused = "Paused"
    /// The current revision is the stable one.
    package static let completed = "Completed"
    /// Everything is as it should be.
    package static let healthy = "Healthy"
}

/// The reasons of a Rollout's conditions.
package enum RolloutReason {
    /// The specification is invalid.
    package static let invalidSpec = "InvalidSpec"
    /// Enough, or too few, pods are available.
    package static let available = "AvailableReason"
    /// A ReplicaSet was made for a new revision.
    package static let newReplicaSet = "NewReplicaSetCreated"
    /// A ReplicaSet was found for the revision.
    package static let foundReplicaSet = "FoundNewReplicaSet"
    /// The update gets on.
    package static let replicaSetUpdated = "ReplicaSetUpdated"
    /// A complete rollout lost pods.
    package static let replicaSetNotAvailable = "ReplicaSetNotAvailable"
    /// The update has arrived.
    package static let newReplicaSetAvailable = "NewReplicaSetAvailable"
    /// The ReplicaSet could not be made.
    package static let replicaSetCreateError = "ReplicaSetCreateError"
    /// There was no progress for too long.
    package static let progressDeadlineExceeded = "ProgressDeadlineExceeded"
    /// The update was given up.
    package static let aborted = "RolloutAborted"
    /// A pause has begun.
    package static let paused = "RolloutPaused"
    /// A pause has ended.
    package static let resumed = "RolloutResumed"
    /// An aborted update starts again.
    package static let retry = "RolloutRetry"
    /// The current revision is the stable one.
    package static let completed = "RolloutCompleted"
    /// Everything is as it should be.
    package static let healthy = "RolloutHealthy"
}

extension [RolloutCondition] {
    /// Puts a condition in place of the one of its type. One of the same status and reason stays
    /// as it is; the transition time moves with the status only (rollout-crd.md, section 9.1).
    ///
    /// - Parameter isRefreshed: Also the same status and reason get the new message and time.
    package mutating func set(_ condition: RolloutCondition, at now: Timestamp, isRefreshed: Bool = false) {
        var condition = condition
        condition.lastUpdateTime = now.truncatedToSeconds
        condition.lastTransitionTime = now.truncatedToSeconds
        guard let index = firstIndex(where: { $0.type == condition.type }) else {
            append(condition)
            return
        }
        let before = self[index]
        if before.status == condition.status {
            if before.reason == condition.reason, !isRefreshed { return }
            condition.lastTransitionTime = before.lastTransitionTime
        }
        // As a list without holes: what changed last stands last, as others write it.
        remove(at: index)
        append(condition)
    }

    /// Removes the condition of that type.
    package mutating func remove(type: String) { removeAll { $0.type == type } }
}
