// Whose turn it is when more is asked than may be under way.

import Controllers
import Testing

/// Numbers that are the same in every run.
private struct Dice {
    var state: UInt64
    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}

@Suite struct MeasurementGateTests {
    @Test func `a server that does not answer keeps only its own places`() {
        var turns = TurnMachine<Int>(perServerMax: 2, max: 4)
        let entered = [1, 2, 3, 4].map { turns.enter("slow", $0) }
        #expect(entered == [true, true, false, false])
        let isQuick = turns.enter("quick", 5)
        let afterQuick = turns.leave("quick")
        let isQuickAgain = turns.enter("quick", 6)
        #expect(isQuick && isQuickAgain && afterQuick == nil)
        let next = (0..<3).map { _ in turns.leave("slow") }
        #expect(next == [3, 4, nil])
        #expect(turns.underWay == 2)
    }

    @Test func `who came first goes first, servers take turns`() {
        var turns = TurnMachine<String>(perServerMax: 3, max: 3)
        var entered = (0..<3).map { _ in turns.enter("x", "now") }
        entered += ["a1", "a2", "a3"].map { turns.enter("a", $0) }
        entered += ["b1", "b2"].map { turns.enter("b", $0) }
        #expect(entered == [true, true, true, false, false, false, false, false])
        let next = ["x", "x", "x", "b", "b", "a"].map { turns.leave($0) }
        #expect(next == ["a1", "b1", "a2", "b2", "a3", nil])
    }

    @Test func `whoever waits has its turn, and never are there more than may be`() {
        for seed in 0..<50 {
            var dice = Dice(state: UInt64(seed))
            var turns = TurnMachine<Int>(perServerMax: 1 + dice.below(4), max: 1 + dice.below(6))
            var servers: [Int: String] = [:]
            var underWay: [Int] = []
            var waiting: Set<Int> = []
            for number in 0..<200 {
                let server = "s\(dice.below(5))"
                servers[number] = server
                if turns.enter(server, number) { underWay.append(number) } else { waiting.insert(number) }
                guard !underWay.isEmpty, dice.below(2) == 0 else { continue }
                let done = underWay.remove(at: dice.below(underWay.count))
                if let next = turns.leave(servers[done] ?? "") {
                    let wasWaiting = waiting.remove(next) != nil
                    #expect(wasWaiting)
                    underWay.append(next)
                }
                #expect(turns.underWay == underWay.count)
            }
            while let done = underWay.popLast() {
                if let next = turns.leave(servers[done] ?? "") {
                    let wasWaiting = waiting.remove(next) != nil
                    #expect(wasWaiting)
                    underWay.append(next)
                }
            }
            #expect(waiting.isEmpty && turns.underWay == 0)
        }
    }
}
