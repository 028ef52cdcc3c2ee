// `martlet analysis run`: a template against live providers, without a rollout.

import AnalysisCore
import ArgumentParser
import ControllerKit
import Controllers
import Foundation
import JSONTree
import KubeModel
import MartletModel

/// `martlet analysis run TEMPLATE --arg name=value`.
struct AnalysisRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract:
            "Try a template against the live providers, and print each measurement and the verdict.",
        discussion: """
            Nothing is written to a cluster. Metrics that are Jobs are not taken.
            Exit codes: 0 Successful, 1 Failed, 2 Inconclusive or Error, 64 it cannot be tried.
            """)

    @OptionGroup var options: TemplateOptions
    @Option(name: .customLong("for"), help: "End the run after this time, as a promotion does.")
    var lasting = "1h"
    @Flag(help: "Print one JSON object at the end instead of text.") var json = false

    func validate() throws {
        if Duration.parse(goText: lasting) ?? .zero <= .zero {
            throw ValidationError("--for \(lasting): give a duration like 90s or 5m")
        }
    }

    func run() async throws {
        let prepared = try await options.prepare()
        for metric in prepared.spec["metrics"].elements where !metric["provider"]["job"].isNull {
            throw ValidationError(
                "metric \(metric["name"].string ?? "") is a Job, which is not run here: name the others by --metric"
            )
        }
        let trial = await LiveTrial(
            prepared, lasting: Duration.parse(goText: lasting) ?? .seconds(3600)
        )
        .played(telling: json ? nil : { Console.line($0) })
        if json {
            Console.line(TrialText.tree(trial).text())
        } else {
            TrialText.verdict(trial).forEach(Console.line)
        }
        switch trial.status.phase {
        case .successful?: return
        case .failed?: throw ExitCode(1)
        default: throw ExitCode(2)
        }
    }
}

/// A trial in real time.
struct LiveTrial: Sendable {
    private let prepared: PreparedTemplate
    private let lasting: Duration
    private let runtime: any Runtime

    init(_ prepared: PreparedTemplate, lasting: Duration, runtime: any Runtime = SystemRuntime()) {
        self.prepared = prepared
        self.lasting = lasting
        self.runtime = runtime
    }

    private enum Event: Sendable {
        case answer(MeasurementRequest, MeasurementOutcome)
        case tick
    }

    /// Runs until the run ends, or is ended.
    ///
    /// - Parameter telling: Gets a line for each measurement.
    func played(telling: ((String) -> Void)?) async -> AnalysisTrial {
        let start = runtime.now()
        var trial = AnalysisTrial(
            name: "trial", namespace: prepared.namespace, spec: prepared.spec, startedAt: start)
        let width =
            prepared.spec["metrics"].elements.map { $0["name"].string?.count ?? 0 }.max() ?? 0
        let end = start + lasting
        await withTaskGroup(of: Event.self) { group in
            var told = 0
            var tickAt: Timestamp?
            while true {
                let now = runtime.now()
                if now >= end { trial.terminate() }
                let pass = trial.pass(now: now)
                if trial.hasEnded { break }
                for request in pass.measurements {
                    group.addTask { [prepared] in
                        .answer(request, await prepared.calls.take(request, api: prepared.api))
                    }
                }
                let next = now >= end ? now + .seconds(1) : min(pass.next ?? end, end)
                if tickAt.map({ next < $0 }) ?? true {
                    tickAt = next
                    group.addTask { [runtime] in
                        try? await runtime.sleep(until: next)
                        return .tick
                    }
                }
                switch await group.next() {
                case .answer(let request, let outcome)?: trial.end(request, outcome)
                case .tick?: tickAt = nil
                case nil: break
                }
                for line in trial.measurements[told...] {
                    telling?(TrialText.line(line, width: width))
                }
                told = trial.measurements.count
            }
            group.cancelAll()
        }
        return trial
    }
}
