// A few seeds, end to end; `martlet-sim 1-2000` plays them by the thousand.

import Testing

@testable import Simulation

@Suite struct SeedTests {
    @Test("seeds end as they should, with every invariant held", arguments: 1...6)
    func seeds(_ seed: Int) {
        let outcome = SimulationRun.play(seed: UInt64(seed))
        #expect(outcome.violations == [])
        #expect(outcome.writeCount > 0)
    }

    @Test func `a seed repeats to the letter`() {
        #expect(SimulationRun.play(seed: 11).transcript.text == SimulationRun.play(seed: 11).transcript.text)
    }
}
