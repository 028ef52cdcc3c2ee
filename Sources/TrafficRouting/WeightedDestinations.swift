// A list of destinations with weights within an object: the arithmetic that routers share.

import JSONTree
import KubeModel
import MartletModel

/// One list of destinations, each of which is the canary's, stable's or somebody else's.
struct WeightedDestinations: Hashable {
    /// Whose a destination is.
    enum Side: Hashable {
        case canary, stable
        /// An experiment's, by the name of its Service.
        case additional(String)
        case other
    }

    /// Where the list stands in the object.
    var path: [String]
    var elements: [JSON]
    var sides: [Side]

    init(_ elements: [JSON], at path: [String], side: (JSON) -> Side) {
        self.elements = elements
        self.path = path
        sides = elements.map(side)
    }

    /// Whether both sides are there to be split between.
    var isWhole: Bool { sides.contains(.canary) && sides.contains(.stable) }

    func weight(of side: Side) -> Weight? {
        sides.firstIndex(of: side).flatMap { elements[$0]["weight"].int }.map { Weight(Int($0)) }
    }

    /// The operations that make the list hold a split. Destinations that are neither canary's nor
    /// stable's keep what they have; none is removed.
    func operations(for wish: TrafficSplit) -> [JSONPatchOperation] {
        var operations: [JSONPatchOperation] = []
        for (position, element) in elements.enumerated() {
            let wished: Weight? =
                switch sides[position] {
                case .canary: wish.canary
                case .stable: wish.stable
                case .additional(let name): wish.additional.first { $0.service == name }?.weight
                case .other: nil
                }
            guard let wished, element["weight"].int != Int64(wished.value) else { continue }
            let place = path + [String(position)]
            operations.append(.test(JSONPointer(tokens: place), element))
            operations.append(.add(JSONPointer(tokens: place + ["weight"]), JSON(wished.value)))
        }
        return operations
    }

    /// Whether a destination was added for a share that has ended.
    private func isReleased(_ position: Int, _ wish: TrafficSplit) -> Bool {
        if case .additional(let name) = sides[position] { wish.released.contains(name) } else { false }
    }

    /// The removals of what was added for shares that have ended: from the end, so that the indices
    /// before stay what they are.
    func removals(for wish: TrafficSplit) -> [JSONPatchOperation] {
        elements.indices.reversed().filter { isReleased($0, wish) }.flatMap { position in
            let place = JSONPointer(tokens: path + [String(position)])
            return [JSONPatchOperation.test(place, elements[position]), .remove(place)]
        }
    }

    /// The list as the operations leave it.
    func rewritten(for wish: TrafficSplit) -> [JSON] {
        elements.indices.filter { !isReleased($0, wish) }.map { position in
            var element = elements[position]
            switch sides[position] {
            case .canary: element["weight"] = JSON(wish.canary.value)
            case .stable: element["weight"] = JSON(wish.stable.value)
            case .additional(let name):
                if let share = wish.additional.first(where: { $0.service == name }) {
                    element["weight"] = JSON(share.weight.value)
                }
            case .other: break
            }
            return element
        }
    }

    /// The canary's share that all lists agree on; nil without one.
    static func agreed(_ lists: [WeightedDestinations]) -> Weight? {
        let weights = Set(lists.map { $0.weight(of: .canary) })
        return weights.count == 1 ? weights.first ?? nil : nil
    }
}

extension RouterProblem {
    /// An object that the configuration names and that isn't there.
    static func missing(_ kind: RouterKind, _ name: String, field: String, value: String? = nil) -> Self {
        RouterProblem(field: field, value: value ?? name, message: "\(kind.fullName) \"\(name)\" not found")
    }

    /// Where the configuration of routers stands in a Rollout.
    static let root = "spec.strategy.canary.trafficRouting"
}
