// People's deeds, done to the machine.

import ClusterSim
import HTTPModel
import JSONTree
import KubeModel

extension World {
    mutating func act(_ action: UserAction) {
        switch action.deed {
        case .apply(let tree): apply(KubeObject(tree))
        case .patch(let resource, let key, let subresource, let patch):
            let path = resource.path(namespace: key.namespace, name: key.name, subresource: subresource)
            if key == Story.key { invariants.expectUserChange() }
            let status = request("PATCH", path + "?fieldManager=kubectl", "application/merge-patch+json", patch)
            note("user", "patch \(resource.resource)/\(key.name) \(patch.text()) \(status)")
        case .delete(let resource, let key):
            let status = request("DELETE", resource.path(namespace: key.namespace, name: key.name), "application/json", [:])
            note("user", "delete \(resource.resource)/\(key.name) \(status)")
        case .loseAPod(let namespace):
            let pods = machine.objects(GroupKind("", "Pod"), namespace: namespace)
            guard !pods.isEmpty else { return }
            let pod = dice.pick(pods)
            invariants.expectPodLoss(at: now)
            let resource = GroupVersionResource(group: "", version: "v1", resource: "pods")
            _ = request("DELETE", resource.path(namespace: namespace, name: pod.name) + "?gracePeriodSeconds=0", "application/json", [:])
            note("fault", "pod \(pod.name) lost")
        }
    }

    private mutating func apply(_ object: KubeObject) {
        let resource = ChangeRequest.resource(object.kind)
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
