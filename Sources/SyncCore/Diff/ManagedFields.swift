// Reading `metadata.managedFields`: who wrote which fields.

package import JSONTree
package import KubeModel

/// Looks into managed fields.
package enum ManagedFields {
    /// The field manager of everything that the Git core applies. It is an API: never renamed.
    package static let manager: FieldManager = "martlet-sync"

    /// What one manager applied of an object, as `fieldsV1`; nil when it applied nothing.
    package static func applied(by manager: FieldManager, in object: KubeObject) -> JSON? {
        let entry = object.metadata["managedFields"].elements.first {
            $0["manager"].string == manager.name && $0["operation"].string == "Apply"
                && ($0["subresource"].string ?? "").isEmpty
        }
        return entry.map { $0["fieldsV1"] }
    }

    /// Keeps of an object's managed fields only what comparing needs: our own entry, and those of
    /// managers that some Application ignores.
    package static func trimmed(_ tree: JSON, keeping managers: Set<String> = []) -> JSON {
        let entries = tree["metadata"]["managedFields"].elements.filter { entry in
            guard let name = entry["manager"].string else { return false }
            return managers.contains(name) || (name == manager.name && entry["operation"].string == "Apply")
        }
        var tree = tree
        tree.set(["metadata", "managedFields"], to: entries.isEmpty ? nil : .array(entries))
        return tree
    }

    /// The tree without the fields that a manager owns.
    package static func removing(fieldsOf manager: String, of live: KubeObject, from tree: JSON) -> JSON {
        var tree = tree
        for entry in live.metadata["managedFields"].elements where entry["manager"].string == manager {
            remove(entry["fieldsV1"], from: &tree)
        }
        return tree
    }

    private static func remove(_ owned: JSON, from tree: inout JSON) {
        guard let fields = owned.object else { return }
        for (key, rest) in fields where key != "." {
            if key.hasPrefix("f:") {
                let name = String(key.dropFirst(2))
                guard var child = tree.object?[name] else { continue }
                if rest.object?.isEmpty ?? true {
                    tree.set([name], to: nil)
                } else {
                    remove(rest, from: &child)
                    tree[name] = child
                }
            } else if key.hasPrefix("k:"), let identity = try? JSON.parse(String(key.dropFirst(2))),
                var list = tree.array
            {
                let keys = identity.object?.keys ?? []
                for position in list.indices
                where ObjectDiff.element(like: identity, in: [list[position]], keys) != nil {
                    remove(rest, from: &list[position])
                }
                tree = .array(list)
            }
        }
    }
}
