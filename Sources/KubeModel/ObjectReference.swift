// Which object: its kind and where it lives.

/// An object's unique id, never used again.
package typealias UID = String

/// An opaque version of an object or a list.
package typealias ResourceVersion = String

/// Names one object.
package struct ObjectReference: Hashable, Sendable, CustomStringConvertible {
    package var kind: GroupVersionKind
    /// Empty for cluster-scoped objects.
    package var namespace: String
    package var name: String
    package init(_ kind: GroupVersionKind, namespace: String, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }
    package var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
    /// `Service/web` or `Rollout/web`: for messages beside a known namespace.
    package var shortDescription: String { "\(kind.kind)/\(name)" }
    package var description: String {
        namespace.isEmpty ? "\(kind.kind)/\(name)" : "\(kind.kind)/\(namespace)/\(name)"
    }
}

/// An object's place within its kind.
package struct ObjectKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Empty for cluster-scoped objects.
    package var namespace: String
    package var name: String
    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }
    package var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}
