// `list rollouts`: one line a rollout.

package import ArgumentParser
import JSONTree
package import KubeModel

/// `list rollouts [-A]`
package struct ListRollouts: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "rollouts", abstract: "List rollouts, a line each.", aliases: ["ro", "rollout"])
    @OptionGroup package var connection: ConnectionOptions
    @Option(help: "Only the rollout of that name.") var name: String?
    @Flag(name: [.customShort("A"), .long], help: "Those of all namespaces.") var allNamespaces = false
    @Flag(name: [.short, .long], help: "Then print each line that changes.") var watch = false
    @Flag(help: "A first column with the time.") var timestamps = false
    package init() {}

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = allNamespaces ? nil : connection.namespace(access)
        let rollouts = try await rollouts(access, namespace)
        if rollouts.isEmpty, !watch { return terminal.errorLine("No resources found.") }
        terminal.line(Self.table(rollouts, withNamespace: allNamespaces, time: timestamps ? terminal.now : nil).text)
        guard watch else { return }
        let shown = Shown(Dictionary(rollouts.map { ($0.key, Self.row($0)) }) { first, _ in first })
        let (withNamespace, withTime) = (allNamespaces, timestamps)
        try await Following(timeoutSeconds: 0).run(access, namespace: namespace ?? "") {
            let changed = await shown.changed(try await self.rollouts(access, namespace))
            if !changed.isEmpty {
                let table = Self.table(changed, withNamespace: withNamespace, time: withTime ? terminal.now : nil)
                for line in table.lines.dropFirst() { terminal.line(line) }
            }
            return true
        }
    }

    private func rollouts(_ access: any CommandCluster, _ namespace: String?) async throws -> [KubeObject] {
        try await access.list(Resources.rollouts, namespace: namespace)
            .filter { name == nil || $0.name == name }.sorted { $0.key < $1.key }
    }

    /// The table of cli-ux.md, section 3.7.
    package static func table(_ rollouts: [KubeObject], withNamespace: Bool, time: Timestamp?) -> Table {
        var heading = ["NAME", "STRATEGY", "STATUS", "STEP", "SET-WEIGHT", "READY", "DESIRED", "UP-TO-DATE", "AVAILABLE"]
        if withNamespace { heading.insert("NAMESPACE", at: 0) }
        if time != nil { heading.insert("TIMESTAMP", at: 0) }
        let rows = rollouts.map { rollout in
            var row = row(rollout)
            if withNamespace { row.insert(rollout.namespace, at: 0) }
            if let time { row.insert(time.rfc3339, at: 0) }
            return row
        }
        return Table(rows: [heading] + rows)
    }

    static func row(_ rollout: KubeObject) -> [String] {
        let overview = RolloutOverview(rollout: rollout, replicaSets: [], pods: [], analysisRuns: [])
        let status = rollout.status
        let step = overview.stepIndex.map { "\($0)/\(overview.steps.count)" } ?? "-"
        return [
            rollout.name, overview.strategyName, RolloutPhase(of: rollout).phase,
            overview.steps.isEmpty ? "-" : step, overview.isCanary ? "\(overview.wantedWeight)" : "-",
            "\(status["readyReplicas"].int ?? 0)/\(status["replicas"].int ?? 0)", "\(rollout.spec["replicas"].int ?? 1)",
            "\(status["updatedReplicas"].int ?? 0)", "\(status["availableReplicas"].int ?? 0)",
        ]
    }

    /// The rows printed last, so that only changed ones are printed again.
    private actor Shown {
        private var rows: [ObjectKey: [String]]
        init(_ rows: [ObjectKey: [String]]) { self.rows = rows }
        func changed(_ rollouts: [KubeObject]) -> [KubeObject] {
            rollouts.filter { rollout in
                let row = ListRollouts.row(rollout)
                defer { rows[rollout.key] = row }
                return rows[rollout.key] != row
            }
        }
    }
}

/// `list`
package struct List: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "List things, a line each.", subcommands: [ListRollouts.self])
    package init() {}
}
