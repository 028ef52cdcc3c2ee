// Where a Rollout is.

package import MartletModel

/// Where a Rollout is: its revisions, its step, and what it has been told.
package struct Position: Hashable, Sendable {
    /// The ReplicaSet of the present template, where it exists.
    package var newSet: ReplicaSetView?
    /// The ReplicaSet of the stable revision; the new one itself when that is stable.
    package var stableSet: ReplicaSetView?
    /// Neither new nor stable, newest revision first.
    package var others: [ReplicaSetView]
    /// The hash of the present revision.
    package var hash: String
    /// The number that the present revision has or must get.
    package var revision: Int
    /// Why the update starts anew, if it does.
    package var restart: Restart?
    /// The status from which this decision goes on: after a restart, with a finished abort dropped.
    package var status: RolloutStatus
    /// Back to a revision that is at hand, without steps.
    package var isFastTrack: Bool

    /// Why steps begin again.
    package enum Restart: Hashable, Sendable {
        /// Another pod template than before, or the first one.
        case revision
        /// The list of steps has changed.
        case steps
    }

    package var isFullyPromoted: Bool {
        !status.stableHash.isEmpty && status.stableHash == status.currentPodHash
    }
    /// Stable pods that are not those of the present revision.
    package var distinctStable: ReplicaSetView? { stableSet?.name == newSet?.name ? nil : stableSet }

    /// Where the Rollout is once its present revision is the stable one.
    func promoted(by status: RolloutStatus) -> Position {
        var position = self
        position.status = status
        if let superseded = distinctStable {
            position.others.append(superseded)
            position.others.sort(by: Self.isNewer)
        }
        position.stableSet = newSet
        return position
    }

    /// Newest revision first.
    static func isNewer(_ left: ReplicaSetView, _ right: ReplicaSetView) -> Bool {
        (left.revision ?? 0, left.created, left.name) > (right.revision ?? 0, right.created, right.name)
    }
}
