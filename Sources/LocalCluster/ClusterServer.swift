// A local cluster with everything round it: the HTTPS endpoint, its files, its start and stop.

import ClusterSim
import Foundation
import HTTPModel
import JSONTree
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
    private let parts: Parts

    /// What runs beside the cluster.
    private struct Parts: Sendable {
        var identity: ClusterIdentity
        var server: HTTPServer
        var journal: Journal?
        var pods: PodRunner?
        var podWork: Task<Void, Never>?
        var mesh: MeshServer?
        var audit: AuditLog?
    }

    private init(cluster: LocalCluster, parts: Parts) {
        self.cluster = cluster
        self.parts = parts
        url = "https://127.0.0.1:\(parts.server.port)"
    }

    /// The mesh gateway's port, if it runs.
    package var gatewayPort: Int? { parts.mesh?.gatewayPort }
    /// The port of `/metrics`, if it is served.
    package var metricsPort: Int? { parts.mesh?.metricsPort }

    /// Opens the data directory, binds the ports, restores and serves.
    ///
    /// - Parameter onBroken: Called once when the cluster can no longer keep its promises; the
    ///   process is to end with an error.
    /// - Throws: `ClusterFailure`; nothing is left running.
    package static func start(
        _ options: LocalClusterOptions, logger: Logger, onBroken: @escaping @Sendable (String) -> Void
    ) async throws(ClusterFailure) -> ClusterServer {
        let images = try executables(options.images)
        let audit = try options.auditLog.map { path throws(ClusterFailure) in try AuditLog(path: path) }
        let opened = try options.dataDirectory.map { path throws(ClusterFailure) in
            try Journal.open(DataDirectory(path))
        }
        let identity = try makeIdentity(opened?.identity)
        let door = Door()
        let server = try await listen(options, identity, door, logger)
        let feed = ChangeFeed()
        let ports = PortDirectory()
        let exchange = CurlClient()
        let mesh: MeshServer?
        do {
            mesh = try await startMesh(options, feed, ports, exchange, logger)
        } catch {
            await server.stop()
            throw error
        }
        let podChanges = images.isEmpty ? nil : feed.changes(of: [ChangeFeed.Resource(name: "pods")])
        let cluster = LocalCluster(
            configuration: configuration(options, identity, port: server.port), journal: opened?.journal,
            restored: opened?.records ?? [], feed: feed, logger: logger, onBroken: onBroken)
        let world = PodWorld(
            cluster: cluster, exchange: exchange, ports: ports, images: images,
            volumeDirectory: volumeDirectory(options), baseEnvironment: baseEnvironment, logger: logger)
        let pods = podChanges.map { PodRunner(world: world, changes: $0) }
        await cluster.begin()
        door.open(APIEndpoint(cluster: cluster, pods: pods, audit: audit))
        return ClusterServer(
            cluster: cluster,
            parts: Parts(
                identity: identity, server: server, journal: opened?.journal, pods: pods,
                podWork: pods.map { pods in Task { await pods.run() } }, mesh: mesh, audit: audit))
    }

    /// Where pods' volumes are: beside the database, or where temporary files go.
    private static func volumeDirectory(_ options: LocalClusterOptions) -> String {
        if let directory = options.dataDirectory { return "\(directory)/volumes" }
        return "\(NSTemporaryDirectory())martlet-volumes-\(ProcessInfo.processInfo.processIdentifier)"
    }

    private static func listen(
        _ options: LocalClusterOptions, _ identity: ClusterIdentity, _ door: Door, _ logger: Logger
    ) async throws(ClusterFailure) -> HTTPServer {
        var serving = ServerOptions(port: options.port)
        serving.tls = try serverIdentity(identity)
        let refusal: JSON = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
            "message": .string("Request entity too large: limit is \(serving.bodyBytesMax)"),
            "reason": "RequestEntityTooLarge", "code": 413,
        ]
        serving.bodyTooLarge = HTTPResponse(
            status: 413, headers: ["Content-Type": "application/json"], body: refusal.bytes())
        do {
            return try await HTTPServer.start(serving, logger: logger) { request, peer in
                guard let endpoint = door.endpoint else { return .text(503, "the server is starting") }
                return await endpoint.serve(request, peer: peer)
            }
        } catch {
            throw ClusterFailure(error)
        }
    }

    private static func startMesh(
        _ options: LocalClusterOptions, _ feed: ChangeFeed, _ ports: PortDirectory, _ exchange: CurlClient,
        _ logger: Logger
    ) async throws(ClusterFailure) -> MeshServer? {
        if options.gatewayPort == nil && options.metricsPort == nil { return nil }
        return try await MeshServer.start(
            options, changes: feed.changes(of: MeshTable.resources), ports: ports, exchange: exchange,
            logger: logger)
    }

    private static func configuration(
        _ options: LocalClusterOptions, _ identity: ClusterIdentity, port: Int
    ) -> ClusterConfiguration {
        var configuration = options.simulation
        configuration.serverAddress = "127.0.0.1:\(port)"
        configuration.adminToken = identity.adminToken
        configuration.certificateAuthorityPEM = identity.authorityPEM
        configuration.tokenKey = identity.tokenKey
        configuration.seed = UInt64.random(in: .min ... .max)
        configuration.externalImages = Set(options.images.keys)
        return configuration
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
            server: url, authorityPEM: parts.identity.authorityPEM, user: "martlet-admin",
            token: parts.identity.adminToken)
    }

    /// Ends watches, lets requests finish, closes the journal.
    package func stop() async {
        await parts.pods?.stop()
        await cluster.stop()
        await parts.podWork?.value
        await parts.mesh?.stop()
        await parts.server.stop()
        await parts.audit?.flush()
        try? parts.journal?.close()
    }

    /// Lets requests in once the cluster is there: the port has to be known before.
    private final class Door: Sendable {
        private let room = Mutex<APIEndpoint?>(nil)
        var endpoint: APIEndpoint? { room.withLock { $0 } }
        func open(_ endpoint: APIEndpoint) { room.withLock { $0 = endpoint } }
    }
}
