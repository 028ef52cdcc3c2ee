// The functions that expressions can call. Counts and types of arguments that are known before are
// checked by the checker; here is what depends on values.

import KubeModel

extension ExpressionMachine {
    func argument(_ name: String, _ value: ExpressionValue) -> ExpressionError {
        failure("invalid-argument", "invalid argument for \(name) (type \(value.typeName))")
    }

    private func text(_ value: ExpressionValue) throws(ExpressionError) -> ByteText {
        guard case .text(let text) = value else { throw conversion(value, "string") }
        return text
    }

    private func whole(_ value: ExpressionValue) throws(ExpressionError) -> Int {
        guard let number = value.integer else { throw conversion(value, "int") }
        return Int(number)
    }

    private func list(_ name: String, _ value: ExpressionValue) throws(ExpressionError) -> ExpressionList {
        guard case .list(let list) = value else { throw argument(name, value) }
        return list
    }

    /// Functions that go through all of their arguments.
    private static let traversing: Set<String> = [
        "string", "max", "min", "mean", "median", "sum", "reverse", "uniq", "concat", "flatten", "sort", "join", "toJSON",
        "fromJSON", "toBase64", "fromBase64", "upper", "lower", "trim", "split", "splitAfter", "replace", "indexOf",
        "lastIndexOf",
    ]

    /// Calls a function of the language or of conditions.
    mutating func call(
        _ name: String, _ given: [ExpressionValue]
    ) throws(ExpressionError) -> ExpressionValue {
        let first = given.first ?? .nil
        if Self.traversing.contains(name) { try weigh(given) }
        switch name {
        case "asInt": return try asInt(first)
        case "asFloat": return try asFloat(first)
        case "isNaN", "isInf":
            guard let number = float64(first) else { throw conversion(first, "float64") }
            return .bool(name == "isNaN" ? number.isNaN : number.isInfinite)
        case "isNil": return .bool((environment.ignoresHelperArguments ? environment.result : first).isNil)
        case "default":
            let value = environment.ignoresHelperArguments ? environment.result : first
            return value.isNil ? given.last ?? .nil : value
        case "len": return .int(try length(first))
        case "type": return .string(Self.kind(of: first))
        case "string": return .string(first.printed)
        case "now": return .time(ExpressionTime(now: environment.now, zone: Self.zone(first)))
        case "abs", "ceil", "floor", "round", "int", "float": return try number(name, first)
        case "max", "min", "mean", "median": return try statistic(name, given)
        case "count", "sum": return try total(name, first)
        case "bitand", "bitor", "bitxor", "bitnand", "bitshl", "bitshr", "bitushr", "bitnot":
            return try bits(name, given)
        case "first", "last", "get", "take", "reverse", "uniq", "concat", "flatten", "sort", "keys", "values", "toPairs",
            "fromPairs", "join":
            return try collection(name, given)
        case "toJSON", "fromJSON", "toBase64", "fromBase64", "duration", "date", "timezone":
            return try conversionCall(name, given)
        default: return try textFunction(name, given)
        }
    }

    private static func zone(_ value: ExpressionValue) -> String? {
        if case .location(let name) = value { return name }
        return nil
    }

    /// A constant whole number counts as a float where one is wanted.
    private func float64(_ value: ExpressionValue) -> Double? {
        switch value {
        case .number(let number): number
        default: nil
        }
    }

    private func asInt(_ value: ExpressionValue) throws(ExpressionError) -> ExpressionValue {
        switch value {
        case .text(let text):
            guard let number = Int64(text.string), !text.bytes.isEmpty else {
                throw failure("strconv", "asInt: \"\(text.string)\" is no whole number")
            }
            return .integer(number, .int64)
        default:
            if let number = value.integer { return .integer(number, .int64) }
            guard let number = value.double else {
                throw failure("as-unsupported", "asInt() not supported on type \(value.typeName)")
            }
            return .integer(ExpressionArithmetic.truncated(number), .int64)
        }
    }

    private func asFloat(_ value: ExpressionValue) throws(ExpressionError) -> ExpressionValue {
        switch value {
        case .text(let text):
            guard let number = GoNumberParser.double(text.string) else {
                throw failure("strconv", "asFloat: \"\(text.string)\" is no number")
            }
            return .number(number)
        default:
            guard let number = value.double else {
                throw failure("as-unsupported", "asFloat() not supported on type \(value.typeName)")
            }
            return .number(number)
        }
    }

    private func length(_ value: ExpressionValue) throws(ExpressionError) -> Int {
        switch value {
        case .text(let text): return text.string.unicodeScalars.count
        case .list(let list): return list.elements.count
        case .map(let map): return map.count
        default: throw argument("len", value)
        }
    }

    private static func kind(of value: ExpressionValue) -> String {
        switch value {
        case .nil: "nil"
        case .bool: "bool"
        case .integer(_, let kind): kind.rawValue.hasPrefix("uint") ? "uint" : "int"
        case .number, .single: "float"
        case .text: "string"
        case .list: "array"
        case .map: "map"
        case .function: "func"
        case .location: "time.Location"
        case .time, .duration, .month, .weekday: value.typeName
        case .structure(let name, _): name
        }
    }

    // MARK: Numbers

    private func number(_ name: String, _ value: ExpressionValue) throws(ExpressionError) -> ExpressionValue {
        switch (name, value) {
        case ("int", .text(let text)):
            guard let number = Int64(text.string) else {
                throw failure("invalid-operation", "invalid operation: int(\(text.string))")
            }
            return .integer(number, .int)
        case ("float", .text(let text)):
            guard let number = GoNumberParser.double(text.string) else {
                throw failure("invalid-operation", "invalid operation: float(\(text.string))")
            }
            return .number(number)
        case ("int", .duration(let span)): return .integer(span, .int)
        default: break
        }
        guard let number = value.double else {
            if name == "int" || name == "float" {
                throw failure("invalid-operation", "invalid operation: \(name)(\(value.typeName))")
            }
            throw argument(name, value)
        }
        switch name {
        case "int": return .integer(value.integer ?? ExpressionArithmetic.truncated(number), .int)
        case "float": return .number(number)
        case "ceil": return .number(number.rounded(.up))
        case "floor": return .number(number.rounded(.down))
        case "round": return .number(number.rounded(.toNearestOrAwayFromZero))
        default:
            switch value {
            case .integer(let whole, let kind): return .integer(whole < 0 ? 0 &- whole : whole, kind)
            case .single(let single): return .single(single < 0 ? -single : single)
            default: return .number(number < 0 ? -number : number)
            }
        }
    }

    /// All numbers of the arguments, lists within lists included.
    private func flatNumbers(
        _ name: String, _ values: [ExpressionValue], depth: Int = 0
    ) throws(ExpressionError) -> [ExpressionValue] {
        if depth > ExpressionLimits.valueDepthMax { throw failure("too-deep", "the list nests too deeply") }
        var numbers: [ExpressionValue] = []
        for value in values {
            if case .list(let list) = value {
                numbers += try flatNumbers(name, list.elements, depth: depth + 1)
            } else if value.isNumber {
                numbers.append(value)
            } else {
                throw argument(name, value)
            }
        }
        return numbers
    }

    private mutating func statistic(
        _ name: String, _ given: [ExpressionValue]
    ) throws(ExpressionError) -> ExpressionValue {
        let numbers = try flatNumbers(name, given)
        switch name {
        case "max", "min":
            var best: ExpressionValue = .nil
            for number in numbers {
                // With NaN the order of the arguments decides, as in Go.
                if best.isNil {
                    best = number
                } else if try name == "max" ? precedes(best, number) : precedes(number, best) {
                    best = number
                }
            }
            return best
        case "mean":
            var sum = 0.0
            for number in numbers { sum += number.double ?? 0 }
            return .number(numbers.isEmpty ? 0 : sum / Double(numbers.count))
        default:
            // Go sorts NaN before all numbers.
            let sorted = numbers.compactMap(\.double).sorted { $0 < $1 || ($0.isNaN && !$1.isNaN) }
            guard !sorted.isEmpty else { return .number(0) }
            let middle = sorted.count / 2
            return .number(sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2)
        }
    }

    /// `count(list)` and `sum(list)` without a predicate.
    private mutating func total(
        _ name: String, _ value: ExpressionValue
    ) throws(ExpressionError) -> ExpressionValue {
        guard case .list(let list) = value else {
            throw failure("invalid-operation", "builtin \(name) takes only array (got \(value.typeName))")
        }
        if name == "count" {
            var count = 0
            for element in list.elements {
                guard case .bool(let holds) = element else { throw conversion(element, "bool") }
                if holds { count += 1 }
            }
            return .int(count)
        }
        // The sum begins at a whole 0, so that only what can be added to it can be summed.
        guard let first = list.elements.first else { return .int(0) }
        var sum: ExpressionValue
        switch first {
        case .duration: sum = first
        default: sum = try binary(.add, .int(0), first, isTyped: false)
        }
        for element in list.elements.dropFirst() { sum = try binary(.add, sum, element, isTyped: false) }
        return sum
    }

    private func bits(_ name: String, _ given: [ExpressionValue]) throws(ExpressionError) -> ExpressionValue {
        let left = Int64(try whole(given.first ?? .nil))
        if name == "bitnot" { return .integer(~left, .int) }
        let right = Int64(try whole(given.last ?? .nil))
        switch name {
        case "bitand": return .integer(left & right, .int)
        case "bitor": return .integer(left | right, .int)
        case "bitxor": return .integer(left ^ right, .int)
        case "bitnand": return .integer(left & ~right, .int)
        default: break
        }
        if right < 0 { throw failure("invalid-operation", "invalid operation: negative shift count \(right)") }
        switch name {
        case "bitshl": return .integer(right > 63 ? 0 : left << right, .int)
        case "bitshr": return .integer(left >> min(right, 63), .int)
        default: return .integer(right > 63 ? 0 : Int64(bitPattern: UInt64(bitPattern: left) >> UInt64(right)), .int)
        }
    }

    // MARK: Collections

    private mutating func collection(
        _ name: String, _ given: [ExpressionValue]
    ) throws(ExpressionError) -> ExpressionValue {
        let first = given.first ?? .nil
        switch name {
        case "first", "last":
            guard case .list(let list) = first else { return .nil }
            return (name == "first" ? list.elements.first : list.elements.last) ?? .nil
        case "get": return get(first, given.count > 1 ? given[1] : .nil)
        case "take":
            var list = try list(name, first)
            let count = try whole(given.last ?? .nil)
            if count < 0 { throw failure("reflect-panic", "take: the count is negative") }
            list.elements = Array(list.elements.prefix(count))
            list.fixedLength = nil
            return .list(list)
        case "reverse": return .list(ExpressionList(try list(name, first).elements.reversed()))
        case "uniq":
            let elements = try list(name, first).elements
            try spend(elements.count * elements.count / 4)
            return .list(ExpressionList(unique(elements)))
        case "concat":
            var elements: [ExpressionValue] = []
            for value in given { elements += try list(name, value).elements }
            try grow(elements.count)
            var list = ExpressionList(elements)
            list.isNil = elements.isEmpty
            return .list(list)
        case "flatten":
            let elements = try flattened(try list(name, first).elements, depth: 0)
            try grow(elements.count)
            return .list(ExpressionList(elements))
        case "sort": return try sort(try list(name, first), given.count > 1 ? given[1] : .string("asc"))
        case "join": return try join(try list(name, first), given.count > 1 ? text(given[1]) : ByteText(""))
        default: return try mapFunction(name, first)
        }
    }

    private func get(_ target: ExpressionValue, _ key: ExpressionValue) -> ExpressionValue {
        if case .nil = target { return .nil }
        return (try? member(target, key)) ?? .nil
    }

    private func unique(_ elements: [ExpressionValue]) -> [ExpressionValue] {
        var kept: [ExpressionValue] = []
        for element in elements where !kept.contains(where: { $0.equals(element) }) { kept.append(element) }
        return kept
    }

    private func flattened(
        _ elements: [ExpressionValue], depth: Int
    ) throws(ExpressionError) -> [ExpressionValue] {
        if depth > ExpressionLimits.valueDepthMax { throw failure("too-deep", "the list nests too deeply") }
        var flat: [ExpressionValue] = []
        for element in elements {
            if case .list(let list) = element {
                flat += try flattened(list.elements, depth: depth + 1)
            } else {
                flat.append(element)
            }
        }
        return flat
    }

    private func sort(
        _ list: ExpressionList, _ order: ExpressionValue
    ) throws(ExpressionError) -> ExpressionValue {
        let word = try text(order).string
        guard word == "asc" || word == "desc" else { throw failure("bad-order", "unknown order, use asc or desc") }
        let pairs = list.elements.map { (key: $0, value: $0) }
        let sorted = try ExpressionArithmetic.sorted(pairs, isDescending: word == "desc", self)
        return .list(ExpressionList(sorted.map(\.value)))
    }

    private mutating func join(
        _ list: ExpressionList, _ glue: ByteText
    ) throws(ExpressionError) -> ExpressionValue {
        var bytes: [UInt8] = []
        for (place, element) in list.elements.enumerated() {
            if place > 0 { bytes += glue.bytes }
            bytes += try text(element).bytes
        }
        return .text(ByteText(bytes: bytes))
    }

    private mutating func mapFunction(
        _ name: String, _ value: ExpressionValue
    ) throws(ExpressionError) -> ExpressionValue {
        if name == "fromPairs" {
            var map = ExpressionMap(keyType: "any", valueType: "any")
            for pair in try list(name, value).elements {
                guard case .list(let two) = pair, two.elements.count == 2 else {
                    throw failure("bad-pair", "invalid pair: \(pair.printed.prefix(200))")
                }
                map[two.elements[0]] = two.elements[1]
            }
            try grow(map.count)
            return .map(map)
        }
        guard case .map(let map) = value else { throw failure("cannot-get", "cannot get \(name) from \(value.typeName)") }
        try grow(map.count)
        switch name {
        case "keys": return .list(ExpressionList(map.sortedKeys))
        case "values": return .list(ExpressionList(map.sortedKeys.map { map[$0] ?? .nil }))
        default:
            let pairs = map.sortedKeys.map { key in
                ExpressionValue.list(ExpressionList([key, map[key] ?? .nil], fixedLength: 2))
            }
            return .list(ExpressionList(pairs, of: "[2]any"))
        }
    }

    // MARK: Conversions

    private mutating func conversionCall(
        _ name: String, _ given: [ExpressionValue]
    ) throws(ExpressionError) -> ExpressionValue {
        let first = given.first ?? .nil
        switch name {
        case "toJSON": return .string(try ExpressionJSON.text(first, self))
        case "fromJSON": return try ExpressionJSON.value(try text(first), self)
        case "toBase64": return .string(Base64.encode(try text(first).bytes))
        case "fromBase64":
            guard let bytes = Base64.decode(try text(first).string) else {
                throw failure("bad-base64", "illegal base64 data")
            }
            return .text(ByteText(bytes: bytes))
        case "duration":
            guard let span = Duration.parse(goText: try text(first).string) else {
                throw failure("bad-time", "\"\(try text(first).string)\" is no duration like 30s or 1h30m")
            }
            return .duration(span.wholeNanoseconds)
        case "timezone":
            let name = try text(first).string
            guard let zone = ExpressionTime.zone(named: name) else {
                throw failure("bad-zone", "unknown time zone \(name)")
            }
            return .location(zone)
        default: return try date(given)
        }
    }

    private func date(_ given: [ExpressionValue]) throws(ExpressionError) -> ExpressionValue {
        var given = given
        var zone: String?
        if case .location(let name)? = given.first {
            zone = name
            given.removeFirst()
        }
        let spelled = try text(given.first ?? .nil).string
        if given.count > 2 {
            let name = try text(given[2]).string
            guard let known = ExpressionTime.zone(named: name) else {
                throw failure("bad-zone", "unknown time zone \(name)")
            }
            zone = known
        }
        if given.count > 1 {
            let layout = try text(given[1]).string
            guard let time = ExpressionTime(spelled, layout: layout, zone: zone) else {
                throw failure("bad-time", "parsing time \"\(spelled)\" as \"\(layout)\" failed")
            }
            return .time(time)
        }
        for layout in ExpressionTime.layouts {
            if let time = ExpressionTime(spelled, layout: layout, zone: zone) { return .time(time) }
        }
        throw failure("bad-date", "invalid date \(spelled)")
    }
}
