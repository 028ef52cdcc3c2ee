// `status ROLLOUT`: waits for the end of an update; the exit code says how it went.

package import ArgumentParser
import JSONTree
import KubeModel
import Synchronization

/// `status ROLLOUT [--watch=false] [--timeout DURATION] [--exit-on-paused]`
package struct StatusCommand: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Wait until a rollout is Healthy or Degraded.",
        discussion: """
            Prints the phase each time it changes.

            Exit codes:
              0  Healthy; with --watch=false any phase but Degraded
              1  Degraded, or not Healthy within --timeout
              2  Paused, with --exit-on-paused

            A pause without end is otherwise waited for: in a pipeline give --exit-on-paused, or a \
            --timeout.

            Examples:
              kubectl martlet status web --timeout 10m
              kubectl martlet status web --exit-on-paused; [ $? = 2 ] && ./try-canary.sh
              kubectl martlet status web --watch=false -o json
            """)
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Flag(
        name: [.short, .long], inversion: .prefixedNo,
        help: "Wait for the end, or look once (also --watch=false).")
    var watch = true
    @Option(name: [.short, .long], help: "How long to wait, as 90s or 10m; 0 is without end.")
    var timeout = "0"
    @Flag(help: "Return with code 2 when the rollout is paused.") var exitOnPaused = false
    package init() {}

    /// What a pipeline sees when an update waits for somebody.
    package static let pausedCode: Int32 = 2

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = connection.namespace(access)
        let limit = try Span.parse(timeout, flag: "--timeout")
        let rollout = try await singular { try await access.rollout(name, namespace: namespace) }
        let first = DisplayedPhase(of: rollout)
        if !watch {
            tell(first, rollout, terminal, whole: !first.isFinal)
            return try conclude(first, isWaiting: false)
        }
        tell(first, rollout, terminal, whole: false)
        if isEnough(first) { return try conclude(first, isWaiting: true) }
        let latest = LatestPhase(first)
        let command = self
        let follower = Follower(
            timeout: limit, looksEachSecond: false,
            subscriptions: [Subscription(Resources.rollouts, CommandScope(namespace))])
        _ = try await follower.run(access, terminal) { objects in
            guard let rollout = objects.object(Resources.rollouts, rollout.key) else {
                throw CommandError("rollout.argoproj.io \"\(rollout.name)\" is gone")
            }
            let phase = DisplayedPhase(of: rollout)
            if latest.replace(phase) { command.tell(phase, rollout, terminal, whole: false) }
            return !command.isEnough(phase)
        }
        try conclude(latest.phase, isWaiting: true)
    }

    private func isEnough(_ phase: DisplayedPhase) -> Bool {
        phase.isFinal || exitOnPaused && phase.phase == "Paused"
    }

    /// - Parameter whole: With the dash even where there is no message.
    private func tell(
        _ phase: DisplayedPhase, _ rollout: KubeObject, _ terminal: any Terminal, whole: Bool
    ) {
        let answer: JSON = [
            "name": .string(rollout.name), "namespace": .string(rollout.namespace),
            "phase": .string(phase.phase),
            "message": .string(phase.message),
            "currentStepIndex": rollout.status["currentStepIndex"],
            "abort": .bool(rollout.status["abort"].bool ?? false),
        ]
        if let text = output.text(answer, name: rollout.commandName) { return terminal.line(text) }
        if !watch, phase.isFinal { return terminal.line(phase.phase) }
        terminal.line(whole ? "\(phase.phase) - \(phase.message)" : phase.line)
    }

    private func conclude(_ phase: DisplayedPhase, isWaiting: Bool) throws {
        if phase.phase == "Degraded" {
            throw CommandError(
                "The rollout is in a degraded state with message: \(phase.message)",
                hint: "kubectl martlet why \(name)")
        }
        if exitOnPaused, phase.phase == "Paused" { throw ExitStatus(code: Self.pausedCode) }
        if isWaiting, phase.phase != "Healthy" {
            throw CommandError(
                "Rollout status watch exceeded timeout",
                hint: "kubectl martlet why \(name) says what it waits for")
        }
    }
}

/// The phase seen last.
private final class LatestPhase: Sendable {
    private let state: Mutex<DisplayedPhase>
    init(_ phase: DisplayedPhase) { state = Mutex(phase) }
    var phase: DisplayedPhase { state.withLock { $0 } }
    /// Whether the phase or its message is another than before.
    func replace(_ new: DisplayedPhase) -> Bool {
        state.withLock { phase in
            defer { phase = new }
            return new != phase
        }
    }
}
