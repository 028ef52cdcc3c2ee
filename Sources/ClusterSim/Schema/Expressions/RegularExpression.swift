// Regular expressions of RE2's syntax, matched in time linear in the text.

/// A compiled regular expression, as Go's `regexp` understands it.
///
/// Patterns come from CustomResourceDefinitions, texts from anybody: matching simulates all
/// alternatives side by side, so that no pattern can make it exponential.
struct RegularExpression: Sendable {
    /// Why a pattern is refused, in Go's words: ``missing closing ): `(` ``.
    struct SyntaxError: Error, Hashable {
        let message: String
    }

    indirect enum Node {
        case empty
        case set(ScalarSet)
        case assertion(Assertion)
        case sequence([Node])
        case choice([Node])
        case repetition(Node, min: Int, max: Int?, isLazy: Bool)
    }

    enum Assertion: Hashable, Sendable {
        case lineStart, lineEnd, textStart, textEnd, wordBoundary, notWordBoundary
    }

    private enum Instruction: Sendable {
        case set(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case assertion(Assertion)
        case match
    }

    /// Programs above this size are refused: counted repetitions multiply.
    private static let programSizeMax = 20_000
    /// A text this many steps long is not searched: it would stall everybody else's requests.
    private static let workMax = 100_000_000

    private var program: [Instruction] = []

    init(_ pattern: String) throws(SyntaxError) {
        var parser = RegularExpressionParser(pattern)
        let node = try parser.parse()
        try emit(node)
        program.append(.match)
    }

    private mutating func emit(_ node: Node) throws(SyntaxError) {
        guard program.count < Self.programSizeMax else {
            throw SyntaxError(message: "expression too large")
        }
        switch node {
        case .empty: break
        case .set(let set): program.append(.set(set))
        case .assertion(let assertion): program.append(.assertion(assertion))
        case .sequence(let nodes): for node in nodes { try emit(node) }
        case .choice(let nodes): try emitChoice(nodes)
        case .repetition(let node, let min, let max, let isLazy):
            try emitRepetition(node, min, max, isLazy)
        }
    }

    private mutating func emitChoice(_ nodes: [Node]) throws(SyntaxError) {
        var jumps: [Int] = []
        for (position, node) in nodes.enumerated() {
            if position == nodes.count - 1 {
                try emit(node)
            } else {
                let split = program.count
                program.append(.match)
                try emit(node)
                jumps.append(program.count)
                program.append(.match)
                program[split] = .split(split + 1, program.count)
            }
        }
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    private mutating func emitRepetition(
        _ node: Node, _ min: Int, _ max: Int?, _ isLazy: Bool
    ) throws(SyntaxError) {
        for _ in 0..<min { try emit(node) }
        guard let max else {
            let split = program.count
            program.append(.match)
            try emit(node)
            program.append(.jump(split))
            program[split] = Self.split(split + 1, program.count, isLazy)
            return
        }
        var splits: [Int] = []
        for _ in min..<Swift.max(min, max) {
            splits.append(program.count)
            program.append(.match)
            try emit(node)
        }
        for split in splits { program[split] = Self.split(split + 1, program.count, isLazy) }
    }

    private static func split(_ body: Int, _ end: Int, _ isLazy: Bool) -> Instruction {
        isLazy ? .split(end, body) : .split(body, end)
    }

    // MARK: Matching

    /// Whether the expression matches anywhere in the text.
    ///
    /// - Returns: False also for a text that is too long for the expression's size.
    func matches(_ text: String) -> Bool { firstMatch(in: Array(text.unicodeScalars), from: 0) != nil }

    /// The leftmost match at or after a position, as a range of scalars.
    func firstMatch(in text: [Unicode.Scalar], from start: Int) -> Range<Int>? {
        guard (text.count - start) * program.count <= Self.workMax else { return nil }
        var current = ThreadList(count: program.count)
        var next = ThreadList(count: program.count)
        var found: Range<Int>?
        var position = start
        while true {
            if found == nil { add(0, position, text, position, &current) }
            if current.threads.isEmpty { break }
            next.clear()
            var index = 0
            while index < current.threads.count {
                let thread = current.threads[index]
                index += 1
                switch program[thread.instruction] {
                case .match:
                    found = thread.start..<position
                    // Threads behind this one have lower priority.
                    index = current.threads.count
                case .set(let set):
                    if position < text.count, set.contains(text[position]) {
                        add(thread.instruction + 1, thread.start, text, position + 1, &next)
                    }
                case .split, .jump, .assertion: break
                }
            }
            swap(&current, &next)
            if position >= text.count { break }
            position += 1
        }
        return found
    }

    private struct Thread {
        var instruction: Int
        var start: Int
    }

    private struct ThreadList {
        var threads: [Thread] = []
        private var marks: [Bool]
        init(count: Int) { marks = Array(repeating: false, count: count) }
        mutating func mark(_ instruction: Int) -> Bool {
            if marks[instruction] { return false }
            marks[instruction] = true
            return true
        }
        mutating func clear() {
            threads.removeAll(keepingCapacity: true)
            for index in marks.indices { marks[index] = false }
        }
    }

    /// Follows what consumes nothing; the stack is our own, so that depth is bounded by the program.
    private func add(
        _ instruction: Int, _ start: Int, _ text: [Unicode.Scalar], _ position: Int, _ list: inout ThreadList
    ) {
        var stack = [instruction]
        while let next = stack.popLast() {
            guard list.mark(next) else { continue }
            switch program[next] {
            case .jump(let target): stack.append(target)
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .assertion(let assertion):
                if Self.holds(assertion, text, position) { stack.append(next + 1) }
            case .set, .match: list.threads.append(Thread(instruction: next, start: start))
            }
        }
    }

    private static func holds(_ assertion: Assertion, _ text: [Unicode.Scalar], _ position: Int) -> Bool {
        switch assertion {
        case .textStart: return position == 0
        case .textEnd: return position == text.count
        case .lineStart: return position == 0 || text[position - 1] == "\n"
        case .lineEnd: return position == text.count || text[position] == "\n"
        case .wordBoundary, .notWordBoundary:
            let before = position > 0 && ScalarSet.word.contains(text[position - 1])
            let after = position < text.count && ScalarSet.word.contains(text[position])
            return (before != after) == (assertion == .wordBoundary)
        }
    }
}

/// A set of Unicode scalars, as sorted ranges.
struct ScalarSet: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]

    init(_ ranges: [ClosedRange<UInt32>]) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if ranges.count <= 4 { return ranges.contains { $0.contains(value) } }
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(value)
    }

    var inverted: ScalarSet {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return ScalarSet(result)
    }

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    /// With the other case of every ASCII letter.
    var ignoringCase: ScalarSet {
        var result = ranges
        for range in ranges {
            for (from, to) in [(UInt32(65), UInt32(97)), (97, 65)] {
                let low = max(range.lowerBound, from), high = min(range.upperBound, from + 25)
                if low <= high { result.append((low - from + to)...(high - from + to)) }
            }
        }
        return ScalarSet(result)
    }

    static let digits = ScalarSet([48...57])
    static let word = ScalarSet([48...57, 65...90, 95...95, 97...122])
    static let space = ScalarSet([9...10, 12...13, 32...32])
    static let all = ScalarSet([0...0x10FFFF])
    static let notNewline = ScalarSet(Unicode.Scalar("\n")).inverted
}
