// The metrics of deliveries: those that published dashboards and alerts of Argo Rollouts read, and ours.

extension Metric {
    /// Metrics about Rollouts and what belongs to them.
    static let deliveries: [Metric] = [
        .rolloutInfo, .rolloutReplicasAvailable, .rolloutReplicasUnavailable, .rolloutReplicasDesired,
        .rolloutReplicasUpdated, .rolloutPhase, .rolloutReconcile, .rolloutReconcileError, .rolloutEvents,
        .rolloutDuration, .rolloutProgressionDuration, .rolloutManualPauseDuration, .analysisRunInfo,
        .analysisRunPhase, .analysisRunReconcile, .analysisRunReconcileError, .analysisRunMetricType,
        .analysisRunMetricPhase, .measurementLateness, .measurementRequests, .analysisTemplateInfo, .analysisTemplateMetricInfo, .experimentInfo,
        .experimentPhase, .experimentReconcile, .experimentReconcileError, .clientsetRequests,
        .controllerInfo, .buildInfo, .rolloutPhaseSeconds, .rollbackSeconds, .failedExposureSeconds,
        .failedTrafficShare, .rolloutTrafficShare, .rolloutPhaseStart, .rolloutStep, .rolloutSteps,
        .applicationInfo, .applicationSyncs,
    ]

    // MARK: Rollouts (names of Argo Rollouts, which published dashboards read)

    private static let named = ["namespace", "name"]
    private static let passBuckets: [Double] = [0.01, 0.15, 0.25, 0.5, 1]

    package static let rolloutInfo = Metric(
        .gauge, "rollout_info", labels: named + ["strategy", "traffic_router", "phase"],
        "1 for each rollout, with its strategy, router and phase.")
    package static let rolloutReplicasAvailable = Metric(
        .gauge, "rollout_info_replicas_available", labels: named, "Available replicas of a rollout.")
    package static let rolloutReplicasUnavailable = Metric(
        .gauge, "rollout_info_replicas_unavailable", labels: named, "Unavailable replicas of a rollout.")
    package static let rolloutReplicasDesired = Metric(
        .gauge, "rollout_info_replicas_desired", labels: named, "Desired replicas of a rollout.")
    package static let rolloutReplicasUpdated = Metric(
        .gauge, "rollout_info_replicas_updated", labels: named, "Replicas of a rollout's new revision.")
    package static let rolloutPhase = Metric(
        .gauge, "rollout_phase", labels: named + ["strategy", "phase"],
        "1 for the phase that a rollout is in; rollout_info says the same and more.")
    package static let rolloutReconcile = Metric(
        .histogram, "rollout_reconcile", labels: named, buckets: passBuckets, "Seconds of a rollout's passes.")
    package static let rolloutReconcileError = Metric(
        .counter, "rollout_reconcile_error", labels: named, "Failed passes of a rollout.")
    package static let rolloutEvents = Metric(
        .counter, "rollout_events_total", labels: named + ["type", "reason"], "Events of a rollout.")
    private static let updateBuckets: [Double] = [10, 60, 300, 900, 1800, 3600, 7200, 21_600, 86_400]
    package static let rolloutDuration = Metric(
        .histogram, "rollout_duration_seconds", labels: ["status"], buckets: updateBuckets,
        "Seconds from an update's beginning to its end, by how it ended.")
    package static let rolloutProgressionDuration = Metric(
        .histogram, "rollout_progression_duration_seconds", labels: ["status"], buckets: updateBuckets,
        "The same without the time in pauses.")
    package static let rolloutManualPauseDuration = Metric(
        .histogram, "rollout_manual_pause_duration_seconds", labels: ["status"], buckets: updateBuckets,
        "Seconds that an update was in pauses, by how it ended.")

    // MARK: Analyses and experiments (names of Argo Rollouts)

    package static let analysisRunInfo = Metric(
        .gauge, "analysis_run_info", labels: named + ["phase"], "1 for each analysis run, with its phase.")
    package static let analysisRunPhase = Metric(
        .gauge, "analysis_run_phase", labels: named + ["phase"], "1 for the phase that a run is in.")
    package static let analysisRunReconcile = Metric(
        .histogram, "analysis_run_reconcile", labels: named, buckets: passBuckets,
        "Seconds of an analysis run's passes.")
    package static let analysisRunReconcileError = Metric(
        .counter, "analysis_run_reconcile_error", labels: named, "Failed passes of an analysis run.")
    package static let analysisRunMetricType = Metric(
        .gauge, "analysis_run_metric_type", labels: named + ["metric", "type"],
        "1 for each metric of a run, with its provider.")
    package static let analysisRunMetricPhase = Metric(
        .gauge, "analysis_run_metric_phase", labels: named + ["metric", "type", "dry_run", "phase"],
        "1 for the phase that a metric of a run is in.")
    package static let measurementLateness = Metric(
        .histogram, "martlet_measurement_lateness_seconds",
        buckets: [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        "How long after it was due a measurement's first request was sent.")
    package static let measurementRequests = Metric(
        .counter, "martlet_measurement_requests_total", labels: ["result"],
        "Requests of measurements: sent, or shared where an equal one was under way.")
    package static let analysisTemplateInfo = Metric(
        .gauge, "analysis_template_info", labels: named, "1 for each analysis template.")
    package static let analysisTemplateMetricInfo = Metric(
        .gauge, "analysis_template_metric_info", labels: named + ["type", "metric"],
        "1 for each metric of a template, with its provider.")
    package static let experimentInfo = Metric(
        .gauge, "experiment_info", labels: named + ["phase"], "1 for each experiment, with its phase.")
    package static let experimentPhase = Metric(
        .gauge, "experiment_phase", labels: named + ["phase"], "1 for the phase that an experiment is in.")
    package static let experimentReconcile = Metric(
        .histogram, "experiment_reconcile", labels: named, buckets: passBuckets,
        "Seconds of an experiment's passes.")
    package static let experimentReconcileError = Metric(
        .counter, "experiment_reconcile_error", labels: named, "Failed passes of an experiment.")

    // MARK: The process (names of Argo Rollouts)

    /// The namespace and the name are always `N/A`: with them, every analysis run that ever was would
    /// leave a series behind.
    package static let clientsetRequests = Metric(
        .counter, "controller_clientset_k8s_request_total",
        labels: ["kind", "namespace", "name", "verb", "status_code"], "Requests to the API server.")
    package static let controllerInfo = Metric(
        .gauge, "argo_rollouts_controller_info", labels: ["version"], "1, with the version.")
    package static let buildInfo = Metric(
        .gauge, "build_info", labels: ["version", "goversion", "goarch", "commit"], "1, with what was built.")

    // MARK: Ours

    package static let rolloutPhaseSeconds = Metric(
        .histogram, "martlet_rollout_phase_seconds", labels: ["strategy", "phase"],
        buckets: [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400],
        "Seconds that rollouts stayed in a phase, counted when they leave it.")
    package static let rollbackSeconds = Metric(
        .histogram, "martlet_rollback_seconds", labels: ["strategy"],
        buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
        "Seconds from an abort to no traffic at the version that was given up.")
    package static let failedExposureSeconds = Metric(
        .histogram, "martlet_failed_version_exposure_seconds", labels: ["strategy"],
        buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600],
        "Seconds of all traffic that a version served before it was given up: share times time.")
    package static let failedTrafficShare = Metric(
        .histogram, "martlet_failed_version_traffic_share", labels: ["strategy"],
        buckets: [0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1],
        "The largest share of traffic that a version had before it was given up.")
    package static let rolloutTrafficShare = Metric(
        .gauge, "martlet_rollout_traffic_share", labels: named,
        "Share of all traffic that a rollout's newest version has, from 0 to 1.")
    package static let rolloutPhaseStart = Metric(
        .gauge, "martlet_rollout_phase_start_time_seconds", labels: named + ["phase"],
        "When a rollout came into its phase, since the epoch; at the earliest when this process began.")
    package static let rolloutStep = Metric(
        .gauge, "martlet_rollout_step", labels: named, "How many of its steps a canary has behind it.")
    package static let rolloutSteps = Metric(
        .gauge, "martlet_rollout_steps", labels: named, "How many steps a canary has.")

    // MARK: Applications (names of Argo CD)

    package static let applicationInfo = Metric(
        .gauge, "argocd_app_info",
        labels: named + ["project", "repo", "dest_namespace", "sync_status", "health_status", "operation"],
        "1 for each Application, with its state.")
    package static let applicationSyncs = Metric(
        .counter, "argocd_app_sync_total", labels: named + ["project", "phase"],
        "Syncs of an Application that have ended, by how.")
}
