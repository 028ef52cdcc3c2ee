// architecture.md's numbered invariants, looked at after every write.
//
//  1  every decision is made twice; at every fourth whole pass the plans that follow are carried
//     out on a copy of the machine until none is left: none may undo the one before
//  2, 3, 4, 10  in the world right after each write (TrafficInvariants), 3 over a pass's writes
//  5  in the world's status after each write
//  6, 8  in every decision (PositionInvariants)
//  7  in the world when a run is made; 9 in every write's precondition, and every fourth write is
//     sent twice to a copy of the machine (WriteInvariants)

import ClusterSim
import HTTPModel
import KubeModel
import RolloutCore

/// Remembers what it must to see an invariant broken.
struct InvariantChecker: Sendable {
    private var step = StepInvariant()
    private var sequence = WriteSequence()
    private var runs = RunInvariants()
    private var lastPodLoss: Timestamp?
    private static let podLossLag: Duration = .seconds(12)
    /// One in so many is looked at where a look needs a copy of the machine.
    private static let sampleEvery = 4
    private var passCount = 0
    private var writeCount = 0

    /// A person has written the rollout: what follows may be their wish.
    mutating func expectUserChange() { step.expectUserChange() }

    /// The rollout is deleted: what comes in its name is another one.
    mutating func forget(at time: Timestamp) {
        step = StepInvariant()
        lastPodLoss = time
    }

    /// A pod is lost without anybody's fault.
    mutating func expectPodLoss(at time: Timestamp) { lastPodLoss = time }

    /// What is broken by a decision, before anything of it is written.
    mutating func begin(_ pass: SimulatedPass) -> [String] {
        sequence = WriteSequence()
        if !pass.isRepeatable { return ["invariant 1: another plan from the same snapshot"] }
        guard let evidence = pass.evidence else { return [] }
        return DecisionInvariants.repeats(evidence) + PositionInvariants(evidence).broken
    }

    /// What is broken right after a write, in words with the invariant's number.
    mutating func check(_ record: WriteRecord, now: Timestamp) -> [String] {
        var record = record
        record.arePodsCertain = lastPodLoss.map { now - $0 > Self.podLossLag } ?? true
        return TrafficInvariants(record).broken + sequence.take(record) + step.take(record.after.place)
            + WriteInvariants.recorded(record) + WriteInvariants.guarded(record.change)
    }

    /// A measurement has ended, however.
    mutating func noteAnswer(_ run: UID, _ metric: String) { runs.noteAnswer(run, metric) }

    /// What is broken by an analysis run's newest state.
    mutating func check(run: KubeObject) -> [String] { runs.take(run) }

    /// Whether this write is one of those that are made twice.
    mutating func isSampledWrite() -> Bool {
        writeCount += 1
        return writeCount.isMultiple(of: Self.sampleEvery)
    }

    /// Whether this pass is one of those after which the world must come to rest.
    mutating func isSampledPass() -> Bool {
        passCount += 1
        return passCount.isMultiple(of: Self.sampleEvery)
    }
}
