// Expressions: rows of tokens, sentences of the grammar, and known conditions changed a little.

import AnalysisCore
import JSONTree

/// Makes expressions and what they are about.
enum ExpressionMaker {
    private static let tokens = [
        "result", "asInt", "asFloat", "isNaN", "isInf", "isNil", "default", "len", "all", "any",
        "none", "one", "filter",
        "map", "find", "findIndex", "findLast", "count", "reduce", "sum", "mean", "median", "min",
        "max", "abs", "ceil",
        "floor", "round", "int", "float", "string", "type", "trim", "trimPrefix", "upper", "lower",
        "split", "splitAfter",
        "replace", "repeat", "join", "indexOf", "lastIndexOf", "hasPrefix", "hasSuffix", "toJSON",
        "fromJSON", "toBase64",
        "fromBase64", "toPairs", "fromPairs", "now", "date", "duration", "timezone", "first",
        "last", "get", "take", "keys",
        "values", "sort", "sortBy", "groupBy", "countBy", "uniq", "concat", "flatten", "reverse",
        "bitand", "bitshl", "bitnot",
        "let", "x", "=", ";", "if", "else", "(", ")", "[", "]", "{", "}", ",", ".", "?.", "??", "?",
        ":", "..", "...", "+", "-",
        "*", "/", "%", "^", "**", "==", "!=", "<", ">", "<=", ">=", "and", "or", "not", "&&", "||",
        "!", "in", "matches",
        "contains", "startsWith", "endsWith", "|", "#", "#acc", "#index", "nil", "true", "false",
        "$env", "\\", "/*", "*/", "//",
    ]
    private static let known = [
        "result[0] >= 0.95", "len(result) == 0 || isNaN(result[0]) || result[0] >= 0.95",
        "all(result, # < 100)",
        "default(result, 0) < 0.05", "asFloat(result.a) > 1 && result.b in ['x', 'y']",
        "result | filter(# > 1) | len() < 3",
        "let x = sum(result); x / len(result) > 0.5 ? true : false",
        "result.data?.value ?? 0 <= 1..10",
        "any(result.a, {.b matches '^v[0-9]+$'})", "reduce(result, #acc + #, 0) < 9",
        "date('2026-01-01') < now()",
        "duration('1h30m').Minutes() > 10", "result[1:3] == [1, 2]",
        "fromJSON(toJSON(result)).a != nil",
        "groupBy(result, # % 2)[0] | map(# ** 2) | sum() >= 4",
        "'a' + string(result) not in {'b': 1}",
        "median(result) < mean(result) * 1.5", "split(result, ',')[0] | trim() | int() == 3",
        "!(isNil(result) or isInf(result[0]))",
    ]

    static func text(_ source: inout FuzzSource) -> String {
        switch source.below(8) {
        case 0, 1:
            return (0..<(1 + source.below(30))).map { _ in
                source.once(in: 5) ? literal(&source) : source.pick(tokens)
            }.joined(separator: source.once(in: 2) ? " " : "")
        case 2, 3:
            return String(decoding: source.changed(Array(source.pick(known).utf8)), as: UTF8.self)
        case 4 where source.once(in: 6): return nested(&source)
        default: return sentence(&source, depth: 0)
        }
    }

    /// One thing within itself, often.
    private static func nested(_ source: inout FuzzSource) -> String {
        let pairs = [
            ("(", ")"), ("[", "]"), ("{a:", "}"), ("not ", ""), ("-", ""), ("len(", ")"),
            ("map([1], ", ")"), ("true ? ", ": 1"),
            ("if true {", "} else {1}"), ("let x = ", "; x"), ("1 + ", ""), ("1 ** ", ""),
            ("result ?? ", ""), ("result.a?.", "b"),
            ("filter(1..9, ", ")"), ("1 | string() + ", ""), ("[1,", "]"), ("result[", "]"),
            ("{(", "): 1}"),
        ]
        let count = source.below(source.once(in: 3) ? 12_000 : 300)
        if source.once(in: 3) {
            return (0..<count).map { _ in source.pick(pairs).0 }.joined() + "1"
        }
        let pair = source.pick(pairs)
        return String(repeating: pair.0, count: count) + "1"
            + String(repeating: pair.1, count: count)
    }

    private static func literal(_ source: inout FuzzSource) -> String {
        switch source.below(5) {
        case 0: return source.number()
        case 1: return "'\(source.text())'"
        case 2: return "\"\(source.text())\""
        case 3: return "`\(source.text())`"
        default:
            return source.pick([
                "'2026-01-01'", "'1h'", "'v[0-9]+'", "'(a|b)*c'", "'%'", "'[1,{\"a\":2}]'", "'UTC'",
                "b'x'",
            ])
        }
    }

    /// A sentence of the grammar, well typed or not.
    private static func sentence(_ source: inout FuzzSource, depth: Int) -> String {
        if depth > 5 || source.once(in: 4) {
            return source.pick([
                literal(&source), "result", "result[0]", "result.a", "#", "x",
                "1..\(source.below(2000))", "nil", "true",
            ])
        }
        func inner(_ source: inout FuzzSource) -> String { sentence(&source, depth: depth + 1) }
        let operators = [
            "+", "-", "*", "/", "%", "**", "==", "!=", "<", ">", "<=", ">=", "and", "or", "in",
            "not in", "matches", "contains",
            "startsWith", "endsWith", "..", "??", "|",
        ]
        let loops = [
            "all", "any", "none", "one", "filter", "map", "find", "findIndex", "findLast",
            "findLastIndex", "count", "sum",
            "groupBy", "countBy", "sortBy", "uniq",
        ]
        switch source.below(12) {
        case 0, 1, 2: return "\(inner(&source)) \(source.pick(operators)) \(inner(&source))"
        case 3: return "(\(inner(&source)))"
        case 4: return "\(source.pick(loops))(\(inner(&source)), \(inner(&source)))"
        case 5: return "reduce(\(inner(&source)), \(inner(&source)), \(inner(&source)))"
        case 6: return "\(source.pick(Array(tokens.prefix(75))))(\(inner(&source)))"
        case 7:
            return "\(source.pick(Array(tokens.prefix(75))))(\(inner(&source)), \(inner(&source)))"
        case 8:
            return "[\((0..<source.below(4)).map { _ in inner(&source) }.joined(separator: ", "))]"
        case 9: return "{a: \(inner(&source)), 'b': \(inner(&source))}"
        case 10: return "\(inner(&source)) ? \(inner(&source)) : \(inner(&source))"
        default: return "let x = \(inner(&source)); \(inner(&source))"
        }
    }

    static func result(_ source: inout FuzzSource) -> ExpressionValue {
        switch source.below(4) {
        case 0:
            return ExpressionValue(
                numbers: (0..<source.below(6)).map { _ in Double(bitPattern: source.next()) })
        case 1:
            return ExpressionValue(numbers: [
                source.pick([0.5, 1, .nan, .infinity, -.infinity, -0.0, 1e300])
            ])
        case 2: return source.once(in: 3) ? .nil : ExpressionValue(JSON.string(source.text()))
        default: return ExpressionValue(source.tree())
        }
    }
}
