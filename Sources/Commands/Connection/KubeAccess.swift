// A cluster reached through the person's kubeconfig and flags.

import Foundation
import KubeClient
import KubeModel
import Transport

/// Connects as the connection flags say.
enum KubeAccess {
    /// - Throws: `CommandError` when the kubeconfig or a flag cannot be used, saying which and why.
    static func connect(_ options: ConnectionOptions) async throws -> any CommandCluster {
        let access = try access(options)
        let timeout = try requestTimeout(options.requestTimeout)
        let client = KubeClient(
            access, exchange: CurlClient(userAgent: "kubectl-martlet/\(Version.number)"),
            now: { StandardTerminal.time }, requestTimeout: timeout)
        return LiveCluster(client: client, defaultNamespace: access.namespace)
    }

    private static func access(_ options: ConnectionOptions) throws -> ClusterAccess {
        let environment = ProcessInfo.processInfo.environment
        var access: ClusterAccess
        do {
            access = try ClusterAccess.find(
                kubeconfig: options.kubeconfig, context: options.context, environment: environment)
        } catch {
            guard let server = options.server else {
                throw CommandError("\(error)", hint: "give --kubeconfig FILE, or set KUBECONFIG")
            }
            access = ClusterAccess(server: server)
        }
        if let server = options.server {
            access.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        }
        if let token = options.token { access.credential = .token(token) }
        if let user = options.actingUser {
            access.impersonation = Impersonation(
                user: user, groups: options.actingGroups, uid: options.actingUID)
        }
        try secure(&access, options)
        if let kubeconfigNamespace = options.namespace { access.namespace = kubeconfigNamespace }
        return access
    }

    private static func secure(_ access: inout ClusterAccess, _ options: ConnectionOptions) throws {
        if let path = options.certificateAuthority {
            access.tls.certificateAuthorities = try LocalText.bytes(
                path, flag: "--certificate-authority")
        }
        if let path = options.clientCertificate {
            access.tls.clientCertificate = try LocalText.bytes(path, flag: "--client-certificate")
        }
        if let path = options.clientKey {
            access.tls.clientKey = try LocalText.bytes(path, flag: "--client-key")
        }
        if options.insecureSkipTlsVerify { access.tls.isInsecure = true }
        if let name = options.tlsServerName { access.tls.serverName = name }
    }

    private static func requestTimeout(_ text: String?) throws -> Duration {
        guard let text else { return .seconds(60) }
        let timeout = try Span.parse(text, flag: "--request-timeout")
        return timeout > .zero ? timeout : .seconds(86_400)
    }
}

/// Files that a person names.
enum LocalText {
    /// - Throws: `CommandError` naming the flag and the path.
    static func bytes(_ path: String, flag: String) throws(CommandError) -> [UInt8] {
        if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        guard let data = FileManager.default.contents(atPath: path) else {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw CommandError("\(flag): \(path) \(isThere ? "cannot be read" : "does not exist")")
        }
        return Array(data)
    }
}

/// Spans of time that a person writes.
enum Span {
    /// Go's durations, or whole seconds.
    ///
    /// - Throws: `CommandError` naming the flag.
    static func parse(_ text: String, flag: String) throws(CommandError) -> Duration {
        guard let span = Duration.parse(goText: text) ?? Int(text).map({ Duration.seconds($0) }),
            span >= .zero
        else {
            throw CommandError("\(flag): \"\(text)\" is not a duration such as 90s, 10m or 1h30m")
        }
        return span
    }
}
