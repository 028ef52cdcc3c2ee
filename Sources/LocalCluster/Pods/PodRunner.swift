// Runs the pods whose images are mapped to executables, as the kubelet of this machine.

import ClusterSim
import HTTPModel
import JSONTree
import KubeModel
import Serving

/// Follows pods and keeps one `LocalPod` for each that is ours to run.
actor PodRunner {
    private let world: PodWorld
    private let changes: AsyncStream<ObjectChange>
    private var pods: [ObjectKey: LocalPod] = [:]
    private var uids: [ObjectKey: UID] = [:]
    private var isStopped = false

    /// - Parameter changes: Changes of pods, from the beginning.
    init(world: PodWorld, changes: AsyncStream<ObjectChange>) {
        self.world = world
        self.changes = changes
    }

    /// Works until the changes end.
    func run() async {
        for await change in changes { await take(change) }
    }

    private func take(_ change: ObjectChange) async {
        guard !isStopped else { return }
        guard let pod = change.object else {
            await forget(change.key)
            return
        }
        if let known = uids[pod.key], known != pod.uid { await forget(pod.key) }
        if let local = pods[pod.key] {
            if pod.isDeleting { await local.stop(grace: Self.grace(pod)) }
            return
        }
        guard isOurs(pod) else { return }
        if pod.isDeleting {
            // Nothing runs for it: it was being deleted when martlet ended.
            PodReporter(pod, world: world).deletePod()
            return
        }
        let local = LocalPod(pod, world: world)
        pods[pod.key] = local
        uids[pod.key] = pod.uid
        // Not awaited: starting one pod does not hold up the others.
        Task { await local.start() }
    }

    private func forget(_ key: ObjectKey) async {
        uids[key] = nil
        guard let local = pods.removeValue(forKey: key) else { return }
        // The object is gone without our doing: it was deleted by force.
        await local.stop(grace: .zero)
    }

    /// A pod to run: scheduled, with an address, not over, and with at least one mapped image.
    private func isOurs(_ pod: KubeObject) -> Bool {
        guard pod.spec["nodeName"].string?.isEmpty == false, pod.status["podIP"].string != nil,
            !["Succeeded", "Failed"].contains(pod.status["phase"].string ?? "")
        else { return false }
        return pod.spec["containers"].elements.contains {
            world.images[ContainerEnvironment.name($0["image"].string ?? "")] != nil
        }
    }

    private static func grace(_ pod: KubeObject) -> Duration {
        .seconds(pod.metadata["deletionGracePeriodSeconds"].int ?? 30)
    }

    /// The answer to a request for a container's log; nil when the pod is not run here.
    func log(_ request: PodLogRequest) async -> ServedResponse? {
        guard uids[request.pod] == request.uid, let local = pods[request.pod] else { return nil }
        guard let log = await local.log(request) else {
            return .text(
                400,
                "previous terminated container \"\(request.container)\" in pod \"\(request.pod.name)\" not found"
            )
        }
        let (text, more) = log.read(request)
        let headers: HTTPHeaders = ["Content-Type": "text/plain"]
        guard let more else { return .whole(HTTPResponse(status: 200, headers: headers, body: text)) }
        let hasTimestamps = request.timestamps
        return .stream(status: 200, headers: headers) { writer in
            try await writer.write(text)
            for await line in more { try await writer.write(line.text(withTimestamp: hasTimestamps)) }
        }
    }

    /// Stops all processes; returns when none is left.
    func stop() async {
        isStopped = true
        await withDiscardingTaskGroup { group in
            for local in pods.values { group.addTask { await local.shutDown(grace: Self.shutdownGrace) } }
        }
        pods = [:]
    }

    /// What processes get at the end of martlet, whatever their pods say.
    private static let shutdownGrace = Duration.seconds(2)
}
