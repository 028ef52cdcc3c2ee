// The list of every metric's name, labels and meaning. Nothing is counted that is not in it.

extension Metric {
    /// Every metric, for dashboards' tests and documentation.
    package static let all: [Metric] = machinery + deliveries + mesh

    private static let machinery: [Metric] = [
        .clientRequests, .clientRequestSeconds, .queueDepth, .queueAdds, .queueRetries, .queueWaitSeconds,
        .queueWorkSeconds, .queueUnfinishedSeconds, .queueLongestRunningSeconds, .reconciles, .reconcileSeconds,
        .firstWriteSeconds, .changes, .emptyChanges, .events, .cacheObjects, .watchRestarts, .isLeader, .processMemory, .processCPU,
        .processOpenFiles, .processStart,
    ]

    // MARK: Kubernetes client (names of client-go)

    package static let clientRequests = Metric(
        .counter, "rest_client_requests_total", labels: ["verb", "resource", "code"],
        "Requests to the API server by verb, resource and status code.")
    package static let clientRequestSeconds = Metric(
        .histogram, "rest_client_request_duration_seconds", labels: ["verb"],
        buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
        "Time from sending a request to the API server to its whole answer.")

    // MARK: Work queues (names of client-go)

    package static let queueDepth = Metric(
        .gauge, "workqueue_depth", labels: ["name"], "Keys that wait to be worked on.")
    package static let queueAdds = Metric(
        .counter, "workqueue_adds_total", labels: ["name"], "Keys that were added.")
    package static let queueRetries = Metric(
        .counter, "workqueue_retries_total", labels: ["name"], "Keys that were added again after a failure.")
    package static let queueWaitSeconds = Metric(
        .histogram, "workqueue_queue_duration_seconds", labels: ["name"], buckets: queueBuckets,
        "How long a key waited before it was worked on.")
    package static let queueWorkSeconds = Metric(
        .histogram, "workqueue_work_duration_seconds", labels: ["name"], buckets: queueBuckets,
        "How long the work on a key took.")
    package static let queueUnfinishedSeconds = Metric(
        .gauge, "workqueue_unfinished_work_seconds", labels: ["name"],
        "Sum of the seconds that present work has taken so far.")
    package static let queueLongestRunningSeconds = Metric(
        .gauge, "workqueue_longest_running_processor_seconds", labels: ["name"],
        "How long the longest of the present work has taken so far.")
    private static let queueBuckets: [Double] = [0.000_1, 0.001, 0.01, 0.1, 1, 10, 100, 1000]

    // MARK: The loop

    package static let reconciles = Metric(
        .counter, "martlet_reconciles_total", labels: ["controller", "result"],
        "Passes by controller and result (changed, unchanged, waiting, stalled, failed).")
    package static let reconcileSeconds = Metric(
        .histogram, "martlet_reconcile_duration_seconds", labels: ["controller"],
        buckets: [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
        "Duration of passes by controller, writes included.")
    package static let firstWriteSeconds = Metric(
        .histogram, "martlet_first_write_seconds", labels: ["controller"],
        buckets: [0.001, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
        "Time from a watch event to the first write that it caused, by controller.")
    package static let changes = Metric(
        .counter, "martlet_changes_total", labels: ["controller", "verb", "result"],
        "Writes by controller, verb and result (done, already, conflict, gone, failed).")
    package static let emptyChanges = Metric(
        .counter, "martlet_empty_changes_total", labels: ["controller"], "Patches dropped since they change nothing.")
    package static let events = Metric(
        .counter, "martlet_events_total", labels: ["result"], "Events by result (created, counted, dropped, failed).")
    package static let cacheObjects = Metric(
        .gauge, "martlet_cache_objects", labels: ["resource"], "Objects held in the cache.")
    package static let watchRestarts = Metric(
        .counter, "martlet_watch_restarts_total", labels: ["resource", "reason"],
        "Watches started again by reason (ended, error, gone).")
    package static let isLeader = Metric(.gauge, "martlet_leader", "1 while this process leads.")

    // MARK: The process (names of Prometheus' clients)

    package static let processMemory = Metric(.gauge, "process_resident_memory_bytes", "Resident memory.")
    package static let processCPU = Metric(.counter, "process_cpu_seconds_total", "User and system CPU time.")
    package static let processOpenFiles = Metric(.gauge, "process_open_fds", "Open file descriptors.")
    package static let processStart = Metric(
        .gauge, "process_start_time_seconds", "Start of the process since the epoch.")
}
