// Custom resource definitions without their schemas, which are most of them.

import JSONTree
import MartletModel

/// What is kept of a definition that no Application claims.
enum DefinitionTrim {
    /// The names are kept by which the host wakes watches of resources that were absent.
    @Sendable static func trimmed(_ tree: JSON) -> JSON {
        if tree["metadata"]["annotations"][ApplicationNames.trackingID].string != nil { return tree }
        let metadata = tree["metadata"]
        return [
            "apiVersion": tree["apiVersion"], "kind": tree["kind"],
            "metadata": [
                "name": metadata["name"], "uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"],
            ],
            "spec": [
                "group": tree["spec"]["group"],
                "names": [
                    "kind": tree["spec"]["names"]["kind"], "plural": tree["spec"]["names"]["plural"],
                ],
            ],
            "status": ["conditions": tree["status"]["conditions"]],
        ]
    }
}
