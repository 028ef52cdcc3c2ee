// Scenarios as YAML, and what became of them as transcripts: a change of behaviour is a diff.
//
// `RECORD=1 swift test --filter ScenarioTests` writes the transcripts anew; each is to be read.

import Foundation
import JSONTree
import Simulation
import Testing
import YAMLTree

@Suite struct ScenarioTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Scenarios")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    private static let records = ProcessInfo.processInfo.environment["RECORD"] == "1"

    @Test func `there are scenarios`() {
        #expect(Self.names.count >= 100)
    }

    @Test("a scenario goes as its transcript says", arguments: names)
    func scenario(_ name: String) throws {
        let file = Self.folder.appendingPathComponent("\(name).yaml")
        let scenario = try Scenario(YAML.parseOne(String(contentsOf: file, encoding: .utf8), file: "\(name).yaml"))
        let told = scenario.play()
        #expect(told.violations == [])
        let golden = Self.folder.appendingPathComponent("\(name).transcript")
        if Self.records {
            try told.transcript.write(to: golden, atomically: true, encoding: .utf8)
            return
        }
        let wanted = try String(contentsOf: golden, encoding: .utf8).components(separatedBy: "\n")
        let found = told.transcript.components(separatedBy: "\n")
        let first = zip(wanted, found).first { $0 != $1 }
        #expect(
            wanted == found,
            "\(name): first difference: \(first.map { "wanted “\($0.0)”, found “\($0.1)”" } ?? "the length")")
    }

    @Test("what is no scenario is refused", arguments: [
        ("{strategy: rainbow}", "no strategy is called \"rainbow\""),
        ("{story: [{abort: true}]}", "{\"abort\":true} has no time"),
        ("{story: [{at: 1, dance: true}]}", "{\"at\":1,\"dance\":true} is no deed"),
    ])
    func refusals(_ text: String, _ words: String) throws {
        let tree = try YAML.parseOne(text)
        #expect(throws: Scenario.Problem(description: words)) { try Scenario(tree) }
    }
}
