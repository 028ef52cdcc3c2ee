// The only vocabulary of writes.

package import JSONTree

/// The manager that the server records for fields we write. It is an API: never renamed.
package struct FieldManager: Hashable, Sendable, ExpressibleByStringLiteral {
    package var name: String
    package init(stringLiteral value: String) { name = value }
    package init(_ name: String) { self.name = name }
    /// What Martlet's controllers write.
    package static let martlet: FieldManager = "martlet"
}

/// What must still be so for a write to happen.
package struct Precondition: Hashable, Sendable {
    /// The object must be this one, not another of its name.
    package var uid: UID?
    /// Nobody may have changed it since.
    package var resourceVersion: ResourceVersion?
    package init(uid: UID? = nil, resourceVersion: ResourceVersion? = nil) {
        self.uid = uid
        self.resourceVersion = resourceVersion
    }
    package static let none = Precondition()
}

/// A patch of an object that we share with others.
package enum Patch: Hashable, Sendable {
    /// RFC 7396; lists are replaced whole.
    case merge(JSON)
    /// RFC 6902, with `test` operations that pin what was looked at.
    case json(JSONPatch)
}

/// One write to the API server. Nothing else is ever sent.
package enum Change: Hashable, Sendable {
    /// Creates an object of a deterministic name: "already exists" means that it was done before,
    /// if the one there has the same controller.
    case create(KubeObject)
    /// Server-side apply of an object that we own entirely, or of the fields of it that we own.
    case apply(KubeObject, fieldManager: FieldManager, force: Bool)
    /// Patches some fields of an object that others write as well.
    case patch(ObjectReference, Patch, if: Precondition)
    /// Patches the status. Falls back to the main resource where a kind has no status subresource.
    case patchStatus(ObjectReference, JSON, if: Precondition)
    /// Deletes; an object that is gone already is success.
    case delete(ObjectReference, if: Precondition, propagation: Propagation)
    /// Evicts a pod, as a disruption budget allows.
    case evict(ObjectReference, if: Precondition)

    /// What becomes of an object's dependents.
    package enum Propagation: String, Hashable, Sendable {
        case background = "Background"
        case foreground = "Foreground"
        case orphan = "Orphan"
    }

    /// The object that is written.
    package var reference: ObjectReference {
        switch self {
        case .create(let object): object.reference
        case .apply(let object, _, _): object.reference
        case .patch(let reference, _, _): reference
        case .patchStatus(let reference, _, _): reference
        case .delete(let reference, _, _): reference
        case .evict(let reference, _): reference
        }
    }

    /// The verb, for logs and counts.
    package var verb: String {
        switch self {
        case .create: "create"
        case .apply: "apply"
        case .patch: "patch"
        case .patchStatus: "patchStatus"
        case .delete: "delete"
        case .evict: "evict"
        }
    }
}
