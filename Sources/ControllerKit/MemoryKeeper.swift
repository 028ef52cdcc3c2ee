// Says when memory that a burst of work needed is to be given back.

import KubeModel
import Synchronization

/// Gives memory back once the passes after many of them have ceased for a while. Without passes
/// there is no timer. A class because all workers tell it of their passes.
final class MemoryKeeper: Sendable {
    private struct State {
        var passes = 0
        var isWaiting = false
    }
    private let state = Mutex(State())
    private let runtime: any Runtime
    private let release: @Sendable () -> Void

    /// Fewer passes leave nothing worth a look.
    private static let passesMin = 200
    /// So long there must have been no pass.
    private static let calm: Duration = .seconds(5)

    init(runtime: any Runtime, release: @escaping @Sendable () -> Void) {
        self.runtime = runtime
        self.release = release
    }

    /// A pass has ended.
    func passed() {
        let starts = state.withLock { state in
            state.passes += 1
            guard !state.isWaiting, state.passes >= Self.passesMin else { return false }
            state.isWaiting = true
            return true
        }
        if starts { Task { await self.wait() } }
    }

    /// What was needed for a short time is free now.
    func releaseNow() { release() }

    private func wait() async {
        var last = 0
        var isCalm = false
        while !isCalm {
            try? await runtime.sleep(until: runtime.now() + Self.calm)
            let present = state.withLock { $0.passes }
            isCalm = present == last || Task.isCancelled
            last = present
        }
        state.withLock { $0 = State() }
        release()
    }
}
