// Sets of field paths, in the form in which managedFields stores them.

import JSONTree

/// A set of field paths as FieldsV1 writes it: a tree of path elements (`f:NAME`, `k:{…}`, `v:…`),
/// where `.` marks a path that belongs to the set although longer ones do, too.
///
/// Keeping the stored form makes reading and writing entries free, and most set operations touch
/// only what two sets share. Invariant: below the root, an element without members belongs to the set.
struct FieldSet: Hashable, Sendable {
    /// The FieldsV1 tree.
    private(set) var tree: JSONObject

    init(_ tree: JSONObject = JSONObject()) { self.tree = tree }

    /// Makes a set of a node's tree; nil is the empty set.
    init(node: JSONObject?) { tree = node ?? JSONObject() }

    var isEmpty: Bool { tree.isEmpty }

    func union(_ other: FieldSet) -> FieldSet {
        if isEmpty { return other }
        if other.isEmpty { return self }
        return FieldSet(Self.union(tree, other.tree))
    }

    func subtracting(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return self }
        return FieldSet(node: Self.subtracting(tree, other.tree, isRoot: true))
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return FieldSet() }
        return FieldSet(node: Self.intersection(tree, other.tree, isRoot: true))
    }

    /// The same set, its elements in the order in which the server writes them.
    var sorted: FieldSet { FieldSet(Self.sorted(tree)) }

    /// Whether a node of a tree belongs to the set itself.
    static func isMember(_ node: JSONObject) -> Bool { node.isEmpty || node["."] != nil }

    private static let dot: JSON = .object([:])

    private static func node(_ value: JSON) -> JSONObject { value.object ?? JSONObject() }

    private static func union(_ left: JSONObject, _ right: JSONObject) -> JSONObject {
        if left.isEmpty && right.isEmpty { return left }
        var result = left
        if left.isEmpty || right.isEmpty { result["."] = dot }
        for (key, value) in right {
            if let existing = result[key] {
                if key != "." { result[key] = .object(union(node(existing), node(value))) }
            } else {
                result[key] = value
            }
        }
        return result
    }

    private static func subtracting(_ left: JSONObject, _ right: JSONObject, isRoot: Bool) -> JSONObject? {
        let keepsSelf = !isRoot && isMember(left) && !isMember(right)
        var result = JSONObject()
        for (key, value) in left where key != "." {
            guard let other = right[key] else {
                result[key] = value
                continue
            }
            // A true instead of a node stands for everything below it.
            if other == true { continue }
            if let rest = subtracting(node(value), node(other), isRoot: false) { result[key] = .object(rest) }
        }
        if result.isEmpty { return keepsSelf ? result : nil }
        if keepsSelf { result["."] = dot }
        return result
    }

    private static func intersection(_ left: JSONObject, _ right: JSONObject, isRoot: Bool) -> JSONObject? {
        let keepsSelf = !isRoot && isMember(left) && isMember(right)
        var result = JSONObject()
        for (key, value) in left where key != "." {
            guard let other = right[key] else { continue }
            if let shared = intersection(node(value), node(other), isRoot: false) {
                result[key] = .object(shared)
            }
        }
        if result.isEmpty { return keepsSelf ? result : nil }
        if keepsSelf { result["."] = dot }
        return result
    }

    private static func sorted(_ tree: JSONObject) -> JSONObject {
        if tree.isEmpty { return tree }
        return tree.sorted().mapValues { .object(sorted(node($0))) }
    }

    // MARK: Nodes under construction

    /// Adds a child to a node that may not exist yet.
    static func add(_ child: JSONObject?, at key: String, to node: inout JSONObject?) {
        guard let child else { return }
        if node == nil { node = JSONObject() }
        node?[key] = .object(child)
    }

    /// Makes a node belong to the set itself.
    static func markMember(_ node: inout JSONObject?) {
        guard let existing = node, !existing.isEmpty else {
            node = JSONObject()
            return
        }
        node?["."] = dot
    }

    /// Every path of the set, in the order of the tree, as path elements.
    var paths: [[String]] {
        var result: [[String]] = []
        func walk(_ node: JSONObject, _ path: [String]) {
            if !path.isEmpty, Self.isMember(node) { result.append(path) }
            for (key, value) in node where key != "." { walk(Self.node(value), path + [key]) }
        }
        walk(tree, [])
        return result
    }

    /// A path as conflict messages write it: `.spec.containers[name="c"].image`.
    static func text(_ path: [String]) -> String {
        var text = ""
        for element in path {
            let rest = String(element.dropFirst(2))
            if element.hasPrefix("f:") {
                text += "." + rest
            } else if element.hasPrefix("v:") {
                text += "[=\(rest)]"
            } else if element.hasPrefix("k:"), let key = (try? JSON.parse(rest))?.object {
                text += "[" + key.map { "\($0.key)=\($0.value.text())" }.joined(separator: ",") + "]"
            } else {
                text += "[\(rest)]"
            }
        }
        return text
    }
}
