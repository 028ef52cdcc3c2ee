// The text of a JSONPath, read into steps.

import JSONTree

/// A parser of paths; its recursion is bounded.
struct JSONPathParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    private static let depthMax = 20

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func failure(_ text: String) -> JSONPath.PathError {
        JSONPath.PathError(description: "\(text) at character \(position + 1)")
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let scalar = peek, scalar == " " || scalar == "\t" || scalar == "\n" { position += 1 }
    }

    /// The whole text: a bare path, or the first one in braces.
    mutating func parse() throws(JSONPath.PathError) -> [JSONPathStep] {
        guard let brace = scalars.firstIndex(of: "{") else {
            let steps = try path(until: [])
            if peek != nil { throw failure("unexpected character") }
            return steps
        }
        // A brace within brackets belongs to a bare path's text, not to a template.
        position = brace + 1
        let steps = try path(until: ["}"])
        guard take("}") else { throw failure("unclosed action: missing }") }
        return steps
    }

    /// Steps until one of those scalars, which is not taken.
    private mutating func path(until ends: Set<Unicode.Scalar>) throws(JSONPath.PathError) -> [JSONPathStep] {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax { throw failure("the path nests too deeply") }
        var steps: [JSONPathStep] = []
        var isDescending = false
        skipSpace()
        if take("$") { steps.append(.root) } else { _ = take("@") }
        while let scalar = peek, !ends.contains(scalar) {
            switch scalar {
            case ".":
                position += 1
                if take(".") {
                    isDescending = true
                    if peek == "[" { continue }
                }
                // A dot before a bracket, or alone, changes nothing.
                guard let next = peek, next != "[", next != ".", !ends.contains(next) else { continue }
                let step = try name(ends)
                steps.append(isDescending ? .descent(step) : step)
                isDescending = false
            case "[":
                position += 1
                let step = try bracket()
                steps.append(isDescending ? .descent(step) : step)
                isDescending = false
            case " ", "\t", "\n": skipSpace()
            default:
                guard steps.isEmpty else { throw failure("unexpected character '\(scalar)'") }
                steps.append(try name(ends))
            }
        }
        if isDescending { throw failure("nothing follows ..") }
        return steps
    }

    private mutating func name(_ ends: Set<Unicode.Scalar>) throws(JSONPath.PathError) -> JSONPathStep {
        if take("*") { return .wildcard }
        var text = ""
        while let scalar = peek, !ends.contains(scalar), !".[]{} \t\n=!<>)".unicodeScalars.contains(scalar) {
            position += 1
            if scalar == "\\", let escaped = peek {
                text.unicodeScalars.append(escaped)
                position += 1
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        if text.isEmpty { throw failure("a name is missing") }
        return .child(text)
    }

    /// What stands in brackets; the opening one has been taken.
    private mutating func bracket() throws(JSONPath.PathError) -> JSONPathStep {
        skipSpace()
        if take("?") {
            let step = try filter()
            skipSpace()
            guard take("]") else { throw failure("unterminated filter") }
            return step
        }
        var parts: [JSONPathStep] = [try bracketPart()]
        skipSpace()
        while take(",") {
            parts.append(try bracketPart())
            skipSpace()
        }
        guard take("]") else { throw failure("unterminated array") }
        return parts.count == 1 ? parts[0] : .union(parts.map { [$0] })
    }

    private mutating func bracketPart() throws(JSONPath.PathError) -> JSONPathStep {
        skipSpace()
        if take("*") { return .wildcard }
        if peek == "'" || peek == "\"" { return .child(try quoted()) }
        let first = number()
        skipSpace()
        guard take(":") else {
            guard let first else { throw failure("invalid array index") }
            return .index(first)
        }
        let second = number()
        skipSpace()
        var step = 1
        if take(":") { step = number() ?? 1 }
        if step < 1 { throw failure("step must be > 0") }
        return .slice(first, second, step)
    }

    private mutating func number() -> Int? {
        skipSpace()
        let start = position
        let isNegative = take("-")
        var value: Int?
        while let scalar = peek, (0x30...0x39).contains(scalar.value), (value ?? 0) < 1_000_000_000 {
            value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
            position += 1
        }
        if value == nil { position = start }
        return value.map { isNegative ? -$0 : $0 }
    }

    private mutating func quoted() throws(JSONPath.PathError) -> String {
        guard let quote = peek else { throw failure("a quote is missing") }
        position += 1
        var text = ""
        while let scalar = peek {
            position += 1
            if scalar == quote { return text }
            if scalar == "\\", let escaped = peek {
                position += 1
                text.unicodeScalars.append(escaped)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        throw failure("unterminated quoted string")
    }

    /// `(@.a == 1)`; the question mark has been taken.
    private mutating func filter() throws(JSONPath.PathError) -> JSONPathStep {
        skipSpace()
        guard take("(") else { throw failure("a filter needs a parenthesis") }
        let left = try operand()
        skipSpace()
        var comparison: JSONPathComparison?
        var right: JSONPathOperand?
        for candidate in JSONPathComparison.allCases where comparison == nil {
            let wanted = Array(candidate.rawValue.unicodeScalars)
            if position + wanted.count <= scalars.count,
                Array(scalars[position..<position + wanted.count]) == wanted
            {
                comparison = candidate
                position += wanted.count
            }
        }
        if comparison != nil { right = try operand() }
        skipSpace()
        guard take(")") else { throw failure("unterminated filter") }
        return .filter(left, comparison, right)
    }

    private mutating func operand() throws(JSONPath.PathError) -> JSONPathOperand {
        skipSpace()
        if peek == "'" || peek == "\"" { return .literal(.string(try quoted())) }
        if peek == "@" || peek == "$" || peek == "." {
            return .path(try path(until: [")", "=", "!", "<", ">", "]"]))
        }
        var text = ""
        while let scalar = peek, !") \t\n=!<>]".unicodeScalars.contains(scalar) {
            text.unicodeScalars.append(scalar)
            position += 1
        }
        switch text {
        case "true": return .literal(true)
        case "false": return .literal(false)
        default:
            if let whole = Int64(text) { return .literal(.int(whole)) }
            if let number = Double(text), number.isFinite { return .literal(.double(number)) }
            throw failure("'\(text)' is no value")
        }
    }
}
