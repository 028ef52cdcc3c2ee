// `undo ROLLOUT`: back to the template of an earlier revision.

package import ArgumentParser
import JSONTree
import KubeModel

/// `undo ROLLOUT [--to-revision N]`
package struct Undo: Verb {
    package static let configuration = CommandConfiguration(
        abstract: "Go back to the template of an earlier revision.",
        discussion: """
            A rollout that comes from Git is soon synced to it again: revert the commit instead.

            Examples:
              kubectl martlet undo web
              kubectl martlet undo web --to-revision 3
            """)
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Option(help: "The revision to go back to; 0 is the one before the current.") var toRevision = 0
    package init() {}

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = connection.namespace(access)
        let rollout = try await access.rollout(name, namespace: namespace)
        let replicaSets = try await access.list(Resources.replicaSets, CommandScope(namespace))
            .filter { $0.controller?.uid == rollout.uid }
        guard let target = Self.target(replicaSets, revision: toRevision) else {
            if toRevision == 0 {
                throw CommandError("no rollout history found for rollout \"\(name)\"")
            }
            let known = replicaSets.map(RolloutOverview.revision).sorted().map(String.init).joined(
                separator: ", ")
            throw CommandError(
                "unable to find specified revision \(toRevision) in history",
                hint: known.isEmpty ? "" : "the history holds: \(known)")
        }
        let owner = try await TemplateOwner.of(rollout, access)
        guard let patch = RolloutPatches.undo(owner.object, to: target) else {
            let revision = RolloutOverview.revision(target)
            return terminal.line(
                output.report(
                    rollout,
                    "skipped rollback (current template already matches revision \(revision))"))
        }
        let changed = try await access.patch(
            owner.resource, namespace: namespace, name: owner.object.name, patch)
        terminal.line(output.report(changed, "rollout '\(name)' undo"))
    }

    /// The ReplicaSet of a revision; for 0 the second newest.
    static func target(_ replicaSets: [KubeObject], revision: Int) -> KubeObject? {
        if revision != 0 { return replicaSets.first { RolloutOverview.revision($0) == revision } }
        let newestFirst = replicaSets.sorted {
            RolloutOverview.revision($0) > RolloutOverview.revision($1)
        }
        return newestFirst.dropFirst().first
    }
}
