// The syntax of CEL: tokens and trees.

/// An expression of the Common Expression Language, as CustomResourceDefinitions use it.
///
/// Source: the language definition of the cel-spec repository, and kubernetes.io's "Common
/// Expression Language in Kubernetes" for the libraries.
struct CELNode: Sendable {
    indirect enum Kind: Sendable {
        case literal(CELValue)
        case identifier(String)
        /// `operand.field`; `isTest` is `has(operand.field)`; `isOptional` is `operand.?field`.
        case select(CELNode, field: String, isTest: Bool, isOptional: Bool)
        /// `receiver.name(arguments)`, or a function, or an operator (`_+_`, `_[_]`, `_?_:_`).
        case call(receiver: CELNode?, name: String, arguments: [CELNode])
        case list([CELNode])
        case map([(key: CELNode, value: CELNode)])
        /// A macro over the elements of a list or the keys of a map.
        case comprehension(Comprehension)
        /// `cel.bind(variable, value, result)`.
        case binding(variable: String, value: CELNode, result: CELNode)
    }

    /// `range.macro(variable, body)`; `map` with three arguments filters first.
    struct Comprehension: Sendable {
        enum Macro: String, Sendable { case all, exists, existsOne = "exists_one", map, filter }
        var macro: Macro
        var range: CELNode
        var variable: String
        /// The second variable of the two-variable macros: the value at an index or key.
        var secondVariable: String?
        var filter: CELNode?
        var body: CELNode
    }

    var kind: Kind
    /// Where messages point: the offset, in scalars, of the name or operator.
    var offset: Int
}

/// What is wrong with an expression's text, or its types.
struct CELIssue: Error, Hashable {
    let offset: Int
    let message: String

    /// The issue as cel-go prints it, with the line and a mark below the place.
    func description(in source: String) -> String {
        let scalars = Array(source.unicodeScalars)
        let position = min(offset, scalars.count)
        let lineStart = (scalars[..<position].lastIndex(of: "\n") ?? -1) + 1
        let line = scalars[..<position].count { $0 == "\n" } + 1
        let lineEnd = scalars[position...].firstIndex(of: "\n") ?? scalars.count
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[lineStart..<lineEnd])
        let column = position - lineStart
        return "ERROR: <input>:\(line):\(column + 1): \(message)\n | \(String(text))\n | "
            + String(repeating: ".", count: column) + "^"
    }
}

/// A word of an expression.
struct CELToken: Hashable {
    enum Kind: Hashable {
        case identifier(String)
        case int(String)
        case uint(String)
        case double(String)
        case string(String)
        case bytes([UInt8])
        /// An operator or bracket.
        case symbol(String)
        case end
    }
    var kind: Kind
    var offset: Int

    /// The token as error messages show it.
    var text: String {
        switch kind {
        case .identifier(let text), .int(let text), .double(let text), .symbol(let text): text
        case .uint(let text): text + "u"
        case .string(let text): "'\(text)'"
        case .bytes: "b''"
        case .end: "<EOF>"
        }
    }
}

/// Splits an expression into tokens.
struct CELLexer {
    private let text: [Unicode.Scalar]
    private var position = 0

    init(_ source: String) { text = Array(source.unicodeScalars) }

    static func tokens(_ source: String) throws(CELIssue) -> [CELToken] {
        var lexer = CELLexer(source)
        var tokens: [CELToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private func at(_ offset: Int) -> Unicode.Scalar? {
        let index = position + offset
        return index < text.count ? text[index] : nil
    }

    private mutating func next() throws(CELIssue) -> CELToken {
        skipSpace()
        let start = position
        guard let scalar = at(0) else { return CELToken(kind: .end, offset: start) }
        if ScalarSet.digits.contains(scalar) || (scalar == "." && at(1).map(ScalarSet.digits.contains) ?? false) {
            return number(start)
        }
        if let token = try quoted(start) { return token }
        if ScalarSet.word.contains(scalar) {
            while let scalar = at(0), ScalarSet.word.contains(scalar) { _ = scalar; position += 1 }
            return CELToken(kind: .identifier(slice(start)), offset: start)
        }
        for symbol in ["&&", "||", "==", "!=", "<=", ">="] {
            if let first = symbol.unicodeScalars.first, let last = symbol.unicodeScalars.last,
                scalar == first, at(1) == last
            {
                position += 2
                return CELToken(kind: .symbol(symbol), offset: start)
            }
        }
        guard "()[]{}.,?:+-*/%!<>".unicodeScalars.contains(scalar) else {
            throw CELIssue(
                offset: start, message: "Syntax error: token recognition error at: '\(String(Character(scalar)))'")
        }
        position += 1
        return CELToken(kind: .symbol(String(Character(scalar))), offset: start)
    }

    private mutating func skipSpace() {
        while let scalar = at(0) {
            if ScalarSet.space.contains(scalar) {
                position += 1
            } else if scalar == "/", at(1) == "/" {
                while let scalar = at(0), scalar != "\n" { _ = scalar; position += 1 }
            } else {
                return
            }
        }
    }

    private func slice(_ start: Int) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text[start..<position])
        return String(view)
    }

    private mutating func digits(_ set: ScalarSet) {
        while let scalar = at(0), set.contains(scalar) { _ = scalar; position += 1 }
    }

    private mutating func number(_ start: Int) -> CELToken {
        if at(0) == "0", at(1) == "x" || at(1) == "X" {
            position += 2
            digits(ScalarSet([48...57, 65...70, 97...102]))
            let literal = slice(start)
            if at(0) == "u" || at(0) == "U" {
                position += 1
                return CELToken(kind: .uint(literal), offset: start)
            }
            return CELToken(kind: .int(literal), offset: start)
        }
        digits(.digits)
        var isDouble = false
        if at(0) == ".", at(1).map(ScalarSet.digits.contains) ?? false {
            isDouble = true
            position += 1
            digits(.digits)
        }
        if at(0) == "e" || at(0) == "E" {
            isDouble = true
            position += 1
            if at(0) == "+" || at(0) == "-" { position += 1 }
            digits(.digits)
        }
        let literal = slice(start)
        if isDouble { return CELToken(kind: .double(literal), offset: start) }
        if at(0) == "u" || at(0) == "U" {
            position += 1
            return CELToken(kind: .uint(literal), offset: start)
        }
        return CELToken(kind: .int(literal), offset: start)
    }

    // MARK: Strings

    /// A string or bytes literal, with its prefixes; nil when none starts here.
    private mutating func quoted(_ start: Int) throws(CELIssue) -> CELToken? {
        var isRaw = false
        var isBytes = false
        var ahead = 0
        while let scalar = at(ahead), ahead < 2 {
            if scalar == "r" || scalar == "R", !isRaw { isRaw = true } else if scalar == "b" || scalar == "B", !isBytes {
                isBytes = true
            } else {
                break
            }
            ahead += 1
        }
        guard let quote = at(ahead), quote == "\"" || quote == "'" else { return nil }
        position += ahead
        let isTriple = at(1) == quote && at(2) == quote
        position += isTriple ? 3 : 1
        var content = String.UnicodeScalarView()
        while true {
            guard let scalar = at(0), isTriple || scalar != "\n" else {
                throw CELIssue(offset: start, message: "Syntax error: token recognition error at: '\(slice(start))'")
            }
            if scalar == quote, !isTriple || (at(1) == quote && at(2) == quote) {
                position += isTriple ? 3 : 1
                break
            }
            position += 1
            if scalar == "\\", !isRaw { content.append(try escape(start)) } else { content.append(scalar) }
        }
        let text = String(content)
        return CELToken(kind: isBytes ? .bytes(Array(text.utf8)) : .string(text), offset: start)
    }

    private mutating func escape(_ start: Int) throws(CELIssue) -> Unicode.Scalar {
        let error = CELIssue(offset: start, message: "Syntax error: invalid escape sequence")
        guard let scalar = at(0) else { throw error }
        position += 1
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "a": return "\u{07}"
        case "b": return "\u{08}"
        case "f": return "\u{0C}"
        case "v": return "\u{0B}"
        case "\\", "'", "\"", "`", "?": return scalar
        case "x", "X": return try scalarValue(2, radix: 16, error)
        case "u": return try scalarValue(4, radix: 16, error)
        case "U": return try scalarValue(8, radix: 16, error)
        case "0"..."3":
            position -= 1
            return try scalarValue(3, radix: 8, error)
        default: throw error
        }
    }

    private mutating func scalarValue(_ count: Int, radix: Int, _ error: CELIssue) throws(CELIssue) -> Unicode.Scalar {
        guard position + count <= text.count else { throw error }
        let start = position
        position += count
        guard let value = UInt32(slice(start), radix: radix), let scalar = Unicode.Scalar(value) else { throw error }
        return scalar
    }
}
