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

    /// Every kind that any router looks at.
    package static let kinds: [GroupKind: RouterKind] = {
        let routers: [any TrafficRouter.Type] = [
            IstioRouter.self, GatewayAPIRouter.self, NginxRouter.self, ALBRouter.self, SMIRouter.self,
            AmbassadorRouter.self, AppMeshRouter.self, TraefikRouter.self, ApisixRouter.self,
            PluginRouter.self,
        ]
        return Dictionary(routers.flatMap { $0.kinds }.map { ($0.groupKind, $0) }) { first, _ in first }
    }()

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
