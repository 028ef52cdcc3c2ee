// Header and mirror routes: whole HTTP routes that we put before the others and take away again.

import JSONTree
import KubeModel

extension IstioRouter {
    /// Operations that make the managed routes at the head of `spec.http` those of the split. The
    /// routes below keep their order and content.
    func managedRouteOperations(_ split: TrafficSplit, _ service: KubeObject, _ routes: [Route]) -> [JSONPatchOperation] {
        guard !context.managedRoutes.isEmpty, let base = routes.first(where: { $0.list == "http" }) else { return [] }
        let present = service.spec["http"].elements
        let wanted = context.managedRoutes.compactMap { name in managedRoute(name, split, base) }
        let isManaged = { (route: JSON) in context.managedRoutes.contains(route["name"].string ?? "") }
        if present.filter(isManaged) == wanted, present.prefix(wanted.count).allSatisfy(isManaged) { return [] }
        var operations: [JSONPatchOperation] = []
        for index in present.indices.reversed() where isManaged(present[index]) {
            let path = JSONPointer(tokens: ["spec", "http", "\(index)"])
            operations.append(.test(path.appending("name"), present[index]["name"]))
            operations.append(.remove(path))
        }
        for route in wanted.reversed() { operations.append(.add(JSONPointer(tokens: ["spec", "http", "0"]), route)) }
        return operations
    }

    private func managedRoute(_ name: String, _ split: TrafficSplit, _ base: Route) -> JSON? {
        if let route = split.headerRoutes.first(where: { $0.name == name }) { return headerRoute(route, base) }
        if let route = split.mirrorRoutes.first(where: { $0.name == name }) { return mirrorRoute(route, split, base) }
        return nil
    }

    /// The canary's destination, with the port that the base route uses.
    private func canaryDestination(_ base: Route) -> JSON {
        let known = base.destinations.first { entry in
            if let rule { return entry["destination"]["subset"].string == rule.canarySubset }
            return Self.firstLabel(entry["destination"]["host"].string) == context.canaryService
        }
        return known?["destination"] ?? ["host": .string(context.canaryService)]
    }

    private func headerRoute(_ route: HeaderRoute, _ base: Route) -> JSON {
        [
            "name": .string(route.name),
            "match": .array(
                route.matches.map { header in
                    ["headers": .object([header.name: Self.match(header.value)])]
                }),
            "route": [["destination": canaryDestination(base), "weight": 100]],
        ]
    }

    private func mirrorRoute(_ route: MirrorRoute, _ split: TrafficSplit, _ base: Route) -> JSON {
        let matches: [JSON] = route.matches.map { match in
            var entry = JSONObject()
            if let method = match.method { entry["method"] = Self.match(method) }
            if let path = match.path { entry["uri"] = Self.match(path) }
            if !match.headers.isEmpty {
                entry["headers"] = .object(JSONObject(match.headers.map { ($0.name, Self.match($0.value)) }))
            }
            return .object(entry)
        }
        var destinations = base.tree["route"]
        if let weights = try? weights(split, base, KubeObject(.null)).weights {
            destinations = .array(
                base.destinations.enumerated().map { position, entry in
                    var entry = entry
                    entry["weight"] = JSON(weights[position])
                    return entry
                })
        }
        return [
            "name": .string(route.name), "match": .array(matches), "route": destinations,
            "mirror": canaryDestination(base), "mirrorPercentage": ["value": JSON(route.percentage)],
        ]
    }

    private static func match(_ match: StringMatch) -> JSON { .object([match.kind.rawValue: .string(match.value)]) }
}
