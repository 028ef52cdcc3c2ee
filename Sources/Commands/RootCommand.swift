// The plugin's commands.

package import ArgumentParser

/// `kubectl martlet`: look at rollouts, and steer them.
package struct RootCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "kubectl-martlet",
        abstract: "Look at rollouts, promote, abort, and see why.",
        discussion: """
            Examples:
              kubectl martlet get rollout web --watch     the rollout as it moves, and what it waits for
              kubectl martlet promote web                 out of a pause
              kubectl martlet abort web                   all traffic back to stable
              kubectl martlet status web --timeout 10m    wait in a pipeline; exit code 1 when degraded
            """,
        version: "martlet 0.1.0",
        subcommands: [
            Abort.self, Completion.self, Get.self, List.self, Pause.self, Promote.self, Restart.self,
            Retry.self, SetCommand.self, StatusCommand.self, Undo.self, Version.self,
        ])
    package init() {}
}

/// `version [--short]`
package struct Version: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(abstract: "Print the version.")
    @Flag(help: "Only the version.") var short = false
    package init() {}
    package func run() async throws {
        let terminal = StandardTerminal()
        terminal.line("kubectl-martlet: v0.1.0")
        if !short { terminal.line("  API: argoproj.io/v1alpha1") }
    }
}

/// `completion bash|zsh|fish`
package struct Completion: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Print a shell's completion script.",
        discussion: "For bash: source <(kubectl-martlet completion bash)")
    @Argument(help: "bash, zsh or fish.") var shell: String
    package init() {}
    package func run() async throws {
        guard let shell = CompletionShell(rawValue: shell) else {
            throw CommandError("no completion for \"\(shell)\": give bash, zsh or fish")
        }
        StandardTerminal().line(RootCommand.completionScript(for: shell))
    }
}

/// Runs the plugin with its arguments and returns the exit code. Whatever goes wrong is code 1 with
/// a text on standard error, as the plugin that people have does it.
package func runPlugin(_ arguments: [String]) async -> Int32 {
    let terminal = StandardTerminal()
    do {
        var command = try RootCommand.parseAsRoot(arguments)
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
        return 0
    } catch {
        if RootCommand.exitCode(for: error) == .success {
            terminal.line(RootCommand.fullMessage(for: error))
            return 0
        }
        let isUsage = RootCommand.exitCode(for: error) == .validationFailure
        terminal.errorLine(isUsage ? RootCommand.fullMessage(for: error) : "Error: \(error)")
        return 1
    }
}
