// Decides who leads, by a Lease object (client-go's leader election, as a machine).

import JSONTree
package import KubeClient
package import KubeModel

/// One candidate. Times come from its own clock only: whether another's lease has ended is judged
/// by how long it has not changed here, so clocks need not agree.
package struct LeaseMachine: Sendable {
    package struct Timing: Hashable, Sendable {
        /// How long a lease holds without being renewed.
        package var duration: Duration = .seconds(15)
        /// A leader that could not renew for so long stops.
        package var renewDeadline: Duration = .seconds(10)
        /// Between attempts.
        package var retryPeriod: Duration = .seconds(2)
        package init() {}
    }
    package enum Action: Hashable, Sendable {
        case read
        case write(Change)
        case wait(until: Timestamp)
    }

    private let lease: ObjectKey
    private let identity: String
    private let timing: Timing
    private var observed: KubeObject?
    private var observedAt = Timestamp.epoch
    private var renewedAt = Timestamp.epoch
    private var next: Timestamp?
    private var mustRead = true
    /// Whether we lead. Becomes false by itself when the deadline passes: ask with a time.
    private var isHolder = false

    package init(lease: ObjectKey, identity: String, timing: Timing = Timing()) {
        self.lease = lease
        self.identity = identity
        self.timing = timing
    }

    private static let kind = GroupVersionKind(group: "coordination.k8s.io", version: "v1", kind: "Lease")
    private var reference: ObjectReference { ObjectReference(Self.kind, namespace: lease.namespace, name: lease.name) }
    package var leaseReference: ObjectReference { reference }

    /// Whether we lead at that time.
    package func isLeading(at now: Timestamp) -> Bool { isHolder && now - renewedAt < timing.renewDeadline }

    /// The leader as last seen; nil when nobody is.
    package var holder: String? {
        observed?.spec["holderIdentity"].string.flatMap { $0.isEmpty ? nil : $0 }
    }

    // MARK: What to do

    package mutating func action(now: Timestamp) -> Action {
        if isHolder, !isLeading(at: now) {
            isHolder = false
            mustRead = true
        }
        if let next, next > now { return .wait(until: next) }
        if mustRead { return .read }
        guard let observed else { return .write(.create(newLease(now))) }
        if holder == identity { return .write(renewal(of: observed, now)) }
        let theirs = observed.spec["leaseDurationSeconds"].int.map { Duration.seconds($0) } ?? timing.duration
        guard holder == nil || now - observedAt >= theirs else {
            // Looked at again after the period, not before.
            mustRead = true
            next = now + timing.retryPeriod
            return .wait(until: now + timing.retryPeriod)
        }
        return .write(takeover(of: observed, now))
    }

    // MARK: What happened

    /// The lease was read; nil when there is none.
    package mutating func read(_ lease: KubeObject?, now: Timestamp) {
        mustRead = false
        next = nil
        guard let lease else {
            observed = nil
            return
        }
        if lease.resourceVersion != observed?.resourceVersion || observed?.uid != lease.uid { observedAt = now }
        observed = lease
        if holder != identity { isHolder = false }
    }

    /// Our write succeeded; `sentAt` is when it was sent.
    package mutating func wrote(_ lease: KubeObject, sentAt: Timestamp, now: Timestamp) {
        observed = lease
        observedAt = now
        renewedAt = sentAt
        isHolder = true
        next = now + timing.retryPeriod
    }

    /// A read or write failed.
    package mutating func failed(_ error: KubeError, now: Timestamp, random: UInt64) {
        mustRead = true
        let spread = timing.retryPeriod * (Double(random >> 11) / Double(1 << 53) * 0.2)
        // After a conflict somebody else was quicker: look at once, unless we do not lead anyway.
        next = isHolder && (error.isConflict || error.isNotFound) ? now : now + timing.retryPeriod + spread
    }

    /// The write that gives the lease back, if we hold it.
    package func release(now: Timestamp) -> Change? {
        guard isHolder, let observed else { return nil }
        return patch(observed, ["holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": .string(now.rfc3339Micro)])
    }

    // MARK: Writes

    private var seconds: JSON { .int(timing.duration.components.seconds) }

    private func newLease(_ now: Timestamp) -> KubeObject {
        let time = JSON.string(now.rfc3339Micro)
        return KubeObject([
            "apiVersion": .string(Self.kind.apiVersion), "kind": .string(Self.kind.kind),
            "metadata": ["name": .string(lease.name), "namespace": .string(lease.namespace)],
            "spec": [
                "holderIdentity": .string(identity), "leaseDurationSeconds": seconds, "acquireTime": time,
                "renewTime": time, "leaseTransitions": 0,
            ],
        ])
    }

    private func renewal(of lease: KubeObject, _ now: Timestamp) -> Change {
        patch(lease, ["renewTime": .string(now.rfc3339Micro), "leaseDurationSeconds": seconds])
    }

    private func takeover(of lease: KubeObject, _ now: Timestamp) -> Change {
        let time = JSON.string(now.rfc3339Micro)
        return patch(
            lease,
            [
                "holderIdentity": .string(identity), "leaseDurationSeconds": seconds, "acquireTime": time,
                "renewTime": time, "leaseTransitions": .int((lease.spec["leaseTransitions"].int ?? 0) + 1),
            ])
    }

    private func patch(_ lease: KubeObject, _ spec: JSON) -> Change {
        .patch(
            reference, .merge(["spec": spec]),
            if: Precondition(uid: nil, resourceVersion: lease.resourceVersion))
    }
}
