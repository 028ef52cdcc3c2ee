// `promote ROLLOUT`: out of a pause, past a step, or to the end.

package import ArgumentParser
import KubeModel

/// `promote ROLLOUT [--full]`
package struct Promote: Verb {
    package static let configuration = CommandConfiguration(
        abstract: "Go one step on: out of a pause, or past the current step.",
        discussion: """
            With --full the rest of the steps, pauses and analyses is left out.

            Examples:
              kubectl martlet promote web
              kubectl martlet promote web --full
            """)
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Flag(help: "Promote fully, without the remaining steps, pauses and analyses.") var full = false
    @Flag(
        name: [.customShort("c"), .long],
        help: ArgumentHelp(
            "Skip the current step. Deprecated: `promote` does.", visibility: .hidden))
    var skipCurrentStep = false
    @Flag(
        name: [.customShort("a"), .long],
        help: ArgumentHelp("Skip all remaining steps. Deprecated: use --full.", visibility: .hidden)
    )
    var skipAllSteps = false
    package init() {}

    package func validate() throws {
        if skipCurrentStep, skipAllSteps {
            throw ValidationError(
                "Cannot use skip-current-step and skip-all-steps flags at the same time: give one of them."
            )
        }
    }

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = connection.namespace(access)
        var rollout = try await access.rollout(name, namespace: namespace)
        let patches: RolloutPatches =
            if skipCurrentStep || skipAllSteps {
                try RolloutPatches.skip(rollout, all: skipAllSteps)
            } else if full { .promoteFull(rollout) } else { .promote(rollout) }
        if let status = patches.status {
            rollout = try await access.patchStatus(
                Resources.rollouts, name, namespace: namespace, status)
        }
        if let spec = patches.spec {
            rollout = try await access.patch(
                Resources.rollouts, namespace: namespace, name: name, subresource: nil, spec)
        }
        terminal.line(
            output.report(rollout, "rollout '\(name)' \(full ? "fully promoted" : "promoted")"))
    }
}
