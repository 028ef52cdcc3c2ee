// What each command prints, whole, at the widths of 80 and 120 columns.

import ArgumentParser
import Foundation
import JSONTree
import KubeModel
import Testing
import YAMLTree

@testable import Commands

/// Compares with a file below `Goldens`; `RECORD=1` writes it.
private func expectGolden(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/Goldens")
    let file = folder.appendingPathComponent("\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try? (text + "\n").write(to: file, atomically: true, encoding: .utf8)
        return
    }
    let wanted = (try? String(contentsOf: file, encoding: .utf8)) ?? "(no golden \(name).txt: run with RECORD=1)"
    #expect(text + "\n" == wanted, "\(name)", sourceLocation: location)
}

@Suite struct GoldenTests {
    /// A rollout that is aborted, with a sentence too long for a narrow terminal.
    private static let aborted = Sample.rollout {
        $0["status"]["abort"] = true
        $0["status"]["phase"] = "Degraded"
        $0["status"]["currentStepIndex"] = 0
        $0["status"]["pauseConditions"] = .null
        $0["status"]["message"] =
            "RolloutAborted: Rollout aborted update to revision 2: Metric \"success-rate\" assessed Failed due to failed (1) > failureLimit (0)"
        $0.set(["metadata", "annotations", AbortNote.annotation], to: "bbb: too many errors, see incident 4711")
    }

    @Test(arguments: [80, 120])
    func `get rollout`(_ columns: Int) async throws {
        let terminal = FakeTerminal(columns: columns)
        try await GetRollout.parse(["web"]).run(Sample.cluster(Self.aborted), terminal)
        expectGolden(terminal.text, "get-rollout-\(columns)")
        let wide = FakeTerminal(columns: columns)
        try await GetRollout.parse(["web", "-o", "wide"]).run(Sample.cluster(), wide)
        expectGolden(wide.text, "get-rollout-wide-\(columns)")
    }

    @Test(arguments: [80, 120])
    func `get rollout with an experiment, ping-pong and a job`(_ columns: Int) async throws {
        let terminal = FakeTerminal(columns: columns)
        try await GetRollout.parse(["web"]).run(Sample.busyCluster(), terminal)
        expectGolden(terminal.text, "get-rollout-busy-\(columns)")
        let experiment = FakeTerminal(columns: columns)
        try await GetExperiment.parse(["trial"]).run(Sample.busyCluster(), experiment)
        expectGolden(experiment.text, "get-experiment-\(columns)")
    }

    @Test func `a program reads sentences whole`() async throws {
        let terminal = FakeTerminal()
        try await GetRollout.parse(["web"]).run(Sample.cluster(Self.aborted), terminal)
        #expect(terminal.text.contains("due to failed (1) > failureLimit (0)\n"))
        #expect(!terminal.text.contains("\u{1B}"))
    }

    @Test func `colours are those that people know`() async throws {
        let terminal = FakeTerminal(hasColor: true)
        try await GetRollout.parse(["web"]).run(Sample.cluster(), terminal)
        expectGolden(terminal.text, "get-rollout-colours")
        let plain = FakeTerminal(hasColor: true)
        try await GetRollout.parse(["web", "--no-color"]).run(Sample.cluster(), plain)
        #expect(!plain.text.contains("\u{1B}"))
    }

    @Test(arguments: [80, 120])
    func `why`(_ columns: Int) async throws {
        let terminal = FakeTerminal(columns: columns)
        try await Why.parse(["web"]).run(Sample.cluster(Sample.complete()), terminal)
        expectGolden(terminal.text, "why-\(columns)")
        let aborted = FakeTerminal(columns: columns)
        try await Why.parse(["web"]).run(Sample.cluster(Sample.complete(Self.aborted)), aborted)
        expectGolden(aborted.text, "why-aborted-\(columns)")
    }

    @Test func `lists and statuses`() async throws {
        let list = FakeTerminal()
        try await ListRollouts.parse(["-A", "--timestamps", "-o", "wide"]).run(Sample.cluster(), list)
        expectGolden(list.text, "list-rollouts-wide")
        let experiments = FakeTerminal()
        try await ListExperiments.parse([]).run(Sample.busyCluster(), experiments)
        expectGolden(experiments.text, "list-experiments")
        let status = FakeTerminal()
        try await StatusCommand.parse(["web", "--no-watch", "-o", "yaml"]).run(Sample.cluster(), status)
        expectGolden(status.text, "status-yaml")
        let json = FakeTerminal()
        try await ListRollouts.parse(["-o", "json"]).run(Sample.cluster(), json)
        #expect(try JSON.parse(json.text)["items"].elements.count == 1)
    }

    @Test(arguments: [80, 120])
    func `plan of a file without a cluster`(_ columns: Int) throws {
        for name in ["canary", "basic", "bluegreen"] {
            expectGolden(try Self.plan("\(name).yaml", columns), "plan-\(name)-\(columns)")
        }
    }

    static func plan(_ file: String, _ columns: Int) throws -> String {
        let documents = try ManifestFile.trees(in: LocalText.bytes(fixture(file), flag: "FILE"), file)
        let objects = documents.map { KubeObject($0.tree) }
        let rollout = try #require(objects.first { $0.kindName == "Rollout" })
        let stage = ProjectionStage(
            wanted: rollout, live: nil, objects: objects.filter { $0.kindName != "Rollout" },
            now: FakeTerminal().now, podReady: .seconds(10))
        return ProjectionView(
            result: try stage.result(), rollout: rollout, podReady: .seconds(10), style: .plain, columns: columns
        ).lines.joined(separator: "\n")
    }

    static func fixture(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
    }

    @Test func `lint says what is refused and what surprises`() throws {
        let terminal = FakeTerminal()
        // The path would be another on each machine.
        let documents = try ManifestFile.trees(
            in: LocalText.bytes(Self.fixture("surprising.yaml"), flag: "FILE"), "surprising.yaml")
        for finding in Linter(documents).findings {
            terminal.line("\(finding.level.rawValue) \(finding.place) \(finding.object) \(finding.field): \(finding.message)")
        }
        expectGolden(terminal.text, "lint")
    }

    @Test(arguments: ["", "get rollout", "status", "plan", "why", "lint", "create analysisrun", "abort"])
    func `help is worth reading`(_ verb: String) {
        var command: any ParsableCommand.Type = RootCommand.self
        for word in verb.split(separator: " ") {
            command = command.configuration.subcommands.first { $0._commandName == word } ?? command
        }
        let help = RootCommand.helpMessage(for: command, columns: 80)
        #expect(help.contains("Example"), "\(verb)")
        expectGolden(help, "help-\(verb.isEmpty ? "root" : verb.replacingOccurrences(of: " ", with: "-"))")
    }
}
