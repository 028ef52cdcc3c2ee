// An Application of many objects, as Git wants them and as the cluster has them.

import ControllerKit
import Foundation
import JSONTree
import KubeModel
import MartletModel
import SyncCore

/// What a reconcile of an Application does when nothing has changed: reads its objects from the
/// cache and compares each with what Git says.
struct DiffWorkload {
    private let application: KubeObject
    private let manifests: LoadedManifests
    private let cache = ObjectCache()
    private let keys: [ResourceKey]

    /// - Parameter count: how many objects; Deployments, Services and ConfigMaps in turn.
    init(count: Int) {
        application = KubeObject([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
            "metadata": ["name": "app", "namespace": "martlet-system", "uid": "u"],
            "spec": [
                "project": "default",
                "source": ["repoURL": "https://git.test/shop", "path": ".", "targetRevision": "main"],
                "destination": ["server": "https://kubernetes.default.svc", "namespace": "shop"],
            ],
        ])
        let objects = (0..<count).map(Self.manifest)
        manifests = LoadedManifests(
            revisions: ["c0ffee"], sourceTypes: ["Directory"], objects: objects)
        let targets = TargetBuilder(instance: "app", defaultNamespace: "shop", scopes: [:])
            .build(objects).objects
        keys = targets.keys.sorted()
        for (kind, some) in Dictionary(grouping: targets, by: \.key.groupKind) {
            let live = some.map { ReflectorMachine.Delivery.upsert(Self.live($0.value)) }
            cache.apply(live, to: kind, version: "1")
        }
    }

    /// One comparison.
    ///
    /// - Returns: How many objects it compared, and how many were found to differ.
    func run() -> (count: Int, differing: Int) {
        let reader = cache.snapshot()
        var live: [ResourceKey: KubeObject] = [:]
        for key in keys {
            live[key] = reader.object(key.groupKind, ObjectKey(namespace: key.namespace, name: key.name))
        }
        let snapshot = SyncSnapshot(
            now: .epoch, application: application, instance: "app", target: .loaded(manifests), live: live,
            scopes: [:])
        let comparison = Comparison.of(manifests, snapshot, Application(application))
        return (comparison.resources.count, comparison.resources.count { $0.code != .synced })
    }

    // MARK: Objects

    private static func manifest(_ number: Int) -> KubeObject {
        let metadata: JSON = ["name": "object-\(number)", "labels": ["app.kubernetes.io/name": "web"]]
        switch number % 3 {
        case 0:
            let container: JSON = [
                "name": "main", "image": "shop/web:1", "ports": [["containerPort": 8080]],
                "env": [["name": "LEVEL", "value": "info"], ["name": "REGION", "value": "north"]],
                "resources": ["requests": ["cpu": "0.1", "memory": "64Mi"]],
                "readinessProbe": ["httpGet": ["path": "/healthz", "port": 8080]],
            ]
            return KubeObject([
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata,
                "spec": [
                    "replicas": 2, "selector": ["matchLabels": ["app": "web-\(number)"]],
                    "template": [
                        "metadata": ["labels": ["app": "web-\(number)"]], "spec": ["containers": [container]],
                    ],
                ],
            ])
        case 1:
            return KubeObject([
                "apiVersion": "v1", "kind": "Service", "metadata": metadata,
                "spec": [
                    "selector": ["app": "web-\(number)"],
                    "ports": [["name": "http", "port": 80, "targetPort": 8080]],
                ],
            ])
        default:
            return KubeObject([
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata,
                "data": ["settings.yaml": "level: info\nregion: north\nretries: 3\n", "mode": "plain"],
            ])
        }
    }

    /// The object as a server has it: with what it fills in, and with the note of our apply.
    private static func live(_ target: KubeObject) -> KubeObject {
        var tree = target.tree
        tree.set(["metadata", "uid"], to: .string("uid-\(target.name)"))
        tree.set(["metadata", "resourceVersion"], to: "1")
        tree.set(["metadata", "creationTimestamp"], to: "2026-01-01T00:00:00Z")
        tree.set(
            ["metadata", "managedFields"],
            to: [[
                "manager": .string(ManagedFields.manager.name), "operation": "Apply",
                "apiVersion": .string(target.apiVersion), "fieldsType": "FieldsV1",
                "fieldsV1": fields(of: target.tree),
            ]])
        if target.kindName == "Deployment" {
            tree.set(["spec", "progressDeadlineSeconds"], to: 600)
            tree.set(["spec", "template", "spec", "restartPolicy"], to: "Always")
            tree["status"] = [
                "observedGeneration": 1, "replicas": 2, "readyReplicas": 2, "availableReplicas": 2,
                "updatedReplicas": 2, "conditions": [["type": "Available", "status": "True"]],
            ]
        }
        return KubeObject(tree)
    }

    /// The members of a tree as `fieldsV1` names them; lists as wholes.
    private static func fields(of tree: JSON) -> JSON {
        guard let object = tree.object else { return [:] }
        var fields: JSON = [:]
        for (key, value) in object where key != "apiVersion" && key != "kind" {
            fields["f:\(key)"] = Self.fields(of: value)
        }
        return fields
    }
}
