// One copy of each string that many cached objects share.

import JSONTree

/// Replaces equal strings by one. Names of members, label values, images and times repeat in
/// thousands of objects; Swift keeps strings of up to 15 bytes in place, longer ones on the heap.
struct StringPool {
    private var strings: Set<String> = []
    /// Of `managedFields` only what these managers applied stays.
    let keptFieldManagers: Set<String>

    init(keptFieldManagers: Set<String> = []) { self.keptFieldManagers = keptFieldManagers }

    /// Beyond this the pool begins anew: what is in use stays where it is.
    private static let countMax = 100_000
    /// Members whose values are each their own.
    private static let uniqueNames: Set<String> = ["uid", "resourceVersion", "name", "generateName"]

    /// The tree with its long strings shared, without `metadata.managedFields` but for those kept.
    mutating func shared(_ tree: JSON) -> JSON {
        if strings.count > Self.countMax { strings = [] }
        var tree = tree
        if let entries = tree["metadata"]["managedFields"].array {
            let kept = entries.filter { entry in
                entry["operation"].string == "Apply" && keptFieldManagers.contains(entry["manager"].string ?? "")
            }
            tree.set(["metadata", "managedFields"], to: kept.isEmpty ? nil : .array(kept))
        }
        return walk(tree)
    }

    private mutating func walk(_ tree: JSON) -> JSON {
        switch tree {
        case .string(let text): return .string(one(text))
        case .array(let elements):
            var copy: [JSON] = []
            copy.reserveCapacity(elements.count)
            for element in elements { copy.append(walk(element)) }
            return .array(copy)
        case .object(let object):
            var copy = JSONObject().reserving(object.count)
            for (key, value) in object {
                copy[one(key)] = value.string != nil && Self.uniqueNames.contains(key) ? value : walk(value)
            }
            return .object(copy)
        case .null, .bool, .int, .number: return tree
        }
    }

    private mutating func one(_ text: String) -> String {
        let length = text.utf8.count
        guard length > 15, length <= 256 else { return text }
        return strings.insert(text).memberAfterInsert
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
