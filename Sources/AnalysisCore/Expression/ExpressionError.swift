// What can be wrong with a condition, and where.

/// An error in an expression or in its evaluation.
package struct ExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// When it is noticed.
    package enum Phase: String, Hashable, Sendable {
        /// The text is no expression.
        case syntax
        /// The expression does not fit the type of the result.
        case compile
        /// It failed on this very value.
        case runtime
    }

    package var phase: Phase
    /// A short class of the error, the one of ../shared/conformance/expressions.json.
    package var token: String
    /// A sentence for people.
    package var message: String
    /// The scalar of the text at which it is, from 0; nil when it has no place.
    package var offset: Int?

    init(_ phase: Phase, _ token: String, _ message: String, at offset: Int?) {
        self.phase = phase
        self.token = token
        self.message = message
        self.offset = offset
    }

    package var description: String { message }

    /// The line, from 1, and the column, from 0, in scalars.
    package func place(in text: String) -> (line: Int, column: Int)? {
        guard let offset else { return nil }
        var line = 1
        var column = 0
        for scalar in text.unicodeScalars.prefix(offset) {
            if scalar == "\n" {
                line += 1
                column = 0
            } else {
                column += 1
            }
        }
        return (line, column)
    }

    /// The message, the line it is about and a caret under the place.
    package func explanation(in text: String) -> String {
        guard let (line, column) = place(in: text) else { return message }
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return message }
        return "\(message) (\(line):\(column + 1))\n | \(String(lines[line - 1]))\n | "
            + String(repeating: ".", count: column) + "^"
    }
}

/// Bounds on expressions, each with its reason.
enum ExpressionLimits {
    /// Nodes of an expression; the language's own limit.
    static let nodeCountMax = 10_000
    /// Elements that an evaluation may make, all collections together; the language's own limit.
    static let memoryMax = 1_000_000
    /// Steps that an evaluation may take: about a second.
    static let fuelMax = 5_000_000
    /// How deep brackets may nest within brackets: protects the stack of the parser, which takes two
    /// kilobytes a level, and five times as much in a debug build.
    static let depthMax = 200
    /// Scalars of an expression's text.
    static let textLengthMax = 1_000_000
    /// How deep values may nest when they are compared or printed.
    static let valueDepthMax = 500
}
