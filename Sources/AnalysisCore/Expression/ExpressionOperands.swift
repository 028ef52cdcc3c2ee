// The parser's lower half: operands, what may follow them, and calls.

extension ExpressionParser {
    // MARK: Primaries

    mutating func primary() throws(ExpressionError) {
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

    mutating func postfix() throws(ExpressionError) {
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

    mutating func call(_ name: ExpressionToken, hasFirst: Bool) throws(ExpressionError) {
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
