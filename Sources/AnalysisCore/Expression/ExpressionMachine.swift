// Runs the code of an expression.

package import KubeModel
import MartletModel

/// What an evaluation can see.
package struct ExpressionEnvironment: Sendable {
    package var result: ExpressionValue
    /// For `now()`.
    package var now: Timestamp
    /// isNil and default look at `result` whatever they are given, as in Argo.
    package var ignoresHelperArguments: Bool
    package init(result: ExpressionValue, now: Timestamp, ignoresHelperArguments: Bool = true) {
        self.result = result
        self.now = now
        self.ignoresHelperArguments = ignoresHelperArguments
    }
}

/// A stack machine; bounded in steps and in the elements that it makes.
struct ExpressionMachine {
    let code: ExpressionCode
    let environment: ExpressionEnvironment
    var stack: [ExpressionValue] = []
    private var slots: [ExpressionValue]
    private var loops: [LoopFrame] = []
    private var memory = 0
    private var fuel = ExpressionLimits.fuelMax
    /// Where the instruction being executed stands in the text.
    private(set) var offset = 0

    /// A predicate being evaluated for element after element.
    private struct LoopFrame {
        var elements: [ExpressionValue]
        var position: Int
        var count = 0
        var collected: [ExpressionValue] = []
        var groups = ExpressionMap(keyType: "any", valueType: "[]any")
        var accumulator: ExpressionValue = .nil
        var elementType: String
    }

    init(_ code: ExpressionCode, _ environment: ExpressionEnvironment) {
        self.code = code
        self.environment = environment
        slots = Array(repeating: .nil, count: code.slotCount)
    }

    func failure(_ token: String, _ message: String) -> ExpressionError {
        ExpressionError(.runtime, token, message, at: offset)
    }

    /// Counts elements that are made.
    mutating func grow(_ count: Int) throws(ExpressionError) {
        memory += max(count, 0)
        if memory >= ExpressionLimits.memoryMax {
            throw failure("memory-budget", "the expression makes too many elements")
        }
    }

    /// Uses up steps.
    mutating func spend(_ steps: Int) throws(ExpressionError) {
        fuel -= steps
        if fuel <= 0 { throw failure("too-long", "the expression takes too many steps") }
    }

    /// Uses up a step for each part of values that are about to be gone through: lists may hold
    /// the same list many times, and so be far larger than what was made.
    mutating func weigh(_ values: [ExpressionValue]) throws(ExpressionError) {
        var open = values
        while let value = open.popLast() {
            switch value {
            case .text(let text): try spend(1 + text.bytes.count / 16)
            case .list(let list):
                try spend(1 + list.elements.count)
                open += list.elements
            case .map(let map), .structure(_, let map):
                try spend(1 + map.count)
                for key in map.keys { open.append(map[key] ?? .nil) }
            default: try spend(1)
            }
        }
    }

    mutating func pop() -> ExpressionValue { stack.popLast() ?? .nil }

    private mutating func popBool() throws(ExpressionError) -> Bool {
        let value = pop()
        guard case .bool(let flag) = value else { throw conversion(value, "bool") }
        return flag
    }

    func conversion(_ value: ExpressionValue, _ wanted: String) -> ExpressionError {
        failure("interface-conversion", "the value is \(value.typeName), not \(wanted)")
    }

    mutating func run() throws(ExpressionError) -> ExpressionValue {
        var place = 0
        while place < code.instructions.count {
            try spend(1)
            let instruction = code.instructions[place]
            offset = instruction.offset
            place += try execute(instruction) ?? 1
        }
        let value = pop()
        try weigh([value])
        return value
    }

    /// Executes an instruction; how far to jump, or nil to go on.
    private mutating func execute(_ instruction: Instruction) throws(ExpressionError) -> Int? {
        switch instruction.operation {
        case .push(let value): stack.append(value)
        case .builtinName: stack.append(.nil)
        case .result: stack.append(environment.result)
        case .environment: stack.append(environmentMap)
        case .pop: _ = pop()
        case .store(let slot): slots[slot] = pop()
        case .keep(let slot): slots[slot] = stack.last ?? .nil
        case .load(let slot): stack.append(slots[slot])
        case .negate, .plus: try sign(isNegative: instruction.operation == .negate)
        case .not: stack.append(.bool(!(try popBool())))
        case .binary(let operation):
            let right = pop()
            let left = pop()
            stack.append(try binary(operation, left, right, isTyped: instruction.isTyped))
        case .member(let name):
            stack.append(try member(pop(), .string(name)))
        case .index:
            let index = pop()
            stack.append(try member(pop(), index))
        case .slice(let hasFrom, let hasTo): try slice(hasFrom, hasTo)
        case .makeList(let count):
            try grow(count)
            let elements = Array(stack.suffix(count))
            stack.removeLast(min(count, stack.count))
            stack.append(.list(ExpressionList(elements)))
        case .makeMap(let count): try makeMap(count)
        case .call(let name, let count):
            let arguments = Array(stack.suffix(count))
            stack.removeLast(min(count, stack.count))
            stack.append(try call(name, arguments))
        case .callValue(let count): try callValue(count, method: nil)
        case .callMethod(let name, let count): try callValue(count, method: name)
        case .element, .elementIndex, .accumulator: pushPointer(instruction.operation)
        case .unknownName(let name): throw failure("unknown-name", "unknown name \(name)")
        case .unknownPointer(let name): throw failure("unknown-pointer", "unknown pointer #\(name)")
        case .problem(let token, let message): throw failure(token, message)
        case .andEnd, .orEnd:
            if case .bool? = stack.last { break }
            throw conversion(stack.last ?? .nil, "bool")
        case .coalesceEnd, .branchEnd: break
        case .andBegin, .orBegin, .coalesceBegin, .branchBegin, .branchElse, .optional, .loopBegin, .loopNext:
            return try jump(instruction.operation)
        case .sortByOrder: try sortBy()
        }
        return nil
    }

    private mutating func jump(_ operation: Operation) throws(ExpressionError) -> Int? {
        switch operation {
        case .andBegin(let distance):
            let value = try popBool()
            if value { return nil }
            stack.append(.bool(false))
            return distance
        case .orBegin(let distance):
            let value = try popBool()
            if !value { return nil }
            stack.append(.bool(true))
            return distance
        case .coalesceBegin(let distance):
            if !(stack.last?.isNil ?? true) { return distance }
            _ = pop()
        case .branchBegin(let distance): return try popBool() ? nil : distance
        case .branchElse(let distance): return distance
        case .optional(let distance): return stack.last?.isNil ?? true ? distance : nil
        case .loopBegin(let function, let distance, let hasInitial):
            return try beginLoop(function, hasInitial: hasInitial) ? nil : distance
        case .loopNext(let function, let distance):
            return try continueLoop(function) ? distance + 1 : nil
        default: break
        }
        return nil
    }

    private var environmentMap: ExpressionValue {
        var map = ExpressionMap()
        map["result"] = environment.result
        for name in ExpressionNames.environment.sorted() { map[name] = .function(name) }
        return .map(map)
    }

    private mutating func sign(isNegative: Bool) throws(ExpressionError) {
        let value = pop()
        switch value {
        case .integer(let number, let kind): stack.append(.integer(isNegative ? 0 &- number : number, kind))
        case .number(let number): stack.append(.number(isNegative ? -number : number))
        case .single(let number): stack.append(.single(isNegative ? -number : number))
        default: throw failure("invalid-operation", "invalid operation: \(isNegative ? "-" : "+") \(value.typeName)")
        }
    }

    private mutating func makeMap(_ count: Int) throws(ExpressionError) {
        try grow(count)
        var map = ExpressionMap()
        let parts = Array(stack.suffix(2 * count))
        stack.removeLast(min(2 * count, stack.count))
        for number in 0..<count {
            guard case .text = parts[2 * number] else { throw conversion(parts[2 * number], "string") }
            // Of equal keys the first wins.
            if map[parts[2 * number]] == nil { map[parts[2 * number]] = parts[2 * number + 1] }
        }
        stack.append(.map(map))
    }

    private mutating func callValue(_ count: Int, method: String?) throws(ExpressionError) {
        let arguments = Array(stack.suffix(count))
        stack.removeLast(min(count, stack.count))
        let target = pop()
        if let method, let value = try ExpressionTime.method(method, of: target, arguments, self) {
            stack.append(value)
            return
        }
        let function = try method.map { name throws(ExpressionError) in try member(target, .string(name)) } ?? target
        guard case .function(let name) = function else {
            throw failure(function.isNil ? "call-nil" : "invalid-operation", "\(function.typeName) is not callable")
        }
        stack.append(try call(name, arguments))
    }

    // MARK: Members

    func member(_ target: ExpressionValue, _ key: ExpressionValue) throws(ExpressionError) -> ExpressionValue {
        switch target {
        case .map(let map): return map[key] ?? zero(of: map.valueType)
        case .structure(let name, let fields):
            guard let value = fields[key] else { throw failure("cannot-fetch", "\(name) has no field \(key.printed)") }
            return value
        case .list(let list):
            guard let index = key.integer ?? wholeNumber(key) else {
                throw failure("cannot-fetch", "cannot fetch \(key.printed) from \(list.typeName)")
            }
            let place = index < 0 ? Int64(list.elements.count) + index : index
            guard place >= 0, place < list.elements.count else {
                throw failure(
                    "index-out-of-range", "index out of range: \(index) (array length is \(list.elements.count))")
            }
            return list.elements[Int(place)]
        case .text(let text):
            guard let index = key.integer else {
                throw failure("invalid-operation", "cannot fetch \(key.printed) from a string")
            }
            let place = index < 0 ? Int64(text.bytes.count) + index : index
            guard place >= 0, place < text.bytes.count else {
                throw failure("index-out-of-range", "index out of range: \(index)")
            }
            return .integer(Int64(text.bytes[Int(place)]), .uint8)
        default: break
        }
        throw failure("cannot-fetch", "cannot fetch \(key.printed) from \(target.printed.prefix(200))")
    }

    private func wholeNumber(_ value: ExpressionValue) -> Int64? {
        guard case .number(let number) = value else { return nil }
        return ExpressionArithmetic.truncated(number)
    }

    private func zero(of type: String) -> ExpressionValue {
        switch type {
        case "float64": .number(0)
        case "int": .int(0)
        case "string": .string("")
        case "bool": .bool(false)
        default: .nil
        }
    }

    private mutating func slice(_ hasFrom: Bool, _ hasTo: Bool) throws(ExpressionError) {
        let to = hasTo ? pop() : .nil
        let from = hasFrom ? pop() : .nil
        let target = pop()
        let length: Int
        switch target {
        case .list(let list): length = list.elements.count
        case .text(let text): length = text.bytes.count
        default: throw failure("cannot-slice", "cannot slice \(target.typeName)")
        }
        func place(_ value: ExpressionValue, _ fallback: Int) throws(ExpressionError) -> Int {
            if value.isNil { return fallback }
            guard let index = value.integer else { throw failure("invalid-operation", "invalid operation: int(\(value.typeName))") }
            let whole = index < 0 ? Int64(length) &+ index : index
            return Int(min(max(whole, 0), Int64(length)))
        }
        let end = try place(to, length)
        let start = min(try place(from, 0), end)
        switch target {
        case .list(var list):
            list.elements = Array(list.elements[start..<end])
            list.fixedLength = nil
            stack.append(.list(list))
        case .text(let text): stack.append(.text(ByteText(bytes: Array(text.bytes[start..<end]))))
        default: break
        }
    }

    // MARK: Loops

    private mutating func pushPointer(_ operation: Operation) {
        guard let loop = loops.last else { return stack.append(.nil) }
        switch operation {
        case .elementIndex: stack.append(.int(loop.position))
        case .accumulator: stack.append(loop.accumulator)
        default: stack.append(loop.elements[loop.position])
        }
    }

    /// Begins a loop; false when there is nothing to go through, the outcome being on the stack.
    private mutating func beginLoop(
        _ function: LoopFunction, hasInitial: Bool
    ) throws(ExpressionError) -> Bool {
        let initial = hasInitial ? pop() : .nil
        let collection: ExpressionValue
        if hasInitial {
            collection = pop()
        } else {
            collection = pop()
        }
        guard case .list(let list) = collection else {
            throw failure("invalid-operation", "builtin \(function.rawValue) takes only array (got \(collection.typeName))")
        }
        var frame = LoopFrame(elements: list.elements, position: 0, elementType: list.elementType)
        switch function {
        case .findLast, .findLastIndex: frame.position = list.elements.count - 1
        case .reduce:
            frame.accumulator = initial
            if !hasInitial {
                guard let first = list.elements.first else {
                    throw failure("reduce-empty", "reduce of empty array with no initial value")
                }
                frame.accumulator = first
                frame.position = 1
            }
        default: break
        }
        if frame.position < 0 || frame.position >= list.elements.count {
            stack.append(try outcome(function, frame))
            return false
        }
        loops.append(frame)
        return true
    }

    /// Takes the predicate's value; true when another element is to be looked at.
    private mutating func continueLoop(_ function: LoopFunction) throws(ExpressionError) -> Bool {
        let value = pop()
        guard var frame = loops.popLast() else { return false }
        if let decided = try collect(function, value, &frame) {
            stack.append(decided)
            return false
        }
        let isBackward = function == .findLast || function == .findLastIndex
        frame.position += isBackward ? -1 : 1
        if frame.position >= 0, frame.position < frame.elements.count {
            loops.append(frame)
            return true
        }
        stack.append(try outcome(function, frame))
        return false
    }

    /// Adds one value of the predicate; the outcome when that decides.
    private mutating func collect(
        _ function: LoopFunction, _ value: ExpressionValue, _ frame: inout LoopFrame
    ) throws(ExpressionError) -> ExpressionValue? {
        let element = frame.elements[frame.position]
        if function.wantsBool {
            guard case .bool(let holds) = value else { throw conversion(value, "bool") }
            if holds { frame.count += 1 }
            switch function {
            case .all: return holds ? nil : .bool(false)
            case .any: return holds ? .bool(true) : nil
            case .none: return holds ? .bool(false) : nil
            case .filter: if holds { frame.collected.append(element) }
            case .find, .findLast: return holds ? element : nil
            case .findIndex, .findLastIndex: return holds ? .int(frame.position) : nil
            default: break
            }
            return nil
        }
        switch function {
        case .sum:
            frame.accumulator = frame.count == 0 ? value : try binary(.add, frame.accumulator, value, isTyped: false)
            frame.count += 1
        case .reduce: frame.accumulator = value
        case .groupBy:
            var group = ExpressionList([])
            if case .list(let existing)? = frame.groups[value] { group = existing }
            // The map lets go of the group, so that it grows in place.
            frame.groups[value] = ExpressionValue.nil
            group.elements.append(element)
            frame.groups[value] = .list(group)
        case .sortBy: frame.collected.append(.list(ExpressionList([value, element])))
        default: frame.collected.append(value)
        }
        return nil
    }

    /// What a loop gives that has gone through all.
    private mutating func outcome(
        _ function: LoopFunction, _ frame: LoopFrame
    ) throws(ExpressionError) -> ExpressionValue {
        switch function {
        case .all, .none: return .bool(true)
        case .any: return .bool(false)
        case .one: return .bool(frame.count == 1)
        case .count: return .int(frame.count)
        case .find, .findIndex, .findLast, .findLastIndex: return .nil
        case .sum: return frame.count == 0 ? .int(0) : frame.accumulator
        case .reduce: return frame.accumulator
        case .groupBy: return .map(frame.groups)
        case .sortBy: return .list(ExpressionList(frame.collected))
        case .filter, .map:
            try grow(frame.collected.count)
            return .list(ExpressionList(frame.collected))
        }
    }

    private mutating func sortBy() throws(ExpressionError) {
        let order = pop()
        guard case .list(let pairs) = pop() else { return stack.append(.nil) }
        guard case .text(let word) = order, ["asc", "desc"].contains(word.string) else {
            throw failure("bad-order", "unknown order, use asc or desc")
        }
        var keyed: [(key: ExpressionValue, value: ExpressionValue)] = []
        for case .list(let pair) in pairs.elements { keyed.append((pair.elements[0], pair.elements[1])) }
        let sorted = try ExpressionArithmetic.sorted(keyed, isDescending: word.string == "desc", self)
        stack.append(.list(ExpressionList(sorted.map(\.value))))
    }
}
