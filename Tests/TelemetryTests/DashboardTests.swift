// The queries of `dashboards/` name only metrics and labels that are exported.

import Foundation
import JSONTree
import Telemetry
import Testing
import YAMLTree

@Suite struct DashboardTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("dashboards")

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    private static func dashboardQueries() throws -> [String] {
        let dashboard = try JSON.parse(text("progressive-delivery.json"))
        let panels = dashboard["panels"].elements.flatMap { panel in
            panel["targets"].elements.compactMap { $0["expr"].string }
        }
        let variables = dashboard["templating"]["list"].elements
            .filter { $0["type"] == "query" }.compactMap { $0["query"].string }
        return panels + variables
    }

    private static func alertQueries() throws -> [String] {
        let rules = try YAML.parseOne(text("alerts.yaml"))
        return rules["groups"].elements.flatMap { group in
            group["rules"].elements.compactMap { $0["expr"].string }
        }
    }

    @Test func `dashboards and alerts ask for what is exported`() throws {
        let dashboard = try Self.dashboardQueries()
        let alerts = try Self.alertQueries()
        #expect(dashboard.count > 40)
        #expect(alerts.count > 15)
        for query in dashboard + alerts {
            let names = PromQLNames(query)
            #expect(!names.metrics.isEmpty, "\(query)")
            for problem in names.problems(exported: Metric.all) { Issue.record("\(problem) in \(query)") }
        }
    }

    @Test func `a query for what is not exported is found`() {
        let query = "sum by (le, zone) (rate(rest_client_requests_total{verb=\"GET\",host=\"a\"}[5m])) / lost_total"
        #expect(
            PromQLNames(query).problems(exported: Metric.all) == [
                "no metric lost_total", "no label host", "no label le", "no label zone",
            ])
    }

    @Test func `every metric on the list is counted somewhere`() throws {
        let sources = Self.folder.deletingLastPathComponent().appendingPathComponent("Sources")
        let walk = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var (names, uses): ([String], String) = ([], "")
        while let url = walk?.nextObject() as? URL {
            guard url.pathExtension == "swift" else { continue }
            let text = try String(contentsOf: url, encoding: .utf8)
            if url.lastPathComponent.contains("MetricNames") {
                names += text.matches(of: /static let (\w+) = Metric\(/).map { String($0.1) }
            } else {
                uses += text
            }
        }
        #expect(names.count == Metric.all.count)
        let words = Set(uses.split { !$0.isLetter && !$0.isNumber && $0 != "." }.map(String.init))
        for name in names {
            #expect(words.contains(".\(name)") || words.contains("Metric.\(name)"), "\(name)")
        }
    }

    @Test func `the dashboard shows each metric of ours about deliveries`() throws {
        let text = try Self.dashboardQueries().joined(separator: "\n")
        for metric in Metric.all where metric.name.hasPrefix("martlet_") {
            #expect(text.contains(metric.name), "\(metric.name)")
        }
    }
}

/// The names in a PromQL query. Enough of its grammar for queries that are our own: whatever is not
/// a function, an operator or a label is a metric.
private struct PromQLNames {
    var metrics: Set<String> = []
    var labels: Set<String> = []

    private static let words: Set<String> = [
        "and", "or", "unless", "by", "without", "on", "ignoring", "offset", "bool", "group_left", "group_right",
    ]
    private static let grouping: Set<String> = ["by", "without", "on", "ignoring", "group_left", "group_right"]

    init(_ query: String) {
        // Texts, ranges and durations have no names.
        let bare = query.replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"").replacing(/\[[^\]]*\]/, with: "")
            .replacing(/offset \w+/, with: "")
        var rest = bare[...]
        if let variable = bare.wholeMatch(of: /label_values\((.+), (\w+)\)/) {
            rest = variable.1
            labels.insert(String(variable.2))
        }
        var previous = ""
        while let match = rest.firstMatch(of: /\{([^}]*)\}|[A-Za-z_:][\w:]*|\(/) {
            rest = rest[match.range.upperBound...]
            if let matchers = match.1 {
                for label in matchers.matches(of: /(\w+)\s*(?:=~|!~|!=|=)/) { labels.insert(String(label.1)) }
                continue
            }
            let word = String(match.0)
            if word == "(" {
                if Self.grouping.contains(previous), let end = rest.firstIndex(of: ")") {
                    for label in rest[..<end].matches(of: /\w+/) { labels.insert(String(label.0)) }
                    rest = rest[end...]
                }
            } else if !Self.words.contains(word), !rest.trimmingPrefix(/\s+/).hasPrefix("("), !Self.isBy(rest) {
                metrics.insert(word)
            }
            previous = word
        }
    }

    /// Whether an aggregation's labels come before its argument: `sum by (…) (…)`.
    private static func isBy(_ rest: Substring) -> Bool { rest.prefixMatch(of: /\s+(by|without)\b/) != nil }

    /// What is not exported, metrics first.
    func problems(exported: [Metric]) -> [String] {
        let byName = Dictionary(uniqueKeysWithValues: exported.map { ($0.name, $0) })
        var known: Set<String> = ["job", "instance"]
        var problems: [String] = []
        for name in metrics.sorted() {
            let base = name.replacing(/_(bucket|sum|count)$/, with: "")
            if let metric = byName[name], metric.kind != .histogram {
                known.formUnion(metric.labels)
            } else if let metric = byName[base], metric.kind == .histogram, base != name {
                known.formUnion(metric.labels)
                if name.hasSuffix("_bucket") { known.insert("le") }
            } else {
                problems.append("no metric \(name)")
            }
        }
        return problems + labels.subtracting(known).sorted().map { "no label \($0)" }
    }
}
