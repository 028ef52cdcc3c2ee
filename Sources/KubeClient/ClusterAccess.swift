// Where an API server is and who we are to it.

package import Transport

/// All that is needed to talk to one API server as one user.
package struct ClusterAccess: Sendable {
    /// `https://host:port`, with a path before the API's where there is one.
    package var server: String
    /// Whom to trust, and the client certificate if that is how we log in.
    package var tls: TLSMaterial
    /// Nil for the environment's proxy.
    package var proxy: String?
    package var credential: Credential
    /// Who to act as, by impersonation.
    package var impersonation: Impersonation?
    /// The namespace meant where none is said.
    package var namespace: String
    /// The context's name, for people.
    package var contextName: String

    package init(
        server: String, tls: TLSMaterial = TLSMaterial(), proxy: String? = nil, credential: Credential = .none,
        impersonation: Impersonation? = nil, namespace: String = "default", contextName: String = ""
    ) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.tls = tls
        self.proxy = proxy
        self.credential = credential
        self.impersonation = impersonation
        self.namespace = namespace
        self.contextName = contextName
    }
}

/// `Impersonate-…` headers.
package struct Impersonation: Hashable, Sendable {
    package var user: String
    package var groups: [String]
    package var uid: String?
    package init(user: String, groups: [String] = [], uid: String? = nil) {
        self.user = user
        self.groups = groups
        self.uid = uid
    }
}

/// How we prove who we are. Never printed: its description says only the kind.
package enum Credential: Sendable, CustomStringConvertible {
    case none
    case token(String)
    /// A file whose token changes from time to time: a service account's.
    case tokenFile(String)
    case basic(user: String, password: String)
    case exec(ExecPlugin)

    package var description: String {
        switch self {
        case .none: "none"
        case .token: "token"
        case .tokenFile(let path): "token file \(path)"
        case .basic: "basic"
        case .exec(let plugin): "exec \(plugin.command)"
        }
    }
}

/// A command that prints credentials (client.authentication.k8s.io).
package struct ExecPlugin: Hashable, Sendable {
    package var apiVersion: String
    package var command: String
    package var arguments: [String]
    /// Added to our own environment.
    package var environment: [String: String]
    package var installHint: String
    /// Whether the command wants to know the cluster.
    package var providesClusterInfo: Bool
    /// The cluster's part of `KUBERNETES_EXEC_INFO`.
    var clusterInfo: ClusterInfo?

    struct ClusterInfo: Hashable, Sendable {
        var server: String
        var tlsServerName: String?
        var isInsecure: Bool
        var certificateAuthorityData: String?
        var proxy: String?
    }
}

extension ClusterAccess {
    private static let serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The configuration of a pod: its service account's token, read again as it rotates.
    ///
    /// - Returns: Nil outside of a pod.
    package static func inCluster(
        environment: [String: String], folder: String = Self.serviceAccountFolder
    ) -> ClusterAccess? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], LocalFile.read("\(folder)/token") != nil
        else { return nil }
        var tls = TLSMaterial()
        tls.certificateAuthorities = LocalFile.read("\(folder)/ca.crt")
        let namespace = LocalFile.read("\(folder)/namespace").map { String(decoding: $0, as: UTF8.self) }
        return ClusterAccess(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)", tls: tls, proxy: "",
            credential: .tokenFile("\(folder)/token"), namespace: namespace ?? "default", contextName: "in-cluster")
    }
}
