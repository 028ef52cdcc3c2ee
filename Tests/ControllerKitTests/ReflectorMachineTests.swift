// The reflector's decisions: pages, resumption, 410, absence.

import ControllerKit
import KubeClient
import KubeModel
import Transport
import Testing

@Suite struct ReflectorMachineTests {
    private func listed(_ objects: [KubeObject], version: String) -> ReflectorMachine {
        var machine = ReflectorMachine()
        _ = machine.received(ObjectPage(items: objects, resourceVersion: version), now: at(0))
        return machine
    }

    @Test func `pages are asked for one after the other, then a watch from the list's version`() {
        var machine = ReflectorMachine()
        #expect(machine.action == .list(continueToken: nil))
        let first = machine.received(
            ObjectPage(items: [sample("a", 1)], resourceVersion: "9", continueToken: "next"), now: at(0))
        #expect(first == [.upsert(sample("a", 1))])
        #expect(machine.action == .list(continueToken: "next"))
        #expect(!machine.isSynced)
        let second = machine.received(ObjectPage(items: [sample("b", 2)], resourceVersion: "9"), now: at(0))
        #expect(second == [.upsert(sample("b", 2))])
        #expect(machine.isSynced)
        #expect(machine.action == .watch(from: "9"))
    }

    @Test func `events are delivered once and move the version on`() {
        var machine = listed([sample("a", 1)], version: "5")
        #expect(machine.received(.modified(sample("a", 6)), now: at(1), random: 0) == [.upsert(sample("a", 6))])
        #expect(machine.received(.modified(sample("a", 6)), now: at(1), random: 0) == [])
        #expect(machine.received(.added(sample("b", 7)), now: at(1), random: 0) == [.upsert(sample("b", 7))])
        #expect(machine.received(.deleted(sample("a", 8)), now: at(1), random: 0) == [.remove(key("a"))])
        #expect(machine.received(.deleted(sample("a", 8)), now: at(1), random: 0) == [])
        #expect(machine.received(.bookmark("20"), now: at(1), random: 0) == [])
        machine.watchEnded(now: at(60), random: 0)
        #expect(machine.action == .watch(from: "20"))
        #expect(machine.takeRestarts() == [.ended])
    }

    @Test func `a watch that ends at once is not begun again at once`() {
        var machine = listed([], version: "5")
        machine.watchEnded(now: at(0.1), random: 0)
        #expect(machine.action == .wait(until: at(0.9)))
        machine.waited(now: at(0.9))
        #expect(machine.action == .watch(from: "5"))
        machine.watchEnded(now: at(1), random: 0)
        #expect(machine.action == .wait(until: at(2.6)))
    }

    @Test func `a broken watch resumes where it was, later each time`() {
        var machine = listed([sample("a", 1)], version: "5")
        _ = machine.received(.modified(sample("a", 6)), now: at(1), random: 0)
        #expect(machine.failed(.transport(.interrupted("x")), now: at(2), random: 0) == [])
        #expect(machine.action == .wait(until: at(2.8)))
        machine.waited(now: at(2.8))
        #expect(machine.action == .watch(from: "6"))
        _ = machine.failed(.code(500), now: at(3), random: 0)
        #expect(machine.action == .wait(until: at(4.6)))
        machine.waited(now: at(4.6))
        _ = machine.received(.bookmark("7"), now: at(5), random: 0)
        _ = machine.failed(.code(500), now: at(6), random: 0)
        #expect(machine.action == .wait(until: at(6.8)))
    }

    @Test func `a version too old is listed again: only differences and deletions are delivered`() {
        var machine = listed([sample("a", 1), sample("b", 2), sample("c", 3)], version: "5")
        #expect(machine.received(.error(APIStatus(code: 410, reason: "Expired", message: "")), now: at(1), random: 0) == [])
        #expect(machine.action == .list(continueToken: nil))
        #expect(machine.takeRestarts() == [.gone])
        let deliveries = machine.received(
            ObjectPage(items: [sample("a", 1), sample("c", 30), sample("d", 40)], resourceVersion: "50"), now: at(2))
        #expect(deliveries == [.upsert(sample("c", 30)), .upsert(sample("d", 40)), .remove(key("b"))])
        #expect(machine.action == .watch(from: "50"))
    }

    @Test func `a list whose token expires begins again from its start`() {
        var machine = ReflectorMachine()
        _ = machine.received(ObjectPage(items: [sample("a", 1)], resourceVersion: "5", continueToken: "t"), now: at(0))
        _ = machine.failed(.code(410), now: at(1), random: 0)
        guard case .wait(let until) = machine.action else { Issue.record("\(machine.action)"); return }
        machine.waited(now: until)
        #expect(machine.action == .list(continueToken: nil))
        // The object that went away meanwhile is not taken for listed.
        let deliveries = machine.received(ObjectPage(items: [sample("b", 2)], resourceVersion: "6"), now: at(9))
        #expect(deliveries == [.upsert(sample("b", 2)), .remove(key("a"))])
    }

    @Test func `an absent optional resource counts as whole and is asked for until it appears`() {
        var machine = ReflectorMachine(isOptional: true)
        _ = machine.failed(.code(404), now: at(0), random: 0)
        #expect(machine.isAbsent)
        #expect(machine.isSynced)
        #expect(machine.action == .wait(until: at(1)))
        machine.waited(now: at(1))
        _ = machine.failed(.code(404), now: at(1), random: 0)
        #expect(machine.action == .wait(until: at(3)))
        machine.waited(now: at(3))
        #expect(machine.received(ObjectPage(items: [sample("a", 1)], resourceVersion: "5"), now: at(4)) == [.upsert(sample("a", 1))])
        #expect(!machine.isAbsent)
        // The definition is deleted again: so are its objects.
        #expect(machine.failed(.code(404), now: at(5), random: 0) == [.remove(key("a"))])
        var needed = ReflectorMachine()
        _ = needed.failed(.code(404), now: at(0), random: 0)
        #expect(!needed.isSynced)
    }

    @Test func `an absent resource whose definition would be told of is not asked for again and again`() {
        var machine = ReflectorMachine(isOptional: true)
        machine.isTold = true
        _ = machine.failed(.code(404), now: at(0), random: 0)
        #expect(machine.action == .wait(until: at(3600)))
        machine.mayHaveAppeared()
        #expect(machine.action == .list(continueToken: nil))
        // The definition takes effect a moment after it is told of.
        for pause in [1.0, 2, 4, 8, 16, 3600] {
            _ = machine.failed(.code(404), now: at(10), random: 0)
            #expect(machine.action == .wait(until: at(10 + pause)))
        }
    }

    @Test func `a definition that is told of while its resource is asked for is not missed`() {
        var machine = ReflectorMachine(isOptional: true)
        machine.isTold = true
        machine.mayHaveAppeared()
        _ = machine.failed(.code(404), now: at(0), random: 0)
        #expect(machine.action == .wait(until: at(1)))
    }

    @Test func `a wished relist delivers everything again`() {
        var machine = listed([sample("a", 1)], version: "5")
        machine.relist()
        #expect(machine.received(ObjectPage(items: [sample("a", 1)], resourceVersion: "6"), now: at(1)) == [.upsert(sample("a", 1))])
    }

    @Test(arguments: 0..<30)
    func `whatever breaks, the mirror ends as the server is and nothing comes twice`(_ seed: Int) {
        var trial = MirrorTrial(seed: UInt64(seed))
        for _ in 0..<360 { trial.step(isCalm: false) }
        for _ in 0..<40 { trial.step(isCalm: true) }
        #expect(trial.mirror == trial.server)
        #expect(trial.faults == [])
    }
}

/// A server that writes, forgets and fails by the dice, and a mirror of it.
private struct MirrorTrial {
    private(set) var server: [ObjectKey: KubeObject] = [:]
    private(set) var mirror: [ObjectKey: KubeObject] = [:]
    private(set) var faults: [String] = []
    private var machine = ReflectorMachine()
    private var dice: Dice
    private var log: [(version: Int, event: WatchEvent)] = []
    private var version = 1
    /// Watches from before this get 410.
    private var oldest = 0
    private var now = at(0)
    /// What a list under way has still to show, and its version.
    private var rest: [KubeObject] = []
    private var listVersion = 0

    init(seed: UInt64) { dice = Dice(seed: seed) }

    mutating func step(isCalm: Bool) {
        now += .seconds(1)
        if !isCalm {
            for _ in 0..<dice.below(3) { write() }
            if dice.below(20) == 0 { oldest = version - dice.below(3) }
            if dice.below(12) == 0 {
                let error: KubeError = dice.below(2) == 0 ? .code(500) : .transport(.interrupted("x"))
                return apply(machine.failed(error, now: now, random: 0))
            }
        }
        switch machine.action {
        case .wait(let until):
            now = until
            machine.waited(now: now)
        case .list(let token): list(isFirst: token == nil)
        case .watch(let from): watch(from: Int(from) ?? 0)
        }
    }

    private mutating func write() {
        version += 1
        let name = "o\(dice.below(6))"
        let object = sample(name, version)
        let isThere = server[object.key] != nil
        if isThere, dice.below(3) == 0 {
            server[object.key] = nil
            log.append((version, .deleted(object)))
        } else {
            log.append((version, isThere ? .modified(object) : .added(object)))
            server[object.key] = object
        }
    }

    /// Later pages show what was at the first one's moment.
    private mutating func list(isFirst: Bool) {
        if isFirst {
            rest = server.values.sorted { $0.name < $1.name }
            listVersion = version
        }
        let items = Array(rest.prefix(2))
        rest = Array(rest.dropFirst(2))
        let page = ObjectPage(items: items, resourceVersion: String(listVersion), continueToken: rest.isEmpty ? nil : "t")
        apply(machine.received(page, now: now))
    }

    private mutating func watch(from start: Int) {
        if start < oldest {
            let expired = APIStatus(code: 410, reason: "Expired", message: "")
            return apply(machine.received(.error(expired), now: now, random: 0))
        }
        for entry in log where entry.version > start { apply(machine.received(entry.event, now: now, random: 0)) }
        if dice.below(3) == 0 { apply(machine.received(.bookmark(String(version)), now: now, random: 0)) }
        if dice.below(4) == 0 { machine.watchEnded(now: now, random: 0) }
    }

    private mutating func apply(_ deliveries: [ReflectorMachine.Delivery]) {
        for delivery in deliveries {
            switch delivery {
            case .upsert(let object):
                if mirror[object.key]?.resourceVersion == object.resourceVersion { faults.append("twice: \(object.key)") }
                mirror[object.key] = object
            case .remove(let key):
                if mirror.removeValue(forKey: key) == nil { faults.append("removed but not there: \(key)") }
            }
        }
    }
}

/// A small generator that repeats from its seed.
struct Dice {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 2 &+ 1 }
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
