// What a container wrote, as much of it as is kept, for those who ask and those who follow.

import ClusterSim
import KubeModel
import Synchronization

/// The log of one run of a container: the newest lines within a limit.
final class ContainerLog: Sendable {
    /// One line, without its line feed.
    struct Line: Sendable {
        var time: Timestamp
        var bytes: [UInt8]

        func text(withTimestamp: Bool) -> [UInt8] {
            (withTimestamp ? Array("\(time.rfc3339Micro) ".utf8) : []) + bytes + [UInt8(ascii: "\n")]
        }
    }

    private struct State {
        var lines: [Line] = []
        /// Lines before this index are forgotten; they are dropped in bulk.
        var first = 0
        var byteCount = 0
        var unfinished: [UInt8] = []
        var followers: [UInt64: AsyncStream<Line>.Continuation] = [:]
        var nextFollower: UInt64 = 0
        var isEnded = false
    }

    private let state = Mutex(State())
    /// Bytes kept of one run of a container, as kubelets rotate logs.
    private static let byteCountMax = 1 << 20
    /// A longer line is cut into several.
    private static let lineByteCountMax = 16 << 10
    /// Lines that may wait for one slow follower; newer ones are dropped for it.
    private static let followerLinesMax = 10_000

    /// Takes output as it comes.
    func append(_ bytes: [UInt8]) {
        let now = Timestamp.wallClock
        state.withLock { state in
            for byte in bytes {
                if byte != UInt8(ascii: "\n") { state.unfinished.append(byte) }
                if byte == UInt8(ascii: "\n") || state.unfinished.count >= Self.lineByteCountMax {
                    Self.finishLine(&state, now)
                }
            }
        }
    }

    /// The container has ended: followers see the end.
    func end() {
        let followers = state.withLock { state in
            if !state.unfinished.isEmpty { Self.finishLine(&state, Timestamp.wallClock) }
            state.isEnded = true
            defer { state.followers = [:] }
            return Array(state.followers.values)
        }
        // Outside the lock: a stream's end calls `forget`.
        for follower in followers { follower.finish() }
    }

    private static func finishLine(_ state: inout State, _ now: Timestamp) {
        let line = Line(time: now, bytes: state.unfinished)
        state.unfinished = []
        state.lines.append(line)
        state.byteCount += line.bytes.count + 1
        while state.byteCount > byteCountMax {
            state.byteCount -= state.lines[state.first].bytes.count + 1
            state.first += 1
        }
        if state.first > state.lines.count / 2 {
            state.lines.removeFirst(state.first)
            state.first = 0
        }
        for follower in state.followers.values { follower.yield(line) }
    }

    /// The lines that a request wants, and those that come after them when it follows.
    func read(_ request: PodLogRequest) -> (text: [UInt8], more: AsyncStream<Line>?) {
        let now = Timestamp.wallClock
        return state.withLock { state in
            var lines = state.lines[state.first...]
            let since = request.sinceTime ?? request.sinceSeconds.map { now - .seconds($0) }
            if let since { lines = lines.drop { $0.time < since } }
            if let tail = request.tailLines { lines = lines.suffix(max(0, tail)) }
            var text: [UInt8] = []
            for line in lines { text += line.text(withTimestamp: request.timestamps) }
            if let limit = request.limitBytes, text.count > limit {
                text.removeLast(text.count - max(0, limit))
            }
            guard request.follow, !state.isEnded else { return (text, nil) }
            let (stream, continuation) = AsyncStream<Line>.makeStream(
                bufferingPolicy: .bufferingOldest(Self.followerLinesMax))
            let id = state.nextFollower
            state.nextFollower += 1
            state.followers[id] = continuation
            continuation.onTermination = { [weak self] _ in
                self?.forget(id)
            }
            return (text, stream)
        }
    }

    private func forget(_ id: UInt64) { state.withLock { state in state.followers[id] = nil } }
}
