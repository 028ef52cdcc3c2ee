// Time and chance as a capability that runners are given.

package import KubeModel

import Glibc

/// Wall clock, sleep and jitter. Live: `SystemRuntime`; tests bring their own.
package protocol Runtime: Sendable {
    /// The wall clock, for API fields and for machines.
    func now() -> Timestamp
    /// Returns at that time, or throws when the task is cancelled.
    func sleep(until time: Timestamp) async throws
    /// For jitter only: names and hashes are deterministic.
    func random() -> UInt64
}

/// The real clock.
package struct SystemRuntime: Runtime {
    package init() {}

    package func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package func sleep(until time: Timestamp) async throws {
        let pause = time - now()
        if pause > .zero { try await Task.sleep(for: pause) } else { try Task.checkCancellation() }
    }

    package func random() -> UInt64 { UInt64.random(in: .min ... .max) }
}
