// The verbs that change the pod template: set image, undo.

package import ArgumentParser
import JSONTree
import KubeModel

/// `set image ROLLOUT CONTAINER=IMAGE`
package struct SetImage: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Start an update: give a container another image.")
    @OptionGroup package var connection: ConnectionOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Argument(help: "CONTAINER=IMAGE; the container `*` is all of them.") var assignment: String
    package init() {}

    private static let triesMax = 5

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let parts = assignment.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw CommandError("\"\(assignment)\" is not CONTAINER=IMAGE")
        }
        let namespace = connection.namespace(access)
        for attempt in 1...Self.triesMax {
            let rollout = try await access.rollout(name, namespace: namespace)
            guard let patch = RolloutPatches.setImage(rollout, container: parts[0], image: parts[1]) else {
                throw CommandError("unable to find container named \"\(parts[0])\" in rollout \"\(name)\"")
            }
            do {
                _ = try await access.patch(Resources.rollouts, namespace: namespace, name: name, patch)
                terminal.line("rollout \"\(name)\" image updated")
                return
            } catch let status as APIStatus where (status.isConflict || status.isInvalid) && attempt < Self.triesMax {
                continue  // Somebody edited the containers in between: look again.
            }
        }
    }
}

/// `set`
package struct SetCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a rollout.", subcommands: [SetImage.self])
    package init() {}
}

/// `undo ROLLOUT [--to-revision N]`
package struct Undo: Verb {
    package static let configuration = CommandConfiguration(
        abstract: "Go back to the template of an earlier revision.",
        discussion: "A rollout that comes from Git is soon synced to it again: revert the commit instead.")
    @OptionGroup package var connection: ConnectionOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Option(help: "The revision to go back to; 0 is the one before the current.") var toRevision = 0
    package init() {}

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = connection.namespace(access)
        let rollout = try await access.rollout(name, namespace: namespace)
        let replicaSets = try await access.list(Resources.replicaSets, namespace: namespace)
            .filter { $0.controller?.uid == rollout.uid }
        guard let target = Self.target(replicaSets, revision: toRevision) else {
            throw CommandError(
                toRevision == 0
                    ? "no rollout history found for rollout \"\(name)\""
                    : "unable to find specified revision \(toRevision) in history")
        }
        guard let patch = RolloutPatches.undo(rollout, to: target) else {
            terminal.line("skipped rollback (current template already matches revision \(RolloutOverview.revision(target)))")
            return
        }
        _ = try await access.patch(Resources.rollouts, namespace: namespace, name: name, patch)
        terminal.line("rollout '\(name)' undo")
    }

    /// The ReplicaSet of a revision; for 0 the second newest.
    static func target(_ replicaSets: [KubeObject], revision: Int) -> KubeObject? {
        if revision != 0 { return replicaSets.first { RolloutOverview.revision($0) == revision } }
        let newestFirst = replicaSets.sorted { RolloutOverview.revision($0) > RolloutOverview.revision($1) }
        return newestFirst.dropFirst().first
    }
}
