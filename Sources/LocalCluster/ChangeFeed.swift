// Tells the parts of this process that play kubelet and mesh what has changed.

import ClusterSim
import JSONTree
import KubeModel
import Synchronization

/// One object's change.
struct ObjectChange: Sendable {
    /// The resource: group and plural name.
    var group: String
    var resource: String
    var key: ObjectKey
    /// The object now; nil when it is gone.
    var object: KubeObject?
}

/// Spreads journal records to subscribers inside the process, in their order, with no HTTP between.
///
/// Subscribe before the cluster begins: restored objects are published first.
final class ChangeFeed: Sendable {
    private struct Subscriber {
        var prefixes: [[UInt8]]
        var stream: AsyncStream<ObjectChange>.Continuation
    }
    private let subscribers = Mutex<[Subscriber]>([])

    /// The changes of these resources (`("apps", "deployments")`), for one consumer. They are not
    /// dropped: the consumer only takes note of each, and is never the slower one for long.
    func changes(of resources: [(group: String, resource: String)]) -> AsyncStream<ObjectChange> {
        let (stream, continuation) = AsyncStream<ObjectChange>.makeStream()
        let prefixes = resources.map { Array("/registry/\($0.group)/\($0.resource)/".utf8) }
        subscribers.withLock { $0.append(Subscriber(prefixes: prefixes, stream: continuation)) }
        return stream
    }

    func publish(_ records: [JournalRecord]) {
        let subscribers = subscribers.withLock { $0 }
        if subscribers.isEmpty { return }
        for record in records {
            let wanting = subscribers.filter { subscriber in
                subscriber.prefixes.contains { record.key.utf8.starts(with: $0) }
            }
            if wanting.isEmpty { continue }
            guard let change = ObjectChange(record) else { continue }
            for subscriber in wanting { subscriber.stream.yield(change) }
        }
    }

    /// Ends all streams.
    func finish() {
        for subscriber in subscribers.withLock({ $0 }) { subscriber.stream.finish() }
    }
}

extension ObjectChange {
    /// Reads a record; nil for one that is no object's.
    init?(_ record: JournalRecord) {
        let parts = record.key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 5, parts[1] == "registry" else { return nil }
        group = parts[2]
        resource = parts[3]
        key =
            parts.count > 5
            ? ObjectKey(namespace: parts[4], name: parts[5...].joined(separator: "/"))
            : ObjectKey(namespace: "", name: parts[4])
        guard let value = record.value else { return }
        guard let tree = try? JSON.parse(value) else { return nil }
        object = KubeObject(tree)
    }
}
