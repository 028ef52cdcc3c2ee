// The grammar of CEL.

/// A recursive-descent parser; nesting is bounded.
struct CELParser {
    private static let depthMax = 100
    /// What an expression can start with, as the server's generated parser lists it.
    private static let operands =
        "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
        "package", "namespace", "return", "var", "void", "while",
    ]

    private let tokens: [CELToken]
    private var position = 0
    private var depth = 0

    static func parse(_ source: String) throws(CELIssue) -> CELNode {
        var parser = CELParser(tokens: try CELLexer.tokens(source))
        let node = try parser.expression()
        guard parser.token.kind == .end else { throw parser.unexpected("<EOF>") }
        return node
    }

    private init(tokens: [CELToken]) { self.tokens = tokens }

    private var token: CELToken { tokens[position] }

    private func isSymbol(_ symbol: String) -> Bool { token.kind == .symbol(symbol) }

    private mutating func accept(_ symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(CELIssue) {
        guard accept(symbol) else { throw unexpected("'\(symbol)'") }
    }

    private func unexpected(_ expected: String) -> CELIssue {
        CELIssue(
            offset: token.offset, message: "Syntax error: mismatched input '\(token.text)' expecting \(expected)")
    }

    private func call(_ name: String, _ arguments: [CELNode], _ offset: Int) -> CELNode {
        CELNode(kind: .call(receiver: nil, name: name, arguments: arguments), offset: offset)
    }

    // MARK: Operators

    private mutating func expression() throws(CELIssue) -> CELNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax {
            throw CELIssue(offset: token.offset, message: "expression recursion limit exceeded: \(Self.depthMax)")
        }
        let condition = try disjunction()
        let offset = token.offset
        guard accept("?") else { return condition }
        let yes = try disjunction()
        try expect(":")
        let no = try expression()
        return call("_?_:_", [condition, yes, no], offset)
    }

    private mutating func disjunction() throws(CELIssue) -> CELNode {
        var left = try conjunction()
        while isSymbol("||") {
            let offset = token.offset
            position += 1
            left = call("_||_", [left, try conjunction()], offset)
        }
        return left
    }

    private mutating func conjunction() throws(CELIssue) -> CELNode {
        var left = try relation()
        while isSymbol("&&") {
            let offset = token.offset
            position += 1
            left = call("_&&_", [left, try relation()], offset)
        }
        return left
    }

    private mutating func relation() throws(CELIssue) -> CELNode {
        var left = try addition()
        while true {
            let offset = token.offset
            if token.kind == .identifier("in") {
                position += 1
                left = call("@in", [left, try addition()], offset)
                continue
            }
            guard case .symbol(let symbol) = token.kind, ["<", "<=", ">", ">=", "==", "!="].contains(symbol)
            else { return left }
            position += 1
            left = call("_\(symbol)_", [left, try addition()], offset)
        }
    }

    private mutating func addition() throws(CELIssue) -> CELNode {
        var left = try multiplication()
        while case .symbol(let symbol) = token.kind, symbol == "+" || symbol == "-" {
            let offset = token.offset
            position += 1
            left = call("_\(symbol)_", [left, try multiplication()], offset)
        }
        return left
    }

    private mutating func multiplication() throws(CELIssue) -> CELNode {
        var left = try unary()
        while case .symbol(let symbol) = token.kind, ["*", "/", "%"].contains(symbol) {
            let offset = token.offset
            position += 1
            left = call("_\(symbol)_", [left, try unary()], offset)
        }
        return left
    }

    private mutating func unary() throws(CELIssue) -> CELNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax {
            throw CELIssue(offset: token.offset, message: "expression recursion limit exceeded: \(Self.depthMax)")
        }
        let offset = token.offset
        if accept("!") { return call("!_", [try unary()], offset) }
        if accept("-") {
            if case .int(let digits) = token.kind {
                position += 1
                let node = CELNode(kind: .literal(try integer("-" + digits, offset)), offset: offset)
                return try members(of: node)
            }
            return call("-_", [try unary()], offset)
        }
        return try members(of: try primary())
    }

    // MARK: Members

    private mutating func members(of operand: CELNode) throws(CELIssue) -> CELNode {
        var node = operand
        while true {
            let offset = token.offset
            if accept(".") {
                let isOptional = accept("?")
                guard case .identifier(let name) = token.kind else { throw unexpected("IDENTIFIER") }
                position += 1
                if !isOptional, isSymbol("(") {
                    node = try methodCall(node, name, offset: token.offset)
                } else {
                    node = CELNode(
                        kind: .select(node, field: name, isTest: false, isOptional: isOptional), offset: offset)
                }
            } else if accept("[") {
                let isOptional = accept("?")
                let index = try expression()
                try expect("]")
                node = call(isOptional ? "_[?_]" : "_[_]", [node, index], offset)
            } else {
                return node
            }
        }
    }

    private mutating func arguments() throws(CELIssue) -> [CELNode] {
        try expect("(")
        var result: [CELNode] = []
        if accept(")") { return result }
        repeat { result.append(try expression()) } while accept(",")
        try expect(")")
        return result
    }

    private mutating func methodCall(_ receiver: CELNode, _ name: String, offset: Int) throws(CELIssue) -> CELNode {
        let arguments = try arguments()
        if case .identifier("cel") = receiver.kind, name == "bind", arguments.count == 3,
            case .identifier(let variable) = arguments[0].kind
        {
            return CELNode(
                kind: .binding(variable: variable, value: arguments[1], result: arguments[2]), offset: offset)
        }
        if let macro = CELNode.Comprehension.Macro(rawValue: name == "existsOne" ? "exists_one" : name),
            let node = try comprehension(macro, receiver, arguments, offset)
        {
            return node
        }
        return CELNode(kind: .call(receiver: receiver, name: name, arguments: arguments), offset: offset)
    }

    private func comprehension(
        _ macro: CELNode.Comprehension.Macro, _ range: CELNode, _ arguments: [CELNode], _ offset: Int
    ) throws(CELIssue) -> CELNode? {
        guard arguments.count == 2 || arguments.count == 3 else { return nil }
        guard case .identifier(let variable) = arguments[0].kind else {
            throw CELIssue(offset: arguments[0].offset, message: "argument must be a simple name")
        }
        var result = CELNode.Comprehension(
            macro: macro, range: range, variable: variable, secondVariable: nil, filter: nil,
            body: arguments[arguments.count - 1])
        if arguments.count == 3 {
            if macro == .map {
                result.filter = arguments[1]
            } else if case .identifier(let second) = arguments[1].kind, macro != .filter {
                result.secondVariable = second
            } else {
                return nil
            }
        }
        return CELNode(kind: .comprehension(result), offset: offset)
    }

    // MARK: Primaries

    private mutating func primary() throws(CELIssue) -> CELNode {
        let start = token
        position += 1
        switch start.kind {
        case .int(let digits): return literal(try integer(digits, start.offset), start)
        case .uint(let digits):
            guard let value = Self.magnitude(digits) else {
                throw CELIssue(offset: start.offset, message: "Syntax error: invalid uint literal")
            }
            return literal(.uint(value), start)
        case .double(let digits): return literal(.double(Double(digits) ?? .nan), start)
        case .string(let text): return literal(.string(text), start)
        case .bytes(let bytes): return literal(.bytes(bytes), start)
        case .identifier(let name): return try named(name, start)
        case .symbol("("):
            let node = try expression()
            try expect(")")
            return node
        case .symbol("["): return try list(start)
        case .symbol("{"): return try map(start)
        case .symbol("."):
            guard case .identifier(let name) = token.kind else { throw unexpected("IDENTIFIER") }
            let named = token
            position += 1
            return try self.named(name, named)
        default:
            position -= 1
            throw unexpected(Self.operands)
        }
    }

    private func literal(_ value: CELValue, _ token: CELToken) -> CELNode {
        CELNode(kind: .literal(value), offset: token.offset)
    }

    private static func magnitude(_ digits: String) -> UInt64? {
        digits.lowercased().hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
    }

    private func integer(_ digits: String, _ offset: Int) throws(CELIssue) -> CELValue {
        let isNegative = digits.hasPrefix("-")
        let text = isNegative ? String(digits.dropFirst()) : digits
        if let magnitude = Self.magnitude(text) {
            if isNegative, magnitude == UInt64(Int64.max) + 1 { return .int(.min) }
            if let value = Int64(exactly: magnitude) { return .int(isNegative ? -value : value) }
        }
        throw CELIssue(offset: offset, message: "Syntax error: invalid int literal")
    }

    private mutating func named(_ name: String, _ start: CELToken) throws(CELIssue) -> CELNode {
        switch name {
        case "true": return literal(.bool(true), start)
        case "false": return literal(.bool(false), start)
        case "null": return literal(.null, start)
        case "in": throw CELIssue(offset: start.offset, message: "Syntax error: mismatched input 'in' expecting \(Self.operands)")
        default: break
        }
        if Self.reserved.contains(name) {
            throw CELIssue(offset: start.offset, message: "reserved identifier: \(name)")
        }
        guard isSymbol("(") else { return CELNode(kind: .identifier(name), offset: start.offset) }
        let offset = token.offset
        let arguments = try arguments()
        if name == "has" {
            guard arguments.count == 1, case .select(let operand, let field, _, _) = arguments[0].kind else {
                throw CELIssue(offset: offset, message: "invalid argument to has() macro")
            }
            return CELNode(
                kind: .select(operand, field: field, isTest: true, isOptional: false), offset: offset)
        }
        return CELNode(kind: .call(receiver: nil, name: name, arguments: arguments), offset: offset)
    }

    private mutating func list(_ start: CELToken) throws(CELIssue) -> CELNode {
        var elements: [CELNode] = []
        while !isSymbol("]") {
            elements.append(try expression())
            if !accept(",") { break }
        }
        try expect("]")
        return CELNode(kind: .list(elements), offset: start.offset)
    }

    private mutating func map(_ start: CELToken) throws(CELIssue) -> CELNode {
        var entries: [(key: CELNode, value: CELNode)] = []
        while !isSymbol("}") {
            let key = try expression()
            try expect(":")
            entries.append((key, try expression()))
            if !accept(",") { break }
        }
        try expect("}")
        return CELNode(kind: .map(entries), offset: start.offset)
    }
}
