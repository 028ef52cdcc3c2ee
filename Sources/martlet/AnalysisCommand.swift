// `martlet analysis eval`: what a condition gives for a result.

import AnalysisCore
import ArgumentParser
import Foundation
import JSONTree
import KubeModel

/// `martlet analysis`: conditions and templates tried before they matter.
struct AnalysisCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analysis", abstract: "Try analysis conditions and templates.",
        subcommands: [
            AnalysisEvalCommand.self, AnalysisTestCommand.self, AnalysisRunCommand.self, AnalysisBacktestCommand.self,
        ])
}

/// `martlet analysis eval EXPRESSION --result JSON`.
struct AnalysisEvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Print what an expression gives for a result: the value and the verdict, or the error.",
        discussion: """
            The result is JSON, as a web provider would give it; a Prometheus vector is a list of numbers.
            With --cases a file of cases is evaluated, a JSON line for each: id, value or error, verdict.
            Exit codes: 0 the expression holds, 1 it does not, 2 it cannot be evaluated or gives no yes or no.
            """)

    @Argument(help: "The expression, as in successCondition.") var expression: String?
    @Option(help: "The measured result as JSON.") var result: String = "null"
    @Option(help: "A file of cases: {\"cases\": [{id, expression, result}]}, results as tagged values.") var cases: String?
    @Flag(help: "Print one JSON object instead of text.") var json = false

    func validate() throws {
        if (expression == nil) == (cases == nil) { throw ValidationError("give an EXPRESSION or --cases FILE") }
    }

    func run() async throws {
        if let cases { return try evaluate(file: cases) }
        let text = expression ?? ""
        let value: ExpressionValue
        do {
            let tree = try JSON.parse(result)
            value = Self.isVector(tree) ? ExpressionValue(numbers: tree.elements.compactMap(\.double)) : ExpressionValue(tree)
        } catch {
            throw ValidationError("--result is no JSON: \(error)")
        }
        let environment = ExpressionEnvironment(result: value, now: Self.now)
        let report = ExpressionReport.outcome(of: text, in: environment)
        if json { Self.write(report.text()) } else { Self.write(Self.readable(text, environment)) }
        switch report["verdict"].string {
        case "Successful": return
        case "Failed": throw ExitCode(1)
        default: throw ExitCode(2)
        }
    }

    private static var now: Timestamp { Timestamp(seconds: Date().timeIntervalSince1970) }

    private static func isVector(_ tree: JSON) -> Bool {
        guard let elements = tree.array, !elements.isEmpty else { return false }
        return elements.allSatisfy { $0.double != nil }
    }

    /// The value and the verdict, or the error with a caret under its place.
    private static func readable(_ text: String, _ environment: ExpressionEnvironment) -> String {
        do throws(ExpressionError) {
            let value = try AnalysisCore.Expression.value(of: text, in: environment)
            guard case .bool(let holds) = value else {
                return "value    \(value.printed) (\(value.typeName))\nverdict  Error: a condition must give true or false"
            }
            return "value    \(holds)\nverdict  \(holds ? "Successful" : "Failed")"
        } catch {
            return "\(error.phase.rawValue) error: \(error.explanation(in: text))\nverdict  Error"
        }
    }

    private func evaluate(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ValidationError("--cases \(file): cannot be read")
        }
        let tree: JSON
        do { tree = try JSON.parse([UInt8](data)) } catch { throw ValidationError("--cases \(file): \(error)") }
        let now = Self.now
        for entry in (tree["cases"].array ?? tree.elements) {
            let environment = ExpressionEnvironment(result: ExpressionReport.value(tagged: entry["result"]), now: now)
            var line: JSON = ["id": entry["id"]]
            for (key, value) in ExpressionReport.outcome(of: entry["expression"].string ?? "", in: environment).object ?? [:] {
                line[key] = value
            }
            Self.write(line.text())
        }
    }

    private static func write(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }
}
