// What the ReplicaSets and Services of a blue-green update should be.

import KubeModel
import MartletModel

/// One aim at a blue-green target.
struct BlueGreenAim {
    let position: Position
    let strategy: BlueGreenStrategy
    let snapshot: RolloutSnapshot

    private var status: RolloutStatus { position.status }
    private var spec: RolloutSpec { snapshot.rollout.view.spec }
    /// The revision that the active Service selects; empty when it selects none.
    var activeHash: String { snapshot.services[strategy.activeService]?.hash ?? "" }

    /// Selectors stay while the specification is paused (invariant 6); the preview's pods, which
    /// nobody uses yet, may come.
    var isHalted: Bool { spec.isPaused && !status.isAborted }

    /// No pause and no analysis: nothing is active yet, everything is promoted, or the way leads
    /// back to a revision whose pods are still there.
    var isFastTracked: Bool {
        activeHash.isEmpty || activeHash == position.hash || status.promoteFull || isFastRollback
    }

    /// Back to an older revision that is stable, within the window, or not scaled down yet.
    var isFastRollback: Bool {
        guard let new = position.newSet, let stable = position.stableSet, new.created <= stable.created else {
            return false
        }
        let isUp = new.deadline.map { $0 > snapshot.now } ?? false
        return isUp || position.isFastTrack
    }

    // MARK: Sizes

    /// The size that the new ReplicaSet should have now.
    var newSize: Int {
        var preview = ReplicaSplit.Preview(
            previewReplicas: strategy.previewReplicaCount.map { Int32(clamping: $0) }, activeHash: activeHash,
            newHash: position.hash, currentHash: status.currentPodHash)
        preview.isFullyPromoted = status.promoteFull || isFastRollback
        preview.isPaused = spec.isPaused
        preview.isPastCheckpoint = status.blueGreen.scaleUpPreviewCheckPoint
        return Int(preview.replicas(of: Int32(clamping: spec.replicas)))
    }

    /// Whether the new ReplicaSet has all pods of a size, available.
    func isSaturated(_ size: Int) -> Bool {
        guard let new = position.newSet else { return false }
        return new.wished == size && new.available >= size
    }

    func target() -> Target {
        var target = Target()
        target.selectors = selectors(switchesActive: false)
        if let new = position.newSet {
            target.sizes[new.name] = newSize
            target.deadlines[new.name] = .some(nil)
        }
        if let stable = position.distinctStable {
            target.sizes[stable.name] = spec.replicas
            target.deadlines[stable.name] = .some(nil)
        }
        if status.isAborted { addAbortedSize(to: &target) }
        addOthers(to: &target)
        if let new = position.newSet, !isSaturated(newSize) {
            target.lack = "\(new.available) of \(newSize) preview pods available"
        }
        return target
    }

    /// An aborted preview stays for its delay; a delay of 0 keeps it.
    private func addAbortedSize(to target: inout Target) {
        guard let new = position.newSet, let stable = position.distinctStable else { return }
        target.sizes[new.name] = nil
        target.deadlines[new.name] = nil
        let seconds = strategy.abortScaleDownDelaySeconds ?? CanaryStrategy.abortScaleDownDelayDefaultSeconds
        guard seconds != 0, stable.available >= spec.replicas, activeHash != new.hash else { return }
        if let deadline = new.deadline {
            if deadline <= snapshot.now { target.sizes[new.name] = 0 } else { target.noteDeadline(deadline) }
        } else if new.wished > 0 {
            let deadline = (snapshot.now + .seconds(seconds)).truncatedToSeconds
            target.deadlines[new.name] = deadline
            target.noteDeadline(deadline)
        }
    }

    /// Superseded ReplicaSets stay whole for their delay, so that a rollback is quick.
    private func addOthers(to target: inout Target) {
        let delay: Duration = .seconds(
            strategy.scaleDownDelaySeconds ?? CanaryStrategy.scaleDownDelayDefaultSeconds)
        let selected = Set(snapshot.services.values.map(\.hash))
        var kept = 0
        for set in position.others where set.wished > 0 && !selected.contains(set.hash) {
            // Differs from Argo: a delay of 0 means at once, not never (top-complaints.md, 16).
            let deadline = set.deadline ?? (snapshot.now + delay).truncatedToSeconds
            if kept >= strategy.scaleDownDelayRevisionLimit ?? .max || delay == .zero
                || deadline <= snapshot.now
            {
                target.sizes[set.name] = 0
                continue
            }
            kept += 1
            if set.deadline == nil { target.deadlines[set.name] = deadline }
            if set.wished != spec.replicas { target.sizes[set.name] = spec.replicas }
            target.noteDeadline(deadline)
        }
    }

    // MARK: Services

    /// The selectors to be written. The preview follows the new revision at once; the active
    /// Service only when it is told to, or back to stable after an abort.
    func selectors(switchesActive: Bool) -> [Target.Selector] {
        var selectors: [Target.Selector] = []
        if let name = strategy.previewService, !isHalted { selectors.append(selector(name, position.hash)) }
        if status.isAborted, !status.stableHash.isEmpty, (position.stableSet?.available ?? 0) > 0 {
            selectors.append(selector(strategy.activeService, status.stableHash))
        } else if switchesActive {
            selectors.append(selector(strategy.activeService, position.hash))
        }
        return selectors.filter { selector in
            snapshot.services[selector.service].map { $0.hash != selector.hash } ?? false
        }
    }

    private func selector(_ service: String, _ hash: String) -> Target.Selector {
        Target.Selector(service: service, hash: hash, isBeforeTraffic: true)
    }
}
