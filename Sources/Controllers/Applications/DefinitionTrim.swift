// Custom resource definitions without their schemas, which are most of them.

import JSONTree
import KubeModel
import MartletModel
import SyncCore

/// What is kept of a definition that no Application has applied.
enum DefinitionTrim {
    /// The names are kept by which the host wakes watches of resources that were absent.
    @Sendable static func trimmed(_ tree: JSON) -> JSON {
        let metadata = tree["metadata"]
        if metadata["annotations"][ApplicationNames.trackingID].string != nil { return tree }
        // Definitions bear no claim; who applied them is known all the same.
        if metadata["managedFields"].elements.contains(where: { $0["manager"].string == ManagedFields.manager.name }) {
            return tree
        }
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
