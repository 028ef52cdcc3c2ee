// The front door: the root command and its subcommands.

import ArgumentParser

/// `martlet`: every face of Martlet in one executable.
struct MartletCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "Progressive delivery for Kubernetes on a Git-sourced core.",
        subcommands: [UpCommand.self, ControllerCommand.self, AnalysisCommand.self, DemoAppCommand.self])
}

/// In a function, because at the top level of a file the compiler picks the synchronous `main`.
func runMartlet() async { await MartletCommand.main() }

await runMartlet()
