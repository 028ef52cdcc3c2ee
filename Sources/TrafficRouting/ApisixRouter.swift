// APISIX: weights of an ApisixRoute's backends, and rules of its own by header.

import JSONTree
package import KubeModel
package import MartletModel

/// Splits traffic by the backends of an ApisixRoute's rules
/// (https://apisix.apache.org/docs/ingress-controller/references/apisix_route_v2/).
///
/// A header route is an ApisixRoute of its own name, which we create: a copy of the split rules
/// with a higher priority, whose only backend is the canary's. Rules and backends that are not
/// ours stay as they are.
package struct ApisixRouter: TrafficRouter {
    let routing: ApisixRouting
    let address: RouterAddress

    package static let routes = RouterKind("apisix.apache.org", "ApisixRoute", "apisixroutes", ["v2", "v2beta3"])
    package static let kinds = [routes]

    package init(_ routing: ApisixRouting, at address: RouterAddress) {
        self.routing = routing
        self.address = address
    }

    private var reference: ObjectReference { Self.routes.reference(address.namespace, routing.route) }
    package var reads: [ObjectReference] { [reference] + makes }
    package var makes: [ObjectReference] { address.managedRoutes.map(managedReference) }

    private func managedReference(_ name: String) -> ObjectReference {
        Self.routes.reference(address.namespace, name)
    }

    private func side(_ backend: JSON) -> WeightedDestinations.Side {
        switch backend["serviceName"].string {
        case address.canaryService: .canary
        case address.stableService: .stable
        default: .other
        }
    }

    /// The rules that are split, by name; the message says what is missing.
    private func slots(in object: KubeObject) -> Result<[WeightedDestinations], RouterProblem> {
        let rules = object.spec["http"].elements
        let field = "\(RouterProblem.root).apisix.route.rules"
        var names = routing.rules
        if names.isEmpty {
            // Without names the rule of the route's own name is meant, or the only one.
            names = rules.count == 1 ? rules.compactMap { $0["name"].string } : [routing.route]
        }
        var slots: [WeightedDestinations] = []
        for name in names {
            guard let index = rules.firstIndex(where: { $0["name"].string == name }) else {
                return .failure(
                    RouterProblem(
                        field: field, value: name,
                        message: "ApisixRoute \"\(routing.route)\" has no rule \"\(name)\""))
            }
            let slot = WeightedDestinations(
                rules[index]["backends"].elements, at: ["spec", "http", String(index), "backends"],
                side: side)
            guard slot.isWhole else {
                let service = slot.sides.contains(.canary) ? address.stableService : address.canaryService
                return .failure(
                    RouterProblem(
                        field: field, value: name, message: "rule has no backend \"\(service)\""))
            }
            slots.append(slot)
        }
        return .success(slots)
    }

    package func problem(in objects: RoutedObjects) -> RouterProblem? {
        guard let object = objects[reference] else {
            return .missing(
                Self.routes, routing.route, field: "\(RouterProblem.root).apisix.route.name")
        }
        if case .failure(let problem) = slots(in: object) { return problem }
        for name in address.managedRoutes {
            guard let found = objects[managedReference(name)], !isOurs(found) else { continue }
            return RouterProblem(
                field: "\(RouterProblem.root).managedRoutes", value: name,
                message: "ApisixRoute \"\(name)\" is not controlled by this Rollout")
        }
        return nil
    }

    package func observe(_ objects: RoutedObjects) -> Weight? {
        guard let object = objects[reference], case .success(let slots) = slots(in: object) else {
            return nil
        }
        return WeightedDestinations.agreed(slots)
    }

    package func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        guard let object = objects[reference], case .success(let slots) = slots(in: object) else {
            return []
        }
        var patches: [RouterPatch] = []
        for name in address.managedRoutes {
            let found = objects[managedReference(name)]
            let route = wish.headerRoutes.first { $0.name == name }
            let rules = route.map { headerRules($0, slots, object.spec["http"].elements) }
            if let patch = managedPatch(name, found, rules, like: object) { patches.append(patch) }
        }
        let weights = slots.flatMap { $0.operations(for: wish) }
        // Nothing may be routed by header to a canary that has just lost its share.
        return [RouterPatch(object, weights)].compactMap(\.self) + patches
    }

    private func isOurs(_ object: KubeObject) -> Bool {
        address.owner.map { $0.uid == object.controller?.uid } ?? false
    }

    private func managedPatch(
        _ name: String, _ found: KubeObject?, _ rules: [JSON]?, like object: KubeObject
    ) -> RouterPatch? {
        guard let rules else {
            guard let found, isOurs(found), !found.isDeleting else { return nil }
            return RouterPatch(
                .delete(found.reference, if: Precondition(uid: found.uid), propagation: .background))
        }
        if let found {
            guard found.spec["http"] != .array(rules) else { return nil }
            let path = JSONPointer(tokens: ["spec", "http"])
            return RouterPatch(
                found, [.test(path, found.spec["http"]), .replace(path, .array(rules))])
        }
        guard let owner = address.owner else { return nil }
        var spec: JSON = ["http": .array(rules)]
        if !object.spec["ingressClassName"].isNull {
            spec["ingressClassName"] = object.spec["ingressClassName"]
        }
        return RouterPatch(
            .create(
                KubeObject([
                    "apiVersion": .string(object.apiVersion), "kind": "ApisixRoute",
                    "metadata": [
                        "name": .string(name), "namespace": .string(address.namespace),
                        "ownerReferences": [owner.tree],
                    ],
                    "spec": spec,
                ])))
    }

    /// A copy of each split rule that goes before it and whose only backend is the canary's.
    private func headerRules(_ route: HeaderRoute, _ slots: [WeightedDestinations], _ rules: [JSON])
        -> [JSON]
    {
        slots.compactMap { slot -> JSON? in
            guard let index = Int(slot.path[2]) else { return nil }
            var rule = rules[index]
            rule["priority"] = .int((rule["priority"].int ?? 0) + 1)
            rule["backends"] = .array(
                slot.elements.filter { side($0) == .canary }.map { backend in
                    var backend = backend
                    backend["weight"] = 100
                    return backend
                })
            let expressions = rule["match"]["exprs"].elements + route.matches.map(Self.expression)
            rule.set(["match", "exprs"], to: .array(expressions))
            return rule
        }
    }

    private static func expression(_ match: JSON) -> JSON {
        let value = match["headerValue"]
        let subject: JSON = ["scope": "Header", "name": match["headerName"]]
        if let exact = value["exact"].string, !exact.isEmpty {
            return ["subject": subject, "op": "Equal", "value": .string(exact)]
        }
        let pattern =
            value["regex"].string.flatMap { $0.isEmpty ? nil : $0 }
            ?? "^\(Patterns.escaped(value["prefix"].string ?? "")).*"
        return ["subject": subject, "op": "RegexMatch", "value": .string(pattern)]
    }
}

/// Texts within regular expressions.
enum Patterns {
    /// The text with everything escaped that a regular expression reads.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if #"\.+*?()|[]{}^$"#.contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
