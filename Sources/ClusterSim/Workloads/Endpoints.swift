// The Endpoints and EndpointSlice controllers: which pods a Service reaches.

import JSONTree
import KubeModel

/// A pod as a Service's endpoint.
struct ServiceEndpoint: Hashable, Sendable {
    var pod: KubeObject
    var address: String
    var isReady: Bool
    var isServing: Bool
    var isTerminating: Bool
    /// The Service's ports resolved against this pod; without those that it does not have.
    var ports: [JSON]
}

extension Workloads {
    private static let sliceManager = "endpointslice-controller.k8s.io"
    private static let managedByLabel = "endpointslice.kubernetes.io/managed-by"
    private static let serviceNameLabel = "kubernetes.io/service-name"
    private static let headlessLabel = "service.kubernetes.io/headless"
    private static let triggerAnnotation = "endpoints.kubernetes.io/last-change-trigger-time"
    /// `--max-endpoints-per-slice`.
    private static let sliceSizeMax = 100
    /// Past this many the Endpoints object is cut, as the API documents.
    private static let endpointsSizeMax = 1000

    mutating func syncService(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        let slices = ownSlices(key, cluster)
        guard let service = cluster.object(Kinds.service.groupKind, key), !service.isDeleting,
            let selector = services[key], service.spec["type"].string != "ExternalName"
        else { return dropEndpoints(key, slices, &cluster) }
        let endpoints = self.endpoints(of: service, selector, cluster)
        let groups = Dictionary(grouping: endpoints, by: \.ports)
        var isDone = true
        var left = slices
        let portSets = groups.keys.sorted { JSON.array($0).text() < JSON.array($1).text() }
        for ports in portSets.isEmpty ? [[]] : portSets {
            let mine = left.filter { $0.tree["ports"].elements == ports || (ports.isEmpty && portSets.isEmpty) }
            left.removeAll { slice in mine.contains { $0.uid == slice.uid } }
            isDone = reconcile(mine, groups[ports] ?? [], ports, service, &cluster) && isDone
        }
        for slice in left { remove(slice, as: ControllerUser.endpointSlice, &cluster) }
        return writeEndpoints(service, endpoints, &cluster) && isDone
    }

    private func ownSlices(_ key: ObjectKey, _ cluster: some WorkloadCluster) -> [KubeObject] {
        guard let service = cluster.object(Kinds.service.groupKind, key) else { return [] }
        return cluster.objects(Kinds.endpointSlice.groupKind, namespace: key.namespace, ownedBy: service.uid)
            .filter { $0.label(Self.managedByLabel) == Self.sliceManager && !$0.isDeleting }
    }

    /// A Service that is gone loses its Endpoints (its slices go with their owner); one without a
    /// selector keeps what people made.
    private mutating func dropEndpoints(
        _ key: ObjectKey, _ slices: [KubeObject], _ cluster: inout some WorkloadCluster
    ) -> Bool {
        for slice in slices { remove(slice, as: ControllerUser.endpointSlice, &cluster) }
        guard cluster.object(Kinds.service.groupKind, key) == nil,
            let endpoints = cluster.object(Kinds.endpoints.groupKind, key),
            endpoints.label("endpoints.kubernetes.io/managed-by") == "endpoint-controller"
        else { return true }
        return remove(endpoints, as: ControllerUser.endpoint, &cluster)
    }

    private func endpoints(
        of service: KubeObject, _ selector: LabelSelector, _ cluster: some WorkloadCluster
    ) -> [ServiceEndpoint] {
        let publishesAll = service.spec["publishNotReadyAddresses"].bool == true
        let ports = service.spec["ports"].elements
        return pods.keys(in: service.namespace, matching: selector).compactMap { key in
            guard let record = pods[key], !record.address.isEmpty, !record.isFinished,
                let pod = cluster.object(Kinds.pod.groupKind, key)
            else { return nil }
            return ServiceEndpoint(
                pod: pod, address: record.address,
                isReady: publishesAll || (record.isReady && !record.isDeleting), isServing: record.isReady,
                isTerminating: record.isDeleting, ports: Self.resolve(ports, in: pod))
        }
    }

    /// A Service's ports with the numbers that a pod's containers give to named ones.
    private static func resolve(_ ports: [JSON], in pod: KubeObject) -> [JSON] {
        let containerPorts =
            (pod.spec["containers"].elements
            + pod.spec["initContainers"].elements.filter { $0["restartPolicy"].string == "Always" })
            .flatMap { $0["ports"].elements }
        return ports.compactMap { port in
            let transport = port["protocol"].string ?? "TCP"
            var number = port["targetPort"].int
            if let name = port["targetPort"].string {
                number =
                    containerPorts.first {
                        $0["name"].string == name && $0["protocol"].string ?? "TCP" == transport
                    }?["containerPort"].int
            }
            guard let number else { return nil }
            var result: JSON = ["name": .string(port["name"].string ?? ""), "port": .int(number), "protocol": .string(transport)]
            if !port["appProtocol"].isNull { result["appProtocol"] = port["appProtocol"] }
            return result
        }
    }

    // MARK: EndpointSlices

    /// Brings slices of one set of ports up to date, keeping endpoints where they are.
    private mutating func reconcile(
        _ slices: [KubeObject], _ endpoints: [ServiceEndpoint], _ ports: [JSON], _ service: KubeObject,
        _ cluster: inout some WorkloadCluster
    ) -> Bool {
        var wanted: [String: JSON] = [:]
        for endpoint in endpoints { wanted[endpoint.pod.uid] = Self.entry(endpoint) }
        var contents: [[JSON]] = []
        for slice in slices {
            var entries: [JSON] = []
            for entry in slice.tree["endpoints"].elements {
                if let new = wanted.removeValue(forKey: entry["targetRef"]["uid"].string ?? "") { entries.append(new) }
            }
            contents.append(entries)
        }
        var added = endpoints.compactMap { wanted[$0.pod.uid] }[...]
        for position in contents.indices where !added.isEmpty {
            let room = Self.sliceSizeMax - contents[position].count
            contents[position] += added.prefix(room)
            added = added.dropFirst(room)
        }
        while !added.isEmpty || contents.isEmpty {
            contents.append(Array(added.prefix(Self.sliceSizeMax)))
            added = added.dropFirst(Self.sliceSizeMax)
        }
        var isDone = true
        for (position, entries) in contents.enumerated() {
            let tree = sliceTree(service, ports, entries)
            if position >= slices.count {
                if case .failure = create(KubeObject(tree), as: ControllerUser.endpointSlice, &cluster) { isDone = false }
            } else if entries.isEmpty, position > 0 {
                remove(slices[position], as: ControllerUser.endpointSlice, &cluster)
            } else {
                isDone = update(slices[position], tree, &cluster) && isDone
            }
        }
        return isDone
    }

    private mutating func update(_ slice: KubeObject, _ tree: JSON, _ cluster: inout some WorkloadCluster) -> Bool {
        var change: JSON = [:]
        for field in ["endpoints", "ports"] where slice.tree[field].elements != tree[field].elements {
            change[field] = tree[field]
        }
        if slice.metadata["labels"] != tree["metadata"]["labels"] {
            let labels = MergePatch.difference(from: slice.metadata["labels"], to: tree["metadata"]["labels"])
            if let labels { change.set(["metadata", "labels"], to: labels) }
        }
        guard change != [:] else { return true }
        if !change["endpoints"].isNull {
            change.set(["metadata", "annotations", Self.triggerAnnotation], to: .string(now.rfc3339))
        }
        return patch(slice.reference, change, as: ControllerUser.endpointSlice, &cluster) != nil
    }

    private func sliceTree(_ service: KubeObject, _ ports: [JSON], _ entries: [JSON]) -> JSON {
        var labels = service.labels
        labels[Self.managedByLabel] = Self.sliceManager
        labels[Self.serviceNameLabel] = service.name
        labels[Self.headlessLabel] = service.spec["clusterIP"].string == "None" ? "" : nil
        return [
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": [
                "generateName": .string("\(service.name)-"), "namespace": .string(service.namespace),
                "labels": JSON(labels), "annotations": [Self.triggerAnnotation: .string(now.rfc3339)],
                "ownerReferences": [OwnerReference(controller: service).tree],
            ],
            "addressType": "IPv4", "endpoints": .array(entries), "ports": .array(ports),
        ]
    }

    private static func entry(_ endpoint: ServiceEndpoint) -> JSON {
        var entry: JSON = [
            "addresses": [.string(endpoint.address)],
            "conditions": [
                "ready": .bool(endpoint.isReady), "serving": .bool(endpoint.isServing),
                "terminating": .bool(endpoint.isTerminating),
            ],
            "nodeName": endpoint.pod.spec["nodeName"], "targetRef": target(endpoint.pod),
        ]
        if let hostname = endpoint.pod.spec["hostname"].string, endpoint.pod.spec["subdomain"].string != nil {
            entry["hostname"] = .string(hostname)
        }
        return entry
    }

    private static func target(_ pod: KubeObject) -> JSON {
        ["kind": "Pod", "name": .string(pod.name), "namespace": .string(pod.namespace), "uid": .string(pod.uid)]
    }

    // MARK: Endpoints

    private mutating func writeEndpoints(
        _ service: KubeObject, _ endpoints: [ServiceEndpoint], _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let live = endpoints.filter { !$0.isTerminating }.prefix(Self.endpointsSizeMax)
        var subsets: [JSON] = []
        let groups = Dictionary(grouping: live, by: \.ports)
        for ports in groups.keys.sorted(by: { JSON.array($0).text() < JSON.array($1).text() }) {
            subsets.append(Self.subset(groups[ports] ?? [], ports))
        }
        var labels = service.labels
        labels["endpoints.kubernetes.io/managed-by"] = "endpoint-controller"
        labels[Self.headlessLabel] = service.spec["clusterIP"].string == "None" ? "" : nil
        if let known = cluster.object(Kinds.endpoints.groupKind, service.key) {
            if known.tree["subsets"].elements == subsets, known.labels == labels { return true }
            let difference = MergePatch.difference(from: known.metadata["labels"], to: JSON(labels))
            let change: JSON = [
                "metadata": [
                    "labels": difference ?? [:], "annotations": [Self.triggerAnnotation: .string(now.rfc3339)],
                ],
                "subsets": subsets.isEmpty ? .null : .array(subsets),
            ]
            return patch(known.reference, change, as: ControllerUser.endpoint, &cluster) != nil
        }
        var tree: JSON = [
            "apiVersion": "v1", "kind": "Endpoints",
            "metadata": [
                "name": .string(service.name), "namespace": .string(service.namespace), "labels": JSON(labels),
                "annotations": [Self.triggerAnnotation: .string(now.rfc3339)],
            ],
        ]
        if !subsets.isEmpty { tree["subsets"] = .array(subsets) }
        guard case .success = create(KubeObject(tree), as: ControllerUser.endpoint, &cluster) else { return false }
        return true
    }

    private static func subset(_ endpoints: [ServiceEndpoint], _ ports: [JSON]) -> JSON {
        func addresses(_ chosen: [ServiceEndpoint]) -> [JSON] {
            chosen.map { endpoint in
                ["ip": .string(endpoint.address), "nodeName": endpoint.pod.spec["nodeName"], "targetRef": target(endpoint.pod)]
            }
        }
        var subset: JSON = [:]
        let ready = endpoints.filter(\.isReady)
        let unready = endpoints.filter { !$0.isReady }
        if !ready.isEmpty { subset["addresses"] = .array(addresses(ready)) }
        if !unready.isEmpty { subset["notReadyAddresses"] = .array(addresses(unready)) }
        subset["ports"] = .array(
            ports.map { port in
                var port = port
                if port["name"].string == "" { port.set(["name"], to: nil) }
                return port
            })
        return subset
    }
}
