// What a local cluster is told at its start, and why it may not start.

package import ClusterSim

/// How a local cluster is to run.
package struct LocalClusterOptions: Sendable {
    /// Where the cluster's state is kept; nil keeps nothing.
    package var dataDirectory: String?
    /// The API server's port; 0 takes a free one.
    package var port = 0
    /// The behaviour of the simulated part.
    package var simulation = ClusterConfiguration()
    /// A file for audit.k8s.io/v1 events, or nil.
    package var auditLog: String?
    /// Images (without tag) whose pods run as local processes, and the executable of each.
    package var images: [String: String] = [:]
    /// The mesh gateway's port; nil runs none, 0 takes a free one.
    package var gatewayPort: Int?
    /// The port of `/metrics`; nil serves it on the gateway's port only.
    package var metricsPort: Int?
    package init() {}
}

/// Why a local cluster cannot run. Each has an exit code of its own, from sysexits.h.
package enum ClusterFailure: Error, CustomStringConvertible {
    case portBusy(String)
    case cannotListen(String)
    case dataDirectoryLocked(path: String)
    case dataDirectoryUnusable(path: String, reason: String)
    case dataDamaged(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
    case badManifest(path: String, reason: String)
    case notExecutable(image: String, path: String)
    case internalFailure(String)

    package var description: String {
        switch self {
        case .portBusy(let what): what
        case .cannotListen(let what): what
        case .dataDirectoryLocked(let path): "the data directory \(path) is in use by another martlet"
        case .dataDirectoryUnusable(let path, let reason):
            "the data directory \(path) cannot be used: \(reason)"
        case .dataDamaged(let path, let reason):
            "the database \(path) is damaged: \(reason). Nothing was changed; restore it from a copy, "
                + "or start with another --data-dir"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .badManifest(let path, let reason): "cannot apply \(path): \(reason)"
        case .notExecutable(let image, let path): "--image \(image)=\(path): not an executable file"
        case .internalFailure(let what): what
        }
    }

    /// The process's exit code: EX_UNAVAILABLE, EX_TEMPFAIL, EX_DATAERR, EX_CANTCREAT, EX_NOINPUT, EX_SOFTWARE.
    package var exitCode: Int32 {
        switch self {
        case .portBusy, .cannotListen: 69
        case .dataDirectoryLocked: 75
        case .dataDamaged: 65
        case .dataDirectoryUnusable, .cannotWrite: 73
        case .badManifest, .notExecutable: 66
        case .internalFailure: 70
        }
    }
}
