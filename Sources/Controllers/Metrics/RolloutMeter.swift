// How long rollouts are where, and how much traffic a version had that was given up.

package import KubeModel
package import MartletModel
import RolloutCore
import Synchronization
import Telemetry

/// What one rollout's passes show over time. Pure: it is told what is, and says what to count.
package struct RolloutTimes: Hashable, Sendable {
    /// Something to be counted.
    package enum Reading: Hashable, Sendable {
        /// A phase was left after so many seconds.
        case phase(RolloutPhase, Double)
        /// So many seconds from an abort to no traffic at what was given up.
        case rollback(Double)
        /// A version that was given up served so many seconds of all traffic, at most that share of it.
        case failure(exposure: Double, share: Double)
        /// An update has ended: its status, seconds in all, and seconds in pauses.
        case ended(String, seconds: Double, paused: Double)
    }

    package private(set) var phase: RolloutPhase?
    /// When the phase began, or when it was seen first.
    package private(set) var since = Timestamp.epoch
    private var hash = ""
    private var exposure = 0.0
    /// The part of all traffic that the newest version had at the last pass.
    package private(set) var share = 0.0
    private var highest = 0.0
    private var last = Timestamp.epoch
    private var abortedSince: Timestamp?
    private var finishedAt: Timestamp?
    private var isNew = true

    package init() {}

    /// Takes a pass.
    ///
    /// - Parameters:
    ///   - status: As the cluster has it.
    ///   - plan: The status that this pass decides for.
    ///   - share: The part of all traffic that the new version has now, from 0 to 1.
    package mutating func take(
        _ status: RolloutStatus, deciding plan: RolloutStatus, share: Double, now: Timestamp
    ) -> [Reading] {
        var readings: [Reading] = []
        if status.currentPodHash != hash {
            hash = status.currentPodHash
            (exposure, highest) = (0, 0)
        } else {
            exposure += self.share * max(0, (now - last).seconds)
        }
        (self.share, last) = (share, now)
        highest = max(highest, share)
        if status.phase != phase {
            if let phase, !isNew { readings.append(.phase(phase, max(0, (now - since).seconds))) }
            (phase, since) = (status.phase, now)
        }
        readings += abort(status, plan, now)
        readings += end(status)
        isNew = false
        return readings
    }

    private mutating func abort(_ status: RolloutStatus, _ plan: RolloutStatus, _ now: Timestamp) -> [Reading] {
        guard status.isAborted || plan.isAborted else {
            abortedSince = nil
            return []
        }
        var readings: [Reading] = []
        if abortedSince == nil {
            // One that began before this process did is nothing that it can measure.
            abortedSince = isNew ? .epoch : now
            if !isNew { readings.append(.failure(exposure: exposure, share: highest)) }
        }
        guard status.isAborted, share == 0, let start = abortedSince, start != .epoch else { return readings }
        abortedSince = .epoch
        return readings + [.rollback(max(0, (now - start).seconds))]
    }

    private mutating func end(_ status: RolloutStatus) -> [Reading] {
        defer { finishedAt = status.duration.finishedAt }
        guard let end = status.duration.finishedAt, end != finishedAt, !isNew,
            let start = status.duration.startedAt, !status.duration.completionStatus.isEmpty
        else { return [] }
        let seconds = max(0, (end - start).seconds)
        let paused = Double(status.duration.totalManualPauseSeconds ?? 0)
        return [.ended(status.duration.completionStatus, seconds: seconds, paused: min(paused, seconds))]
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

/// Keeps the times of all rollouts and counts what they say. A class because passes share it.
final class RolloutMeter: Sendable {
    private let metrics: MetricRegistry
    private let times = Mutex<[ObjectKey: RolloutTimes]>([:])

    init(_ metrics: MetricRegistry) {
        self.metrics = metrics
        metrics.sample(.rolloutTrafficShare) { [weak self] in
            self?.sampled { key, times in ([key.namespace, key.name], times.share) } ?? []
        }
        metrics.sample(.rolloutPhaseStart) { [weak self] in
            self?.sampled { key, times in
                guard let phase = times.phase else { return nil }
                let start = (times.since - .epoch).seconds
                return ([key.namespace, key.name, phase.rawValue], start)
            } ?? []
        }
    }

    private func sampled(
        _ sample: (ObjectKey, RolloutTimes) -> (labels: [String], value: Double)?
    ) -> [(labels: [String], value: Double)] {
        times.withLock { $0.compactMap(sample) }
    }

    func note(_ snapshot: RolloutSnapshot, _ plan: Plan) {
        let key = ObjectKey(namespace: snapshot.namespace, name: snapshot.name)
        let readings = times.withLock { times in
            times[key, default: RolloutTimes()].take(
                snapshot.rollout.view.status, deciding: plan.status, share: snapshot.trafficShare,
                now: snapshot.now)
        }
        let strategy = snapshot.rollout.view.spec.blueGreen == nil ? "canary" : "blueGreen"
        for reading in readings { count(reading, strategy) }
    }

    func forget(_ key: ObjectKey) { times.withLock { $0[key] = nil } }

    private func count(_ reading: RolloutTimes.Reading, _ strategy: String) {
        switch reading {
        case .phase(let phase, let seconds):
            metrics.observe(.rolloutPhaseSeconds, [strategy, phase.rawValue], seconds)
        case .rollback(let seconds): metrics.observe(.rollbackSeconds, [strategy], seconds)
        case .failure(let exposure, let share):
            metrics.observe(.failedExposureSeconds, [strategy], exposure)
            metrics.observe(.failedTrafficShare, [strategy], share)
        case .ended(let status, let seconds, let paused):
            metrics.observe(.rolloutDuration, [status], seconds)
            metrics.observe(.rolloutProgressionDuration, [status], seconds - paused)
            metrics.observe(.rolloutManualPauseDuration, [status], paused)
        }
    }
}
