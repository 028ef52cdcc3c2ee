// Regular expressions in Go's syntax that are matched in linear time.
//
// The names in `dryRun` and `measurementRetention`, and the operator `matches` of conditions, are
// expressions of Go's package regexp (https://pkg.go.dev/regexp/syntax). A backtracking matcher
// could be made to run for hours by a hostile one, so this follows Thompson and Pike: the program
// is run on all its threads at once, one scalar of the text at a time
// (https://swtch.com/~rsc/regexp/regexp2.html).

/// A regular expression that is asked only whether it matches somewhere.
package struct LinearRegex: Hashable, Sendable {
    /// The expression as written.
    package let pattern: String
    private let program: [RegexInstruction]

    /// Compiles an expression.
    ///
    /// - Throws: `RegexError` for anything that Go refuses, and past the limits.
    package init(_ pattern: String) throws(RegexError) {
        self.pattern = pattern
        var parser = RegexParser(pattern)
        let node = try parser.parse()
        var compiler = RegexCompiler()
        try compiler.add(node)
        compiler.program.append(.match)
        program = compiler.program
    }

    package static func == (left: LinearRegex, right: LinearRegex) -> Bool { left.pattern == right.pattern }
    package func hash(into hasher: inout Hasher) { hasher.combine(pattern) }

    /// How much a match may cost at most, in steps of threads.
    private static let stepCountMax = 20_000_000

    /// Whether the expression matches some part of the text; false when finding out would cost
    /// more than a bounded effort.
    package func isMatch(_ text: String) -> Bool { isMatch(Array(text.unicodeScalars)) }

    /// Whether the expression matches some part of a text of scalars.
    package func isMatch(_ text: [Unicode.Scalar]) -> Bool {
        var current = ThreadList(capacity: program.count)
        var next = ThreadList(capacity: program.count)
        var steps = 0
        for position in 0...text.count {
            let before = position > 0 ? text[position - 1] : nil
            let after = position < text.count ? text[position] : nil
            if follow(0, into: &current, before: before, after: after, steps: &steps) { return true }
            guard let scalar = after else { break }
            let following = position + 1 < text.count ? text[position + 1] : nil
            for address in current.addresses {
                guard case .set(let set) = program[address], set.contains(scalar) else { continue }
                if follow(address + 1, into: &next, before: scalar, after: following, steps: &steps) {
                    return true
                }
            }
            swap(&current, &next)
            next.removeAll()
            if steps > Self.stepCountMax { return false }
        }
        return false
    }

    /// Adds a thread and all that it reaches without reading; true when it reaches the end.
    private func follow(
        _ start: Int, into threads: inout ThreadList, before: Unicode.Scalar?, after: Unicode.Scalar?,
        steps: inout Int
    ) -> Bool {
        var open = [start]
        while let address = open.popLast() {
            steps += 1
            guard threads.insert(address) else { continue }
            switch program[address] {
            case .match: return true
            case .set: break
            case .jump(let target): open.append(target)
            case .split(let first, let second):
                open.append(second)
                open.append(first)
            case .assert(let assertion):
                if assertion.holds(before: before, after: after) { open.append(address + 1) }
            }
        }
        return false
    }
}

/// Addresses of threads, each once.
private struct ThreadList {
    private(set) var addresses: [Int] = []
    private var isIn: [Bool]

    init(capacity: Int) { isIn = Array(repeating: false, count: capacity) }

    mutating func insert(_ address: Int) -> Bool {
        if isIn[address] { return false }
        isIn[address] = true
        addresses.append(address)
        return true
    }

    mutating func removeAll() {
        for address in addresses { isIn[address] = false }
        addresses.removeAll(keepingCapacity: true)
    }
}

/// Why an expression cannot be compiled.
package struct RegexError: Error, Hashable, Sendable, CustomStringConvertible {
    /// In Go's words where there are such: `missing closing )`.
    package var problem: String
    package var description: String { "error parsing regexp: \(problem)" }
}

/// One instruction of a compiled expression.
enum RegexInstruction: Sendable {
    case set(ScalarSet)
    case assert(RegexAssertion)
    case jump(Int)
    case split(Int, Int)
    case match
}

/// What must hold between two scalars.
enum RegexAssertion: Sendable {
    case lineStart, lineEnd, textStart, textEnd, wordBoundary, noWordBoundary

    func holds(before: Unicode.Scalar?, after: Unicode.Scalar?) -> Bool {
        switch self {
        case .lineStart: before == nil || before == "\n"
        case .lineEnd: after == nil || after == "\n"
        case .textStart: before == nil
        case .textEnd: after == nil
        case .wordBoundary: Self.isWord(before) != Self.isWord(after)
        case .noWordBoundary: Self.isWord(before) == Self.isWord(after)
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return ScalarSet.word.contains(scalar)
    }
}

/// A set of scalars, as a class or a single one of them describes it.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var categories: [CategoryTest] = []
    var isNegated = false
    var ignoresCase = false

    struct CategoryTest: Sendable {
        /// `L`, `Lu`, …; empty for any.
        var name: String
        var isNegated: Bool
    }

    static let digit = ScalarSet(ranges: [0x30...0x39])
    static let space = ScalarSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let any = ScalarSet(ranges: [0...0x10FFFF])
    static let anyButNewline = ScalarSet(ranges: [0...0x09, 0x0B...0x10FFFF])

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var isIn = includes(scalar)
        if !isIn, ignoresCase {
            isIn = Self.single(scalar.properties.lowercaseMapping).map(includes) ?? false
                || Self.single(scalar.properties.uppercaseMapping).map(includes) ?? false
        }
        return isIn != isNegated
    }

    private static func single(_ text: String) -> Unicode.Scalar? {
        text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
    }

    private func includes(_ scalar: Unicode.Scalar) -> Bool {
        for range in ranges where range.contains(scalar.value) { return true }
        for test in categories where Self.matches(scalar, test.name) != test.isNegated { return true }
        return false
    }

    /// The two-letter names of Unicode's general categories.
    static func matches(_ scalar: Unicode.Scalar, _ name: String) -> Bool {
        let category =
            switch scalar.properties.generalCategory {
            case .uppercaseLetter: "Lu"
            case .lowercaseLetter: "Ll"
            case .titlecaseLetter: "Lt"
            case .modifierLetter: "Lm"
            case .otherLetter: "Lo"
            case .nonspacingMark: "Mn"
            case .spacingMark: "Mc"
            case .enclosingMark: "Me"
            case .decimalNumber: "Nd"
            case .letterNumber: "Nl"
            case .otherNumber: "No"
            case .connectorPunctuation: "Pc"
            case .dashPunctuation: "Pd"
            case .openPunctuation: "Ps"
            case .closePunctuation: "Pe"
            case .initialPunctuation: "Pi"
            case .finalPunctuation: "Pf"
            case .otherPunctuation: "Po"
            case .mathSymbol: "Sm"
            case .currencySymbol: "Sc"
            case .modifierSymbol: "Sk"
            case .otherSymbol: "So"
            case .spaceSeparator: "Zs"
            case .lineSeparator: "Zl"
            case .paragraphSeparator: "Zp"
            case .control: "Cc"
            case .format: "Cf"
            case .surrogate: "Cs"
            case .privateUse: "Co"
            case .unassigned: "Cn"
            @unknown default: "Cn"
            }
        return name.isEmpty || category.hasPrefix(name)
    }
}
