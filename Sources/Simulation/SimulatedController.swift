// A controller as the simulation sees it: what it watches, and a pure pass.

import AnalysisCore
import ClusterSim
package import JSONTree
package import KubeModel
import RolloutCore
import SyncCore

/// One controller. Its pass is the live one's: gather through a reader, decide, hand over changes.
package struct SimulatedController: Sendable {
    var name: String
    var watches: [SimulatedWatch]
    /// One pass over a key.
    var pass: @Sendable (SimulatedLook) -> SimulatedPass
    init(
        name: String, watches: [SimulatedWatch], pass: @escaping @Sendable (SimulatedLook) -> SimulatedPass
    ) {
        self.name = name
        self.watches = watches
        self.pass = pass
    }
}

/// What a pass may see.
struct SimulatedLook {
    var key: ObjectKey
    var reader: any ObjectReader
    var now: Timestamp
    /// Measurements that this life of the controller has under way.
    var desk: SimulatedDesk
    /// The cluster itself, for what no cache holds.
    var machine: ClusterMachine
    /// What Git has had so far, and will have.
    var commits: [StoryCommit] = []
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

/// A write with the reason that a transcript shows.
struct SimulatedChange: Sendable {
    var change: Change
    var reason: String
    init(_ change: Change, because reason: String) {
        self.change = change
        self.reason = reason
    }
}

/// What a pass wants.
struct SimulatedPass: Sendable {
    /// In order.
    var changes: [SimulatedChange]
    var requeueAt: Timestamp?
    /// Where the object is and what it waits for.
    var why: String
    /// What the rollout controller knew and decided, for the invariants.
    var evidence: RolloutEvidence?
    /// To be taken beside the passes.
    var measurements: [MeasurementRequest] = []
    /// What the Git core has to decide about; its moves and decisions take turns.
    var sync: SyncSnapshot?
    /// Deciding again on the same snapshot gave the same plan.
    var isRepeatable = true

    init(
        changes: [SimulatedChange], requeueAt: Timestamp?, why: String = "", evidence: RolloutEvidence? = nil
    ) {
        self.changes = changes
        self.requeueAt = requeueAt
        self.why = why
        self.evidence = evidence
    }
    static let nothing = SimulatedPass(changes: [], requeueAt: nil)
}
