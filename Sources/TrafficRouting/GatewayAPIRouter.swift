// Gateway API: weights of backends in the rules of HTTP, gRPC, TCP and TLS routes.

import JSONTree
package import KubeModel
package import MartletModel

/// Splits traffic by the backends of routes' rules
/// (https://gateway-api.sigs.k8s.io/reference/spec/). Every rule that has a backend for both sides
/// is split; other rules, backends and all filters stay as they are.
///
/// Header and mirror routes are rules of their own, known by their names, in front of the others.
package struct GatewayAPIRouter: TrafficRouter {
    let routing: GatewayRouting
    let address: RouterAddress

    private static let group = "gateway.networking.k8s.io"
    package static let httpRoutes = RouterKind(group, "HTTPRoute", "httproutes", ["v1", "v1beta1"])
    static let grpcRoutes = RouterKind(group, "GRPCRoute", "grpcroutes", ["v1", "v1alpha2"])
    static let tcpRoutes = RouterKind(group, "TCPRoute", "tcproutes", ["v1alpha2", "v1"])
    static let tlsRoutes = RouterKind(group, "TLSRoute", "tlsroutes", ["v1alpha2", "v1alpha3", "v1"])
    package static let kinds = [httpRoutes, grpcRoutes, tcpRoutes, tlsRoutes]

    package init(_ routing: GatewayRouting, at address: RouterAddress) {
        self.routing = routing
        self.address = address
    }

    private static func kind(_ kind: GatewayRouting.RouteKind) -> RouterKind {
        switch kind {
        case .http: httpRoutes
        case .grpc: grpcRoutes
        case .tcp: tcpRoutes
        case .tls: tlsRoutes
        }
    }

    private func reference(_ route: GatewayRouting.Route) -> ObjectReference {
        Self.kind(route.kind).reference(routing.namespace ?? address.namespace, route.name)
    }

    package var reads: [ObjectReference] { routing.routes.map(reference) }

    // MARK: Looking

    package func problem(in objects: RoutedObjects) -> RouterProblem? {
        for route in routing.routes {
            let field = "\(RouterProblem.root).\(route.field)"
            let kind = Self.kind(route.kind)
            guard let object = objects[reference(route)] else {
                return .missing(kind, route.name, field: field)
            }
            let rules = GatewayRules(object, route, self)
            if !rules.slots.isEmpty { continue }
            let services: [String] = [address.stableService, address.canaryService]
            let named = Set(rules.backends.compactMap { $0["name"].string })
            let text = services.first { !named.contains($0) }.map { "backend \"\($0)\"" }
                ?? "rule with backends for both services"
            return RouterProblem(
                field: field, value: route.name,
                message: "\(kind.kind) \"\(route.name)\" has no \(text)")
        }
        return nil
    }

    package func observe(_ objects: RoutedObjects) -> Weight? {
        WeightedDestinations.agreed(
            routing.routes.flatMap { route in
                objects[reference(route)].map { GatewayRules($0, route, self).slots } ?? []
            })
    }

    // MARK: Writing

    package func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        routing.routes.compactMap { route in
            guard let object = objects[reference(route)] else { return nil }
            return RouterPatch(object, GatewayRules(object, route, self).operations(for: wish))
        }
    }
}

/// The rules of one route: which are split, which are ours.
struct GatewayRules {
    let route: GatewayRouting.Route
    let router: GatewayAPIRouter
    let rules: [JSON]

    init(_ object: KubeObject, _ route: GatewayRouting.Route, _ router: GatewayAPIRouter) {
        self.route = route
        self.router = router
        rules = object.spec["rules"].elements
    }

    var backends: [JSON] { rules.flatMap { $0["backendRefs"].elements } }

    private func side(_ backend: JSON) -> WeightedDestinations.Side {
        guard backend["kind"].string ?? "Service" == "Service", (backend["group"].string ?? "").isEmpty,
            backend["namespace"].string ?? router.address.namespace == router.address.namespace
        else { return .other }
        let name = backend["name"].string ?? ""
        if name == router.address.canaryService { return .canary }
        if name == router.address.stableService { return .stable }
        return name.isEmpty ? .other : .additional(name)
    }

    /// A rule that is ours bears a managed route's name; a second one of it has a number.
    private func isOurs(_ rule: JSON) -> Bool {
        guard let name = rule["name"].string else { return false }
        return router.address.managedRoutes.contains { managed in
            if name == managed { return true }
            return name.hasPrefix(managed + "-") && Int(name.dropFirst(managed.count + 1)) != nil
        }
    }

    /// The rules that are split.
    var slots: [WeightedDestinations] {
        rules.indices.filter { !isOurs(rules[$0]) }.map { index in
            WeightedDestinations(
                rules[index]["backendRefs"].elements, at: ["spec", "rules", String(index), "backendRefs"],
                side: side)
        }.filter(\.isWhole)
    }

    func operations(for wish: TrafficSplit) -> [JSONPatchOperation] {
        let slots = slots
        guard let first = slots.first else { return [] }
        var operations: [JSONPatchOperation] = []
        var written = rules
        for slot in slots {
            let added = missingAdditional(in: slot, for: wish)
            operations += slot.operations(for: wish)
            operations += added.map { .add(JSONPointer(tokens: slot.path + ["-"]), $0) }
            operations += slot.removals(for: wish)
            if let index = Int(slot.path[2]) {
                written[index]["backendRefs"] = .array(slot.rewritten(for: wish) + added)
            }
        }
        let managed = managedRules(for: wish, slots, written)
        let own = rules.filter(isOurs)
        if managed == own || (own.isEmpty && isHeldWithoutNames(managed)) { return operations }
        // Rules come or go: the list is replaced whole, if it is still the one we looked at.
        let path = JSONPointer(tokens: Array(first.path.prefix(2)))
        return [
            .test(path, .array(rules)),
            .replace(path, .array(managed + written.filter { !isOurs($0) })),
        ]
    }

    /// A cluster whose definition is too old for names drops them: then the rules are known by all
    /// else.
    private func isHeldWithoutNames(_ managed: [JSON]) -> Bool {
        managed.allSatisfy { rule in
            var rule = rule
            rule.set(["name"], to: nil)
            return rules.contains(rule)
        }
    }

    // MARK: Experiments

    /// Backends for experiments, with the stable backend's port.
    private func missingAdditional(in slot: WeightedDestinations, for wish: TrafficSplit) -> [JSON] {
        let stable = slot.sides.firstIndex(of: .stable).map { slot.elements[$0] } ?? .null
        return wish.additional.filter { !slot.sides.contains(.additional($0.service)) }.map { share in
            var backend = stable
            backend["name"] = .string(share.service)
            backend["weight"] = JSON(share.weight.value)
            return backend
        }
    }

    // MARK: Rules that are ours

    private func managedRules(for wish: TrafficSplit, _ slots: [WeightedDestinations], _ written: [JSON])
        -> [JSON]
    {
        guard route.takesHeaders, route.kind == .http || route.kind == .grpc else { return [] }
        return router.address.managedRoutes.flatMap { name -> [JSON] in
            var copies: [JSON] = []
            for slot in slots {
                guard let index = Int(slot.path[2]) else { continue }
                var rule = written[index]
                rule["name"] = .string(copies.isEmpty ? name : "\(name)-\(copies.count)")
                if let header = wish.headerRoutes.first(where: { $0.name == name }) {
                    guard headerRule(&rule, header, slot) else { continue }
                } else if let mirror = wish.mirrorRoutes.first(where: { $0.name == name }) {
                    guard mirrorRule(&rule, mirror, slot) else { continue }
                } else {
                    continue
                }
                copies.append(rule)
            }
            return copies
        }
    }

    private func canary(of slot: WeightedDestinations) -> JSON {
        slot.sides.firstIndex(of: .canary).map { slot.elements[$0] } ?? .null
    }

    /// The rule's own matches, each with the header as well; all of it to the canary.
    private func headerRule(_ rule: inout JSON, _ header: HeaderRoute, _ slot: WeightedDestinations) -> Bool {
        let matches = rule["matches"].elements
        rule["matches"] = .array(
            (matches.isEmpty ? [[:]] : matches).flatMap { match in
                header.matches.map { wanted in
                    var match = match
                    let value = Self.header(wanted["headerName"].string ?? "", wanted["headerValue"])
                    match["headers"] = .array(match["headers"].elements + [value])
                    return match
                }
            })
        var backend = canary(of: slot)
        backend["weight"] = JSON(Weight.hundred.value)
        rule["backendRefs"] = [backend]
        return true
    }

    /// The rule as it is, for what matches, with a copy of each request to the canary.
    private func mirrorRule(_ rule: inout JSON, _ mirror: MirrorRoute, _ slot: WeightedDestinations) -> Bool {
        let matches = mirror.matches.compactMap(mirrorMatch)
        if matches.isEmpty { return false }
        rule["matches"] = .array(matches)
        var backend = canary(of: slot)
        backend.set(["weight"], to: nil)
        backend.set(["filters"], to: nil)
        var request: JSON = ["backendRef": backend]
        if let percentage = mirror.percentage, percentage != 100 { request["percent"] = JSON(percentage) }
        let filter: JSON = ["type": "RequestMirror", "requestMirror": request]
        rule["filters"] = .array(rule["filters"].elements + [filter])
        return true
    }

    /// Nil where the route's kind cannot say it: then nothing is copied, rather than too much.
    private func mirrorMatch(_ wanted: JSON) -> JSON? {
        var match: JSON = [:]
        if !wanted["path"].isNull {
            guard route.kind == .http else { return nil }
            let types = [("exact", "Exact"), ("prefix", "PathPrefix"), ("regex", "RegularExpression")]
            for (key, type) in types {
                guard let value = wanted["path"][key].string, !value.isEmpty else { continue }
                match["path"] = ["type": .string(type), "value": .string(value)]
            }
        }
        if !wanted["method"].isNull {
            guard route.kind == .http, let method = wanted["method"]["exact"].string else { return nil }
            match["method"] = .string(method)
        }
        let headers = (wanted["headers"].object ?? JSONObject()).sorted().map { Self.header($0, $1) }
        if !headers.isEmpty { match["headers"] = .array(headers) }
        return match
    }

    private static func header(_ name: String, _ value: JSON) -> JSON {
        if let exact = value["exact"].string, !exact.isEmpty {
            return ["type": "Exact", "name": .string(name), "value": .string(exact)]
        }
        let pattern =
            value["regex"].string.flatMap { $0.isEmpty ? nil : $0 }
            ?? "^\(Patterns.escaped(value["prefix"].string ?? "")).*"
        return ["type": "RegularExpression", "name": .string(name), "value": .string(pattern)]
    }
}
