// Fixed workloads: martlet-bench json FILE | decide [ROUNDS] | diff | judge [RUNS].
// The first word is the figure: seconds, microseconds, milliseconds.

import Foundation
import JSONTree
import RolloutCore
import Simulation

/// The least time of several runs, in seconds.
func least(of runs: Int, _ work: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<runs {
        let start = ContinuousClock.now
        try work()
        best = min(best, (ContinuousClock.now - start) / .seconds(1))
    }
    return best
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "json" where arguments.count == 2:
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[1])))
    var count = 0
    let seconds = try least(of: 5) { count = try JSON.parse(bytes)["items"].elements.count }
    print("\(seconds) s for \(bytes.count) bytes, \(count) items")
case "decide":
    guard let snapshot = DecisionSample.snapshot() else {
        print("no snapshot: the story has no rollout")
        exit(1)
    }
    let rounds = arguments.count > 1 ? Int(arguments[1]) ?? 2000 : 2000
    var microseconds: [Double] = []
    var moveCount = 0
    for _ in 0..<rounds {
        let start = ContinuousClock.now
        moveCount += decide(snapshot).moves.count
        microseconds.append((ContinuousClock.now - start) / .microseconds(1))
    }
    microseconds.sort()
    let (median, late) = (microseconds[rounds / 2], microseconds[rounds * 99 / 100])
    print("\(median) us median, \(late) us p99, \(moveCount / rounds) moves")
case "diff":
    let workload = DiffWorkload(count: 1000)
    var outcome = (count: 0, differing: 0)
    let seconds = least(of: 5) { outcome = workload.run() }
    print("\(seconds * 1000) ms, \(outcome.count) objects, \(outcome.differing) of them differ")
case "judge":
    let workload = JudgeWorkload(runCount: arguments.count > 1 ? Int(arguments[1]) ?? 2000 : 2000)
    let figures = workload.figures()
    print("\(figures.falsePart * 100) % false, \(figures.judgeSeconds) s judge, \(figures.querySeconds) s query")
    for line in workload.table() { print(line) }
default:
    print("usage: martlet-bench json FILE | decide [ROUNDS] | diff | judge [RUNS]")
    exit(2)
}
