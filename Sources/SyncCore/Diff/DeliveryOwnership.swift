// What the delivery controllers own of objects that are in Git.
//
// During a canary the weights of routes and the selectors of Services differ from Git: they are the
// rollout controller's. Those fields are neither compared nor changed by a sync, by rule and not
// by anybody's ignoreDifferences.

import JSONTree
package import KubeModel

/// Which fields of which objects controllers own, from the objects that say so: Rollouts, and
/// HorizontalPodAutoscalers for replica counts.
package struct DeliveryOwnership: Sendable {
    private var rules: [ResourceKey: IgnoreRules] = [:]
    private static let hashLabel = "rollouts-pod-template-hash"

    /// - Parameter objects: Rollouts and autoscalers, wanted ones and live ones.
    package init(_ objects: some Sequence<KubeObject>) {
        for object in objects {
            switch (object.kind.group, object.kind.kind) {
            case ("argoproj.io", "Rollout"): addRollout(object)
            case ("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject"): addAutoscaler(object)
            default: break
            }
        }
    }

    /// The rules for an object, beside the user's.
    package func extend(_ rules: inout IgnoreRules, for key: ResourceKey) {
        guard let own = self.rules[key] else { return }
        rules.owned += own.owned
        rules.added += own.added
        rules.addedElements += own.addedElements
    }

    private mutating func change(_ key: ResourceKey, _ change: (inout IgnoreRules) -> Void) {
        change(&rules[key, default: IgnoreRules()])
    }

    private mutating func addAutoscaler(_ object: KubeObject) {
        let target = object.spec["scaleTargetRef"]
        let isScaledObject = object.kind.group == "keda.sh"
        guard let name = target["name"].string else { return }
        let kind = GroupVersionKind(
            apiVersion: target["apiVersion"].string ?? (isScaledObject ? "apps/v1" : ""),
            kind: target["kind"].string ?? (isScaledObject ? "Deployment" : ""))
        let key = ResourceKey(group: kind.group, kind: kind.kind, namespace: object.namespace, name: name)
        change(key) { $0.owned.append(FieldPath(names: "spec.replicas")) }
    }

    private mutating func addRollout(_ rollout: KubeObject) {
        let namespace = rollout.namespace
        func key(_ group: String, _ kind: String, _ name: String?) -> ResourceKey? {
            guard let name, !name.isEmpty else { return nil }
            // Names may be written as `name.namespace`.
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            return ResourceKey(
                group: group, kind: kind, namespace: parts.count == 2 && kind != "HTTPRoute" ? parts[1] : namespace,
                name: parts[0])
        }
        let canary = rollout.spec["strategy"]["canary"]
        let blueGreen = rollout.spec["strategy"]["blueGreen"]
        let services: [String?] = [
            canary["stableService"].string, canary["canaryService"].string, blueGreen["activeService"].string,
            blueGreen["previewService"].string, canary["pingPong"]["pingService"].string,
            canary["pingPong"]["pongService"].string,
        ]
        for case let service? in services.map({ key("", "Service", $0) }) {
            change(service) { $0.added.append(FieldPath([.name("spec"), .name("selector"), .name(Self.hashLabel)])) }
        }
        let reference = rollout.spec["workloadRef"]
        if let name = reference["name"].string {
            let kind = GroupVersionKind(apiVersion: reference["apiVersion"].string ?? "", kind: reference["kind"].string ?? "")
            change(ResourceKey(group: kind.group, kind: kind.kind, namespace: namespace, name: name)) {
                $0.owned.append(FieldPath(names: "spec.replicas"))
            }
        }
        addRouting(canary["trafficRouting"], key: key)
    }

    private mutating func addRouting(_ routing: JSON, key: (String, String, String?) -> ResourceKey?) {
        let managed = Set(routing["managedRoutes"].elements.compactMap { $0["name"].string })
        let istio = routing["istio"]
        let virtualServices = [istio["virtualService"]] + istio["virtualServices"].elements
        for case let service? in virtualServices.map({ key("networking.istio.io", "VirtualService", $0["name"].string) }) {
            own(service, ["spec.http.*.route.*.weight", "spec.tls.*.route.*.weight", "spec.tcp.*.route.*.weight"])
            addElements(service, list: "spec.http", names: managed)
        }
        if let rule = key("networking.istio.io", "DestinationRule", istio["destinationRule"]["name"].string) {
            change(rule) {
                $0.added.append(
                    FieldPath([.name("spec"), .name("subsets"), .each, .name("labels"), .name(Self.hashLabel)]))
            }
        }
        for (name, plugin) in routing["plugins"].object ?? [:] where name.contains("gatewayAPI") {
            addGatewayRoutes(plugin, managed: managed, key: key)
        }
        addGatewayRoutes(routing["gatewayAPI"], managed: managed, key: key)
        // The VirtualRouter behind an App Mesh service is not named in the Rollout.
        let nodes = routing["appMesh"]["virtualNodeGroup"]
        for name in [nodes["canaryVirtualNodeRef"]["name"].string, nodes["stableVirtualNodeRef"]["name"].string] {
            guard let node = key("appmesh.k8s.aws", "VirtualNode", name) else { continue }
            own(node, ["spec.podSelector.matchLabels.\(Self.hashLabel)"])
        }
        if let split = key("split.smi-spec.io", "TrafficSplit", routing["smi"]["trafficSplitName"].string) {
            own(split, ["spec.backends.*.weight"])
        }
        let traefikName = routing["traefik"]["weightedTraefikServiceName"].string
        for group in ["traefik.io", "traefik.containo.us"] {
            if let service = key(group, "TraefikService", traefikName) { own(service, ["spec.weighted.services.*.weight"]) }
        }
        if let route = key("apisix.apache.org", "ApisixRoute", routing["apisix"]["route"]["name"].string) {
            own(route, ["spec.http.*.backends.*.weight"])
        }
        let alb = routing["alb"]
        for case let ingress? in ([alb["ingress"].string] + alb["ingresses"].elements.map(\.string)).map({
            key("networking.k8s.io", "Ingress", $0)
        }) {
            let prefix = alb["annotationPrefix"].string ?? "alb.ingress.kubernetes.io"
            let service = alb["rootService"].string ?? ""
            change(ingress) {
                $0.added.append(
                    FieldPath([.name("metadata"), .name("annotations"), .name("\(prefix)/actions.\(service)")]))
            }
        }
    }

    private mutating func addGatewayRoutes(
        _ plugin: JSON, managed: Set<String>, key: (String, String, String?) -> ResourceKey?
    ) {
        for (single, list, kind) in [
            ("httpRoute", "httpRoutes", "HTTPRoute"), ("grpcRoute", "grpcRoutes", "GRPCRoute"),
            ("tcpRoute", "tcpRoutes", "TCPRoute"), ("tlsRoute", "tlsRoutes", "TLSRoute"),
        ] {
            for name in [plugin[single].string] + plugin[list].elements.map({ $0["name"].string }) {
                guard var route = key("gateway.networking.k8s.io", kind, name) else { continue }
                if let namespace = plugin["namespace"].string, !namespace.isEmpty { route.namespace = namespace }
                own(route, ["spec.rules.*.backendRefs.*.weight"])
                addElements(route, list: "spec.rules", names: managed)
            }
        }
    }

    private mutating func own(_ key: ResourceKey, _ paths: [String]) {
        change(key) { $0.owned += paths.map { FieldPath(names: $0) } }
    }

    private mutating func addElements(_ key: ResourceKey, list: String, names: Set<String>) {
        guard !names.isEmpty else { return }
        change(key) { $0.addedElements.append(.init(list: FieldPath(names: list), names: names)) }
    }
}
