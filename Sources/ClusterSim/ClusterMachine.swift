// An API server and its workload controllers as one synchronous machine.

package import HTTPModel
import JSONTree
package import KubeModel

/// An API server and its workload controllers as one synchronous machine.
///
/// Whoever drives it calls `handle` for a request and `tick` when `nextWake` has come; after either
/// takes `drainJournal()` to disk, answers, and sends what `readyWatches` have.
///
/// 1. Every write goes through `put` and `remove`: one new revision, one entry of the log, one offer
///    to the watches, one notice to the controllers.
/// 2. A write is decided before it is made: a refused request leaves nothing behind.
/// 3. The same seed, requests and times give the same answers.
package struct ClusterMachine: Sendable {
    let configuration: ClusterConfiguration
    var store: ObjectStore
    var catalog = ResourceCatalog()
    var hub = WatchHub()
    var generator: IdentityGenerator
    /// The time of the request or tick that is going on.
    var now: Timestamp
    /// What the `Warning` headers of the answer will say.
    var warnings: [String] = []
    /// Who may do what, worked out of the roles and bindings; nil after any of them changed.
    var accessRules: AccessRules?
    /// The OpenAPI documents, by path, of one generation of the catalog.
    var documents = DocumentCache()
    private var workloads: Workloads
    private var isRunningControllers = false
    /// Changes that the controllers have not been told of.
    private var notices: [(object: KubeObject, isDeleted: Bool)] = []
    /// CustomResourceDefinitions whose state has to be looked at.
    var definitionsToCheck: Set<String> = []
    /// Whether a ClusterRole changed since aggregated ones were filled in.
    var areRolesToAggregate = false
    /// Bootstrap objects that could not be created, for tests.
    var bootstrapFailures: [String] = []

    /// A new, empty cluster with its bootstrap objects.
    package init(configuration: ClusterConfiguration, now: Timestamp) {
        self.init(configuration: configuration, restoring: [], now: now)
    }

    /// A cluster as its journal left it: the last record of each key counts, whatever the order.
    package init(configuration: ClusterConfiguration, restoring records: [JournalRecord], now: Timestamp) {
        self.configuration = configuration
        self.now = now
        store = ObjectStore(historyMax: configuration.watchHistoryMax)
        workloads = Workloads(configuration: configuration)
        let newest = records.map(\.revision).max() ?? 0
        generator = IdentityGenerator(seed: configuration.seed ^ UInt64(bitPattern: newest &* 0x5DEE_CE66))
        restore(records)
        bootstrap()
    }

    /// Answers one request. Impersonation headers are honoured here.
    package mutating func handle(_ request: HTTPRequest, user: UserInfo, now: Timestamp) -> APIAnswer {
        self.now = now
        warnings = []
        var answer: APIAnswer
        do throws(StatusError) {
            answer = try route(request, user: user)
        } catch {
            answer = .response(error == .noPage ? Self.pageNotFound : errorResponse(error, request))
        }
        if case .response(var response) = answer, !warnings.isEmpty {
            for text in warnings { response.headers.add("Warning", "299 - \(GoText.quoted(text))") }
            answer = .response(response)
        }
        if case .response(var response) = answer, request.method == "HEAD" {
            response.body = []
            answer = .response(response)
        }
        return answer
    }

    /// A refusal in the form that the client accepts.
    private func errorResponse(_ error: StatusError, _ request: HTTPRequest) -> HTTPResponse {
        let query = QueryOptions(request)
        var format =
            (try? OutputFormat(accept: request.headers["Accept"], query: query, allowsShapes: true)) ?? .json
        format.shape = .object
        var response = format.response(error.status.code, error.tree)
        if let seconds = error.status.retryAfterSeconds {
            response.headers.add("Retry-After", String(seconds))
        }
        return response
    }

    // MARK: Time

    /// Runs what is due at that time: controllers, watches' ends and bookmarks.
    package mutating func tick(now: Timestamp) {
        self.now = max(self.now, now)
        for _ in 0..<Limits.controllerRunMax {
            let told = notices
            notices = []
            for notice in told { workloads.observe(notice.object, isDeleted: notice.isDeleted) }
            checkCustomResourceDefinitions()
            if areRolesToAggregate {
                areRolesToAggregate = false
                aggregateRoles()
            }
            runWorkloads()
            if notices.isEmpty, definitionsToCheck.isEmpty, !areRolesToAggregate, !isDue(workloads.nextWake) {
                break
            }
        }
        hub.tick(now: self.now, revision: store.revision)
    }

    private func isDue(_ time: Timestamp?) -> Bool { time.map { $0 <= now } ?? false }

    /// Runs the controllers on this very machine: they are taken out of it meanwhile.
    private mutating func runWorkloads() {
        guard !isRunningControllers else { return }
        isRunningControllers = true
        var running = workloads
        workloads = Workloads(configuration: configuration)
        running.run(&self, now: now)
        workloads = running
        isRunningControllers = false
    }

    /// When `tick` has to be called next; nil when nothing is pending.
    package var nextWake: Timestamp? {
        if !notices.isEmpty || !definitionsToCheck.isEmpty { return now }
        return [workloads.nextWake, hub.computedWake].compactMap { $0 }.min()
    }

    // MARK: Watches

    /// The watches that have something to send or have ended.
    package var readyWatches: [WatchID] { hub.readyWatches }
    /// Takes what a watch has to send. After `isEnded` the watch is gone.
    package mutating func drain(_ id: WatchID) -> (bytes: [UInt8], isEnded: Bool) { hub.drain(id) }
    /// Forgets a watch whose client has left.
    package mutating func close(_ id: WatchID) { hub.close(id) }

    // MARK: Storage

    /// Takes all changes since the last call, in their order.
    package mutating func drainJournal() -> [JournalRecord] { store.drainJournal() }

    /// The object of that kind and key, or nil.
    package func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? {
        guard let definition = catalog.definition(of: kind) else { return nil }
        return store.object(StorageID(definition), key)?.object
    }

    /// All objects of a kind in a namespace, ordered by name; in all namespaces when it is nil.
    package func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject] {
        guard let definition = catalog.definition(of: kind) else { return [] }
        var result: [KubeObject] = []
        store.scan(StorageID(definition), namespace: definition.isNamespaced ? namespace : nil) { _, stored in
            result.append(stored.object)
            return true
        }
        return result
    }

    /// The revision of the newest change.
    package var revision: Int64 { store.revision }

    /// Stores an object and tells everybody; returns it with its new resourceVersion.
    mutating func put(_ object: KubeObject, _ definition: ResourceDefinition) -> KubeObject {
        let change = store.put(object, StorageID(definition))
        publish(change, definition)
        return change.new.object
    }

    /// Removes an object and tells everybody; returns its last state.
    mutating func remove(_ key: ObjectKey, _ definition: ResourceDefinition) -> KubeObject? {
        guard let change = store.remove(key, StorageID(definition)) else { return nil }
        publish(change, definition)
        return change.new.object
    }

    /// Tells the controllers of an object that was there before.
    mutating func notice(restored object: KubeObject) { notices.append((object, false)) }

    private mutating func publish(_ change: StoreChange, _ definition: ResourceDefinition) {
        hub.offer(change, now: now)
        notices.append((change.new.object, change.isDeletion))
        if definition.group == "rbac.authorization.k8s.io" {
            accessRules = nil
            areRolesToAggregate = areRolesToAggregate || definition.kind == "ClusterRole"
        }
        if change.isDeletion { noteRemoval(definition) }
        if definition.groupKind == .customResourceDefinition { noteDefinition(change) }
    }
}
