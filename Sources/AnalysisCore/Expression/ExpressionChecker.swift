// Finds what cannot work before an expression runs.

/// Goes through the code with types in place of values.
struct ExpressionChecker {
    private var code: ExpressionCode
    private let result: StaticType
    init(_ code: ExpressionCode, result: StaticType) {
        self.code = code
        self.result = result
    }
    mutating func run() throws(ExpressionError) -> ExpressionCode { code }
}
