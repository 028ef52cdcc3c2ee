// `abort ROLLOUT...`: all traffic back to stable.

package import ArgumentParser
import JSONTree
import KubeModel

/// `abort ROLLOUT... [--reason TEXT]`
package struct Abort: Verb {
    package static let configuration = CommandConfiguration(
        abstract: "Send all traffic back to stable and stop the update.",
        discussion: """
            The rollout is then Degraded, until its spec goes back to stable, or `retry`. A reason is \
            kept on the rollout, and shown by `get rollout` and `why` while the abort lasts.

            Examples:
              kubectl martlet abort web
              kubectl martlet abort web --reason "p99 doubled, see incident 4711"
            """)
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Names of rollouts.") var names: [String]
    @Option(help: "Why, for those who look at the rollout later.") var reason: String?
    package init() {}

    /// A note is no place for reports; annotations have a limit.
    private static let reasonLengthMax = 1000

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        if let reason, reason.count > Self.reasonLengthMax {
            throw CommandError(
                "--reason: longer than \(Self.reasonLengthMax) characters",
                hint: "give a link to the report")
        }
        let namespace = connection.namespace(access)
        for name in names {
            // The traffic first: what is said about it may wait.
            let rollout = try await access.patchStatus(
                Resources.rollouts, name, namespace: namespace, ["status": ["abort": true]])
            if let note = AbortNote.patch(reason, on: rollout) {
                do {
                    _ = try await access.patch(
                        Resources.rollouts, namespace: namespace, name: name, subresource: nil, note
                    )
                } catch {
                    terminal.warning(
                        "rollout '\(name)' is aborted, but its reason could not be noted: \(FailureText(error).text)"
                    )
                }
            }
            terminal.line(output.report(rollout, "rollout '\(name)' aborted"))
        }
    }
}
