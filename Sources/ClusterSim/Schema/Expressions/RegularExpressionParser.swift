// The syntax of regular expressions: RE2's, with Go's error messages.

/// A recursive-descent parser; nesting is bounded.
struct RegularExpressionParser {
    typealias Node = RegularExpression.Node
    typealias SyntaxError = RegularExpression.SyntaxError

    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotMatchesNewline = false
        var isUngreedy = false
    }

    /// Go's limit on counted repetitions.
    private static let repeatMax = 1000
    private static let depthMax = 200

    private let text: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var flags = Flags()

    init(_ pattern: String) { text = Array(pattern.unicodeScalars) }

    private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private func slice(_ from: Int, _ to: Int? = nil) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text[from..<min(to ?? text.count, text.count)])
        return String(view)
    }

    private func error(_ what: String, _ from: Int, _ to: Int? = nil) -> SyntaxError {
        SyntaxError(message: "\(what): `\(slice(from, to))`")
    }

    mutating func parse() throws(SyntaxError) -> Node {
        let node = try alternatives()
        if next == ")" { throw error("unexpected )", 0) }
        return node
    }

    private mutating func alternatives() throws(SyntaxError) -> Node {
        var nodes = [try sequence()]
        while next == "|" {
            position += 1
            nodes.append(try sequence())
        }
        return nodes.count == 1 ? nodes[0] : .choice(nodes)
    }

    private mutating func sequence() throws(SyntaxError) -> Node {
        var nodes: [Node] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let start = position
            let atom = try atom()
            nodes.append(try repetitions(atom, start))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    // MARK: Repetition

    private mutating func repetitions(_ atom: Node, _ start: Int) throws(SyntaxError) -> Node {
        let operatorStart = position
        guard let (min, max) = try count() else { return atom }
        var isLazy = flags.isUngreedy
        if next == "?" {
            isLazy.toggle()
            position += 1
        }
        let end = position
        if try count() != nil {
            throw error("invalid nested repetition operator", operatorStart, max == nil ? position : Swift.max(end, position))
        }
        return .repetition(atom, min: min, max: max, isLazy: isLazy)
    }

    /// Reads `*`, `+`, `?` or `{n,m}`; nil when there is none.
    private mutating func count() throws(SyntaxError) -> (min: Int, max: Int?)? {
        switch next {
        case "*":
            position += 1
            return (0, nil)
        case "+":
            position += 1
            return (1, nil)
        case "?":
            position += 1
            return (0, 1)
        case "{": return try countedRepetition()
        default: return nil
        }
    }

    private mutating func countedRepetition() throws(SyntaxError) -> (min: Int, max: Int?)? {
        let start = position
        position += 1
        guard let min = number() else {
            position = start
            return nil
        }
        var max: Int? = min
        if next == "," {
            position += 1
            max = next == "}" ? nil : number()
            if max == nil, next != "}" {
                position = start
                return nil
            }
        }
        guard next == "}" else {
            position = start
            return nil
        }
        position += 1
        if min > Self.repeatMax || max ?? 0 > Self.repeatMax || max.map({ $0 < min }) ?? false {
            throw error("invalid repeat count", start, position)
        }
        return (min, max)
    }

    private mutating func number() -> Int? {
        let start = position
        var value = 0
        while let scalar = next, ScalarSet.digits.contains(scalar) {
            value = min(value * 10 + Int(scalar.value - 48), 100_000)
            position += 1
        }
        return position > start ? value : nil
    }

    // MARK: Atoms

    private mutating func atom() throws(SyntaxError) -> Node {
        let start = position
        guard let scalar = next else { return .empty }
        switch scalar {
        case "(": return try group()
        case "[": return .set(try characterClass())
        case ".":
            position += 1
            return .set(flags.dotMatchesNewline ? .all : .notNewline)
        case "^":
            position += 1
            return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$":
            position += 1
            return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?":
            position += 1
            throw error("missing argument to repetition operator", start, position)
        case "\\": return try escape()
        case "{":
            // A brace that does not count is itself.
            if try countedRepetition() != nil {
                throw error("missing argument to repetition operator", start, position)
            }
            position += 1
            return .set(ScalarSet(scalar))
        default:
            position += 1
            return .set(literal(scalar))
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> ScalarSet {
        let set = ScalarSet(scalar)
        return flags.ignoresCase ? set.ignoringCase : set
    }

    private mutating func group() throws(SyntaxError) -> Node {
        let start = position
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax { throw SyntaxError(message: "expression nests too deeply") }
        position += 1
        let outer = flags
        if next == "?" {
            if try groupFlags(start) { return .empty }
        }
        let node = try alternatives()
        guard next == ")" else { throw error("missing closing )", 0) }
        position += 1
        flags = outer
        return node
    }

    /// Reads what follows `(?`; true when it only set flags (`(?i)`).
    private mutating func groupFlags(_ start: Int) throws(SyntaxError) -> Bool {
        position += 1
        if next == "P" || next == "<" {
            if next == "P" { position += 1 }
            guard next == "<" else { throw error("invalid named capture", start) }
            while let scalar = next, scalar != ">" {
                if scalar == ")" { throw error("invalid named capture", start, position + 1) }
                position += 1
            }
            guard next == ">" else { throw error("invalid named capture", start) }
            position += 1
            return false
        }
        var isOn = true
        while let scalar = next {
            position += 1
            switch scalar {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotMatchesNewline = isOn
            case "U": flags.isUngreedy = isOn
            case "-" where isOn: isOn = false
            case ":": return false
            case ")": return true
            default: throw error("invalid or unsupported Perl syntax", start, position)
            }
        }
        throw error("missing closing )", 0)
    }

    // MARK: Escapes

    private mutating func escape() throws(SyntaxError) -> Node {
        let start = position
        guard position + 1 < text.count else { throw SyntaxError(message: "trailing backslash at end of expression: ``") }
        switch text[position + 1] {
        case "A": return assertion(.textStart)
        case "z": return assertion(.textEnd)
        case "b": return assertion(.wordBoundary)
        case "B": return assertion(.notWordBoundary)
        case "Q":
            position += 2
            var nodes: [Node] = []
            while let scalar = next {
                if scalar == "\\", position + 1 < text.count, text[position + 1] == "E" {
                    position += 2
                    break
                }
                nodes.append(.set(literal(scalar)))
                position += 1
            }
            return .sequence(nodes)
        default:
            if let set = try escapedClass() { return .set(set) }
            return .set(literal(try escapedScalar(start)))
        }
    }

    private mutating func assertion(_ assertion: RegularExpression.Assertion) -> Node {
        position += 2
        return .assertion(assertion)
    }

    /// `\d`, `\W`, `\pL`, `\p{Greek}`; nil for any other escape.
    private mutating func escapedClass() throws(SyntaxError) -> ScalarSet? {
        let start = position
        let set: ScalarSet
        switch text[position + 1] {
        case "d": set = .digits
        case "D": set = ScalarSet.digits.inverted
        case "w": set = .word
        case "W": set = ScalarSet.word.inverted
        case "s": set = .space
        case "S": set = ScalarSet.space.inverted
        case "p", "P":
            let isNegated = text[position + 1] == "P"
            position += 2
            var name = ""
            if next == "{" {
                let from = position + 1
                while let scalar = next, scalar != "}" { _ = scalar; position += 1 }
                name = slice(from, position)
            } else if let scalar = next {
                name = String(Character(scalar))
            }
            guard next != nil, let found = UnicodeClass.named(name) else {
                throw error("invalid character class range", start, min(position + 1, text.count))
            }
            position += 1
            return isNegated ? found.inverted : found
        default: return nil
        }
        position += 2
        return set
    }

    private mutating func escapedScalar(_ start: Int) throws(SyntaxError) -> Unicode.Scalar {
        guard position + 1 < text.count else { throw SyntaxError(message: "trailing backslash at end of expression: ``") }
        let scalar = text[position + 1]
        position += 2
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "f": return "\u{0C}"
        case "v": return "\u{0B}"
        case "a": return "\u{07}"
        case "x": return try hexadecimal(start)
        case "0"..."7":
            if scalar != "0" { throw error("invalid escape sequence", start, position) }
            return "\0"
        default:
            let isPunctuation = scalar.value < 128 && !ScalarSet.word.contains(scalar)
            guard isPunctuation else { throw error("invalid escape sequence", start, position) }
            return scalar
        }
    }

    private mutating func hexadecimal(_ start: Int) throws(SyntaxError) -> Unicode.Scalar {
        var digits = ""
        if next == "{" {
            let from = position + 1
            while let scalar = next, scalar != "}" { _ = scalar; position += 1 }
            digits = slice(from, position)
            position += 1
        } else {
            digits = slice(position, position + 2)
            position += 2
        }
        guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw error("invalid escape sequence", start, min(position, text.count))
        }
        return scalar
    }

    // MARK: Classes

    private mutating func characterClass() throws(SyntaxError) -> ScalarSet {
        let start = position
        position += 1
        var isNegated = false
        if next == "^" {
            isNegated = true
            position += 1
        }
        var set = ScalarSet([])
        var isFirst = true
        while let scalar = next, isFirst || scalar != "]" {
            isFirst = false
            if scalar == "[", position + 1 < text.count, text[position + 1] == ":", let named = try posixClass() {
                set = set.union(named)
                continue
            }
            if scalar == "\\", position + 1 < text.count, let named = try escapedClass() {
                set = set.union(named)
                continue
            }
            let from = position
            let low = try classScalar(start)
            var high = low
            if next == "-", position + 1 < text.count, text[position + 1] != "]" {
                position += 1
                high = try classScalar(start)
            }
            guard low.value <= high.value else { throw error("invalid character class range", from, position) }
            set = set.union(ScalarSet([low.value...high.value]))
        }
        guard next == "]" else { throw error("missing closing ]", start) }
        position += 1
        if flags.ignoresCase { set = set.ignoringCase }
        return isNegated ? set.inverted : set
    }

    private mutating func classScalar(_ start: Int) throws(SyntaxError) -> Unicode.Scalar {
        guard let scalar = next else { throw error("missing closing ]", start) }
        if scalar == "\\" { return try escapedScalar(position) }
        position += 1
        return scalar
    }

    private mutating func posixClass() throws(SyntaxError) -> ScalarSet? {
        var end = position + 2
        while end + 1 < text.count, !(text[end] == ":" && text[end + 1] == "]") { end += 1 }
        guard end + 1 < text.count else { return nil }
        var name = slice(position + 2, end)
        let isNegated = name.first == "^"
        if isNegated { name.removeFirst() }
        guard let set = UnicodeClass.posix(name) else {
            throw error("invalid character class range", position, end + 2)
        }
        position = end + 2
        return isNegated ? set.inverted : set
    }
}

/// Named classes of scalars.
private enum UnicodeClass {
    static func posix(_ name: String) -> ScalarSet? {
        switch name {
        case "alnum": ScalarSet([48...57, 65...90, 97...122])
        case "alpha": ScalarSet([65...90, 97...122])
        case "ascii": ScalarSet([0...127])
        case "blank": ScalarSet([9...9, 32...32])
        case "cntrl": ScalarSet([0...31, 127...127])
        case "digit": .digits
        case "graph": ScalarSet([33...126])
        case "lower": ScalarSet([97...122])
        case "print": ScalarSet([32...126])
        case "punct": ScalarSet([33...47, 58...64, 91...96, 123...126])
        case "space": ScalarSet([9...13, 32...32])
        case "upper": ScalarSet([65...90])
        case "word": .word
        case "xdigit": ScalarSet([48...57, 65...70, 97...102])
        default: nil
        }
    }

    /// The general categories that people use; the ranges are computed from the standard library's
    /// properties of the Basic Multilingual Plane.
    static func named(_ name: String) -> ScalarSet? {
        let holds: (Unicode.Scalar.Properties) -> Bool
        switch name {
        case "L": holds = { $0.isAlphabetic && $0.numericType == nil }
        case "Lu": holds = { $0.generalCategory == .uppercaseLetter }
        case "Ll": holds = { $0.generalCategory == .lowercaseLetter }
        case "N": holds = { $0.numericType != nil }
        case "Nd": holds = { $0.generalCategory == .decimalNumber }
        case "P": holds = { isPunctuation($0.generalCategory) }
        case "Z", "Zs": holds = { $0.generalCategory == .spaceSeparator }
        default: return nil
        }
        var ranges: [ClosedRange<UInt32>] = []
        for value in UInt32(0)...0xFFFF {
            guard let scalar = Unicode.Scalar(value), holds(scalar.properties) else { continue }
            if let last = ranges.last, last.upperBound + 1 == value {
                ranges[ranges.count - 1] = last.lowerBound...value
            } else {
                ranges.append(value...value)
            }
        }
        return ScalarSet(ranges)
    }

    private static func isPunctuation(_ category: Unicode.GeneralCategory) -> Bool {
        switch category {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }
}
