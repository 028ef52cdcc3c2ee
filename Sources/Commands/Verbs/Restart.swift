// `restart ROLLOUT`: new pods of the same revision.

package import ArgumentParser
import JSONTree
import KubeModel

/// `restart ROLLOUT [--in DURATION]`
package struct Restart: Verb {
    package static let configuration = CommandConfiguration(
        abstract: "Replace the rollout's pods one by one, at once or later.",
        discussion: """
            Examples:
              kubectl martlet restart web
              kubectl martlet restart web --in 1h30m
            """)
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Option(
        name: [.customShort("i"), .customLong("in")], help: "When: a duration such as 10s or 1h30m."
    )
    var delay = "0s"
    package init() {}
    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let duration = try Span.parse(delay, flag: "--in")
        let rollout = try await access.patch(
            Resources.rollouts, namespace: connection.namespace(access), name: name,
            subresource: nil,
            ["spec": ["restartAt": .string((terminal.now + duration).rfc3339)]])
        terminal.line(output.report(rollout, "rollout '\(name)' restarts in \(duration.goText)"))
    }
}
