// Expressions as instructions for a stack machine.
//
// The parser writes instructions in the order in which they are executed. Checking types and
// evaluating are then both loops over a list: neither recurses, whatever the expression.

/// An operator of two values.
enum BinaryOperator: String, Hashable, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case power = "**"
    case range = ".."
    case contained = "in"
    case matches
    case contains
    case startsWith
    case endsWith
}

/// A function with a predicate that is evaluated for each element.
enum LoopFunction: String, Hashable, Sendable, CaseIterable {
    case all, any, none, one, filter, map, count, find, findIndex, findLast, findLastIndex, sum, groupBy
    case sortBy, reduce

    /// Whether the predicate must say yes or no.
    var wantsBool: Bool {
        switch self {
        case .all, .any, .none, .one, .filter, .count, .find, .findIndex, .findLast, .findLastIndex: true
        case .map, .sum, .groupBy, .sortBy, .reduce: false
        }
    }
}

/// What an instruction does. Jumps are relative to the instruction itself.
enum Operation: Hashable, Sendable {
    case push(ExpressionValue)
    /// The name of a built-in function without a call: nil, of which nothing is known.
    case builtinName
    /// `result`.
    case result
    /// `$env`.
    case environment
    /// A name that means nothing.
    case unknownName(String)
    /// An error that is found while checking, whatever the types.
    case problem(token: String, message: String)
    case pop
    case store(Int)
    /// Stores without taking.
    case keep(Int)
    case load(Int)
    case negate
    case plus
    case not
    case binary(BinaryOperator)
    /// Takes the left side: to the end with it when that decides, else goes on without.
    case andBegin(Int)
    case andEnd
    case orBegin(Int)
    case orEnd
    case coalesceBegin(Int)
    case coalesceEnd
    /// Takes the condition; jumps when it is false.
    case branchBegin(Int)
    case branchElse(Int)
    case branchEnd
    /// Jumps over the rest of a chain when the value is nil.
    case optional(Int)
    case member(String)
    case index
    /// Which bounds are on the stack.
    case slice(hasFrom: Bool, hasTo: Bool)
    case makeList(Int)
    /// The keys and values are on the stack.
    case makeMap(Int)
    /// Calls a built-in function.
    case call(String, Int)
    /// Calls the value under the arguments.
    case callValue(Int)
    /// Calls a method of the value under the arguments.
    case callMethod(String, Int)
    /// Takes the collection; jumps to the end when it is empty.
    case loopBegin(LoopFunction, Int, hasInitial: Bool)
    /// Takes the predicate's value; jumps back for the next element.
    case loopNext(LoopFunction, Int)
    /// Sorts the pairs that `sortBy` collected, in the order on the stack.
    case sortByOrder
    case element
    case elementIndex
    case accumulator
    /// A loop's pointer outside of any loop, or `#acc` in the wrong one.
    case unknownPointer(String)
}

/// An instruction with its place in the text.
struct Instruction: Hashable, Sendable {
    var operation: Operation
    var offset: Int
    /// Set by the checker: both sides are exactly of this type, so that Go compares them unboxed
    /// and a nil at run time is a failed conversion.
    var isTyped = false
}

/// A parsed expression.
struct ExpressionCode: Hashable, Sendable {
    var instructions: [Instruction] = []
    var slotCount = 0
}
