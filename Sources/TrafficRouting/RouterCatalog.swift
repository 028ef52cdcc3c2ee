// The routers that we know.

package import MartletModel

/// The one list of routers.
package enum RouterCatalog {
    /// The routers of a Rollout, in the order in which they are written.
    package static func routers(for routing: TrafficRoutingSpec, at address: RouterAddress)
        -> [any TrafficRouter]
    {
        routing.routers.compactMap { router -> (any TrafficRouter)? in
            switch router {
            case .istio(let istio): IstioRouter(istio, at: address)
            case .other: nil
            }
        }
    }

    /// The first configured router that we cannot write yet: better to say so than to leave
    /// traffic where it is.
    package static func unsupported(in routing: TrafficRoutingSpec) -> String? {
        routing.routers.map(\.name).first { $0 != "istio" }
    }
}
