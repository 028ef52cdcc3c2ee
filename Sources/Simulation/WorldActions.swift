// People's deeds, done to the machine.

import ClusterSim
import HTTPModel
import JSONTree
import KubeModel
import MartletModel

extension World {
    mutating func act(_ action: UserAction) {
        switch action.deed {
        case .apply(let tree): apply(KubeObject(tree))
        case .patch(let resource, let key, let subresource, let patch):
            let path = resource.path(namespace: key.namespace, name: key.name, subresource: subresource)
            if key == Story.key { invariants.expectUserChange() }
            let status = request("PATCH", path + "?fieldManager=kubectl", "application/merge-patch+json", patch)
            note("user", "patch \(resource.resource)/\(key.name) \(Self.words(patch)) \(status)")
        case .delete(let resource, let key): delete(resource, key, [:], "delete")
        case .deleteAlone(let resource, let key):
            delete(resource, key, ["propagationPolicy": "Orphan"], "delete --cascade=orphan")
        case .loseAPod(let namespace): lose(GroupKind("", "Pod"), "", "pods", namespace)
        case .loseAReplicaSet(let namespace, let image):
            lose(GroupKind("apps", "ReplicaSet"), "apps", "replicasets", namespace, image: image)
        case .crash(let namespace, let image, let count, let isOver): crash(namespace, image, count, isOver: isOver)
        }
    }

    private mutating func delete(
        _ resource: GroupVersionResource, _ key: ObjectKey, _ options: JSON, _ words: String
    ) {
        let path = resource.path(namespace: key.namespace, name: key.name)
        let status = request("DELETE", path, "application/json", options)
        if key == subject { invariants.forget(at: now) }
        note("user", "\(words) \(resource.resource)/\(key.name) \(status)")
    }

    /// One object of a kind is deleted at once, by an accident or by hand.
    private mutating func lose(_ kind: GroupKind, _ group: String, _ plural: String, _ namespace: String, image: String? = nil) {
        let objects = machine.objects(kind, namespace: namespace).filter { object in
            image == nil
                ? !isLastOfStable(object)
                : object.spec["template"]["spec"]["containers"][0]["image"].string == image
        }
        guard !objects.isEmpty else { return }
        let lost = dice.pick(objects)
        invariants.expectPodLoss(at: now)
        let resource = GroupVersionResource(group: group, version: "v1", resource: plural)
        let path = resource.path(namespace: namespace, name: lost.name)
        _ = request("DELETE", path + "?gracePeriodSeconds=0", "application/json", [:])
        note("fault", "\(lost.reference.shortDescription) lost")
    }

    private mutating func crash(_ namespace: String, _ image: String, _ count: Int, isOver: Bool) {
        invariants.expectPodLoss(at: now)
        let pods = machine.objects(GroupKind("", "Pod"), namespace: namespace)
            .filter { $0.spec["containers"][0]["image"].string == image }.prefix(count)
        let resource = GroupVersionResource(group: "", version: "v1", resource: "pods")
        let mode: JSON = isOver ? "ok" : "crash"
        for pod in pods {
            _ = request(
                "PATCH", resource.path(namespace: namespace, name: pod.name), "application/merge-patch+json",
                ["metadata": ["annotations": ["fakelet/mode": mode]]])
        }
        note("fault", "\(pods.count) pods of \(image) \(isOver ? "run again" : "crash")")
    }

    /// Stable's ReplicaSet beside another revision's: nobody knows its template any more, so that
    /// only a person can help. A scenario tells that story; random ones must end well.
    private func isLastOfStable(_ object: KubeObject) -> Bool {
        guard object.kindName == "ReplicaSet", let place = WorldFacts(machine, subject)?.place else { return false }
        let hash = object.label(RolloutLabels.podTemplateHash)
        return hash == place.stableHash && place.stableHash != place.hash
    }

    /// A patch in words: of a template only the image is news.
    private static func words(_ patch: JSON) -> String {
        let image = patch["spec"]["template"]["spec"]["containers"][0]["image"].string
        return image.map { "set image \($0)" } ?? patch.text()
    }

    private mutating func apply(_ object: KubeObject) {
        let resource = ChangeRequest.resource(object.kind)
        if object.key == subject { invariants.expectUserChange() }
        let path = resource.path(namespace: object.namespace.isEmpty ? nil : object.namespace)
        var status = request("POST", path, "application/json", object.tree)
        if status == 409 {
            status = request("PATCH", path + "/\(object.name)", "application/merge-patch+json", ["spec": object.spec])
        }
        note("user", "apply \(object.reference.shortDescription) \(status)")
        if status >= 300 { violation("the story's own \(object.reference.shortDescription) was refused with \(status)") }
    }

    private mutating func request(_ method: String, _ target: String, _ type: String, _ body: JSON) -> Int {
        let request = HTTPRequest(method: method, target: target, headers: ["Content-Type": type], body: body.bytes())
        guard case .response(let response) = machine.handle(request, user: .admin, now: now) else { return 0 }
        return response.status
    }
}
