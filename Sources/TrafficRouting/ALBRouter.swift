// AWS load balancer controller: an Ingress's action annotations.

import JSONTree
package import KubeModel
package import MartletModel

/// Splits traffic by the forward action of an Ingress's root backend
/// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/).
///
/// Beside the action, the annotation `rollouts.argoproj.io/managed-alb-annotations` lists, a Rollout
/// each, which annotations are ours. A header route is an action to the canary, its condition and a
/// path in front of the others.
package struct ALBRouter: TrafficRouter {
    let routing: ALBRouting
    let address: RouterAddress

    package static let kinds = [NginxRouter.ingresses]
    static let index = "rollouts.argoproj.io/managed-alb-annotations"

    package init(_ routing: ALBRouting, at address: RouterAddress) {
        self.routing = routing
        self.address = address
    }

    private func reference(_ name: String) -> ObjectReference {
        NginxRouter.ingresses.reference(address.namespace, name)
    }
    private var root: String { routing.rootService ?? address.stableService }

    package var reads: [ObjectReference] { routing.ingresses.map(reference) }

    package func problem(in objects: RoutedObjects) -> RouterProblem? {
        for (position, name) in routing.ingresses.enumerated() {
            let field = IngressRules.field(
                "alb.ingress", hasSingle: routing.hasSingle, index: position, list: "alb.ingresses")
            guard let ingress = objects[reference(name)] else { return IngressRules.missing(name, field) }
            if !IngressRules.hasPath(ingress, to: root) {
                return RouterProblem(
                    field: field, value: name,
                    message: "ingress `\(name)` has no rules using service \(root) backend")
            }
        }
        return nil
    }

    package func observe(_ objects: RoutedObjects) -> Weight? {
        let weights = Set(
            routing.ingresses.map { name -> Int64? in
                let text = objects[reference(name)]?.annotation(action(root)) ?? ""
                let groups = (try? JSON.parse(text))?["ForwardConfig"]["TargetGroups"].elements ?? []
                return groups.first { $0["ServiceName"].string == address.canaryService }?["Weight"].int
            })
        return weights.count == 1 ? weights.first?.map { Weight(Int($0)) } : nil
    }

    // MARK: The load balancer itself

    func hostNames(of ingress: KubeObject?) -> [String] {
        ingress?.status["loadBalancer"]["ingress"].elements.compactMap { $0["hostname"].string } ?? []
    }

    package func loadBalancers(_ objects: RoutedObjects) -> [String] {
        var names: [String] = []
        for name in routing.ingresses.flatMap({ hostNames(of: objects[reference($0)]) })
        where !names.contains(name) { names.append(name) }
        return names
    }

    /// The annotation is a wish; a weight counts when the load balancer's target groups have it.
    package func unconfirmed(_ objects: RoutedObjects, _ wish: TrafficSplit) -> String? {
        guard address.verifiesLoadBalancers else { return nil }
        for name in routing.ingresses {
            let hostNames = hostNames(of: objects[reference(name)])
            if hostNames.isEmpty { return "ingress \(name) to have a load balancer" }
            for hostName in hostNames {
                guard let object = objects[LoadBalancerAnswer.reference(hostName)] else {
                    return "AWS to answer about \(hostName)"
                }
                let answer = LoadBalancerAnswer(object)
                if !answer.problem.isEmpty { return answer.problem }
                if let missing = difference(of: answer, ingress: name, wish) { return missing }
            }
        }
        return nil
    }

    private func difference(of answer: LoadBalancerAnswer, ingress: String, _ wish: TrafficSplit) -> String? {
        let shares =
            [(address.canaryService, wish.canary)] + wish.additional.map { ($0.service, $0.weight) }
        for (service, weight) in shares {
            let resource = "\(address.namespace)/\(ingress)-\(service):\(routing.servicePort)"
            guard let group = answer.groups.first(where: { $0.resource == resource }) else {
                if weight == .zero { continue }
                return "load balancer \(answer.name) to have a target group for \(service)"
            }
            if group.weight != weight.value {
                return "target group \(group.name) to have weight \(weight)"
            }
        }
        return nil
    }

    // MARK: Annotations

    private func action(_ name: String) -> String { "\(routing.annotationPrefix)/actions.\(name)" }
    private func condition(_ name: String) -> String { "\(routing.annotationPrefix)/conditions.\(name)" }

    private func forward(_ shares: [(String, Weight)], isSticky: Bool) -> String {
        let port = JSON.string(String(routing.servicePort))
        let groups: [JSON] = shares.map { service, weight in
            ["ServiceName": .string(service), "ServicePort": port, "Weight": JSON(weight.value)]
        }
        var configuration: JSON = ["TargetGroups": .array(groups)]
        if isSticky, let stickiness = routing.stickiness {
            configuration["TargetGroupStickinessConfig"] = [
                "Enabled": .bool(stickiness.isEnabled), "DurationSeconds": .int(stickiness.seconds),
            ]
        }
        let tree: JSON = ["Type": "forward", "ForwardConfig": configuration]
        return tree.text()
    }

    /// The annotations that are ours, in the order in which the index lists them.
    private func annotations(for wish: TrafficSplit) -> [(key: String, value: String)] {
        let shares =
            [(address.canaryService, wish.canary)] + wish.additional.map { ($0.service, $0.weight) }
            + [(address.stableService, wish.stable)]
        var annotations = [(key: action(root), value: forward(shares, isSticky: true))]
        for route in routes(for: wish) {
            annotations.append(
                (action(route.name), forward([(address.canaryService, .hundred)], isSticky: false)))
            annotations.append((condition(route.name), Self.conditions(route)))
        }
        return annotations
    }

    /// The wished header routes, those of higher precedence first.
    private func routes(for wish: TrafficSplit) -> [HeaderRoute] {
        address.managedRoutes.compactMap { name in wish.headerRoutes.first { $0.name == name } }
    }

    /// Values of one header are alternatives; several headers must all match.
    private static func conditions(_ route: HeaderRoute) -> String {
        var names: [String] = []
        var values: [String: [String]] = [:]
        for match in route.matches {
            let name = match["headerName"].string ?? ""
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(match["headerValue"]["exact"].string ?? "")
        }
        let conditions: [JSON] = names.map { name in
            [
                "field": "http-header",
                "httpHeaderConfig": [
                    "httpHeaderName": .string(name), "values": JSON(values[name] ?? []),
                ],
            ]
        }
        return JSON.array(conditions).text()
    }

    // MARK: Writing

    package func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        routing.ingresses.compactMap { name in
            guard let ingress = objects[reference(name)] else { return nil }
            return patch(ingress, wish)
        }
    }

    private func patch(_ ingress: KubeObject, _ wish: TrafficSplit) -> RouterPatch? {
        let wished = annotations(for: wish)
        let managed = (try? JSON.parse(ingress.annotation(Self.index) ?? "{}")) ?? [:]
        var patch: JSON = [:]
        for (key, value) in wished where ingress.annotation(key) != value {
            patch.set(["metadata", "annotations", key], to: .string(value))
        }
        for key in managed[address.rollout].elements.compactMap(\.string)
        where !wished.contains(where: { $0.key == key }) && ingress.annotation(key) != nil {
            patch.set(["metadata", "annotations", key], to: .null)
        }
        var index = managed
        index[address.rollout] = JSON(wished.map(\.key))
        if index != managed {
            patch.set(["metadata", "annotations", Self.index], to: .string(index.text()))
        }
        let rules = rules(of: ingress, for: wish)
        let isRouted = rules != ingress.spec["rules"].elements
        if isRouted { patch.set(["spec", "rules"], to: .array(rules)) }
        if patch == [:] { return nil }
        let news = RouterPatch.News(
            "PatchingALBIngress", "Updating ingress `\(ingress.name)` to desiredWeight '\(wish.canary)'")
        // A list is replaced whole, and only if it is still the one we looked at.
        let version = isRouted && !ingress.resourceVersion.isEmpty ? ingress.resourceVersion : nil
        let precondition = Precondition(uid: ingress.uid, resourceVersion: version)
        return RouterPatch(.patch(ingress.reference, .merge(patch), if: precondition), news)
    }

    /// The rules with a path for each header route in front; earlier paths match first.
    private func rules(of ingress: KubeObject, for wish: TrafficSplit) -> [JSON] {
        let own = Set(address.managedRoutes)
        let routes: [JSON] = routes(for: wish).map { route in
            [
                "path": "/*", "pathType": "ImplementationSpecific",
                "backend": [
                    "service": ["name": .string(route.name), "port": ["name": "use-annotation"]]
                ],
            ]
        }
        return ingress.spec["rules"].elements.map { rule in
            let paths = rule["http"]["paths"].elements
            let others = paths.filter { path in
                !(own.contains(IngressRules.service(of: path) ?? "")
                    && path["backend"]["service"]["port"]["name"].string == "use-annotation")
            }
            if routes + others == paths { return rule }
            var rule = rule
            rule.set(["http", "paths"], to: .array(routes + others))
            return rule
        }
    }
}
