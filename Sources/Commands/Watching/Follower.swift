// Looks again whenever something has changed, without asking the server again.

import KubeModel
import Synchronization

/// What is watched.
struct Subscription: Hashable, Sendable {
    var resource: GroupVersionResource
    var scope: CommandScope
    init(_ resource: GroupVersionResource, _ scope: CommandScope) {
        self.resource = resource
        self.scope = scope
    }
}

/// The objects that watches have told of so far.
struct WatchedObjects: Sendable {
    private var objects: [GroupVersionResource: [ObjectKey: KubeObject]] = [:]
    private(set) var version = 0

    mutating func take(_ news: WatchNews, of resource: GroupVersionResource) {
        version += 1
        switch news {
        case .listed(let all):
            objects[resource] = Dictionary(all.map { ($0.key, $0) }) { _, last in last }
        case .changed(let object): objects[resource, default: [:]][object.key] = object
        case .removed(let object): objects[resource]?[object.key] = nil
        }
    }

    /// Whether a first list of it has arrived.
    func has(_ resource: GroupVersionResource) -> Bool { objects[resource] != nil }
    func all(_ resource: GroupVersionResource) -> [KubeObject] {
        (objects[resource] ?? [:]).values.sorted { $0.key < $1.key }
    }
    func object(_ resource: GroupVersionResource, _ key: ObjectKey) -> KubeObject? {
        objects[resource]?[key]
    }
}

/// Where the watches' tasks put what they are told.
private final class WatchedStore: Sendable {
    private let state = Mutex(WatchedObjects())
    var objects: WatchedObjects { state.withLock { $0 } }
    func take(_ news: WatchNews, of resource: GroupVersionResource) {
        state.withLock { $0.take(news, of: resource) }
    }
}

/// How a watch has ended.
enum FollowEnd: Hashable, Sendable { case looked, timeout, interrupted }

/// Looks at what is watched: at each change, not more often than five times a second, and at least
/// each second, since ages move.
struct Follower: Sendable {
    /// Zero is without end.
    var timeout: Duration = .zero
    /// Whether to look each second though nothing has changed.
    var looksEachSecond = true
    var subscriptions: [Subscription]

    private static let gap: Duration = .milliseconds(200)

    private enum Wake: Sendable { case news, second, end(FollowEnd) }

    /// Looks until `look` returns false, the time is up, or somebody interrupts.
    ///
    /// - Throws: What `look` throws, and a watch that cannot be opened.
    func run(
        _ access: any CommandCluster, _ terminal: any Terminal,
        _ look: @escaping @Sendable (WatchedObjects) async throws -> Bool
    ) async throws -> FollowEnd {
        terminal.catchInterrupts()
        let store = WatchedStore()
        let (wakes, continuation) = AsyncStream.makeStream(
            of: Wake.self, bufferingPolicy: .bufferingNewest(8))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for subscription in subscriptions {
                group.addTask {
                    do {
                        for try await news in access.watch(
                            subscription.resource, subscription.scope)
                        {
                            store.take(news, of: subscription.resource)
                            continuation.yield(.news)
                        }
                    } catch {
                        continuation.finish()
                        throw error
                    }
                }
            }
            group.addTask { try await tick(terminal, continuation) }
            var end = FollowEnd.looked
            var seen = -1
            loop: for await wake in wakes {
                let objects = store.objects
                switch wake {
                case .end(let reason):
                    end = reason
                    break loop
                case .second where !looksEachSecond && objects.version == seen: continue
                case .news where objects.version == seen: continue
                case .second, .news: break
                }
                guard subscriptions.allSatisfy({ objects.has($0.resource) }) else { continue }
                seen = objects.version
                if try await !look(objects) { break loop }
                try await Task.sleep(for: Self.gap)
            }
            group.cancelAll()
            // A watch that failed for good ends the loop too: its error is the end.
            do { while try await group.next() != nil {} } catch is CancellationError {}
            return end
        }
    }

    /// Wakes each second, and ends the watch when its time is up or somebody interrupts.
    private func tick(_ terminal: any Terminal, _ continuation: AsyncStream<Wake>.Continuation)
        async throws
    {
        let start = ContinuousClock.now
        var tenths = 0
        while true {
            try await Task.sleep(for: .milliseconds(100))
            tenths += 1
            if terminal.isInterrupted { return Self.end(.interrupted, continuation) }
            if timeout > .zero, ContinuousClock.now - start >= timeout {
                return Self.end(.timeout, continuation)
            }
            if tenths.isMultiple(of: 10) { continuation.yield(.second) }
        }
    }

    private static func end(_ reason: FollowEnd, _ continuation: AsyncStream<Wake>.Continuation) {
        continuation.yield(.end(reason))
        continuation.finish()
    }
}
