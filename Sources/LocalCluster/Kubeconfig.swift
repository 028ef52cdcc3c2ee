// Kubeconfig files for the cluster's administrator and its service accounts.

import Foundation

/// A kubeconfig with one context, and how it gets to disk.
package struct Kubeconfig: Sendable {
    /// `https://127.0.0.1:PORT`.
    package var server: String
    /// The certificate authority, as PEM.
    package var authorityPEM: String
    /// The user's name in the file.
    package var user: String
    /// The bearer token: a secret.
    package var token: String
    /// The context's default namespace, if it is not `default`.
    package var namespace: String?

    /// The file's text. Every value is quoted, so that no token can break the YAML.
    package var text: String {
        let authority = Data(authorityPEM.utf8).base64EncodedString()
        let namespaceLine = namespace.map { "    namespace: \"\($0)\"\n" } ?? ""
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: martlet
              cluster:
                certificate-authority-data: \(authority)
                server: "\(server)"
            users:
            - name: "\(user)"
              user:
                token: "\(token)"
            contexts:
            - name: martlet
              context:
                cluster: martlet
                user: "\(user)"
            \(namespaceLine)current-context: martlet

            """
    }

    /// Writes the file so that a reader sees the old one or the new one, whole, and nobody else
    /// may read it.
    package func write(to path: String) throws(ClusterFailure) {
        try PrivateFile.replace(path, with: Array(text.utf8))
    }
}

/// Files that only their owner may read.
enum PrivateFile {
    /// Replaces a file atomically, with mode 0600.
    static func replace(_ path: String, with bytes: [UInt8]) throws(ClusterFailure) {
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        guard writeAll(bytes[...], to: descriptor) else {
            let reason = failure(path)
            close(descriptor)
            unlink(temporary)
            throw reason
        }
        fsync(descriptor)
        close(descriptor)
        guard rename(temporary, path) == 0 else {
            let reason = failure(path)
            unlink(temporary)
            throw reason
        }
    }

    private static func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func failure(_ path: String) -> ClusterFailure {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
}
