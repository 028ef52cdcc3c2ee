// A whole Kubernetes object, and what every kind of them has.

package import JSONTree

/// A whole object: its tree, with nothing lost.
package struct KubeObject: Hashable, Sendable {
    package var tree: JSON
    package init(_ tree: JSON) { self.tree = tree }

    package var apiVersion: String { tree["apiVersion"].string ?? "" }
    package var kindName: String { tree["kind"].string ?? "" }
    package var kind: GroupVersionKind { GroupVersionKind(apiVersion: apiVersion, kind: kindName) }
    package var metadata: JSON { tree["metadata"] }
    package var name: String { metadata["name"].string ?? "" }
    /// Empty for cluster-scoped objects.
    package var namespace: String { metadata["namespace"].string ?? "" }
    package var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
    package var reference: ObjectReference { ObjectReference(kind, namespace: namespace, name: name) }
    package var uid: UID { metadata["uid"].string ?? "" }
    package var resourceVersion: ResourceVersion { metadata["resourceVersion"].string ?? "" }
    /// Raised by the server at each change of the spec; 0 when there is none.
    package var generation: Int64 { metadata["generation"].int ?? 0 }
    package var creationTimestamp: Timestamp? { metadata["creationTimestamp"].string.flatMap { Timestamp($0) } }
    package var deletionTimestamp: Timestamp? { metadata["deletionTimestamp"].string.flatMap { Timestamp($0) } }
    package var isDeleting: Bool { !metadata["deletionTimestamp"].isNull }
    package var finalizers: [String] { metadata["finalizers"].elements.compactMap(\.string) }
    package var labels: [String: String] { Self.strings(metadata["labels"]) }
    package var annotations: [String: String] { Self.strings(metadata["annotations"]) }
    package func label(_ key: String) -> String? { metadata["labels"][key].string }
    package func annotation(_ key: String) -> String? { metadata["annotations"][key].string }
    package var spec: JSON { tree["spec"] }
    package var status: JSON { tree["status"] }
    package var ownerReferences: [OwnerReference] { metadata["ownerReferences"].elements.map(OwnerReference.init) }
    /// The owner that manages this object, if it has one.
    package var controller: OwnerReference? { ownerReferences.first(where: \.isController) }

    /// The string members of an object; others are left out.
    package static func strings(_ value: JSON) -> [String: String] {
        guard let object = value.object else { return [:] }
        var result: [String: String] = [:]
        result.reserveCapacity(object.count)
        for (key, value) in object { if let text = value.string { result[key] = text } }
        return result
    }
}

/// An entry of `metadata.ownerReferences`.
package struct OwnerReference: Hashable, Sendable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: UID
    package var isController: Bool
    package var blocksOwnerDeletion: Bool

    package init(_ tree: JSON) {
        apiVersion = tree["apiVersion"].string ?? ""
        kind = tree["kind"].string ?? ""
        name = tree["name"].string ?? ""
        uid = tree["uid"].string ?? ""
        isController = tree["controller"].bool ?? false
        blocksOwnerDeletion = tree["blockOwnerDeletion"].bool ?? false
    }

    /// A controller reference to an object, as `metav1.NewControllerRef` makes it.
    package init(controller owner: KubeObject) {
        apiVersion = owner.apiVersion
        kind = owner.kindName
        name = owner.name
        uid = owner.uid
        isController = true
        blocksOwnerDeletion = true
    }

    package var tree: JSON {
        [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name),
            "uid": .string(uid), "controller": .bool(isController),
            "blockOwnerDeletion": .bool(blocksOwnerDeletion),
        ]
    }
}

/// An object together with the part of it that a decision reads. Views are never encoded back.
@dynamicMemberLookup
package struct Observed<View: Hashable & Sendable>: Hashable, Sendable {
    package let object: KubeObject
    package let view: View
    package init(_ object: KubeObject, view: View) {
        self.object = object
        self.view = view
    }
    package subscript<Value>(dynamicMember path: KeyPath<View, Value>) -> Value { view[keyPath: path] }
}
