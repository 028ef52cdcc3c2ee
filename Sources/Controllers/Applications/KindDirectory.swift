// What the server serves, remembered; and which Applications wait for a kind.

import KubeClient
import KubeModel
import SyncCore
import Synchronization

/// Answers of discovery. Kinds that are not served are asked for again after a pause, or at once
/// when a CustomResourceDefinition appears. A class because watches and passes share it.
final class KindDirectory: Sendable {
    private struct State {
        var known: [GroupVersionKind: ResourceMapping] = [:]
        var unserved: [GroupVersionKind: Timestamp] = [:]
        /// Applications that want an unserved kind.
        var waiting: [GroupKind: Set<ObjectKey>] = [:]
        /// Resources that have been scanned for claims once.
        var scanned: Set<GroupKind> = []
    }
    private let state = Mutex(State())
    private static let patience: Duration = .seconds(10)

    /// The resource of a kind; nil when the server serves none.
    ///
    /// - Throws: When the server cannot be asked.
    func mapping(
        _ kind: GroupVersionKind, for application: ObjectKey, _ api: any KubeAPI, now: Timestamp
    ) async throws(KubeError) -> ResourceMapping? {
        let (known, missing) = state.withLock { ($0.known[kind], $0.unserved[kind]) }
        if let known { return known }
        if let missing, now < missing + Self.patience { return note(kind, application) }
        do throws(KubeError) {
            let mapping = try await api.resource(for: kind)
            state.withLock { state in
                state.known[kind] = mapping
                state.unserved[kind] = nil
            }
            return mapping
        } catch {
            guard case .unknownKind = error else { throw error }
            state.withLock { $0.unserved[kind] = now }
            return note(kind, application)
        }
    }

    private func note(_ kind: GroupVersionKind, _ application: ObjectKey) -> ResourceMapping? {
        state.withLock { state in _ = state.waiting[kind.groupKind, default: []].insert(application) }
        return nil
    }

    /// Forgets an answer that turned out to be wrong.
    func forget(_ kind: GroupKind) {
        state.withLock { state in
            state.known = state.known.filter { $0.key.groupKind != kind }
            state.unserved = state.unserved.filter { $0.key.groupKind != kind }
        }
    }

    /// A definition appeared or changed: the Applications that may go on now.
    func definitionChanged(_ kind: GroupKind) -> [ObjectKey] {
        state.withLock { state in
            state.unserved = state.unserved.filter { $0.key.groupKind != kind }
            return state.waiting.removeValue(forKey: kind).map(Array.init) ?? []
        }
    }

    /// Whether a kind's objects have to be scanned for claims: true the first time.
    func needsScan(_ kind: GroupKind) -> Bool { state.withLock { $0.scanned.insert(kind).inserted } }

    /// The resource of a kind in any version that was asked for before.
    func knownMapping(_ kind: GroupKind) -> ResourceMapping? {
        state.withLock { state in state.known.first { $0.key.groupKind == kind }?.value }
    }
}
