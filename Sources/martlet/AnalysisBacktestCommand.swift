// `martlet analysis backtest`: what a template would have said of the past.

import AnalysisCore
import ArgumentParser
import ControllerKit
import Controllers
import Foundation
import HTTPModel
import JSONTree
import KubeModel
import MartletModel

/// `martlet analysis backtest TEMPLATE --from TIME --to TIME`.
struct AnalysisBacktestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Replay a template over the past: how often it would have failed, and when.",
        discussion: """
            Asks Prometheus by range queries and plays a run from each start in virtual time. A time is like
            2026-11-14T00:00:00Z, or a duration like 168h before now.
            Exit codes: 0 it was replayed, whatever came out, 64 it cannot be.
            """)

    @OptionGroup var options: TemplateOptions
    @Option(help: "The first start.") var from: String
    @Option(help: "The last start.") var to = "0s"
    @Option(help: "Between two starts.") var every = "10m"
    @Option(help: "Between two points of the range queries; as fine as the intervals need it.")
    var step: String?
    @Option(name: .customLong("for"), help: "When a run that does not end by itself is ended.")
    var lasting = "30m"
    @Option(help: "Write what was answered into this folder, a file a metric, for `analysis test`.")
    var record: String?
    @Flag(help: "Print one JSON object instead of text.") var json = false

    func run() async throws {
        let prepared = try await options.prepare()
        let now = SystemRuntime().now()
        do {
            let window = Backtest.Window(
                from: try Self.time(from, "--from", now), to: try Self.time(to, "--to", now),
                every: try Self.span(every, "--every"),
                step: try step.map { try Self.span($0, "--step") },
                lasting: try Self.span(lasting, "--for"))
            var backtest = try Backtest(spec: prepared.spec, window, now: now)
            for page in backtest.pages {
                let (outcome, answer) = await prepared.calls.ask(page.request, api: prepared.api)
                guard let answer, let body = try? JSON.parse(answer.body) else {
                    throw TrialProblem("metric \(page.metric): \(outcome.measurement.message)")
                }
                try backtest.add(body, for: page.metric)
            }
            if let record { try write(backtest, prepared, to: record) }
            var summary = BacktestSummary()
            for start in backtest.starts { summary.add(backtest.played(from: start)) }
            if json {
                Console.line(summary.tree.text())
            } else {
                summary.lines.forEach(Console.line)
            }
        } catch let problem as TrialProblem {
            throw ValidationError(problem.message)
        }
    }

    private func write(_ backtest: Backtest, _ prepared: PreparedTemplate, to folder: String) throws
    {
        let place = URL(fileURLWithPath: folder)
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for metric in prepared.spec["metrics"].elements {
                let name = (metric["name"].string ?? "metric").replacingOccurrences(
                    of: "/", with: "_")
                let text = backtest.recorded(metric["name"].string ?? "").text() + "\n"
                try Data(text.utf8).write(to: place.appendingPathComponent("\(name).json"))
            }
        } catch {
            throw ValidationError("--record \(folder): \(error.localizedDescription)")
        }
    }

    private static func span(_ text: String, _ option: String) throws -> Duration {
        guard let span = Duration.parse(goText: text), span > .zero else {
            throw ValidationError("\(option) \(text): give a duration like 90s or 10m")
        }
        return span
    }

    private static func time(_ text: String, _ option: String, _ now: Timestamp) throws -> Timestamp
    {
        if let time = Timestamp(text) { return time.truncatedToSeconds }
        guard let span = Duration.parse(goText: text), span >= .zero else {
            throw ValidationError(
                "\(option) \(text): give a time like 2026-11-14T00:00:00Z, or a duration before now"
            )
        }
        return (now - span).truncatedToSeconds
    }
}
