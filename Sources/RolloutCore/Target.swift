// What should be true.

package import KubeModel
package import TrafficRouting

/// What should be true at a position: pods, traffic and Services.
package struct Target: Hashable, Sendable {
    /// The wished size of each ReplicaSet that should change, by name.
    package var sizes: [String: Int] = [:]
    /// When superseded ReplicaSets are to go; nil removes the note.
    package var deadlines: [String: Timestamp?] = [:]
    /// The wished split; nil leaves the router alone.
    package var split: TrafficSplit?
    /// Who has still to carry out the split, where a router hands it on; nil when nobody has.
    package var unconfirmed: String?
    /// The revision that each Service should select.
    package var selectors: [Selector] = []
    /// Whether the pods are as the position wants them.
    package var isReached = false
    /// What the pods lack, for people.
    package var lack = ""
    /// The earliest deadline among those noted.
    package var nextDeadline: Timestamp?

    /// A Service and the revision that it should select.
    package struct Selector: Hashable, Sendable {
        package var service: String
        package var hash: String
        /// The Service must be switched before traffic is sent to it, not after it has left.
        package var isBeforeTraffic: Bool
    }
}
