// `get rollout NAME`: one rollout with everything that belongs to it.

package import ArgumentParser
import KubeModel
import MartletModel

/// `get rollout NAME [--watch]`
package struct GetRollout: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "rollout",
        abstract: "Show a rollout: revisions, pods, analyses, weights, and why.",
        discussion: """
            Examples:
              kubectl martlet get rollout web             once
              kubectl martlet get rollout web --watch     as it moves; ends with Ctrl-C
              kubectl martlet get rollout web -o wide     with images and nodes
              kubectl martlet get rollout web -o json     the object, for programs
            """,
        aliases: ["ro", "rollouts"])
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Flag(name: [.short, .long], help: "Keep showing it as it changes.") var watch = false
    @Flag(name: .customLong("no-color"), help: "Print without colours.") var isPlain = false
    @Option(help: "With --watch: end after that many seconds.") var timeoutSeconds = 0
    package init() {}

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = connection.namespace(access)
        let rollout = try await singular { try await access.rollout(name, namespace: namespace) }
        if !watch {
            if let text = output.text([rollout]) { return terminal.line(text) }
            return terminal.write(view(try await Self.overview(of: rollout, access), terminal))
        }
        let screen = Screen(terminal)
        defer { screen.close() }
        let (key, output) = (rollout.key, output)
        let follower = Follower(
            timeout: .seconds(timeoutSeconds),
            looksEachSecond: output.format == nil || output.isWide,
            subscriptions: Self.subscriptions(namespace))
        _ = try await follower.run(access, terminal) { objects in
            guard let rollout = objects.object(Resources.rollouts, key) else {
                throw CommandError("rollout.argoproj.io \"\(key.name)\" is gone")
            }
            let overview = Self.overview(of: rollout, objects)
            screen.show(output.text([rollout]).map { $0 + "\n" } ?? view(overview, terminal))
            return true
        }
    }

    private func view(_ overview: RolloutOverview, _ terminal: any Terminal) -> String {
        RolloutView(
            overview, style: isPlain ? .plain : terminal.style, now: terminal.now,
            columns: terminal.size?.columns,
            isWide: output.isWide
        ).text
    }

    /// What a picture of a rollout is made of. ReplicaSets and pods of rollouts carry the hash.
    private static func subscriptions(_ namespace: String) -> [Subscription] {
        let all = CommandScope(namespace)
        let ours = CommandScope(namespace, labelSelector: RolloutLabels.podTemplateHash)
        return [
            Subscription(Resources.rollouts, all), Subscription(Resources.replicaSets, ours),
            Subscription(Resources.pods, ours), Subscription(Resources.analysisRuns, all),
            Subscription(Resources.experiments, all), Subscription(Resources.jobs, all),
        ]
    }

    private static func overview(of rollout: KubeObject, _ objects: WatchedObjects)
        -> RolloutOverview
    {
        RolloutOverview(
            rollout: rollout, replicaSets: objects.all(Resources.replicaSets),
            pods: objects.all(Resources.pods),
            analysisRuns: objects.all(Resources.analysisRuns),
            experiments: objects.all(Resources.experiments),
            jobs: objects.all(Resources.jobs))
    }

    /// Reads what a rollout owns.
    static func overview(of rollout: KubeObject, _ access: any CommandCluster) async throws
        -> RolloutOverview
    {
        var objects = WatchedObjects()
        for subscription in subscriptions(rollout.namespace)
        where subscription.resource != Resources.rollouts {
            objects.take(
                .listed(try await access.optionalList(subscription.resource, subscription.scope)),
                of: subscription.resource)
        }
        return overview(of: rollout, objects)
    }
}

/// A missing object in the words of those commands that look at one: `rollout.argoproj.io "x" not
/// found`, which scripts look for.
func singular(_ read: () async throws -> KubeObject) async throws -> KubeObject {
    do { return try await read() } catch var status as APIStatus where status.isNotFound {
        for plural in ["rollouts", "experiments"] where status.message.hasPrefix("\(plural).") {
            status.message = "\(plural.dropLast())\(status.message.dropFirst(plural.count))"
        }
        throw status
    }
}
