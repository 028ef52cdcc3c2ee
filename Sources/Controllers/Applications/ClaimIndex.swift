// Which live objects bear which Application's claim, kept current by the watches.

import KubeModel
import SyncCore
import Synchronization

/// The objects by the instance that claims them. Entries may be stale: who reads them looks at the
/// object itself. A class because watches and passes share it.
final class ClaimIndex: Sendable {
    private let claims = Mutex<[String: Set<ResourceKey>]>([:])

    /// Notes an object's claim, if it bears one.
    func note(_ object: KubeObject) {
        guard let claim = Tracking.of(object) else { return }
        let key = ResourceKey(object)
        claims.withLock { claims in _ = claims[claim.instance, default: []].insert(key) }
    }

    /// The objects that bear an instance's claim; those that no longer do are forgotten.
    func objects(of instance: String, in reader: any ObjectReader) -> [ResourceKey: KubeObject] {
        let keys = claims.withLock { $0[instance] ?? [] }
        var result: [ResourceKey: KubeObject] = [:]
        var stale: [ResourceKey] = []
        for key in keys {
            let place = ObjectKey(namespace: key.namespace, name: key.name)
            if let object = reader.object(key.groupKind, place), Tracking.of(object)?.instance == instance {
                result[key] = object
            } else {
                stale.append(key)
            }
        }
        if !stale.isEmpty { forget(stale, instance, reader) }
        return result
    }

    private func forget(_ keys: [ResourceKey], _ instance: String, _ reader: any ObjectReader) {
        claims.withLock { claims in
            claims[instance]?.subtract(keys)
            if claims[instance]?.isEmpty == true { claims[instance] = nil }
        }
    }
}
