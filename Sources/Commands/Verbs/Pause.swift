// `pause ROLLOUT...`: stops an update where it is.

package import ArgumentParser
import JSONTree
import KubeModel

/// `pause ROLLOUT...`
package struct Pause: Verb {
    package static let configuration = CommandConfiguration(
        abstract: "Stop the update where it is, until `promote`.",
        discussion: """
            Sets spec.paused. Where the rollout comes from Git, pause it there, or the next sync takes \
            the pause away.

            Example:
              kubectl martlet pause web
            """)
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Names of rollouts.") var names: [String]
    package init() {}
    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        for name in names {
            let rollout = try await access.patch(
                Resources.rollouts, namespace: connection.namespace(access), name: name,
                subresource: nil,
                ["spec": ["paused": true]])
            terminal.line(output.report(rollout, "rollout '\(name)' paused"))
        }
    }
}
