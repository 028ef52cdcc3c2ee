// How long rollouts are where, and what a version that failed has had of the traffic.

import Controllers
import KubeModel
import MartletModel
import Testing

@Suite struct RolloutTimesTests {
    private static let start = Timestamp(wholeSeconds: 1_800_000_000)

    private static func status(_ phase: RolloutPhase, isAborted: Bool = false) -> RolloutStatus {
        var status = RolloutStatus()
        status.phase = phase
        status.currentPodHash = "new"
        status.stableHash = "old"
        status.isAborted = isAborted
        return status
    }

    @Test func `a phase is counted when it is left`() {
        var times = RolloutTimes()
        let progressing = Self.status(.progressing)
        let paused = Self.status(.paused)
        #expect(times.take(progressing, deciding: progressing, share: 0, now: Self.start) == [])
        #expect(times.take(progressing, deciding: paused, share: 0, now: Self.start + .seconds(4)) == [])
        let left = times.take(paused, deciding: paused, share: 0.1, now: Self.start + .seconds(10))
        #expect(left == [.phase(.progressing, 10)])
    }

    @Test func `an abort tells what the version has served and how soon it no longer did`() {
        var times = RolloutTimes()
        let paused = Self.status(.paused)
        let degraded = Self.status(.degraded, isAborted: true)
        _ = times.take(paused, deciding: paused, share: 0, now: Self.start)
        _ = times.take(paused, deciding: paused, share: 0.25, now: Self.start + .seconds(10))
        // A quarter of the traffic for eight seconds, and then the decision to give it up.
        let given = times.take(paused, deciding: degraded, share: 0.25, now: Self.start + .seconds(18))
        #expect(given == [.failure(exposure: 2, share: 0.25)])
        let back = times.take(degraded, deciding: degraded, share: 0, now: Self.start + .seconds(19))
        #expect(back == [.phase(.paused, 19), .rollback(1)])
        #expect(times.take(degraded, deciding: degraded, share: 0, now: Self.start + .seconds(60)) == [])
    }

    @Test func `what was aborted before this process began is not measured`() {
        var times = RolloutTimes()
        let degraded = Self.status(.degraded, isAborted: true)
        #expect(times.take(degraded, deciding: degraded, share: 0.5, now: Self.start) == [])
        #expect(times.take(degraded, deciding: degraded, share: 0, now: Self.start + .seconds(5)) == [])
    }

    @Test func `an update's end tells how long it took, and how long of that it paused`() {
        var times = RolloutTimes()
        let progressing = Self.status(.progressing)
        _ = times.take(progressing, deciding: progressing, share: 0, now: Self.start)
        var ended = Self.status(.progressing)
        ended.duration.startedAt = Self.start
        ended.duration.finishedAt = Self.start + .seconds(90)
        ended.duration.completionStatus = "Promoted"
        ended.duration.totalManualPauseSeconds = 60
        let readings = times.take(ended, deciding: ended, share: 0, now: Self.start + .seconds(91))
        #expect(readings == [.ended("Promoted", seconds: 90, paused: 60)])
        #expect(times.take(ended, deciding: ended, share: 0, now: Self.start + .seconds(95)) == [])
    }

    @Test func `another version begins at nothing`() {
        var times = RolloutTimes()
        let paused = Self.status(.paused)
        _ = times.take(paused, deciding: paused, share: 0.5, now: Self.start)
        var next = Self.status(.paused)
        next.currentPodHash = "newer"
        _ = times.take(next, deciding: next, share: 0, now: Self.start + .seconds(100))
        var given = next
        given.isAborted = true
        let readings = times.take(next, deciding: given, share: 0, now: Self.start + .seconds(101))
        #expect(readings == [.failure(exposure: 0, share: 0)])
    }
}
