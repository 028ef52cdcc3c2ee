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

    package static let virtualServiceKind = GroupVersionKind(
        group: "networking.istio.io", version: "v1alpha3", kind: "VirtualService")
    package static let destinationRuleKind = GroupVersionKind(
        group: "networking.istio.io", version: "v1alpha3", kind: "DestinationRule")

    package init(_ routing: IstioRouting, at address: RouterAddress) {
        self.routing = routing
        self.address = address
    }

    private func reference(_ service: IstioRouting.VirtualServiceReference) -> ObjectReference {
        ObjectReference(
            Self.virtualServiceKind, namespace: service.namespace ?? address.namespace, name: service.name)
    }

    private var ruleReference: ObjectReference? {
        routing.destinationRule.map {
            ObjectReference(Self.destinationRuleKind, namespace: address.namespace, name: $0.name)
        }
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
        if let rule = routing.destinationRule, let reference = ruleReference, objects[reference] == nil {
            return RouterProblem(
                field: "\(field).destinationRule.name", value: rule.name,
                message: "destinationrules.networking.istio.io \"\(rule.name)\" not found")
        }
        return nil
    }

    package func observe(_ objects: RoutedObjects) -> Weight? {
        var found: Weight?
        for service in routing.virtualServices {
            guard let object = objects[reference(service)],
                let slots = try? IstioRoutes(service, in: object.spec, self).slots()
            else { return nil }
            for slot in slots {
                let weight = slot.weight(of: .canary)
                if let found, found != weight { return nil }
                found = weight
            }
        }
        return found
    }

    // MARK: Writing

    package func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        // Labels first while the canary has no traffic: a subset must not get traffic for one
        // revision and point to another.
        var patches: [RouterPatch] = []
        if let rule = routing.destinationRule, let reference = ruleReference, let object = objects[reference],
            let operations = IstioSubsets(rule, address).operations(in: object, for: wish)
        {
            let change = Change.patch(
                reference, .json(JSONPatch(operations)), if: Precondition(uid: object.uid))
            patches.append(RouterPatch(change: change, subject: .destinationRule(rule.name)))
        }
        for service in routing.virtualServices {
            let reference = reference(service)
            guard let object = objects[reference],
                let operations = try? IstioRoutes(service, in: object.spec, self).operations(for: wish),
                !operations.isEmpty
            else { continue }
            let change = Change.patch(
                reference, .json(JSONPatch(operations)), if: Precondition(uid: object.uid))
            patches.append(RouterPatch(change: change, subject: .virtualService(service.name)))
        }
        return patches
    }
}

/// Why a VirtualService's routes cannot be split.
struct IstioRouteError: Error, Hashable {
    var message: String
}
