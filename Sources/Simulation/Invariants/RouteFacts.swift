// Where a cluster's routers send traffic, read as the routers themselves read their objects.

import ClusterSim
import JSONTree
import KubeModel
import MartletModel
import TrafficRouting

/// The two ends of a Rollout's traffic and their shares. It is read here anew, not by the code that
/// writes it, so that the one can prove the other.
struct RouteFacts {
    /// What a weight names: a Service, a subset, a virtual node.
    var canaryEnd: String?
    var stableEnd: String?
    var weights: WorldFacts.Weights?
    /// The revisions behind ends that aren't Services.
    var selected: [String: String] = [:]

    private let machine: ClusterMachine
    private let rollout: KubeObject
    private let maximum: Int

    init(_ machine: ClusterMachine, _ rollout: KubeObject) {
        self.machine = machine
        self.rollout = rollout
        let canary = rollout.spec["strategy"]["canary"]
        let routing = canary["trafficRouting"]
        maximum = Int(routing["maxTrafficWeight"].int ?? 100)
        canaryEnd = canary["canaryService"].string
        stableEnd = canary["stableService"].string
        if let ping = canary["pingPong"]["pingService"].string, let pong = canary["pingPong"]["pongService"].string {
            let isPong = rollout.status["canary"]["stablePingPong"].string == "pong"
            (stableEnd, canaryEnd) = isPong ? (pong, ping) : (ping, pong)
        }
        read(routing)
    }

    private mutating func read(_ routing: JSON) {
        if let name = routing["istio"]["virtualService"]["name"].string {
            readIstio(name, routing["istio"]["destinationRule"])
        } else if let name = routing["gatewayAPI"]["httpRoute"].string {
            let refs = object(GatewayAPIRouter.httpRoutes, name)?.spec["rules"][0]["backendRefs"]
            weights = refs.map { shares($0) { $0["name"].string } }
        } else if routing["nginx"].object != nil {
            let own = owned(NginxRouter.ingresses)?.annotations ?? [:]
            let prefix = "nginx.ingress.kubernetes.io/"
            weights = rest(own[prefix + "canary"] == "true" ? Int(own[prefix + "canary-weight"] ?? "") ?? 0 : 0)
        } else if routing["alb"].object != nil {
            readLoadBalancer(routing["alb"])
        } else if routing["smi"].object != nil {
            let backends = owned(SMIRouter.splits)?.spec["backends"]
            weights = backends.map { shares($0) { $0["service"].string } } ?? rest(0)
        } else if let name = routing["traefik"]["weightedTraefikServiceName"].string {
            let services = object(TraefikRouter.services, name)?.spec["weighted"]["services"]
            weights = services.map { shares($0) { $0["name"].string } }
        } else if let name = routing["apisix"]["route"]["name"].string {
            let backends = object(ApisixRouter.routes, name)?.spec["http"][0]["backends"]
            weights = backends.map { shares($0) { $0["serviceName"].string } }
        } else if routing["ambassador"].object != nil {
            let name = (routing["ambassador"]["mappings"][0].string ?? "") + "-canary"
            weights = rest(Int(object(AmbassadorRouter.mappings, name)?.spec["weight"].int ?? 0))
        } else if routing["appMesh"].object != nil {
            readAppMesh(routing["appMesh"])
        }
    }

    // MARK: Kinds of routers

    private mutating func readIstio(_ name: String, _ rule: JSON) {
        let way = rule["canarySubsetName"].string == nil ? "host" : "subset"
        if let canary = rule["canarySubsetName"].string, let stable = rule["stableSubsetName"].string {
            (canaryEnd, stableEnd) = (canary, stable)
            for subset in object(IstioRouter.destinationRules, rule["name"].string ?? "")?.spec["subsets"].elements ?? [] {
                selected[subset["name"].string ?? ""] = subset["labels"][RolloutLabels.podTemplateHash].string
            }
        }
        guard let spec = object(IstioRouter.virtualServices, name)?.spec else { return }
        // A route of one side alone is one by headers.
        let routes = (spec["http"].elements + spec["tls"].elements + spec["tcp"].elements).map { $0["route"] }
        let both = routes.first { route in
            let ends = Set(route.elements.compactMap { $0["destination"][way].string })
            return ends.isSuperset(of: [canaryEnd, stableEnd].compactMap(\.self))
        }
        weights = both.map { shares($0) { $0["destination"][way].string } }
    }

    /// Without an action the load balancer sends everything to the Service.
    private mutating func readLoadBalancer(_ stanza: JSON) {
        let name = stanza["rootService"].string ?? stableEnd ?? ""
        let ingress = object(NginxRouter.ingresses, stanza["ingress"].string ?? "")
        let text = ingress?.annotations["alb.ingress.kubernetes.io/actions." + name]
        guard let action = text.flatMap({ try? JSON.parse($0) }) else { return weights = rest(0) }
        let groups = action["ForwardConfig"]["TargetGroups"]
        weights = .init(canary: 0, stable: 0)
        for group in groups.elements { add(Int(group["Weight"].int ?? 0), to: group["ServiceName"].string) }
    }

    private mutating func readAppMesh(_ stanza: JSON) {
        let nodes = stanza["virtualNodeGroup"]
        canaryEnd = nodes["canaryVirtualNodeRef"]["name"].string
        stableEnd = nodes["stableVirtualNodeRef"]["name"].string
        for end in [canaryEnd, stableEnd].compactMap({ $0 }) {
            let labels = object(AppMeshRouter.nodes, end)?.spec["podSelector"]["matchLabels"]
            selected[end] = labels?[RolloutLabels.podTemplateHash].string
        }
        let route = object(AppMeshRouter.routers, "web")?.spec["routes"][0]
        let targets = route?["httpRoute"]["action"]["weightedTargets"]
        weights = targets.map { shares($0) { $0["virtualNodeRef"]["name"].string } }
    }

    // MARK: Reading

    private func object(_ kind: RouterKind, _ name: String) -> KubeObject? {
        machine.object(kind.groupKind, ObjectKey(namespace: rollout.namespace, name: name))
    }

    /// What the router made for the Rollout.
    private func owned(_ kind: RouterKind) -> KubeObject? {
        machine.objects(kind.groupKind, namespace: rollout.namespace).first { $0.controller?.uid == rollout.uid }
    }

    /// Where only the canary's share is said.
    private func rest(_ canary: Int) -> WorldFacts.Weights { .init(canary: canary, stable: maximum - canary) }

    private func shares(_ entries: JSON, _ end: (JSON) -> String?) -> WorldFacts.Weights {
        var facts = self
        facts.weights = .init(canary: 0, stable: 0)
        for entry in entries.elements {
            // SMI's are quantities, which may be written as text.
            let weight = entry["weight"].int ?? entry["weight"].string.flatMap { Int64($0) }
            facts.add(Int(weight ?? 0), to: end(entry))
        }
        return facts.weights ?? .init(canary: 0, stable: 0)
    }

    private mutating func add(_ weight: Int, to end: String?) {
        if end == canaryEnd { weights?.canary += weight }
        if end == stableEnd { weights?.stable += weight }
        if end != canaryEnd, end != stableEnd { weights?.others += weight }
    }
}
