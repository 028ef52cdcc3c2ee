// The routes of one VirtualService: which are split, which are ours.

import JSONTree
import KubeModel
import MartletModel

/// One VirtualService as a router sees it.
struct IstioRoutes {
    let service: IstioRouting.VirtualServiceReference
    let spec: JSON
    let router: IstioRouter

    init(_ service: IstioRouting.VirtualServiceReference, in spec: JSON, _ router: IstioRouter) {
        self.service = service
        self.spec = spec
        self.router = router
    }

    /// Whose a destination is.
    enum Side: Hashable {
        case canary, stable
        case experiment(String)
        case other
    }

    /// One route that is split: where it stands and what it holds.
    struct Slot {
        /// `http`, `tls` or `tcp`.
        var list: String
        var index: Int
        var destinations: [JSON]
        var sides: [Side]

        /// The weight of a side; a lone destination without a weight has everything.
        func weight(of side: Side) -> Weight {
            for (position, candidate) in sides.enumerated() where candidate == side {
                if let weight = destinations[position]["weight"].int { return Weight(Int(weight)) }
                return destinations.count == 1 ? .hundred : .zero
            }
            return .zero
        }
    }

    // MARK: Which routes

    /// The routes to split.
    ///
    /// - Throws: `IstioRouteError` when named routes are missing, none can be chosen, or one has no
    ///   destination for canary or stable.
    func slots() throws(IstioRouteError) -> [Slot] {
        var slots = try httpSlots()
        slots += try streamSlots(
            "tls",
            wanted: service.tlsRoutes.map { route in
                { match in
                    (route.port.map { match["port"].int == Int64($0) } ?? true)
                        && (route.hosts.isEmpty
                            || Set(match["sniHosts"].elements.compactMap(\.string)) == Set(route.hosts))
                }
            })
        slots += try streamSlots(
            "tcp",
            wanted: service.tcpPorts.map { port in
                { $0["port"].int == Int64(port) }
            })
        if slots.isEmpty {
            throw IstioRouteError(message: "Istio VirtualService has no HTTP, TLS or TCP routes to split")
        }
        return slots
    }

    private func httpSlots() throws(IstioRouteError) -> [Slot] {
        let routes = spec["http"].elements
        let own = Set(router.address.managedRoutes)
        let candidates = routes.indices.filter { !own.contains(routes[$0]["name"].string ?? "") }
        var chosen: [Int] = []
        if !service.routes.isEmpty {
            for name in service.routes {
                guard let index = candidates.first(where: { routes[$0]["name"].string == name }) else {
                    throw invalid("HTTP Route '\(name)' is not found in the defined Virtual Service.")
                }
                chosen.append(index)
            }
        } else if candidates.count == 1 {
            chosen = candidates
        } else if candidates.count > 1 {
            guard let unnamed = candidates.first(where: { (routes[$0]["name"].string ?? "").isEmpty }) else {
                throw invalid(
                    "VirtualService spec.http[] should have exactly one route when omitting "
                        + "spec.strategy.canary.trafficRouting.istio.virtualService.routes")
            }
            chosen = [unnamed]
        }
        var slots: [Slot] = []
        for index in chosen { slots.append(try slot("http", index, routes[index])) }
        return slots
    }

    private func streamSlots(
        _ list: String, wanted: [(JSON) -> Bool]
    ) throws(IstioRouteError) -> [Slot] {
        let routes = spec[list].elements
        if routes.isEmpty { return [] }
        if wanted.isEmpty {
            // Without a name the only route is meant, and none where HTTP has it.
            guard spec["http"].elements.isEmpty, routes.count == 1 else { return [] }
            return [try slot(list, 0, routes[0])]
        }
        var slots: [Slot] = []
        for fits in wanted {
            guard let index = routes.firstIndex(where: { $0["match"].elements.contains(where: fits) }) else {
                throw invalid("No matching \(list.uppercased()) routes found in the defined Virtual Service.")
            }
            slots.append(try slot(list, index, routes[index]))
        }
        return slots
    }

    private func slot(_ list: String, _ index: Int, _ route: JSON) throws(IstioRouteError) -> Slot {
        let destinations = route["route"].elements
        let slot = Slot(list: list, index: index, destinations: destinations, sides: destinations.map(side))
        for (side, name) in [(Side.canary, "Canary"), (.stable, "Stable")] where !slot.sides.contains(side) {
            throw invalid(missing(side, name))
        }
        return slot
    }

    private func missing(_ side: Side, _ name: String) -> String {
        if let rule = router.routing.destinationRule {
            return
                "\(name) DestinationRule subset '\(side == .canary ? rule.canarySubset : rule.stableSubset)' "
                + "not found in route"
        }
        let host = side == .canary ? router.address.canaryService : router.address.stableService
        return "\(name) Service '\(host)' not found in route"
    }

    private func invalid(_ message: String) -> IstioRouteError {
        IstioRouteError(message: "Istio VirtualService has invalid HTTP routes. Error: \(message)")
    }

    private func side(_ destination: JSON) -> Side {
        let target = destination["destination"]
        // A subset tells more than a host: with a DestinationRule both sides often share the host.
        if let rule = router.routing.destinationRule, let subset = target["subset"].string {
            if subset == rule.canarySubset { return .canary }
            if subset == rule.stableSubset { return .stable }
            return .other
        }
        let host = target["host"].string ?? ""
        let label = String(host.prefix { $0 != "." })
        if label.isEmpty { return .other }
        if label == router.address.canaryService { return .canary }
        if label == router.address.stableService { return .stable }
        return .experiment(label)
    }

    // MARK: What to write

    /// The operations that make the routes hold a split; none when they hold it.
    func operations(for wish: TrafficSplit) throws(IstioRouteError) -> [JSONPatchOperation] {
        let slots = try slots()
        let routes = spec["http"].elements
        var written = routes
        var operations: [JSONPatchOperation] = []
        for slot in slots {
            let weights = weights(of: slot, for: wish)
            let missing = missingAdditional(in: slot, for: wish)
            let path = ["spec", slot.list, String(slot.index), "route"]
            if slot.list == "http" {
                let kept = zip(slot.sides, rewritten(slot, weights)).filter { !isReleased($0.0, wish) }
                written[slot.index]["route"] = .array(kept.map(\.1) + missing)
            }
            operations += weightOperations(slot, weights, path) { self.isReleased($0, wish) }
            operations += missing.map { .add(JSONPointer(tokens: path + ["-"]), $0) }
            // From the end, so that the indices before stay what they are.
            for position in slot.sides.indices.reversed() where isReleased(slot.sides[position], wish) {
                let place = JSONPointer(tokens: path + [String(position)])
                operations += [.test(place, slot.destinations[position]), .remove(place)]
            }
        }
        let managed = managedRoutes(
            for: wish, weighted: slots.first { $0.list == "http" }.map { written[$0.index] })
        let own = Set(router.address.managedRoutes)
        let rest = written.filter { !own.contains($0["name"].string ?? "") }
        if managed + rest == written { return operations }
        // Routes come or go: the list is replaced whole, if it is still the one we looked at.
        let path = JSONPointer(tokens: ["spec", "http"])
        let streams = operations.filter { !Self.isInHTTP($0) }
        return [.test(path, .array(routes)), .replace(path, .array(managed + rest))] + streams
    }

    private static func isInHTTP(_ operation: JSONPatchOperation) -> Bool {
        switch operation {
        case .add(let path, _), .replace(let path, _), .test(let path, _), .remove(let path):
            path.tokens.dropFirst().first == "http"
        case .copy, .move: false
        }
    }

    /// The wished weight of each destination: others keep theirs, stable has what is left.
    private func weights(of slot: Slot, for wish: TrafficSplit) -> [Int64] {
        let shares = Dictionary(
            wish.additional.map { ($0.service, $0.weight.value) }, uniquingKeysWith: { $1 })
        var weights = slot.sides.indices.map { position -> Int64 in
            switch slot.sides[position] {
            case .canary, .stable: 0
            case .experiment(let name):
                wish.released.contains(name)
                    ? 0 : shares[name].map(Int64.init) ?? slot.destinations[position]["weight"].int ?? 0
            case .other: slot.destinations[position]["weight"].int ?? 0
            }
        }
        let added = missingAdditional(in: slot, for: wish).reduce(0) { $0 + ($1["weight"].int ?? 0) }
        // What is not ours keeps what it has: all that the canary can get is the rest (invariant 10).
        let ours = max(0, Int64(wish.maximum.value) - weights.reduce(0, +) - added)
        let canary = min(Int64(wish.canary.value), ours)
        for (side, weight) in [(Side.canary, canary), (.stable, ours - canary)] {
            if let position = slot.sides.firstIndex(of: side) { weights[position] = weight }
        }
        return weights
    }

    /// Destinations that we added for an experiment which is over.
    private func isReleased(_ side: Side, _ wish: TrafficSplit) -> Bool {
        if case .experiment(let name) = side { wish.released.contains(name) } else { false }
    }

    private func missingAdditional(in slot: Slot, for wish: TrafficSplit) -> [JSON] {
        wish.additional.filter { !$0.service.isEmpty && !slot.sides.contains(.experiment($0.service)) }
            .sorted { $0.service < $1.service }
            .map { ["destination": ["host": .string($0.service)], "weight": JSON($0.weight.value)] }
    }

    private func rewritten(_ slot: Slot, _ weights: [Int64]) -> [JSON] {
        slot.destinations.indices.map { position in
            var destination = slot.destinations[position]
            if destination["weight"].int != weights[position] {
                destination["weight"] = .int(weights[position])
            }
            return destination
        }
    }

    private func weightOperations(
        _ slot: Slot, _ weights: [Int64], _ path: [String], except isLeft: (Side) -> Bool
    ) -> [JSONPatchOperation] {
        var operations: [JSONPatchOperation] = []
        for (position, destination) in slot.destinations.enumerated()
        where (destination["weight"].int ?? 0) != weights[position] && !isLeft(slot.sides[position]) {
            let place = path + [String(position)]
            operations.append(.test(JSONPointer(tokens: place), destination))
            let weight = JSONPointer(tokens: place + ["weight"])
            operations.append(
                destination["weight"].isNull
                    ? .add(weight, .int(weights[position])) : .replace(weight, .int(weights[position])))
        }
        return operations
    }

    // MARK: Routes that are ours

    private func managedRoutes(for wish: TrafficSplit, weighted: JSON?) -> [JSON] {
        guard let weighted else { return [] }
        let headers = Dictionary(wish.headerRoutes.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let mirrors = Dictionary(wish.mirrorRoutes.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        return router.address.managedRoutes.compactMap { name in
            if let route = headers[name] { return headerRoute(route, weighted) }
            if let route = mirrors[name] { return mirrorRoute(route, weighted) }
            return nil
        }
    }

    private func canaryDestination(_ weighted: JSON) -> JSON {
        let destinations = weighted["route"].elements
        var target: JSON = [:]
        if let rule = router.routing.destinationRule {
            let canary = destinations.first { side($0) == .canary } ?? .null
            target["host"] = canary["destination"]["host"]
            target["subset"] = .string(rule.canarySubset)
        } else {
            target["host"] = .string(router.address.canaryService)
        }
        let port = destinations.first?["destination"]["port"] ?? .null
        if !port.isNull { target["port"] = port }
        return target
    }

    private func headerRoute(_ route: HeaderRoute, _ weighted: JSON) -> JSON {
        let matches: [JSON] = route.matches.map { match in
            ["headers": .object(JSONObject([(match["headerName"].string ?? "", match["headerValue"])]))]
        }
        return [
            "name": .string(route.name), "match": .array(matches),
            "route": [["destination": canaryDestination(weighted), "weight": 100]],
        ]
    }

    private func mirrorRoute(_ route: MirrorRoute, _ weighted: JSON) -> JSON {
        let matches: [JSON] = route.matches.map { match in
            var tree: JSON = [:]
            if !match["method"].isNull { tree["method"] = match["method"] }
            if !match["path"].isNull { tree["uri"] = match["path"] }
            if !match["headers"].isNull { tree["headers"] = match["headers"] }
            return tree
        }
        return [
            "name": .string(route.name), "match": .array(matches), "route": weighted["route"],
            "mirror": canaryDestination(weighted),
            "mirrorPercentage": ["value": JSON(route.percentage ?? 100)],
        ]
    }
}
