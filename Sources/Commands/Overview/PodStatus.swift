// The one word that says how a pod is.

import JSONTree
import KubeModel

/// kubectl's STATUS column of a pod (k8s.io/kubernetes `printPod`).
enum PodStatus {
    static func text(_ pod: KubeObject) -> String {
        let status = pod.status
        var reason = status["reason"].string ?? status["phase"].string ?? "Unknown"
        if let waiting = initReason(pod) { return pod.isDeleting ? "Terminating" : waiting }
        var isRunning = false
        for container in status["containerStatuses"].elements.reversed() {
            let state = container["state"]
            if let waiting = state["waiting"]["reason"].string, !waiting.isEmpty {
                reason = waiting
            } else if !state["terminated"].isNull {
                reason = terminatedReason(state["terminated"])
            } else if container["ready"].bool == true, !state["running"].isNull {
                isRunning = true
            }
        }
        if reason == "Completed", isRunning { reason = "Running" }
        return pod.isDeleting ? "Terminating" : reason
    }

    private static func initReason(_ pod: KubeObject) -> String? {
        let all = pod.status["initContainerStatuses"].elements
        for (position, container) in all.enumerated() {
            let state = container["state"]
            if state["terminated"]["exitCode"].int == 0 { continue }
            if !state["terminated"].isNull {
                return "Init:" + terminatedReason(state["terminated"])
            }
            if let waiting = state["waiting"]["reason"].string, waiting != "PodInitializing" {
                return "Init:" + waiting
            }
            return "Init:\(position)/\(pod.spec["initContainers"].elements.count)"
        }
        return nil
    }

    private static func terminatedReason(_ state: JSON) -> String {
        if let reason = state["reason"].string, !reason.isEmpty { return reason }
        if let signal = state["signal"].int, signal != 0 { return "Signal:\(signal)" }
        return "ExitCode:\(state["exitCode"].int ?? 0)"
    }

    /// `ready:1/1`, with restarts when there were any.
    static func information(_ pod: KubeObject) -> String {
        let containers = pod.status["containerStatuses"].elements
        let ready = containers.count { $0["ready"].bool == true }
        let restarts = containers.reduce(0) { $0 + ($1["restartCount"].int ?? 0) }
        return "ready:\(ready)/\(pod.spec["containers"].elements.count)"
            + (restarts > 0 ? ",restarts:\(restarts)" : "")
    }
}
