// Which routes of a VirtualService carry the split, and the patch of their weights.

import JSONTree
import KubeModel

extension IstioRouter {
    /// A route that we move: where it stands and its destinations.
    struct Route {
        /// `http`, `tls` or `tcp`.
        var list: String
        var index: Int
        var tree: JSON
        var destinations: [JSON] { tree["route"].elements }
        var pointer: JSONPointer { JSONPointer(tokens: ["spec", list, "\(index)"]) }
        /// For messages.
        var label: String { tree["name"].string.map { "\(list) route \"\($0)\"" } ?? "\(list) route \(index)" }
    }

    /// The routes that the rollout selects (rollout-crd.md, section 6, "Istio route validation").
    func routes(_ service: KubeObject) throws(RouterError) -> [Route] {
        var found: [Route] = []
        let http = service.spec["http"].elements
        for name in httpRoutes {
            guard let index = http.firstIndex(where: { $0["name"].string == name }) else {
                throw invalid(service, "has no HTTP route named \"\(name)\"")
            }
            found.append(Route(list: "http", index: index, tree: http[index]))
        }
        for wanted in tlsRoutes { found += try matching(wanted, "tls", service) }
        for wanted in tcpRoutes { found += try matching(wanted, "tcp", service) }
        if !httpRoutes.isEmpty || !found.isEmpty { return found }
        return [try onlyRoute(service, http)]
    }

    private func onlyRoute(_ service: KubeObject, _ http: [JSON]) throws(RouterError) -> Route {
        let own = http.indices.filter { !context.managedRoutes.contains(http[$0]["name"].string ?? "") }
        if own.count == 1 { return Route(list: "http", index: own[0], tree: http[own[0]]) }
        if let unnamed = own.first(where: { (http[$0]["name"].string ?? "").isEmpty }) {
            return Route(list: "http", index: unnamed, tree: http[unnamed])
        }
        if own.count > 1 {
            throw invalid(
                service, "has \(own.count) HTTP routes: name those to be split in trafficRouting.istio.virtualService.routes")
        }
        for list in ["tls", "tcp"] {
            if let first = service.spec[list].elements.first { return Route(list: list, index: 0, tree: first) }
        }
        throw invalid(service, "has no route to be split")
    }

    private func matching(_ wanted: JSON, _ list: String, _ service: KubeObject) throws(RouterError) -> [Route] {
        let port = wanted["port"].int ?? 0
        let hosts = Set(wanted["sniHosts"].elements.compactMap(\.string))
        let found = service.spec[list].elements.enumerated().filter { _, route in
            route["match"].elements.contains { match in
                (port == 0 || match["port"].int == port)
                    && (hosts.isEmpty || Set(match["sniHosts"].elements.compactMap(\.string)) == hosts)
            } || (route["match"].elements.isEmpty && port == 0 && hosts.isEmpty)
        }
        if found.isEmpty { throw invalid(service, "has no \(list.uppercased()) route that matches \(wanted.text())") }
        return found.map { Route(list: list, index: $0.offset, tree: $0.element) }
    }

    func invalid(_ object: KubeObject, _ message: String) -> RouterError {
        RouterError(.invalid, object: "\(object.kindName)/\(object.name)", message)
    }

    /// The positions of canary and stable among a route's destinations.
    func ends(_ route: Route, _ service: KubeObject) throws(RouterError) -> (canary: Int, stable: Int) {
        let canary = route.destinations.firstIndex { isCanary($0["destination"]) }
        let stable = route.destinations.firstIndex { isStable($0["destination"]) }
        guard let canary, let stable else {
            let name = canary == nil ? (rule?.canarySubset ?? context.canaryService) : (rule?.stableSubset ?? context.stableService)
            let what = rule == nil ? "host" : "subset"
            throw invalid(service, "\(route.label) has no destination with the \(canary == nil ? "canary" : "stable") \(what) \"\(name)\"")
        }
        return (canary, stable)
    }

    private func isCanary(_ destination: JSON) -> Bool {
        if let rule { return destination["subset"].string == rule.canarySubset }
        return Self.firstLabel(destination["host"].string) == context.canaryService
    }

    private func isStable(_ destination: JSON) -> Bool {
        if let rule { return destination["subset"].string == rule.stableSubset }
        return Self.firstLabel(destination["host"].string) == context.stableService
    }

    static func firstLabel(_ host: String?) -> String { host.map { String($0.prefix { $0 != "." }) } ?? "" }

    /// What a route's destinations weigh under a split, in their order, and hosts to be appended.
    ///
    /// Foreign destinations keep their weights; canary and stable share the rest, rounded so that
    /// the sum is 100.
    func weights(_ split: TrafficSplit, _ route: Route, _ service: KubeObject) throws(RouterError) -> (weights: [Int], added: [TrafficSplit.Destination]) {
        let ends = try ends(route, service)
        var weights = route.destinations.map { Int($0["weight"].int ?? 0) }
        var foreign = 0
        var added = split.additional.filter { $0.weight > 0 }
        for (position, entry) in route.destinations.enumerated() where position != ends.canary && position != ends.stable {
            let host = Self.firstLabel(entry["destination"]["host"].string)
            if let known = added.firstIndex(where: { $0.service == host }) {
                weights[position] = added[known].weight
                added.remove(at: known)
            } else if rule == nil, split.additional.contains(where: { $0.service == host }) {
                weights[position] = 0
            } else {
                foreign += weights[position]
            }
        }
        let scaled = { (weight: Int) in weight * 100 / max(1, split.weightMax) }
        let extra = split.additional.reduce(0) { $0 + scaled($1.weight) }
        let room = max(0, 100 - foreign - extra)
        let total = max(1, 100 - extra)
        let canary = min(room, (scaled(split.canaryWeight) * room + total / 2) / total)
        weights[ends.canary] = canary
        weights[ends.stable] = room - canary
        return (weights, added)
    }

    /// Operations on one route: tests of what we looked at, then the new weights.
    func weightOperations(_ split: TrafficSplit, _ route: Route, _ service: KubeObject) throws(RouterError) -> [JSONPatchOperation] {
        let (weights, added) = try weights(split, route, service)
        var changes: [JSONPatchOperation] = []
        for (position, entry) in route.destinations.enumerated() where weights[position] != Int(entry["weight"].int ?? 0) {
            let path = JSONPointer(tokens: route.pointer.tokens + ["route", "\(position)"])
            changes.append(.test(path.appending("destination"), entry["destination"]))
            if !entry["weight"].isNull { changes.append(.test(path.appending("weight"), entry["weight"])) }
            changes.append(.add(path.appending("weight"), JSON(weights[position])))
        }
        for destination in added {
            let path = JSONPointer(tokens: route.pointer.tokens + ["route", "-"])
            changes.append(
                .add(path, ["destination": ["host": .string(destination.service)], "weight": JSON(destination.weight)]))
        }
        if changes.isEmpty { return [] }
        if let name = route.tree["name"].string { changes.insert(.test(route.pointer.appending("name"), .string(name)), at: 0) }
        return changes
    }

    /// Operations that bring the two subsets to the wished hashes.
    func subsetChanges(_ split: TrafficSplit, _ object: KubeObject) throws(RouterError) -> [JSONPatchOperation] {
        guard let rule else { return [] }
        var operations: [JSONPatchOperation] = []
        for (name, hash) in [(rule.canarySubset, split.canaryHash), (rule.stableSubset, split.stableHash)] {
            let subsets = object.spec["subsets"].elements
            guard let index = subsets.firstIndex(where: { $0["name"].string == name }) else {
                throw invalid(object, "has no subset named \"\(name)\"")
            }
            guard let hash, subsets[index]["labels"][Self.hashLabel].string != hash else { continue }
            let path = JSONPointer(tokens: ["spec", "subsets", "\(index)"])
            operations.append(.test(path.appending("name"), .string(name)))
            if subsets[index]["labels"].isNull {
                operations.append(.add(path.appending("labels"), [Self.hashLabel: .string(hash)]))
            } else {
                operations.append(.add(path.appending("labels").appending(Self.hashLabel), .string(hash)))
            }
        }
        return operations
    }
}
