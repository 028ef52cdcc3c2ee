// Finds what cannot work before an expression runs.
//
// The language is typed by the value at hand: the type of `result` is known, so `result > "1"` for
// a number is refused although it would never be reached. What is unknown is let pass.

import MartletModel

/// Goes through the code with types in place of values.
struct ExpressionChecker {
    /// What is known of a value on the stack.
    struct Entry {
        var type: StaticType
        /// Where the instruction stands that made it.
        var offset: Int
        /// The value itself, where the text says it.
        var constant: ExpressionValue?
        /// The instruction that pushed it, for literals.
        var literal: Int?
    }

    var code: ExpressionCode
    private let result: StaticType
    private var stack: [Entry] = []
    private var slots: [StaticType]
    private var loops: [StaticType] = []
    private var place = 0

    init(_ code: ExpressionCode, result: StaticType) {
        self.code = code
        self.result = result
        slots = Array(repeating: .unknown, count: code.slotCount)
    }

    /// Checks the whole.
    ///
    /// - Returns: The code, with what the machine has to know about types.
    mutating func run() throws(ExpressionError) -> ExpressionCode {
        while place < code.instructions.count {
            try check(code.instructions[place])
            place += 1
        }
        return code
    }

    func failure(_ token: String, _ message: String, at offset: Int?) -> ExpressionError {
        ExpressionError(.compile, token, message, at: offset)
    }

    private mutating func pop() -> Entry { stack.popLast() ?? Entry(type: .unknown, offset: 0) }

    private mutating func push(_ type: StaticType, _ offset: Int, constant: ExpressionValue? = nil) {
        stack.append(Entry(type: type, offset: offset, constant: constant))
    }

    private mutating func popArguments(_ count: Int) -> [Entry] {
        let arguments = Array(stack.suffix(count))
        stack.removeLast(min(count, stack.count))
        return arguments
    }

    private mutating func check(_ instruction: Instruction) throws(ExpressionError) {
        let offset = instruction.offset
        switch instruction.operation {
        case .push(let value):
            stack.append(Entry(type: StaticType(of: value), offset: offset, constant: value, literal: place))
        case .builtinName: push(.unknown, offset)
        case .result: push(result, offset)
        case .environment: push(environment, offset)
        case .unknownName(let name): throw failure("unknown-name", "unknown name \(name)", at: offset)
        case .unknownPointer(let name): throw failure("unknown-pointer", "unknown pointer #\(name)", at: offset)
        case .problem(let token, let message): throw failure(token, message, at: offset)
        case .pop: _ = pop()
        case .store(let slot): slots[slot] = pop().type
        case .keep(let slot): slots[slot] = stack.last?.type ?? .unknown
        case .load(let slot): push(slots[slot], offset)
        case .negate, .plus, .not: try unary(instruction)
        case .binary(let operation): try binary(operation, offset)
        case .andBegin, .orBegin, .coalesceBegin, .branchElse, .optional: break
        case .andEnd, .orEnd: try logical(instruction)
        case .coalesceEnd, .branchEnd:
            let second = pop()
            let first = pop()
            push(Self.merged(first.type, second.type), offset)
        case .branchBegin:
            let condition = pop()
            guard condition.type == .bool || condition.type.isUnknown else {
                throw failure("non-bool", "non-bool expression (type \(condition.type.name)) used as condition", at: offset)
            }
        case .makeList(let count): makeList(count, offset)
        case .makeMap(let count):
            _ = popArguments(2 * count)
            push(.map(.unknown), offset)
        case .call(let name, let count):
            let arguments = popArguments(count)
            push(try call(name, arguments, offset), offset)
        case .callValue(let count):
            let arguments = popArguments(count)
            push(try callValue(pop().type, arguments, offset), offset)
        case .callMethod(let name, let count):
            let arguments = popArguments(count)
            push(try method(name, of: pop().type, arguments, offset), offset)
        case .member, .index, .slice: try access(instruction)
        case .loopBegin, .loopNext, .sortByOrder, .element, .elementIndex, .accumulator: try loop(instruction)
        }
    }

    /// The type of `$env`.
    private var environment: StaticType {
        var fields: [String: StaticType] = ["result": result]
        for name in ExpressionNames.environment { fields[name] = .function(name) }
        return .structure(Self.environmentName, fields)
    }
    private static let environmentName = "$env"

    private static func merged(_ first: StaticType, _ second: StaticType) -> StaticType {
        if first == .nil { return second }
        if second == .nil { return first }
        return first == second ? first : .unknown
    }

    private mutating func makeList(_ count: Int, _ offset: Int) {
        let elements = popArguments(count)
        let first = elements.first?.type ?? .unknown
        push(.list(elements.allSatisfy { $0.type == first } ? first : .unknown), offset)
    }

    // MARK: Operators

    private func mismatch(
        _ left: StaticType, _ operation: String, _ right: StaticType, _ offset: Int
    ) -> ExpressionError {
        failure(
            "mismatched-types", "invalid operation: \(operation) (mismatched types \(left.name) and \(right.name))",
            at: offset)
    }

    private mutating func unary(_ instruction: Instruction) throws(ExpressionError) {
        let operand = pop()
        let isNot = instruction.operation == .not
        let fits = isNot ? operand.type == .bool : operand.type.isNumber
        guard fits || operand.type.isUnknown else {
            throw failure(
                "mismatched-types", "invalid operation: \(isNot ? "not" : "sign") (mismatched type \(operand.type.name))",
                at: instruction.offset)
        }
        push(isNot ? .bool : operand.type, instruction.offset)
    }

    private mutating func logical(_ instruction: Instruction) throws(ExpressionError) {
        let right = pop().type
        let left = pop().type
        for type in [left, right] where type != .bool && !type.isUnknown {
            throw mismatch(left, instruction.operation == .andEnd ? "and" : "or", right, instruction.offset)
        }
        push(.bool, instruction.offset)
    }

    private mutating func binary(_ operation: BinaryOperator, _ offset: Int) throws(ExpressionError) {
        let right = pop()
        let left = pop()
        switch operation {
        case .contained: try contained(left.type, right.type, offset)
        case .matches: try checkPattern(left, right, offset)
        case .remainder:
            if left.constant != nil, right.constant?.integer == 0, left.type.isInteger {
                throw failure("divide-by-zero", "integer divide by zero", at: offset)
            }
        default: break
        }
        guard let type = OperatorTypes.result(operation, left.type, right.type) else {
            throw mismatch(left.type, operation.rawValue, right.type, offset)
        }
        if operation == .equal || operation == .notEqual, left.type == right.type, [.int, .string].contains(left.type) {
            code.instructions[place].isTyped = true
        }
        push(type, offset, constant: joined(operation, left, right))
    }

    /// Literals that are joined are a literal.
    private func joined(_ operation: BinaryOperator, _ left: Entry, _ right: Entry) -> ExpressionValue? {
        guard operation == .add, case .text(let first)? = left.constant, case .text(let second)? = right.constant
        else { return nil }
        return .text(ByteText(bytes: first.bytes + second.bytes))
    }

    private func checkPattern(_ left: Entry, _ right: Entry, _ offset: Int) throws(ExpressionError) {
        guard case .text(let pattern)? = right.constant else { return }
        do throws(RegexError) {
            _ = try LinearRegex(pattern.string)
        } catch {
            throw failure("bad-regex", error.description, at: right.literal == nil ? nil : offset)
        }
    }

    private func contained(_ left: StaticType, _ right: StaticType, _ offset: Int) throws(ExpressionError) {
        switch right {
        case .map, .structure:
            guard left == .string || left.isUnknown else {
                throw failure("cannot-use", "cannot use \(left.name) as type string in map key", at: offset)
            }
        case .list(let element):
            guard left.isUnknown || left == .nil || OperatorTypes.areComparable(left, element) else {
                throw failure("cannot-use", "cannot use \(left.name) as type \(element.name) in array", at: offset)
            }
        default: break
        }
    }

    // MARK: Members

    private mutating func access(_ instruction: Instruction) throws(ExpressionError) {
        let offset = instruction.offset
        switch instruction.operation {
        case .member(let name): push(try member(name, of: pop().type, offset), offset)
        case .index:
            let index = pop()
            let base = pop()
            push(try element(index, of: base.type, offset), offset)
        case .slice(let hasFrom, let hasTo):
            let bounds = popArguments((hasFrom ? 1 : 0) + (hasTo ? 1 : 0))
            let base = pop().type
            switch base {
            case .list, .string, .unknown: break
            default: throw failure("cannot-slice", "cannot slice \(base.name)", at: offset)
            }
            for bound in bounds where !bound.type.isInteger && !bound.type.isUnknown {
                throw failure("bad-slice-index", "non-integer slice index \(bound.type.name)", at: bound.offset)
            }
            push(base, offset)
        default: break
        }
    }

    private func member(_ name: String, of type: StaticType, _ offset: Int) throws(ExpressionError) -> StaticType {
        switch type {
        case .unknown, .anyMap: return .unknown
        case .map(let value): return value
        case .list: throw failure("bad-index-type", "array elements can only be selected using an integer (got string)", at: offset)
        case .structure(let structure, let fields):
            if let field = fields[name] { return field }
            if structure == Self.environmentName { throw failure("unknown-name", "unknown name \(name)", at: offset) }
            throw failure("no-field", "type \(structure) has no field \(name)", at: offset)
        default: throw failure("no-field", "type \(type.name) has no field \(name)", at: offset)
        }
    }

    private func element(
        _ index: Entry, of type: StaticType, _ offset: Int
    ) throws(ExpressionError) -> StaticType {
        switch type {
        case .unknown, .anyMap: return .unknown
        case .map(let value):
            guard index.type == .string || index.type.isUnknown else {
                throw failure("cannot-use", "cannot use \(index.type.name) to get an element from \(type.name)", at: index.offset)
            }
            return value
        case .list(let element):
            guard index.type.isInteger || index.type.isUnknown else {
                throw failure(
                    "bad-index-type", "array elements can only be selected using an integer (got \(index.type.name))",
                    at: index.offset)
            }
            return element
        case .structure:
            guard case .text(let name)? = index.constant else { return .unknown }
            return try member(name.string, of: type, offset)
        default: throw failure("undefined", "type \(type.name)[\(index.type.name)] is undefined", at: offset)
        }
    }

    private func method(
        _ name: String, of type: StaticType, _ arguments: [Entry], _ offset: Int
    ) throws(ExpressionError) -> StaticType {
        switch type {
        case .unknown, .anyMap: return .unknown
        case .map(let value): return value.isUnknown ? .unknown : try callValue(value, arguments, offset)
        case .structure(Self.environmentName, _): return try callValue(try member(name, of: type, offset), arguments, offset)
        case .list: return try member(name, of: type, offset)
        case .time: if let result = ExpressionTime.timeMethods[name] { return result }
        case .duration: if let result = ExpressionTime.durationMethods[name] { return result }
        case .month, .weekday, .location: if name == "String" { return .string }
        default: break
        }
        throw failure("no-method", "type \(type.name) has no method \(name)", at: offset)
    }

    private func callValue(
        _ type: StaticType, _ arguments: [Entry], _ offset: Int
    ) throws(ExpressionError) -> StaticType {
        switch type {
        case .unknown: return .unknown
        case .function(let name): return try FunctionTypes.result(name, arguments, offset)
        default: throw failure("not-callable", "\(type.name) is not callable", at: offset)
        }
    }

    private mutating func call(
        _ name: String, _ arguments: [Entry], _ offset: Int
    ) throws(ExpressionError) -> StaticType {
        let type = try FunctionTypes.result(name, arguments, offset)
        // A whole number that the text says is a float where one is wanted.
        if name == "isNaN" || name == "isInf", let argument = arguments.first, let number = argument.constant?.integer,
            let literal = argument.literal
        {
            code.instructions[literal].operation = .push(.number(Double(number)))
        }
        return type
    }

    // MARK: Loops

    private mutating func loop(_ instruction: Instruction) throws(ExpressionError) {
        let offset = instruction.offset
        switch instruction.operation {
        case .loopBegin(_, _, let hasInitial):
            if hasInitial { _ = pop() }
            let collection = pop()
            switch collection.type {
            case .list(let element): loops.append(element)
            case .unknown: loops.append(.unknown)
            default:
                throw failure(
                    "not-array", "builtin takes only array (got \(collection.type.name))", at: collection.offset)
            }
        case .loopNext(let function, _):
            let value = pop()
            let element = loops.popLast() ?? .unknown
            let fits = function.wantsBool ? value.type == .bool || value.type.isUnknown : value.type != .nil
            guard fits else {
                throw failure(
                    "bad-predicate", "predicate should return \(function.wantsBool ? "boolean" : "a value") (got \(value.type.name))",
                    at: value.offset)
            }
            push(Self.outcome(function, element: element, value: value.type), offset)
        case .sortByOrder: _ = pop()
        case .element: push(loops.last ?? .unknown, offset)
        case .elementIndex: push(.int, offset)
        default: push(.unknown, offset)
        }
    }

    private static func outcome(
        _ function: LoopFunction, element: StaticType, value: StaticType
    ) -> StaticType {
        switch function {
        case .all, .any, .none, .one: .bool
        case .filter, .sortBy: .list(element)
        case .map: .list(value)
        case .count, .findIndex, .findLastIndex: .int
        case .find, .findLast: element == .nil ? .unknown : element
        case .sum: value.isNumber ? value : .unknown
        case .groupBy: .anyMap
        case .reduce: .unknown
        }
    }
}
