// What `lint` says of the examples, which people copy: nothing that is wrong.

import Foundation
import JSONTree
import KubeModel
import Testing
import YAMLTree

@testable import Commands

@Suite struct LintExampleTests {
    private static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("examples")

    static let names: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: examples.path)) ?? []
        return all.filter { $0.hasPrefix("canary-") }.sorted()
    }()

    private static func findings(_ name: String, only files: [String]? = nil) throws -> [LintFinding] {
        let folder = examples.appendingPathComponent(name)
        func documents(_ file: String) throws -> [YAMLDocument] {
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            return try YAML.parse(text, file: file)
        }
        let listed = try documents("kustomization.yaml").first?.tree["resources"].elements ?? []
        return try Linter((files ?? listed.compactMap(\.string)).flatMap(documents)).findings
    }

    @Test(arguments: names) func `an example refers to nothing that it lacks`(_ name: String) throws {
        let findings = try Self.findings(name)
        #expect(findings.filter { $0.level == .error } == [])
        // Pods of the examples' images are fake: nobody can ask them whether they are ready.
        let surprising = findings.filter { !$0.message.hasPrefix("no container has a readinessProbe") }
        #expect(surprising == [])
    }

    @Test(arguments: [
        ("canary-nginx", ["Ingress \"web\"", "Service \"web-canary\"", "Service \"web-stable\""]),
        ("canary-ambassador", ["Mapping \"web\"", "Service \"web-canary\"", "Service \"web-stable\""]),
        ("canary-smi", ["Service \"web-canary\"", "Service \"web-stable\""]),
        ("canary-traefik", ["Service \"web-canary\"", "Service \"web-stable\"", "TraefikService \"web\""]),
    ])
    func `what a Rollout alone lacks is named, but not what its router makes`(
        _ name: String, _ lacking: [String]
    ) throws {
        let end = " is not in the file; it must be in the cluster"
        let found = try Self.findings(name, only: ["rollout.yaml"])
            .map(\.message).filter { $0.hasSuffix(end) }.map { String($0.dropLast(end.count)) }
        #expect(found.sorted() == lacking)
    }
}
