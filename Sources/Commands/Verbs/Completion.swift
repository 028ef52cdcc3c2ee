// `completion SHELL`: scripts by which shells complete verbs, flags and names.

package import ArgumentParser
import KubeModel

/// `completion bash|zsh|fish|powershell`
package struct Completion: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Print a shell's completion script.",
        discussion: """
            Examples:
              source <(kubectl-martlet completion bash)
              kubectl-martlet completion zsh > "${fpath[1]}/_kubectl-martlet"
              kubectl-martlet completion fish | source

            For `kubectl martlet` itself put this on the PATH as an executable kubectl_complete-martlet:
              #!/bin/sh
              exec kubectl-martlet __complete "$@"
            """)
    @Argument(help: "bash, zsh, fish or powershell.") var shell: String
    package init() {}

    /// The word by which kubectl and the scripts ask: `__complete WORD... PREFIX`.
    static let protocolWord = "__complete"

    package func validate() throws {
        if CompletionScripts.script(for: shell) == nil {
            throw ValidationError(
                "no completion for \"\(shell)\": give bash, zsh, fish or powershell")
        }
    }

    package func run() async throws { run(StandardTerminal()) }

    func run(_ terminal: any Terminal) {
        if let script = CompletionScripts.script(for: shell) { terminal.write(script) }
    }

    /// Prints what may come next, in the protocol of kubectl's own completion: a line each, then
    /// `:4`, which keeps the shell from offering files (`:0` offers them).
    static func answer(_ words: [String], _ terminal: any Terminal) async -> Int32 {
        let request = CompletionRequest(words)
        var names: [String] = []
        if let resource = request.names {
            // Whatever is wrong, a TAB prints no error into somebody's line.
            do {
                let options = try ConnectionOptions.parse(request.connection)
                let access = try await KubeAccess.connect(options)
                names = try await access.list(resource, CommandScope(options.namespace(access)))
                    .map(\.name).sorted()
            } catch { names = [] }
        }
        let candidates = request.words + names.filter { !request.taken.contains($0) }
        for candidate in candidates where candidate.hasPrefix(request.prefix) {
            terminal.line(candidate)
        }
        terminal.line(request.offersFiles ? ":0" : ":4")
        return 0
    }
}
