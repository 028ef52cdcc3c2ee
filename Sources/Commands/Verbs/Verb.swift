// What all commands share: a cluster to ask, and a way to print.

package import ArgumentParser
package import KubeModel

/// A command that talks to a cluster. Its body takes the cluster as a value, so that tests run it
/// against one of their own.
package protocol Verb: AsyncParsableCommand {
    var connection: ConnectionOptions { get }
    /// Does the work.
    func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws
}

extension Verb {
    package func run() async throws {
        let access = try await KubeAccess.connect(connection)
        try await run(access, StandardTerminal())
    }
}

/// Where a command writes, and what time it is.
package protocol Terminal: Sendable {
    /// Whether colours are shown.
    var style: Style { get }
    var now: Timestamp { get }
    /// A line on standard output.
    func line(_ text: String)
    /// A line on standard error.
    func errorLine(_ text: String)
    /// Text in place of what was shown before, without a flicker.
    func screen(_ text: String)
}
