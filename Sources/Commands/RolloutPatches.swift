// What each verb writes, as pure functions of the rollout (rollout-behaviour.md, section 6.1).

package import JSONTree
package import KubeModel
import MartletModel
import RolloutCore

/// The patches of a verb: of the main resource and of the status, each only when there is something.
package struct RolloutPatches: Hashable, Sendable {
    package var spec: JSON?
    package var status: JSON?
    package init(spec: JSON? = nil, status: JSON? = nil) {
        self.spec = spec
        self.status = status
    }

    /// One step on: out of a pause, past an inconclusive analysis, or past the current step.
    package static func promote(_ rollout: KubeObject) -> RolloutPatches {
        let status = rollout.status
        var patches = RolloutPatches()
        if rollout.spec["paused"].bool == true { patches.spec = ["spec": ["paused": false]] }
        let steps = rollout.spec["strategy"]["canary"]["steps"].elements
        let index = status["currentStepIndex"].int
        let isPaused = !status["pauseConditions"].elements.isEmpty
        let isInconclusive =
            status["canary"]["currentStepAnalysisRunStatus"]["status"].string == "Inconclusive"
        if isInconclusive, isPaused, status["controllerPause"].bool == true, let index {
            patches.status = [
                "status": [
                    "pauseConditions": .null, "controllerPause": false,
                    "currentStepIndex": .int(index + 1),
                ]
            ]
        } else if isPaused {
            patches.status = ["status": ["pauseConditions": .null]]
        } else if !steps.isEmpty, let index {
            patches.status = [
                "status": [
                    "pauseConditions": .null,
                    "currentStepIndex": .int(min(index + 1, Int64(steps.count))),
                ]
            ]
        }
        return patches
    }

    /// The rest at once: no further steps, pauses or analyses.
    package static func promoteFull(_ rollout: KubeObject) -> RolloutPatches {
        var patches = RolloutPatches()
        if rollout.spec["paused"].bool == true { patches.spec = ["spec": ["paused": false]] }
        if rollout.status["currentPodHash"] != rollout.status["stableRS"] {
            patches.status = ["status": ["promoteFull": true]]
        }
        return patches
    }

    /// Past the current step, or past all of them.
    ///
    /// - Throws: `CommandError` for a strategy without steps.
    package static func skip(_ rollout: KubeObject, all: Bool) throws(CommandError)
        -> RolloutPatches
    {
        let steps = rollout.spec["strategy"]["canary"]["steps"].elements
        if !rollout.spec["strategy"]["blueGreen"].isNull {
            throw CommandError(
                "Cannot skip steps of a bluegreen rollout", hint: "run `promote` without that flag")
        }
        if steps.isEmpty {
            throw CommandError(
                "Cannot skip steps of a rollout without steps",
                hint: "run `promote` without that flag")
        }
        let next =
            all
            ? Int64(steps.count)
            : min((rollout.status["currentStepIndex"].int ?? 0) + 1, Int64(steps.count))
        return RolloutPatches(status: [
            "status": ["pauseConditions": .null, "currentStepIndex": .int(next)]
        ])
    }

    /// Sets the image of one container, or of all with `*`, pinned by tests against a change in
    /// between. Nil when no container has the name.
    package static func setImage(_ rollout: KubeObject, container name: String, image: String)
        -> JSONPatch?
    {
        var operations: [JSONPatchOperation] = []
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            for (index, container) in rollout.spec["template"]["spec"][list].elements.enumerated()
            where name == "*" || container["name"].string == name {
                let path = JSONPointer(tokens: ["spec", "template", "spec", list, "\(index)"])
                operations.append(.test(path.appending("name"), container["name"]))
                operations.append(.add(path.appending("image"), .string(image)))
            }
        }
        return operations.isEmpty ? nil : JSONPatch(operations)
    }

    /// The names of all containers, in their order.
    static func containerNames(_ owner: KubeObject) -> [String] {
        ["initContainers", "containers", "ephemeralContainers"].flatMap { list in
            owner.spec["template"]["spec"][list].elements.compactMap { $0["name"].string }
        }
    }

    /// Brings back the template of a ReplicaSet. Nil when it is the current one already.
    package static func undo(_ owner: KubeObject, to replicaSet: KubeObject) -> JSONPatch? {
        let template = RevisionTemplate.written(of: replicaSet)
        // Templates are compared as the controller does, so that a default is no difference.
        if PodTemplateHash.digest(of: template)
            == PodTemplateHash.digest(of: owner.spec["template"])
        {
            return nil
        }
        return JSONPatch([.replace(JSONPointer(tokens: ["spec", "template"]), template)])
    }
}
