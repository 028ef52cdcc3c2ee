// Growing pauses with jitter.

/// A pause that doubles with each attempt up to a maximum, spread so that many who failed together
/// do not come back together.
package struct Backoff: Hashable, Sendable {
    package var base: Duration
    package var max: Duration
    /// The share of the pause that chance may add: 0 to 1.
    package var jitter: Double

    package init(base: Duration, max: Duration, jitter: Double = 0.2) {
        self.base = base
        self.max = max
        self.jitter = jitter
    }

    /// Passes that failed: quick at first, since most failures are conflicts and hiccups.
    package static let reconcile = Backoff(base: .milliseconds(200), max: .seconds(300))
    /// Lists and watches that failed (client-go: 0.8 to 30 s).
    package static let reflector = Backoff(base: .milliseconds(800), max: .seconds(30), jitter: 1)
    /// Resources that are not served yet.
    package static let absence = Backoff(base: .seconds(1), max: .seconds(30))

    /// The pause before an attempt; `attempt` counts from 0.
    package func delay(attempt: Int, random: UInt64) -> Duration {
        var pause = base
        for _ in 0..<min(attempt, 40) where pause < max { pause = pause * 2 }
        pause = min(pause, max)
        let share = Double(random >> 11) / Double(1 << 53) * jitter
        return pause + pause * share
    }
}
