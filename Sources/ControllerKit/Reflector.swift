// Obeys a ReflectorMachine: asks the server, delivers to the cache.

import JSONTree
import KubeClient
import KubeModel
import Logging
import Telemetry

/// Keeps one resource mirrored until its task is cancelled.
actor Reflector {
    /// What an arriving object becomes, and who hears of it.
    struct Sink: Sendable {
        /// What stays of an arriving object.
        var trim: @Sendable (JSON) -> JSON
        /// Applies a batch of deliveries to the cache and tells the controllers; the version is the
        /// resource's after it.
        var deliver: @Sendable ([ReflectorMachine.Delivery], ResourceVersion) -> Void
        var synced: @Sendable () -> Void
        /// Whether `mayHaveAppeared` is called when the resource is defined.
        var isTold: @Sendable () -> Bool = { false }
    }

    nonisolated let resource: GroupVersionResource
    private var scope: ListScope
    private let api: any KubeAPI
    private let runtime: any Runtime
    private let metrics: MetricRegistry
    private let logger: Logger
    private let sink: Sink
    private var machine: ReflectorMachine
    private var wantsRelist = false
    private var wasAbsent = false
    private var watchTask: Task<Void, Never>?
    private var pauseTask: Task<Void, any Error>?

    /// Lists come in pages of so many objects: a page of large ones stays under 20 MB.
    private static let pageSize = 500
    /// The server ends a watch after 5 to 10 minutes, so that watches spread over its replicas.
    private static let watchSeconds: ClosedRange<Int> = 300...600

    init(
        _ resource: GroupVersionResource, _ scope: ListScope, isOptional: Bool, api: any KubeAPI,
        runtime: any Runtime, metrics: MetricRegistry, logger: Logger, sink: Sink
    ) {
        self.resource = resource
        self.scope = scope
        self.api = api
        self.runtime = runtime
        self.metrics = metrics
        self.sink = sink
        var logger = logger
        logger[metadataKey: "resource"] = .string(resource.resource)
        self.logger = logger
        machine = ReflectorMachine(isOptional: isOptional)
    }

    /// From now on mirrors all objects, whatever their labels.
    func dropSelector() {
        scope.labelSelector = nil
        relist()
    }

    /// Lists everything again at the next opportunity.
    func relist() {
        wantsRelist = true
        watchTask?.cancel()
    }

    /// The resource was defined, or its definition changed.
    func mayHaveAppeared() {
        machine.mayHaveAppeared()
        pauseTask?.cancel()
    }

    func run() async {
        while !Task.isCancelled {
            if wantsRelist {
                wantsRelist = false
                machine.relist()
            }
            switch machine.action {
            case .list(let token): await list(token)
            case .watch(let version): await watch(from: version)
            case .wait(let until): await pause(until)
            }
            for restart in machine.takeRestarts() {
                metrics.add(.watchRestarts, [resource.resource, restart.rawValue])
            }
            if machine.isSynced, !wantsRelist { sink.synced() }
        }
    }

    /// Waits until the time that the machine named, or until something else is to be done.
    private func pause(_ until: Timestamp) async {
        let task = Task { [runtime] in try await runtime.sleep(until: until) }
        pauseTask = task
        let result = await withTaskCancellationHandler { await task.result } onCancel: { task.cancel() }
        pauseTask = nil
        if case .success = result { machine.waited(now: runtime.now()) }
    }

    private func list(_ token: String?) async {
        do throws(KubeError) {
            let page = try await api.list(resource, scope, limit: Self.pageSize, continueToken: token, trim: sink.trim)
            sink.deliver(machine.received(page, now: runtime.now()), machine.version)
        } catch {
            failed(error)
        }
    }

    /// The watch runs in a task of its own, so that a relist can end it.
    private func watch(from version: ResourceVersion) async {
        let task = Task { await self.follow(from: version) }
        watchTask = task
        await withTaskCancellationHandler { await task.value } onCancel: { task.cancel() }
        watchTask = nil
    }

    private func follow(from version: ResourceVersion) async {
        let spread = UInt64(Self.watchSeconds.count)
        let seconds = Self.watchSeconds.lowerBound + Int(runtime.random() % spread)
        do {
            for try await event in try await api.watch(resource, scope, from: version, timeoutSeconds: seconds) {
                let deliveries = machine.received(trimmed(event), now: runtime.now(), random: runtime.random())
                sink.deliver(deliveries, machine.version)
                guard case .watch = machine.action else { return }
            }
            if !Task.isCancelled { machine.watchEnded(now: runtime.now(), random: runtime.random()) }
        } catch let error as KubeError {
            if !Task.isCancelled { failed(error) }
        } catch {
            if !Task.isCancelled { failed(.malformed("\(error)")) }
        }
    }

    private func trimmed(_ event: WatchEvent) -> WatchEvent {
        switch event {
        case .added(let object): .added(KubeObject(sink.trim(object.tree)))
        case .modified(let object): .modified(KubeObject(sink.trim(object.tree)))
        case .deleted, .bookmark, .error: event
        }
    }

    private func failed(_ error: KubeError) {
        if Task.isCancelled { return }
        machine.isTold = sink.isTold()
        sink.deliver(machine.failed(error, now: runtime.now(), random: runtime.random()), machine.version)
        if machine.isAbsent {
            if !wasAbsent { logger.info("resource is not served, looked for until it is") }
        } else if error.status?.isGone == true {
            logger.debug("version is too old, listing again")
        } else {
            logger.warning("list or watch failed, tried again", metadata: ["error": .string(error.description)])
        }
        wasAbsent = machine.isAbsent
    }
}
