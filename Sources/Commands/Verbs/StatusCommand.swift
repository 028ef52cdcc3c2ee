// `status ROLLOUT`: waits for the end of an update; the exit code says how it went.

package import ArgumentParser
import KubeModel

/// `status ROLLOUT [--watch=false] [--timeout DURATION]`
package struct StatusCommand: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Wait until a rollout is Healthy or Degraded.",
        discussion: """
            Exit codes: 0 Healthy (or any phase but Degraded with --watch=false), 1 Degraded or not
            Healthy within the timeout. A paused rollout is waited for: give a --timeout in CI.
            """)
    @OptionGroup package var connection: ConnectionOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Option(name: [.short, .long], help: "Whether to wait: true or false.") var watch = true
    @Option(name: [.short, .long], help: "How long to wait, as 90s or 10m; 0 is without end.") var timeout = "0"
    package init() {}

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = connection.namespace(access)
        guard let limit = Duration.parse(goText: timeout) ?? Int(timeout).map({ Duration.seconds($0) }) else {
            throw CommandError("--timeout: \"\(timeout)\" is not a duration such as 90s or 10m")
        }
        let name = name
        let first = RolloutPhase(of: try await access.rollout(name, namespace: namespace))
        if !watch {
            terminal.line(first.isFinal ? first.phase : "\(first.phase) - \(first.message)")
            return try Self.conclude(first, isWaiting: false)
        }
        terminal.line(first.line)
        let last = Latest(first)
        if !first.isFinal {
            let seconds = Int(limit.components.seconds)
            try await Following(timeoutSeconds: seconds).run(access, namespace: namespace) {
                let phase = RolloutPhase(of: try await access.rollout(name, namespace: namespace))
                if await last.replace(phase) { terminal.line(phase.line) }
                return !phase.isFinal
            }
        }
        try Self.conclude(await last.phase, isWaiting: true)
    }

    private static func conclude(_ phase: RolloutPhase, isWaiting: Bool) throws(CommandError) {
        if phase.phase == "Degraded" {
            throw CommandError("The rollout is in a degraded state with message: \(phase.message)")
        }
        if isWaiting, phase.phase != "Healthy" { throw CommandError("Rollout status watch exceeded timeout") }
    }

    private actor Latest {
        private(set) var phase: RolloutPhase
        init(_ phase: RolloutPhase) { self.phase = phase }
        /// Whether the phase or its message is another than before.
        func replace(_ new: RolloutPhase) -> Bool {
            defer { phase = new }
            return new != phase
        }
    }
}
