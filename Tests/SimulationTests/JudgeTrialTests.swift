// What docs/judge.md promises, on fewer trials than `martlet-bench judge` runs.

import Testing

@testable import Simulation

@Suite struct JudgeTrialTests {
    /// The usual query: twice what stable has would be 2 %, so the limit lies between.
    private let usual = JudgeTrial.Method.threshold(limit: 0.015, delaySeconds: 300)

    @Test(arguments: [(0.01, 50, 50), (0.001, 50, 50), (0.05, 5, 45), (0.2, 2, 8)])
    func `equal versions are rolled back once in a hundred trials at most`(
        _ rate: Double, _ canaryPerSecond: Int, _ stablePerSecond: Int
    ) {
        let trial = JudgeTrial {
            $0.canaryRate = rate
            $0.stableRate = rate
            $0.canaryPerSecond = canaryPerSecond
            $0.stablePerSecond = stablePerSecond
        }
        #expect(trial.run(count: 200, seed: 7).badPart <= 0.01)
    }

    @Test func `a window finds late errors sooner, and is seldom wrong`() {
        let short = JudgeTrial.Method.judge(windowSeconds: 600)
        #expect(JudgeTrial { $0.method = short }.run(count: 200, seed: 7).badPart <= 0.01)
        func late(_ method: JudgeTrial.Method) -> Int {
            JudgeTrial {
                $0.method = method
                $0.canaryRate = 0.02
                $0.changeSeconds = 600
            }.run(count: 60, seed: 7).badMedianSeconds ?? .max
        }
        #expect(late(short) < late(.judge(windowSeconds: nil)))
    }

    @Test func `doubled errors are found sooner than by the usual query`() throws {
        let judged = JudgeTrial { $0.canaryRate = 0.02 }.run(count: 200, seed: 7)
        let asked = JudgeTrial {
            $0.canaryRate = 0.02
            $0.method = usual
        }.run(count: 200, seed: 7)
        let (found, usualFound) = (try #require(judged.badMedianSeconds), try #require(asked.badMedianSeconds))
        #expect(found < usualFound)
        #expect(found <= 120)
        #expect(judged.badPart >= 0.99)
    }

    @Test func `the usual query without a delay rolls many equal versions back`() {
        let hasty = JudgeTrial { $0.method = .threshold(limit: 0.015, delaySeconds: 0) }
        #expect(hasty.run(count: 200, seed: 7).badPart > 0.05)
    }

    @Test func `a good canary is called good in the end, a bad one is not`() {
        let good = JudgeTrial { $0.endsWhenGood = true }.run(count: 100, seed: 3)
        #expect((good.goodMedianSeconds ?? .max) <= 600)
        let bad = JudgeTrial {
            $0.endsWhenGood = true
            $0.canaryRate = 0.02
        }.run(count: 200, seed: 3)
        #expect(bad.goodSeconds.count <= 2)
    }

    @Test func `equal latencies are rarely called slower, slower ones soon`() {
        #expect(LatencyTrial().run(count: 60, seed: 5).badSeconds.isEmpty)
        let slow = LatencyTrial { $0.slowdown = 1.3 }.run(count: 60, seed: 5)
        #expect(slow.badPart == 1)
        #expect((slow.badMedianSeconds ?? .max) <= 120)
    }
}
