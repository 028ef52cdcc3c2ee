// The plugin's commands, and what happens around them.

package import ArgumentParser

/// `kubectl martlet`: look at rollouts, and steer them.
package struct RootCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "kubectl-martlet",
        abstract: "Look at rollouts, promote, abort, and see why.",
        discussion: """
            Examples:
              kubectl martlet get rollout web --watch       as it moves, and why
              kubectl martlet why web                       what it waits for
              kubectl martlet promote web                   out of a pause
              kubectl martlet abort web --reason "errors"   traffic back to stable
              kubectl martlet plan web.yaml                 before you apply it
              kubectl martlet status web --timeout 10m      wait in a pipeline

            Every verb of `kubectl argo rollouts` works here too. Names are completed by the shell: \
            see `kubectl martlet completion --help`.
            """,
        version: "kubectl-martlet: v\(Version.number)",
        groupedSubcommands: [
            CommandGroup(
                name: "Look", subcommands: [Get.self, List.self, StatusCommand.self, Why.self]),
            CommandGroup(
                name: "Steer",
                subcommands: [
                    Promote.self, Abort.self, Retry.self, Pause.self, Restart.self, SetCommand.self,
                    Undo.self,
                    Terminate.self,
                ]),
            CommandGroup(
                name: "Before you apply", subcommands: [PlanCommand.self, Lint.self, Create.self]),
            CommandGroup(name: "Other", subcommands: [Completion.self, Version.self]),
        ])
    package init() {}
}

/// Runs the plugin with its arguments and returns the exit code. Whatever goes wrong is code 1 with
/// a text on standard error, as the plugin that people have does it.
package func runPlugin(_ arguments: [String]) async -> Int32 {
    let terminal = StandardTerminal()
    if arguments.first == Completion.protocolWord {
        return await Completion.answer(Array(arguments.dropFirst()), terminal)
    }
    do {
        var command = try RootCommand.parseAsRoot(ArgumentHabits.normalized(arguments))
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
        return 0
    } catch {
        return conclude(error, arguments, terminal)
    }
}

/// The exit code of what a command threw, its text printed.
private func conclude(_ error: any Error, _ arguments: [String], _ terminal: any Terminal) -> Int32
{
    if let status = error as? ExitStatus { return status.code }
    let code = RootCommand.exitCode(for: error)
    // A group without a verb gets its help too, but as a failure (cli-ux.md, section 1).
    let isAsked =
        arguments.isEmpty
        || arguments.contains { ["-h", "--help", "help", "--version"].contains($0) }
    if code == .success, isAsked {
        terminal.line(RootCommand.fullMessage(for: error))
        return 0
    }
    if code == .success || code == .validationFailure {
        terminal.errorLine(RootCommand.fullMessage(for: error))
        return 1
    }
    let failure = FailureText(error)
    terminal.errorLine("Error: \(failure.text)")
    if !failure.hint.isEmpty { terminal.errorLine("  → \(failure.hint)") }
    return 1
}
