// The names that expressions know without declaring them.

/// Names and small tables of the language.
enum ExpressionNames {
    /// Functions that conditions have besides the language's own.
    static let environment: Set<String> = ["asInt", "asFloat", "isNaN", "isInf", "isNil", "default"]

    /// The language's own functions.
    static let builtins: Set<String> = [
        "len", "type", "abs", "ceil", "floor", "round", "int", "float", "string", "trim", "trimPrefix", "trimSuffix",
        "upper", "lower", "split", "splitAfter", "replace", "repeat", "join", "indexOf", "lastIndexOf", "hasPrefix",
        "hasSuffix", "max", "min", "mean", "median", "toJSON", "fromJSON", "toBase64", "fromBase64", "now", "duration",
        "date", "timezone", "first", "last", "get", "take", "keys", "values", "toPairs", "fromPairs", "reverse", "uniq",
        "concat", "flatten", "sort", "bitand", "bitor", "bitxor", "bitnand", "bitshl", "bitshr", "bitushr", "bitnot",
        "count", "sum",
    ]

    /// Whether a name has a meaning, so that no variable can have it.
    static func isTaken(_ name: String) -> Bool {
        name == "result" || name == "$env" || environment.contains(name) || builtins.contains(name)
            || LoopFunction(rawValue: name) != nil
    }

    /// By prefix: the radix, the class of the error and the name of such literals.
    static let numberBases: [String: (Int, String, String)] = [
        "0x": (16, "bad-hex", "hex"), "0o": (8, "bad-octal", "octal"), "0b": (2, "bad-binary", "binary"),
    ]
}

/// Go's `strconv.ParseFloat`.
enum GoNumberParser {
    /// The number that a text is, or nil; a text past the range of doubles is none.
    ///
    /// - Parameter allowsWords: Whether `Inf`, `infinity` and `NaN` are numbers.
    static func double(_ text: String, allowsWords: Bool = true) -> Double? {
        let lowered = text.lowercased()
        if allowsWords {
            switch lowered {
            case "nan": return .nan
            case "inf", "+inf", "infinity", "+infinity": return .infinity
            case "-inf", "-infinity": return -.infinity
            default: break
            }
        }
        guard lowered.utf8.allSatisfy({ "0123456789abcdefx.p+-".utf8.contains($0) }) else { return nil }
        var spelled = lowered.replacing(".e", with: ".0e")
        if spelled.hasSuffix(".") { spelled += "0" }
        for sign in ["", "+", "-"] where spelled.hasPrefix("\(sign).") {
            guard spelled.utf8.count > sign.utf8.count + 1, spelled.dropFirst(sign.count + 1).first?.isNumber ?? false
            else { return nil }
            spelled = "\(sign)0" + spelled.dropFirst(sign.count)
        }
        guard let value = Double(spelled), value.isFinite else { return nil }
        return value
    }
}
