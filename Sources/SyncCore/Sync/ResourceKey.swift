// Which managed object, and how it says whose it is.

package import KubeModel
import MartletModel

/// A managed object without its version.
package struct ResourceKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var group: String
    package var kind: String
    /// Empty for cluster-scoped objects.
    package var namespace: String
    package var name: String

    package init(group: String, kind: String, namespace: String, name: String) {
        self.group = group
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }
    package init(_ object: KubeObject) {
        let kind = object.kind
        self.init(group: kind.group, kind: kind.kind, namespace: object.namespace, name: object.name)
    }

    package var groupKind: GroupKind { GroupKind(group, kind) }
    /// `apps/Deployment:shop/web`, as Argo CD writes it in messages.
    package var description: String { "\(group.isEmpty ? "" : group + "/")\(kind):\(namespace)/\(name)" }
    package static func < (left: ResourceKey, right: ResourceKey) -> Bool {
        (left.group, left.kind, left.namespace, left.name) < (right.group, right.kind, right.namespace, right.name)
    }
}

/// The claim of an Application on an object: the tracking annotation.
package struct Tracking: Hashable, Sendable {
    /// The Application's name, with its namespace in front where that is not a control namespace.
    package var instance: String
    package var resource: ResourceKey

    package init(instance: String, resource: ResourceKey) {
        self.instance = instance
        self.resource = resource
    }

    /// `<instance>:<group>/<kind>:<namespace>/<name>`.
    package var text: String {
        "\(instance):\(resource.group)/\(resource.kind):\(resource.namespace)/\(resource.name)"
    }

    /// Reads the annotation's value, or nil for what is none (gitops-argocd.md, section 1.7).
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty else { return nil }
        let kind = parts[1].split(separator: "/", omittingEmptySubsequences: false)
        let place = parts[2].split(separator: "/", omittingEmptySubsequences: false)
        guard kind.count == 2, place.count == 2 else { return nil }
        instance = String(parts[0])
        resource = ResourceKey(
            group: String(kind[0]), kind: String(kind[1]), namespace: String(place[0]), name: String(place[1]))
    }

    /// The claim that an object bears.
    package static func of(_ object: KubeObject) -> Tracking? {
        object.annotation(ApplicationNames.trackingID).flatMap(Tracking.init)
    }

    /// Whether the claim speaks of the object that bears it, not of one it was copied from. The
    /// group may have moved (`extensions` to `apps`), and cluster-scoped objects may bear a
    /// namespace.
    package func describes(_ object: KubeObject) -> Bool {
        let own = ResourceKey(object)
        return own.kind == resource.kind && own.name == resource.name
            && (own.group == resource.group) && (own.namespace == resource.namespace || own.namespace.isEmpty)
    }
}

/// How Applications are named in claims.
package struct InstanceNaming: Hashable, Sendable {
    /// Applications in these namespaces are named without them.
    package var controlNamespaces: [String]
    package init(controlNamespaces: [String] = ["argocd", "martlet-system"]) {
        self.controlNamespaces = controlNamespaces
    }

    /// The instance of an Application.
    package func instance(of application: ObjectKey) -> String {
        controlNamespaces.contains(application.namespace)
            ? application.name : "\(application.namespace)_\(application.name)"
    }

    /// The Applications that an instance may stand for.
    package func applications(of instance: String) -> [ObjectKey] {
        if let mark = instance.firstIndex(of: "_") {
            return [
                ObjectKey(
                    namespace: String(instance[..<mark]), name: String(instance[instance.index(after: mark)...]))
            ]
        }
        return controlNamespaces.map { ObjectKey(namespace: $0, name: instance) }
    }
}
