// A Deployment's status: numbers, and the conditions Available, Progressing, ReplicaFailure.

import JSONTree
import KubeModel

/// The numbers of a Deployment's status.
struct DeploymentStatus: Hashable, Sendable {
    var replicas = 0
    var updated = 0
    var ready = 0
    var available = 0
    var unavailable = 0
    var terminating = 0
    var observedGeneration: Int64 = 0

    /// Counts what the ReplicaSets say of themselves.
    init(_ view: DeploymentView) {
        func sum(_ field: String, _ sets: [KubeObject]) -> Int {
            sets.reduce(0) { $0 + Int($1.status[field].int ?? 0) }
        }
        replicas = sum("replicas", view.all)
        updated = sum("replicas", [view.new].compactMap(\.self))
        ready = sum("readyReplicas", view.all)
        available = sum("availableReplicas", view.all)
        terminating = sum("terminatingReplicas", view.all)
        unavailable = max(0, DeploymentView.total(view.all) - available)
        observedGeneration = view.object.generation
    }

    /// Reads a stored status.
    init(stored status: JSON) {
        replicas = Int(status["replicas"].int ?? 0)
        updated = Int(status["updatedReplicas"].int ?? 0)
        ready = Int(status["readyReplicas"].int ?? 0)
        available = Int(status["availableReplicas"].int ?? 0)
    }

    /// All pods are of the current template, and available.
    func isComplete(_ view: DeploymentView) -> Bool {
        updated == view.replicas && replicas == view.replicas && available == view.replicas
    }

    /// Whether this is nearer to the end than an earlier status.
    func isProgress(since old: DeploymentStatus) -> Bool {
        updated > old.updated || replicas - updated < old.replicas - old.updated || ready > old.ready
            || available > old.available
    }

    /// The status with these numbers; zeros are left out, as the API does.
    func tree(conditions: JSON, collisionCount: JSON) -> JSON {
        var tree: JSON = [:]
        tree["observedGeneration"] = .int(observedGeneration)
        for (field, number) in [
            ("replicas", replicas), ("updatedReplicas", updated), ("readyReplicas", ready),
            ("availableReplicas", available), ("unavailableReplicas", unavailable),
        ] where number > 0 { tree[field] = JSON(number) }
        tree["terminatingReplicas"] = JSON(terminating)
        if !conditions.elements.isEmpty { tree["conditions"] = conditions }
        if !collisionCount.isNull { tree["collisionCount"] = collisionCount }
        return tree
    }

    /// A list of conditions with one set; its transition time stays while its status does, and
    /// nothing changes while status and reason stay.
    static func setting(
        _ type: String, _ status: String, _ reason: String, _ message: String, in conditions: JSON, now: Timestamp
    ) -> JSON {
        let known = conditions.elements.first { $0["type"].string == type } ?? .null
        if known["status"].string == status, known["reason"].string == reason, known["message"].string == message {
            return conditions
        }
        let time = JSON.string(now.rfc3339)
        let keepsTime = known["status"].string == status
        return Workloads.conditions(
            conditions,
            setting: [
                "type": .string(type), "status": .string(status), "lastUpdateTime": time,
                "lastTransitionTime": keepsTime ? known["lastTransitionTime"] : time,
                "reason": .string(reason), "message": .string(message),
            ])
    }
}

extension Workloads {
    /// Notes in the Progressing condition that a Deployment was paused or resumed: its deadline
    /// does not run meanwhile.
    mutating func notePause(_ view: inout DeploymentView, _ cluster: inout some WorkloadCluster) {
        guard view.progressDeadline != nil else { return }
        let reason = Pods.condition(view.object, "Progressing")["reason"].string
        if reason == "ProgressDeadlineExceeded" { return }
        guard view.isPaused != (reason == "DeploymentPaused") else { return }
        let (new, message) =
            view.isPaused ? ("DeploymentPaused", "Deployment is paused") : ("DeploymentResumed", "Deployment is resumed")
        let conditions = DeploymentStatus.setting(
            "Progressing", "Unknown", new, message, in: view.object.status["conditions"], now: now)
        let stored = patch(
            view.object.reference, ["status": ["conditions": conditions]], subresource: "status",
            as: ControllerUser.deployment, &cluster)
        if let stored { view.object = stored }
    }

    /// Writes numbers and availability, without judging progress.
    mutating func writeDeploymentStatus(_ view: DeploymentView, _ cluster: inout some WorkloadCluster) -> Bool {
        let counts = DeploymentStatus(view)
        let conditions = availability(view, counts)
        let status = counts.tree(conditions: conditions, collisionCount: view.object.status["collisionCount"])
        return setStatus(view.object, status, as: ControllerUser.deployment, &cluster)
    }

    private func availability(_ view: DeploymentView, _ counts: DeploymentStatus) -> JSON {
        let isAvailable = counts.available >= view.replicas - view.maxUnavailable
        return DeploymentStatus.setting(
            "Available", isAvailable ? "True" : "False",
            isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            isAvailable ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
            in: view.object.status["conditions"], now: now)
    }

    /// Writes the status in the course of a rollout, with the Progressing condition.
    mutating func writeRolloutStatus(_ view: DeploymentView, _ cluster: inout some WorkloadCluster) -> Bool {
        let counts = DeploymentStatus(view)
        var conditions = availability(view, counts)
        if let deadline = view.progressDeadline {
            conditions = progress(view, counts, deadline, conditions)
        }
        conditions = replicaFailure(view, conditions)
        let status = counts.tree(conditions: conditions, collisionCount: view.object.status["collisionCount"])
        return setStatus(view.object, status, as: ControllerUser.deployment, &cluster)
    }

    private mutating func progress(
        _ view: DeploymentView, _ counts: DeploymentStatus, _ deadline: Duration, _ conditions: JSON
    ) -> JSON {
        let current = Pods.condition(view.object, "Progressing")
        let subject = view.new.map { "ReplicaSet \"\($0.name)\"" } ?? "Deployment \"\(view.object.name)\""
        let isSettled = counts.replicas == counts.updated && current["reason"].string == "NewReplicaSetAvailable"
        if isSettled { return conditions }
        if counts.isComplete(view) {
            return DeploymentStatus.setting(
                "Progressing", "True", "NewReplicaSetAvailable", "\(subject) has successfully progressed.",
                in: conditions, now: now)
        }
        if counts.isProgress(since: DeploymentStatus(stored: view.object.status)) {
            queue.add(.deployment(view.object.key), at: now + deadline + .seconds(1))
            let cleared = JSON.array(conditions.elements.filter { $0["type"].string != "Progressing" })
            var result = DeploymentStatus.setting(
                "Progressing", "True", "ReplicaSetUpdated", "\(subject) is progressing.", in: cleared, now: now)
            if current["status"].string == "True" {
                result = .array(
                    result.elements.map { condition in
                        guard condition["type"].string == "Progressing" else { return condition }
                        var condition = condition
                        condition["lastTransitionTime"] = current["lastTransitionTime"]
                        return condition
                    })
            }
            return result
        }
        guard !current.isNull, current["reason"].string != "NewReplicaSetAvailable" else { return conditions }
        let since = current["lastUpdateTime"].string.flatMap { Timestamp($0) } ?? now
        let due = since + deadline
        if current["reason"].string != "ProgressDeadlineExceeded", now <= due {
            queue.add(.deployment(view.object.key), at: due + .seconds(1))
            return conditions
        }
        return DeploymentStatus.setting(
            "Progressing", "False", "ProgressDeadlineExceeded", "\(subject) has timed out progressing.",
            in: conditions, now: now)
    }

    private func replicaFailure(_ view: DeploymentView, _ conditions: JSON) -> JSON {
        let sets = [view.new].compactMap(\.self) + view.old
        let failures = sets.map { Pods.condition($0, "ReplicaFailure") }.filter { !$0.isNull }
        guard let failure = failures.first else {
            return .array(conditions.elements.filter { $0["type"].string != "ReplicaFailure" })
        }
        return DeploymentStatus.setting(
            "ReplicaFailure", failure["status"].string ?? "True", failure["reason"].string ?? "",
            failure["message"].string ?? "", in: conditions, now: now)
    }
}
