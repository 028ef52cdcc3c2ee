// `list rollouts`: one line a rollout.

package import ArgumentParser
import JSONTree
import KubeModel
import Synchronization

/// `list rollouts [-A]`
package struct ListRollouts: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "rollouts", abstract: "List rollouts, a line each.",
        discussion: """
            Examples:
              kubectl martlet list rollouts
              kubectl martlet list rollouts -A -o wide            with what each waits for
              kubectl martlet list rollouts --watch --timestamps  then a line for each that changes
            """,
        aliases: ["ro", "rollout"])
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Only the rollout of that name.") var name: String?
    @Flag(name: [.customShort("A"), .long], help: "Those of all namespaces.") var allNamespaces =
        false
    @Flag(name: [.short, .long], help: "Then print each line that changes.") var watch = false
    @Flag(help: "A first column with the time.") var timestamps = false
    package init() {}

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let scope = CommandScope(allNamespaces ? nil : connection.namespace(access))
        if watch { return try await follow(access, terminal, scope) }
        let rollouts = chosen(try await access.list(Resources.rollouts, scope))
        if let text = output.text(rollouts, isList: true) {
            return text.isEmpty ? () : terminal.line(text)
        }
        if rollouts.isEmpty { return terminal.errorLine("No resources found.") }
        terminal.lines(table(rollouts, terminal.now).lines)
    }

    private func follow(
        _ access: any CommandCluster, _ terminal: any Terminal, _ scope: CommandScope
    ) async throws {
        let shown = ShownRows()
        let command = self
        let follower = Follower(
            looksEachSecond: false, subscriptions: [Subscription(Resources.rollouts, scope)])
        _ = try await follower.run(access, terminal) { objects in
            let rollouts = command.chosen(objects.all(Resources.rollouts))
            let (changed, isFirst) = shown.changed(rollouts) { command.row($0, terminal.now) }
            if isFirst || !changed.isEmpty {
                let lines = command.table(changed, terminal.now).lines
                terminal.lines(isFirst ? lines : Array(lines.dropFirst()))
            }
            return true
        }
    }

    private func chosen(_ rollouts: [KubeObject]) -> [KubeObject] {
        rollouts.filter { name == nil || $0.name == name }.sorted { $0.key < $1.key }
    }

    /// The least widths of the columns (cli-ux.md, section 3.7).
    private static let widthsMin = [10, 9, 12, 4, 10, 5, 7, 10, 9]

    private func table(_ rollouts: [KubeObject], _ now: Timestamp) -> Table {
        var heading = [
            "NAME", "STRATEGY", "STATUS", "STEP", "SET-WEIGHT", "READY", "DESIRED", "UP-TO-DATE",
            "AVAILABLE",
        ]
        var widths = Self.widthsMin
        if output.isWide { heading.append("WHY") }
        if allNamespaces {
            heading.insert("NAMESPACE", at: 0)
            widths.insert(9, at: 0)
        }
        if timestamps {
            heading.insert("TIMESTAMP", at: 0)
            widths.insert(20, at: 0)
        }
        let rows = rollouts.map { rollout in
            var row = row(rollout, now)
            if allNamespaces { row.insert(rollout.namespace, at: 0) }
            if timestamps { row.insert(now.rfc3339, at: 0) }
            return row
        }
        return Table(widthsMin: widths, rows: [heading] + rows)
    }

    private func row(_ rollout: KubeObject, _ now: Timestamp) -> [String] {
        let overview = RolloutOverview(rollout: rollout)
        let status = rollout.status
        let step = overview.stepIndex.map { "\($0)/\(overview.steps.count)" } ?? "-"
        let phase = DisplayedPhase(of: rollout)
        let row = [
            rollout.name, overview.strategyName, phase.phase,
            overview.steps.isEmpty ? "-" : step,
            overview.isCanary ? "\(overview.wantedWeight)" : "-",
            "\(status["readyReplicas"].int ?? 0)/\(status["replicas"].int ?? 0)",
            "\(rollout.spec["replicas"].int ?? 1)",
            "\(status["updatedReplicas"].int ?? 0)", "\(status["availableReplicas"].int ?? 0)",
        ]
        return output.isWide ? row + [phase.message] : row
    }
}

/// The rows printed last, so that only changed ones are printed again.
private final class ShownRows: Sendable {
    private let rows = Mutex<[ObjectKey: [String]]?>(nil)

    func changed(_ objects: [KubeObject], _ row: (KubeObject) -> [String]) -> (
        changed: [KubeObject], isFirst: Bool
    ) {
        rows.withLock { rows in
            let before = rows
            rows = Dictionary(objects.map { ($0.key, row($0)) }) { first, _ in first }
            return (objects.filter { rows?[$0.key] != before?[$0.key] }, before == nil)
        }
    }
}
