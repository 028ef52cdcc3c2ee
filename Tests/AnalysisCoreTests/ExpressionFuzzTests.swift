// Random expressions neither crash nor hang, whatever they are made of.

import AnalysisCore
import JSONTree
import KubeModel
import MartletModel
import Testing

/// xorshift64*, so that a run can be repeated.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }
}

@Suite struct ExpressionFuzzTests {
    private static let pieces = [
        "result", "asInt", "asFloat", "isNaN", "default", "len", "map", "filter", "reduce", "sortBy", "groupBy", "sum",
        "max", "string", "split", "repeat", "date", "duration", "now", "toJSON", "fromJSON", "flatten", "let", "x", "=",
        ";", "if", "else", "(", ")", "[", "]", "{", "}", ",", ".", "?.", "??", "?", ":", "..", "+", "-", "*", "/", "%",
        "**", "==", "!=", "<", ">=", "and", "or", "not", "in", "matches", "contains", "|", "#", "#acc", "1", "0", "-1",
        "9223372036854775807", "1.5", "1e308", "\"a\"", "'(a+)+$'", "`b`", "nil", "true", "$env", "\\", "\u{1F680}", "é", "\n",
    ]

    private let results: [ExpressionValue] = [
        .nil, ExpressionValue(numbers: [1, .nan, 3]), ExpressionValue(JSON.double(0.5)),
        ExpressionValue(["a": [1, "b", ["c": JSON.null]], "n": 2]),
    ]

    @Test func `random token sequences`() {
        var generator = Seeded(state: 42)
        for round in 0..<20_000 {
            var text = ""
            for _ in 0..<Int(generator.next() % 20) + 1 {
                text += Self.pieces[Int(generator.next() % UInt64(Self.pieces.count))]
                if generator.next() % 2 == 0 { text += " " }
            }
            let environment = ExpressionEnvironment(result: results[round % results.count], now: .epoch)
            let report = ExpressionReport.outcome(of: text, in: environment)
            #expect(report["verdict"].string != nil)
        }
    }

    @Test func `random bytes`() {
        var generator = Seeded(state: 7)
        for _ in 0..<5_000 {
            let bytes = (0..<Int(generator.next() % 40)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            let text = String(decoding: bytes, as: UTF8.self)
            _ = ExpressionReport.outcome(of: text, in: ExpressionEnvironment(result: .nil, now: .epoch))
        }
    }

    @Test(arguments: [
        String(repeating: "(", count: 100_000), String(repeating: "[", count: 100_000),
        String(repeating: "-", count: 100_000), String(repeating: "not ", count: 50_000),
        String(repeating: "{a:", count: 50_000), String(repeating: "true ? ", count: 50_000),
        String(repeating: "map([1],", count: 20_000), "1" + String(repeating: "**1", count: 20_000),
        "map(1..900, map(1..900, map(1..900, #)))", "repeat(repeat('a', 90000), 90000)",
        "'" + String(repeating: "a", count: 30_000) + "' matches '^(a+)+$b'", "1..9223372036854775807",
        "reduce(1..900000, #acc + string(#), '')", "sum(map(1..300, sum(map(1..300, # * 2))))",
        "[1,2] | sortBy(#, 'desc') | sortBy(-#)", "'a' matches '(((a{1000}){1000}){1000}){1000}'",
    ])
    func `hostile expressions end`(_ text: String) {
        let report = ExpressionReport.outcome(of: text, in: ExpressionEnvironment(result: .nil, now: .epoch))
        #expect(report["verdict"].string != nil)
    }

    @Test func `an error points to its place`() {
        do throws(ExpressionError) {
            _ = try Expression.value(of: "result +\n  > 1", in: ExpressionEnvironment(result: .nil, now: .epoch))
            Issue.record("no error")
        } catch {
            #expect(error.explanation(in: "result +\n  > 1") == "unexpected token '>' (2:3)\n |   > 1\n | ..^")
        }
    }
}
