// What a cluster has from its start, and how one comes back from a journal.

import HTTPModel
import JSONTree
import KubeModel

extension ClusterMachine {
    /// Puts back what the records say: the last one of each key counts.
    mutating func restore(_ records: [JournalRecord]) {
        var newest: [String: JournalRecord] = [:]
        for record in records where record.revision >= newest[record.key]?.revision ?? .min {
            newest[record.key] = record
        }
        var objects: [(KubeObject, Int64)] = []
        for record in newest.values.sorted(by: { $0.revision < $1.revision }) {
            // A record that cannot be read was never written by this machine.
            guard let value = record.value, let tree = try? JSON.parse(value) else { continue }
            objects.append((KubeObject(tree), record.revision))
        }
        let isDefinition = { (object: KubeObject) in object.kind.groupKind == .customResourceDefinition }
        for (object, revision) in objects.filter({ isDefinition($0.0) })
            + objects.filter({ !isDefinition($0.0) })
        {
            guard let definition = catalog.definition(of: object.kind.groupKind) else { continue }
            store.restore(object, StorageID(definition), revision: revision)
            if isDefinition(object) { serve(object) }
        }
        // Now that all objects are there: their definitions' defaults.
        for (object, _) in objects where isDefinition(object) { serve(object) }
        if let last = records.map(\.revision).max() { store.advance(to: last) }
        for (object, _) in objects { notice(restored: object) }
    }

    /// Creates what every cluster has and this one has not.
    mutating func bootstrap() {
        for object in BootstrapObjects.all(configuration) { ensure(object) }
    }

    private mutating func ensure(_ object: KubeObject) {
        guard let definition = catalog.definition(of: object.kind),
            store.object(StorageID(definition), object.key) == nil
        else { return }
        var tree = object.tree
        var options = WriteOptions(fieldManager: "kube-apiserver")
        options.fieldValidation = .ignore
        do throws(StatusError) {
            try clean(&tree, definition, options, isPatch: false)
            _ = try create(tree, definition, options, user: .admin)
        } catch {
            // A bootstrap object that its own server refuses is a bug that tests find; a cluster
            // without it still serves.
            bootstrapFailures.append("\(object.reference): \(error.status)")
        }
    }
}

/// The objects of a new cluster.
enum BootstrapObjects {
    static func all(_ configuration: ClusterConfiguration) -> [KubeObject] {
        namespaces + priorityClasses + BootstrapRoles.all + service(configuration) + [node(configuration)]
    }

    private static let namespaces: [KubeObject] = [
        "default", "kube-system", "kube-public", "kube-node-lease",
    ]
    .map { KubeObject(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string($0)]]) }

    private static let priorityClasses: [KubeObject] = [
        (
            "system-cluster-critical", 2_000_000_000,
            "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."
        ),
        (
            "system-node-critical", 2_000_001_000,
            "Used for system critical pods that must not be moved from their current node."
        ),
    ].map { (name: String, value: Int, description: String) in
        KubeObject([
            "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
            "metadata": ["name": .string(name)], "value": JSON(value), "description": .string(description),
        ])
    }

    /// The `kubernetes` Service and its endpoints, which lead to this server.
    private static func service(_ configuration: ClusterConfiguration) -> [KubeObject] {
        let parts = configuration.serverAddress.split(separator: ":")
        let address = parts.first.map(String.init) ?? "127.0.0.1"
        let port = parts.last.flatMap { Int($0) } ?? 6443
        let labels: JSON = ["component": "apiserver", "provider": "kubernetes"]
        let ports: JSON = [["name": "https", "port": JSON(port), "protocol": "TCP"]]
        return [
            KubeObject([
                "apiVersion": "v1", "kind": "Service",
                "metadata": ["name": "kubernetes", "namespace": "default", "labels": labels],
                "spec": [
                    "type": "ClusterIP", "clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1"],
                    "ports": [["name": "https", "port": 443, "protocol": "TCP", "targetPort": JSON(port)]],
                ],
            ]),
            KubeObject([
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
                "metadata": [
                    "name": "kubernetes", "namespace": "default",
                    "labels": ["kubernetes.io/service-name": "kubernetes"],
                ],
                "addressType": "IPv4", "ports": ports,
                "endpoints": [["addresses": [.string(address)], "conditions": ["ready": true]]],
            ]),
            KubeObject([
                "apiVersion": "v1", "kind": "Endpoints",
                "metadata": [
                    "name": "kubernetes", "namespace": "default",
                    "labels": ["endpointslice.kubernetes.io/skip-mirror": "true"],
                ],
                "subsets": [["addresses": [["ip": .string(address)]], "ports": ports]],
            ]),
        ]
    }

    /// The one node: this machine.
    private static func node(_ configuration: ClusterConfiguration) -> KubeObject {
        let address = configuration.serverAddress.split(separator: ":").first.map(String.init) ?? "127.0.0.1"
        let capacity: JSON = [
            "cpu": "16", "ephemeral-storage": "256Gi", "memory": "64Gi", "pods": "1000",
        ]
        return KubeObject([
            "apiVersion": "v1", "kind": "Node",
            "metadata": [
                "name": "martlet",
                "labels": [
                    "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": "martlet",
                    "kubernetes.io/os": "linux", "node-role.kubernetes.io/control-plane": "",
                ],
            ],
            "spec": ["podCIDR": "10.244.0.0/16", "podCIDRs": ["10.244.0.0/16"]],
            "status": [
                "capacity": capacity, "allocatable": capacity,
                "addresses": [
                    ["type": "InternalIP", "address": .string(address)],
                    ["type": "Hostname", "address": "martlet"],
                ],
                "conditions": [
                    [
                        "type": "Ready", "status": "True", "reason": "KubeletReady",
                        "message": "kubelet is posting ready status",
                    ]
                ],
                "nodeInfo": [
                    "architecture": "amd64", "operatingSystem": "linux", "kubeletVersion": "v1.36.2+martlet",
                    "kernelVersion": "", "osImage": "martlet", "containerRuntimeVersion": "martlet://1",
                    "bootID": "", "machineID": "", "systemUUID": "", "kubeProxyVersion": "",
                ],
            ],
        ])
    }
}
