// Plugins: a router that somebody else carries out, told and heard through an object.

import JSONTree
package import KubeModel
package import MartletModel

/// Hands the wish to a plugin by an object of the kind `TrafficWish`, and goes on when the plugin
/// has answered in its status. docs/router-plugins.md is the protocol.
///
/// Differs from Argo, whose plugins are programs started by the controller: here a plugin is any
/// controller in the cluster, with its own permissions, and the exchange can be read with kubectl.
package struct PluginRouter: TrafficRouter {
    let routing: PluginRouting
    let address: RouterAddress

    static let wishes = RouterKind("martlet.dev", "TrafficWish", "trafficwishes", ["v1alpha1"])
    package static let kinds = [wishes]

    package init(_ routing: PluginRouting, at address: RouterAddress) {
        self.routing = routing
        self.address = address
    }

    /// `<rollout>-<vendor>-<name>`, in what names of objects may hold.
    private var name: String {
        let plugin = routing.name.lowercased().map { character in
            character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
        }
        return String("\(address.rollout)-\(String(plugin))".prefix(Limits.nameLengthMax))
    }
    private var reference: ObjectReference { Self.wishes.reference(address.namespace, name) }
    package var reads: [ObjectReference] { [reference] }
    package var makes: [ObjectReference] { reads }
    private var field: String { "\(RouterProblem.root).plugins.\(routing.name)" }

    package func problem(in objects: RoutedObjects) -> RouterProblem? {
        guard let object = objects[reference] else { return nil }
        if let owner = address.owner, object.controller?.uid != owner.uid {
            return RouterProblem(
                field: field, value: routing.name,
                message: "TrafficWish \"\(name)\" is not controlled by this Rollout")
        }
        guard let refusal = object.status["error"].string, !refusal.isEmpty, isAnswered(object) else {
            return nil
        }
        return RouterProblem(field: field, value: routing.name, message: refusal)
    }

    /// Whether the status is about the specification as it is now.
    private func isAnswered(_ object: KubeObject) -> Bool {
        object.status["observedGeneration"].int == object.generation
    }

    package func observe(_ objects: RoutedObjects) -> Weight? {
        guard let object = objects[reference], isAnswered(object) else { return nil }
        return object.status["canaryWeight"].int.map { Weight(Int($0)) }
    }

    package func unconfirmed(_ objects: RoutedObjects, _ wish: TrafficSplit) -> String? {
        guard let object = objects[reference], object.spec == spec(for: wish, over: object.spec),
            isAnswered(object), object.status["canaryWeight"].int == Int64(wish.canary.value)
        else { return "plugin \(routing.name) to confirm weight \(wish.canary)" }
        return nil
    }

    // MARK: Writing

    /// The wish as the plugin reads it. Revisions that the wish leaves open stay as they were.
    private func spec(for wish: TrafficSplit, over present: JSON) -> JSON {
        func hash(_ wished: String, _ side: String) -> JSON {
            wished.isEmpty ? .string(present[side]["podTemplateHash"].string ?? "") : .string(wished)
        }
        func end(_ side: String, _ service: String, _ weight: Weight, _ revision: String) -> JSON {
            [
                "service": .string(service), "weight": JSON(weight.value),
                "podTemplateHash": hash(revision, side),
            ]
        }
        return [
            "plugin": .string(routing.name), "rollout": .string(address.rollout),
            "configuration": routing.configuration.isNull ? [:] : routing.configuration,
            "maxWeight": JSON(wish.maximum.value),
            "canary": end("canary", address.canaryService, wish.canary, wish.canaryHash),
            "stable": end("stable", address.stableService, wish.stable, wish.stableHash),
            "additional": .array(
                wish.additional.map {
                    ["service": .string($0.service), "weight": JSON($0.weight.value)]
                }),
            "headerRoutes": .array(
                routes { name in
                    wish.headerRoutes.first { $0.name == name }
                        .map { ["name": .string(name), "match": .array($0.matches)] }
                }),
            "mirrorRoutes": .array(
                routes { name in
                    wish.mirrorRoutes.first { $0.name == name }.map { route in
                        [
                            "name": .string(name), "match": .array(route.matches),
                            "percentage": JSON(route.percentage ?? 100),
                        ]
                    }
                }),
        ]
    }

    private func routes(_ find: (String) -> JSON?) -> [JSON] { address.managedRoutes.compactMap(find) }

    package func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        if let object = objects[reference] {
            let wished = spec(for: wish, over: object.spec)
            guard let difference = MergePatch.difference(from: object.spec, to: wished) else { return [] }
            return [
                RouterPatch(
                    .patch(
                        object.reference, .merge(["spec": difference]), if: Precondition(uid: object.uid)))
            ]
        }
        guard let owner = address.owner else { return [] }
        return [
            RouterPatch(
                .create(
                    KubeObject([
                        "apiVersion": .string(Self.wishes.apiVersion(at: address)), "kind": "TrafficWish",
                        "metadata": [
                            "name": .string(name), "namespace": .string(address.namespace),
                            "ownerReferences": [owner.tree],
                        ],
                        "spec": spec(for: wish, over: [:]),
                    ])))
        ]
    }
}
