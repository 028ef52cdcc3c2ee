// `get rollout NAME`: one rollout with everything that belongs to it.

package import ArgumentParser
import JSONTree
import KubeModel

/// `get rollout NAME [--watch]`
package struct GetRollout: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "rollout", abstract: "Show a rollout: revisions, pods, analyses, weights, and why.",
        aliases: ["ro", "rollouts"])
    @OptionGroup package var connection: ConnectionOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Flag(name: [.short, .long], help: "Keep showing it as it changes.") var watch = false
    @Flag(name: .customLong("no-color"), help: "Print without colours.") var isPlain = false
    @Option(help: "With --watch: end after that many seconds.") var timeoutSeconds = 0
    package init() {}

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = connection.namespace(access)
        let style = isPlain ? Style.plain : terminal.style
        let first = try await Self.overview(name, namespace: namespace, access, now: terminal.now)
        let text = RolloutView(first, style: style, now: terminal.now).text
        guard watch else { return terminal.line(String(text.dropLast())) }
        terminal.screen(text)
        try await Following(timeoutSeconds: timeoutSeconds).run(access, namespace: namespace) {
            let overview = try await Self.overview(name, namespace: namespace, access, now: terminal.now)
            terminal.screen(RolloutView(overview, style: style, now: terminal.now).text)
            return true
        }
    }

    /// Reads a rollout and what it owns.
    static func overview(
        _ name: String, namespace: String, _ access: any CommandCluster, now: Timestamp
    ) async throws -> RolloutOverview {
        let rollout = try await access.rollout(name, namespace: namespace)
        async let replicaSets = access.list(Resources.replicaSets, namespace: namespace)
        async let pods = access.list(Resources.pods, namespace: namespace)
        async let runs = access.list(Resources.analysisRuns, namespace: namespace)
        var overview = RolloutOverview(
            rollout: rollout, replicaSets: try await replicaSets, pods: try await pods, analysisRuns: try await runs)
        overview.why = Reason.text(overview, now: now)
        return overview
    }
}

/// `get`
package struct Get: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Show something in full.", subcommands: [GetRollout.self])
    package init() {}
}

/// Looks again at each change of a namespace's rollouts, and at least each second.
struct Following {
    /// 0 is without end.
    var timeoutSeconds: Int

    /// Calls `look` until it returns false, the time is up, or the task is cancelled.
    func run(
        _ access: any CommandCluster, namespace: String, _ look: @escaping @Sendable () async throws -> Bool
    ) async throws {
        let (wakes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let timeout = timeoutSeconds
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // A broken watch is no reason to stop: the clock below goes on waking us.
                for resource in [Resources.rollouts] {
                    do { for try await _ in access.changes(resource, namespace: namespace) { continuation.yield() } } catch {}
                }
            }
            group.addTask {
                var seconds = 0
                while timeout == 0 || seconds < timeout {
                    try await Task.sleep(for: .seconds(1))
                    seconds += 1
                    continuation.yield()
                }
                continuation.finish()
            }
            for await _ in wakes where try await !look() { break }
            group.cancelAll()
        }
    }
}
