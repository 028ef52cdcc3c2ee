// Traefik: weights of a weighted TraefikService.

import JSONTree
package import KubeModel
package import MartletModel

/// Splits traffic by the services of a weighted TraefikService
/// (https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/).
///
/// Differs from Argo: services that are neither side's keep their weight, and nothing is written
/// when the weights are there.
package struct TraefikRouter: TrafficRouter {
    let routing: TraefikRouting
    let address: RouterAddress

    package static let services = RouterKind("traefik.io", "TraefikService", "traefikservices", ["v1alpha1"])
    package static let kinds = [services]

    package init(_ routing: TraefikRouting, at address: RouterAddress) {
        self.routing = routing
        self.address = address
    }

    private var reference: ObjectReference { Self.services.reference(address.namespace, routing.service) }
    package var reads: [ObjectReference] { [reference] }

    private func destinations(in object: KubeObject) -> WeightedDestinations {
        WeightedDestinations(
            object.spec["weighted"]["services"].elements, at: ["spec", "weighted", "services"]
        ) { service in
            switch service["name"].string {
            case address.canaryService: .canary
            case address.stableService: .stable
            default: .other
            }
        }
    }

    package func problem(in objects: RoutedObjects) -> RouterProblem? {
        let field = "\(RouterProblem.root).traefik.weightedTraefikServiceName"
        guard let object = objects[reference] else {
            return .missing(Self.services, routing.service, field: field)
        }
        let names = Set(object.spec["weighted"]["services"].elements.compactMap { $0["name"].string })
        for service in [address.canaryService, address.stableService] where !names.contains(service) {
            return RouterProblem(
                field: field, value: routing.service,
                message: "TraefikService has no weighted service \"\(service)\"")
        }
        return nil
    }

    package func observe(_ objects: RoutedObjects) -> Weight? {
        objects[reference].flatMap { destinations(in: $0).weight(of: .canary) }
    }

    package func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        guard let object = objects[reference] else { return [] }
        return [RouterPatch(object, destinations(in: object).operations(for: wish))].compactMap(\.self)
    }
}
