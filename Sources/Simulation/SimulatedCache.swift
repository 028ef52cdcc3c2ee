// A controller's impression of the cluster, fed by watch events that may come late.

package import KubeModel

/// Objects as they were last heard of.
package struct SimulatedCache: ObjectReader, Sendable {
    private var kinds: [GroupKind: [ObjectKey: KubeObject]] = [:]
    package init() {}

    mutating func put(_ object: KubeObject) { kinds[object.kind.groupKind, default: [:]][object.key] = object }
    mutating func remove(_ object: KubeObject) { kinds[object.kind.groupKind]?[object.key] = nil }
    mutating func replace(_ kind: GroupKind, with objects: [KubeObject]) {
        kinds[kind] = Dictionary(objects.map { ($0.key, $0) }) { _, last in last }
    }
    mutating func clear() { kinds = [:] }

    package func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? { kinds[kind]?[key] }

    package func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject] {
        (kinds[kind] ?? [:]).values.filter { namespace == nil || $0.namespace == namespace }.sorted { $0.key < $1.key }
    }

    package func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject] {
        objects(kind, namespace: namespace).filter { $0.ownerReferences.contains { $0.uid == uid } }
    }
}
