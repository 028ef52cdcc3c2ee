// Tables of Services, endpoints, Ingresses and the other kinds of the network; of configuration.

import JSONTree
import KubeModel

/// The tables of network and configuration kinds.
enum NetworkTables {
    static let shapes: [GroupKind: TableShape] = [
        GroupKind("", "Service"): TableShape(
            columns: [
                TableColumn("Name"), TableColumn("Type"), TableColumn("Cluster-IP"), TableColumn("External-IP"),
                TableColumn("Port(s)"), TableColumn("Age"), TableColumn("Selector", wide: true),
            ]
        ) { object, now in
            let spec = object["spec"]
            return [
                TableText.name(object), spec["type"], TableText.orNone(spec["clusterIP"]), .string(external(object)),
                .string(servicePorts(spec["ports"].elements)), TableText.age(object, now), TableText.labels(spec["selector"]),
            ]
        },
        GroupKind("", "Endpoints"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Endpoints"), TableColumn("Age")]
        ) { object, now in
            [TableText.name(object), .string(endpoints(object)), TableText.age(object, now)]
        },
        GroupKind("discovery.k8s.io", "EndpointSlice"): TableShape(
            columns: [
                TableColumn("Name"), TableColumn("AddressType"), TableColumn("Ports"), TableColumn("Endpoints"),
                TableColumn("Age"),
            ]
        ) { object, now in
            let ports = object["ports"].elements.map { $0["port"].int.map(String.init) ?? "*" }
            let addresses = object["endpoints"].elements.flatMap { $0["addresses"].elements.compactMap(\.string) }
            return [
                TableText.name(object), object["addressType"], .string(short(ports, empty: "<unset>")),
                .string(short(addresses, empty: "<unset>")), TableText.age(object, now),
            ]
        },
        GroupKind("networking.k8s.io", "Ingress"): TableShape(
            columns: [
                TableColumn("Name"), TableColumn("Class"), TableColumn("Hosts"), TableColumn("Address"),
                TableColumn("Ports"), TableColumn("Age"),
            ]
        ) { object, now in
            let spec = object["spec"]
            let hosts = spec["rules"].elements.compactMap { $0["host"].string }.filter { !$0.isEmpty }
            return [
                TableText.name(object), TableText.orNone(spec["ingressClassName"]), .string(short(hosts, empty: "*")),
                .string(balancers(object["status"])), spec["tls"].elements.isEmpty ? "80" : "80, 443",
                TableText.age(object, now),
            ]
        },
        GroupKind("networking.k8s.io", "IngressClass"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Controller"), TableColumn("Parameters"), TableColumn("Age")]
        ) { object, now in
            let parameters = object["spec"]["parameters"]
            var text = TableText.none
            if !parameters.isNull {
                let group = parameters["apiGroup"].string.map { ".\($0)" } ?? ""
                text = .string("\(parameters["kind"].string ?? "")\(group)/\(parameters["name"].string ?? "")")
            }
            return [TableText.name(object), object["spec"]["controller"], text, TableText.age(object, now)]
        },
        GroupKind("networking.k8s.io", "NetworkPolicy"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Pod-Selector"), TableColumn("Age")]
        ) { object, now in
            [TableText.name(object), TableText.selector(object["spec"]["podSelector"]), TableText.age(object, now)]
        },
        GroupKind("", "ConfigMap"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Data"), TableColumn("Age")]
        ) { object, now in
            let count = (object["data"].object?.count ?? 0) + (object["binaryData"].object?.count ?? 0)
            return [TableText.name(object), JSON(count), TableText.age(object, now)]
        },
        GroupKind("", "Secret"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Type"), TableColumn("Data"), TableColumn("Age")]
        ) { object, now in
            [TableText.name(object), object["type"], JSON(object["data"].object?.count ?? 0), TableText.age(object, now)]
        },
        GroupKind("", "ServiceAccount"): TableShape(columns: [TableColumn("Name"), TableColumn("Age")]) { object, now in
            [TableText.name(object), TableText.age(object, now)]
        },
        GroupKind("", "Namespace"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Status"), TableColumn("Age")]
        ) { object, now in
            [TableText.name(object), object["status"]["phase"], TableText.age(object, now)]
        },
        GroupKind("", "Node"): TableShape(
            columns: [
                TableColumn("Name"), TableColumn("Status"), TableColumn("Roles"), TableColumn("Age"),
                TableColumn("Version"), TableColumn("Internal-IP", wide: true), TableColumn("External-IP", wide: true),
                TableColumn("OS-Image", wide: true), TableColumn("Kernel-Version", wide: true),
                TableColumn("Container-Runtime", wide: true),
            ], cells: node),
        GroupKind("", "Event"): eventTable(regarding: "involvedObject", message: "message", prefix: ""),
        GroupKind("events.k8s.io", "Event"): eventTable(regarding: "regarding", message: "note", prefix: "deprecated"),
        GroupKind("coordination.k8s.io", "Lease"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Holder"), TableColumn("Age")]
        ) { object, now in
            let holder = object["spec"]["holderIdentity"]
            return [TableText.name(object), holder.isNull ? "" : holder, TableText.age(object, now)]
        },
    ]

    // MARK: Services and endpoints

    private static func external(_ service: JSON) -> String {
        let spec = service["spec"]
        let given = spec["externalIPs"].elements.compactMap(\.string)
        switch spec["type"].string {
        case "ExternalName": return spec["externalName"].string ?? ""
        case "LoadBalancer":
            let all = service["status"]["loadBalancer"]["ingress"].elements
                .compactMap { $0["ip"].string ?? $0["hostname"].string } + given
            return all.isEmpty ? "<pending>" : all.joined(separator: ",")
        default: return given.isEmpty ? "<none>" : given.joined(separator: ",")
        }
    }

    private static func servicePorts(_ ports: [JSON]) -> String {
        if ports.isEmpty { return "<none>" }
        return ports.map { port in
            let number = port["port"].int ?? 0
            let outside = port["nodePort"].int.map { ":\($0)" } ?? ""
            return "\(number)\(outside)/\(port["protocol"].string ?? "TCP")"
        }.joined(separator: ",")
    }

    /// The first three of a list, and how many more there are.
    private static func short(_ items: [String], empty: String) -> String {
        if items.isEmpty { return empty }
        let shown = items.prefix(3).joined(separator: ",")
        return items.count > 3 ? "\(shown) + \(items.count - 3) more..." : shown
    }

    private static func endpoints(_ object: JSON) -> String {
        var all: [String] = []
        for subset in object["subsets"].elements {
            let addresses = subset["addresses"].elements.compactMap { $0["ip"].string }
            let ports = subset["ports"].elements.compactMap { $0["port"].int }
            if ports.isEmpty { all += addresses }
            for port in ports { all += addresses.map { "\($0):\(port)" } }
        }
        return short(all, empty: "<none>")
    }

    private static func balancers(_ status: JSON) -> String {
        status["loadBalancer"]["ingress"].elements.compactMap { $0["ip"].string ?? $0["hostname"].string }
            .joined(separator: ",")
    }

    // MARK: Nodes and events

    @Sendable private static func node(_ object: JSON, _ now: Timestamp) -> [JSON] {
        let node = KubeObject(object)
        var states: [String] = []
        switch Pods.condition(node, "Ready")["status"].string {
        case "True": states.append("Ready")
        case nil: states.append("Unknown")
        default: states.append("NotReady")
        }
        if node.spec["unschedulable"].bool == true { states.append("SchedulingDisabled") }
        let prefix = "node-role.kubernetes.io/"
        let roles = node.labels.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
        func address(_ type: String) -> JSON {
            let found = node.status["addresses"].elements.first { $0["type"].string == type }
            return TableText.orNone(found?["address"] ?? .null)
        }
        let info = node.status["nodeInfo"]
        func text(_ value: JSON) -> JSON { (value.string ?? "").isEmpty ? TableText.unknown : value }
        return [
            .string(node.name), .string(states.joined(separator: ",")),
            roles.isEmpty ? TableText.none : .string(roles.joined(separator: ",")), TableText.age(object, now),
            info["kubeletVersion"].isNull ? "" : info["kubeletVersion"], address("InternalIP"), address("ExternalIP"),
            text(info["osImage"]), text(info["kernelVersion"]), text(info["containerRuntimeVersion"]),
        ]
    }

    /// Events in both of their versions: the older one's fields have other names in the newer.
    private static func eventTable(regarding: String, message: String, prefix: String) -> TableShape {
        func old(_ name: String) -> String {
            prefix.isEmpty ? name : prefix + name.prefix(1).uppercased() + name.dropFirst()
        }
        let first = old("firstTimestamp")
        let last = old("lastTimestamp")
        let count = old("count")
        let source = old("source")
        let component = prefix.isEmpty ? "reportingComponent" : "reportingController"
        return TableShape(
            columns: [
                TableColumn("Last Seen"), TableColumn("Type"), TableColumn("Reason"), TableColumn("Object"),
                TableColumn("Subobject", wide: true), TableColumn("Source", wide: true), TableColumn("Message"),
                TableColumn("First Seen", wide: true), TableColumn("Count", wide: true), TableColumn("Name", wide: true),
            ]
        ) { object, now in
            let series = object["series"]
            let firstSeen = object[first].isNull ? object["eventTime"] : object[first]
            var lastSeen = object[last].isNull ? firstSeen : object[last]
            if !series.isNull { lastSeen = series["lastObservedTime"] }
            let times = series.isNull ? object[count].int ?? 1 : series["count"].int ?? 1
            let target = object[regarding]
            let kind = (target["kind"].string ?? "").lowercased()
            let name = target["name"].string ?? ""
            var from = object[source]["component"].string ?? ""
            if from.isEmpty { from = object[component].string ?? "" }
            if let host = object[source]["host"].string, !host.isEmpty { from += ", \(host)" }
            func text(_ value: JSON) -> JSON { value.isNull ? "" : value }
            return [
                TableText.since(lastSeen, now), text(object["type"]), text(object["reason"]),
                .string(name.isEmpty ? kind : "\(kind)/\(name)"), text(target["fieldPath"]), .string(from),
                .string((object[message].string ?? "").trimmingBlanks()), TableText.since(firstSeen, now), .int(times),
                TableText.name(object),
            ]
        }
    }
}
