// The text of an expression, cut into tokens.
//
// Language: https://expr-lang.org/docs/language-definition, version 1.17.

/// A token.
struct ExpressionToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case identifier
        case number
        case string
        case bytes
        /// Punctuation and the operators, `not`, `in` and so on included.
        case mark
        case end
    }
    var kind: Kind
    /// The text; of strings the value.
    var text: String
    /// The value of `string` and `bytes`.
    var bytes: [UInt8] = []
    /// Where it begins, in scalars.
    var offset: Int

    func isMark(_ mark: String) -> Bool { kind == .mark && text == mark }
}

/// Cuts a text into tokens.
struct ExpressionLexer {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var tokens: [ExpressionToken] = []

    private static let wordOperators: Set<String> = [
        "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "not", "let", "if", "else",
    ]
    /// Longest first.
    private static let marks = [
        "&&", "||", "==", "!=", "<=", ">=", "**", "??", "?.", "?:", "..", "::", "=>", "|", "&", "=", "!", "<", ">",
        "+", "-", "*", "/", "%", "^", "?", ".", ",", ":", ";", "(", ")", "[", "]", "{", "}", "#",
    ]

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func failure(_ token: String, _ message: String, at offset: Int) -> ExpressionError {
        ExpressionError(.syntax, token, message, at: offset)
    }

    mutating func run() throws(ExpressionError) -> [ExpressionToken] {
        if scalars.count > ExpressionLimits.textLengthMax {
            throw failure("too-long", "the expression is too long", at: 0)
        }
        while let scalar = peek {
            if scalar.properties.isWhitespace {
                position += 1
            } else if scalar == "/", follows("//") || follows("/*") {
                try comment()
            } else {
                try token(scalar)
            }
        }
        tokens.append(ExpressionToken(kind: .end, text: "", offset: max(0, endOffset)))
        return tokens
    }

    /// The end is told at the last scalar.
    private var endOffset: Int { scalars.count - 1 }

    private func follows(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        return position + wanted.count <= scalars.count
            && scalars[position..<position + wanted.count].elementsEqual(wanted)
    }

    private mutating func comment() throws(ExpressionError) {
        if follows("//") {
            while let scalar = peek, scalar != "\n" { position += 1 }
            return
        }
        position += 2
        while position < scalars.count, !follows("*/") { position += 1 }
        if position >= scalars.count {
            throw failure("unclosed-comment", "unclosed comment", at: endOffset)
        }
        position += 2
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

    /// Whether a scalar may stand within a name.
    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        isLetter(scalar) || isDigit(scalar) || scalar.properties.generalCategory == .decimalNumber
    }

    private mutating func token(_ scalar: Unicode.Scalar) throws(ExpressionError) {
        let start = position
        switch scalar {
        case "'", "\"": try string(quote: scalar, start: start, isBytes: false)
        case "`": try rawString(start)
        case _ where (scalar == "b" || scalar == "B") && (follows("\(scalar)'") || follows("\(scalar)\"")):
            position += 1
            try string(quote: scalars[position], start: start, isBytes: true)
        case ".":
            let next = position + 1 < scalars.count ? scalars[position + 1] : nil
            if let next, Self.isDigit(next) { try number() } else { try mark() }
        default:
            if Self.isDigit(scalar) {
                try number()
            } else if Self.isNamePart(scalar) {
                while let next = peek, Self.isNamePart(next) { position += 1 }
                let text = String(String.UnicodeScalarView(scalars[start..<position]))
                let kind: ExpressionToken.Kind = Self.wordOperators.contains(text) ? .mark : .identifier
                tokens.append(ExpressionToken(kind: kind, text: text, offset: start))
            } else {
                try mark()
            }
        }
    }

    private mutating func mark() throws(ExpressionError) {
        for mark in Self.marks where follows(mark) {
            tokens.append(ExpressionToken(kind: .mark, text: mark, offset: position))
            position += mark.unicodeScalars.count
            return
        }
        let text = peek.map { String(Character($0)) } ?? ""
        throw failure("bad-character", "unrecognized character: '\(text)'", at: position)
    }

    // MARK: Numbers

    private mutating func number() throws(ExpressionError) {
        let start = position
        if peek == "0", position + 1 < scalars.count, let digits = Self.baseDigits[scalars[position + 1]] {
            position += 2
            while let next = peek, next == "_" || digits.contains(next) { position += 1 }
        } else {
            if peek == "." { position += 1 }
            digits()
            if peek == ".", !follows("..") {
                position += 1
                digits()
            }
            if peek == "e" || peek == "E" {
                position += 1
                if peek == "+" || peek == "-" { position += 1 }
                digits()
            }
        }
        if let next = peek, Self.isNamePart(next) {
            throw failure("bad-number", "bad number syntax", at: position)
        }
        let text = String(String.UnicodeScalarView(scalars[start..<position]))
        tokens.append(ExpressionToken(kind: .number, text: text, offset: start))
    }

    private static let baseDigits: [Unicode.Scalar: Set<Unicode.Scalar>] = {
        let hexadecimal = Set("0123456789abcdefABCDEF".unicodeScalars)
        let octal = Set("01234567".unicodeScalars)
        let binary = Set("01".unicodeScalars)
        return ["x": hexadecimal, "X": hexadecimal, "o": octal, "O": octal, "b": binary, "B": binary]
    }()

    private mutating func digits() {
        while let scalar = peek, Self.isDigit(scalar) || scalar == "_" { position += 1 }
    }

    // MARK: Strings

    private mutating func rawString(_ start: Int) throws(ExpressionError) {
        position += 1
        var text = String.UnicodeScalarView()
        while let scalar = peek {
            position += 1
            if scalar == "`" {
                guard peek == "`" else {
                    append(.string, Array(String(text).utf8), start)
                    return
                }
                position += 1
            }
            text.append(scalar)
        }
        throw failure("unterminated-literal", "literal not terminated", at: scalars.count)
    }

    private mutating func append(_ kind: ExpressionToken.Kind, _ bytes: [UInt8], _ start: Int) {
        tokens.append(
            ExpressionToken(kind: kind, text: String(decoding: bytes, as: UTF8.self), bytes: bytes, offset: start))
    }

    private mutating func string(
        quote: Unicode.Scalar, start: Int, isBytes: Bool
    ) throws(ExpressionError) {
        position += 1
        var bytes: [UInt8] = []
        while true {
            guard let scalar = peek else {
                throw failure("unterminated-literal", "literal not terminated", at: scalars.count)
            }
            if scalar == "\n" { throw failure("unterminated-literal", "literal not terminated", at: position) }
            position += 1
            if scalar == quote { break }
            if scalar == "\\" {
                try escape(quote: quote, isBytes: isBytes, into: &bytes)
            } else if scalar == "\r" {
                // Line ends are made one: what is left of CR LF ended the literal above.
                bytes.append(10)
            } else {
                bytes += String(Character(scalar)).utf8
            }
        }
        append(isBytes ? .bytes : .string, bytes, start)
    }

    private static let simpleEscapes: [Unicode.Scalar: UInt8] = [
        "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92,
    ]

    /// An escape after its backslash, by Go's rules.
    private mutating func escape(
        quote: Unicode.Scalar, isBytes: Bool, into bytes: inout [UInt8]
    ) throws(ExpressionError) {
        guard let scalar = peek else {
            throw failure("unterminated-literal", "literal not terminated", at: scalars.count)
        }
        position += 1
        if let byte = Self.simpleEscapes[scalar] {
            bytes.append(byte)
        } else if scalar == quote {
            bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        } else if scalar == "x" {
            appendNumber(try hexadecimal(2, 2), isBytes, &bytes)
        } else if (0x30...0x37).contains(scalar.value) {
            var value = scalar.value - 0x30
            for _ in 0..<2 {
                guard let next = peek, (0x30...0x37).contains(next.value) else { throw badEscape() }
                value = value * 8 + next.value - 0x30
                position += 1
            }
            if value > 255 { throw badEscape() }
            appendNumber(value, isBytes, &bytes)
        } else if scalar == "u", !isBytes {
            if peek == "{" {
                position += 1
                let value = try hexadecimal(1, 6)
                guard peek == "}" else { throw badEscape() }
                position += 1
                try appendScalar(value, &bytes)
            } else {
                try appendScalar(try hexadecimal(4, 4), &bytes)
            }
        } else if scalar == "U", !isBytes {
            try appendScalar(try hexadecimal(8, 8), &bytes)
        } else {
            position -= 1
            throw badEscape()
        }
    }

    private func badEscape() -> ExpressionError {
        failure("bad-escape", "invalid char escape", at: min(position, scalars.count))
    }

    private mutating func hexadecimal(_ least: Int, _ most: Int) throws(ExpressionError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < most, let scalar = peek, let digit = Character(scalar).hexDigitValue {
            value = value << 4 | UInt32(digit)
            count += 1
            position += 1
        }
        if count < least { throw badEscape() }
        return value
    }

    private func appendNumber(_ value: UInt32, _ isBytes: Bool, _ bytes: inout [UInt8]) {
        if isBytes {
            bytes.append(UInt8(truncatingIfNeeded: value))
        } else if let scalar = Unicode.Scalar(value) {
            bytes += String(Character(scalar)).utf8
        }
    }

    /// A code point; half of a surrogate pair becomes the replacement character, as in Go.
    private func appendScalar(_ value: UInt32, _ bytes: inout [UInt8]) throws(ExpressionError) {
        if value > 0x10FFFF { throw badEscape() }
        bytes += String(Character(Unicode.Scalar(value) ?? "\u{FFFD}")).utf8
    }
}
