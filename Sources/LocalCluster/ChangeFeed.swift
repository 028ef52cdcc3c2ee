// Tells the parts of this process that play kubelet and mesh what has changed.

import ClusterSim
import JSONTree
import KubeModel
import Synchronization

/// One object's change.
struct ObjectChange: Sendable {
    /// The plural name that the subscriber asked for.
    var resource: String
    var key: ObjectKey
    /// The object now; nil when it is gone.
    var object: KubeObject?
}

/// Spreads journal records to subscribers inside the process, in their order, with no HTTP between.
///
/// Subscribe before the cluster begins: restored objects are published first.
final class ChangeFeed: Sendable {
    /// A resource whose changes somebody wants. Storage keys of built-in resources have no group.
    struct Resource: Sendable {
        var name: String
        /// Empty for built-in resources.
        var customGroup = ""
        var prefix: String {
            customGroup.isEmpty ? "/registry/\(name)/" : "/registry/\(customGroup)/\(name)/"
        }
    }

    private struct Subscriber {
        var resources: [(prefix: [UInt8], name: String)]
        var stream: AsyncStream<ObjectChange>.Continuation
    }
    private let subscribers = Mutex<[Subscriber]>([])

    /// The changes of these resources, for one consumer. They are not dropped: a consumer only
    /// takes note of each, and is never the slower one for long.
    func changes(of resources: [Resource]) -> AsyncStream<ObjectChange> {
        let (stream, continuation) = AsyncStream<ObjectChange>.makeStream()
        let wanted = resources.map { (prefix: Array($0.prefix.utf8), name: $0.name) }
        subscribers.withLock { $0.append(Subscriber(resources: wanted, stream: continuation)) }
        return stream
    }

    func publish(_ records: [JournalRecord]) {
        let subscribers = subscribers.withLock { $0 }
        if subscribers.isEmpty { return }
        for record in records {
            let key = record.key.utf8
            for subscriber in subscribers {
                guard let resource = subscriber.resources.first(where: { key.starts(with: $0.prefix) }),
                    let change = ObjectChange(
                        record, resource: resource.name, prefixCount: resource.prefix.count)
                else { continue }
                subscriber.stream.yield(change)
            }
        }
    }

    /// Ends all streams.
    func finish() {
        for subscriber in subscribers.withLock({ $0 }) { subscriber.stream.finish() }
    }
}

extension ObjectChange {
    /// Reads a record whose key begins with a resource's prefix; nil for one that is not readable.
    fileprivate init?(_ record: JournalRecord, resource: String, prefixCount: Int) {
        let parts = record.key.utf8.dropFirst(prefixCount).split(separator: UInt8(ascii: "/")).map {
            String(Substring($0))
        }
        guard let name = parts.last else { return nil }
        self.resource = resource
        key = ObjectKey(namespace: parts.count > 1 ? parts[0] : "", name: name)
        guard let value = record.value else { return }
        guard let tree = try? JSON.parse(value) else { return nil }
        object = KubeObject(tree)
    }
}
