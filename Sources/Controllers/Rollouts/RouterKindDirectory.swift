// In which version a cluster serves the kinds that routers look at.

import ControllerKit
import KubeClient
import KubeModel
import RolloutCore
import Synchronization
import TrafficRouting

/// Answers of discovery, remembered while they last: a version that is served is asked for once, a
/// kind that is not is asked for again after a pause. A class because passes share it.
final class RouterKindDirectory: Sendable {
    private struct State {
        var served: [GroupKind: String] = [:]
        var missing: [GroupKind: Timestamp] = [:]
    }
    private let state = Mutex(State())
    /// How long a kind that is not served is believed to be so.
    private static let patience: Duration = .seconds(10)

    /// The first of a kind's versions that is served; nil when none is. Then the pass goes on
    /// without the objects, and says what is missing.
    func version(of kind: RouterKind, _ pass: Pass) async throws(Failure) -> String? {
        let (known, missed) = state.withLock { ($0.served[kind.groupKind], $0.missing[kind.groupKind]) }
        if let known { return known }
        if let missed, pass.now < missed + Self.patience { return nil }
        for version in kind.versions {
            let wanted = GroupVersionKind(group: kind.group, version: version, kind: kind.kind)
            do throws(KubeError) {
                _ = try await pass.api.resource(for: wanted)
                state.withLock { state in
                    state.served[kind.groupKind] = version
                    state.missing[kind.groupKind] = nil
                }
                return version
            } catch {
                guard case .unknownKind = error else {
                    throw .transient(error, doing: "asking what the API server serves")
                }
            }
        }
        state.withLock { $0.missing[kind.groupKind] = pass.now }
        return nil
    }

    /// When to ask again about kinds that were not served.
    func askAgain(_ rollout: KubeObject, _ now: Timestamp) -> Timestamp? {
        if state.withLock({ $0.missing.isEmpty }) { return nil }
        let kinds = RolloutRouters.kinds(of: rollout)
        return state.withLock { state in
            kinds.contains { state.missing[$0.groupKind] != nil } ? now + Self.patience : nil
        }
    }
}
