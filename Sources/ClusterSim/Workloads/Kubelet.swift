// The simulated kubelet: takes pods of its node through their lives.

import JSONTree
import KubeModel

extension Workloads {
    /// How long a deleted pod's containers take to stop, unless its grace period is shorter.
    private static let stopDelay = Duration.milliseconds(50)
    /// How much longer than its grace period a pod that somebody else runs may take to go.
    private static let externalStopSlack = Duration.seconds(10)
    private static let pullBackOffDelay = Duration.seconds(1)
    private static let crashBackOffFirst = Duration.seconds(10)
    private static let crashBackOffMax = Duration.seconds(300)

    /// Schedules a pod, runs it, stops it.
    ///
    /// - Returns: False when a write was refused and has to be tried again.
    mutating func syncPod(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let pod = cluster.object(Kinds.pod.groupKind, key) else { return true }
        let node = pod.spec["nodeName"].string ?? ""
        if pod.isDeleting { return node == Self.nodeName ? stop(pod, &cluster) : true }
        if Pods.isFinished(pod) { return true }
        if node.isEmpty { return schedule(pod, &cluster) }
        guard node == Self.nodeName else { return true }
        if kubelet[pod.uid] == nil { kubelet[pod.uid] = PodRuntime(resuming: pod, now: now) }
        return isExternal(pod) ? admitExternal(pod, &cluster) : simulate(pod, &cluster)
    }

    /// Whether somebody outside runs the pod's containers and writes their statuses.
    func isExternal(_ pod: KubeObject) -> Bool {
        guard !configuration.externalImages.isEmpty else { return false }
        return pod.spec["containers"].elements.contains {
            configuration.externalImages.contains(Self.imageName($0["image"].string ?? ""))
        }
    }

    /// An image without its tag and digest.
    static func imageName(_ image: String) -> String {
        let bare = image.split(separator: "@", maxSplits: 1).first.map(String.init) ?? ""
        let lastSlash = bare.lastIndex(of: "/") ?? bare.startIndex
        guard let colon = bare[lastSlash...].lastIndex(of: ":") else { return bare }
        return String(bare[..<colon])
    }

    private mutating func admitExternal(_ pod: KubeObject, _ cluster: inout some WorkloadCluster) -> Bool {
        guard pod.status["podIP"].isNull, let runtime = kubelet[pod.uid] else { return true }
        let status = PodStatuses.status(pod, .creating, runtime: runtime, address: makeAddress(), now: now)
        return setStatus(pod, status, as: ControllerUser.kubelet, &cluster)
    }

    /// An address that no other pod has, from 127.64.0.0/10: loopback, so that a pod that is a
    /// local process can listen on it.
    private mutating func makeAddress() -> String {
        for _ in 0..<(1 << 16) {
            addressCounter = addressCounter % ((1 << 22) - 2) + 1
            let address = "127.\(64 + (addressCounter >> 16)).\(addressCounter >> 8 & 255).\(addressCounter & 255)"
            if !pods.addresses.contains(address) { return address }
        }
        return "127.64.0.1"
    }

    // MARK: Running

    private mutating func simulate(_ pod: KubeObject, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let runtime = kubelet[pod.uid] else { return true }
        let script = PodScript(pod, configuration)
        switch script.mode {
        case .pull: return simulatePull(pod, runtime, &cluster)
        case .crash: return simulateCrash(pod, runtime, script, &cluster)
        case .ok, .fail, .never, .hang: break
        }
        if let duration = script.runDuration {
            let end = runtime.startedAt + duration
            if end <= now {
                if script.mode == .fail, pod.spec["restartPolicy"].string == "OnFailure" {
                    return simulateCrash(pod, runtime, script, &cluster)
                }
                return write(pod, .exited(code: script.mode == .fail ? 1 : 0), &cluster)
            }
            queue.add(.pod(pod.key), at: end)
        }
        let readyAt = runtime.startedAt + script.readyDelay
        let isReady = script.mode != .never && readyAt <= now
        if !isReady, script.mode != .never { queue.add(.pod(pod.key), at: readyAt) }
        return write(pod, .running(isReady: isReady), &cluster)
    }

    private mutating func simulatePull(
        _ pod: KubeObject, _ runtime: PodRuntime, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let backOffAt = runtime.startedAt + Self.pullBackOffDelay
        if now < backOffAt { queue.add(.pod(pod.key), at: backOffAt) }
        return write(pod, .pulling(reason: now < backOffAt ? "ErrImagePull" : "ImagePullBackOff"), &cluster)
    }

    /// The container runs for as long as it would take to become ready, exits, waits, runs again.
    private mutating func simulateCrash(
        _ pod: KubeObject, _ old: PodRuntime, _ script: PodScript, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        var runtime = old
        let runTime = script.runDuration ?? script.readyDelay
        if let crashedAt = runtime.crashedAt, crashedAt > runtime.startedAt {
            let delay = min(Self.crashBackOffMax, Self.crashBackOffFirst * (1 << min(runtime.restartCount - 1, 5)))
            if now < crashedAt + delay {
                queue.add(.pod(pod.key), at: crashedAt + delay)
                return write(pod, .backingOff, &cluster)
            }
            runtime.startedAt = now
        }
        if now >= runtime.startedAt + runTime {
            runtime.crashedAt = now
            runtime.restartCount += 1
            kubelet[pod.uid] = runtime
            queue.add(.pod(pod.key))
            return write(pod, .backingOff, &cluster)
        }
        kubelet[pod.uid] = runtime
        queue.add(.pod(pod.key), at: runtime.startedAt + runTime)
        return write(pod, .running(isReady: false), &cluster)
    }

    private mutating func write(
        _ pod: KubeObject, _ moment: PodStatuses.Moment, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        guard let runtime = kubelet[pod.uid] else { return true }
        let address = pod.status["podIP"].string ?? makeAddress()
        let status = PodStatuses.status(pod, moment, runtime: runtime, address: address, now: now)
        return setStatus(pod, status, as: ControllerUser.kubelet, &cluster)
    }

    // MARK: Stopping

    private mutating func stop(_ pod: KubeObject, _ cluster: inout some WorkloadCluster) -> Bool {
        var runtime = kubelet[pod.uid] ?? PodRuntime(resuming: pod, now: now)
        let since = runtime.terminatingAt ?? now
        runtime.terminatingAt = since
        kubelet[pod.uid] = runtime
        let grace = Duration.seconds(pod.metadata["deletionGracePeriodSeconds"].int ?? 0)
        let end = since + (isExternal(pod) ? grace + Self.externalStopSlack : min(grace, Self.stopDelay))
        if now < end, !Pods.isFinished(pod) {
            queue.add(.pod(pod.key), at: end)
            return true
        }
        if !Pods.isFinished(pod), !pod.finalizers.isEmpty, !isExternal(pod) {
            // Whoever holds the pod wants to see how it ended.
            return write(pod, .exited(code: 137), &cluster)
        }
        if pod.metadata["deletionGracePeriodSeconds"].int == 0, !pod.finalizers.isEmpty { return true }
        return remove(pod, graceSeconds: 0, as: ControllerUser.kubelet, &cluster)
    }
}

extension PodRuntime {
    /// Starts a pod, or goes on with one that ran before the machine was restarted.
    init(resuming pod: KubeObject, now: Timestamp) {
        let state = pod.status["containerStatuses"][0]["state"]
        startedAt = state["running"]["startedAt"].string.flatMap { Timestamp($0) } ?? now
        if startedAt > now { startedAt = now }
        restartCount = pod.status["containerStatuses"][0]["restartCount"].int ?? 0
        if !state["waiting"].isNull, restartCount > 0 { crashedAt = now }
    }
}
