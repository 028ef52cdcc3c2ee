// Istio's standard metrics, as the local mesh gateway counts them.

extension Metric {
    /// The metrics of the local mesh gateway.
    static let mesh: [Metric] = [.meshRequests, .meshRequestMilliseconds]

    /// The labels of Istio's standard HTTP metrics
    /// (https://istio.io/latest/docs/reference/config/metrics/#labels).
    package static let meshLabels = [
        "reporter", "source_workload", "source_workload_namespace", "source_principal", "source_app",
        "source_version", "source_canonical_service", "source_canonical_revision", "source_cluster",
        "destination_workload", "destination_workload_namespace", "destination_principal", "destination_app",
        "destination_version", "destination_canonical_service", "destination_canonical_revision",
        "destination_service", "destination_service_name", "destination_service_namespace", "destination_cluster",
        "request_protocol", "response_code", "response_flags", "grpc_response_status", "connection_security_policy",
    ]

    package static let meshRequests = Metric(
        .counter, "istio_requests_total", labels: meshLabels, "Requests that the local mesh gateway answered.")
    /// The buckets are those of Envoy's statistics as Istio exports them.
    package static let meshRequestMilliseconds = Metric(
        .histogram, "istio_request_duration_milliseconds", labels: meshLabels,
        buckets: [
            0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000,
            1_800_000, 3_600_000,
        ],
        "Time from a request's arrival at the local mesh gateway to the end of its answer.")
}
