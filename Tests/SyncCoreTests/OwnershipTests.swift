// What delivery controllers own is neither compared nor changed.

import JSONTree
import KubeModel
import MartletModel
import SyncCore
import Testing

private let rollout = """
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata: {name: web}
    spec:
      replicas: 3
      strategy:
        canary:
          stableService: stable
          canaryService: canary
          trafficRouting:
            managedRoutes: [{name: header}]
            istio: {virtualService: {name: web}, destinationRule: {name: rule}}
    """
private let manifests = rollout + """

    ---
    {apiVersion: v1, kind: Service, metadata: {name: stable}, spec: {selector: {app: web}, ports: [{port: 80}]}}
    ---
    {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: web},
     spec: {hosts: [web], http: [{name: primary, route: [{destination: {host: stable}, weight: 100}, {destination: {host: canary}, weight: 0}]}]}}
    ---
    {apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: rule},
     spec: {host: web, subsets: [{name: stable, labels: {app: web}}]}}
    """

@Suite struct OwnershipTests {
    private func world() throws -> World {
        var world = try World(manifests, spec: "{syncPolicy: {automated: {prune: true, selfHeal: true}}}")
        world.pass()
        return world
    }
    private let virtualService = ResourceKey(
        group: "networking.istio.io", kind: "VirtualService", namespace: "prod", name: "web")
    private let destinationRule = ResourceKey(
        group: "networking.istio.io", kind: "DestinationRule", namespace: "prod", name: "rule")

    private func canary(_ world: inout World) {
        world.live[virtualService]?.tree["spec"]["http"] = [
            ["name": "header", "match": [], "route": [["destination": ["host": "canary"]]]],
            ["name": "primary", "route": [
                ["destination": ["host": "stable"], "weight": 70], ["destination": ["host": "canary"], "weight": 30],
            ]],
        ]
        world.live[world.key("Service", "stable")]?.tree["spec"]["selector"]["rollouts-pod-template-hash"] = "abc"
        world.live[destinationRule]?.tree["spec"]["subsets"] = [
            ["name": "stable", "labels": ["app": "web", "rollouts-pod-template-hash": "abc"]]
        ]
    }

    @Test func `an Application is Synced while weights, routes and selectors differ`() throws {
        var world = try world()
        canary(&world)
        let count = world.sent.count
        world.pass()
        #expect(world.status.syncCode == .synced)
        #expect(world.sent.count == count)
    }

    @Test func `a change beside them is applied with the live weights and selectors`() throws {
        var world = try world()
        canary(&world)
        world.live[virtualService]?.tree["spec"]["hosts"] = ["evil"]
        world.live[world.key("Service", "stable")]?.tree["spec"]["ports"] = [["port": 81]]
        world.live[destinationRule]?.tree["spec"]["host"] = "evil"
        world.pass()
        let service = try #require(world.live[virtualService])
        #expect(service.spec["hosts"] == ["web"])
        #expect(service.spec["http"].elements.map { $0["name"].string } == ["header", "primary"])
        #expect(service.spec["http"][1]["route"][0]["weight"] == 70)
        let stable = try #require(world.live[world.key("Service", "stable")])
        #expect(stable.spec["ports"].elements.map { $0["port"].int } == [80])
        #expect(stable.spec["selector"]["rollouts-pod-template-hash"] == "abc")
        #expect(
            world.live[destinationRule]?.spec["subsets"][0]["labels"]["rollouts-pod-template-hash"] == "abc")
        #expect(world.status.syncCode == .synced)
    }

    @Test func `a route that Git gives other destinations comes with Git's weights`() throws {
        var world = try world()
        canary(&world)
        try world.commit(
            manifests.replacing(
                "[{destination: {host: stable}, weight: 100}, {destination: {host: canary}, weight: 0}]",
                with: "[{destination: {host: old}, weight: 10}, {destination: {host: stable}, weight: 90}, {destination: {host: canary}, weight: 0}]"),
            revision: "c2")
        world.pass()
        let routes = world.live[virtualService]?.spec["http"][1]["route"].elements ?? []
        #expect(routes.map { $0["weight"].int } == [10, 90, 0])
    }

    @Test func `replicas belong to an autoscaler where there is one`() throws {
        var world = try World(
            """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {replicas: 2}}
            ---
            {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h},
             spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}}}
            """, spec: "{syncPolicy: {automated: {selfHeal: true}}}")
        world.pass()
        world.live[world.key("Deployment", "d", group: "apps")]?.tree["spec"]["replicas"] = 7
        world.pass()
        #expect(world.status.syncCode == .synced)
    }

    @Test func `ignored differences are not seen, and kept if that is wanted`() throws {
        var world = try World(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '1', w: '1'}}",
            spec: """
                {ignoreDifferences: [{kind: ConfigMap, jqPathExpressions: [.data.x]}],
                 syncPolicy: {automated: {selfHeal: true}, syncOptions: [RespectIgnoreDifferences=true]}}
                """)
        world.pass()
        world.live[world.key("ConfigMap", "a")]?.tree["data"]["x"] = "2"
        world.pass()
        #expect(world.sent.count == 1)
        world.live[world.key("ConfigMap", "a")]?.tree["data"]["w"] = "2"
        world.pass(after: 10)
        #expect(world.live[world.key("ConfigMap", "a")]?.tree["data"] == ["x": "2", "w": "1"])
    }
}
