// Kubeconfig files: finding, merging, and what a context means.

import JSONTree
import KubeModel
import Transport
import YAMLTree

/// One or several kubeconfig files as one. Of equal names the first file's wins, as kubectl has it.
/// Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
package struct Kubeconfig: Sendable {
    private struct Entry: Sendable {
        var tree: JSON
        /// The file it stands in: paths are relative to it.
        var file: String
    }
    private var clusters: [String: Entry] = [:]
    private var users: [String: Entry] = [:]
    private var contexts: [String: Entry] = [:]
    /// The context in use where none is named.
    package private(set) var currentContext = ""
    /// The contexts' names in order.
    package var contextNames: [String] { contexts.keys.sorted() }

    private init() {}

    /// Reads the file named, or else those of `$KUBECONFIG`, or else `~/.kube/config`.
    ///
    /// - Returns: Nil when none was named and there is none.
    /// - Throws: `.configuration` for a file that is named and missing, or is no kubeconfig.
    package static func load(
        path: String? = nil, environment: [String: String]
    ) throws(KubeError) -> Kubeconfig? {
        if let path {
            guard let bytes = LocalFile.read(path) else { throw .configuration("cannot read kubeconfig \(path)") }
            return try parse([(path, bytes)])
        }
        var paths: [String] = []
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            paths = list.split(separator: ":").map(String.init)
        } else if let home = environment["HOME"] {
            paths = ["\(home)/.kube/config"]
        }
        var files: [(String, [UInt8])] = []
        for path in paths { if let bytes = LocalFile.read(path) { files.append((path, bytes)) } }
        return files.isEmpty ? nil : try parse(files)
    }

    /// Merges files in order.
    package static func parse(_ files: [(path: String, bytes: [UInt8])]) throws(KubeError) -> Kubeconfig {
        var merged = Kubeconfig()
        for (path, bytes) in files {
            let tree: JSON
            do throws(YAMLError) {
                tree = try YAML.parseOne(String(decoding: bytes, as: UTF8.self), file: path)
            } catch {
                throw .configuration("kubeconfig \(error)")
            }
            guard tree.object != nil || tree.isNull else { throw .configuration("\(path) is no kubeconfig") }
            if merged.currentContext.isEmpty { merged.currentContext = tree["current-context"].string ?? "" }
            collect(tree["clusters"], "cluster", path, &merged.clusters)
            collect(tree["users"], "user", path, &merged.users)
            collect(tree["contexts"], "context", path, &merged.contexts)
        }
        return merged
    }

    private static func collect(_ list: JSON, _ member: String, _ file: String, _ into: inout [String: Entry]) {
        for item in list.elements {
            guard let name = item["name"].string, into[name] == nil else { continue }
            into[name] = Entry(tree: item[member], file: file)
        }
    }

    /// What a context (the current one when nil) means.
    ///
    /// - Throws: `.configuration` naming what is missing or unreadable.
    package func access(context: String? = nil) throws(KubeError) -> ClusterAccess {
        let name = context ?? currentContext
        if name.isEmpty { throw .configuration("kubeconfig has no current context") }
        guard let entry = contexts[name] else { throw .configuration("kubeconfig has no context \"\(name)\"") }
        let clusterName = entry.tree["cluster"].string ?? ""
        guard let cluster = clusters[clusterName], let server = cluster.tree["server"].string else {
            throw .configuration("context \"\(name)\": kubeconfig has no cluster \"\(clusterName)\" with a server")
        }
        let userName = entry.tree["user"].string ?? ""
        guard let user = userName.isEmpty ? Entry(tree: [:], file: "") : users[userName] else {
            throw .configuration("context \"\(name)\": kubeconfig has no user \"\(userName)\"")
        }
        var tls = TLSMaterial()
        tls.certificateAuthorities = try Self.material(cluster, "certificate-authority")
        tls.isInsecure = cluster.tree["insecure-skip-tls-verify"].bool ?? false
        tls.serverName = cluster.tree["tls-server-name"].string
        tls.clientCertificate = try Self.material(user, "client-certificate")
        tls.clientKey = try Self.material(user, "client-key")
        return ClusterAccess(
            server: server, tls: tls, proxy: cluster.tree["proxy-url"].string,
            credential: try Self.credential(user, cluster), impersonation: Self.impersonation(user.tree),
            namespace: entry.tree["namespace"].string ?? "default", contextName: name)
    }

    /// Bytes given in the file (`…-data`) or by a path.
    private static func material(_ entry: Entry, _ key: String) throws(KubeError) -> [UInt8]? {
        if let data = entry.tree["\(key)-data"].string, !data.isEmpty {
            guard let bytes = Base64.decode(data) else { throw .configuration("kubeconfig: \(key)-data is not base64") }
            return bytes
        }
        guard let path = entry.tree[key].string, !path.isEmpty else { return nil }
        let full = LocalFile.path(path, relativeTo: entry.file)
        guard let bytes = LocalFile.read(full) else { throw .configuration("kubeconfig: cannot read \(key) \(full)") }
        return bytes
    }

    /// As client-go ranks them: a token, then a token file, then basic, then a command.
    private static func credential(_ user: Entry, _ cluster: Entry) throws(KubeError) -> Credential {
        let tree = user.tree
        if let path = tree["tokenFile"].string, !path.isEmpty {
            return .tokenFile(LocalFile.path(path, relativeTo: user.file))
        }
        if let token = tree["token"].string, !token.isEmpty { return .token(token) }
        if let name = tree["username"].string, !name.isEmpty {
            return .basic(user: name, password: tree["password"].string ?? "")
        }
        if tree["exec"].object != nil { return .exec(try plugin(tree["exec"], user.file, cluster)) }
        if tree["auth-provider"].object != nil {
            throw .configuration("kubeconfig: auth-provider is gone since Kubernetes 1.26; use an exec plugin")
        }
        return .none
    }

    private static func plugin(_ tree: JSON, _ file: String, _ cluster: Entry) throws(KubeError) -> ExecPlugin {
        guard let command = tree["command"].string, !command.isEmpty else {
            throw .configuration("kubeconfig: exec without a command")
        }
        let version = tree["apiVersion"].string ?? ""
        guard ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"].contains(version) else {
            throw .configuration("kubeconfig: exec of unknown apiVersion \"\(version)\"")
        }
        var environment: [String: String] = [:]
        for pair in tree["env"].elements { environment[pair["name"].string ?? ""] = pair["value"].string ?? "" }
        environment[""] = nil
        var plugin = ExecPlugin(
            apiVersion: version, command: command.contains("/") ? LocalFile.path(command, relativeTo: file) : command,
            arguments: tree["args"].elements.compactMap(\.string), environment: environment,
            installHint: tree["installHint"].string ?? "", providesClusterInfo: tree["provideClusterInfo"].bool ?? false)
        plugin.clusterInfo = ExecPlugin.ClusterInfo(
            server: cluster.tree["server"].string ?? "", tlsServerName: cluster.tree["tls-server-name"].string,
            isInsecure: cluster.tree["insecure-skip-tls-verify"].bool ?? false,
            certificateAuthorityData: try material(cluster, "certificate-authority").map { Base64.encode($0) },
            proxy: cluster.tree["proxy-url"].string)
        return plugin
    }

    private static func impersonation(_ tree: JSON) -> Impersonation? {
        guard let user = tree["as"].string, !user.isEmpty else { return nil }
        return Impersonation(
            user: user, groups: tree["as-groups"].elements.compactMap(\.string), uid: tree["as-uid"].string)
    }
}

extension ClusterAccess {
    /// The cluster meant by a command line and an environment: a kubeconfig that is named or found,
    /// else the pod we run in.
    ///
    /// - Throws: `.configuration` when there is neither.
    package static func find(
        kubeconfig: String? = nil, context: String? = nil, environment: [String: String]
    ) throws(KubeError) -> ClusterAccess {
        if kubeconfig == nil, context == nil, environment["KUBECONFIG"] ?? "" == "",
            let access = inCluster(environment: environment)
        {
            return access
        }
        guard let config = try Kubeconfig.load(path: kubeconfig, environment: environment) else {
            throw .configuration("no kubeconfig found, and this is no pod with a service account")
        }
        return try config.access(context: context)
    }
}
