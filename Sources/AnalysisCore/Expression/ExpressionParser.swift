// Reads the language of conditions and writes code for it.
//
// Grammar, loosest first: sequence `a; b`, `let`, `if`, conditional `? :`, pipe `|`, then binary
// operators by `BinaryRule`, unary ones, postfix ones. Recursion happens only inside of brackets
// and branches, and is bounded; parentheses and unary operators, which people and generators pile
// up, are read by loops.

/// How a binary operator binds.
private struct BinaryRule {
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
    private let tokens: [ExpressionToken]
    private var position = 0
    var code = ExpressionCode()
    private var scopes: [[String: Int]] = [[:]]
    private var nodeCount = 0
    private var depth = 0
    /// Predicates round the place.
    private var loops: [LoopFunction] = []

    init(_ text: String) throws(ExpressionError) {
        var lexer = ExpressionLexer(text)
        tokens = try lexer.run()
    }

    // MARK: Tokens and code

    private var current: ExpressionToken { tokens[position] }

    private func failure(_ token: String, _ message: String) -> ExpressionError {
        ExpressionError(.syntax, token, message, at: current.offset)
    }

    private func unexpected() -> ExpressionError {
        failure("unexpected-token", "unexpected token \(current.kind == .end ? "at the end" : "'\(current.text)'")")
    }

    private mutating func advance() { if position < tokens.count - 1 { position += 1 } }

    private mutating func take(_ mark: String) -> Bool {
        guard current.isMark(mark) else { return false }
        advance()
        return true
    }

    private mutating func expect(_ mark: String) throws(ExpressionError) {
        guard take(mark) else { throw unexpected() }
    }

    private mutating func emit(_ operation: Operation, at offset: Int) {
        code.instructions.append(Instruction(operation: operation, offset: offset))
    }

    /// Writes an instruction that counts as a node of the expression.
    private mutating func node(_ operation: Operation, at offset: Int) throws(ExpressionError) {
        nodeCount += 1
        if nodeCount > ExpressionLimits.nodeCountMax {
            throw failure("node-limit", "the expression has more than \(ExpressionLimits.nodeCountMax) nodes")
        }
        emit(operation, at: offset)
    }

    private var here: Int { code.instructions.count }

    /// Points the jump at `place` behind the code written so far.
    private mutating func land(_ place: Int, _ operation: (Int) -> Operation) {
        code.instructions[place].operation = operation(here - place)
    }

    private mutating func newSlot() -> Int {
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

    private mutating func sequence() throws(ExpressionError) {
        scopes.append([:])
        try expression()
        try sequenceRest()
        scopes.removeLast()
    }

    private mutating func sequenceRest() throws(ExpressionError) {
        while current.isMark(";") {
            let offset = current.offset
            advance()
            if current.kind == .end || current.isMark(")") || current.isMark("}") { return }
            try node(.pop, at: offset)
            try expression()
        }
    }

    private mutating func expression(_ precedence: Int = 0) throws(ExpressionError) {
        depth += 1
        defer { depth -= 1 }
        if depth > ExpressionLimits.depthMax { throw failure("too-deep", "the expression nests too deeply") }
        if precedence == 0, current.isMark("let") { return try declaration() }
        if precedence == 0, current.isMark("if") { return try ifExpression() }
        try primary()
        try continueExpression(precedence)
    }

    /// What may follow a first operand.
    private mutating func continueExpression(_ precedence: Int) throws(ExpressionError) {
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

    private mutating func binaries(_ precedence: Int) throws(ExpressionError) {
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

    // MARK: Primaries

    private mutating func primary() throws(ExpressionError) {
        var prefixes: [(operation: Operation, precedence: Int, offset: Int)] = []
        while current.kind == .mark, let unary = BinaryRule.unary[current.text] {
            prefixes.append((unary.operation, unary.precedence, current.offset))
            advance()
        }
        if current.isMark("(") { try parenthesis() } else { try secondary() }
        for prefix in prefixes.reversed() {
            try binaries(prefix.precedence)
            try node(prefix.operation, at: prefix.offset)
        }
    }

    /// Parentheses, however many stand one within the other at the beginning.
    private mutating func parenthesis() throws(ExpressionError) {
        var open = 0
        while take("(") { open += 1 }
        try sequence()
        try expect(")")
        try postfix()
        for _ in 1..<max(open, 1) {
            scopes.append([:])
            try continueExpression(0)
            try sequenceRest()
            scopes.removeLast()
            try expect(")")
            try postfix()
        }
    }

    private mutating func secondary() throws(ExpressionError) {
        let token = current
        if !loops.isEmpty, token.isMark("#") || token.isMark(".") { return try pointer() }
        switch token.kind {
        case .identifier:
            advance()
            if try literalName(token) { return }
            if current.isMark("(") { try call(token, hasFirst: false) } else { try name(token) }
        case .number:
            advance()
            return try number(token)
        case .string:
            advance()
            try node(.push(.text(ByteText(bytes: token.bytes))), at: token.offset)
        case .bytes:
            advance()
            let bytes = token.bytes.map { ExpressionValue.integer(Int64($0), .uint8) }
            try node(.push(.list(ExpressionList(bytes, of: "uint8"))), at: token.offset)
        case .mark where token.text == "[": try list()
        case .mark where token.text == "{": try map()
        case .mark where token.text == "::":
            advance()
            let name = current
            guard name.kind == .identifier else { throw unexpected() }
            advance()
            guard current.isMark("(") else { throw unexpected() }
            try call(name, hasFirst: false)
        case .mark, .end: throw unexpected()
        }
        try postfix()
    }

    /// `true`, `false` and `nil`, which take nothing after them; false for another name.
    private mutating func literalName(_ token: ExpressionToken) throws(ExpressionError) -> Bool {
        switch token.text {
        case "true": try node(.push(.bool(true)), at: token.offset)
        case "false": try node(.push(.bool(false)), at: token.offset)
        case "nil": try node(.push(.nil), at: token.offset)
        default: return false
        }
        return true
    }

    private mutating func name(_ token: ExpressionToken) throws(ExpressionError) {
        if let slot = variable(token.text) { return try node(.load(slot), at: token.offset) }
        switch token.text {
        case "result": try node(.result, at: token.offset)
        case "$env": try node(.environment, at: token.offset)
        default:
            if ExpressionNames.environment.contains(token.text) {
                try node(.push(.function(token.text)), at: token.offset)
            } else if ExpressionNames.isTaken(token.text) {
                try node(.builtinName, at: token.offset)
            } else {
                try node(.unknownName(token.text), at: token.offset)
            }
        }
    }

    private func variable(_ name: String) -> Int? {
        for scope in scopes.reversed() { if let slot = scope[name] { return slot } }
        return nil
    }

    private mutating func pointer() throws(ExpressionError) {
        let token = current
        advance()
        if token.text == "." {
            let property = current
            guard isProperty(property) else { throw unexpected() }
            advance()
            try node(.element, at: token.offset)
            try member(property)
        } else if current.kind == .identifier, current.offset == token.offset + 1 {
            let name = current.text
            advance()
            switch (name, loops.last) {
            case ("index", .reduce?), ("index", .map?), ("index", .filter?), ("index", .sortBy?):
                try node(.elementIndex, at: token.offset)
            case ("acc", .reduce?): try node(.accumulator, at: token.offset)
            default: try node(.unknownPointer(name), at: token.offset)
            }
        } else {
            try node(.element, at: token.offset)
        }
        try postfix()
    }

    private mutating func number(_ token: ExpressionToken) throws(ExpressionError) {
        let text = token.text.filter { $0 != "_" }
        if let (radix, problem, name) = ExpressionNames.numberBases[String(text.prefix(2)).lowercased()] {
            guard let value = Int64(text.dropFirst(2), radix: radix) else {
                throw failure(problem, "invalid \(name) literal")
            }
            return try node(.push(.integer(value, .int)), at: token.offset)
        }
        if text.contains(where: { ".eE".contains($0) }) {
            guard let value = GoNumberParser.double(text, allowsWords: false) else {
                throw failure("bad-float", "invalid float literal")
            }
            return try node(.push(.number(value)), at: token.offset)
        }
        guard let value = Int64(text) else { throw failure("bad-int", "integer literal too large") }
        try node(.push(.integer(value, .int)), at: token.offset)
    }

    private mutating func list() throws(ExpressionError) {
        let offset = current.offset
        advance()
        var count = 0
        while !current.isMark("]") {
            if count > 0 {
                try expect(",")
                if current.isMark("]") { break }
            }
            try expression()
            count += 1
        }
        advance()
        try node(.makeList(count), at: offset)
    }

    private mutating func map() throws(ExpressionError) {
        let offset = current.offset
        advance()
        var count = 0
        while !current.isMark("}") {
            if count > 0 {
                try expect(",")
                if current.isMark("}") { break }
            }
            let key = current
            switch key.kind {
            case .identifier, .number, .string:
                advance()
                try node(.push(.text(ByteText(key.text))), at: key.offset)
            case .mark where key.text == "(": try expression()
            case .mark, .bytes, .end: throw unexpected()
            }
            try expect(":")
            try expression()
            nodeCount += 1
            count += 1
        }
        advance()
        try node(.makeMap(count), at: offset)
    }

    // MARK: Postfix

    private func isProperty(_ token: ExpressionToken) -> Bool {
        switch token.kind {
        case .identifier: true
        // Operators that are words are names here.
        case .mark: token.text.unicodeScalars.first?.properties.isAlphabetic ?? false
        case .number, .string, .bytes, .end: false
        }
    }

    private mutating func postfix() throws(ExpressionError) {
        var jumps: [Int] = []
        while current.isMark(".") || current.isMark("?.") || current.isMark("[") {
            let offset = current.offset
            if current.isMark("[") {
                advance()
                try subscripted(offset)
                continue
            }
            let isOptional = current.isMark("?.")
            advance()
            if isOptional {
                jumps.append(here)
                emit(.optional(0), at: offset)
                if current.isMark("[") {
                    let bracket = current.offset
                    advance()
                    try subscripted(bracket)
                    continue
                }
            }
            let property = current
            guard isProperty(property) else {
                if property.kind == .end { throw failure("unexpected-end", "unexpected end of expression") }
                throw unexpected()
            }
            advance()
            try member(property)
        }
        for jump in jumps { land(jump) { .optional($0) } }
    }

    /// A member, or the call of a method; the name has been taken.
    private mutating func member(_ property: ExpressionToken) throws(ExpressionError) {
        guard current.isMark("(") else {
            nodeCount += 1
            return try node(.member(property.text), at: property.offset)
        }
        let count = try arguments()
        nodeCount += 1
        try node(.callMethod(property.text, count), at: property.offset)
    }

    /// An index or a slice; the bracket has been taken.
    private mutating func subscripted(_ offset: Int) throws(ExpressionError) {
        var hasFrom = false
        if !current.isMark(":") {
            try expression()
            hasFrom = true
            if take("]") { return try node(.index, at: offset) }
        }
        try expect(":")
        var hasTo = false
        if !current.isMark("]") {
            try expression()
            hasTo = true
        }
        try expect("]")
        try node(.slice(hasFrom: hasFrom, hasTo: hasTo), at: offset)
    }

    // MARK: Calls

    private mutating func call(_ name: ExpressionToken, hasFirst: Bool) throws(ExpressionError) {
        if let loop = LoopFunction(rawValue: name.text) { return try self.loop(loop, name.offset, hasFirst: hasFirst) }
        if ExpressionNames.isTaken(name.text), name.text != "result", name.text != "$env" {
            let count = try arguments(hasFirst: hasFirst)
            return try node(.call(name.text, count), at: name.offset)
        }
        // The function goes under its arguments; a piped one is there already.
        let slot = hasFirst ? newSlot() : 0
        if hasFirst { emit(.store(slot), at: name.offset) }
        try self.name(name)
        if hasFirst { emit(.load(slot), at: name.offset) }
        let count = try arguments(hasFirst: hasFirst)
        try node(.callValue(count), at: name.offset)
    }

    private mutating func arguments(hasFirst: Bool = false) throws(ExpressionError) -> Int {
        try expect("(")
        var count = 0
        while !current.isMark(")") {
            if count > 0 {
                try expect(",")
                if current.isMark(")") { break }
            }
            try expression()
            count += 1
        }
        advance()
        return count + (hasFirst ? 1 : 0)
    }

    private func missingArgument() -> ExpressionError {
        failure("arg-count", "not enough arguments to call the function")
    }

    private mutating func loop(
        _ loop: LoopFunction, _ offset: Int, hasFirst: Bool
    ) throws(ExpressionError) {
        try expect("(")
        if !hasFirst {
            if current.isMark(")") { throw missingArgument() }
            try expression()
            if !current.isMark(")") { try expect(",") }
        }
        if current.isMark(")") {
            guard loop == .count || loop == .sum else { throw missingArgument() }
            advance()
            return try node(.call(loop.rawValue, 1), at: offset)
        }
        let begin = here
        emit(.loopBegin(loop, 0, hasInitial: false), at: offset)
        loops.append(loop)
        try predicate()
        loops.removeLast()
        emit(.loopNext(loop, begin - here), at: offset)
        land(begin) { .loopBegin(loop, $0, hasInitial: false) }
        var hasOrder = false
        if take(","), !current.isMark(")"), loop == .reduce || loop == .sortBy {
            let initial = here
            try expression()
            _ = take(",")
            if loop == .sortBy {
                hasOrder = true
            } else {
                rotateInitial(begin, initial)
            }
        }
        try expect(")")
        if loop == .sortBy {
            if !hasOrder { emit(.push(.string("asc")), at: offset) }
            emit(.sortByOrder, at: offset)
        }
        nodeCount += 2
    }

    /// The initial value of `reduce` is written last and needed first. Jumps being relative, the
    /// parts can change places.
    private mutating func rotateInitial(_ begin: Int, _ initial: Int) {
        let loop = Array(code.instructions[begin..<initial])
        let value = Array(code.instructions[initial...])
        code.instructions.removeSubrange(begin...)
        code.instructions += value + loop
        let place = begin + value.count
        if case .loopBegin(let function, let jump, _) = code.instructions[place].operation {
            code.instructions[place].operation = .loopBegin(function, jump, hasInitial: true)
        }
    }

    private mutating func predicate() throws(ExpressionError) {
        if take("{") {
            try sequence()
            return try expect("}")
        }
        try expression()
        if current.isMark(";") {
            throw failure("wrap-predicate", "wrap a predicate of several expressions with brackets { and }")
        }
    }
}
