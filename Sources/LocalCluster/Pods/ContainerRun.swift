// One container of a local pod: its state, and the status that a kubelet would write of it.

import JSONTree
import KubeModel

/// A container and how it stands.
struct ContainerRun: Sendable {
    /// How a run ended.
    struct End: Hashable, Sendable {
        var code: Int
        var signal: Int
        var startedAt: Timestamp
        var finishedAt: Timestamp
        var containerID: String
    }

    enum State: Sendable {
        case waiting(reason: String, message: String)
        case running(since: Timestamp)
        case terminated(End)
    }

    let spec: JSON
    /// Nil for a container whose image is not mapped: it is taken to run, and does nothing.
    let executable: String?
    let port: Int
    var state = State.waiting(reason: "ContainerCreating", message: "")
    var lastEnd: End?
    var restartCount: Int64 = 0
    var isReady = false
    /// Whether the startup probe, if there is one, has succeeded in this run.
    var isStarted = false
    var log = ContainerLog()
    var previousLog: ContainerLog?
    /// Counts runs, so that what belongs to an earlier one is known as such.
    var run = 0
    var process: LocalProcess?
    var probing: Task<Void, Never>?
    var waiting: Task<Void, Never>?
    /// What the next restart waits for.
    var backOff = Duration.zero

    init(spec: JSON, executable: String?, port: Int) {
        self.spec = spec
        self.executable = executable
        self.port = port
    }

    var name: String { spec["name"].string ?? "" }
    var image: String { spec["image"].string ?? "" }

    /// `10s` and doubling up to five minutes, none before the first restart
    /// (k8s.io/kubernetes, pkg/kubelet: `backOffPeriod`, `MaxContainerBackOff`).
    mutating func nextBackOff(ranFor duration: Duration) -> Duration {
        if duration >= Self.backOffReset { backOff = .zero }
        let delay = backOff
        backOff = min(max(Self.backOffFirst, backOff * 2), Self.backOffMax)
        return delay
    }

    private static let backOffFirst = Duration.seconds(10)
    private static let backOffMax = Duration.seconds(300)
    private static let backOffReset = Duration.seconds(600)

    func containerID(podUID: UID) -> String { "martlet://\(podUID.prefix(8))-\(name)-\(run)" }

    /// Of an init container: whether those after it may start.
    var isInitialized: Bool {
        if spec["restartPolicy"] == "Always" { return run > 0 }
        if case .terminated(let end) = state { return end.code == 0 }
        return false
    }

    /// Whether its last run failed.
    var hasFailed: Bool {
        if case .terminated(let end) = state { return end.code != 0 }
        return false
    }

    /// The `containerStatuses` entry.
    func status(podUID: UID) -> JSON {
        var status: JSON = [
            "name": .string(name), "image": .string(image), "imageID": .string("local://\(image)"),
            "ready": .bool(isReady), "started": .bool(isStarted), "restartCount": .int(restartCount),
        ]
        status["containerID"] = .string(run > 0 ? containerID(podUID: podUID) : "")
        switch state {
        case .waiting(let reason, let message):
            status["state"] = ["waiting": ["reason": .string(reason)]]
            if !message.isEmpty { status.set(["state", "waiting", "message"], to: .string(message)) }
        case .running(let since):
            status["state"] = ["running": ["startedAt": .string(since.rfc3339)]]
        case .terminated(let end):
            status["state"] = ["terminated": end.json]
        }
        status["lastState"] = lastEnd.map { ["terminated": $0.json] } ?? [:]
        return status
    }
}

extension ContainerRun.End {
    var json: JSON {
        var json: JSON = [
            "exitCode": JSON(code), "reason": code == 0 ? "Completed" : "Error",
            "startedAt": .string(startedAt.rfc3339), "finishedAt": .string(finishedAt.rfc3339),
            "containerID": .string(containerID),
        ]
        if signal != 0 { json["signal"] = JSON(signal) }
        return json
    }
}
