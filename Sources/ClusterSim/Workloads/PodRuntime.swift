// What a simulated pod is going to do.

import JSONTree
import KubeModel

/// What the simulated kubelet remembers of a pod that it runs.
struct PodRuntime: Sendable {
    /// When its containers started.
    var startedAt: Timestamp
    /// When it was seen to be deleted.
    var terminatingAt: Timestamp?
    /// When its containers failed last, for the back-off.
    var crashedAt: Timestamp?
    var restartCount: Int64 = 0
}

/// How a simulated pod behaves: by its annotations, its image and its command.
struct PodScript: Hashable, Sendable {
    enum Mode: String, Sendable {
        /// Becomes ready, or completes.
        case ok
        /// Its image cannot be pulled.
        case pull
        /// Its container exits again and again.
        case crash
        /// Its container exits with an error.
        case fail
        /// It runs and never becomes ready.
        case never
        /// It runs and never completes.
        case hang
    }
    var mode: Mode
    var readyDelay: Duration
    /// How long it runs; nil for a pod that runs until it is deleted.
    var runDuration: Duration?

    /// How long a pod of a Job runs when nothing says otherwise.
    private static let jobDuration = Duration.milliseconds(500)

    init(_ pod: KubeObject, _ configuration: ClusterConfiguration) {
        let containers = pod.spec["containers"].elements
        let restarts = pod.spec["restartPolicy"].string ?? "Always"
        let exitCode = containers.compactMap(Self.exitCode).first
        let images = containers.compactMap { $0["image"].string }
        let isBad = images.contains { Self.isBad($0, pattern: configuration.badImagePattern) }
        mode = pod.annotation("fakelet/mode").flatMap(Mode.init) ?? (isBad ? .never : .ok)
        if let exitCode, exitCode != 0, mode == .ok { mode = restarts == "Always" ? .crash : .fail }
        readyDelay = Self.milliseconds(pod.annotation("fakelet/ready-ms")) ?? configuration.podReadyDelay
        runDuration = Self.milliseconds(pod.annotation("fakelet/job-ms"))
        let isJob = pod.controller?.kind == "Job" || (exitCode != nil && restarts != "Always")
        if runDuration == nil, isJob { runDuration = Self.jobDuration }
        if restarts == "Always" || mode == .hang || mode == .never { runDuration = nil }
        if mode == .fail { runDuration = runDuration ?? readyDelay }
    }

    private static func milliseconds(_ text: String?) -> Duration? {
        text.flatMap { Int($0) }.map { .milliseconds(max(0, min($0, 86_400_000))) }
    }

    /// Whether the image's tag matches the pattern of images that never become ready.
    private static func isBad(_ image: String, pattern: String?) -> Bool {
        guard let pattern, let expression = try? Regex(pattern) else { return false }
        let last = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let colon = last.firstIndex(of: ":") else { return false }
        return last[last.index(after: colon)...].firstMatch(of: expression) != nil
    }

    /// The exit code that a container's command announces: `exit N`, `true`, `false`.
    private static func exitCode(_ container: JSON) -> Int? {
        let words = (container["command"].elements + container["args"].elements).compactMap(\.string)
        if words == ["true"] || words == ["/bin/true"] { return 0 }
        if words == ["false"] || words == ["/bin/false"] { return 1 }
        guard let script = words.last else { return nil }
        let last = script.split(whereSeparator: { $0 == ";" || $0 == "\n" }).last.map(String.init)?.trimmingBlanks() ?? ""
        guard last.hasPrefix("exit ") else { return nil }
        return Int(last.dropFirst(5).drop { $0 == " " })
    }
}

/// Builds the statuses that a kubelet writes.
enum PodStatuses {
    /// The state of all containers of a pod at one moment.
    enum Moment: Sendable {
        case creating
        case pulling(reason: String)
        case running(isReady: Bool)
        case backingOff
        case exited(code: Int)
    }

    /// The whole status of a pod.
    ///
    /// - Parameter address: The pod's IP address.
    static func status(
        _ pod: KubeObject, _ moment: Moment, runtime: PodRuntime, address: String, now: Timestamp
    ) -> JSON {
        var status = pod.status
        let time = JSON.string(now.rfc3339)
        status["phase"] = .string(phase(moment))
        status["hostIP"] = "127.0.0.1"
        status["hostIPs"] = [["ip": "127.0.0.1"]]
        status["podIP"] = .string(address)
        status["podIPs"] = [["ip": .string(address)]]
        if status["startTime"].isNull { status["startTime"] = .string(runtime.startedAt.rfc3339) }
        status["observedGeneration"] = .int(pod.generation)
        status["conditions"] = conditions(pod, moment, time)
        status["containerStatuses"] = .array(
            pod.spec["containers"].elements.map { container($0, moment, pod, runtime, now) })
        let initial = pod.spec["initContainers"].elements
        if !initial.isEmpty {
            status["initContainerStatuses"] = .array(initial.map { initContainer($0, pod, runtime) })
        }
        return status
    }

    private static func phase(_ moment: Moment) -> String {
        switch moment {
        case .creating, .pulling: "Pending"
        case .running, .backingOff: "Running"
        case .exited(let code): code == 0 ? "Succeeded" : "Failed"
        }
    }

    /// The kubelet's five conditions, those that others wrote being kept; a condition that does
    /// not change keeps its time.
    private static func conditions(_ pod: KubeObject, _ moment: Moment, _ time: JSON) -> JSON {
        let names = pod.spec["containers"].elements.compactMap { $0["name"].string }
        var containersReady = false
        if case .running(true) = moment { containersReady = true }
        let gates = pod.spec["readinessGates"].elements.compactMap { $0["conditionType"].string }
        let missing = gates.filter { Pods.condition(pod, $0)["status"].string != "True" }
        var reason = "ContainersNotReady"
        var message = "containers with unready status: [\(names.joined(separator: " "))]"
        if case .exited(let code) = moment {
            reason = code == 0 ? "PodCompleted" : "PodFailed"
            message = ""
        }
        func condition(_ type: String, _ holds: Bool, _ reason: String = "", _ message: String = "") -> JSON {
            let known = Pods.condition(pod, type)
            let status: JSON = holds ? "True" : "False"
            var result: JSON = ["type": .string(type), "status": status, "lastProbeTime": .null]
            result["lastTransitionTime"] = known["status"] == status ? known["lastTransitionTime"] : time
            if !holds, !reason.isEmpty { result["reason"] = .string(reason) }
            if !holds, !message.isEmpty { result["message"] = .string(message) }
            return result
        }
        var started = true
        if case .exited = moment { started = false }
        var ready = condition("Ready", containersReady, reason, message)
        if containersReady, !missing.isEmpty {
            let text = missing.map { "corresponding condition of pod readiness gate \"\($0)\" does not exist." }
            ready = condition("Ready", false, "ReadinessGatesNotReady", text.joined(separator: ", "))
        }
        let own = [
            condition("PodReadyToStartContainers", started), condition("Initialized", true), ready,
            condition("ContainersReady", containersReady, reason, message), condition("PodScheduled", true),
        ]
        let types = Set(own.compactMap { $0["type"].string })
        return .array(own + pod.status["conditions"].elements.filter { !types.contains($0["type"].string ?? "") })
    }

    private static func container(
        _ container: JSON, _ moment: Moment, _ pod: KubeObject, _ runtime: PodRuntime, _ now: Timestamp
    ) -> JSON {
        var isReady = false
        var isStarted = false
        var result = base(container, pod, runtime)
        switch moment {
        case .creating: result["state"] = ["waiting": ["reason": "ContainerCreating"]]
        case .pulling(let reason):
            let message = "Back-off pulling image \"\(container["image"].string ?? "")\""
            result["state"] = ["waiting": ["reason": .string(reason), "message": .string(message)]]
        case .running(let ready):
            isReady = ready
            isStarted = true
            result["state"] = ["running": ["startedAt": .string(runtime.startedAt.rfc3339)]]
            if runtime.crashedAt != nil { result["lastState"] = ["terminated": terminated(1, pod, runtime, now)] }
        case .backingOff:
            let message = "back-off restarting failed container=\(container["name"].string ?? "") pod=\(pod.name)"
            result["state"] = ["waiting": ["reason": "CrashLoopBackOff", "message": .string(message)]]
            result["lastState"] = ["terminated": terminated(1, pod, runtime, now)]
        case .exited(let code): result["state"] = ["terminated": terminated(code, pod, runtime, now)]
        }
        result["ready"] = .bool(isReady)
        result["started"] = .bool(isStarted)
        if case .pulling = moment { result["imageID"] = "" }
        return result
    }

    private static func base(_ container: JSON, _ pod: KubeObject, _ runtime: PodRuntime) -> JSON {
        let image = container["image"].string ?? ""
        let name = container["name"].string ?? ""
        return [
            "name": container["name"], "image": .string(image), "imageID": .string("simulated://\(image)"),
            "containerID": .string("simulated://\(pod.uid)/\(name)/\(runtime.restartCount)"),
            "restartCount": .int(runtime.restartCount), "lastState": [:],
        ]
    }

    private static func terminated(_ code: Int, _ pod: KubeObject, _ runtime: PodRuntime, _ now: Timestamp) -> JSON {
        [
            "exitCode": .int(Int64(code)), "reason": code == 0 ? "Completed" : "Error",
            "startedAt": .string(runtime.startedAt.rfc3339),
            "finishedAt": .string((runtime.crashedAt ?? now).rfc3339),
        ]
    }

    /// An init container has ended; one that restarts always (a sidecar) runs.
    private static func initContainer(_ container: JSON, _ pod: KubeObject, _ runtime: PodRuntime) -> JSON {
        var result = base(container, pod, runtime)
        result["restartCount"] = 0
        result["ready"] = true
        if container["restartPolicy"].string == "Always" {
            result["started"] = true
            result["state"] = ["running": ["startedAt": .string(runtime.startedAt.rfc3339)]]
        } else {
            result["started"] = false
            result["state"] = ["terminated": terminated(0, pod, runtime, runtime.startedAt)]
        }
        return result
    }
}
