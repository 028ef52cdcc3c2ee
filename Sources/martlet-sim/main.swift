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

/// What is told of a run once it has ended; transcripts are kept of those that are shown only.
struct Tally: Sendable {
    var failed: [SimulationOutcome] = []
    var writes = 0
    var kills = 0
    var phases: [String: Int] = [:]

    mutating func add(_ outcome: SimulationOutcome) {
        writes += outcome.writeCount
        kills += outcome.killCount
        phases[outcome.phase, default: 0] += 1
        if !outcome.violations.isEmpty { failed.append(outcome) }
    }

    mutating func add(_ other: Tally) {
        failed += other.failed
        writes += other.writes
        kills += other.kills
        phases.merge(other.phases, uniquingKeysWith: +)
    }
}

// Seeds have nothing to do with each other: each core plays every nth one.
let showsTranscripts = arguments.contains("--transcript")
let laneCount = showsTranscripts ? 1 : UInt64(max(1, ProcessInfo.processInfo.activeProcessorCount))
let began = ContinuousClock.now
let tally = await withTaskGroup(of: Tally.self) { group in
    for lane in 0..<laneCount {
        group.addTask {
            var tally = Tally()
            for seed in stride(from: first + lane, through: last, by: Int(laneCount)) {
                let outcome = SimulationRun.play(seed: seed)
                if showsTranscripts { print(outcome.transcript.text) }
                tally.add(outcome)
            }
            return tally
        }
    }
    var whole = Tally()
    for await tally in group { whole.add(tally) }
    return whole
}
let failed = tally.failed.sorted { $0.seed < $1.seed }
let seconds = (ContinuousClock.now - began) / .seconds(1)
let count = Int(last - first + 1)
if let worst = failed.first {
    if !showsTranscripts { print(worst.transcript.text) }
    for outcome in failed.prefix(20) { print("seed \(outcome.seed) (\(outcome.title)): \(outcome.violations[0])") }
}
let ends = tally.phases.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
print("\(count) runs in \(Int(seconds * 10)) tenths of a second: \(ends); \(tally.writes) writes, \(tally.kills) kills")
print("\(count - failed.count) passed, \(failed.count) failed")
exit(failed.isEmpty ? 0 : 1)
