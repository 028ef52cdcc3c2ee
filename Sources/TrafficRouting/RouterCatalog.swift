// The routers that we know.

package import KubeModel
package import MartletModel

/// The one list of routers.
package enum RouterCatalog {
    /// The routers of a Rollout, in the order in which they are written.
    package static func routers(for routing: TrafficRoutingSpec, at address: RouterAddress)
        -> [any TrafficRouter]
    {
        routing.routers.map { router -> any TrafficRouter in
            switch router {
            case .istio(let istio): IstioRouter(istio, at: address)
            case .gatewayAPI(let gateway): GatewayAPIRouter(gateway, at: address)
            case .nginx(let nginx): NginxRouter(nginx, at: address)
            case .alb(let alb): ALBRouter(alb, at: address)
            case .smi(let smi): SMIRouter(smi, at: address)
            case .ambassador(let ambassador): AmbassadorRouter(ambassador, at: address)
            case .appMesh(let mesh): AppMeshRouter(mesh, at: address)
            case .traefik(let traefik): TraefikRouter(traefik, at: address)
            case .apisix(let apisix): ApisixRouter(apisix, at: address)
            case .plugin(let plugin): PluginRouter(plugin, at: address)
            }
        }
    }

    /// The type of a configured router, which knows what kinds it looks at.
    package static func type(of router: TrafficRoutingSpec.Router) -> any TrafficRouter.Type {
        switch router {
        case .istio: IstioRouter.self
        case .gatewayAPI: GatewayAPIRouter.self
        case .nginx: NginxRouter.self
        case .alb: ALBRouter.self
        case .smi: SMIRouter.self
        case .ambassador: AmbassadorRouter.self
        case .appMesh: AppMeshRouter.self
        case .traefik: TraefikRouter.self
        case .apisix: ApisixRouter.self
        case .plugin: PluginRouter.self
        }
    }

    /// The objects that routers name, and those that these name in turn.
    package static func objects(
        of routers: [any TrafficRouter], find: (ObjectReference) -> KubeObject?
    ) -> RoutedObjects {
        var objects: RoutedObjects = [:]
        for router in routers {
            var wanted = router.reads
            // App Mesh's services name routers, and these nothing further.
            for _ in 0..<Limits.followedDepthMax where !wanted.isEmpty {
                for reference in wanted { objects[reference] = find(reference) }
                wanted = router.follows(from: objects).filter { objects[$0] == nil }
            }
        }
        return objects
    }
}

/// What bounds a router's look.
enum Limits {
    /// How far references from object to object are followed.
    static let followedDepthMax = 3
    /// Kubernetes' longest name.
    static let nameLengthMax = 253
}
