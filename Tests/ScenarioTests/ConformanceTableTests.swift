// The conformance tables of docs/compatibility.md against the definitions and the tests.

import Foundation
import JSONTree
import Testing
import YAMLTree

@Suite struct ConformanceTableTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// A table: its heading, and the definitions that it is about.
    struct Table: Sendable {
        var kinds: String
        var definitions: [String]
        /// Fewer fields than this, and the definition was not read.
        var fieldCountMin: Int
    }

    static let tables = [
        Table(kinds: "Rollout", definitions: ["rollouts"], fieldCountMin: 250),
        Table(
            kinds: "AnalysisTemplate and ClusterAnalysisTemplate",
            definitions: ["analysistemplates", "clusteranalysistemplates"], fieldCountMin: 140),
        Table(kinds: "AnalysisRun", definitions: ["analysisruns"], fieldCountMin: 170),
        Table(kinds: "Experiment", definitions: ["experiments"], fieldCountMin: 40),
    ]

    /// One row: the paths that it is about, how far they are served, and what proves it.
    private struct Row {
        var paths: [String]
        var served: String
        var proofs: [String]
        var text: String
    }

    private static func rows(_ table: Table) throws -> [Row] {
        let file = root.appendingPathComponent("docs/compatibility.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let parts = text.components(separatedBy: "## \(table.kinds), field by field\n")
        guard parts.count == 2 else { return [] }
        let body = parts[1].components(separatedBy: "\n## ").first ?? ""
        return body.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            func words(_ index: Int) -> [String] {
                guard cells.indices.contains(index) else { return [] }
                return cells[index].split(separator: ",")
                    .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }.filter { !$0.isEmpty }
            }
            return Row(
                paths: words(0), served: cells.count > 1 ? cells[1] : "", proofs: words(2), text: String(line))
        }
    }

    /// Every field of a definition, lists as `[]`; pod templates and selectors as one each.
    private static func fields(_ definition: String) throws -> [String] {
        let file = root.appendingPathComponent("crds/\(definition).yaml")
        let tree = try YAML.parseOne(String(contentsOf: file, encoding: .utf8), file: definition)
        let schema = tree["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
        return ["spec", "status"].filter { !schema[$0].isNull }.flatMap { fields(of: schema[$0], at: $0) }
    }

    private static let wholes: Set<String> = [
        "spec.template", "spec.selector", "spec.templates[].template", "spec.templates[].selector",
    ]

    private static func fields(of schema: JSON, at path: String) -> [String] {
        if wholes.contains(path) { return [path] }
        if schema["type"] == "array" { return fields(of: schema["items"], at: path + "[]") }
        guard let properties = schema["properties"].object, !properties.isEmpty else { return [path] }
        return properties.flatMap { fields(of: $0.1, at: "\(path).\($0.0)") }
    }

    private static func covers(_ path: String, _ field: String) -> Bool {
        if field == path || field == path + "[]" { return true }
        guard path.hasSuffix("…") else { return false }
        let stem = String(path.dropLast())
        return field == stem || field.hasPrefix(stem + ".") || field.hasPrefix(stem + "[")
    }

    @Test(arguments: tables) func `every field stands in its table, and every row is about one`(_ table: Table) throws {
        let paths = try Self.rows(table).flatMap(\.paths)
        for definition in table.definitions {
            let fields = try Self.fields(definition)
            #expect(fields.count > table.fieldCountMin, "\(definition)")
            #expect(fields.filter { field in !paths.contains { Self.covers($0, field) } } == [], "\(definition)")
            #expect(paths.filter { path in !fields.contains { Self.covers(path, $0) } } == [], "\(definition)")
        }
    }

    @Test(arguments: tables) func `no row is empty, and every proof is there`(_ table: Table) throws {
        let tests = Self.root.appendingPathComponent("Tests")
        let names = (FileManager.default.enumerator(atPath: tests.path)?.allObjects ?? [])
            .compactMap { $0 as? String }.map { URL(fileURLWithPath: $0).lastPathComponent }
        let known = Set(
            names.filter { $0.hasSuffix("Tests.swift") }.map { String($0.dropLast(6)) }
                + names.filter { $0.hasPrefix("test_") && $0.hasSuffix(".py") } + ScenarioTests.names)
        for row in try Self.rows(table) {
            #expect(!row.served.isEmpty && !row.proofs.isEmpty, "\(row.text)")
            for proof in row.proofs where !known.contains(proof) {
                guard proof.hasSuffix(".json") else {
                    Issue.record("\(proof) proves \(row.paths), and is not there")
                    continue
                }
                let configurations = try Self.configurations(proof)
                for path in row.paths {
                    let field = path.replacing("spec.metrics[].provider.\(proof.dropLast(5)).", with: "")
                    #expect(configurations.contains { Self.sets(field[...], $0) }, "no case of \(proof) sets \(path)")
                }
            }
        }
    }

    // MARK: Fixtures of providers

    private static func configurations(_ name: String) throws -> [JSON] {
        let file = root.appendingPathComponent("Tests/MetricProvidersTests/Fixtures/\(name)")
        return try JSON.parse([UInt8](Data(contentsOf: file))).elements.map { $0["configuration"] }
    }

    /// Whether a configuration has the field: `scopes[].name` in any of its scopes.
    private static func sets(_ field: Substring, _ tree: JSON) -> Bool {
        guard !field.isEmpty else { return !tree.isNull }
        let name = field.prefix { $0 != "." }
        let rest = field.dropFirst(name.count + 1)
        guard name.hasSuffix("[]") else { return sets(rest, tree[String(name)]) }
        return tree[String(name.dropLast(2))].elements.contains { sets(rest, $0) }
    }
}
