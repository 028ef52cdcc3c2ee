// Waiting for a state, with an end.

import Testing

/// Looks again and again until something holds; records an issue when it does not for two minutes:
/// a busy machine runs all tests at once.
func eventually(_ what: String, _ holds: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < end {
        if try await holds() { return }
        try await pause(.milliseconds(5))
    }
    Issue.record("never: \(what)")
}

/// Lets time pass where nothing is to happen meanwhile.
func pause(_ duration: Duration) async throws { try await ContinuousClock().sleep(for: duration) }
