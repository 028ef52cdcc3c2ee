// The built-in controllers, run against the machine's own store.
//
// Each write that the cluster makes is told to `observe`, which only marks keys dirty. `run` takes
// dirty keys and due timers one by one; a handler looks at what is stored, writes what is missing
// and observes its own writes at once, so that it never acts twice on the same state. No handler
// looks through all objects: the indexes of this folder answer who is concerned.

import JSONTree
import KubeModel

/// How controllers read and write: through the same verbs as everybody, as their own users.
protocol WorkloadCluster: ClusterView {
    /// The objects of a kind, of a namespace, that have this owner.
    func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject]
    mutating func create(_ object: KubeObject, as user: String) -> Result<KubeObject, APIStatus>
    /// A merge patch of the main resource, or of a subresource when it is not empty.
    mutating func patch(
        _ reference: ObjectReference, _ patch: JSON, subresource: String, as user: String
    ) -> Result<KubeObject, APIStatus>
    mutating func delete(
        _ reference: ObjectReference, precondition: Precondition, propagation: Change.Propagation?,
        graceSeconds: Int?, as user: String
    ) -> Result<Void, APIStatus>
    /// A number from the machine's seeded generator, for names.
    mutating func random() -> UInt64
}

/// All controllers of the embedded cluster: told what changed, they act until nothing is due.
struct Workloads: Sendable {
    let configuration: ClusterConfiguration
    var queue = WorkQueue()
    var index = ObjectIndex()
    var pods = PodIndex()
    /// What the simulated kubelet remembers of running pods.
    var kubelet: [UID: PodRuntime] = [:]
    var addressCounter: UInt32 = 0
    var services = SelectorIndex()
    var replicaSets = SelectorIndex()
    var replicationControllers = SelectorIndex()
    var statefulSets = SelectorIndex()
    var daemonSets = SelectorIndex()
    var deployments = SelectorIndex()
    var jobs = SelectorIndex()
    var budgets = SelectorIndex()
    /// The quotas of each namespace that has any.
    var quotas: [String: Set<ObjectKey>] = [:]
    var terminatingNamespaces: Set<String> = []
    /// The time of the run in progress.
    var now = Timestamp.epoch

    /// How many keys one run handles at most: a bound on what a bug can cost.
    private static let stepsMax = 1_000_000

    init(configuration: ClusterConfiguration) {
        self.configuration = configuration
        queue.add(.node)
    }

    /// Tells the controllers that an object was written or, with `isDeleted`, is gone. Telling the
    /// same version twice does nothing.
    mutating func observe(_ object: KubeObject, isDeleted: Bool) {
        let uid = object.uid
        let wasDeleting = index[uid]?.isDeleting ?? false
        guard isDeleted ? index.remove(uid) : index.update(object) else { return }
        observeOwnership(object, isDeleted: isDeleted, wasDeleting: wasDeleting)
        route(object, isDeleted: isDeleted)
        if !object.namespace.isEmpty {
            if terminatingNamespaces.contains(object.namespace) { queue.add(.namespace(object.namespace)) }
            for quota in quotas[object.namespace] ?? [] { queue.add(.resourceQuota(quota)) }
        }
    }

    /// Does what is due at that time. Called after requests and at `nextWake`.
    mutating func run(_ cluster: inout some WorkloadCluster, now: Timestamp) {
        self.now = now
        queue.wake(now: now)
        var steps = 0
        while steps < Self.stepsMax, let key = queue.pop() {
            steps += 1
            handle(key, &cluster)
        }
    }

    /// When something will be due without any change: a pod becoming ready, a deadline.
    var nextWake: Timestamp? { queue.isEmpty ? queue.nextDue : now }

    private mutating func handle(_ key: WorkKey, _ cluster: inout some WorkloadCluster) {
        let isDone =
            switch key {
            case .pod(let pod): syncPod(pod, &cluster)
            case .replicaSet(let set): syncReplicaSet(set, .replicaSet, &cluster)
            case .replicationController(let set): syncReplicaSet(set, .replicationController, &cluster)
            case .deployment(let deployment): syncDeployment(deployment, &cluster)
            case .statefulSet(let set): syncStatefulSet(set, &cluster)
            case .daemonSet(let set): syncDaemonSet(set, &cluster)
            case .job(let job): syncJob(job, &cluster)
            case .cronJob(let cronJob): syncCronJob(cronJob, &cluster)
            case .service(let service): syncService(service, &cluster)
            case .disruptionBudget(let budget): syncDisruptionBudget(budget, &cluster)
            case .resourceQuota(let quota): syncResourceQuota(quota, &cluster)
            case .namespace(let name): syncNamespace(name, &cluster)
            case .claim(let claim): syncClaim(claim, &cluster)
            case .volume(let name): syncVolume(name, &cluster)
            case .owners(let uid): collectIfOrphaned(uid, &cluster)
            case .dependents(let uid): finishDeletion(uid, &cluster)
            case .event(let event): expireEvent(event, &cluster)
            case .node: syncNode(&cluster)
            }
        if isDone { queue.succeeded(key) } else { queue.retry(key, now: now) }
    }
}
