// AWS App Mesh: weighted targets of a VirtualRouter, revisions in VirtualNodes' selectors.

import JSONTree
package import KubeModel
package import MartletModel

/// Splits traffic between two VirtualNodes in the routes of the VirtualRouter behind a
/// VirtualService (https://aws.github.io/aws-app-mesh-controller-for-k8s/reference/api_spec/).
/// The nodes select their revision's pods by label; a node is pointed to another revision only
/// while it has no weight.
package struct AppMeshRouter: TrafficRouter {
    let routing: AppMeshRouting
    let address: RouterAddress

    private static let group = "appmesh.k8s.aws"
    package static let services = RouterKind(group, "VirtualService", "virtualservices", ["v1beta2"])
    package static let routers = RouterKind(group, "VirtualRouter", "virtualrouters", ["v1beta2"])
    package static let nodes = RouterKind(group, "VirtualNode", "virtualnodes", ["v1beta2"])
    package static let kinds = [services, routers, nodes]
    package static let followedKinds = [routers]
    private static let protocols = ["httpRoute", "http2Route", "grpcRoute", "tcpRoute"]

    package init(_ routing: AppMeshRouting, at address: RouterAddress) {
        self.routing = routing
        self.address = address
    }

    private var service: ObjectReference {
        Self.services.reference(address.namespace, routing.virtualService)
    }
    private func node(_ name: String) -> ObjectReference { Self.nodes.reference(address.namespace, name) }
    private var hasNodes: Bool { !routing.canaryNode.isEmpty && !routing.stableNode.isEmpty }
    private let root = "\(RouterProblem.root).appMesh"

    package var reads: [ObjectReference] {
        [service] + (hasNodes ? [node(routing.canaryNode), node(routing.stableNode)] : [])
    }

    package func follows(from objects: RoutedObjects) -> [ObjectReference] {
        router(in: objects).map { [$0] } ?? []
    }

    private func router(in objects: RoutedObjects) -> ObjectReference? {
        let reference = objects[service]?.spec["provider"]["virtualRouter"]["virtualRouterRef"] ?? .null
        guard let name = reference["name"].string else { return nil }
        return Self.routers.reference(reference["namespace"].string ?? address.namespace, name)
    }

    // MARK: Looking

    private func side(_ target: JSON) -> WeightedDestinations.Side {
        let name = target["virtualNodeRef"]["name"].string
        if hasNodes {
            return name == routing.canaryNode ? .canary : name == routing.stableNode ? .stable : .other
        }
        return name == address.canaryService ? .canary : name == address.stableService ? .stable : .other
    }

    private func slots(in router: KubeObject) -> Result<[WeightedDestinations], RouterProblem> {
        let routes = router.spec["routes"].elements
        let field = "\(root).virtualService.routes"
        for name in routing.routes where !routes.contains(where: { $0["name"].string == name }) {
            return .failure(
                RouterProblem(
                    field: field, value: name,
                    message: "VirtualRouter \"\(router.name)\" has no route \"\(name)\""))
        }
        var slots: [WeightedDestinations] = []
        for (index, route) in routes.enumerated() {
            let name = route["name"].string ?? ""
            if !routing.routes.isEmpty, !routing.routes.contains(name) { continue }
            for key in Self.protocols where !route[key].isNull {
                let slot = WeightedDestinations(
                    route[key]["action"]["weightedTargets"].elements,
                    at: ["spec", "routes", String(index), key, "action", "weightedTargets"], side: side)
                if slot.isWhole {
                    slots.append(slot)
                    continue
                }
                return .failure(
                    RouterProblem(
                        field: field, value: name,
                        message: "route \"\(name)\" has no weighted targets for canary and stable"))
            }
        }
        if slots.isEmpty {
            return .failure(
                RouterProblem(
                    field: field, value: router.name,
                    message: "VirtualRouter \"\(router.name)\" has no route to split"))
        }
        return .success(slots)
    }

    package func problem(in objects: RoutedObjects) -> RouterProblem? {
        let field = "\(root).virtualService.name"
        guard let found = objects[service] else {
            return .missing(Self.services, routing.virtualService, field: field)
        }
        guard let reference = router(in: objects) else {
            return RouterProblem(
                field: field, value: found.name, message: "VirtualService has no VirtualRouter as provider")
        }
        guard let router = objects[reference] else {
            return .missing(Self.routers, reference.name, field: field)
        }
        if case .failure(let problem) = slots(in: router) { return problem }
        for (name, side) in hasNodes ? [(routing.canaryNode, "canary"), (routing.stableNode, "stable")] : []
        where objects[node(name)] == nil {
            return .missing(
                Self.nodes, name, field: "\(root).virtualNodeGroup.\(side)VirtualNodeRef.name")
        }
        return nil
    }

    package func observe(_ objects: RoutedObjects) -> Weight? {
        guard let reference = router(in: objects), let router = objects[reference],
            case .success(let slots) = slots(in: router)
        else { return nil }
        return WeightedDestinations.agreed(slots)
    }

    // MARK: Writing

    package func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        guard let reference = router(in: objects), var router = objects[reference] else { return [] }
        var patches: [RouterPatch] = []
        let labels = hasNodes ? labelPatches(objects, wish) : []
        if !labels.isEmpty, let interim = drained(router, objects, wish) {
            patches += weights(&router, interim)
        }
        return patches + labels + weights(&router, wish)
    }

    private func weights(_ router: inout KubeObject, _ wish: TrafficSplit) -> [RouterPatch] {
        guard case .success(let slots) = slots(in: router) else { return [] }
        let operations = slots.flatMap { $0.operations(for: wish) }
        guard let patch = RouterPatch(router, operations) else { return [] }
        if let tree = try? JSONPatch(operations).apply(to: router.tree) { router = KubeObject(tree) }
        return [patch]
    }

    private var sides: [(name: String, isCanary: Bool)] {
        [(routing.canaryNode, true), (routing.stableNode, false)]
    }

    private func hash(of node: KubeObject) -> String? {
        node.spec["podSelector"]["matchLabels"][RolloutLabels.podTemplateHash].string
    }

    /// The split under which a node that has to be pointed elsewhere has no traffic.
    private func drained(_ router: KubeObject, _ objects: RoutedObjects, _ wish: TrafficSplit)
        -> TrafficSplit?
    {
        guard case .success(let slots) = slots(in: router) else { return nil }
        for (name, isCanary) in sides {
            let wished = isCanary ? wish.canaryHash : wish.stableHash
            guard let node = objects[node(name)], let present = hash(of: node), !wished.isEmpty,
                present != wished, wish.servingHashes.contains(present),
                slots.contains(where: { $0.weight(of: isCanary ? .canary : .stable) ?? .zero > .zero })
            else { continue }
            var interim = wish
            interim.canary = isCanary ? .zero : wish.canary + wish.stable
            return interim
        }
        return nil
    }

    private func labelPatches(_ objects: RoutedObjects, _ wish: TrafficSplit) -> [RouterPatch] {
        sides.compactMap { name, isCanary in
            let wished = isCanary ? wish.canaryHash : wish.stableHash
            guard let node = objects[node(name)], !wished.isEmpty, hash(of: node) != wished else {
                return nil
            }
            // A merge: what others select by stays.
            var patch: JSON = [:]
            patch.set(
                ["spec", "podSelector", "matchLabels", RolloutLabels.podTemplateHash], to: .string(wished))
            return RouterPatch(.patch(node.reference, .merge(patch), if: Precondition(uid: node.uid)))
        }
    }
}
