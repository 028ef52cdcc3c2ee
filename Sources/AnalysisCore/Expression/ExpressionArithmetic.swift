// Operators on values, with Go's arithmetic.

import KubeModel
import MartletModel

/// Arithmetic that Go leaves open is as on amd64.
enum ExpressionArithmetic {
    /// float64 to int64: past the range and for NaN the smallest one.
    static func truncated(_ value: Double) -> Int64 { Int64(exactly: value.rounded(.towardZero)) ?? .min }

    /// `**`, like C's pow.
    static func power(_ base: Double, _ exponent: Double) -> Double { Power.value(base, exponent) }

    /// Orders pairs by key, stably.
    ///
    /// - Throws: When two keys cannot be compared.
    static func sorted(
        _ pairs: [(key: ExpressionValue, value: ExpressionValue)], isDescending: Bool, _ machine: ExpressionMachine
    ) throws(ExpressionError) -> [(key: ExpressionValue, value: ExpressionValue)] {
        var failure: ExpressionError?
        let ordered = pairs.enumerated().sorted { left, right in
            guard failure == nil else { return false }
            do throws(ExpressionError) {
                let (mine, theirs) = isDescending ? (right, left) : (left, right)
                if try machine.precedes(mine.element.key, theirs.element.key) { return true }
                if try machine.precedes(theirs.element.key, mine.element.key) { return false }
                return left.offset < right.offset
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
        return ordered.map(\.element)
    }
}

extension ExpressionMachine {
    func invalid(
        _ left: ExpressionValue, _ operation: BinaryOperator, _ right: ExpressionValue
    ) -> ExpressionError {
        failure("invalid-operation", "invalid operation: \(left.typeName) \(operation.rawValue) \(right.typeName)")
    }

    /// `left < right`.
    func precedes(_ left: ExpressionValue, _ right: ExpressionValue) throws(ExpressionError) -> Bool {
        try ordered(.less, left, right)
    }

    /// Applies an operator.
    ///
    /// - Parameter isTyped: The checker found both sides of one basic type, so that Go compares
    ///   them unboxed.
    mutating func binary(
        _ operation: BinaryOperator, _ left: ExpressionValue, _ right: ExpressionValue, isTyped: Bool
    ) throws(ExpressionError) -> ExpressionValue {
        switch (operation, left, right) {
        case (.add, .text, .text), (.equal, _, _), (.notEqual, _, _), (.contained, _, _), (.contains, _, _):
            try weigh([left, right])
        case (.matches, .text(let text), .text(let pattern)):
            try spend(2 * pattern.bytes.count + text.bytes.count * min(pattern.bytes.count, 50) / 4)
        default: break
        }
        switch operation {
        case .equal, .notEqual:
            if isTyped, left.isNil || right.isNil {
                throw conversion(.nil, left.isNil ? right.typeName : left.typeName)
            }
            return .bool(left.equals(right) == (operation == .equal))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return .bool(try ordered(operation, left, right))
        case .add, .subtract, .multiply: return try arithmetic(operation, left, right)
        case .divide:
            guard let mine = left.double, let theirs = right.double else { throw invalid(left, operation, right) }
            return .number(mine / theirs)
        case .power:
            guard let mine = left.double, let theirs = right.double else { throw invalid(left, operation, right) }
            return .number(ExpressionArithmetic.power(mine, theirs))
        case .remainder:
            guard let mine = left.integer, let theirs = right.integer else { throw invalid(left, operation, right) }
            if theirs == 0 { throw failure("divide-by-zero", "integer divide by zero") }
            return .integer(theirs == -1 ? 0 : mine % theirs, .int)
        case .range: return try range(left, right)
        case .contained: return .bool(try contained(left, right))
        case .matches, .contains, .startsWith, .endsWith: return .bool(try textTest(operation, left, right))
        }
    }

    func ordered(
        _ operation: BinaryOperator, _ left: ExpressionValue, _ right: ExpressionValue
    ) throws(ExpressionError) -> Bool {
        if let mine = left.integer, let theirs = right.integer { return Self.compare(operation, mine, theirs) }
        if let mine = left.double, let theirs = right.double { return Self.compare(operation, mine, theirs) }
        switch (left, right) {
        case (.text(let mine), .text(let theirs)): return Self.compare(operation, mine, theirs)
        case (.time(let mine), .time(let theirs)):
            return Self.compare(operation, mine.nanoseconds, theirs.nanoseconds)
        case (.duration(let mine), .duration(let theirs)): return Self.compare(operation, mine, theirs)
        default: throw invalid(left, operation, right)
        }
    }

    private static func compare<Value: Comparable>(
        _ operation: BinaryOperator, _ left: Value, _ right: Value
    ) -> Bool {
        switch operation {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        default: left >= right
        }
    }

    private func arithmetic(
        _ operation: BinaryOperator, _ left: ExpressionValue, _ right: ExpressionValue
    ) throws(ExpressionError) -> ExpressionValue {
        if let mine = left.integer, let theirs = right.integer {
            return .integer(Self.wrapping(operation, mine, theirs), .int)
        }
        if let mine = left.double, let theirs = right.double {
            switch operation {
            case .add: return .number(mine + theirs)
            case .subtract: return .number(mine - theirs)
            default: return .number(mine * theirs)
            }
        }
        switch (operation, left, right) {
        case (.add, .text(let mine), .text(let theirs)): return .text(ByteText(bytes: mine.bytes + theirs.bytes))
        case (_, .duration(let mine), .duration(let theirs)):
            return .duration(Self.wrapping(operation, mine, theirs))
        case (.multiply, .duration(let mine), .integer(let theirs, _)),
            (.multiply, .integer(let mine, _), .duration(let theirs)):
            return .duration(mine &* theirs)
        case (.multiply, .duration(let mine), _) where right.isNumber:
            return .number(Double(mine) * (right.double ?? 0))
        case (.multiply, _, .duration(let theirs)) where left.isNumber:
            return .number((left.double ?? 0) * Double(theirs))
        case (.add, .time(let time), .duration(let span)), (.add, .duration(let span), .time(let time)):
            return .time(time.moved(by: span))
        case (.subtract, .time(let time), .duration(let span)): return .time(time.moved(by: 0 &- span))
        case (.subtract, .time(let mine), .time(let theirs)):
            return .duration(mine.nanoseconds &- theirs.nanoseconds)
        default: throw invalid(left, operation, right)
        }
    }

    private static func wrapping(_ operation: BinaryOperator, _ left: Int64, _ right: Int64) -> Int64 {
        switch operation {
        case .add: left &+ right
        case .subtract: left &- right
        default: left &* right
        }
    }

    private mutating func range(
        _ left: ExpressionValue, _ right: ExpressionValue
    ) throws(ExpressionError) -> ExpressionValue {
        guard let from = left.integer, let to = right.integer else { throw invalid(left, .range, right) }
        let (span, overflow) = to.subtractingReportingOverflow(from)
        if span < 0, !overflow { return .list(ExpressionList([], of: "int")) }
        if overflow || span >= ExpressionLimits.memoryMax { try grow(ExpressionLimits.memoryMax) }
        try grow(Int(span) + 1)
        return .list(ExpressionList((from...to).map { .integer($0, .int) }, of: "int"))
    }

    private func contained(
        _ needle: ExpressionValue, _ hay: ExpressionValue
    ) throws(ExpressionError) -> Bool {
        switch hay {
        case .nil: return false
        case .list(let list): return list.elements.contains { needle.equals($0) }
        case .map(let map):
            if map.keyType == "string" {
                guard case .text = needle else {
                    throw failure("invalid-operation", "cannot use \(needle.typeName) as type string")
                }
            }
            return map[needle] != nil
        case .structure(_, let fields): return fields[needle] != nil
        default: throw failure("invalid-operation", "operator \"in\" not defined on \(hay.typeName)")
        }
    }

    private func textTest(
        _ operation: BinaryOperator, _ left: ExpressionValue, _ right: ExpressionValue
    ) throws(ExpressionError) -> Bool {
        if operation == .matches, left.isNil || right.isNil { return false }
        guard case .text(let text) = left else { throw conversion(left, "string") }
        guard case .text(let part) = right else { throw conversion(right, "string") }
        switch operation {
        case .startsWith: return text.bytes.starts(with: part.bytes)
        case .endsWith:
            return text.bytes.count >= part.bytes.count && text.bytes.suffix(part.bytes.count).elementsEqual(part.bytes)
        case .contains: return ByteSearch.first(part.bytes, in: text.bytes) != nil
        default:
            do throws(RegexError) {
                return try LinearRegex(part.string).isMatch(text.scalars)
            } catch {
                throw failure("bad-regex", error.description)
            }
        }
    }
}

/// Looks for bytes in bytes.
enum ByteSearch {
    static func first(_ part: [UInt8], in text: [UInt8], from start: Int = 0) -> Int? {
        if part.isEmpty { return start <= text.count ? start : nil }
        guard part.count <= text.count else { return nil }
        var place = start
        while place <= text.count - part.count {
            if text[place] == part[0], text[place..<place + part.count].elementsEqual(part) { return place }
            place += 1
        }
        return nil
    }

    static func last(_ part: [UInt8], in text: [UInt8]) -> Int? {
        guard part.count <= text.count else { return nil }
        var place = text.count - part.count
        while place >= 0 {
            if text[place..<place + part.count].elementsEqual(part) { return place }
            place -= 1
        }
        return nil
    }
}
