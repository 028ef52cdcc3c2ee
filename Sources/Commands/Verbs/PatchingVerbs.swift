// The verbs that only patch: abort, retry, pause, promote, restart.

package import ArgumentParser
import JSONTree
import KubeModel

/// Sends a verb's patches, the status first, as Argo's plugin does.
func send(_ patches: RolloutPatches, to name: String, namespace: String, _ access: any CommandCluster) async throws {
    if let status = patches.status { try await access.patchRolloutStatus(name, namespace: namespace, status) }
    if let spec = patches.spec {
        _ = try await access.patch(Resources.rollouts, namespace: namespace, name: name, subresource: nil, spec)
    }
}

/// `abort ROLLOUT...`
package struct Abort: Verb {
    package static let configuration = CommandConfiguration(
        abstract: "Send all traffic back to stable and stop the update.",
        discussion: "The rollout is then Degraded, until its spec goes back to stable, or `retry`.")
    @OptionGroup package var connection: ConnectionOptions
    @Argument(help: "Names of rollouts.") var names: [String]
    package init() {}
    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        for name in names {
            try await send(.abort(), to: name, namespace: connection.namespace(access), access)
            terminal.line("rollout '\(name)' aborted")
        }
    }
}

/// `retry rollout ROLLOUT...`
package struct RetryRollout: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "rollout", abstract: "Try an aborted update again, from its first step.",
        aliases: ["ro", "rollouts"])
    @OptionGroup package var connection: ConnectionOptions
    @Argument(help: "Names of rollouts.") var names: [String]
    package init() {}
    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        for name in names {
            try await send(.retry(), to: name, namespace: connection.namespace(access), access)
            terminal.line("rollout '\(name)' retried")
        }
    }
}

/// `retry`
package struct Retry: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Try something again that was aborted or failed.", subcommands: [RetryRollout.self])
    package init() {}
}

/// `pause ROLLOUT...`
package struct Pause: Verb {
    package static let configuration = CommandConfiguration(abstract: "Stop the update where it is, until `promote`.")
    @OptionGroup package var connection: ConnectionOptions
    @Argument(help: "Names of rollouts.") var names: [String]
    package init() {}
    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        for name in names {
            try await send(.pause(), to: name, namespace: connection.namespace(access), access)
            terminal.line("rollout '\(name)' paused")
        }
    }
}

/// `promote ROLLOUT [--full]`
package struct Promote: Verb {
    package static let configuration = CommandConfiguration(
        abstract: "Go one step on: out of a pause, or past the current step.",
        discussion: "With --full the rest of the steps, pauses and analyses is left out.")
    @OptionGroup package var connection: ConnectionOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Flag(help: "Promote fully, without the remaining steps, pauses and analyses.") var full = false
    @Flag(name: [.customShort("c"), .long], help: "Skip the current step.") var skipCurrentStep = false
    @Flag(name: [.customShort("a"), .long], help: "Skip all remaining steps.") var skipAllSteps = false
    package init() {}
    package func validate() throws {
        if skipCurrentStep, skipAllSteps {
            throw ValidationError("Cannot skip all steps and the current step at once: give one of the flags.")
        }
    }
    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = connection.namespace(access)
        let rollout = try await access.rollout(name, namespace: namespace)
        let patches: RolloutPatches =
            if skipCurrentStep || skipAllSteps {
                try RolloutPatches.skip(rollout, all: skipAllSteps)
            } else if full { .promoteFull(rollout) } else { .promote(rollout) }
        try await send(patches, to: name, namespace: namespace, access)
        terminal.line("rollout '\(name)' \(full ? "fully promoted" : "promoted")")
    }
}

/// `restart ROLLOUT [--in DURATION]`
package struct Restart: Verb {
    package static let configuration = CommandConfiguration(
        abstract: "Replace the rollout's pods one by one, at once or later.")
    @OptionGroup package var connection: ConnectionOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Option(name: [.customShort("i"), .customLong("in")], help: "When: a duration such as 10s or 1h30m.")
    var delay = "0s"
    package init() {}
    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        guard let duration = Duration.parse(goText: delay), duration >= .zero else {
            throw CommandError("--in: \"\(delay)\" is not a duration such as 10s or 1h30m")
        }
        try await send(
            .restart(at: terminal.now + duration), to: name, namespace: connection.namespace(access), access)
        terminal.line("rollout '\(name)' restarts in \(duration.goText)")
    }
}
