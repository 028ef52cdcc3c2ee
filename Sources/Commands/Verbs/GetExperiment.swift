// `get experiment NAME`: one experiment with its ReplicaSets, pods and analysis runs.

package import ArgumentParser
import JSONTree
import KubeModel
import MartletModel

/// `get experiment NAME [--watch]`
package struct GetExperiment: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "experiment",
        abstract: "Show an experiment: its ReplicaSets, pods and analyses.",
        discussion: """
            Example:
              kubectl martlet get experiment trial --watch
            """,
        aliases: ["exp", "experiments"])
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Name of the experiment.") var name: String
    @Flag(name: [.short, .long], help: "Keep showing it as it changes.") var watch = false
    @Flag(name: .customLong("no-color"), help: "Print without colours.") var isPlain = false
    package init() {}

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = connection.namespace(access)
        let experiment = try await singular {
            try await access.get(Resources.experiments, namespace: namespace, name: name)
        }
        if !watch {
            if let text = output.text([experiment]) { return terminal.line(text) }
            var objects = WatchedObjects()
            for subscription in Self.subscriptions(namespace) {
                objects.take(
                    .listed(
                        try await access.optionalList(subscription.resource, subscription.scope)),
                    of: subscription.resource)
            }
            return terminal.write(view(experiment, objects, terminal))
        }
        let screen = Screen(terminal)
        defer { screen.close() }
        let (key, output) = (experiment.key, output)
        let follower = Follower(subscriptions: Self.subscriptions(namespace))
        _ = try await follower.run(access, terminal) { objects in
            guard let experiment = objects.object(Resources.experiments, key) else {
                throw CommandError("experiment.argoproj.io \"\(key.name)\" is gone")
            }
            screen.show(
                output.text([experiment]).map { $0 + "\n" } ?? view(experiment, objects, terminal))
            return true
        }
    }

    private static func subscriptions(_ namespace: String) -> [Subscription] {
        let all = CommandScope(namespace)
        let ours = CommandScope(namespace, labelSelector: RolloutLabels.podTemplateHash)
        return [
            Subscription(Resources.experiments, all), Subscription(Resources.replicaSets, ours),
            Subscription(Resources.pods, ours), Subscription(Resources.analysisRuns, all),
            Subscription(Resources.jobs, all),
        ]
    }

    private func view(_ experiment: KubeObject, _ objects: WatchedObjects, _ terminal: any Terminal)
        -> String
    {
        let style = isPlain ? Style.plain : terminal.style
        let sets = objects.all(Resources.replicaSets).filter {
            $0.controller?.uid == experiment.uid
        }
        let runs = objects.all(Resources.analysisRuns).filter {
            $0.controller?.uid == experiment.uid
        }
        let phase = experiment.status["phase"].string ?? "Pending"
        var header = Labelled(columns: terminal.size?.columns)
        header.add("Name:", experiment.name)
        header.add("Namespace:", experiment.namespace)
        header.add("Status:", "\(style.icon(phase)) \(phase)")
        if let message = experiment.status["message"].string, !message.isEmpty {
            header.add("Message:", message)
        }
        let running = sets.filter { ($0.status["replicas"].int ?? 0) > 0 }
        for (position, image) in Set(running.flatMap(RolloutOverview.images)).sorted().enumerated()
        {
            header.add(position == 0 ? "Images:" : "", image)
        }
        let nodes = TreeNodes(
            style: style, now: terminal.now, isWide: output.isWide,
            pods: objects.all(Resources.pods),
            jobs: objects.all(Resources.jobs))
        let tree = nodes.experiment(experiment, sets: sets, runs: runs)
        let table = Table(rows: [nodes.heading] + tree.rows)
        return (header.lines + [""] + table.lines).joined(separator: "\n") + "\n"
    }
}
