// The wall clock as the machine's time.

import Foundation
import KubeModel

/// Wall-clock time that never runs backwards, as the machine expects of its `now`.
struct RealClock: Sendable {
    private var latest = Timestamp.epoch

    /// The time now, or a nanosecond past the last answer when the wall clock was set back.
    mutating func now() -> Timestamp {
        let read = Timestamp.wallClock
        latest = read > latest ? read : Timestamp(nanoseconds: latest.nanoseconds + 1)
        return latest
    }
}

extension Timestamp {
    /// The system's wall clock.
    static var wallClock: Timestamp {
        Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1_000_000_000))
    }
}
