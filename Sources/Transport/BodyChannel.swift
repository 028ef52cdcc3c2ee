// Carries a body's pieces from the loop's thread to the task that reads them, with back-pressure.

import Synchronization

/// One producer (the loop), one consumer (a task). Holds at most `byteCountMax` bytes; past that
/// the producer is told to pause and is woken when the consumer has taken what is there.
final class BodyChannel: Sendable {
    private struct State {
        var pieces: [UInt8] = []
        var waiter: CheckedContinuation<Result<[UInt8]?, TransportError>, Never>?
        var end: Result<Void, TransportError>?
        var isPaused = false
    }
    /// Enough for a burst of watch events; beyond it the server waits.
    private static let waitingByteCountMax = 8 << 20

    private let state = Mutex(State())
    private let byteCountMax: Int
    private let onDrained: @Sendable () -> Void

    init(byteCountMax: Int, onDrained: @escaping @Sendable () -> Void) {
        self.byteCountMax = min(byteCountMax, Self.waitingByteCountMax)
        self.onDrained = onDrained
    }

    /// Takes a piece.
    ///
    /// - Returns: False when the channel is full; the piece is then not taken.
    func push(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let (isTaken, waiter) = state.withLock { state in
            if let waiter = state.waiter {
                state.waiter = nil
                return (true, Optional(waiter))
            }
            if !state.pieces.isEmpty, state.pieces.count + bytes.count > byteCountMax {
                state.isPaused = true
                return (false, nil)
            }
            state.pieces.append(contentsOf: bytes)
            return (true, nil)
        }
        waiter?.resume(returning: .success(Array(bytes)))
        return isTaken
    }

    /// Ends the body; what is there can still be read.
    func finish(_ error: TransportError?) {
        let end: Result<Void, TransportError> = error.map { .failure($0) } ?? .success(())
        let waiter = state.withLock { state in
            if state.end == nil { state.end = end }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: end.map { nil })
    }

    /// All that has arrived, waiting for something; nil at the end.
    func next() async throws(TransportError) -> [UInt8]? {
        let result: Result<[UInt8]?, TransportError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in wait(continuation) }
        } onCancel: {
            finish(.cancelled)
        }
        return try result.get()
    }

    private func wait(_ continuation: CheckedContinuation<Result<[UInt8]?, TransportError>, Never>) {
        let (answer, wakes) = state.withLock { state -> (Result<[UInt8]?, TransportError>?, Bool) in
            if !state.pieces.isEmpty {
                let pieces = state.pieces
                state.pieces = []
                defer { state.isPaused = false }
                return (.success(pieces), state.isPaused)
            }
            if let end = state.end { return (end.map { nil }, false) }
            state.waiter = continuation
            return (nil, false)
        }
        if let answer { continuation.resume(returning: answer) }
        if wakes { onDrained() }
    }
}
