// Leader election's decisions, with two candidates and a server that refuses stale writes.

import ControllerKit
import JSONTree
import KubeClient
import KubeModel
import Transport
import Testing

@Suite struct LeaseMachineTests {
    /// The lease as a server keeps it.
    private struct Server {
        var lease: KubeObject?
        var version = 0

        mutating func write(_ change: Change) -> Result<KubeObject, KubeError> {
            switch change {
            case .create(let object):
                guard lease == nil else { return .failure(.code(409, "AlreadyExists")) }
                return .success(store(object.tree))
            case .patch(_, .merge(let patch), let condition):
                guard let lease else { return .failure(.code(404)) }
                guard condition.resourceVersion == lease.resourceVersion else { return .failure(.code(409, "Conflict")) }
                return .success(store(MergePatch.apply(patch, to: lease.tree)))
            default: return .failure(.code(400))
            }
        }

        private mutating func store(_ tree: JSON) -> KubeObject {
            version += 1
            var tree = tree
            tree.set(["metadata", "resourceVersion"], to: .string(String(version)))
            lease = KubeObject(tree)
            return KubeObject(tree)
        }
    }

    private func step(_ machine: inout LeaseMachine, _ server: inout Server, now: Timestamp) {
        switch machine.action(now: now) {
        case .wait: break
        case .read: machine.read(server.lease, now: now)
        case .write(let change):
            switch server.write(change) {
            case .success(let lease): machine.wrote(lease, sentAt: now, now: now)
            case .failure(let error): machine.failed(error, now: now, random: 0)
            }
        }
    }

    private func candidate(_ name: String) -> LeaseMachine {
        LeaseMachine(lease: ObjectKey(namespace: "ns", name: "lease"), identity: name)
    }

    @Test func `the first candidate creates the lease and leads`() {
        var server = Server()
        var a = candidate("a")
        step(&a, &server, now: at(0))
        step(&a, &server, now: at(0))
        #expect(a.isLeading(at: at(0)))
        #expect(server.lease?.spec["holderIdentity"] == "a")
        #expect(server.lease?.spec["leaseDurationSeconds"] == 15)
        #expect(a.action(now: at(1)) == .wait(until: at(2)))
        #expect(a.isLeading(at: at(9.9)))
        #expect(!a.isLeading(at: at(10)))
    }

    @Test func `a second candidate takes over only after the lease has not changed for its duration`() {
        var server = Server()
        var a = candidate("a")
        var b = candidate("b")
        for second in 0..<20 {
            step(&a, &server, now: at(Double(second)))
            step(&b, &server, now: at(Double(second)))
        }
        #expect(a.isLeading(at: at(19)))
        #expect(!b.isLeading(at: at(19)))
        // a dies.
        var taken: Double?
        for second in 20..<60 where taken == nil {
            step(&b, &server, now: at(Double(second)))
            if b.isLeading(at: at(Double(second))) { taken = Double(second) }
        }
        #expect((taken ?? 0) >= 33)
        #expect((taken ?? 99) <= 37)
        #expect(server.lease?.spec["leaseTransitions"] == 1)
    }

    @Test func `a lease given back is taken at once`() {
        var server = Server()
        var a = candidate("a")
        for _ in 0..<2 { step(&a, &server, now: at(0)) }
        if let change = a.release(now: at(1)) { _ = server.write(change) }
        var b = candidate("b")
        for _ in 0..<2 { step(&b, &server, now: at(1)) }
        #expect(b.isLeading(at: at(1)))
        #expect(a.release(now: at(1)) != nil)
        #expect(b.holder == "b")
    }

    @Test(arguments: 0..<40)
    func `there are never two leaders, whatever fails`(_ seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var server = Server()
        var machines = ["a", "b", "c"].map(candidate)
        var terms = 0
        var last: Int?
        for tick in 0..<4000 {
            let now = at(Double(tick) * 0.25)
            for index in machines.indices {
                switch dice.below(30) {
                case 0: machines[index] = candidate(["a", "b", "c"][index])  // Restarted.
                case 1..<8: continue  // Cut off from the server, or asleep.
                case 8:
                    // The write arrives, its answer does not.
                    if case .write(let change) = machines[index].action(now: now) {
                        _ = server.write(change)
                        machines[index].failed(.transport(.interrupted("x")), now: now, random: 0)
                    }
                default: step(&machines[index], &server, now: now)
                }
            }
            let leaders = machines.indices.filter { machines[$0].isLeading(at: now) }
            #expect(leaders.count <= 1)
            if let leader = leaders.first, leader != last {
                terms += 1
                last = leader
            }
        }
        #expect(terms > 0)
    }
}
