// What a decision comes to: moves in order, the status to record, when to look again.

package import KubeModel
package import MartletModel

/// What to do about a Rollout, and why.
package struct Plan: Hashable, Sendable {
    /// In the only safe order.
    package var moves: [Move]
    /// The status that the moves leave.
    package var status: RolloutStatus
    /// Only counts have changed: the status may wait a moment for more.
    package var isStatusDeferrable: Bool
    package var outcome: Outcome
    /// The Position in words: `step 3 of 8: weight 25; waiting for 2 of 5 canary pods`.
    package var why: String

    package init(status: RolloutStatus, outcome: Outcome, why: String) {
        moves = []
        self.status = status
        isStatusDeferrable = false
        self.outcome = outcome
        self.why = why
    }

    /// Whether the plan makes the ReplicaSet of a revision anew that had one: somebody has deleted
    /// it, or the Rollout itself is gone.
    package func remakesReplicaSet(in snapshot: RolloutSnapshot) -> Bool {
        let known = snapshot.rollout.view.status.currentPodHash
        guard !known.isEmpty else { return false }
        return moves.contains { move in
            if case .createReplicaSet(let name) = move.intent { name == "\(snapshot.name)-\(known)" } else { false }
        }
    }

    /// How it goes on.
    package enum Outcome: Hashable, Sendable {
        /// Nothing is left to do; at that time something will be.
        case settled(next: Timestamp?)
        /// Something has to happen first.
        case waiting(reason: String, until: Timestamp?)
        /// A person must act.
        case stalled(reason: String, message: String)

        /// When to look again though nothing changes.
        package var lookAgain: Timestamp? {
            switch self {
            case .settled(let next): next
            case .waiting(_, let until): until
            case .stalled: nil
            }
        }
    }
}

/// One thing to do: what a person reads, and what is sent.
package struct Move: Hashable, Sendable {
    package var intent: Intent
    /// Why, in a few words.
    package var reason: String
    package var changes: [Change]
    /// Told once the changes have succeeded.
    package var events: [KubeEvent]

    package init(_ intent: Intent, because reason: String, _ changes: [Change], events: [KubeEvent] = []) {
        self.intent = intent
        self.reason = reason
        self.changes = changes
        self.events = events
    }

    /// What a move is for.
    package enum Intent: Hashable, Sendable {
        case createReplicaSet(String)
        /// Resizes a ReplicaSet, or writes what is noted on it.
        case scale(String, from: Int, to: Int)
        case annotate(String)
        case deleteReplicaSet(String)
        /// Takes over a ReplicaSet that nobody controls.
        case adopt(String)
        case selectRevision(service: String, hash: String)
        case route(Weight)
        case createRun(String)
        case terminateRun(String)
        case deleteRun(String)
        case numberRevision(Int)
        case evict(String)
        /// Tells the plugin of a step what to do.
        case tellPlugin(String, String)
        /// Puts a role's metadata on a ReplicaSet and its pods.
        case relabel(String)
        case createService(String)
        case deleteService(String)
        case createExperiment(String)
        case terminateExperiment(String)
        case deleteExperiment(String)
        case recordStatus

        /// What is urgent where not everything can go at once.
        package var urgency: Urgency {
            switch self {
            case .route, .selectRevision: .traffic
            case .createReplicaSet, .scale, .annotate, .deleteReplicaSet, .adopt, .evict,
                .createService, .deleteService:
                .capacity
            case .createRun, .terminateRun, .deleteRun, .numberRevision, .recordStatus, .createExperiment,
                .terminateExperiment, .deleteExperiment, .relabel, .tellPlugin:
                .status
            }
        }
    }

    /// Traffic goes first, notes last.
    package enum Urgency: Int, Hashable, Sendable { case traffic, capacity, status }

    /// `scale web-7c9f 2→4`.
    package var summary: String {
        switch intent {
        case .createReplicaSet(let name): "create \(name)"
        case .scale(let name, let from, let to): "scale \(name) \(from)→\(to)"
        case .annotate(let name): "note on \(name)"
        case .deleteReplicaSet(let name), .deleteRun(let name), .deleteService(let name),
            .deleteExperiment(let name):
            "delete \(name)"
        case .adopt(let name): "adopt \(name)"
        case .createService(let name), .createExperiment(let name): "create \(name)"
        case .terminateExperiment(let name): "stop \(name)"
        case .selectRevision(let service, let hash): "service \(service) → \(hash)"
        case .route(let weight): "route \(weight)"
        case .createRun(let name): "analyse \(name)"
        case .terminateRun(let name): "stop \(name)"
        case .numberRevision(let revision): "revision \(revision)"
        case .evict(let name): "evict \(name)"
        case .tellPlugin(let name, let operation): "\(operation) \(name)"
        case .relabel(let name): "relabel \(name)"
        case .recordStatus: "status"
        }
    }
}
