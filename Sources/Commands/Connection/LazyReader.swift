// Objects for the pure core, read from the cluster when it asks for them.

import KubeModel
import Synchronization

/// A reader that answers from what it holds and remembers what it was asked for in vain. The core
/// is asked again once that has been read, until it has all it wants: so the plugin needs no list
/// of what a rollout refers to, whatever its router is.
final class LazyReader: ObjectReader, Sendable {
    private struct Wish: Hashable {
        var kind: GroupKind
        /// Nil for all objects of a namespace.
        var key: ObjectKey?
        var namespace = ""
    }
    private struct State {
        var objects: [GroupKind: [ObjectKey: KubeObject]] = [:]
        /// What has been asked of the cluster, found or not.
        var known: Set<Wish> = []
        var missing: Set<Wish> = []
        var refused: [String] = []
    }
    private let access: (any CommandCluster)?
    private let state = Mutex(State())

    /// Rounds of asking and reading; each follows references one further.
    private static let roundsMax = 12

    /// - Parameter access: Nil for a reader of only what it is given.
    init(_ access: (any CommandCluster)?, holding objects: [KubeObject] = []) {
        self.access = access
        for object in objects { hold(object) }
    }

    /// Holds an object in place of the cluster's.
    func hold(_ object: KubeObject) {
        state.withLock { $0.objects[object.kind.groupKind, default: [:]][object.key] = object }
    }

    /// Everything it holds by now.
    var held: [KubeObject] {
        state.withLock { $0.objects.values.flatMap { $0.values.sorted { $0.key < $1.key } } }
    }

    /// What the cluster would not show, in the server's words.
    var refusals: [String] { state.withLock { $0.refused } }

    /// What was asked for and is not there.
    var absent: [(kind: GroupKind, key: ObjectKey)] {
        state.withLock { state in
            state.known.union(state.missing).compactMap { wish in
                guard let key = wish.key, state.objects[wish.kind]?[key] == nil else { return nil }
                return (wish.kind, key)
            }.sorted { ($0.kind.description, $0.key) < ($1.kind.description, $1.key) }
        }
    }

    /// Asks until nothing is missing any more.
    func settled<Answer>(_ ask: (LazyReader) -> Answer) async throws -> Answer {
        for _ in 0..<Self.roundsMax {
            let answer = ask(self)
            let missing = state.withLock { $0.missing }
            guard let access, !missing.isEmpty else { return answer }
            for wish in missing { try await read(wish, access) }
            state.withLock { state in
                state.known.formUnion(missing)
                state.missing = []
            }
        }
        return ask(self)
    }

    private func read(_ wish: Wish, _ access: any CommandCluster) async throws {
        do {
            var found: [KubeObject] = []
            if let key = wish.key {
                found = try await access.find(wish.kind, key).map { [$0] } ?? []
            } else {
                found = try await access.findAll(wish.kind, namespace: wish.namespace)
            }
            state.withLock { state in
                for object in found where state.objects[wish.kind]?[object.key] == nil {
                    state.objects[wish.kind, default: [:]][object.key] = object
                }
            }
        } catch let status as APIStatus where status.isForbidden {
            state.withLock { $0.refused.append(status.message) }
        }
    }

    // MARK: ObjectReader

    func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? {
        state.withLock { state in
            if let object = state.objects[kind]?[key] { return object }
            note(Wish(kind: kind, key: key), &state)
            return nil
        }
    }

    func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject] {
        state.withLock { state in
            note(Wish(kind: kind, key: nil, namespace: namespace ?? ""), &state)
            return (state.objects[kind] ?? [:]).values
                .filter { namespace == nil || $0.namespace == namespace }.sorted { $0.key < $1.key }
        }
    }

    func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject] {
        objects(kind, namespace: namespace).filter { $0.ownerReferences.contains { $0.uid == uid } }
    }

    private func note(_ wish: Wish, _ state: inout State) {
        if !state.known.contains(wish) { state.missing.insert(wish) }
    }
}
