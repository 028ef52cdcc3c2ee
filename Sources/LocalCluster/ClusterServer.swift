// A local cluster with everything round it: the HTTPS endpoint, its files, its start and stop.

import ClusterSim
import HTTPModel
import JSONTree
package import Logging
import Serving
import Synchronization

/// A started cluster.
package final class ClusterServer: Sendable {
    /// The cluster behind the endpoint: for requests from within the process.
    package let cluster: LocalCluster
    /// `https://127.0.0.1:PORT`.
    package let url: String
    private let identity: ClusterIdentity
    private let server: HTTPServer
    private let journal: Journal?

    private init(
        cluster: LocalCluster, url: String, identity: ClusterIdentity, server: HTTPServer, journal: Journal?
    ) {
        self.cluster = cluster
        self.url = url
        self.identity = identity
        self.server = server
        self.journal = journal
    }

    /// Opens the data directory, binds the port, restores and serves.
    ///
    /// - Parameter onBroken: Called once when the cluster can no longer keep its promises; the
    ///   process is to end with an error.
    /// - Throws: `ClusterFailure`; nothing is left running.
    package static func start(
        _ options: LocalClusterOptions, logger: Logger, onBroken: @escaping @Sendable (String) -> Void
    ) async throws(ClusterFailure) -> ClusterServer {
        let opened = try options.dataDirectory.map { path throws(ClusterFailure) in
            try Journal.open(DataDirectory(path))
        }
        let identity = try makeIdentity(opened?.identity)
        let door = Door()
        var serving = ServerOptions(port: options.port)
        serving.tls = try serverIdentity(identity)
        let server: HTTPServer
        do {
            server = try await HTTPServer.start(serving, logger: logger) { request, peer in
                guard let endpoint = door.endpoint else { return .text(503, "the server is starting") }
                return await endpoint.serve(request, peer: peer)
            }
        } catch {
            if case .portInUse = error { throw .portBusy("\(error)") }
            throw .cannotListen("\(error)")
        }
        var configuration = options.simulation
        configuration.serverAddress = "127.0.0.1:\(server.port)"
        configuration.adminToken = identity.adminToken
        configuration.certificateAuthorityPEM = identity.authorityPEM
        configuration.tokenKey = identity.tokenKey
        configuration.seed = UInt64.random(in: .min ... .max)
        configuration.externalImages = Set(options.images.keys)
        let cluster = LocalCluster(
            configuration: configuration, journal: opened?.journal, restored: opened?.records ?? [],
            feed: ChangeFeed(), logger: logger, onBroken: onBroken)
        await cluster.begin()
        door.open(APIEndpoint(cluster: cluster))
        return ClusterServer(
            cluster: cluster, url: "https://127.0.0.1:\(server.port)", identity: identity, server: server,
            journal: opened?.journal)
    }

    private static func makeIdentity(_ kept: ClusterIdentity?) throws(ClusterFailure) -> ClusterIdentity {
        if let kept { return kept }
        do {
            return try ClusterIdentity.make()
        } catch {
            throw .internalFailure("no certificate authority could be made: \(error)")
        }
    }

    private static func serverIdentity(_ identity: ClusterIdentity) throws(ClusterFailure) -> TLSIdentity {
        do {
            return try identity.serverIdentity()
        } catch {
            throw .internalFailure("no server certificate could be made: \(error)")
        }
    }

    /// The administrator's kubeconfig.
    package var adminKubeconfig: Kubeconfig {
        Kubeconfig(
            server: url, authorityPEM: identity.authorityPEM, user: "martlet-admin", token: identity.adminToken)
    }

    /// Ends watches, lets requests finish, closes the journal.
    package func stop() async {
        await cluster.stop()
        await server.stop()
        try? journal?.close()
    }

    /// Lets requests in once the cluster is there: the port has to be known before.
    private final class Door: Sendable {
        private let room = Mutex<APIEndpoint?>(nil)
        var endpoint: APIEndpoint? { room.withLock { $0 } }
        func open(_ endpoint: APIEndpoint) { room.withLock { $0 = endpoint } }
    }
}
