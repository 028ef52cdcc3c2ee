// Objects for tests.

import ControllerKit
import JSONTree
import KubeClient
import KubeModel

func sample(
    _ name: String, _ version: Int, namespace: String = "ns", kind: String = "ConfigMap", owner: String? = nil,
    _ more: [String: JSON] = [:]
) -> KubeObject {
    var tree: JSON = [
        "apiVersion": "v1", "kind": .string(kind),
        "metadata": [
            "name": .string(name), "namespace": .string(namespace), "uid": .string("uid-\(name)"),
            "resourceVersion": .string(String(version)),
        ],
    ]
    if let owner {
        tree["metadata"]["ownerReferences"] = [
            ["apiVersion": "v1", "kind": "Owner", "name": .string(owner), "uid": .string("uid-\(owner)"), "controller": true]
        ]
    }
    for (key, value) in more { tree[key] = value }
    return KubeObject(tree)
}

func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "ns", name: name) }

func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: 1_000_000 + seconds) }

extension KubeError {
    static func code(_ code: Int, _ reason: String = "", causes: [APIStatus.Cause] = []) -> KubeError {
        .status(APIStatus(code: code, reason: reason, message: reason, causes: causes))
    }
}
