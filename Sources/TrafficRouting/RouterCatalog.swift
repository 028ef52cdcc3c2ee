// The one list of routers.

package import JSONTree

/// Finds the routers that a rollout's `trafficRouting` names.
package enum RouterCatalog {
    /// The routers, in the order in which they are to be moved.
    ///
    /// - Parameter settings: `spec.strategy.canary.trafficRouting`.
    package static func routers(_ settings: JSON, _ context: RoutingContext) -> [any TrafficRouter] {
        var routers: [any TrafficRouter] = []
        if !settings["istio"].isNull { routers += IstioRouter.routers(settings["istio"], context) }
        return routers
    }

    /// The keys of `trafficRouting` that no router of ours answers to: an error in the status,
    /// never silence.
    package static func unknown(_ settings: JSON) -> [String] {
        let ours: Set<String> = ["istio", "managedRoutes", "maxTrafficWeight"]
        return (settings.object?.keys ?? []).filter { !ours.contains($0) && !settings[$0].isNull }
    }
}
