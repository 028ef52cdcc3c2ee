// Shell patterns as directory sources, differences and projects use them.

/// A pattern of `*`, `?`, `[a-z]`, `[!a]` and `{one,two}`; `*` crosses every character.
package struct Glob: Hashable, Sendable {
    private let alternatives: [[Character]]
    /// Alternatives of nested braces multiply; more of them than this are not matched.
    private static let alternativeCountMax = 256

    package init(_ pattern: String) { alternatives = Self.expand(Array(pattern)) }

    package func matches(_ text: String) -> Bool {
        let text = Array(text)
        return alternatives.contains { Self.matches($0, text) }
    }

    private static func expand(_ pattern: [Character]) -> [[Character]] {
        guard let open = pattern.firstIndex(of: "{") else { return [pattern] }
        var depth = 0
        var parts: [[Character]] = [[]]
        var close: Int?
        for position in open..<pattern.count {
            let character = pattern[position]
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            if depth == 0 {
                close = position
                break
            }
            if character == ",", depth == 1 {
                parts.append([])
            } else if position > open {
                parts[parts.count - 1].append(character)
            }
        }
        guard let close else { return [pattern] }
        let head = Array(pattern[..<open])
        let tail = Array(pattern[(close + 1)...])
        return Array(parts.flatMap { expand(head + $0 + tail) }.prefix(alternativeCountMax))
    }

    /// Goes back to the last star only: quadratic at worst.
    private static func matches(_ pattern: [Character], _ text: [Character]) -> Bool {
        var (p, t) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p, t)
                p += 1
            } else if let next = step(pattern, p, text[t]) {
                p = next
                t += 1
            } else if let back = star {
                p = back.pattern + 1
                t = back.text + 1
                star = (back.pattern, t)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }

    /// The position after one pattern element, if it takes the character.
    private static func step(_ pattern: [Character], _ position: Int, _ character: Character) -> Int? {
        guard position < pattern.count else { return nil }
        switch pattern[position] {
        case "?": return position + 1
        case "\\" where position + 1 < pattern.count:
            return pattern[position + 1] == character ? position + 2 : nil
        case "[":
            guard let close = pattern[(position + 1)...].firstIndex(of: "]") else {
                return character == "[" ? position + 1 : nil
            }
            var set = pattern[(position + 1)..<close]
            let isNegated = set.first == "!" || set.first == "^"
            if isNegated { set.removeFirst() }
            return contains(Array(set), character) != isNegated ? close + 1 : nil
        case let plain: return plain == character ? position + 1 : nil
        }
    }

    private static func contains(_ set: [Character], _ character: Character) -> Bool {
        var position = 0
        while position < set.count {
            if position + 2 < set.count, set[position + 1] == "-" {
                if set[position] <= character, character <= set[position + 2] { return true }
                position += 3
            } else {
                if set[position] == character { return true }
                position += 1
            }
        }
        return false
    }
}
