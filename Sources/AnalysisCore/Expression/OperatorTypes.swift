// Which types operators take, and what they give.

/// The table of operators.
enum OperatorTypes {
    /// The type that an operator gives, or nil when it does not take those.
    static func result(_ operation: BinaryOperator, _ left: StaticType, _ right: StaticType) -> StaticType? {
        switch operation {
        case .equal, .notEqual: return areComparable(left, right) ? .bool : nil
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let kinds: [(StaticType) -> Bool] = [
                \.isNumber, { $0 == .string }, { $0 == .time }, { $0 == .duration },
            ]
            return fits(left, right, kinds) ? .bool : nil
        case .add: return sum(left, right)
        case .subtract: return difference(left, right)
        case .multiply: return product(left, right)
        case .divide, .power: return fits(left, right, [\.isNumber]) ? .float64 : nil
        case .remainder: return fits(left, right, [\.isInteger]) ? .int : nil
        case .range: return fits(left, right, [\.isInteger]) ? .list(.int) : nil
        case .contained:
            switch right {
            case .unknown, .list, .map, .anyMap, .structure: return .bool
            default: return nil
            }
        case .matches, .contains, .startsWith, .endsWith: return fits(left, right, [{ $0 == .string }]) ? .bool : nil
        }
    }

    /// Whether both sides are of one of the kinds, an unknown side being of any.
    private static func fits(_ left: StaticType, _ right: StaticType, _ kinds: [(StaticType) -> Bool]) -> Bool {
        if left.isUnknown, right.isUnknown { return true }
        return kinds.contains { (left.isUnknown || $0(left)) && (right.isUnknown || $0(right)) }
    }

    /// Whether values of two types can be equal at all.
    static func areComparable(_ left: StaticType, _ right: StaticType) -> Bool {
        if left.isUnknown || right.isUnknown || left == .nil || right == .nil { return true }
        if left.isNumber, right.isNumber { return true }
        switch (left, right) {
        case (.list, .list), (.map, .map), (.map, .anyMap), (.anyMap, .map), (.map, .structure), (.structure, .map):
            return true
        default: return left == right
        }
    }

    private static func numbers(_ left: StaticType, _ right: StaticType) -> StaticType? {
        guard left.isNumber, right.isNumber else { return nil }
        return left.isInteger && right.isInteger ? .int : .float64
    }

    private static func sum(_ left: StaticType, _ right: StaticType) -> StaticType? {
        if let type = numbers(left, right) { return type }
        switch (left, right) {
        case (.string, .string): return .string
        case (.time, .duration), (.duration, .time): return .time
        case (.duration, .duration): return .duration
        case (.unknown, _), (_, .unknown):
            let kinds: [(StaticType) -> Bool] = [
                \.isNumber, { $0 == .string }, { $0 == .time || $0 == .duration },
            ]
            return fits(left, right, kinds) ? .unknown : nil
        default: return nil
        }
    }

    private static func difference(_ left: StaticType, _ right: StaticType) -> StaticType? {
        if let type = numbers(left, right) { return type }
        switch (left, right) {
        case (.time, .time), (.duration, .duration): return .duration
        case (.time, .duration): return .time
        case (.unknown, _), (_, .unknown):
            return fits(left, right, [\.isNumber, { $0 == .time || $0 == .duration }]) ? .unknown : nil
        default: return nil
        }
    }

    private static func product(_ left: StaticType, _ right: StaticType) -> StaticType? {
        if let type = numbers(left, right) { return type }
        switch (left, right) {
        case (.duration, .duration): return .duration
        case (.duration, let other), (let other, .duration):
            if other.isUnknown { return .unknown }
            guard other.isNumber else { return nil }
            return other.isInteger ? .duration : .float64
        case (.unknown, _), (_, .unknown): return fits(left, right, [\.isNumber]) ? .unknown : nil
        default: return nil
        }
    }
}
