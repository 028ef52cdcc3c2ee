// Host names in the mesh: short names, cluster names, names from outside, wildcards.

import KubeModel

/// Compares and completes host names.
enum MeshHost {
    private static let clusterSuffix = ".svc.cluster.local"

    /// A Host header without its port, in lower case.
    static func name(ofHeader header: String) -> String {
        let bare = header.hasPrefix("[") ? header[...] : header.prefix { $0 != ":" }
        return bare.lowercased()
    }

    /// The Service that a name stands for, as resolved from a namespace: `web`, `web.shop`,
    /// `web.shop.svc` or `web.shop.svc.cluster.local`; nil for a name of another form.
    static func service(_ host: String, from namespace: String) -> ObjectKey? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return parts[0].isEmpty ? nil : ObjectKey(namespace: namespace, name: parts[0])
        case 2: return ObjectKey(namespace: parts[1], name: parts[0])
        case 3 where parts[2] == "svc": return ObjectKey(namespace: parts[1], name: parts[0])
        case 5 where host.hasSuffix(clusterSuffix): return ObjectKey(namespace: parts[1], name: parts[0])
        default: return nil
        }
    }

    /// The whole cluster name of a Service.
    static func fullName(_ service: ObjectKey) -> String {
        "\(service.name).\(service.namespace)\(clusterSuffix)"
    }

    /// How well a VirtualService's host fits a request's: nil for not at all, more for better.
    /// Exact names come before wildcards, and longer wildcards before shorter ones.
    static func fit(_ host: String, in namespace: String, request: String) -> Int? {
        let host = host.lowercased()
        if host == "*" { return 0 }
        if host.hasPrefix("*") { return request.hasSuffix(host.dropFirst()) ? host.utf8.count : nil }
        if host == request { return .max }
        // A dotless host is the Service of that name in the VirtualService's namespace.
        guard let own = service(host, from: namespace), let asked = service(request, from: "default"),
            !host.contains(".") || host.hasSuffix(clusterSuffix) || host.hasSuffix(".svc")
        else { return nil }
        return own == asked ? .max - 1 : nil
    }
}
