// Which arguments functions take, and what they give.

/// The table of functions.
enum FunctionTypes {
    private typealias Entry = ExpressionChecker.Entry

    /// What a parameter takes.
    private enum Parameter {
        case any, text, whole, float, list

        func takes(_ type: StaticType) -> Bool {
            if type.isUnknown { return true }
            switch self {
            case .any: return true
            case .text: return type == .string
            case .whole: return type.isInteger
            // A whole number is converted where it is a literal, and fails later where it is not.
            case .float: return type == .float64 || type.isInteger
            case .list: if case .list = type { return true } else { return false }
            }
        }

        var name: String {
            switch self {
            case .any: "any"
            case .text: "string"
            case .whole: "int"
            case .float: "float64"
            case .list: "array"
            }
        }
    }

    /// Functions by the forms that they may be called in; errors are told of the last form.
    private static let forms: [String: (forms: [[Parameter]], result: StaticType)] = [
        "asInt": ([[.any]], .integer(.int64)), "asFloat": ([[.any]], .float64), "isNaN": ([[.float]], .bool),
        "isInf": ([[.float]], .bool), "isNil": ([[.any]], .bool), "default": ([[.any, .any]], .unknown),
        "type": ([[.any]], .string), "string": ([[.any]], .string), "upper": ([[.text]], .string),
        "lower": ([[.text]], .string), "trim": ([[.text], [.text, .text]], .string),
        "trimPrefix": ([[.text, .text], [.text]], .string), "trimSuffix": ([[.text, .text], [.text]], .string),
        "split": ([[.text, .text], [.text, .text, .whole]], .list(.string)),
        "splitAfter": ([[.text, .text], [.text, .text, .whole]], .list(.string)),
        "replace": ([[.text, .text, .text, .whole], [.text, .text, .text]], .string),
        "repeat": ([[.text, .whole]], .string), "join": ([[.list, .text], [.list]], .string),
        "indexOf": ([[.text, .text]], .int), "lastIndexOf": ([[.text, .text]], .int),
        "hasPrefix": ([[.text, .text]], .bool), "hasSuffix": ([[.text, .text]], .bool),
        "toJSON": ([[.any]], .string), "fromJSON": ([[.text]], .unknown), "toBase64": ([[.text]], .string),
        "fromBase64": ([[.text]], .string), "duration": ([[.text]], .duration), "timezone": ([[.text]], .location),
        "sort": ([[.list, .text], [.list]], .list(.unknown)), "bitand": ([[.whole, .whole]], .int),
        "bitor": ([[.whole, .whole]], .int), "bitxor": ([[.whole, .whole]], .int), "bitnand": ([[.whole, .whole]], .int),
        "bitshl": ([[.whole, .whole]], .int), "bitshr": ([[.whole, .whole]], .int),
        "bitushr": ([[.whole, .whole]], .int), "bitnot": ([[.whole]], .int),
    ]

    private static func failure(_ token: String, _ message: String, _ offset: Int) -> ExpressionError {
        ExpressionError(.compile, token, message, at: offset)
    }

    /// The type that a call gives.
    static func result(
        _ name: String, _ arguments: [ExpressionChecker.Entry], _ offset: Int
    ) throws(ExpressionError) -> StaticType {
        if let known = forms[name] {
            try checkForms(name, known.forms, arguments, offset)
            return known.result
        }
        switch name {
        case "len", "abs", "ceil", "floor", "round", "int", "float": return try single(name, arguments, offset)
        case "max", "min", "mean", "median": return try statistic(name, arguments, offset)
        case "now", "date": return try clock(name, arguments, offset)
        default: return try collection(name, arguments, offset)
        }
    }

    private static func checkForms(
        _ name: String, _ forms: [[Parameter]], _ arguments: [Entry], _ offset: Int
    ) throws(ExpressionError) {
        for form in forms where form.count == arguments.count {
            if zip(form, arguments).allSatisfy({ $0.takes($1.type) }) { return }
        }
        guard let form = forms.last else { return }
        if arguments.count < form.count { throw failure("too-few-args", "not enough arguments to call \(name)", offset) }
        if arguments.count > form.count { throw failure("too-many-args", "too many arguments to call \(name)", offset) }
        for (parameter, argument) in zip(form, arguments) where !parameter.takes(argument.type) {
            throw failure(
                "cannot-use", "cannot use \(argument.type.name) as argument (type \(parameter.name)) to call \(name)",
                argument.offset)
        }
    }

    private static func count(
        _ name: String, _ wanted: ClosedRange<Int>, _ arguments: [Entry], _ offset: Int
    ) throws(ExpressionError) {
        guard !wanted.contains(arguments.count) else { return }
        throw failure(
            "arg-count",
            "invalid number of arguments for \(name) (expected \(wanted.lowerBound), got \(arguments.count))", offset)
    }

    private static func single(
        _ name: String, _ arguments: [Entry], _ offset: Int
    ) throws(ExpressionError) -> StaticType {
        try count(name, 1...1, arguments, offset)
        let type = arguments[0].type
        let isFit: Bool
        switch (name, type) {
        case (_, .unknown): isFit = true
        case ("len", .string), ("len", .list), ("len", .map), ("len", .anyMap), ("len", .structure): isFit = true
        case ("len", _): isFit = false
        case ("int", .string), ("float", .string), ("int", .duration), ("float", .duration): isFit = true
        default: isFit = type.isNumber
        }
        guard isFit else { throw failure("invalid-argument", "invalid argument for \(name) (type \(type.name))", offset) }
        switch name {
        case "len", "int": return .int
        case "abs": return type
        default: return .float64
        }
    }

    private static func statistic(
        _ name: String, _ arguments: [Entry], _ offset: Int
    ) throws(ExpressionError) -> StaticType {
        if arguments.isEmpty { throw failure("too-few-args", "not enough arguments to call \(name)", offset) }
        for argument in arguments {
            if argument.type.isNumber || Parameter.list.takes(argument.type) { continue }
            throw failure("invalid-argument", "invalid argument for \(name) (type \(argument.type.name))", offset)
        }
        return name == "mean" || name == "median" ? .float64 : .unknown
    }

    private static func clock(
        _ name: String, _ arguments: [Entry], _ offset: Int
    ) throws(ExpressionError) -> StaticType {
        if name == "date" {
            try count(name, 1...4, arguments, offset)
        } else {
            try count(name, 0...1, arguments, offset)
            if let zone = arguments.first?.type, zone != .location, !zone.isUnknown {
                throw failure("arg-count", "invalid argument for now (type \(zone.name))", offset)
            }
        }
        return .time
    }

    // MARK: Collections

    private static func isList(_ type: StaticType) -> Bool { Parameter.list.takes(type) }

    private static func isMap(_ type: StaticType) -> Bool {
        switch type {
        case .unknown, .map, .anyMap, .structure: true
        default: false
        }
    }

    private static func collection(
        _ name: String, _ arguments: [Entry], _ offset: Int
    ) throws(ExpressionError) -> StaticType {
        let most = name == "concat" ? Int.max : name == "get" || name == "take" ? 2 : 1
        try count(name, (name == "concat" ? 1 : most)...most, arguments, offset)
        let type = arguments[0].type
        func need(_ holds: Bool, _ token: String, at place: Int) throws(ExpressionError) {
            guard holds else { throw failure(token, "cannot \(name) \(type.name)", place) }
        }
        switch name {
        case "first", "last": try need(isList(type), "cannot-get", at: offset)
        case "keys", "values":
            try need(isMap(type), "cannot-get", at: offset)
            return .list(.unknown)
        case "toPairs":
            try need(isMap(type), "cannot-transform", at: offset)
            return .list(.list(.unknown))
        case "fromPairs":
            try need(isList(type), "cannot-transform", at: offset)
            return .anyMap
        case "reverse", "uniq", "flatten", "concat":
            for argument in arguments { try need(isList(argument.type), "cannot-\(name)", at: offset) }
            return .list(.unknown)
        case "take":
            try need(isList(type) && Parameter.whole.takes(arguments[1].type), "cannot-take", at: offset)
            return type
        case "get": try get(type, arguments)
        case "count", "sum":
            try need(isList(type), "not-array", at: arguments[0].offset)
            if name == "count" { return .int }
            if case .list(let element) = type, element.isNumber { return element }
        default: break
        }
        return .unknown
    }

    private static func get(_ type: StaticType, _ arguments: [Entry]) throws(ExpressionError) {
        let key = arguments[1]
        switch type {
        case .unknown, .anyMap, .structure: return
        case .list:
            guard Parameter.whole.takes(key.type) else {
                throw failure("bad-slice-index", "non-integer slice index \(key.type.name)", key.offset)
            }
        case .map:
            guard Parameter.text.takes(key.type) else {
                throw failure("cannot-use", "cannot use \(key.type.name) to get an element from \(type.name)", key.offset)
            }
        default: throw failure("not-indexable", "type \(type.name) does not support indexing", arguments[0].offset)
        }
    }
}
