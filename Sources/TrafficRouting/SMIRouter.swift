// Service Mesh Interface: a TrafficSplit that is ours.

import JSONTree
package import KubeModel
package import MartletModel

/// Writes a TrafficSplit (https://github.com/servicemeshinterface/smi-spec), which it creates: its
/// backends are ours. One of the same name that belongs to somebody else is an error.
package struct SMIRouter: TrafficRouter {
    let routing: SMIRouting
    let address: RouterAddress

    package static let splits = RouterKind(
        "split.smi-spec.io", "TrafficSplit", "trafficsplits",
        ["v1alpha1", "v1alpha2", "v1alpha3", "v1alpha4"])
    package static let kinds = [splits]

    package init(_ routing: SMIRouting, at address: RouterAddress) {
        self.routing = routing
        self.address = address
    }

    private var name: String { routing.trafficSplitName ?? address.rollout }
    private var reference: ObjectReference { Self.splits.reference(address.namespace, name) }
    package var reads: [ObjectReference] { [reference] }
    package var makes: [ObjectReference] { reads }

    package func problem(in objects: RoutedObjects) -> RouterProblem? {
        guard let object = objects[reference], let owner = address.owner,
            object.controller?.uid != owner.uid
        else { return nil }
        return RouterProblem(
            field: "\(RouterProblem.root).smi.trafficSplitName", value: name,
            message: "TrafficSplit \"\(name)\" is not controlled by this Rollout")
    }

    package func observe(_ objects: RoutedObjects) -> Weight? {
        let backends = objects[reference]?.spec["backends"].elements ?? []
        let canary = backends.first { $0["service"].string == address.canaryService } ?? .null
        return Self.weight(canary["weight"])
    }

    /// The first version has quantities as text where the others have numbers.
    private static func weight(_ tree: JSON) -> Weight? {
        tree.int.map { Weight(Int($0)) } ?? tree.string.flatMap { Int($0) }.map { Weight($0) }
    }

    private func backends(for wish: TrafficSplit, asText: Bool) -> JSON {
        let shares =
            [(address.canaryService, wish.canary)] + wish.additional.map { ($0.service, $0.weight) }
            + [(address.stableService, wish.stable)]
        return .array(
            shares.map { service, weight in
                let value: JSON = asText ? .string(String(weight.value)) : JSON(weight.value)
                return ["service": .string(service), "weight": value]
            })
    }

    package func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        guard let object = objects[reference] else { return create(wish) }
        let present = object.spec["backends"]
        let wished = backends(for: wish, asText: object.apiVersion.hasSuffix("/v1alpha1"))
        var operations: [JSONPatchOperation] = []
        if present != wished {
            let path = JSONPointer(tokens: ["spec", "backends"])
            operations = [.test(path, present), .replace(path, wished)]
        }
        let root = JSON.string(routing.rootService ?? address.stableService)
        if object.spec["service"] != root {
            operations.append(.add(JSONPointer(tokens: ["spec", "service"]), root))
        }
        return [RouterPatch(object, operations)].compactMap(\.self)
    }

    private func create(_ wish: TrafficSplit) -> [RouterPatch] {
        guard let owner = address.owner else { return [] }
        let version = Self.splits.apiVersion(at: address)
        let object = KubeObject([
            "apiVersion": .string(version), "kind": "TrafficSplit",
            "metadata": [
                "name": .string(name), "namespace": .string(address.namespace),
                "ownerReferences": [owner.tree],
            ],
            "spec": [
                "service": .string(routing.rootService ?? address.stableService),
                "backends": backends(for: wish, asText: version.hasSuffix("/v1alpha1")),
            ],
        ])
        return [
            RouterPatch(
                .create(object), .init("TrafficSplitCreated", "TrafficSplit `\(name)` created"))
        ]
    }
}
