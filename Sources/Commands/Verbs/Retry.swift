// `retry`: again what was aborted or has failed.

package import ArgumentParser
import JSONTree
import KubeModel

/// `retry`
package struct Retry: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Try something again that was aborted or failed.",
        discussion: """
            Examples:
              kubectl martlet retry rollout web
              kubectl martlet retry experiment trial
            """,
        subcommands: [RetryRollout.self, RetryExperiment.self])
    package init() {}
}

/// `retry rollout ROLLOUT...`
package struct RetryRollout: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "rollout", abstract: "Try an aborted update again, from its first step.",
        aliases: ["ro", "rollouts"])
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Names of rollouts.") var names: [String]
    package init() {}
    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        for name in names {
            let rollout = try await access.patchStatus(
                Resources.rollouts, name, namespace: connection.namespace(access),
                ["status": ["abort": false]])
            terminal.line(output.report(rollout, "rollout '\(name)' retried"))
        }
    }
}

/// `retry experiment EXPERIMENT...`
package struct RetryExperiment: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "experiment", abstract: "Run a finished experiment again, from its beginning.",
        aliases: ["exp", "experiments"])
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Names of experiments.") var names: [String]
    package init() {}
    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        for name in names {
            // The status as a whole begins anew; where it is a subresource the main resource keeps it.
            let experiment = try await access.patchStatus(
                Resources.experiments, name, namespace: connection.namespace(access),
                ["status": .null])
            terminal.line(output.report(experiment, "experiment '\(name)' retried"))
        }
    }
}
