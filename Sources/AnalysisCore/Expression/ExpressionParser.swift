// Reads the language of conditions and writes code for it.
//
// Grammar, loosest first: sequence `a; b`, `let`, `if`, conditional `? :`, pipe `|`, then binary
// operators by `BinaryRule`, unary ones, postfix ones. Recursion happens only inside of brackets
// and branches, and is bounded; parentheses and unary operators, which people and generators pile
// up, are read by loops.

/// How a binary operator binds.
struct BinaryRule {
    enum Effect {
        case plain(BinaryOperator)
        case and, or, coalesce, pipe
    }
    var effect: Effect
    var precedence: Int
    var isRightAssociative = false
    /// `not` may stand before it.
    var isNegatable = false

    static let all: [String: BinaryRule] = {
        var rules: [String: BinaryRule] = [
            "|": BinaryRule(effect: .pipe, precedence: 0), "or": BinaryRule(effect: .or, precedence: 10),
            "||": BinaryRule(effect: .or, precedence: 10), "and": BinaryRule(effect: .and, precedence: 15),
            "&&": BinaryRule(effect: .and, precedence: 15),
            "??": BinaryRule(effect: .coalesce, precedence: 500),
            "..": BinaryRule(effect: .plain(.range), precedence: 25),
            "+": BinaryRule(effect: .plain(.add), precedence: 30),
            "-": BinaryRule(effect: .plain(.subtract), precedence: 30),
            "*": BinaryRule(effect: .plain(.multiply), precedence: 60),
            "/": BinaryRule(effect: .plain(.divide), precedence: 60),
            "%": BinaryRule(effect: .plain(.remainder), precedence: 60),
            "**": BinaryRule(effect: .plain(.power), precedence: 100, isRightAssociative: true),
            "^": BinaryRule(effect: .plain(.power), precedence: 100, isRightAssociative: true),
        ]
        for comparison in [BinaryOperator.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual] {
            rules[comparison.rawValue] = BinaryRule(effect: .plain(comparison), precedence: 20)
        }
        for test in [BinaryOperator.contained, .matches, .contains, .startsWith, .endsWith] {
            rules[test.rawValue] = BinaryRule(effect: .plain(test), precedence: 20, isNegatable: true)
        }
        return rules
    }()

    /// Comparisons that chain: `1 < x < 3`.
    static let chained: Set<String> = ["<", "<=", ">", ">="]
    static let unary: [String: (operation: Operation, precedence: Int)] = [
        "not": (.not, 50), "!": (.not, 50), "-": (.negate, 90), "+": (.plus, 90),
    ]
}

/// The parser.
struct ExpressionParser {
    let tokens: [ExpressionToken]
    var position = 0
    var code = ExpressionCode()
    var scopes: [[String: Int]] = [[:]]
    var nodeCount = 0
    var depth = 0
    /// Predicates round the place.
    var loops: [LoopFunction] = []

    init(_ text: String) throws(ExpressionError) {
        var lexer = ExpressionLexer(text)
        tokens = try lexer.run()
    }

    // MARK: Tokens and code

    var current: ExpressionToken { tokens[position] }

    func failure(_ token: String, _ message: String) -> ExpressionError {
        ExpressionError(.syntax, token, message, at: current.offset)
    }

    func unexpected() -> ExpressionError {
        failure("unexpected-token", "unexpected token \(current.kind == .end ? "at the end" : "'\(current.text)'")")
    }

    mutating func advance() { if position < tokens.count - 1 { position += 1 } }

    mutating func take(_ mark: String) -> Bool {
        guard current.isMark(mark) else { return false }
        advance()
        return true
    }

    mutating func expect(_ mark: String) throws(ExpressionError) {
        guard take(mark) else { throw unexpected() }
    }

    mutating func emit(_ operation: Operation, at offset: Int) {
        code.instructions.append(Instruction(operation: operation, offset: offset))
    }

    /// Writes an instruction that counts as a node of the expression.
    mutating func node(_ operation: Operation, at offset: Int) throws(ExpressionError) {
        nodeCount += 1
        if nodeCount > ExpressionLimits.nodeCountMax {
            throw failure("node-limit", "the expression has more than \(ExpressionLimits.nodeCountMax) nodes")
        }
        emit(operation, at: offset)
    }

    var here: Int { code.instructions.count }

    /// Points the jump at `place` behind the code written so far.
    mutating func land(_ place: Int, _ operation: (Int) -> Operation) {
        code.instructions[place].operation = operation(here - place)
    }

    mutating func newSlot() -> Int {
        code.slotCount += 1
        return code.slotCount - 1
    }

    // MARK: Sequences

    /// A whole expression.
    mutating func parse() throws(ExpressionError) -> ExpressionCode {
        try sequence()
        guard current.kind == .end else { throw unexpected() }
        return code
    }

    mutating func sequence() throws(ExpressionError) {
        scopes.append([:])
        try expression()
        try sequenceRest()
        scopes.removeLast()
    }

    mutating func sequenceRest() throws(ExpressionError) {
        while current.isMark(";") {
            let offset = current.offset
            advance()
            if current.kind == .end || current.isMark(")") || current.isMark("}") { return }
            try node(.pop, at: offset)
            try expression()
        }
    }

    mutating func expression(_ precedence: Int = 0) throws(ExpressionError) {
        depth += 1
        defer { depth -= 1 }
        if depth > ExpressionLimits.depthMax { throw failure("too-deep", "the expression nests too deeply") }
        if precedence == 0, current.isMark("let") { return try declaration() }
        if precedence == 0, current.isMark("if") { return try ifExpression() }
        try primary()
        try continueExpression(precedence)
    }

    /// What may follow a first operand.
    mutating func continueExpression(_ precedence: Int) throws(ExpressionError) {
        try binaries(precedence)
        if precedence == 0 { try conditional() }
    }

    private mutating func declaration() throws(ExpressionError) {
        advance()
        let name = current
        guard name.kind == .identifier else { throw unexpected() }
        advance()
        try expect("=")
        try expression()
        try expect(";")
        if ExpressionNames.isTaken(name.text) || scopes.contains(where: { $0[name.text] != nil }) {
            emit(.problem(token: "redeclare", message: "cannot redeclare \(name.text)"), at: name.offset)
        }
        let slot = newSlot()
        try node(.store(slot), at: name.offset)
        scopes.append([name.text: slot])
        try expression()
        try sequenceRest()
        scopes.removeLast()
    }

    private mutating func ifExpression() throws(ExpressionError) {
        let start = current.offset
        var ends: [Int] = []
        while true {
            advance()
            try expression()
            try expect("{")
            let branch = here
            try node(.branchBegin(0), at: code.instructions.last?.offset ?? start)
            try sequence()
            try expect("}")
            guard current.isMark("else") else { throw unexpected() }
            advance()
            ends.append(here)
            emit(.branchElse(0), at: start)
            land(branch) { .branchBegin($0) }
            if current.isMark("if") { continue }
            try expect("{")
            try sequence()
            try expect("}")
            break
        }
        for end in ends.reversed() {
            land(end) { .branchElse($0) }
            emit(.branchEnd, at: start)
        }
    }

    private mutating func conditional() throws(ExpressionError) {
        while current.isMark("?") || current.isMark("?:") {
            let isShort = current.isMark("?:")
            let offset = current.offset
            let conditionOffset = code.instructions.last?.offset ?? offset
            advance()
            if isShort {
                let slot = newSlot()
                emit(.keep(slot), at: conditionOffset)
                let branch = here
                try node(.branchBegin(0), at: conditionOffset)
                emit(.load(slot), at: conditionOffset)
                try elseBranch(branch, offset)
                continue
            }
            let branch = here
            try node(.branchBegin(0), at: conditionOffset)
            try expression()
            try expect(":")
            try elseBranch(branch, offset)
        }
    }

    private mutating func elseBranch(_ branch: Int, _ offset: Int) throws(ExpressionError) {
        let end = here
        emit(.branchElse(0), at: offset)
        land(branch) { .branchBegin($0) }
        try expression()
        land(end) { .branchElse($0) }
        emit(.branchEnd, at: offset)
    }

    // MARK: Binary operators

    mutating func binaries(_ precedence: Int) throws(ExpressionError) {
        var previous = ""
        while current.kind == .mark {
            let start = position
            let offset = current.offset
            let isNegated = current.isMark("not")
            if isNegated {
                if precedence > 20 { return }
                advance()
                guard current.kind == .mark, BinaryRule.all[current.text]?.isNegatable ?? false else {
                    throw unexpected()
                }
            }
            guard let rule = BinaryRule.all[current.text], rule.precedence >= precedence else {
                position = start
                return
            }
            let name = current.text
            if case .pipe = rule.effect {
                if precedence > 0 { return }
                advance()
                try pipe()
                previous = ""
                continue
            }
            if previous == "??", name != "??" {
                throw failure(
                    "mixed-coalesce",
                    "operator ?? and \(name) cannot be mixed without parentheses")
            }
            advance()
            let operand = rule.isRightAssociative ? rule.precedence : rule.precedence + 1
            try binary(rule, name, isNegated ? tokens[start + 1].offset : offset, operand)
            if isNegated { try node(.not, at: offset) }
            previous = name
        }
    }

    private mutating func binary(
        _ rule: BinaryRule, _ name: String, _ offset: Int, _ operand: Int
    ) throws(ExpressionError) {
        let start = here
        switch rule.effect {
        case .and:
            emit(.andBegin(0), at: offset)
            try expression(operand)
            land(start) { .andBegin($0) }
            try node(.andEnd, at: offset)
        case .or:
            emit(.orBegin(0), at: offset)
            try expression(operand)
            land(start) { .orBegin($0) }
            try node(.orEnd, at: offset)
        case .coalesce:
            emit(.coalesceBegin(0), at: offset)
            try expression(operand)
            land(start) { .coalesceBegin($0) }
            try node(.coalesceEnd, at: offset)
        case .plain(let operation):
            try expression(operand)
            if BinaryRule.chained.contains(name) { return try chain(operation, offset, operand) }
            try node(.binary(operation), at: offset)
        case .pipe: break
        }
    }

    /// A comparison, or a chain of them: `a < b < c` is `a < b and b < c`, b evaluated once.
    private mutating func chain(
        _ first: BinaryOperator, _ offset: Int, _ operand: Int
    ) throws(ExpressionError) {
        var link: (operation: BinaryOperator, offset: Int) = (first, offset)
        var begin: Int?
        while true {
            let next = chainedOperator()
            let slot = next == nil ? 0 : newSlot()
            if next != nil { emit(.keep(slot), at: link.offset) }
            try node(.binary(link.operation), at: link.offset)
            if let begin {
                land(begin) { .andBegin($0) }
                try node(.andEnd, at: link.offset)
            }
            guard let next else { return }
            link = (next, current.offset)
            advance()
            begin = here
            emit(.andBegin(0), at: link.offset)
            emit(.load(slot), at: link.offset)
            try expression(operand)
        }
    }

    private func chainedOperator() -> BinaryOperator? {
        guard current.kind == .mark, BinaryRule.chained.contains(current.text) else { return nil }
        return BinaryOperator(rawValue: current.text)
    }

    private mutating func pipe() throws(ExpressionError) {
        let name = current
        guard name.kind == .identifier else { throw unexpected() }
        advance()
        guard current.isMark("(") else { throw unexpected() }
        try call(name, hasFirst: true)
        try postfix()
    }
}
