// The judge's error rates: a table for docs/judge.md, and two figures for the budget.

import Simulation

/// Trials of the judge, row by row.
struct JudgeWorkload {
    let runCount: Int
    private static let seed: UInt64 = 2026
    private static let usual = JudgeTrial.Method.threshold(limit: 0.015, delaySeconds: 300)
    private static let judge = JudgeTrial.Method.judge(windowSeconds: nil)
    private static let short = JudgeTrial.Method.judge(windowSeconds: 600)
    private static let hasty = JudgeTrial.Method.threshold(limit: 0.015, delaySeconds: 0)

    private var trials: [(name: String, trial: JudgeTrial)] {
        func trial(_ method: JudgeTrial.Method, _ change: (inout JudgeTrial) -> Void) -> JudgeTrial {
            JudgeTrial {
                $0.method = method
                change(&$0)
            }
        }
        let doubled: (inout JudgeTrial) -> Void = { $0.canaryRate = 0.02 }
        let late: (inout JudgeTrial) -> Void = {
            $0.canaryRate = 0.02
            $0.changeSeconds = 600
        }
        func equal(_ rate: Double, _ canary: Int, _ stable: Int) -> JudgeTrial {
            trial(Self.judge) {
                $0.canaryRate = rate
                $0.stableRate = rate
                $0.canaryPerSecond = canary
                $0.stablePerSecond = stable
            }
        }
        return [
            ("equal, 1 % errors, 50/s each: judge", equal(0.01, 50, 50)),
            ("equal, 1 %: judge with a window of 10 min", trial(Self.short) { _ in }),
            ("equal, 1 %: 5-minute query >= 1.5 %, from the start", trial(Self.hasty) { _ in }),
            ("equal, 1 %: the same, first asked after 5 min", trial(Self.usual) { _ in }),
            ("equal, 0.1 %, 50/s each: judge", equal(0.001, 50, 50)),
            ("equal, 5 %, 5/s and 45/s: judge", equal(0.05, 5, 45)),
            ("equal, 20 %, 20/s and 80/s: judge", equal(0.2, 20, 80)),
            ("1 % to 2 %, 50/s each: judge", trial(Self.judge, doubled)),
            ("1 % to 2 %: 5-minute query, first asked after 5 min", trial(Self.usual, doubled)),
            ("1 % to 2 % after 10 good minutes: judge", trial(Self.judge, late)),
            ("1 % to 2 % after 10 good minutes: judge with a window of 10 min", trial(Self.short, late)),
            ("1 % to 2 % after 10 good minutes: 5-minute query", trial(Self.usual, late)),
        ]
    }

    /// A line a trial.
    func table() -> [String] {
        var lines = ["| versions, who looks every 10 s for 30 min | called bad | median until then |", "|---|---|---|"]
        func add(_ name: String, _ summary: JudgeTrial.Summary) {
            let tenths = Int((summary.badPart * 1000).rounded())
            let median = summary.badMedianSeconds.map { "\($0) s" } ?? "-"
            lines.append("| \(name) | \(tenths / 10).\(tenths % 10) % | \(median) |")
        }
        for (name, trial) in trials { add(name, trial.run(count: runCount, seed: Self.seed)) }
        for slowdown in [1.0, 1.1, 1.2, 1.5] {
            let trial = LatencyTrial { $0.slowdown = slowdown }
            let name = slowdown == 1 ? "equal latencies" : "latencies \(slowdown) times as long"
            add("\(name), 5/s each: judge", trial.run(count: runCount / 4, seed: Self.seed))
        }
        return lines
    }

    /// Of equal versions the part that is called bad, and the two medians for doubled errors.
    func figures() -> (falsePart: Double, judgeSeconds: Int, querySeconds: Int) {
        func summary(_ method: JudgeTrial.Method, _ rate: Double) -> JudgeTrial.Summary {
            JudgeTrial {
                $0.method = method
                $0.canaryRate = rate
            }.run(count: runCount, seed: Self.seed)
        }
        return (
            summary(Self.judge, 0.01).badPart, summary(Self.judge, 0.02).badMedianSeconds ?? .max,
            summary(Self.usual, 0.02).badMedianSeconds ?? .max
        )
    }
}
