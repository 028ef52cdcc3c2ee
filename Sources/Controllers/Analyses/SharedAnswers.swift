// One answer for equal questions that are asked while it is on its way.

package import KubeModel
import Synchronization

/// Joins a question to an equal one that is under way. Nothing is kept once an answer is there, so
/// that none is older than its own journey. A class with a lock, since measurements are tasks of
/// their own.
package final class SharedAnswers<Question: Hashable & Sendable, Answer: Sendable, Failure: Error>: Sendable {
    private typealias Outcome = Result<Answer, Failure>
    private enum Turn: Sendable {
        case asks(journey: UInt64)
        case has(Outcome)
    }
    private struct State {
        /// Of each question the latest that is under way.
        var latest: [Question: (journey: UInt64, askedAt: Timestamp)] = [:]
        /// Who waits for what somebody else asked.
        var joined: [UInt64: [CheckedContinuation<Turn, Never>]] = [:]
        var lastJourney: UInt64 = 0
    }
    private let state = Mutex(State())
    private let ageMax: Duration

    /// - Parameter ageMax: One that has been under way for longer is not joined.
    package init(ageMax: Duration) { self.ageMax = ageMax }

    /// The answer to a question.
    ///
    /// - Parameters:
    ///   - joining: Called at once when an equal question is under way, whose answer is waited for.
    ///   - ask: Asks, where none is.
    package func answer(
        to question: Question, now: Timestamp, joining: () -> Void, ask: () async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        let turn = await withCheckedContinuation { continuation in
            guard let journey = join(question, now, continuation) else { return joining() }
            continuation.resume(returning: .asks(journey: journey))
        }
        switch turn {
        case .has(let outcome): return try outcome.get()
        case .asks(let journey):
            let outcome: Outcome
            do throws(Failure) { outcome = .success(try await ask()) } catch { outcome = .failure(error) }
            let others = state.withLock { state in
                if state.latest[question]?.journey == journey { state.latest[question] = nil }
                return state.joined.removeValue(forKey: journey) ?? []
            }
            for other in others { other.resume(returning: .has(outcome)) }
            return try outcome.get()
        }
    }

    /// Nil when it is joined to one under way; otherwise the number of a new one.
    private func join(
        _ question: Question, _ now: Timestamp, _ continuation: CheckedContinuation<Turn, Never>
    ) -> UInt64? {
        state.withLock { state in
            if let latest = state.latest[question], now - latest.askedAt <= ageMax {
                state.joined[latest.journey, default: []].append(continuation)
                return nil
            }
            state.lastJourney += 1
            state.latest[question] = (state.lastJourney, now)
            return state.lastJourney
        }
    }
}
