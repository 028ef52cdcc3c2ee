// Istio: weights in VirtualServices, revisions in DestinationRules' subsets.

import JSONTree
package import KubeModel
package import MartletModel

/// Splits traffic by the destinations of a VirtualService's routes
/// (https://istio.io/latest/docs/reference/config/networking/virtual-service/).
///
/// A destination belongs to the canary or the stable side by its host, or by its subset where a
/// DestinationRule is configured. Destinations that are neither keep their weight, and stable has
/// what is left. Differs from Argo: it deletes destinations that it doesn't know, and drops
/// subsets that it doesn't know from the DestinationRule.
package struct IstioRouter: TrafficRouter {
    let routing: IstioRouting
    let address: RouterAddress

    private static let versions = ["v1alpha3", "v1beta1", "v1"]
    package static let virtualServices = RouterKind(
        "networking.istio.io", "VirtualService", "virtualservices", versions)
    package static let destinationRules = RouterKind(
        "networking.istio.io", "DestinationRule", "destinationrules", versions)
    package static let kinds = [virtualServices, destinationRules]
    package static let virtualServiceKind = virtualServices.reference("", "").kind
    package static let destinationRuleKind = destinationRules.reference("", "").kind

    package init(_ routing: IstioRouting, at address: RouterAddress) {
        self.routing = routing
        self.address = address
    }

    private func reference(_ service: IstioRouting.VirtualServiceReference) -> ObjectReference {
        Self.virtualServices.reference(service.namespace ?? address.namespace, service.name)
    }

    private var ruleReference: ObjectReference? {
        routing.destinationRule.map { Self.destinationRules.reference(address.namespace, $0.name) }
    }

    package var reads: [ObjectReference] {
        routing.virtualServices.map(reference) + (ruleReference.map { [$0] } ?? [])
    }

    // MARK: Looking

    package func problem(in objects: RoutedObjects) -> RouterProblem? {
        let field = "spec.strategy.canary.trafficRouting.istio"
        for (index, service) in routing.virtualServices.enumerated() {
            let place =
                routing.hasList
                ? "\(field).virtualServices.virtualServices[\(index)].name" : "\(field).virtualService.name"
            guard let object = objects[reference(service)] else {
                return RouterProblem(
                    field: place, value: service.text,
                    message: "virtualservices.networking.istio.io \"\(service.name)\" not found")
            }
            do throws(IstioRouteError) {
                _ = try IstioRoutes(service, in: object.spec, self).slots()
            } catch {
                return RouterProblem(field: place, value: service.text, message: error.message)
            }
        }
        return ruleProblem(in: objects, "\(field).destinationRule")
    }

    private func ruleProblem(in objects: RoutedObjects, _ field: String) -> RouterProblem? {
        guard let rule = routing.destinationRule, let reference = ruleReference else { return nil }
        guard let object = objects[reference] else {
            return .missing(Self.destinationRules, rule.name, field: "\(field).name")
        }
        let names = Set(object.spec["subsets"].elements.compactMap { $0["name"].string })
        for (key, name) in [("canarySubsetName", rule.canarySubset), ("stableSubsetName", rule.stableSubset)]
        where !names.contains(name) {
            return RouterProblem(
                field: "\(field).\(key)", value: name,
                message: "DestinationRule \"\(rule.name)\" has no subset \"\(name)\"")
        }
        return nil
    }

    package func observe(_ objects: RoutedObjects) -> Weight? {
        let weights = Set(slots(in: objects).map { $0.weight(of: .canary) })
        return weights.count == 1 ? weights.first : nil
    }

    private func slots(in objects: RoutedObjects) -> [IstioRoutes.Slot] {
        routing.virtualServices.flatMap { service -> [IstioRoutes.Slot] in
            guard let object = objects[reference(service)] else { return [] }
            return (try? IstioRoutes(service, in: object.spec, self).slots()) ?? []
        }
    }

    // MARK: Writing

    package func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        var held = objects
        var patches: [RouterPatch] = []
        if let rule = routing.destinationRule, let reference = ruleReference,
            let object = objects[reference]
        {
            let subsets = IstioSubsets(rule, address)
            if let operations = subsets.operations(in: object, for: wish) {
                if let interim = drained(wish, subsets, object, slots(in: objects)) {
                    patches += services(&held, to: interim)
                }
                patches.append(Self.label(object, operations, wish))
            }
        }
        return patches + services(&held, to: wish)
    }

    /// The split on the way to a wish: a subset points to another revision only while it has no
    /// traffic, so that what was meant for one revision never reaches another
    /// (top-complaints.md, 3). A subset whose revision has no pods is not waited for (4). Nil where
    /// nothing has to move first.
    private func drained(
        _ wish: TrafficSplit, _ subsets: IstioSubsets, _ rule: KubeObject, _ slots: [IstioRoutes.Slot]
    ) -> TrafficSplit? {
        let isCanaryRepointed = subsets.isRepointed(.canary, in: rule, for: wish)
        func mustDrain(_ side: IstioRoutes.Side) -> Bool {
            subsets.isRepointed(side, in: rule, for: wish)
                && slots.contains { $0.weight(of: side) > .zero }
        }
        var interim = wish
        // Routes by header reach the canary as well.
        interim.headerRoutes = []
        interim.mirrorRoutes = []
        if mustDrain(.canary) {
            interim.canary = .zero
            return interim
        }
        if mustDrain(.stable), !isCanaryRepointed {
            interim.canary = wish.canary + wish.stable
            return interim
        }
        return nil
    }

    private static func label(
        _ object: KubeObject, _ operations: [JSONPatchOperation], _ wish: TrafficSplit
    ) -> RouterPatch {
        let news = RouterPatch.News(
            "UpdatedDestinationRule",
            "DestinationRule \(object.name) subset updated "
                + "(canary: \(wish.canaryHash), stable: \(wish.stableHash))")
        // Nothing pins an absence of annotations: there the version must.
        let isBare = object.metadata["annotations"].isNull && !object.resourceVersion.isEmpty
        let condition = Precondition(
            uid: object.uid, resourceVersion: isBare ? object.resourceVersion : nil)
        return RouterPatch(.patch(object.reference, .json(JSONPatch(operations)), if: condition), news)
    }

    private func services(_ held: inout RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        var patches: [RouterPatch] = []
        for service in routing.virtualServices {
            let reference = reference(service)
            guard let object = held[reference],
                let operations = try? IstioRoutes(service, in: object.spec, self).operations(for: wish)
            else { continue }
            // The blank in the reason is the peer's.
            let news = RouterPatch.News(
                "Updated VirtualService",
                "VirtualService `\(service.name)` set to desiredWeight '\(wish.canary)'")
            guard let patch = RouterPatch(object, operations, news) else { continue }
            patches.append(patch)
            if let tree = try? JSONPatch(operations).apply(to: object.tree) {
                held[reference] = KubeObject(tree)
            }
        }
        return patches
    }
}

/// Why a VirtualService's routes cannot be split.
struct IstioRouteError: Error, Hashable {
    var message: String
}
