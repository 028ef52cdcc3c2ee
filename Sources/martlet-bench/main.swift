// Fixed workloads: martlet-bench json FILE | decide. Prints seconds or microseconds first.

import Foundation
import JSONTree

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
default:
    print("usage: martlet-bench json FILE | decide")
    exit(2)
}
