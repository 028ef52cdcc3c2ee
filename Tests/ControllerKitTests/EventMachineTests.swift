// Which events are written.

import ControllerKit
import JSONTree
import KubeModel
import Testing

@Suite struct EventMachineTests {
    private func event(_ message: String, uid: String = "u1") -> KubeEvent {
        KubeEvent(
            regarding: ObjectReference(
                GroupVersionKind(group: "argoproj.io", version: "v1alpha1", kind: "Rollout"), namespace: "ns", name: "web"),
            uid: uid, type: .normal, reason: "Scaled", message: message)
    }

    @Test func `a new event is an object of core v1 with a name of its own`() throws {
        var machine = EventMachine()
        guard case .create(let object) = machine.decide(event("up"), component: "rollouts-controller", now: at(0)) else {
            Issue.record("not created")
            return
        }
        #expect(object.reference.kind == GroupVersionKind(group: "", version: "v1", kind: "Event"))
        #expect(object.name.hasPrefix("web."))
        #expect(object.tree["involvedObject"]["uid"] == "u1")
        #expect(object.tree["source"] == ["component": "rollouts-controller"])
        #expect(object.tree["count"] == 1)
        var again = EventMachine()
        #expect(again.decide(event("up"), component: "rollouts-controller", now: at(0)) == .create(object))
    }

    @Test func `the same event is counted, not oftener than every five seconds`() {
        var machine = EventMachine()
        _ = machine.decide(event("up"), component: "c", now: at(0))
        #expect(machine.decide(event("up"), component: "c", now: at(1)) == .drop)
        guard case .count(_, let patch) = machine.decide(event("up"), component: "c", now: at(6)) else {
            Issue.record("not counted")
            return
        }
        #expect(patch == ["count": 3, "lastTimestamp": .string(at(6).rfc3339)])
    }

    @Test func `an event that was there before is counted on`() throws {
        var machine = EventMachine()
        guard case .create(var object) = machine.decide(event("up"), component: "c", now: at(0)) else { return }
        object.tree["count"] = 7
        #expect(machine.existed(object, now: at(0))["count"] == 8)
    }

    @Test func `many similar events are joined`() {
        var machine = EventMachine()
        for number in 0..<10 { _ = machine.decide(event("step \(number)"), component: "c", now: at(0)) }
        guard case .create(let object) = machine.decide(event("step 10"), component: "c", now: at(0)) else {
            Issue.record("not created")
            return
        }
        #expect(object.tree["message"] == "(combined from similar events): step 10")
        #expect(machine.decide(event("step 3"), component: "c", now: at(1)) == .drop)
        // Half an hour later they are new again.
        guard case .create(let later) = machine.decide(event("step 11"), component: "c", now: at(1800)) else { return }
        #expect(later.tree["message"] == "step 11")
    }

    @Test func `one object cannot flood`() {
        var machine = EventMachine()
        var created = 0
        for number in 0..<500 {
            var one = event("message \(number)")
            one.reason = "Reason\(number)"
            if case .create = machine.decide(one, component: "c", now: at(0)) { created += 1 }
        }
        #expect(created == 50)
        if case .create = machine.decide(event("other", uid: "u2"), component: "c", now: at(0)) { created += 1 }
        #expect(created == 51)
    }

    @Test func `facts of one reason are told together once the object is quiet`() throws {
        var gathering = EventGathering()
        for (second, step) in ["one", "two", "two"].enumerated() {
            #expect(gathering.add(event("step \(step)"), component: "c", now: at(Double(second))).isEmpty)
        }
        var other = event("done")
        other.reason = "Completed"
        #expect(gathering.add(other, component: "c", now: at(3)).isEmpty)
        let due = at(3) + EventGathering.quiet
        #expect(gathering.next == due)
        #expect(gathering.take(now: due - .milliseconds(1)).isEmpty)
        let joined = gathering.take(now: due)
        #expect(joined.map(\.event.message) == ["step one; step two", "done"])
        #expect(joined.map(\.count) == [3, 1])
        #expect(gathering.count == 0)
        #expect(gathering.next == nil)
        var machine = EventMachine()
        guard case .create(let object) = machine.decide(try #require(joined.first), now: at(4)) else {
            Issue.record("not created")
            return
        }
        #expect(object.tree["count"] == 3)
        #expect(object.tree["firstTimestamp"] == .string(at(0).rfc3339))
        #expect(object.tree["lastTimestamp"] == .string(at(2).rfc3339))
    }

    @Test func `a warning does not wait, and what came before it is told first`() {
        var gathering = EventGathering()
        var warning = event("bad")
        warning.type = .warning
        #expect(gathering.add(warning, component: "c", now: at(0)).map(\.event) == [warning])
        let before = event("step")
        #expect(gathering.add(before, component: "c", now: at(1)).isEmpty)
        #expect(gathering.add(warning, component: "c", now: at(2)).map(\.event) == [before, warning])
        #expect(gathering.next == nil)
        #expect(gathering.count == 0)
    }

    @Test func `no object waits for ever, and at the end nothing waits`() {
        var gathering = EventGathering()
        for second in 0..<40 { _ = gathering.add(event("step"), component: "c", now: at(Double(second))) }
        #expect(gathering.next == at(0) + EventGathering.patience)
        #expect(gathering.takeAll().map(\.count) == [40])
        #expect(gathering.next == nil)
    }
}
