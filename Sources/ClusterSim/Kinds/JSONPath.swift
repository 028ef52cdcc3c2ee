// The part of Kubernetes' JSONPath that printer columns use.

import JSONTree
import KubeModel

/// A path such as `.spec.hosts[0]`, `.status.conditions[?(@.type=="Ready")].status`,
/// `.metadata.labels.app\.kubernetes\.io/name`, `.spec['a-b']`, `.items[*].name`, `.list[0:2]`.
struct JSONPath: Hashable, Sendable {
    private enum Step: Hashable, Sendable {
        case member(String)
        case index(Int)
        case slice(Int?, Int?)
        case all
        case filter(path: [String], operation: String, value: JSON)
    }
    private var steps: [Step] = []

    /// More elements than this no column shows.
    private static let valuesMax = 1000

    /// Reads a path; nil when it is none.
    init?(_ text: String) {
        var rest = Substring(text)
        if rest.hasPrefix("{"), rest.hasSuffix("}") { rest = rest.dropFirst().dropLast() }
        if rest.hasPrefix("$") { rest = rest.dropFirst() }
        while let first = rest.first {
            if first == "[" {
                guard let close = Self.closing(rest) else { return nil }
                guard let step = Self.bracket(String(rest[rest.index(after: rest.startIndex)..<close])) else { return nil }
                steps.append(step)
                rest = rest[rest.index(after: close)...]
                continue
            }
            if first == "." { rest = rest.dropFirst() }
            let name = Self.takeName(&rest)
            if name.isEmpty { if rest.isEmpty { break } else if rest.first == "[" { continue } else { return nil } }
            steps.append(name == "*" ? .all : .member(name))
        }
    }

    /// Takes a name up to a dot or bracket; a backslash keeps the dot after it.
    private static func takeName(_ rest: inout Substring) -> String {
        var name = ""
        while let character = rest.first, character != ".", character != "[" {
            rest = rest.dropFirst()
            if character == "\\", let escaped = rest.first {
                name.append(escaped)
                rest = rest.dropFirst()
            } else {
                name.append(character)
            }
        }
        return name
    }

    private static func closing(_ text: Substring) -> Substring.Index? {
        var quote: Character?
        var depth = 0
        for position in text.indices {
            let character = text[position]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "[" {
                depth += 1
            } else if character == "]" {
                depth -= 1
                if depth == 0 { return position }
            }
        }
        return nil
    }

    private static func bracket(_ text: String) -> Step? {
        let inner = text.trimmingBlanks()
        if inner == "*" { return .all }
        if let index = Int(inner) { return .index(index) }
        if inner.count >= 2, let quote = inner.first, quote == "'" || quote == "\"", inner.last == quote {
            return .member(String(inner.dropFirst().dropLast()))
        }
        if inner.hasPrefix("?("), inner.hasSuffix(")") { return filter(String(inner.dropFirst(2).dropLast())) }
        let parts = inner.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.isEmpty || Int($0) != nil }) else { return nil }
        return .slice(Int(parts[0]), Int(parts[1]))
    }

    private static func filter(_ text: String) -> Step? {
        for operation in ["==", "!=", ">=", "<=", ">", "<"] {
            guard let range = text.firstRange(of: operation) else { continue }
            let left = String(text[..<range.lowerBound]).trimmingBlanks()
            let right = String(text[range.upperBound...]).trimmingBlanks()
            guard left.hasPrefix("@") else { return nil }
            let path = left.dropFirst().split(separator: ".").map(String.init)
            let value: JSON
            if right.count >= 2, let quote = right.first, quote == "'" || quote == "\"", right.last == quote {
                value = .string(String(right.dropFirst().dropLast()))
            } else if let number = Double(right) {
                value = .double(number)
            } else {
                value = right == "true" ? true : right == "false" ? false : .string(right)
            }
            return .filter(path: path, operation: operation, value: value)
        }
        guard text.hasPrefix("@") else { return nil }
        return .filter(path: text.dropFirst().split(separator: ".").map(String.init), operation: "", value: .null)
    }

    /// The values that the path leads to; none where a member is missing.
    func values(in root: JSON) -> [JSON] {
        var values = [root]
        for step in steps {
            values = values.flatMap { Self.apply(step, $0) }
            if values.isEmpty || values.count > Self.valuesMax { return Array(values.prefix(Self.valuesMax)) }
        }
        return values
    }

    private static func apply(_ step: Step, _ value: JSON) -> [JSON] {
        switch step {
        case .member(let name): return (value.object?[name]).map { [$0] } ?? []
        case .index(let index):
            let elements = value.elements
            let position = index < 0 ? elements.count + index : index
            return elements.indices.contains(position) ? [elements[position]] : []
        case .slice(let from, let to):
            let elements = value.elements
            func place(_ index: Int) -> Int { min(elements.count, max(0, index < 0 ? elements.count + index : index)) }
            let low = place(from ?? 0)
            let high = place(to ?? elements.count)
            return low < high ? Array(elements[low..<high]) : []
        case .all: return value.array ?? value.object?.values ?? []
        case .filter(let path, let operation, let wanted):
            return value.elements.filter { compare($0.at(path), operation, wanted) }
        }
    }

    private static func compare(_ value: JSON, _ operation: String, _ wanted: JSON) -> Bool {
        switch operation {
        case "": return !value.isNull
        case "==": return value.isEquivalent(to: wanted)
        case "!=": return !value.isNull && !value.isEquivalent(to: wanted)
        default:
            guard let left = value.double, let right = wanted.double else { return false }
            switch operation {
            case ">": return left > right
            case "<": return left < right
            case ">=": return left >= right
            default: return left <= right
            }
        }
    }
}
