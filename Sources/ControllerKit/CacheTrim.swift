// What stays of objects in the cache.

import JSONTree

/// Cuts what the server notes for itself.
enum CacheTrim {
    /// The tree without `metadata.managedFields` but for what these managers applied.
    static func withoutManagedFields(_ tree: JSON, kept managers: Set<String>) -> JSON {
        guard let entries = tree["metadata"]["managedFields"].array else { return tree }
        let kept = entries.filter { entry in
            entry["operation"].string == "Apply" && managers.contains(entry["manager"].string ?? "")
        }
        var trimmed = tree
        trimmed.set(["metadata", "managedFields"], to: kept.isEmpty ? nil : .array(kept))
        return trimmed
    }
}

/// What several readers of a resource want to see together.
enum TrimUnion {
    /// The tree of what any of two trimmed trees keeps. Both come from one object, so members that
    /// both have differ only in what was removed below.
    static func of(_ left: JSON, _ right: JSON) -> JSON {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            var all = left
            for (key, value) in right {
                if let mine = left[key] { all[key] = of(mine, value) } else { all[key] = value }
            }
            return .object(all)
        case (.array(let left), .array(let right)) where left.count == right.count:
            return .array(zip(left, right).map { of($0, $1) })
        case (.array(let left), .array(let right)): return .array(left.count > right.count ? left : right)
        case (.null, let other): return other
        default: return left
        }
    }
}
