// `why ROLLOUT`: what it waits for, and what ends that.

package import ArgumentParser
import KubeModel
import MartletModel
import RolloutCore

/// `why ROLLOUT`
package struct Why: Verb {
    package static let configuration = CommandConfiguration(
        abstract: "Say what a rollout waits for, what ends that, and what was seen.",
        discussion: """
            The plugin reads what the controller reads and makes the controller's own decision, which \
            is a pure function; nothing is written.

            Examples:
              kubectl martlet why web
              kubectl martlet why web -o json
            """)
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Flag(name: .customLong("no-color"), help: "Print without colours.") var isPlain = false
    package init() {}

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = connection.namespace(access)
        let rollout = try await singular { try await access.rollout(name, namespace: namespace) }
        let reader = LazyReader(access, holding: [rollout])
        let now = terminal.now
        let gathered = try await reader.settled { reader in
            RolloutGatherer.gather(rollout.key, reader: reader, now: now)
        }
        for refusal in reader.refusals {
            terminal.warning("this is told without what you may not read: \(refusal)")
        }
        guard let snapshot = gathered else {
            throw CommandError("rollout.argoproj.io \"\(name)\" not found")
        }
        let ours = CommandScope(namespace, labelSelector: RolloutLabels.podTemplateHash)
        let pods = try await access.optionalList(Resources.pods, ours)
        var decided = snapshot
        if decided.needsPods { decided.pods = pods.map(PodView.init) }
        let runs = reader.objects(AnalysisKinds.run, namespace: namespace, ownedBy: rollout.uid)
        let explanation = Explanation(decided, pods: pods, runs: runs)
        if let text = output.text(explanation.tree, name: rollout.commandName) {
            return terminal.line(text)
        }
        let view = ExplanationView(
            explanation: explanation, style: isPlain ? .plain : terminal.style,
            columns: terminal.size?.columns)
        terminal.lines(view.lines)
    }
}
