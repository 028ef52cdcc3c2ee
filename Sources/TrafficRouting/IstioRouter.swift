// Istio: weights of a VirtualService's routes, and the subsets of a DestinationRule.
//
// Differs from Argo Rollouts: a destination that is neither canary nor stable is left alone, with
// its weight, and what it leaves is split; a subset that we do not own is never dropped.

import JSONTree
package import KubeModel

/// One VirtualService, with the DestinationRule where one is configured.
package struct IstioRouter: TrafficRouter {
    static let group = "networking.istio.io"
    /// Served by every Istio release so far.
    static let version = "v1alpha3"
    static let hashLabel = "rollouts-pod-template-hash"

    let context: RoutingContext
    let service: ObjectKey
    let httpRoutes: [String]
    let tlsRoutes: [JSON]
    let tcpRoutes: [JSON]
    let rule: Rule?

    /// The subsets that stand for canary and stable.
    struct Rule: Hashable, Sendable {
        var name: String
        var canarySubset: String
        var stableSubset: String
        var additionalSubsets: [String]
    }

    /// One router for each VirtualService of `trafficRouting.istio`.
    static func routers(_ settings: JSON, _ context: RoutingContext) -> [any TrafficRouter] {
        let services = settings["virtualService"].isNull ? settings["virtualServices"].elements : [settings["virtualService"]]
        return services.enumerated().map { position, service in
            // The rule belongs to all of them; the first one patches it.
            IstioRouter(service, rule: settings["destinationRule"], patchesRule: position == 0, context)
        }
    }

    let patchesRule: Bool

    init(_ settings: JSON, rule: JSON, patchesRule: Bool, _ context: RoutingContext) {
        self.context = context
        self.patchesRule = patchesRule
        service = Self.key(settings["name"].string ?? "", namespace: context.namespace)
        httpRoutes = settings["routes"].elements.compactMap(\.string)
        tlsRoutes = settings["tlsRoutes"].elements
        tcpRoutes = settings["tcpRoutes"].elements
        self.rule =
            rule.isNull
            ? nil
            : Rule(
                name: rule["name"].string ?? "", canarySubset: rule["canarySubsetName"].string ?? "",
                stableSubset: rule["stableSubsetName"].string ?? "",
                additionalSubsets: rule["additionalSubsetNames"].elements.compactMap(\.string))
    }

    /// `web`, `web.shop` or `web.shop.svc.cluster.local`-like: the last part names the namespace.
    private static func key(_ name: String, namespace: String) -> ObjectKey {
        var text = Substring(name)
        if text.hasSuffix(".cluster.local") { text = text.dropLast(".cluster.local".count) }
        guard let dot = text.lastIndex(of: ".") else { return ObjectKey(namespace: namespace, name: String(text)) }
        return ObjectKey(namespace: String(text[text.index(after: dot)...]), name: String(text[..<dot]))
    }

    package var reads: [RoutedObject] {
        let virtualService = RoutedObject(
            resource: GroupVersionResource(group: Self.group, version: Self.version, resource: "virtualservices"),
            kind: GroupKind(Self.group, "VirtualService"), key: service)
        guard let rule else { return [virtualService] }
        return [
            virtualService,
            RoutedObject(
                resource: GroupVersionResource(group: Self.group, version: Self.version, resource: "destinationrules"),
                kind: GroupKind(Self.group, "DestinationRule"),
                key: ObjectKey(namespace: context.namespace, name: rule.name)),
        ]
    }

    func virtualService(_ objects: [KubeObject]) throws(RouterError) -> KubeObject {
        guard let found = objects.first(where: { $0.kindName == "VirtualService" && $0.key == service }) else {
            throw RouterError(
                .missing, object: "VirtualService/\(service.name)",
                "not found in namespace \(service.namespace): create it, or correct spec.strategy.canary.trafficRouting.istio")
        }
        return found
    }

    func destinationRule(_ objects: [KubeObject]) throws(RouterError) -> KubeObject? {
        guard let rule else { return nil }
        guard let found = objects.first(where: { $0.kindName == "DestinationRule" && $0.name == rule.name }) else {
            throw RouterError(
                .missing, object: "DestinationRule/\(rule.name)",
                "not found in namespace \(context.namespace): create it, or correct spec.strategy.canary.trafficRouting.istio.destinationRule")
        }
        return found
    }

    package func problems(_ objects: [KubeObject]) -> [RouterError] {
        var problems: [RouterError] = []
        do throws(RouterError) {
            let service = try virtualService(objects)
            for route in try routes(service) { _ = try ends(route, service) }
        } catch { problems.append(error) }
        do throws(RouterError) {
            if let found = try destinationRule(objects) { _ = try subsetChanges(TrafficSplit(canaryWeight: 0), found) }
        } catch { problems.append(error) }
        return problems
    }

    package func observedCanaryWeight(_ objects: [KubeObject]) -> Int? {
        guard let service = try? virtualService(objects), let route = try? routes(service).first,
            let ends = try? ends(route, service)
        else { return nil }
        return Int(route.destinations[ends.canary]["weight"].int ?? 0)
    }

    package func changes(to split: TrafficSplit, _ objects: [KubeObject]) throws(RouterError) -> [Change] {
        let service = try virtualService(objects)
        var operations: [JSONPatchOperation] = []
        for route in try routes(service) { operations += try weightOperations(split, route, service) }
        operations += managedRouteOperations(split, service, try routes(service))
        var changes: [Change] = []
        // Subsets first when the canary gets traffic: its subset must select it before.
        if patchesRule, let rule = try destinationRule(objects) {
            let operations = try subsetChanges(split, rule)
            if !operations.isEmpty {
                changes.append(.patch(rule.reference, .json(JSONPatch(operations)), if: Precondition(uid: rule.uid)))
            }
        }
        if !operations.isEmpty {
            changes.append(.patch(service.reference, .json(JSONPatch(operations)), if: Precondition(uid: service.uid)))
        }
        return changes
    }
}
