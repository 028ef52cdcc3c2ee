// Plays stories in virtual time: martlet-sim [FIRST-LAST | SEED] [--transcript], or a written one:
// martlet-sim --scenario FILE

import Foundation
import Simulation
import YAMLTree

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "--scenario", let file = arguments.last {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let told = try Scenario(YAML.parseOne(text, file: file)).play()
    print(told.transcript, terminator: "")
    for violation in told.violations { print("VIOLATION \(violation)") }
    exit(told.violations.isEmpty ? 0 : 1)
}
let bounds = (arguments.first { !$0.hasPrefix("-") } ?? "1-200").split(separator: "-").compactMap { UInt64($0) }
guard let first = bounds.first, let last = bounds.last, first <= last else {
    print("usage: martlet-sim [FIRST-LAST | SEED] [--transcript]")
    exit(2)
}

var failed: [SimulationOutcome] = []
var writes = 0
var kills = 0
var phases: [String: Int] = [:]
let began = ContinuousClock.now
for seed in first...last {
    let outcome = SimulationRun.play(seed: seed)
    writes += outcome.writeCount
    kills += outcome.killCount
    phases[outcome.phase, default: 0] += 1
    if arguments.contains("--transcript") { print(outcome.transcript.text) }
    if !outcome.violations.isEmpty { failed.append(outcome) }
}
let seconds = (ContinuousClock.now - began) / .seconds(1)
let count = Int(last - first + 1)
if let worst = failed.first {
    if !arguments.contains("--transcript") { print(worst.transcript.text) }
    for outcome in failed.prefix(20) { print("seed \(outcome.seed) (\(outcome.title)): \(outcome.violations[0])") }
}
let ends = phases.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
print("\(count) runs in \(Int(seconds * 10)) tenths of a second: \(ends); \(writes) writes, \(kills) kills")
print("\(count - failed.count) passed, \(failed.count) failed")
exit(failed.isEmpty ? 0 : 1)
