// The wire form of a Rollout's status.

package import JSONTree
import KubeModel

extension RolloutStatus {
    /// Reads a status; what is missing has its zero.
    package init(_ tree: JSON) {
        isAborted = tree["abort"].bool ?? false
        abortedAt = tree.timestamp("abortedAt")
        pauseConditions = tree["pauseConditions"].elements.compactMap { condition in
            guard let start = condition.timestamp("startTime") else { return nil }
            return PauseCondition(reason: condition.text("reason"), startTime: start)
        }
        controllerPause = tree["controllerPause"].bool ?? false
        currentPodHash = tree.text("currentPodHash")
        currentStepHash = tree.text("currentStepHash")
        currentStepIndex = tree["currentStepIndex"].int.map { Int($0) }
        collisionCount = tree["collisionCount"].int.map { Int32(clamping: $0) }
        observedGeneration = tree.text("observedGeneration")
        workloadObservedGeneration = tree.text("workloadObservedGeneration")
        replicas = tree.number("replicas")
        updatedReplicas = tree.number("updatedReplicas")
        readyReplicas = tree.number("readyReplicas")
        availableReplicas = tree.number("availableReplicas")
        hpaReplicas = tree.number("HPAReplicas")
        selector = tree.text("selector")
        stableHash = tree.text("stableRS")
        restartedAt = tree.timestamp("restartedAt")
        promoteFull = tree["promoteFull"].bool ?? false
        phase = tree["phase"].string.flatMap(RolloutPhase.init)
        message = tree.text("message")
        conditions = tree["conditions"].elements.map(RolloutCondition.init)
        canary = CanaryStatus(tree["canary"])
        blueGreen = BlueGreenStatus(tree["blueGreen"])
        duration = DurationStatus(tree["duration"])
        loadBalancer = tree["alb"]
        loadBalancers = tree["albs"].elements
    }

    /// The status as the API holds it, written over an earlier one whose unknown members stay.
    package func tree(over earlier: JSON) -> JSON {
        var tree = earlier.object ?? JSONObject()
        tree.setFlag("abort", isAborted)
        tree["abortedAt"] = abortedAt.map { .string($0.rfc3339) }
        tree["pauseConditions"] =
            pauseConditions.isEmpty
            ? nil
            : .array(
                pauseConditions.map {
                    ["reason": .string($0.reason), "startTime": .string($0.startTime.rfc3339)]
                })
        tree.setFlag("controllerPause", controllerPause)
        tree.setText("currentPodHash", currentPodHash)
        tree.setText("currentStepHash", currentStepHash)
        tree["currentStepIndex"] = currentStepIndex.map { JSON($0) }
        tree["collisionCount"] = collisionCount.map { JSON($0) }
        tree.setText("observedGeneration", observedGeneration)
        tree.setText("workloadObservedGeneration", workloadObservedGeneration)
        tree.setNumber("replicas", replicas)
        tree.setNumber("updatedReplicas", updatedReplicas)
        tree.setNumber("readyReplicas", readyReplicas)
        tree.setNumber("availableReplicas", availableReplicas)
        tree.setNumber("HPAReplicas", hpaReplicas)
        tree.setText("selector", selector)
        tree.setText("stableRS", stableHash)
        tree["restartedAt"] = restartedAt.map { .string($0.rfc3339) }
        tree.setFlag("promoteFull", promoteFull)
        tree.setText("phase", phase?.rawValue ?? "")
        tree.setText("message", message)
        tree["conditions"] = conditions.isEmpty ? nil : .array(conditions.map(\.tree))
        tree["canary"] = canary.tree(over: tree["canary"] ?? .null)
        tree["blueGreen"] = blueGreen.tree(over: tree["blueGreen"] ?? .null)
        tree["alb"] = loadBalancer.isNull ? nil : loadBalancer
        tree["albs"] = loadBalancers.isEmpty ? nil : .array(loadBalancers)
        let duration = duration.tree(over: tree["duration"] ?? .null)
        tree["duration"] = duration.object?.isEmpty ?? true ? nil : duration
        return .object(tree)
    }
}

extension RolloutStatus.CanaryStatus {
    init(_ tree: JSON) {
        weights = tree["weights"].isNull ? nil : RolloutStatus.TrafficWeights(tree["weights"])
        stablePingPong = tree.text("stablePingPong")
        stepRun = RolloutStatus.RunStatus(tree["currentStepAnalysisRunStatus"])
        backgroundRun = RolloutStatus.RunStatus(tree["currentBackgroundAnalysisRunStatus"])
        currentExperiment = tree.text("currentExperiment")
        stepPlugins = tree["stepPluginStatuses"].elements.compactMap(StepPluginStatus.init)
    }

    func tree(over earlier: JSON) -> JSON {
        var tree = earlier.object ?? JSONObject()
        tree["weights"] = weights?.tree
        tree.setText("stablePingPong", stablePingPong)
        tree["currentStepAnalysisRunStatus"] = stepRun?.tree
        tree["currentBackgroundAnalysisRunStatus"] = backgroundRun?.tree
        tree.setText("currentExperiment", currentExperiment)
        tree["stepPluginStatuses"] = stepPlugins.isEmpty ? nil : .array(stepPlugins.map(\.tree))
        return .object(tree)
    }
}

extension RolloutStatus.BlueGreenStatus {
    init(_ tree: JSON) {
        previewSelector = tree.text("previewSelector")
        activeSelector = tree.text("activeSelector")
        scaleUpPreviewCheckPoint = tree["scaleUpPreviewCheckPoint"].bool ?? false
        prePromotionRun = RolloutStatus.RunStatus(tree["prePromotionAnalysisRunStatus"])
        postPromotionRun = RolloutStatus.RunStatus(tree["postPromotionAnalysisRunStatus"])
    }

    func tree(over earlier: JSON) -> JSON {
        var tree = earlier.object ?? JSONObject()
        tree.setText("previewSelector", previewSelector)
        tree.setText("activeSelector", activeSelector)
        tree.setFlag("scaleUpPreviewCheckPoint", scaleUpPreviewCheckPoint)
        tree["prePromotionAnalysisRunStatus"] = prePromotionRun?.tree
        tree["postPromotionAnalysisRunStatus"] = postPromotionRun?.tree
        return .object(tree)
    }
}

extension RolloutStatus.TrafficWeights {
    init(_ tree: JSON) {
        canary = Destination(tree["canary"])
        stable = Destination(tree["stable"])
        additional = tree["additional"].elements.map(Destination.init)
        isVerified = tree["verified"].bool
    }

    var tree: JSON {
        var tree: JSONObject = ["canary": canary.tree, "stable": stable.tree]
        tree["additional"] = additional.isEmpty ? nil : .array(additional.map(\.tree))
        tree["verified"] = isVerified.map { .bool($0) }
        return .object(tree)
    }
}

extension RolloutStatus.TrafficWeights.Destination {
    init(_ tree: JSON) {
        weight = Weight(tree.number("weight"))
        service = tree.text("serviceName")
        podTemplateHash = tree.text("podTemplateHash")
    }

    var tree: JSON {
        var tree: JSONObject = ["weight": JSON(weight.value)]
        tree.setText("serviceName", service)
        tree.setText("podTemplateHash", podTemplateHash)
        return .object(tree)
    }
}

extension RolloutStatus.RunStatus {
    init?(_ tree: JSON) {
        guard let name = tree["name"].string else { return nil }
        self.init(name: name, phase: tree.text("status"), message: tree.text("message"))
    }

    var tree: JSON {
        var tree: JSONObject = ["name": .string(name), "status": .string(phase)]
        tree.setText("message", message)
        return .object(tree)
    }
}

extension RolloutStatus.DurationStatus {
    init(_ tree: JSON) {
        startedAt = tree.timestamp("rolloutStartedAt")
        manualPauseStartedAt = tree.timestamp("manualPauseStartedAt")
        totalManualPauseSeconds = tree["totalManualPauseDurationSeconds"].int.map { Int($0) }
        finishedAt = tree.timestamp("finishedAt")
        completionStatus = tree.text("completionStatus")
    }

    func tree(over earlier: JSON) -> JSON {
        var tree = earlier.object ?? JSONObject()
        tree["rolloutStartedAt"] = startedAt.map { .string($0.rfc3339) }
        tree["manualPauseStartedAt"] = manualPauseStartedAt.map { .string($0.rfc3339) }
        tree["totalManualPauseDurationSeconds"] = totalManualPauseSeconds.map { JSON($0) }
        tree["finishedAt"] = finishedAt.map { .string($0.rfc3339) }
        tree.setText("completionStatus", completionStatus)
        return .object(tree)
    }
}

extension JSON {
    /// A member's text; empty when it has none.
    func text(_ key: String) -> String { self[key].string ?? "" }
    /// A member's whole number; 0 when it has none.
    func number(_ key: String) -> Int { self[key].int.map { Int($0) } ?? 0 }
    /// A member's time; nil when it has none.
    func timestamp(_ key: String) -> Timestamp? { self[key].string.flatMap { Timestamp($0) } }
}

extension JSONObject {
    /// Sets a text, or removes the member when it is empty, as Go's `omitempty` does.
    mutating func setText(_ key: String, _ text: String) { self[key] = text.isEmpty ? nil : .string(text) }
    /// Sets a flag. One that is off is removed, but a `false` that somebody wrote stays: to take it
    /// away would be a write without a change.
    mutating func setFlag(_ key: String, _ isOn: Bool) {
        if isOn { self[key] = true } else if self[key] != false { self[key] = nil }
    }
    /// Sets a number, or removes the member when it is 0.
    mutating func setNumber(_ key: String, _ number: Int) { self[key] = number == 0 ? nil : JSON(number) }
}
