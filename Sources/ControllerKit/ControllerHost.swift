// Runs controllers on one shared set of watches and caches.

package import HTTPModel
import JSONTree
package import KubeClient
package import KubeModel
package import Logging
import Synchronization
package import Telemetry

/// How a host runs.
package struct HostOptions: Sendable {
    /// Passes under way at once over all controllers.
    package var concurrency = 32
    /// Leader election by this lease; nil leads at once.
    package var lease: ObjectKey?
    /// Who we are in the lease: host and process.
    package var identity = "martlet"
    package var leaseTiming = LeaseMachine.Timing()
    /// Only this namespace; nil for all.
    package var namespace: String?
    /// Requests a second, and at once, that the client allows itself for writes.
    package var writesPerSecond = 400.0
    package var writesBurst = 1000
    /// Managers whose applied fields stay in cached objects' `managedFields`.
    package var keptFieldManagers: Set<String> = []
    /// Gives free memory back to the system: called when lists have been read and after bursts.
    package var releaseMemory: @Sendable () -> Void = {}
    /// May fail writes: for tests.
    package var fault: ChangeExecutor.Fault?
    package init() {}
}

/// Controllers, their watches, and the workers. Passes begin when we lead and all caches are whole.
/// A class because watches, workers and `/metrics` share it.
package final class ControllerHost: Sendable {
    /// One resource as several controllers watch it.
    struct SharedWatch: Sendable {
        var kind: GroupKind
        var reflector: Reflector
        var readers: [(controller: String, watch: Watch)]
        /// What the server is asked for; readers that want less are told of less.
        var labelSelector: String?
        var isSynced = false
        /// The host's count of whole caches when this one became whole.
        var wholeSince: UInt64 = 0
    }
    struct State {
        var watches: [GroupVersionResource: SharedWatch] = [:]
        var ledger = WriteLedger()
        var isLeading = false
        /// Counts caches that became whole: by it a pass knows which were when its snapshot was taken.
        var wholeCount: UInt64 = 0
    }

    let controllers: [String: any Controller]
    let api: any KubeAPI
    let runtime: any Runtime
    let metrics: MetricRegistry
    let logger: Logger
    let options: HostOptions
    let cache: ObjectCache
    let queue: WorkQueue
    let executor: ChangeExecutor
    let recorder: EventRecorder
    let memory: MemoryKeeper
    let state = Mutex(State())
    /// Reflectors to be started by `run`.
    let started: AsyncStream<Reflector>
    private let startReflector: AsyncStream<Reflector>.Continuation

    package init(
        _ controllers: [any Controller], api: any KubeAPI, runtime: any Runtime = SystemRuntime(),
        metrics: MetricRegistry, logger: Logger, options: HostOptions = HostOptions()
    ) {
        self.controllers = Dictionary(controllers.map { ($0.name, $0) }) { first, _ in first }
        self.api = api
        self.runtime = runtime
        self.metrics = metrics
        self.logger = logger
        self.options = options
        cache = ObjectCache()
        queue = WorkQueue(runtime: runtime, metrics: metrics)
        let limiter = WriteRateLimiter(
            perSecond: options.writesPerSecond, burst: options.writesBurst, runtime: runtime)
        executor = ChangeExecutor(api: api, limiter: limiter, metrics: metrics, fault: options.fault)
        recorder = EventRecorder(api: api, runtime: runtime, limiter: limiter, metrics: metrics)
        memory = MemoryKeeper(runtime: runtime, release: options.releaseMemory)
        (started, startReflector) = AsyncStream.makeStream()
        queue.sample(controllers: controllers.map(\.name))
        let cache = cache
        metrics.sample(.cacheObjects) {
            cache.counts().map { kind, count in ([kind.description], Double(count)) }.sorted { $0.0[0] < $1.0[0] }
        }
        for controller in controllers { watch(controller.watches, for: controller.name) }
    }

    // MARK: Watches

    /// Adds watches for a controller, also while running.
    ///
    /// - Parameter moment: The count of whole caches when the snapshot was taken that is to show the
    ///   watched objects.
    /// - Returns: Whether all of them were whole by then.
    @discardableResult
    func watch(_ watches: [Watch], for controller: String, by moment: UInt64 = .max) -> Bool {
        var isWhole = true
        for watch in watches {
            let (reflector, isNew, isSynced) = state.withLock { state in
                let (reflector, isNew) = add(watch, for: controller, to: &state)
                let shared = state.watches[watch.resource]
                return (reflector, isNew, shared.map { $0.isSynced && $0.wholeSince <= moment } ?? false)
            }
            if isNew { startReflector.yield(reflector) }
            isWhole = isWhole && isSynced
        }
        return isWhole
    }

    private func add(
        _ watch: Watch, for controller: String, to state: inout State
    ) -> (Reflector, isNew: Bool) {
        if var shared = state.watches[watch.resource] {
            guard !shared.readers.contains(where: { $0.controller == controller && $0.watch.kind == watch.kind && $0.watch.labelSelector == watch.labelSelector }) else {
                return (shared.reflector, false)
            }
            let sawAll = shared.readers.contains { $0.watch.trim == nil }
            shared.readers.append((controller, watch))
            let reflector = shared.reflector
            if shared.labelSelector != nil, shared.labelSelector != watch.labelSelector {
                shared.labelSelector = nil
                // What the selector left out is not known to be absent before it has been listed.
                shared.isSynced = false
                Task { await reflector.dropSelector() }
            } else if !sawAll {
                // What was trimmed away before somebody wanted it has to be fetched.
                shared.isSynced = false
                Task { await reflector.relist() }
            }
            state.watches[watch.resource] = shared
            return (reflector, false)
        }
        let resource = watch.resource
        let sink = Reflector.Sink(
            trim: { [weak self] in self?.trimmed($0, of: resource) ?? $0 },
            deliver: { [weak self] in self?.deliver($0, of: resource, version: $1) },
            synced: { [weak self] in self?.synced(resource) },
            isTold: { [weak self] in self?.hearsOfDefinitions ?? false })
        let reflector = Reflector(
            resource, ListScope(namespace: options.namespace, labelSelector: watch.labelSelector),
            isOptional: watch.isOptional, api: api, runtime: runtime, metrics: metrics, logger: logger, sink: sink)
        state.watches[resource] = SharedWatch(
            kind: watch.kind, reflector: reflector, readers: [(controller, watch)], labelSelector: watch.labelSelector)
        return (reflector, true)
    }

    private func deliver(
        _ deliveries: [ReflectorMachine.Delivery], of resource: GroupVersionResource, version: ResourceVersion
    ) {
        guard let shared = state.withLock({ $0.watches[resource] }) else { return }
        if resource == Self.definitions { tell(of: deliveries) }
        let effects = cache.apply(deliveries, to: shared.kind, version: version)
        if effects.isEmpty { return }
        let reader = cache.snapshot()
        for effect in effects {
            for (controller, watch) in shared.readers {
                var keys: Set<ObjectKey> = []
                for object in [effect.old, effect.new].compactMap(\.self) where watch.concerns(object, shared.labelSelector) {
                    keys.formUnion(watch.keys(object, reader))
                }
                for key in keys where !isEcho(effect, of: shared.kind, to: controller, key) {
                    queue.add(WorkItem(controller: controller, key: key))
                }
            }
        }
    }

    /// Whether an object arrives just as this controller wrote it in a pass that reckoned with it.
    private func isEcho(
        _ effect: ObjectCache.Effect, of kind: GroupKind, to controller: String, _ key: ObjectKey
    ) -> Bool {
        guard let object = effect.new, controllers[controller]?.kind == kind else { return false }
        return state.withLock { $0.ledger.isEcho(object, to: WriteLedger.Owner(controller: controller, key: key)) }
    }

    // MARK: Definitions

    private static let definitions = GroupVersionResource(
        group: "apiextensions.k8s.io", version: "v1", resource: "customresourcedefinitions")

    /// Whether some controller watches definitions: then absent resources need not be asked for.
    private var hearsOfDefinitions: Bool {
        state.withLock { $0.watches[Self.definitions]?.isSynced ?? false }
    }

    /// Wakes the reflectors of resources that were defined just now.
    private func tell(of deliveries: [ReflectorMachine.Delivery]) {
        for case .upsert(let definition) in deliveries {
            let (group, plural) = (definition.spec["group"].string, definition.spec["names"]["plural"].string)
            let waiting = state.withLock { state in
                state.watches.filter { $0.key.group == group && $0.key.resource == plural }.map(\.value.reflector)
            }
            for reflector in waiting { Task { await reflector.mayHaveAppeared() } }
        }
    }

    // MARK: Trimming

    /// What the cache keeps of an object: what any reader of its resource wants.
    private func trimmed(_ tree: JSON, of resource: GroupVersionResource) -> JSON {
        let trims = state.withLock { $0.watches[resource]?.readers.map(\.watch.trim) ?? [] }
        let whole = CacheTrim.withoutManagedFields(tree, kept: options.keptFieldManagers)
        var union: JSON?
        for trim in trims {
            guard let trim else { return whole }
            let kept = trim(whole)
            union = union.map { TrimUnion.of($0, kept) } ?? kept
        }
        return union ?? whole
    }

    private func synced(_ resource: GroupVersionResource) {
        let isFirst = state.withLock { state in
            guard state.watches[resource]?.isSynced == false else { return false }
            state.wholeCount += 1
            state.watches[resource]?.isSynced = true
            state.watches[resource]?.wholeSince = state.wholeCount
            return true
        }
        if isFirst { logger.debug("cache is whole", metadata: ["resource": .string(resource.resource)]) }
    }

    /// Whether every watched resource has been listed once.
    package var isSynced: Bool { state.withLock { $0.watches.values.allSatisfy(\.isSynced) } }
    /// Whether we lead (or need not).
    package var isLeading: Bool { state.withLock { $0.isLeading } }
    /// The caches as they are now, for pages and tests.
    package func snapshot() -> CacheSnapshot { cache.snapshot() }
    /// Asks for a pass over an object, as a webhook does.
    package func enqueue(_ key: ObjectKey, controller: String) {
        queue.add(WorkItem(controller: controller, key: key))
    }

    // MARK: Serving

    /// Answers `/metrics`, `/healthz`, `/livez` and `/readyz`; anything else is 404.
    package func response(to request: HTTPRequest) -> HTTPResponse {
        switch request.path {
        case "/metrics":
            HTTPResponse(
                status: 200, headers: ["Content-Type": MetricRegistry.contentType], body: Array(metrics.exposition().utf8))
        case "/healthz", "/livez": Self.plain(200, "ok")
        case "/readyz": isSynced ? Self.plain(200, "ok") : Self.plain(503, "caches are not whole yet: \(missing)")
        default: Self.plain(404, "not found")
        }
    }

    private var missing: String {
        state.withLock { $0.watches.filter { !$0.value.isSynced }.map(\.key.resource).sorted().joined(separator: ", ") }
    }

    private static func plain(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: Array(text.utf8))
    }
}

extension Watch {
    /// Whether an object that the shared watch brought has the labels that this one asked for.
    fileprivate func concerns(_ object: KubeObject, _ sharedSelector: String?) -> Bool {
        guard let labelSelector, labelSelector != sharedSelector else { return true }
        return LabelSelector(text: labelSelector)?.matches(object.labels) ?? true
    }
}
