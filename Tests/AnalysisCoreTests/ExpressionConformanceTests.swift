// Replays ../shared/conformance/expressions.json.

import AnalysisCore
import JSONTree
import KubeModel
import MartletModel
import Testing

@Suite(.enabled(if: Shared.hasFile("expressions.json"), "the conformance data is not there"))
struct ExpressionConformanceTests {
    private let now = Timestamp("2026-11-21T12:00:00Z") ?? .epoch

    @Test func `conditions have the recorded verdicts and values`() throws {
        let cases = try Shared.json("expressions.json")["cases"].elements
        #expect(!cases.isEmpty)
        var wrongVerdicts: [String] = []
        var wrongValues: [String] = []
        for tree in cases {
            let text = tree["expression"].string ?? ""
            let environment = ExpressionEnvironment(result: ExpressionReport.value(tagged: tree["result"]), now: now)
            let given = ExpressionReport.outcome(of: text, in: environment)
            let title = "\(tree["id"].string ?? "") \(text.prefix(120))"
            if given["verdict"] != tree["verdict"] {
                wrongVerdicts.append("\(title): \(given["verdict"]) wanted \(tree["verdict"]) \(given["error"])\(given["value"])")
            }
            if tree["value"].isNull {
                let mine = given["error"]
                let theirs = tree["error"]
                if mine["phase"] != theirs["phase"] || mine["token"] != theirs["token"] {
                    wrongValues.append("\(title): \(mine) \(given["value"]) wanted \(theirs)")
                }
            } else if !Self.matches(given["value"], tree["value"]), tree["unordered"].isNull {
                wrongValues.append("\(title): \(given["value"]) \(given["error"]) wanted \(tree["value"])".prefix(400).description)
            }
        }
        let verdicts = wrongVerdicts.prefix(20).joined(separator: "\n")
        #expect(wrongVerdicts.count * 100 <= cases.count, "\(wrongVerdicts.count) of \(cases.count):\n\(verdicts)")
        let values = wrongValues.prefix(20).joined(separator: "\n")
        #expect(wrongValues.count * 100 <= cases.count, "\(wrongValues.count) of \(cases.count):\n\(values)")
    }

    private static func matches(_ given: JSON, _ wanted: JSON) -> Bool {
        let type = wanted["t"].string ?? ""
        if type.hasPrefix("*") && type != "*time.Location" { return given == wanted["v"] }
        if !wanted["len"].isNull {
            let elements = given["v"].elements
            return elements.count == Int(wanted["len"].int ?? 0) && elements.last == wanted["last"]
        }
        if type == "func" || type == "map[string]any" { return given["t"] == wanted["t"] && (type == "func" || same(given, wanted)) }
        return same(given, wanted)
    }

    private static func same(_ given: JSON, _ wanted: JSON) -> Bool {
        if given == wanted { return true }
        if wanted["t"].string == "func" { return given["t"].string == "func" }
        guard given["t"] == wanted["t"] else { return false }
        if let mine = given["v"].array, let theirs = wanted["v"].array {
            return mine.count == theirs.count && zip(mine, theirs).allSatisfy(same)
        }
        if let mine = given["v"].object, let theirs = wanted["v"].object {
            return mine.count == theirs.count && theirs.allSatisfy { same(mine[$0.key] ?? .null, $0.value) }
        }
        if let mine = given["fields"].object, let theirs = wanted["fields"].object {
            return mine.count == theirs.count && theirs.allSatisfy { same(mine[$0.key] ?? .null, $0.value) }
        }
        return false
    }

    @Test func `success and failure conditions together`() throws {
        let pairs = try Shared.json("expressions.json")["pairs"].elements
        #expect(!pairs.isEmpty)
        for tree in pairs {
            let environment = ExpressionEnvironment(result: ExpressionReport.value(tagged: tree["result"]), now: now)
            let verdict = Conditions.verdict(
                on: environment, success: tree["successCondition"].string ?? "",
                failure: tree["failureCondition"].string ?? "")
            #expect(verdict.phase.rawValue == tree["phase"].string, "\(tree)")
            guard !tree["error"].isNull else { continue }
            #expect(verdict.message.contains(tree["error"]["in"].string ?? "?"), "\(tree)")
            #expect(
                verdict.message.contains("no data returned") == (tree["error"]["kind"].string == "no-data"), "\(tree)")
        }
    }
}
