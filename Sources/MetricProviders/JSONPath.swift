// The JSONPath of Kubernetes' tools: `{$.data.rows[0].value}`.
//
// The language is that of https://kubernetes.io/docs/reference/kubectl/jsonpath/ without its
// templates: children, indices, slices, unions, wildcards, recursive descent and filters.

package import JSONTree

/// A path into a JSON tree.
package struct JSONPath: Hashable, Sendable {
    private let steps: [JSONPathStep]

    /// How many values may be open at once: recursive descents multiply.
    private static let valueCountMax = 100_000

    /// Why a path cannot be read, or leads nowhere.
    package struct PathError: Error, Hashable, Sendable, CustomStringConvertible {
        package var description: String
    }

    /// Reads a path, with or without braces and the leading `$`. Of several in braces the first
    /// counts.
    package init(_ text: String) throws(PathError) {
        var parser = JSONPathParser(text)
        steps = try parser.parse()
    }

    /// All values that the path leads to.
    ///
    /// - Throws: `nothing is not found` when a named member is missing, and for an index past the
    ///   end.
    package func values(in tree: JSON) throws(PathError) -> [JSON] {
        try Self.values(steps[...], in: [tree], root: tree)
    }

    /// The first value that the path leads to.
    package func first(in tree: JSON) throws(PathError) -> JSON {
        guard let first = try values(in: tree).first else { throw PathError(description: "no value matches") }
        return first
    }

    fileprivate static func values(
        _ steps: ArraySlice<JSONPathStep>, in start: [JSON], root: JSON
    ) throws(PathError) -> [JSON] {
        var values = start
        for step in steps {
            var next: [JSON] = []
            for value in values {
                next += try step.values(in: value, root: root)
                if next.count > valueCountMax { throw PathError(description: "too many values match") }
            }
            values = next
        }
        return values
    }
}

/// One step of a path.
indirect enum JSONPathStep: Hashable, Sendable {
    case root
    case child(String)
    case wildcard
    /// The step at the value and everywhere below it; where it leads nowhere is left out.
    case descent(JSONPathStep)
    case index(Int)
    case slice(Int?, Int?, Int)
    case union([[JSONPathStep]])
    case filter(JSONPathOperand, JSONPathComparison?, JSONPathOperand?)

    /// The values one step on.
    func values(in value: JSON, root: JSON) throws(JSONPath.PathError) -> [JSON] {
        switch self {
        case .root: return [root]
        case .child(let name):
            guard let found = value.object?[name] else {
                throw JSONPath.PathError(description: "\(name) is not found")
            }
            return [found]
        case .wildcard: return Self.children(of: value)
        case .descent(let step):
            var found: [JSON] = []
            for place in Self.descendants(of: value) { found += (try? step.values(in: place, root: root)) ?? [] }
            return found
        case .index(let index):
            guard let elements = value.array else {
                throw JSONPath.PathError(description: "\(value.typeName) is not an array")
            }
            let position = index < 0 ? elements.count + index : index
            guard elements.indices.contains(position) else {
                throw JSONPath.PathError(
                    description: "array index out of bounds: index \(index), length \(elements.count)")
            }
            return [elements[position]]
        case .slice(let from, let to, let step): return try Self.slice(value, from, to, step)
        case .union(let paths):
            var found: [JSON] = []
            for path in paths { found += try JSONPath.values(path[...], in: [value], root: root) }
            return found
        case .filter(let left, let comparison, let right):
            var found: [JSON] = []
            for element in value.elements where Self.holds(left, comparison, right, element, root) {
                found.append(element)
            }
            return found
        }
    }

    private static func children(of value: JSON) -> [JSON] {
        switch value {
        case .array(let elements): elements
        case .object(let members): members.sorted().values
        case .null, .bool, .int, .number, .string: []
        }
    }

    /// The value itself and all below it.
    private static func descendants(of value: JSON) -> [JSON] {
        var found: [JSON] = []
        var open = [value]
        while let next = open.popLast() {
            found.append(next)
            open += children(of: next).reversed()
        }
        return found
    }

    private static func slice(
        _ value: JSON, _ from: Int?, _ to: Int?, _ step: Int
    ) throws(JSONPath.PathError) -> [JSON] {
        guard let elements = value.array else {
            throw JSONPath.PathError(description: "\(value.typeName) is not an array")
        }
        func place(_ index: Int) -> Int {
            min(max(index < 0 ? elements.count + index : index, 0), elements.count)
        }
        let start = place(from ?? 0)
        let end = place(to ?? elements.count)
        guard start < end else { return [] }
        return stride(from: start, to: end, by: step).map { elements[$0] }
    }

    private static func holds(
        _ left: JSONPathOperand, _ comparison: JSONPathComparison?, _ right: JSONPathOperand?,
        _ element: JSON, _ root: JSON
    ) -> Bool {
        guard let mine = left.value(element, root) else { return false }
        guard let comparison, let right else { return true }
        guard let theirs = right.value(element, root) else { return comparison == .notEqual }
        return comparison.holds(mine, theirs)
    }
}

/// What a filter compares.
enum JSONPathOperand: Hashable, Sendable {
    case literal(JSON)
    case path([JSONPathStep])

    func value(_ element: JSON, _ root: JSON) -> JSON? {
        switch self {
        case .literal(let value): value
        case .path(let steps): try? JSONPath.values(steps[...], in: [element], root: root).first
        }
    }
}

/// How a filter compares.
enum JSONPathComparison: String, Hashable, Sendable, CaseIterable {
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case greater = ">"

    func holds(_ left: JSON, _ right: JSON) -> Bool {
        switch self {
        case .equal: return left.isEquivalent(to: right)
        case .notEqual: return !left.isEquivalent(to: right)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            if let mine = left.double, let theirs = right.double { return ordered(mine, theirs) }
            if let mine = left.string, let theirs = right.string { return ordered(mine, theirs) }
            return false
        }
    }

    private func ordered<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
        switch self {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .equal, .notEqual: false
        }
    }
}
