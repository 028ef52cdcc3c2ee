// Each invariant's check sees a wrong sequence, and leaves a right one alone.

import ClusterSim
import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import Testing

@testable import Simulation

/// What a check is shown: a canary of four replicas behind a router, at a step.
enum Wrong {
    static let now = Timestamp(wholeSeconds: 1_800_000_000)

    static func rollout(
        status: JSON = [:], paused: Bool = false, canary: JSON? = nil, blueGreen: JSON? = nil
    ) -> KubeObject {
        let routed: JSON = [
            "canaryService": "canary", "stableService": "stable",
            "trafficRouting": ["istio": ["virtualService": ["name": "web"]]],
            "steps": [["setWeight": 25], ["pause": [:]], ["setWeight": 50]],
        ]
        return KubeObject([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": "web", "namespace": "shop", "uid": "u"],
            "spec": [
                "replicas": 4, "paused": .bool(paused),
                "strategy": blueGreen.map { ["blueGreen": $0] } ?? ["canary": canary ?? routed],
            ],
            "status": status,
        ])
    }

    static func evidence(
        _ rollout: KubeObject, outcome: Plan.Outcome = .settled(next: nil), moves: [Move] = [],
        _ edit: (inout RolloutStatus) -> Void = { _ in }
    ) -> RolloutEvidence {
        let snapshot = RolloutSnapshot(now: now, rollout: Observed(rollout, view: Rollout(rollout)))
        var status = snapshot.rollout.view.status
        edit(&status)
        var plan = Plan(status: status, outcome: outcome, why: "")
        plan.moves = moves
        return RolloutEvidence(snapshot: snapshot, plan: plan)
    }

    /// Stable `old` with four pods, canary `new` with two, weights of 75 and 25.
    static func facts(_ edit: (inout WorldFacts) -> Void = { _ in }) -> WorldFacts {
        var facts = WorldFacts()
        facts.pods = [
            .init(name: "web-old", hash: "old", wished: 4, available: 4),
            .init(name: "web-new", hash: "new", wished: 2, available: 2),
        ]
        facts.selected = ["stable": "old", "canary": "new"]
        facts.weights = .init(canary: 25, stable: 75)
        edit(&facts)
        return facts
    }

    static let change = Change.patch(
        ObjectReference(ReplicaSetView.kind, namespace: "shop", name: "web-old"), .merge([:]),
        if: Precondition(uid: "u"))

    /// What is told of a write that leads from one state to the other.
    static func told(
        from before: WorldFacts = facts(), to after: WorldFacts, _ evidence: RolloutEvidence? = nil
    ) -> [String] {
        let record = WriteRecord(
            change, before: before, after: after, evidence: evidence ?? self.evidence(rollout()))
        return TrafficInvariants(record).broken
    }
}

@Suite struct TrafficInvariantTests {
    @Test func `invariant 2: traffic is not raised past the pods of its share`() {
        let right = Wrong.facts { $0.weights = .init(canary: 50, stable: 50) }
        #expect(Wrong.told(to: right).isEmpty)
        let wrong = Wrong.facts { $0.weights = .init(canary: 75, stable: 25) }
        #expect(Wrong.told(to: wrong) == ["invariant 2: web-new's share 25 to 75 with 2 of 3 pods"])
    }

    @Test func `invariant 2: a revision without pods gets nothing`() {
        let before = Wrong.facts { facts in
            facts.pods[1].available = 0
            facts.weights = .init(canary: 0, stable: 100)
        }
        var after = before
        after.weights = .init(canary: 1, stable: 99)
        #expect(Wrong.told(from: before, to: after) == ["invariant 2: web-new's share 0 to 1 with 0 of 1 pods"])
    }

    @Test func `invariant 2: stable takes back only what it can serve, but all after an abort`() {
        let before = Wrong.facts { facts in
            facts.pods[0].available = 1
            facts.weights = .init(canary: 75, stable: 25)
        }
        var after = before
        after.weights = .init(canary: 0, stable: 100)
        #expect(Wrong.told(from: before, to: after) == ["invariant 2: web-old's share 25 to 100 with 1 of 4 pods"])
        let aborted = Wrong.evidence(Wrong.rollout()) { $0.isAborted = true }
        #expect(Wrong.told(from: before, to: after, aborted).isEmpty)
    }

    @Test func `invariant 2: no Service is moved to a revision without pods`() {
        let before = Wrong.facts { $0.pods[1].available = 0 }
        var after = before
        after.selected["stable"] = "new"
        #expect(
            Wrong.told(from: before, to: after).contains(
                "invariant 2: Service stable selects new, which has no available pod"))
    }

    @Test func `invariant 2: blue-green's active Service waits for all pods, save on the way back`() {
        let rollout = Wrong.rollout(blueGreen: ["activeService": "active"])
        let before = Wrong.facts { facts in
            facts.weights = nil
            facts.selected = ["active": "old"]
        }
        var after = before
        after.selected["active"] = "new"
        #expect(
            Wrong.told(from: before, to: after, Wrong.evidence(rollout))
                == ["invariant 2: the active Service selects new with 2 of 4 pods"])
        #expect(Wrong.told(from: before, to: after, Wrong.evidence(rollout) { $0.isAborted = true }).isEmpty)
    }

    @Test func `invariant 2: a Service that has weight counts as traffic`() {
        let before = Wrong.facts { facts in
            facts.pods[0].available = 1
            facts.weights = .init(canary: 75, stable: 25)
        }
        var after = before
        after.selected["canary"] = "old"
        #expect(Wrong.told(from: before, to: after) == ["invariant 2: web-old's share 25 to 100 with 1 of 4 pods"])
    }

    @Test func `invariant 3: a pass grows, then shifts, then shrinks`() {
        let grown = Wrong.facts { $0.pods[1].wished = 3 }
        let shifted = Wrong.facts { $0.weights = .init(canary: 50, stable: 50) }
        let shrunk = Wrong.facts { $0.pods[0].wished = 3 }
        func record(_ after: WorldFacts) -> WriteRecord { WriteRecord(Wrong.change, before: Wrong.facts(), after: after) }
        var sequence = WriteSequence()
        #expect([grown, shifted, shrunk].flatMap { sequence.take(record($0)) }.isEmpty)
        #expect(sequence.take(record(shifted)) == ["invariant 3: shift after shrink"])
        #expect(sequence.take(record(grown)) == ["invariant 3: grow after shrink"])
    }

    @Test func `invariant 4: what traffic may reach keeps the pods of its share`() {
        let right = Wrong.facts { $0.pods[0].wished = 3 }
        #expect(Wrong.told(to: right).isEmpty)
        let wrong = Wrong.facts { $0.pods[0].wished = 2 }
        #expect(Wrong.told(to: wrong) == ["invariant 4: web-old has 2 of 3 replicas and the weight 75"])
    }

    @Test func `invariant 4: without a router what serves stays above what may be missing`() {
        let rollout = Wrong.rollout(canary: ["maxUnavailable": 1, "maxSurge": 1])
        let before = Wrong.facts { facts in
            facts.weights = nil
            facts.selected = [:]
            facts.pods[1].available = 0
        }
        var after = before
        after.pods[0].wished = 3
        #expect(Wrong.told(from: before, to: after, Wrong.evidence(rollout)).isEmpty)
        after.pods[0].wished = 2
        #expect(
            Wrong.told(from: before, to: after, Wrong.evidence(rollout))
                == ["invariant 4: web-old shrunk: 2 pods serve, 3 must"])
    }

    @Test func `invariant 4: blue-green's active revision stays whole`() {
        let rollout = Wrong.rollout(blueGreen: ["activeService": "active"])
        let before = Wrong.facts { $0.selected = ["active": "old"] }
        var after = before
        after.pods[0].wished = 3
        #expect(
            Wrong.told(from: before, to: after, Wrong.evidence(rollout)).contains(
                "invariant 4: the active web-old has 3 of 4 replicas"))
    }

    @Test func `invariant 10: weights are one whole`() {
        let wrong = Wrong.facts { $0.weights = .init(canary: 25, stable: 70) }
        #expect(Wrong.told(to: wrong) == ["invariant 10: weights 25 and 70 of 100"])
    }
}

@Suite struct PositionInvariantTests {
    private let paused: JSON = [
        "currentPodHash": "new", "stableRS": "old", "currentStepIndex": 1,
        "pauseConditions": [["reason": "CanaryPauseStep", "startTime": "2026-01-01T00:00:00Z"]],
    ]

    @Test func `invariant 5: the step does not go back by itself`() {
        var place = WorldFacts.Place()
        place.step = 2
        place.hash = "new"
        var invariant = StepInvariant()
        #expect(invariant.take(place).isEmpty)
        place.step = 1
        #expect(invariant.take(place) == ["invariant 5: step 2 to 1"])
        place.step = 0
        invariant.expectUserChange()
        #expect(invariant.take(place).isEmpty)
    }

    @Test func `invariant 5: a new revision and an abort begin at the front`() {
        var place = WorldFacts.Place()
        place.step = 2
        place.hash = "new"
        var invariant = StepInvariant()
        _ = invariant.take(place)
        place.step = 0
        place.hash = "newer"
        #expect(invariant.take(place).isEmpty)
    }

    @Test func `invariant 6: a paused rollout stays where it is`() {
        let told = PositionInvariants(Wrong.evidence(Wrong.rollout(status: paused)) { $0.currentStepIndex = 2 }).broken
        #expect(told == ["invariant 6: step 1 to 2 while paused: CanaryPauseStep"])
        #expect(PositionInvariants(Wrong.evidence(Wrong.rollout(status: paused))).broken.isEmpty)
    }

    @Test func `invariant 6: an aborted rollout is not promoted, and sends nothing to the canary`() {
        let aborted: JSON = ["abort": true, "currentPodHash": "new", "stableRS": "old", "currentStepIndex": 0]
        let promoted = Wrong.evidence(Wrong.rollout(status: aborted)) { $0.stableHash = "new" }
        #expect(PositionInvariants(promoted).broken == ["invariant 6: new made stable while aborted"])
        let routed = Wrong.evidence(Wrong.rollout(status: aborted), moves: [Move(.route(Weight(5)), because: "", [])])
        #expect(PositionInvariants(routed).broken == ["invariant 6: weight 0 to 5 while aborted"])
    }

    @Test func `invariant 6: paused by its specification, or stalled, it stays`() {
        let status: JSON = ["currentPodHash": "new", "stableRS": "old", "currentStepIndex": 0]
        let held = Wrong.evidence(Wrong.rollout(status: status, paused: true)) { $0.currentStepIndex = 1 }
        #expect(PositionInvariants(held).broken == ["invariant 6: step 0 to 1 while paused by its specification"])
        let stalled = Wrong.evidence(Wrong.rollout(status: status), outcome: .stalled(reason: "r", message: "m")) {
            $0.currentStepIndex = 1
        }
        #expect(PositionInvariants(stalled).broken == ["invariant 6: step 0 to 1 while stalled"])
    }

    @Test("invariant 8: a wait has a name, and an end", arguments: [
        (Plan.Outcome.waiting(reason: "", until: nil), "a wait without a name"),
        (.waiting(reason: "better weather", until: nil), "nothing that is watched ends the wait for better weather"),
        (.waiting(reason: "promote", until: Wrong.now), "waits for a time that is over, 2027-01-15T08:00:00Z"),
        (.stalled(reason: "", message: ""), "stalled without a word"),
        (.settled(next: nil), "settled while progressing (), and nothing is waited for"),
    ])
    func waits(_ outcome: Plan.Outcome, _ words: String) {
        let evidence = Wrong.evidence(Wrong.rollout(), outcome: outcome) { $0.phase = .progressing }
        #expect(PositionInvariants(evidence).broken == ["invariant 8: \(words)"])
    }

    @Test func `invariant 8: a wait for pods, or for a time, is good`() {
        for outcome in [Plan.Outcome.waiting(reason: "1 of 2 canary pods available", until: nil),
            .waiting(reason: "better weather", until: Wrong.now + .seconds(1))]
        {
            #expect(PositionInvariants(Wrong.evidence(Wrong.rollout(), outcome: outcome)).broken.isEmpty)
        }
    }
}

@Suite struct WriteInvariantTests {
    @Test func `invariant 1: a plan that another decision doesn't make is told`() throws {
        let snapshot = try #require(DecisionSample.snapshot())
        var evidence = RolloutEvidence(snapshot: snapshot, plan: decide(snapshot))
        #expect(DecisionInvariants.repeats(evidence).isEmpty)
        evidence.plan.why += "?"
        #expect(DecisionInvariants.repeats(evidence) == ["invariant 1: another plan from the same snapshot"])
    }

    @Test("invariant 1: what undoes the plan before is told", arguments: [
        (Move.Intent.scale("a", from: 1, to: 2), Move.Intent.scale("a", from: 2, to: 1), true),
        (.scale("a", from: 1, to: 2), .scale("a", from: 2, to: 3), false),
        (.scale("a", from: 1, to: 2), .scale("b", from: 2, to: 1), false),
        (.route(Weight(50)), .route(Weight(25)), true),
        (.route(Weight(50)), .route(Weight(75)), false),
        (.selectRevision(service: "canary", hash: "x"), .selectRevision(service: "canary", hash: "new"), true),
        (.createReplicaSet("a"), .deleteReplicaSet("a"), true),
        (.createRun("a"), .terminateRun("a"), true),
    ])
    func inverses(_ done: Move.Intent, _ next: Move.Intent, _ isInverse: Bool) {
        let first = Wrong.evidence(Wrong.rollout(), moves: [Move(done, because: "", [])]).plan
        let second = Wrong.evidence(Wrong.rollout(), moves: [Move(next, because: "", [])]).plan
        var facts = Wrong.facts()
        facts.place.stableHash = ""
        #expect(DecisionInvariants.inverse(of: first, facts, in: second).isEmpty != isInverse)
    }

    @Test func `invariant 7: a run is recorded before it is made`() {
        let run = KubeObject(["kind": "AnalysisRun", "metadata": ["name": "web-new-2", "namespace": "shop"]])
        var record = WriteRecord(
            .create(run), before: Wrong.facts(), after: Wrong.facts(), evidence: Wrong.evidence(Wrong.rollout()))
        #expect(
            WriteInvariants.recorded(record)
                == ["invariant 7: AnalysisRun web-new-2 was made before the status named it"])
        record.after.place.runs = ["web-new-2"]
        #expect(WriteInvariants.recorded(record).isEmpty)
    }

    @Test func `a measurement counts once, and a run that is over stays so`() {
        func run(_ phase: String, _ count: Int) -> KubeObject {
            KubeObject([
                "kind": "AnalysisRun", "metadata": ["name": "run", "uid": "r"],
                "status": ["phase": .string(phase), "metricResults": [["name": "rate", "count": JSON(count)]]],
            ])
        }
        var invariants = RunInvariants()
        invariants.noteAnswer("r", "rate")
        #expect(invariants.take(run("Running", 1)).isEmpty)
        #expect(
            invariants.take(run("Running", 2)) == ["analysis invariant 1: run, rate: 1 measurements, then 2 of 1"])
        #expect(invariants.take(run("Failed", 1)).count == 1)
        #expect(invariants.take(run("Successful", 1)) == ["analysis invariant 3: run was Failed and is Successful"])
    }

    @Test func `a sync from Git that writes weights, selectors or pods is told`() {
        func told(_ edit: (inout WorldFacts) -> Void) -> [String] {
            WriteInvariants.ownership(WriteRecord(Wrong.change, before: Wrong.facts(), after: Wrong.facts(edit)))
        }
        #expect(told { _ in }.isEmpty)
        #expect(
            told { $0.weights = .init(canary: 0, stable: 100) }
                == ["ownership: a sync changed weights of 75 and 25"])
        #expect(told { $0.selected["canary"] = nil } == ["ownership: a sync changed what canary selects"])
        #expect(told { $0.pods[0].wished = 1 } == ["ownership: a sync changed pods"])
    }

    @Test func `invariant 9: a write says which object it means`() {
        let reference = ObjectReference(ReplicaSetView.kind, namespace: "shop", name: "web-old")
        #expect(WriteInvariants.guarded(.delete(reference, if: Precondition(uid: "u"), propagation: .background)).isEmpty)
        #expect(
            WriteInvariants.guarded(.patch(reference, .merge([:]), if: .none))
                == ["invariant 9: patch of ReplicaSet/web-old for an object of any uid"])
    }

    @Test func `invariant 9: what adds up when it is made twice is told`() {
        var machine = ClusterMachine(configuration: ClusterConfiguration(), now: Wrong.now)
        let tree: JSON = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "notes", "namespace": "default"],
            "data": ["a": "1"],
        ]
        _ = machine.handle(ChangeRequest.make(.create(KubeObject(tree))), user: .admin, now: Wrong.now)
        let reference = KubeObject(tree).reference
        func told(_ patch: Patch) -> [String] {
            let request = ChangeRequest.make(.patch(reference, patch, if: .none))
            _ = machine.handle(request, user: .admin, now: Wrong.now)
            return WriteInvariants.repeated(request, machine, now: Wrong.now)
        }
        #expect(told(.merge(["data": ["a": "2"]])).isEmpty)
        let growing = JSONPatch([.add(JSONPointer(tokens: ["metadata", "finalizers"]), ["x.test/a"])])
        #expect(told(.json(growing)).isEmpty)
        let again = JSONPatch([.add(JSONPointer(tokens: ["metadata", "finalizers", "-"]), "x.test/b")])
        #expect(told(.json(again)) == ["invariant 9: made twice, it changes the world twice"])
    }
}
