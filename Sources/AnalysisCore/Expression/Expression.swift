// A condition, or any expression of its language: read, checked against what it is about, run.

import KubeModel

/// An expression that has been read.
package struct Expression: Hashable, Sendable {
    package let text: String
    let code: ExpressionCode

    /// Reads an expression.
    ///
    /// - Throws: A `.syntax` error.
    package init(_ text: String) throws(ExpressionError) {
        self.text = text
        var parser = try ExpressionParser(text)
        code = try parser.parse()
    }

    /// Checks the expression against the type of the result, then evaluates it. The language is
    /// typed by the value at hand: `result < 1` is refused before it runs if the result is a text.
    ///
    /// - Throws: A `.compile` or `.runtime` error.
    package func value(
        in environment: ExpressionEnvironment
    ) throws(ExpressionError) -> ExpressionValue {
        let checked = try check(result: StaticType(of: environment.result))
        var machine = ExpressionMachine(checked, environment)
        return try machine.run()
    }

    /// Checks the expression against a type.
    ///
    /// - Returns: The code as it is to be run.
    func check(result: StaticType) throws(ExpressionError) -> ExpressionCode {
        var checker = ExpressionChecker(code, result: result)
        return try checker.run()
    }

    /// Checks the expression against the type of a value, without running it.
    package func check(against value: ExpressionValue) throws(ExpressionError) {
        _ = try check(result: StaticType(of: value))
    }

    /// Reads, checks and evaluates.
    package static func value(
        of text: String, in environment: ExpressionEnvironment
    ) throws(ExpressionError) -> ExpressionValue {
        try Expression(text).value(in: environment)
    }
}
