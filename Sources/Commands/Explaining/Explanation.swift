// Why a rollout is where it is: the core's own decision, put into words.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore

/// What the controller decides about a rollout at this moment, and the evidence for it.
struct Explanation: Sendable {
    var name: String
    var namespace: String
    var phase: DisplayedPhase
    /// What it waits for; empty when it waits for nothing.
    var waitsFor = ""
    /// What ends the wait, or what to do; a line each.
    var ends: [String] = []
    /// What was seen that explains it: pods that do not come up, measurements, reasons.
    var evidence: [String] = []
    var steps: [Step] = []
    /// Pods and traffic, as they are and as they should be.
    var tracks: [Track] = []
    /// What the controller would write now.
    var moves: [(summary: String, reason: String)] = []

    /// A step of the canary and how far it is.
    struct Step: Hashable, Sendable {
        enum State: String, Sendable { case done, current, open }
        var summary: String
        var state: State
    }

    /// A revision's pods and share of traffic.
    struct Track: Hashable, Sendable {
        var role: String
        var replicaSet: String
        var revision: Int
        var wanted: Int
        var existing: Int
        var available: Int
        var weight: Int?
    }

    /// Decides about the snapshot, as the controller would.
    ///
    /// - Parameters:
    ///   - pods: The pods of the rollout's ReplicaSets, for the evidence.
    ///   - runs: The rollout's analysis runs, likewise.
    init(_ snapshot: RolloutSnapshot, pods: [KubeObject], runs: [KubeObject]) {
        let object = snapshot.rollout.object
        name = snapshot.name
        namespace = snapshot.namespace
        phase = DisplayedPhase(of: object)
        let plan = decide(snapshot)
        let position = Position(locating: snapshot)
        moves = plan.moves.filter { $0.intent != .recordStatus }.map { ($0.summary, $0.reason) }
        tracks = Self.tracks(snapshot, position, plan)
        steps = Self.steps(snapshot)
        explain(plan, snapshot)
        evidence = Evidence(snapshot: snapshot, position: position, pods: pods, runs: runs).lines
    }

    private mutating func explain(_ plan: Plan, _ snapshot: RolloutSnapshot) {
        let status = snapshot.rollout.view.status
        switch plan.outcome {
        case .stalled(_, let message):
            waitsFor = "somebody: \(message)"
            ends = ["change the spec so that it can be carried out"]
            return
        case .waiting(let reason, let until):
            waitsFor = reason
            if let until { ends.append(Self.time(until, snapshot.now)) }
        case .settled(let next):
            if let next {
                ends.append("the controller looks again \(Self.time(next, snapshot.now))")
            }
        }
        if status.isAborted {
            waitsFor = "a new revision, or a retry"
            ends = ["kubectl martlet retry rollout \(name), or change the spec"]
        } else if snapshot.rollout.view.spec.isPaused {
            waitsFor = "spec.paused to be taken away"
            ends = ["kubectl martlet promote \(name)"]
        } else if !status.pauseConditions.isEmpty {
            let isTimed = plan.outcome.lookAgain != nil && plan.outcome != .settled(next: nil)
            if waitsFor.isEmpty { waitsFor = "promote" }
            ends = isTimed ? ends : ["nothing ends it by itself"]
            ends.append(
                "kubectl martlet promote \(name) goes on, kubectl martlet abort \(name) goes back")
        } else if !waitsFor.isEmpty, phase.phase != "Healthy",
            let deadline = Self.deadline(snapshot)
        {
            ends.append(deadline)
        }
    }

    /// `in 4m10s, at 2026-01-01T00:05:00Z`.
    private static func time(_ time: Timestamp, _ now: Timestamp) -> String {
        time <= now ? "at once" : "in \(Age.text(time - now)), at \(time.rfc3339)"
    }

    /// When the update counts as stuck.
    private static func deadline(_ snapshot: RolloutSnapshot) -> String? {
        let spec = snapshot.rollout.view.spec
        let condition = snapshot.rollout.view.status.condition(RolloutConditionType.progressing)
        guard let updated = condition?.lastUpdateTime else { return nil }
        let end = updated + .seconds(spec.progressDeadlineSeconds)
        let consequence =
            spec.progressDeadlineAborts ? "the update is aborted" : "the rollout counts as Degraded"
        return end <= snapshot.now
            ? nil : "without any progress \(consequence) \(time(end, snapshot.now))"
    }

    private static func steps(_ snapshot: RolloutSnapshot) -> [Step] {
        guard let canary = snapshot.rollout.view.spec.canary else { return [] }
        let index = snapshot.rollout.view.status.currentStepIndex ?? 0
        return canary.steps.enumerated().map { position, step in
            Step(
                summary: step.summary,
                state: position < index ? .done : position == index ? .current : .open)
        }
    }

    private static func tracks(_ snapshot: RolloutSnapshot, _ position: Position, _ plan: Plan)
        -> [Track]
    {
        var wishes: [String: Int] = [:]
        for case .scale(let name, _, let size) in plan.moves.map(\.intent) { wishes[name] = size }
        let weights = plan.status.canary.weights
        let isRouted = snapshot.rollout.view.spec.canary?.trafficRouting != nil
        func track(_ set: ReplicaSetView, _ role: String, _ weight: Weight?) -> Track {
            Track(
                role: role, replicaSet: set.name, revision: set.revision ?? 0,
                wanted: wishes[set.name] ?? set.wished,
                existing: set.existing, available: set.available,
                weight: isRouted ? weight?.value : nil)
        }
        var tracks: [Track] = []
        let isCanary = snapshot.rollout.view.spec.canary != nil
        if let set = position.newSet, set.name != position.stableSet?.name {
            tracks.append(track(set, isCanary ? "canary" : "preview", weights?.canary.weight))
        }
        if let set = position.stableSet {
            // Promoted, stable has what the canary does not have: all of it.
            let isAlone = set.name == position.newSet?.name
            tracks.append(track(set, "stable", isAlone ? nil : weights?.stable.weight))
        }
        for set in position.others where set.wished > 0 || set.existing > 0 {
            tracks.append(track(set, "old", nil))
        }
        return tracks
    }

    /// The explanation for programs.
    var tree: JSON {
        let tracks: [JSON] = tracks.map { track in
            [
                "role": .string(track.role), "replicaSet": .string(track.replicaSet),
                "revision": JSON(track.revision),
                "wanted": JSON(track.wanted), "existing": JSON(track.existing),
                "available": JSON(track.available),
                "weight": track.weight.map { JSON($0) } ?? .null,
            ]
        }
        return [
            "name": .string(name), "namespace": .string(namespace), "phase": .string(phase.phase),
            "message": .string(phase.message), "waitsFor": .string(waitsFor),
            "ends": .array(ends.map { .string($0) }),
            "evidence": .array(evidence.map { .string($0) }),
            "steps": .array(
                steps.map { ["step": .string($0.summary), "state": .string($0.state.rawValue)] }),
            "tracks": .array(tracks),
            "moves": .array(
                moves.map { ["move": .string($0.summary), "because": .string($0.reason)] }),
        ]
    }
}
