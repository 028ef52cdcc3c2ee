// A cluster reached through the person's kubeconfig.

import KubeModel

/// Connects as the connection flags say.
enum KubeAccess {
    /// - Throws: `CommandError` when the kubeconfig cannot be used, saying which file and why.
    static func connect(_ options: ConnectionOptions) async throws -> any ClusterAccess {
        throw CommandError("no connection yet")
    }
}
