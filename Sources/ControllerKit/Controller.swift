// What a controller is: what it watches, and one pass over one object.

package import JSONTree
package import KubeClient
package import KubeModel
package import Logging
package import Telemetry

/// One resource that a controller wants to know about. All controllers of a host share one watch
/// and one cache of each resource.
package struct Watch: Sendable {
    package var resource: GroupVersionResource
    package var kind: GroupKind
    /// The resource may be absent (a CustomResourceDefinition not installed): asked for quietly
    /// until it appears.
    package var isOptional: Bool
    /// Only objects with these labels.
    package var labelSelector: String?
    /// Removes what nobody reads, before an object is cached. Where several controllers trim a
    /// resource, what any of them keeps is kept. `managedFields` never stays.
    package var trim: (@Sendable (JSON) -> JSON)?
    /// The keys, of the controller's own kind, that a change of this object concerns.
    package var keys: @Sendable (KubeObject, any ObjectReader) -> [ObjectKey]

    package init(
        _ resource: GroupVersionResource, kind: GroupKind, isOptional: Bool = false, labelSelector: String? = nil,
        trim: (@Sendable (JSON) -> JSON)? = nil,
        keys: @escaping @Sendable (KubeObject, any ObjectReader) -> [ObjectKey]
    ) {
        self.resource = resource
        self.kind = kind
        self.isOptional = isOptional
        self.labelSelector = labelSelector
        self.trim = trim
        self.keys = keys
    }

    /// The controller's own kind: a change of an object concerns itself.
    package static func own(
        _ resource: GroupVersionResource, kind: GroupKind, isOptional: Bool = false,
        trim: (@Sendable (JSON) -> JSON)? = nil
    ) -> Watch {
        Watch(resource, kind: kind, isOptional: isOptional, trim: trim) { object, _ in [object.key] }
    }

    /// Objects whose controller is of a kind: a change concerns that controller.
    package static func owned(
        by owner: GroupKind, _ resource: GroupVersionResource, kind: GroupKind, isOptional: Bool = false,
        trim: (@Sendable (JSON) -> JSON)? = nil
    ) -> Watch {
        Watch(resource, kind: kind, isOptional: isOptional, trim: trim) { object, _ in
            guard let controller = object.controller,
                GroupVersionKind(apiVersion: controller.apiVersion, kind: controller.kind).groupKind == owner
            else { return [] }
            return [ObjectKey(namespace: object.namespace, name: controller.name)]
        }
    }
}

/// Brings the objects of one kind to where they ought to be, one pass at a time. Two passes over
/// one key never overlap; passes over different keys do.
package protocol Controller: Sendable {
    /// For metrics and logs: lower-case words, `rollouts`.
    var name: String { get }
    /// The kind whose keys are worked on.
    var kind: GroupKind { get }
    var watches: [Watch] { get }
    /// The `source.component` of its events.
    var eventComponent: String { get }
    /// What is counted for each object of its kind, if anything.
    var objectMetrics: ObjectMetrics? { get }
    /// One pass. The object may be gone: then only what outlives it is tidied up.
    func reconcile(_ key: ObjectKey, _ pass: Pass) async throws(Failure) -> Reconciliation
}

extension Controller {
    package var eventComponent: String { "martlet" }
    package var objectMetrics: ObjectMetrics? { nil }
}

/// Metrics with a series an object, which goes with the object: labels are `namespace` and `name`.
package struct ObjectMetrics: Sendable {
    /// A histogram of the seconds of passes.
    package var duration: Metric
    /// A counter of failed passes.
    package var errors: Metric
    /// A counter of events, with `type` and `reason` as further labels.
    package var events: Metric?
    package init(duration: Metric, errors: Metric, events: Metric? = nil) {
        self.duration = duration
        self.errors = errors
        self.events = events
    }
}

/// What a pass is given.
package struct Pass: Sendable {
    /// The caches as they were when the pass began; it does not change during the pass.
    package var reader: any ObjectReader & Sendable
    /// The one time of this pass.
    package var now: Timestamp
    /// For reads that are not cached: Secrets, ConfigMaps.
    package var api: any KubeAPI
    /// Asks for a pass over another key of this controller; at a time, or at once when it is nil.
    package var enqueue: @Sendable (ObjectKey, Timestamp?) -> Void
    /// Sends changes within the pass and tells each one's outcome, for controllers that must know
    /// them (a sync records them). Stops at the first failure unless `continuesAfterFailure`.
    package var execute: @Sendable ([PlannedChange], _ continuesAfterFailure: Bool) async -> [ChangeOutcome]
    /// Watches further resources for this controller from now on (those of a synced application);
    /// true once `reader` shows all of them. A cache that becomes whole during a pass is seen by the
    /// next one.
    package var watch: @Sendable ([Watch]) -> Bool
    package var logger: Logger

    package init(
        reader: any ObjectReader & Sendable, now: Timestamp, api: any KubeAPI,
        enqueue: @escaping @Sendable (ObjectKey, Timestamp?) -> Void = { _, _ in },
        execute: @escaping @Sendable ([PlannedChange], Bool) async -> [ChangeOutcome] = { changes, _ in
            changes.map { _ in .dropped }
        },
        watch: @escaping @Sendable ([Watch]) -> Bool = { _ in true },
        logger: Logger = Logger(label: "pass")
    ) {
        self.reader = reader
        self.now = now
        self.api = api
        self.enqueue = enqueue
        self.execute = execute
        self.watch = watch
        self.logger = logger
    }
}

/// A change with what the executor needs to know about it.
package struct PlannedChange: Hashable, Sendable {
    /// Which change goes first where the client's own rate limit lets only some go.
    package enum Priority: Int, Hashable, Comparable, Sendable, CaseIterable {
        case traffic, capacity, status, event
        package static func < (left: Priority, right: Priority) -> Bool { left.rawValue < right.rawValue }
    }
    package var change: Change
    package var priority: Priority
    /// Why, for people: the log shows it.
    package var reason: String
    /// Recorded once the change has succeeded.
    package var events: [KubeEvent]
    /// The key whose next pass must see this write; the reconciled one when it is nil.
    package var owner: ObjectKey?

    package init(
        _ change: Change, priority: Priority, reason: String, events: [KubeEvent] = [], owner: ObjectKey? = nil
    ) {
        self.change = change
        self.priority = priority
        self.reason = reason
        self.events = events
        self.owner = owner
    }
}

/// What became of a change.
package enum ChangeOutcome: Sendable {
    /// Written; the object as the server then has it, where it says.
    case done(KubeObject?)
    /// It was so before: created by us earlier, or deleted already.
    case already
    /// A patch that changes nothing, not sent.
    case dropped
    /// A precondition failed or somebody else wrote: look again.
    case conflict(KubeError)
    /// The object to be patched is gone: look again.
    case gone(KubeError)
    case failed(KubeError)
    /// An earlier change of the plan failed.
    case skipped

    package var isSuccess: Bool {
        switch self {
        case .done, .already, .dropped: true
        case .conflict, .gone, .failed, .skipped: false
        }
    }

    package var isConflict: Bool { if case .conflict = self { true } else { false } }

    /// What went wrong, if anything.
    package var error: KubeError? {
        switch self {
        case .conflict(let error), .gone(let error), .failed(let error): error
        case .done, .already, .dropped, .skipped: nil
        }
    }
}

/// What a pass wants: writes in the only safe order, events, and when to look again.
package struct Reconciliation: Sendable {
    /// Sent in order; a failure leaves out the rest, and the pass is repeated.
    package var changes: [PlannedChange]
    /// Recorded after all changes succeeded.
    package var events: [KubeEvent]
    /// When to look again if nothing changes before; nil for never.
    package var requeueAt: Timestamp?
    /// The plan holds until something else happens: its writes to the object itself need no other
    /// pass, and `requeueAt` stands in place of times that were planned before.
    package var isWhole: Bool
    /// One line for the log of a pass that changed something.
    package var why: String

    package init(
        changes: [PlannedChange] = [], events: [KubeEvent] = [], requeueAt: Timestamp? = nil, isWhole: Bool = false,
        why: String = ""
    ) {
        self.isWhole = isWhole
        self.changes = changes
        self.events = events
        self.requeueAt = requeueAt
        self.why = why
    }

    /// Nothing to do until something changes.
    package static let nothing = Reconciliation()
}
