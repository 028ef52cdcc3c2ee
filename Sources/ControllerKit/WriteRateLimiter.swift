// Our own limit on writes, with the urgent ones first.

package import KubeModel

/// A bucket of tokens: so many writes a second, so many at once.
package struct TokenBucket: Sendable {
    private let perSecond: Double
    private let burst: Double
    private var tokens: Double
    private var filledAt: Timestamp

    package init(perSecond: Double, burst: Double, now: Timestamp) {
        self.perSecond = perSecond
        self.burst = burst
        tokens = burst
        filledAt = now
    }

    /// Takes a token if there is one.
    package mutating func take(now: Timestamp) -> Bool {
        fill(now: now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// When there will be a token.
    package mutating func nextTime(now: Timestamp) -> Timestamp {
        fill(now: now)
        if tokens >= 1 { return now }
        return now + .nanoseconds(Int64(((1 - tokens) / perSecond * 1e9).rounded(.up)))
    }

    private mutating func fill(now: Timestamp) {
        // A clock that goes back only stops the filling.
        if now > filledAt { tokens = min(burst, tokens + (now - filledAt).inSeconds * perSecond) }
        filledAt = now
    }
}

/// Lets writes pass in the order of their priority. An actor round the bucket.
package actor WriteRateLimiter {
    private var bucket: TokenBucket
    private var waiting: [[CheckedContinuation<Void, Never>]] = PlannedChange.Priority.allCases.map { _ in [] }
    private var isPumping = false
    private let runtime: any Runtime

    package init(perSecond: Double, burst: Int, runtime: any Runtime) {
        bucket = TokenBucket(perSecond: perSecond, burst: Double(burst), now: runtime.now())
        self.runtime = runtime
    }

    /// Returns when a write of that priority may be sent.
    package func pass(_ priority: PlannedChange.Priority) async {
        if waiting.allSatisfy(\.isEmpty), bucket.take(now: runtime.now()) { return }
        await withCheckedContinuation { continuation in
            waiting[priority.rawValue].append(continuation)
            startPump()
        }
    }

    private func startPump() {
        if isPumping { return }
        isPumping = true
        Task { await self.pump() }
    }

    private func pump() async {
        while let lane = waiting.indices.first(where: { !waiting[$0].isEmpty }) {
            if bucket.take(now: runtime.now()) {
                waiting[lane].removeFirst().resume()
            } else {
                // Cancellation does not end the waiting of others: without a sleep the loop only
                // looks again.
                try? await runtime.sleep(until: bucket.nextTime(now: runtime.now()))
                await Task.yield()
            }
        }
        isPumping = false
    }
}
