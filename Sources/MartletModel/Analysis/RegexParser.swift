// Go's syntax of regular expressions, read into a tree and compiled to a program.

/// A parsed expression.
indirect enum RegexNode: Sendable {
    case empty
    case set(ScalarSet)
    case assert(RegexAssertion)
    case sequence([RegexNode])
    case choice([RegexNode])
    /// At most: nil for any number.
    case repetition(RegexNode, least: Int, most: Int?)
}

/// A recursive-descent parser of https://pkg.go.dev/regexp/syntax.
struct RegexParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var flags = Flags()

    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotMatchesNewline = false
    }

    /// Go's own limits on nesting and on counts of repetition.
    private static let depthMax = 1000
    private static let repeatMax = 1000

    init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard position + wanted.count <= scalars.count,
            Array(scalars[position..<position + wanted.count]) == wanted
        else { return false }
        position += wanted.count
        return true
    }

    private func failure(_ problem: String) -> RegexError { RegexError(problem: problem) }

    mutating func parse() throws(RegexError) -> RegexNode {
        let node = try choice()
        if peek != nil { throw failure("unexpected )") }
        return node
    }

    private mutating func choice() throws(RegexError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax { throw failure("expression nests too deeply") }
        let outer = flags
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        flags = outer
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(RegexError) -> RegexNode {
        var nodes: [RegexNode] = []
        while let scalar = peek, scalar != "|", scalar != ")" {
            if "*+?".unicodeScalars.contains(scalar) {
                throw failure("missing argument to repetition operator: `\(scalar)`")
            }
            let node = try atom()
            nodes.append(try repeated(node))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func repeated(_ node: RegexNode) throws(RegexError) -> RegexNode {
        guard let (least, most) = try repetition() else { return node }
        _ = take("?")
        let start = position
        if try repetition() != nil {
            let operators = String(String.UnicodeScalarView(scalars[(start - 1)..<position]))
            throw failure("invalid nested repetition operator: `\(operators)`")
        }
        return .repetition(node, least: least, most: most)
    }

    private mutating func repetition() throws(RegexError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{") else { return nil }
        // What does not look like a count is literal text.
        guard let least = number() else {
            position = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else {
            position = start
            return nil
        }
        if least > Self.repeatMax || (most ?? 0) > Self.repeatMax || (most ?? least) < least {
            let text = String(String.UnicodeScalarView(scalars[start..<position]))
            throw failure("invalid repeat count: `\(text)`")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = peek, (0x30...0x39).contains(scalar.value), (value ?? 0) < 100_000 {
            value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
            position += 1
        }
        return value
    }

    private mutating func atom() throws(RegexError) -> RegexNode {
        guard let scalar = peek else { return .empty }
        position += 1
        switch scalar {
        case "(": return try group()
        case "[": return .set(try bracketClass())
        case ".": return .set(flags.dotMatchesNewline ? .any : .anyButNewline)
        case "^": return .assert(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assert(flags.isMultiline ? .lineEnd : .textEnd)
        case "\\": return try escape()
        default: return .set(literal(scalar))
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> ScalarSet {
        ScalarSet(ranges: [scalar.value...scalar.value], ignoresCase: flags.ignoresCase)
    }

    private mutating func group() throws(RegexError) -> RegexNode {
        let outer = flags
        if take("?") {
            if take("P<") || take("<") {
                let start = position
                while let scalar = peek, scalar != ">" {
                    guard ScalarSet.word.contains(scalar) else { throw failure("invalid named capture") }
                    position += 1
                }
                guard position > start, take(">") else { throw failure("invalid named capture") }
            } else if try !setFlags() {
                return .empty  // `(?i)`: holds until the group round it ends.
            }
        }
        let node = try choice()
        guard take(")") else { throw failure("missing closing )") }
        flags = outer
        return node
    }

    /// Reads flags; true when a group follows (`(?i:`), false when they stand alone.
    private mutating func setFlags() throws(RegexError) -> Bool {
        var isOn = true
        while let scalar = peek {
            position += 1
            switch scalar {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotMatchesNewline = isOn
            case "U": break  // Which match is preferred makes no difference to whether there is one.
            case "-" where isOn: isOn = false
            case ":": return true
            case ")": return false
            default: throw failure("invalid or unsupported Perl syntax: `(?\(scalar)`")
            }
        }
        throw failure("missing closing )")
    }

    private mutating func escape() throws(RegexError) -> RegexNode {
        guard let scalar = peek else { throw failure("trailing backslash at end of expression: ``") }
        switch scalar {
        case "A": position += 1; return .assert(.textStart)
        case "z": position += 1; return .assert(.textEnd)
        case "b": position += 1; return .assert(.wordBoundary)
        case "B": position += 1; return .assert(.noWordBoundary)
        case "Q":
            position += 1
            var nodes: [RegexNode] = []
            while let next = peek, !take("\\E") {
                position += 1
                nodes.append(.set(literal(next)))
            }
            return .sequence(nodes)
        default:
            if let set = try classEscape() { return .set(set) }
            return .set(literal(try scalarEscape()))
        }
    }

    /// `\d`, `\pL`, … after the backslash; nil when something else follows.
    private mutating func classEscape() throws(RegexError) -> ScalarSet? {
        guard let scalar = peek else { return nil }
        var set: ScalarSet
        switch scalar {
        case "d", "D": set = .digit
        case "s", "S": set = .space
        case "w", "W": set = .word
        case "p", "P":
            position += 1
            return try category(isNegated: scalar == "P")
        default: return nil
        }
        position += 1
        set.isNegated = (0x41...0x5A).contains(scalar.value)
        return set
    }

    private mutating func category(isNegated: Bool) throws(RegexError) -> ScalarSet {
        var isNegated = isNegated
        var name = ""
        if take("{") {
            if take("^") { isNegated.toggle() }
            while let scalar = peek, scalar != "}" {
                name.unicodeScalars.append(scalar)
                position += 1
            }
            guard take("}") else { throw failure("invalid character class range: `\\p{\(name)`") }
        } else if let scalar = peek {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        if let ranges = Self.scripts[name] {
            return ScalarSet(ranges: ranges, isNegated: isNegated)
        }
        guard name == "Any" || Self.categoryNames.contains(name) else {
            throw failure("invalid character class range: `\\p{\(name)}`")
        }
        let test = ScalarSet.CategoryTest(name: name == "Any" ? "" : name, isNegated: isNegated)
        return ScalarSet(categories: [test])
    }

    private static let categoryNames: Set<String> = [
        "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N",
        "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So",
        "Z", "Zl", "Zp", "Zs",
    ]

    /// The main blocks of the scripts that people name; the standard library knows none.
    private static let scripts: [String: [ClosedRange<UInt32>]] = [
        "Latin": [0x41...0x5A, 0x61...0x7A, 0xAA...0xAA, 0xBA...0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2B8, 0x1E00...0x1EFF],
        "Greek": [0x370...0x373, 0x375...0x377, 0x37A...0x37D, 0x37F...0x37F, 0x384...0x384, 0x386...0x386, 0x388...0x3E1, 0x3F0...0x3FF, 0x1F00...0x1FFE],
        "Cyrillic": [0x400...0x484, 0x487...0x52F, 0x1C80...0x1C88, 0x2DE0...0x2DFF, 0xA640...0xA69F],
        "Han": [0x2E80...0x2FD5, 0x3005...0x3005, 0x3007...0x3007, 0x3021...0x3029, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAD9, 0x20000...0x323AF],
        "Hiragana": [0x3041...0x3096, 0x309D...0x309F], "Katakana": [0x30A1...0x30FA, 0x30FD...0x30FF, 0x31F0...0x31FF],
        "Arabic": [0x600...0x604, 0x606...0x60B, 0x60D...0x61A, 0x61C...0x61E, 0x620...0x63F, 0x641...0x64A, 0x656...0x66F, 0x671...0x6DC],
        "Hebrew": [0x591...0x5C7, 0x5D0...0x5EA, 0x5EF...0x5F4],
    ]

    /// An escaped scalar after the backslash.
    private mutating func scalarEscape() throws(RegexError) -> Unicode.Scalar {
        guard let scalar = peek else { throw failure("trailing backslash at end of expression: ``") }
        position += 1
        let simple: [Unicode.Scalar: UInt32] = ["a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11]
        if let value = simple[scalar], let result = Unicode.Scalar(value) { return result }
        if scalar == "x" { return try hexadecimal() }
        if (0x30...0x37).contains(scalar.value), scalar == "0" || (peek.map { (0x30...0x37).contains($0.value) } ?? false) {
            var value = scalar.value - 0x30
            var digits = 1
            while digits < 3, let next = peek, (0x30...0x37).contains(next.value) {
                value = value * 8 + next.value - 0x30
                digits += 1
                position += 1
            }
            if let result = Unicode.Scalar(value) { return result }
        }
        if scalar.value < 0x80, !ScalarSet.word.contains(scalar) || scalar == "_" { return scalar }
        throw failure("invalid escape sequence: `\\\(scalar)`")
    }

    private mutating func hexadecimal() throws(RegexError) -> Unicode.Scalar {
        let isBraced = take("{")
        var value: UInt32 = 0
        var digits = 0
        while let scalar = peek, let digit = Character(scalar).hexDigitValue, digits < (isBraced ? 8 : 2) {
            value = value &* 16 &+ UInt32(digit)
            digits += 1
            position += 1
        }
        guard digits == (isBraced ? max(digits, 1) : 2), !isBraced || take("}"), value <= 0x10FFFF,
            let result = Unicode.Scalar(value)
        else { throw failure("invalid escape sequence: `\\x`") }
        return result
    }

    private mutating func bracketClass() throws(RegexError) -> ScalarSet {
        var set = ScalarSet(ignoresCase: flags.ignoresCase)
        if take("^") { set.isNegated = true }
        var isFirst = true
        while let scalar = peek, scalar != "]" || isFirst {
            isFirst = false
            if take("[:") {
                try posixClass(into: &set)
                continue
            }
            if scalar == "\\" {
                position += 1
                if let inner = try classEscape() {
                    try merge(inner, into: &set)
                    continue
                }
                position -= 1
            }
            let low = try classScalar()
            var high = low
            if let dash = peek, dash == "-", position + 1 < scalars.count, scalars[position + 1] != "]" {
                position += 1
                high = try classScalar()
                if high.value < low.value {
                    throw failure("invalid character class range: `\(low)-\(high)`")
                }
            }
            set.ranges.append(low.value...high.value)
        }
        guard take("]") else { throw failure("missing closing ]") }
        return set
    }

    private mutating func classScalar() throws(RegexError) -> Unicode.Scalar {
        guard let scalar = peek else { throw failure("missing closing ]") }
        position += 1
        return scalar == "\\" ? try scalarEscape() : scalar
    }

    private func merge(_ inner: ScalarSet, into set: inout ScalarSet) throws(RegexError) {
        if !inner.isNegated {
            set.ranges += inner.ranges
        } else {
            var start: UInt32 = 0
            for range in inner.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                if range.lowerBound > start { set.ranges.append(start...(range.lowerBound - 1)) }
                start = max(start, range.upperBound + 1)
            }
            if start <= 0x10FFFF, !inner.ranges.isEmpty { set.ranges.append(start...0x10FFFF) }
        }
        set.categories += inner.categories
    }

    private mutating func posixClass(into set: inout ScalarSet) throws(RegexError) {
        let isNegated = take("^")
        for (name, ranges) in Self.posixClasses where take("\(name):]") {
            try merge(ScalarSet(ranges: ranges, isNegated: isNegated), into: &set)
            return
        }
        throw failure("invalid character class range: `[:`")
    }

    private static let posixClasses: [(String, [ClosedRange<UInt32>])] = [
        ("alnum", [0x30...0x39, 0x41...0x5A, 0x61...0x7A]), ("alpha", [0x41...0x5A, 0x61...0x7A]),
        ("ascii", [0...0x7F]), ("blank", [0x09...0x09, 0x20...0x20]), ("cntrl", [0...0x1F, 0x7F...0x7F]),
        ("digit", [0x30...0x39]), ("graph", [0x21...0x7E]), ("lower", [0x61...0x7A]),
        ("print", [0x20...0x7E]), ("punct", [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
        ("space", [0x09...0x0D, 0x20...0x20]), ("upper", [0x41...0x5A]),
        ("word", [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]),
        ("xdigit", [0x30...0x39, 0x41...0x46, 0x61...0x66]),
    ]
}

/// Turns a tree into a program.
struct RegexCompiler {
    var program: [RegexInstruction] = []

    /// Go refuses programs past about this size, too.
    private static let instructionCountMax = 20_000

    private var visits = 0
    /// Empty expressions repeated within repetitions add no instruction, but they must end, too.
    private static let visitCountMax = 200_000

    mutating func add(_ node: RegexNode) throws(RegexError) {
        visits += 1
        if program.count > Self.instructionCountMax || visits > Self.visitCountMax {
            throw RegexError(problem: "expression too large")
        }
        switch node {
        case .empty: break
        case .set(let set): program.append(.set(set))
        case .assert(let assertion): program.append(.assert(assertion))
        case .sequence(let nodes): for node in nodes { try add(node) }
        case .choice(let branches): try addChoice(branches)
        case .repetition(let node, let least, let most): try addRepetition(node, least, most)
        }
    }

    private mutating func addChoice(_ branches: [RegexNode]) throws(RegexError) {
        var ends: [Int] = []
        for (number, branch) in branches.enumerated() {
            guard number < branches.count - 1 else {
                try add(branch)
                break
            }
            let split = program.count
            program.append(.jump(0))
            try add(branch)
            ends.append(program.count)
            program.append(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        for end in ends { program[end] = .jump(program.count) }
    }

    private mutating func addRepetition(_ node: RegexNode, _ least: Int, _ most: Int?) throws(RegexError) {
        for _ in 0..<least { try add(node) }
        guard let most else {
            let start = program.count
            program.append(.jump(0))
            try add(node)
            program.append(.jump(start))
            program[start] = .split(start + 1, program.count)
            return
        }
        var splits: [Int] = []
        for _ in least..<max(most, least) {
            splits.append(program.count)
            program.append(.jump(0))
            try add(node)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }
}
