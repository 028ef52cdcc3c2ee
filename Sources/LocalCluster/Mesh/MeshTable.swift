// What the gateway knows of the cluster: routes, subsets, Services, endpoints, pods.

import HTTPModel
import JSONTree
import KubeModel
import Synchronization

/// Where one request is to go.
struct MeshTarget: Sendable {
    /// The Service it is for.
    var service: ObjectKey
    var subset: String?
    /// The pod; nil when none is ready.
    var pod: ObjectKey?
    /// The container port.
    var port: Int
    /// The pod's workload, labels, for metrics.
    var workload: String
    var labels: [String: String]
}

/// The mesh's state, kept up to date by a `ChangeFeed`. A class, because the gateway's requests all
/// look at the same one.
final class MeshTable: Sendable {
    private struct Endpoint: Sendable {
        var pod: ObjectKey
        var ports: [(name: String, number: Int)]
    }
    private struct Slice: Sendable {
        var service: ObjectKey
        var ready: [Endpoint]
    }
    private struct State {
        var virtualServices: [ObjectKey: VirtualServiceRules] = [:]
        var httpRoutes: [ObjectKey: VirtualServiceRules] = [:]
        /// Labels of each subset, by DestinationRule.
        var destinationRules: [ObjectKey: (host: String, subsets: [String: [String: String]])] = [:]
        var services: [ObjectKey: [(name: String, port: Int)]] = [:]
        var slices: [ObjectKey: Slice] = [:]
        var slicesOfService: [ObjectKey: Set<ObjectKey>] = [:]
        var pods: [ObjectKey: (labels: [String: String], workload: String)] = [:]
        var choices: [String: WeightedChoice] = [:]
        var turns: [ObjectKey: Int] = [:]
    }
    private let state = Mutex(State())

    /// The resources whose changes `take` wants.
    static let resources: [ChangeFeed.Resource] =
        ["pods", "services", "endpointslices"].map { ChangeFeed.Resource(name: $0) }
        + ["virtualservices", "destinationrules"].map {
            ChangeFeed.Resource(name: $0, customGroup: "networking.istio.io")
        }
        + [ChangeFeed.Resource(name: "httproutes", customGroup: "gateway.networking.k8s.io")]

    /// Takes note of a change.
    func take(_ change: ObjectChange) {
        state.withLock { state in
            let object = change.object
            switch change.resource {
            case "pods": state.pods[change.key] = object.map { ($0.labels, Self.workload($0)) }
            case "services": state.services[change.key] = object.map(Self.ports)
            case "endpointslices": Self.takeSlice(change, &state)
            case "virtualservices": state.virtualServices[change.key] = object.map { VirtualServiceRules($0) }
            case "httproutes":
                state.httpRoutes[change.key] = object.map { VirtualServiceRules(httpRoute: $0) }
            default: state.destinationRules[change.key] = object.map(Self.subsets)
            }
        }
    }

    private static func takeSlice(_ change: ObjectChange, _ state: inout State) {
        if let old = state.slices.removeValue(forKey: change.key) {
            state.slicesOfService[old.service]?.remove(change.key)
        }
        guard let object = change.object, let name = object.label("kubernetes.io/service-name") else {
            return
        }
        let ports = object.tree["ports"].elements.map {
            (name: $0["name"].string ?? "", number: Int($0["port"].int ?? 0))
        }
        let ready = object.tree["endpoints"].elements.filter { $0["conditions"]["ready"].bool ?? true }
        let endpoints = ready.compactMap { endpoint in
            endpoint["targetRef"]["name"].string.map {
                Endpoint(pod: ObjectKey(namespace: object.namespace, name: $0), ports: ports)
            }
        }
        let service = ObjectKey(namespace: object.namespace, name: name)
        state.slices[change.key] = Slice(service: service, ready: endpoints)
        state.slicesOfService[service, default: []].insert(change.key)
    }

    private static func ports(_ service: KubeObject) -> [(name: String, port: Int)] {
        service.spec["ports"].elements.map { (name: $0["name"].string ?? "", port: Int($0["port"].int ?? 0)) }
    }

    private static func subsets(_ rule: KubeObject) -> (host: String, subsets: [String: [String: String]]) {
        var subsets: [String: [String: String]] = [:]
        for subset in rule.spec["subsets"].elements {
            subsets[subset["name"].string ?? ""] = KubeObject.strings(subset["labels"])
        }
        return (rule.spec["host"].string ?? "", subsets)
    }

    /// A ReplicaSet's pods belong to the Deployment or Rollout that made it, which Istio finds by
    /// cutting the template's hash off (istio.io/istio, pkg/kube: `GetDeployMetaFromPod`).
    private static func workload(_ pod: KubeObject) -> String {
        guard let owner = pod.controller else { return pod.name }
        let hash = pod.label("rollouts-pod-template-hash") ?? pod.label("pod-template-hash")
        guard owner.kind == "ReplicaSet", let hash, owner.name.hasSuffix("-\(hash)") else {
            return owner.name
        }
        return String(owner.name.dropLast(hash.count + 1))
    }

    // MARK: Questions

    /// The route for a request to a host: by the VirtualService or HTTPRoute that fits best.
    func route(_ host: String, _ request: HTTPRequest) -> (
        rules: ObjectKey, index: Int, route: VirtualServiceRoute
    )? {
        state.withLock { state in
            var best: (rank: Int, rules: VirtualServiceRules)?
            for rules in [state.virtualServices.values, state.httpRoutes.values].joined() {
                guard
                    let rank = rules.hosts.compactMap({
                        MeshHost.fit($0, in: rules.key.namespace, request: host)
                    }).max()
                else { continue }
                if let known = best, (known.rank, rules.key) > (rank, known.rules.key) { continue }
                best = (rank, rules)
            }
            guard let rules = best?.rules, let index = rules.routes.firstIndex(where: { $0.matches(request) })
            else { return nil }
            return (rules.key, index, rules.routes[index])
        }
    }

    /// The Service of that host, when there is one.
    func service(_ host: String, from namespace: String) -> ObjectKey? {
        guard let key = MeshHost.service(host, from: namespace) else { return nil }
        return state.withLock { $0.services[key] != nil ? key : nil }
    }

    /// The next destination of a route, by weight.
    func choose(_ route: VirtualServiceRoute, named name: String) -> VirtualServiceRoute.Destination? {
        let weights = route.destinations.map(\.weight)
        let index = state.withLock { $0.choices[name, default: WeightedChoice()].next(weights) }
        return index.map { route.destinations[$0] }
    }

    /// The next ready pod of a Service, in turn.
    ///
    /// - Parameter port: The Service's port; nil takes its first.
    func target(_ service: ObjectKey, subset: String?, port: Int?, from namespace: String) -> MeshTarget {
        state.withLock { state in
            let ports = state.services[service] ?? []
            let wanted = ports.first { port == nil || $0.port == port }
            let labels = subset.flatMap { Self.labels(of: $0, service, namespace, state) }
            var ready: [Endpoint] = []
            for key in (state.slicesOfService[service] ?? []).sorted() {
                ready += state.slices[key]?.ready ?? []
            }
            if let subset {
                ready = ready.filter { Self.matches($0.pod, labels, subset, state) }
            }
            var target = MeshTarget(
                service: service, subset: subset, pod: nil, port: 0, workload: "unknown", labels: [:])
            guard !ready.isEmpty else { return target }
            let turn = state.turns[service, default: 0]
            state.turns[service] = turn &+ 1
            let endpoint = ready[turn % ready.count]
            target.pod = endpoint.pod
            target.port =
                (endpoint.ports.first { $0.name == wanted?.name } ?? endpoint.ports.first)?.number ?? 0
            target.workload = state.pods[endpoint.pod]?.workload ?? endpoint.pod.name
            target.labels = state.pods[endpoint.pod]?.labels ?? [:]
            return target
        }
    }

    private static func labels(
        of subset: String, _ service: ObjectKey, _ namespace: String, _ state: State
    ) -> [String: String]? {
        for (key, rule) in state.destinationRules
        where MeshHost.service(rule.host, from: key.namespace) == service {
            if let labels = rule.subsets[subset] { return labels }
        }
        return nil
    }

    /// A subset that no DestinationRule describes has no endpoints.
    private static func matches(
        _ pod: ObjectKey, _ labels: [String: String]?, _ subset: String, _ state: State
    ) -> Bool {
        guard let labels, let own = state.pods[pod]?.labels else { return false }
        return labels.allSatisfy { own[$0.key] == $0.value }
    }
}
