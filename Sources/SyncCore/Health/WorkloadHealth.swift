// Health of Deployments, ReplicaSets, StatefulSets and DaemonSets.

import JSONTree
import KubeModel
import MartletModel

extension Health {
    @Sendable static func deployment(_ object: KubeObject) -> HealthStatus {
        let status = object.status
        if object.spec["paused"].bool == true { return HealthStatus(.suspended, "Deployment is paused") }
        if isBehind(object) {
            return HealthStatus(
                .progressing, "Waiting for rollout to finish: observed deployment generation less than desired generation")
        }
        if condition("Progressing", object)?["reason"].string == "ProgressDeadlineExceeded" {
            return HealthStatus(.degraded, "Deployment \"\(object.name)\" exceeded its progress deadline")
        }
        let wanted = object.spec["replicas"].int ?? 1
        let updated = status["updatedReplicas"].int ?? 0
        let total = status["replicas"].int ?? 0
        let available = status["availableReplicas"].int ?? 0
        if updated < wanted {
            return HealthStatus(
                .progressing,
                "Waiting for rollout to finish: \(updated) out of \(wanted) new replicas have been updated...")
        }
        if total > updated {
            return HealthStatus(
                .progressing,
                "Waiting for rollout to finish: \(total - updated) old replicas are pending termination...")
        }
        if available < updated {
            return HealthStatus(
                .progressing,
                "Waiting for rollout to finish: \(available) of \(updated) updated replicas are available...")
        }
        return HealthStatus(.healthy)
    }

    @Sendable static func replicaSet(_ object: KubeObject) -> HealthStatus {
        if isBehind(object) {
            return HealthStatus(
                .progressing, "Waiting for rollout to finish: observed replica set generation less than desired generation")
        }
        if let failure = condition("ReplicaFailure", object), failure["status"].string == "True" {
            return HealthStatus(.degraded, message(failure))
        }
        let wanted = object.spec["replicas"].int ?? 1
        let available = object.status["availableReplicas"].int ?? 0
        if available < wanted {
            return HealthStatus(
                .progressing,
                "Waiting for rollout to finish: \(available) out of \(wanted) new replicas are available...")
        }
        return HealthStatus(.healthy)
    }

    @Sendable static func statefulSet(_ object: KubeObject) -> HealthStatus {
        let status = object.status
        if (status["observedGeneration"].int ?? 0) == 0 || isBehind(object) {
            return HealthStatus(.progressing, "Waiting for statefulset spec update to be observed...")
        }
        let wanted = object.spec["replicas"].int ?? 1
        let ready = status["readyReplicas"].int ?? 0
        if ready < wanted {
            return HealthStatus(.progressing, "Waiting for \(wanted - ready) pods to be ready...")
        }
        let strategy = object.spec["updateStrategy"]
        let updated = status["updatedReplicas"].int ?? 0
        if strategy["type"].string == "RollingUpdate", strategy["rollingUpdate"].object != nil {
            if let partition = strategy["rollingUpdate"]["partition"].int, updated < wanted - partition {
                return HealthStatus(
                    .progressing,
                    "Waiting for partitioned roll out to finish: \(updated) out of \(wanted - partition) new pods have been updated...")
            }
            return HealthStatus(.healthy, "partitioned roll out complete: \(updated) new pods have been updated...")
        }
        if strategy["type"].string == "OnDelete" {
            return HealthStatus(.healthy, "statefulset has \(ready) ready pods")
        }
        let updateRevision = status["updateRevision"].string ?? ""
        if updateRevision != (status["currentRevision"].string ?? "") {
            return HealthStatus(
                .progressing,
                "waiting for statefulset rolling update to complete \(updated) pods at revision \(updateRevision)...")
        }
        return HealthStatus(
            .healthy,
            "statefulset rolling update complete \(status["currentReplicas"].int ?? 0) pods at revision \(status["currentRevision"].string ?? "")...")
    }

    @Sendable static func daemonSet(_ object: KubeObject) -> HealthStatus {
        let status = object.status
        if isBehind(object) {
            return HealthStatus(
                .progressing, "Waiting for rollout to finish: observed daemon set generation less than desired generation")
        }
        let updated = status["updatedNumberScheduled"].int ?? 0
        if object.spec["updateStrategy"]["type"].string == "OnDelete" {
            return HealthStatus(.healthy, "daemon set \(updated) out of \(status["desiredNumberScheduled"].int ?? 0) new pods have been updated")
        }
        let desired = status["desiredNumberScheduled"].int ?? 0
        if updated < desired {
            return HealthStatus(
                .progressing,
                "Waiting for daemon set \"\(object.name)\" rollout to finish: \(updated) out of \(desired) new pods have been updated...")
        }
        let available = status["numberAvailable"].int ?? 0
        if available < desired {
            return HealthStatus(
                .progressing,
                "Waiting for daemon set \"\(object.name)\" rollout to finish: \(available) of \(desired) updated pods are available...")
        }
        return HealthStatus(.healthy)
    }
}
