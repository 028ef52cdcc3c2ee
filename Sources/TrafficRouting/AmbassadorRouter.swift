// Ambassador (Emissary): a second Mapping with the canary's weight.

import JSONTree
package import KubeModel
package import MartletModel

/// Gives the canary a Mapping of its own beside each stable one: a copy with another service and a
/// weight (https://www.getambassador.io/docs/emissary/latest/topics/using/canary). It exists while
/// the canary has a share; before it goes, its weight is seen to be zero.
///
/// Differs from Argo: no worker sleeps between the zero and the deletion; the deletion follows when
/// the zero has been seen.
package struct AmbassadorRouter: TrafficRouter {
    let routing: AmbassadorRouting
    let address: RouterAddress

    package static let mappings = RouterKind(
        "getambassador.io", "Mapping", "mappings", ["v2", "v3alpha1", "v1"])
    package static let kinds = [mappings]
    /// The canary's Mapping says whose it is by an annotation; it goes when its Rollout is gone.
    package static let mappingKind = mappings.groupKind
    /// By which tools know what they have applied.
    private static let trackingLabels: Set<String> = [
        "app.kubernetes.io/instance", "argocd.argoproj.io/instance",
    ]

    package init(_ routing: AmbassadorRouting, at address: RouterAddress) {
        self.routing = routing
        self.address = address
    }

    private func reference(_ name: String) -> ObjectReference {
        Self.mappings.reference(address.namespace, name)
    }
    private func canaryName(_ name: String) -> String { "\(name)-canary" }

    package var reads: [ObjectReference] {
        routing.mappings.flatMap { [reference($0), reference(canaryName($0))] }
    }
    package var makes: [ObjectReference] { routing.mappings.map { reference(canaryName($0)) } }

    package func problem(in objects: RoutedObjects) -> RouterProblem? {
        for (index, name) in routing.mappings.enumerated() {
            let field = "\(RouterProblem.root).ambassador.mappings[\(index)]"
            guard let object = objects[reference(name)] else {
                return .missing(Self.mappings, name, field: field)
            }
            if !object.spec["weight"].isNull {
                return RouterProblem(
                    field: field, value: name,
                    message: "Mapping \"\(name)\" must not have a weight: it gets what the canary leaves")
            }
            if canaryService(of: object) == nil {
                return RouterProblem(
                    field: field, value: name,
                    message: "Mapping \"\(name)\" does not lead to service \"\(address.stableService)\"")
            }
        }
        return nil
    }

    /// The canary's text for a mapping's service: `scheme://stable.namespace:port` with the one
    /// name replaced. Nil where the mapping leads elsewhere.
    private func canaryService(of object: KubeObject) -> String? {
        guard let text = object.spec["service"].string else { return nil }
        let pieces = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let scheme = pieces.count == 2 ? "\(pieces[0])://" : ""
        let rest = pieces.last.map(String.init) ?? ""
        let host = rest.prefix { $0 != "." && $0 != ":" && $0 != "/" }
        guard host == address.stableService else { return nil }
        return scheme + address.canaryService + rest.dropFirst(host.count)
    }

    package func observe(_ objects: RoutedObjects) -> Weight? {
        let weights = Set(
            routing.mappings.map { objects[reference(canaryName($0))]?.spec["weight"].int ?? 0 })
        return weights.count == 1 ? weights.first.map { Weight(Int($0)) } : nil
    }

    package func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        routing.mappings.compactMap { name in
            guard let stable = objects[reference(name)] else { return nil }
            let canary = objects[reference(canaryName(name))]
            guard let canary else {
                return wish.canary > .zero ? create(stable, wish.canary) : nil
            }
            let weight = canary.spec["weight"]
            if weight.int == 0, wish.canary == .zero {
                if canary.isDeleting { return nil }
                return RouterPatch(
                    .delete(
                        canary.reference, if: Precondition(uid: canary.uid), propagation: .background))
            }
            if weight.int == Int64(wish.canary.value) { return nil }
            let path = JSONPointer(tokens: ["spec", "weight"])
            let tests: [JSONPatchOperation] = weight.isNull ? [] : [.test(path, weight)]
            return RouterPatch(
                canary, tests + [.add(path, JSON(wish.canary.value))], news(canary.name, wish.canary))
        }
    }

    private func news(_ name: String, _ weight: Weight) -> RouterPatch.News {
        .init("CanaryMappingWeightUpdate", "Mapping `\(name)` has weight '\(weight)'")
    }

    private func create(_ stable: KubeObject, _ weight: Weight) -> RouterPatch? {
        guard let service = canaryService(of: stable) else { return nil }
        var spec = stable.spec
        spec["service"] = .string(service)
        spec["weight"] = JSON(weight.value)
        let name = canaryName(stable.name)
        var metadata: JSON = [
            "name": .string(name), "namespace": .string(address.namespace),
            "annotations": .object([RolloutAnnotations.managedBy: .string(address.rollout)]),
        ]
        // Hosts select mappings by labels; but the canary's is nothing that Git brought.
        let labels = stable.labels.filter { !Self.trackingLabels.contains($0.key) }
        if !labels.isEmpty { metadata["labels"] = JSON(labels) }
        return RouterPatch(
            .create(
                KubeObject([
                    "apiVersion": .string(stable.apiVersion), "kind": "Mapping",
                    "metadata": metadata, "spec": spec,
                ])), news(name, weight))
    }
}
