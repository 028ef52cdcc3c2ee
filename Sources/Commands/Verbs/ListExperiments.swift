// `list experiments`: one line an experiment.

package import ArgumentParser
import JSONTree
import KubeModel

/// `list experiments [-A]`
package struct ListExperiments: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "experiments", abstract: "List experiments, a line each.",
        aliases: ["exp", "experiment"])
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Flag(name: [.customShort("A"), .long], help: "Those of all namespaces.") var allNamespaces =
        false
    package init() {}

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let scope = CommandScope(allNamespaces ? nil : connection.namespace(access))
        let experiments = try await access.list(Resources.experiments, scope).sorted {
            $0.key < $1.key
        }
        if let text = output.text(experiments, isList: true) {
            return text.isEmpty ? () : terminal.line(text)
        }
        if experiments.isEmpty { return terminal.errorLine("No resources found.") }
        var heading = ["NAME", "STATUS", "DURATION", "REMAINING", "AGE"]
        if output.isWide { heading.append("MESSAGE") }
        if allNamespaces { heading.insert("NAMESPACE", at: 0) }
        let rows = experiments.map { experiment in
            var row = Self.row(experiment, terminal.now)
            if output.isWide { row.append(experiment.status["message"].string ?? "") }
            if allNamespaces { row.insert(experiment.namespace, at: 0) }
            return row
        }
        terminal.lines(Table(rows: [heading] + rows).lines)
    }

    private static func row(_ experiment: KubeObject, _ now: Timestamp) -> [String] {
        let phase = experiment.status["phase"].string ?? ""
        let duration = experiment.spec["duration"].string.flatMap { Duration.parse(goText: $0) }
        let isCompleted = ["Successful", "Failed", "Error", "Inconclusive"].contains(phase)
        let start = experiment.status["availableAt"].string.flatMap { Timestamp($0) }
        var remaining = "-"
        if !isCompleted, let duration, let start {
            remaining = Age.text(max(.zero, start + duration - now))
        }
        return [
            experiment.name, phase.isEmpty ? "-" : phase, duration.map(Age.text) ?? "-", remaining,
            Age.text(since: experiment.creationTimestamp, now: now),
        ]
    }
}
