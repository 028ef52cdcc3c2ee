// A local cluster with everything round it: the HTTPS endpoint, its files, its start and stop.

import ClusterSim
import Foundation
package import Logging
import Serving
import Synchronization
import Transport

/// A started cluster.
package final class ClusterServer: Sendable {
    /// The cluster behind the endpoint: for requests from within the process.
    package let cluster: LocalCluster
    /// `https://127.0.0.1:PORT`.
    package let url: String
    /// The mesh gateway's port, if it runs.
    package var gatewayPort: Int? { nil }
    /// The port of `/metrics`, if it is served.
    package var metricsPort: Int? { nil }
    private let identity: ClusterIdentity
    private let server: HTTPServer
    private let journal: Journal?
    private let pods: PodRunner?
    private let work: Task<Void, Never>?

    private init(
        cluster: LocalCluster, url: String, identity: ClusterIdentity, server: HTTPServer, journal: Journal?,
        pods: PodRunner?
    ) {
        self.cluster = cluster
        self.url = url
        self.identity = identity
        self.server = server
        self.journal = journal
        self.pods = pods
        work = pods.map { pods in Task { await pods.run() } }
    }

    /// Opens the data directory, binds the port, restores and serves.
    ///
    /// - Parameter onBroken: Called once when the cluster can no longer keep its promises; the
    ///   process is to end with an error.
    /// - Throws: `ClusterFailure`; nothing is left running.
    package static func start(
        _ options: LocalClusterOptions, logger: Logger, onBroken: @escaping @Sendable (String) -> Void
    ) async throws(ClusterFailure) -> ClusterServer {
        let images = try executables(options.images)
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
        let feed = ChangeFeed()
        let podChanges = images.isEmpty ? nil : feed.changes(of: [ChangeFeed.Resource(name: "pods")])
        let cluster = LocalCluster(
            configuration: configuration, journal: opened?.journal, restored: opened?.records ?? [],
            feed: feed, logger: logger, onBroken: onBroken)
        let world = PodWorld(
            cluster: cluster, exchange: CurlClient(), ports: PortDirectory(), images: images,
            baseEnvironment: baseEnvironment, logger: logger)
        let pods = podChanges.map { PodRunner(world: world, changes: $0) }
        await cluster.begin()
        door.open(APIEndpoint(cluster: cluster, pods: pods))
        return ClusterServer(
            cluster: cluster, url: "https://127.0.0.1:\(server.port)", identity: identity, server: server,
            journal: opened?.journal, pods: pods)
    }

    /// The images' executables by absolute path: a pod has no working directory of its own.
    private static func executables(_ images: [String: String]) throws(ClusterFailure) -> [String: String] {
        var found: [String: String] = [:]
        for (image, path) in images {
            let absolute = URL(fileURLWithPath: path).path
            guard FileManager.default.isExecutableFile(atPath: absolute) else {
                throw .notExecutable(image: image, path: path)
            }
            found[image] = absolute
        }
        return found
    }

    /// What every container begins with of this process's environment: no secrets.
    private static var baseEnvironment: [String: String] {
        let names: Set<String> = ["PATH", "HOME", "TMPDIR", "LANG", "TZ"]
        return ProcessInfo.processInfo.environment.filter { names.contains($0.key) }
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
        await pods?.stop()
        await cluster.stop()
        await work?.value
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
