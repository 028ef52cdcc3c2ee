// The conformance table of docs/compatibility.md against the definition and the tests.

import Foundation
import JSONTree
import Testing
import YAMLTree

@Suite struct ConformanceTableTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// One row: the paths that it is about, how far they are served, and what proves it.
    private struct Row {
        var paths: [String]
        var served: String
        var proofs: [String]
        var text: String
    }

    private static func rows() throws -> [Row] {
        let file = root.appendingPathComponent("docs/compatibility.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let section = text.components(separatedBy: "## Rollout, field by field\n").last ?? ""
        let body = section.components(separatedBy: "\n## ").first ?? ""
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

    /// Every field of the definition, lists as `[]`; the pod template and the selector as one each.
    private static func fields() throws -> [String] {
        let file = root.appendingPathComponent("crds/rollouts.yaml")
        let tree = try YAML.parseOne(String(contentsOf: file, encoding: .utf8), file: "rollouts.yaml")
        let schema = tree["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
        return ["spec", "status"].flatMap { fields(of: schema[$0], at: $0) }
    }

    private static func fields(of schema: JSON, at path: String) -> [String] {
        if ["spec.template", "spec.selector"].contains(path) { return [path] }
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

    @Test func `every field stands in the table, and every row is about one`() throws {
        let rows = try Self.rows()
        let fields = try Self.fields()
        let paths = rows.flatMap(\.paths)
        #expect(fields.count > 250)
        #expect(fields.filter { field in !paths.contains { Self.covers($0, field) } } == [])
        #expect(paths.filter { path in !fields.contains { Self.covers(path, $0) } } == [])
    }

    @Test func `no row is empty, and every proof is there`() throws {
        let files = FileManager.default.enumerator(atPath: Self.root.appendingPathComponent("Tests").path)
        let names = (files?.allObjects ?? []).compactMap { $0 as? String }
            .map { URL(fileURLWithPath: $0).lastPathComponent }
        let known = Set(
            names.filter { $0.hasSuffix("Tests.swift") }.map { String($0.dropLast(6)) }
                + ScenarioTests.names)
        for row in try Self.rows() {
            #expect(!row.served.isEmpty && !row.proofs.isEmpty, "\(row.text)")
            for proof in row.proofs { #expect(known.contains(proof), "\(proof) proves \(row.paths)") }
        }
    }
}
