// A pod whose containers are processes of this machine: started, probed, restarted, stopped.

import ClusterSim
import HTTPModel
import JSONTree
import KubeModel
import Logging
import Transport

/// What local pods need of the outside.
struct PodWorld: Sendable {
    var cluster: LocalCluster
    var exchange: any HTTPExchange
    var ports: PortDirectory
    /// Image names and their executables.
    var images: [String: String]
    /// Where the volumes of pods are kept.
    var volumeDirectory: String
    /// The environment that every container begins with.
    var baseEnvironment: [String: String]
    var logger: Logger
}

/// One pod with its containers. Its status is written as the kubelet's would be.
actor LocalPod {
    private(set) var pod: KubeObject
    private var containers: [ContainerRun]
    /// The init containers.
    var inits: [ContainerRun]
    private let world: PodWorld
    private let reporter: PodReporter
    private let volumes: PodVolumes
    private(set) var isStopping = false
    /// No status and no deletion is written any more: the whole cluster stops.
    private var isSilent = false
    private var stopped: [CheckedContinuation<Void, Never>] = []

    init(_ pod: KubeObject, world: PodWorld) {
        self.pod = pod
        self.world = world
        reporter = PodReporter(pod, world: world)
        volumes = PodVolumes(pod: pod, root: world.volumeDirectory)
        inits = pod.spec["initContainers"].elements.map { spec in
            let executable = world.images[ContainerEnvironment.name(spec["image"].string ?? "")]
            var run = ContainerRun(spec: spec, executable: executable, port: 0)
            run.state = .waiting(reason: "PodInitializing", message: "")
            return run
        }
        let old = pod.status["containerStatuses"].elements
        containers = pod.spec["containers"].elements.map { spec in
            let executable = world.images[ContainerEnvironment.name(spec["image"].string ?? "")]
            var run = ContainerRun(spec: spec, executable: executable, port: world.ports.reserve() ?? 0)
            let before = old.first { $0["name"] == spec["name"] } ?? .null
            // A container that ran before martlet itself was restarted runs anew.
            let state = before["state"]
            let hasRun = !state["running"].isNull || !state["terminated"].isNull
            run.restartCount = (before["restartCount"].int ?? 0) + (hasRun ? 1 : 0)
            return run
        }
    }

    /// Starts all containers.
    func start() async {
        world.ports.set(pod, containers.map { ($0.spec, $0.port) })
        if !inits.isEmpty {
            for index in containers.indices {
                containers[index].state = .waiting(reason: "PodInitializing", message: "")
            }
            report()
            guard await initialize() else { return }
        }
        for index in containers.indices { await launch(index) }
        report()
    }

    /// The log of a container, or its previous run's.
    func log(_ request: PodLogRequest) -> ContainerLog? {
        guard let container = (containers + inits).first(where: { $0.name == request.container }) else { return nil }
        return request.previous ? container.previousLog : container.log
    }

    // MARK: Running

    private func launch(_ index: Int) async {
        guard !isStopping else { return }
        guard let executable = containers[index].executable else {
            containers[index].run += 1
            containers[index].state = .running(since: .wallClock)
            containers[index].isReady = true
            containers[index].isStarted = true
            return
        }
        do {
            let launch = try await launch(containers[index], executable)
            let variables = launch.environment
            containers[index].run += 1
            let run = containers[index].run
            let log = containers[index].log
            let process = try await LocalProcess.start(launch) {
                log.append($0)
            } ended: { end in
                log.end()
                Task { await self.ended(index, run, end) }
            }
            containers[index].process = process
            containers[index].state = .running(since: .wallClock)
            // A stop that came in between did not see this process.
            if isStopping { process.signal(StopSignal.term) }
            probe(index, run, variables)
        } catch {
            let delay = error is LaunchError
                ? containers[index].nextBackOff(ranFor: .zero) : Self.configurationRetry
            if case .waiting(let reason, let message) = waitingState(for: error) {
                wait(index, reason, message, delay)
            }
        }
    }

    static let configurationRetry = Duration.seconds(2)

    /// What a container is started with: its volumes are there, its references are resolved.
    func launch(_ container: ContainerRun, _ executable: String) async throws -> LocalProcess.Launch {
        let cluster = world.cluster
        let namespace = pod.namespace
        try await volumes.make { kind, name in await cluster.object(kind, namespace, name) }
        let environment = ContainerEnvironment(pod: pod, container: container.spec, port: container.port)
        let variables = try environment.variables(
            base: world.baseEnvironment, lookup: await lookup(for: container.spec))
        let mounts = volumes.mounts(of: container.spec)
        let own = Set(container.spec["env"].elements.compactMap { $0["name"].string })
        var placed = variables
        for name in own { placed[name] = placed[name].map { PodVolumes.replaced($0, mounts) } }
        return LocalProcess.Launch(
            executable: executable,
            arguments: environment.arguments(variables).map { PodVolumes.replaced($0, mounts) },
            environment: placed)
    }

    /// How a container stands that could not be started.
    func waitingState(for error: any Error) -> ContainerRun.State {
        switch error {
        case let problem as PodVolumes.Problem:
            reporter.event("Warning", "FailedMount", problem.message)
            return .waiting(reason: "ContainerCreating", message: "")
        case let missing as ContainerEnvironment.Missing:
            return .waiting(reason: "CreateContainerConfigError", message: missing.message)
        case let error as LaunchError:
            return .waiting(reason: "RunContainerError", message: error.reason)
        default: return .waiting(reason: "RunContainerError", message: "\(error)")
        }
    }

    private func wait(_ index: Int, _ reason: String, _ message: String, _ delay: Duration) {
        containers[index].state = .waiting(reason: reason, message: message)
        containers[index].isReady = false
        containers[index].isStarted = false
        let least = max(delay, .milliseconds(50))
        containers[index].waiting = Task {
            try? await Task.sleep(for: least)
            if Task.isCancelled { return }
            await launch(index)
            report()
        }
    }

    /// The data of the ConfigMaps and Secrets that a container names.
    private func lookup(for container: JSON) async -> ContainerEnvironment.Lookup {
        var data: [String: [String: String]] = [:]
        let sources = container["env"].elements.map { $0["valueFrom"] } + container["envFrom"].elements
        for source in sources {
            for name in [source["configMapKeyRef"]["name"].string, source["configMapRef"]["name"].string] {
                guard let name, let object = await world.cluster.object("ConfigMap", pod.namespace, name)
                else { continue }
                data["c/\(name)"] = KubeObject.strings(object.tree["data"])
            }
            for name in [source["secretKeyRef"]["name"].string, source["secretRef"]["name"].string] {
                guard let name, let object = await world.cluster.object("Secret", pod.namespace, name) else {
                    continue
                }
                data["s/\(name)"] = KubeObject.strings(object.tree["data"]).compactMapValues {
                    Base64.text($0)
                }
            }
        }
        let found = data
        return { isSecret, name in found["\(isSecret ? "s" : "c")/\(name)"] }
    }

    private func ended(_ index: Int, _ run: Int, _ end: ProcessEnd) {
        guard containers[index].run == run else { return }
        let now = Timestamp.wallClock
        var since = now
        if case .running(let start) = containers[index].state { since = start }
        containers[index].probing?.cancel()
        containers[index].process = nil
        containers[index].isReady = false
        containers[index].isStarted = false
        let record = ContainerRun.End(
            code: end.code, signal: end.signal, startedAt: since, finishedAt: now,
            containerID: containers[index].containerID(podUID: pod.uid))
        containers[index].state = .terminated(record)
        if isStopping {
            finishIfQuiet()
            return
        }
        let policy = pod.spec["restartPolicy"].string ?? "Always"
        if policy == "Always" || (policy == "OnFailure" && end.code != 0) {
            restart(index, after: record, ranFor: now - since)
        }
        report()
    }

    private func restart(_ index: Int, after end: ContainerRun.End, ranFor duration: Duration) {
        containers[index].lastEnd = end
        containers[index].restartCount += 1
        containers[index].previousLog = containers[index].log
        containers[index].log = ContainerLog()
        let delay = containers[index].nextBackOff(ranFor: duration)
        let name = containers[index].name
        if delay > .zero {
            reporter.event(
                "Warning", "BackOff", "Back-off restarting failed container \(name) in pod \(pod.name)")
        }
        wait(
            index, delay > .zero ? "CrashLoopBackOff" : "ContainerCreating",
            delay > .zero
                ? "back-off \(delay.goText) restarting failed container=\(name) pod=\(pod.name)" : "", delay)
    }

    // MARK: Probes

    private func probe(_ index: Int, _ run: Int, _ variables: [String: String]) {
        let spec = containers[index].spec
        let prober = Prober(exchange: world.exchange, port: containers[index].port, environment: variables)
        guard let startup = Probe(spec["startupProbe"]) else {
            containers[index].isStarted = true
            containers[index].isReady = Probe(spec["readinessProbe"]) == nil
            containers[index].probing = Task { await watchHealth(index, run, prober, spec) }
            return
        }
        containers[index].isReady = false
        containers[index].probing = Task {
            guard await holds(startup, prober, isUrgent: true) else {
                if !Task.isCancelled { restartUnhealthy(index, run, "Startup") }
                return
            }
            guard containers[index].run == run else { return }
            containers[index].isStarted = true
            containers[index].isReady = Probe(spec["readinessProbe"]) == nil
            report()
            await watchHealth(index, run, prober, spec)
        }
    }

    private func watchHealth(_ index: Int, _ run: Int, _ prober: Prober, _ spec: JSON) async {
        await withDiscardingTaskGroup { group in
            if let readiness = Probe(spec["readinessProbe"]) {
                group.addTask { await self.watchReadiness(index, run, prober, readiness) }
            }
            if let liveness = Probe(spec["livenessProbe"]) {
                group.addTask {
                    while await self.holds(liveness, prober, isUrgent: false) {
                        try? await Task.sleep(for: liveness.period)
                    }
                    if !Task.isCancelled { await self.restartUnhealthy(index, run, "Liveness") }
                }
            }
        }
    }

    /// Probes until one success, or until as many failures in a row as the threshold allows.
    ///
    /// - Parameter isUrgent: Looks more often than the period says, without counting the failures
    ///   in between: a process that has just started is noticed at once.
    private func holds(_ probe: Probe, _ prober: Prober, isUrgent: Bool) async -> Bool {
        try? await Task.sleep(for: probe.initialDelay)
        var failureCount = 0
        var counted = ContinuousClock.now
        while !Task.isCancelled {
            guard await prober.failure(of: probe) != nil else { return true }
            if !isUrgent || failureCount == 0 || counted.duration(to: .now) >= probe.period {
                failureCount += 1
                counted = .now
            }
            if failureCount >= probe.failureThreshold { return false }
            try? await Task.sleep(for: isUrgent ? min(probe.period, Self.urgentPeriod) : probe.period)
        }
        return false
    }

    private static let urgentPeriod = Duration.milliseconds(100)

    private func watchReadiness(_ index: Int, _ run: Int, _ prober: Prober, _ probe: Probe) async {
        try? await Task.sleep(for: probe.initialDelay)
        var successCount = 0
        var failureCount = 0
        var hasBeenReady = false
        while !Task.isCancelled {
            let failure = await prober.failure(of: probe)
            guard !Task.isCancelled, containers[index].run == run else { return }
            successCount = failure == nil ? successCount + 1 : 0
            failureCount = failure == nil ? 0 : failureCount + 1
            if successCount >= probe.successThreshold {
                hasBeenReady = true
                setReady(index, true)
            } else if let failure, hasBeenReady, failureCount >= probe.failureThreshold {
                if containers[index].isReady {
                    reporter.event("Warning", "Unhealthy", "Readiness probe failed: \(failure)")
                }
                setReady(index, false)
            }
            try? await Task.sleep(for: hasBeenReady ? probe.period : min(probe.period, Self.urgentPeriod))
        }
    }

    private func setReady(_ index: Int, _ isReady: Bool) {
        guard containers[index].isReady != isReady else { return }
        containers[index].isReady = isReady
        report()
    }

    private func restartUnhealthy(_ index: Int, _ run: Int, _ probe: String) {
        guard containers[index].run == run, let process = containers[index].process, !isStopping else {
            return
        }
        reporter.event(
            "Normal", "Killing",
            "Container \(containers[index].name) failed \(probe.lowercased()) probe, will be restarted")
        process.signal(StopSignal.term)
        let grace = Duration.seconds(pod.spec["terminationGracePeriodSeconds"].int ?? 30)
        Task {
            try? await Task.sleep(for: grace)
            process.signal(StopSignal.kill)
        }
    }

    // MARK: Stopping

    /// Stops gracefully, then deletes the pod's object for good.
    func stop(grace: Duration) {
        guard !isStopping else { return }
        isStopping = true
        for container in containers + inits {
            container.probing?.cancel()
            container.waiting?.cancel()
            container.process?.signal(StopSignal.term)
        }
        if isQuiet { return finishStop() }
        Task {
            try? await Task.sleep(for: grace)
            kill()
        }
    }

    /// Kills what runs, at once.
    func kill() { for container in containers + inits { container.process?.signal(StopSignal.kill) } }

    /// Stops for the end of the whole cluster: nothing is written any more. Returns when all
    /// processes have ended.
    func shutDown(grace: Duration) async {
        isSilent = true
        stop(grace: grace)
        if isQuiet { return }
        await withCheckedContinuation { stopped.append($0) }
    }

    private var isQuiet: Bool { (containers + inits).allSatisfy { $0.process == nil } }

    /// Ends the stop when no process is left.
    func finishIfQuiet() { if isQuiet { finishStop() } }

    private func finishStop() {
        volumes.remove()
        world.ports.remove(pod.key, uid: pod.uid)
        world.ports.release(containers.map(\.port))
        for continuation in stopped { continuation.resume() }
        stopped = []
        if isSilent { return }
        report()
        reporter.deletePod()
    }

    func report() {
        if isSilent { return }
        reporter.report(containers, inits)
    }
}

/// The two signals that a kubelet sends.
enum StopSignal {
    static let term: Int32 = 15
    static let kill: Int32 = 9
}
