// The routers of a Rollout, addressed by the names that it uses at the time.

package import KubeModel
import MartletModel
package import TrafficRouting

extension CanaryStrategy {
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
        guard verifiesLoadBalancers, !status.stableHash.isEmpty, status.stableHash != templateHash,
            !status.isAborted
        else { return [] }
        return RolloutRouters.routers(of: rollout.object).flatMap { $0.loadBalancers(routed) }
    }
}

/// What routers of a Rollout look at, for those who watch it.
package enum RolloutRouters {
    /// The objects that a Rollout's routers name.
    package static func reads(of rollout: KubeObject) -> [ObjectReference] {
        routers(of: rollout).flatMap(\.reads)
    }

    /// The kinds that a Rollout's routers look at, also those that other objects name.
    package static func kinds(of rollout: KubeObject) -> [RouterKind] {
        var kinds: [RouterKind] = []
        for router in routers(of: rollout) {
            for kind in type(of: router).kinds where !kinds.contains(kind) { kinds.append(kind) }
        }
        return kinds
    }

    /// The kinds of objects that a Rollout's routers find by way of others.
    package static func followedKinds(of rollout: KubeObject) -> [RouterKind] {
        routers(of: rollout).flatMap { type(of: $0).followedKinds }
    }

    static func routers(of object: KubeObject) -> [any TrafficRouter] {
        guard let canary = Rollout(object).spec.canary, canary.trafficRouting != nil else { return [] }
        return canary.routers(
            of: object, canary: canary.pingPong?.ping ?? canary.canaryService,
            stable: canary.pingPong?.pong ?? canary.stableService)
    }
}
