// Many programs at once, some of which end at the same moment: each one's end is seen.

import Sourcing
import Testing

@Suite struct BurstTests {
    @Test(.timeLimit(.minutes(5))) func everyEndOfABurstIsSeen() async throws {
        for round in 0..<60 {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        let command = Command(
                            "/bin/sh", ["-c", "echo \(round); echo x >&2; exit \(lane)"], environment: [:],
                            timeout: .seconds(20), outputByteCountMax: 1 << 16)
                        return try await ProcessRunner().run(command).exitCode - lane
                    }
                }
                for try await difference in group { #expect(difference == 0) }
            }
        }
    }
}
