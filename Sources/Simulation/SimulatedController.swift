// A controller as the simulation sees it: what it watches, and a pure pass.

package import JSONTree
package import KubeModel

/// One controller. Its pass is the live one's: gather through a reader, decide, hand over changes.
package struct SimulatedController: Sendable {
    package var name: String
    package var watches: [SimulatedWatch]
    /// One pass over a key, at a time.
    package var pass: @Sendable (ObjectKey, any ObjectReader, Timestamp) -> SimulatedPass
    package init(
        name: String, watches: [SimulatedWatch],
        pass: @escaping @Sendable (ObjectKey, any ObjectReader, Timestamp) -> SimulatedPass
    ) {
        self.name = name
        self.watches = watches
        self.pass = pass
    }
}

/// A kind that a controller watches.
package struct SimulatedWatch: Sendable {
    package var resource: GroupVersionResource
    package var kind: GroupKind
    package var trim: (@Sendable (JSON) -> JSON)?
    package var keys: @Sendable (KubeObject, any ObjectReader) -> [ObjectKey]
    package init(
        _ resource: GroupVersionResource, kind: GroupKind, trim: (@Sendable (JSON) -> JSON)? = nil,
        keys: @escaping @Sendable (KubeObject, any ObjectReader) -> [ObjectKey]
    ) {
        self.resource = resource
        self.kind = kind
        self.trim = trim
        self.keys = keys
    }
}

/// What a pass wants.
package struct SimulatedPass: Sendable {
    /// Writes in order, each with the reason that a transcript shows.
    package var changes: [(change: Change, reason: String)]
    package var requeueAt: Timestamp?
    /// Where the object is and what it waits for.
    package var why: String
    /// What the rollout controller knew and decided, for the invariants.
    package var evidence: RolloutEvidence?
    package init(
        changes: [(change: Change, reason: String)], requeueAt: Timestamp?, why: String = "",
        evidence: RolloutEvidence? = nil
    ) {
        self.changes = changes
        self.requeueAt = requeueAt
        self.why = why
        self.evidence = evidence
    }
    package static let nothing = SimulatedPass(changes: [], requeueAt: nil)
}
