// What all commands share: a cluster to ask, and a way to print.

package import ArgumentParser

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

/// An exit code that is no error: what there was to say has been printed.
struct ExitStatus: Error {
    var code: Int32
}
