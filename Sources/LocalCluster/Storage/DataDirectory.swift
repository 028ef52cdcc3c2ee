// The directory that holds a cluster's state: locked while in use, and never damaged further.

import Foundation

/// An opened and locked data directory.
final class DataDirectory: Sendable {
    let path: String
    /// The lock goes with this descriptor, also when the process is killed.
    private let lockDescriptor: Int32

    /// The database's path inside.
    var databasePath: String { "\(path)/cluster.sqlite" }

    /// Makes the directory where it is missing, and takes its lock.
    init(_ path: String) throws(ClusterFailure) {
        self.path = path
        var isFolder: ObjCBool = false
        if !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw .dataDirectoryUnusable(path: path, reason: String(cString: strerror(errno)))
            }
        } else if !isFolder.boolValue {
            throw .dataDirectoryUnusable(path: path, reason: "not a directory")
        }
        let descriptor = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .dataDirectoryUnusable(path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .dataDirectoryLocked(path: path)
        }
        lockDescriptor = descriptor
    }

    deinit {
        // Unlocked first: a child that is just being started may hold a copy of the descriptor.
        flock(lockDescriptor, LOCK_UN)
        close(lockDescriptor)
    }
}
