// Semantic versions and ranges of them, as targetRevision may name them.

private import KubeModel

/// A version by https://semver.org, an optional `v` in front; missing parts count as 0.
package struct SemanticVersion: Hashable, Comparable, Sendable {
    package var major: Int
    package var minor: Int
    package var patch: Int
    /// The identifiers after the hyphen.
    package var prerelease: [String]

    /// Reads `v1.2.3-rc.1+build`, and `1` or `1.2`, or nil.
    package init?(_ text: String) {
        var rest = Substring(text)
        if rest.hasPrefix("v") || rest.hasPrefix("V") { rest.removeFirst() }
        rest = rest.prefix { $0 != "+" }
        let parts = rest.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...3).contains(numbers.count), numbers.allSatisfy({ ($0 ?? -1) >= 0 }) else { return nil }
        major = numbers[0] ?? 0
        minor = numbers.count > 1 ? numbers[1] ?? 0 : 0
        patch = numbers.count > 2 ? numbers[2] ?? 0 : 0
        prerelease = parts.count > 1 ? parts[1].split(separator: ".").map(String.init) : []
    }

    init(_ major: Int, _ minor: Int, _ patch: Int, prerelease: [String] = []) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
    }

    package static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        let one = (left.major, left.minor, left.patch)
        let other = (right.major, right.minor, right.patch)
        if one != other { return one < other }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        for (a, b) in zip(left.prerelease, right.prerelease) where a != b {
            switch (Int(a), Int(b)) {
            case (let a?, let b?): return a < b
            case (_?, nil): return true
            case (nil, _?): return false
            case (nil, nil): return a < b
            }
        }
        return left.prerelease.count < right.prerelease.count
    }
}

/// A range: comparisons joined by commas or blanks (all must hold), alternatives by `||`. Forms:
/// `1.2.*`, `1.x`, `^1.2`, `~1.2`, `>=1.2 <2`, `1.2 - 1.4`, `*` (Masterminds/semver's documentation).
package struct SemanticVersionRange: Hashable, Sendable {
    private struct Bound: Hashable, Sendable {
        var lower: SemanticVersion?
        var isLowerOpen = false
        var upper: SemanticVersion?
        var isUpperOpen = true
        var excluded: SemanticVersion?
        var admitsPrerelease = false

        func contains(_ version: SemanticVersion) -> Bool {
            if !version.prerelease.isEmpty, !admitsPrerelease { return false }
            if let excluded, version == excluded { return false }
            if let lower, version < lower || (isLowerOpen && version == lower) { return false }
            if let upper, version > upper || (isUpperOpen && version == upper) { return false }
            return true
        }
    }
    private var alternatives: [[Bound]]

    /// Reads a range; nil for a text that is none, or that names exactly one version: that is
    /// then a tag's own name and nothing to look for.
    package init?(_ text: String) {
        guard text.contains(where: { "*^~<>=|xX".contains($0) }) || text.contains(" - ") else { return nil }
        var alternatives: [[Bound]] = []
        var rest = Substring(text)
        while true {
            let mark = rest.firstRange(of: "||")
            let part = mark.map { rest[..<$0.lowerBound] } ?? rest
            guard let bounds = Self.bounds(String(part)) else { return nil }
            alternatives.append(bounds)
            guard let mark else { break }
            rest = rest[mark.upperBound...]
        }
        self.alternatives = alternatives
    }

    /// Whether a version lies in the range.
    package func contains(_ version: SemanticVersion) -> Bool {
        alternatives.contains { $0.allSatisfy { $0.contains(version) } }
    }

    /// The tag of the newest version in the range.
    package func newest(among tags: [String]) -> String? {
        tags.compactMap { tag in SemanticVersion(tag).map { (tag, $0) } }
            .filter { contains($0.1) }
            .max { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    private static func bounds(_ text: String) -> [Bound]? {
        if let dash = text.firstRange(of: " - ") {
            guard let low = SemanticVersion(String(text[..<dash.lowerBound]).trimmingBlanks()),
                let high = SemanticVersion(String(text[dash.upperBound...]).trimmingBlanks())
            else { return nil }
            return [Bound(lower: low, upper: high, isUpperOpen: false)]
        }
        // `>= 1.2` may have a blank after its sign.
        var tokens: [String] = []
        for token in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init) {
            if let last = tokens.last, !last.isEmpty, last.allSatisfy({ "<>=!~^".contains($0) }) {
                tokens[tokens.count - 1] += token
            } else {
                tokens.append(token)
            }
        }
        guard !tokens.isEmpty else { return nil }
        var result: [Bound] = []
        for token in tokens {
            guard let bound = bound(token) else { return nil }
            result.append(bound)
        }
        return result
    }

    private static func bound(_ token: String) -> Bound? {
        let sign = String(token.prefix { "<>=!~^".contains($0) })
        let name = String(token.dropFirst(sign.count))
        let (numbers, admits) = parts(name)
        guard let numbers else { return nil }
        let low = SemanticVersion(
            numbers.first ?? 0, numbers.count > 1 ? numbers[1] : 0, numbers.count > 2 ? numbers[2] : 0,
            prerelease: SemanticVersion(name)?.prerelease ?? [])
        var bound = Bound(admitsPrerelease: admits)
        switch sign {
        case "", "=", "==":
            bound.lower = low
            bound.upper = next(numbers, at: numbers.count - 1)
            if numbers.count == 3 { (bound.upper, bound.isUpperOpen) = (low, false) }
        case "~":
            bound.lower = low
            bound.upper = next(numbers, at: min(1, numbers.count - 1))
        case "^":
            bound.lower = low
            let firstNonZero = numbers.firstIndex { $0 != 0 } ?? max(0, numbers.count - 1)
            bound.upper = next(numbers, at: firstNonZero)
        case ">": (bound.lower, bound.isLowerOpen) = (low, true)
        case ">=": bound.lower = low
        case "<": bound.upper = low
        case "<=": (bound.upper, bound.isUpperOpen) = (low, false)
        case "!=": bound.excluded = low
        default: return nil
        }
        return bound
    }

    /// The numbers before a wildcard, and whether a prerelease is named (only then they match).
    private static func parts(_ text: String) -> (numbers: [Int]?, admitsPrerelease: Bool) {
        var rest = Substring(text)
        if rest.hasPrefix("v") { rest.removeFirst() }
        rest = rest.prefix { $0 != "+" }
        let halves = rest.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        var numbers: [Int] = []
        for part in (halves.first ?? "").split(separator: ".", omittingEmptySubsequences: false) {
            if part == "*" || part == "x" || part == "X" { break }
            guard let number = Int(part), number >= 0 else { return (nil, false) }
            numbers.append(number)
        }
        return (numbers.count <= 3 ? numbers : nil, halves.count > 1)
    }

    private static func next(_ numbers: [Int], at position: Int) -> SemanticVersion? {
        guard position >= 0, numbers.indices.contains(position) else { return nil }
        var next = Array(numbers[...position])
        next[position] += 1
        while next.count < 3 { next.append(0) }
        return SemanticVersion(next[0], next[1], next[2])
    }
}
