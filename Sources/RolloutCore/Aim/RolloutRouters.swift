// The routers of a Rollout, addressed by the names that it uses at the time.

import JSONTree
package import KubeModel
package import MartletModel
package import TrafficRouting

extension CanaryStrategy {
    /// The Services of the two sides; with ping-pong they take turns.
    func serviceNames(isPingStable: Bool) -> (canary: String?, stable: String?) {
        guard let pingPong else { return (canaryService, stableService) }
        return isPingStable ? (pingPong.pong, pingPong.ping) : (pingPong.ping, pingPong.pong)
    }

    /// The routers, for the Services of the two sides as they are named now.
    func routers(
        of rollout: KubeObject, canary: String?, stable: String?, versions: [GroupKind: String] = [:],
        verifiesLoadBalancers: Bool = false
    ) -> [any TrafficRouter] {
        guard let routing = trafficRouting else { return [] }
        var address = RouterAddress(
            rollout: rollout.name, namespace: rollout.namespace, canaryService: canary ?? "",
            stableService: stable ?? "", managedRoutes: managedRouteNames,
            owner: OwnerReference(controller: rollout), versions: versions)
        address.verifiesLoadBalancers = verifiesLoadBalancers
        return RouterCatalog.routers(for: routing, at: address)
    }
}

extension RolloutSnapshot {
    /// The load balancers whose weights matter now: while an update is on its way.
    package var loadBalancersToAsk: [String] {
        let status = rollout.view.status
        guard verifiesLoadBalancers, let canary = rollout.view.spec.canary, !status.stableHash.isEmpty, status.stableHash != templateHash,
            !status.isAborted
        else { return [] }
        return RolloutRouters.routers(of: rollout.object, canary).flatMap { $0.loadBalancers(routed) }
    }
}

/// What routers of a Rollout look at, for those who watch it.
package enum RolloutRouters {
    /// The objects that a Rollout's routers name.
    package static func reads(of rollout: KubeObject, _ canary: CanaryStrategy) -> [ObjectReference] {
        routers(of: rollout, canary).flatMap(\.reads)
    }

    /// The objects that a Rollout's routers make where they are not there.
    package static func makes(of rollout: KubeObject, _ canary: CanaryStrategy) -> [ObjectReference] {
        routers(of: rollout, canary).flatMap(\.makes)
    }

    /// The kinds that a Rollout's routers look at, also those that other objects name,
    /// and those by which plugins of its steps are told.
    package static func kinds(of rollout: KubeObject) -> [RouterKind] {
        let steps = rollout.spec["strategy"]["canary"]["steps"].elements
        let hasPlugins = steps.contains { !$0["plugin"].isNull }
        return types(of: rollout).flatMap { $0.kinds } + (hasPlugins ? [StepWishView.kind] : [])
    }

    /// The kinds of objects that a Rollout's routers find by way of others.
    package static func followedKinds(of rollout: KubeObject) -> [RouterKind] {
        types(of: rollout).flatMap { $0.followedKinds }
    }

    private static func types(of rollout: KubeObject) -> [any TrafficRouter.Type] {
        let tree = rollout.spec["strategy"]["canary"]["trafficRouting"]
        return TrafficRoutingSpec(tree)?.routers.map { RouterCatalog.type(of: $0) } ?? []
    }

    static func routers(of object: KubeObject, _ canary: CanaryStrategy) -> [any TrafficRouter] {
        canary.routers(
            of: object, canary: canary.pingPong?.ping ?? canary.canaryService,
            stable: canary.pingPong?.pong ?? canary.stableService)
    }
}
