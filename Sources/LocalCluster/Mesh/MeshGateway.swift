// The mesh gateway: one port in front of all hosts, and Istio's metrics of what passes.

import Foundation
import HTTPModel
import JSONTree
import KubeModel
import Serving
import Telemetry
import Transport

/// Answers requests by passing them to the pods that the mesh's rules name.
struct MeshGateway: Sendable {
    let table: MeshTable
    let ports: PortDirectory
    let exchange: any HTTPExchange
    let metrics: MetricRegistry

    /// Answers a request to the gateway's port.
    func answer(_ request: HTTPRequest) async -> ServedResponse {
        let host = MeshHost.name(ofHeader: request.headers["Host"] ?? "")
        let start = ContinuousClock.now
        if let (rules, index, route) = table.route(host, request) {
            return await answer(
                request, by: route, named: "\(rules)#\(index)", namespace: rules.namespace, start: start)
        }
        if let service = table.service(host, from: "default") {
            let target = table.target(service, subset: nil, port: nil, from: service.namespace)
            return await pass(request, to: target, timeout: nil, start: start) { _ in }
        }
        // As Istio's gateway answers for a host that it does not know.
        if request.path == "/metrics" { return metricsAnswer() }
        return .text(404, "no VirtualService or Service has the host \(host)")
    }

    /// The metrics in Prometheus' text format.
    func metricsAnswer() -> ServedResponse {
        .whole(
            HTTPResponse(
                status: 200, headers: ["Content-Type": MetricRegistry.contentType],
                body: Array(metrics.exposition().utf8)))
    }

    // MARK: Routes

    private func answer(
        _ request: HTTPRequest, by route: VirtualServiceRoute, named name: String, namespace: String,
        start: ContinuousClock.Instant
    ) async -> ServedResponse {
        if let direct = route.direct { return Self.answer(directly: direct, request) }
        guard let destination = table.choose(route, named: name) else {
            return .text(503, "the route has no destination with a weight")
        }
        let service =
            MeshHost.service(destination.host, from: namespace)
            ?? ObjectKey(namespace: "", name: destination.host)
        let target = table.target(
            service, subset: destination.subset, port: destination.port, from: namespace)
        if let delay = Self.faultDelay(route.fault) { try? await Task.sleep(for: delay) }
        if let status = Self.faultStatus(route.fault) {
            count(target, status, "FI", start)
            return .text(status, "fault filter abort")
        }
        var changed = request
        changed.target = route.rewritten(request.target)
        if let authority = route.rewrite["authority"].string { changed.headers["Host"] = authority }
        VirtualServiceRoute.HeaderChanges.apply(route.headers.request, to: &changed.headers)
        VirtualServiceRoute.HeaderChanges.apply(destination.headers.request, to: &changed.headers)
        mirror(changed, route, namespace)
        return await pass(changed, to: target, timeout: route.timeout, start: start) { headers in
            VirtualServiceRoute.HeaderChanges.apply(destination.headers.response, to: &headers)
            VirtualServiceRoute.HeaderChanges.apply(route.headers.response, to: &headers)
        }
    }

    private static func answer(directly direct: VirtualServiceRoute.Direct, _ request: HTTPRequest)
        -> ServedResponse
    {
        switch direct {
        case .redirect(let redirect):
            let authority = redirect["authority"].string ?? request.headers["Host"] ?? ""
            let scheme = redirect["scheme"].string ?? "http"
            let target = redirect["uri"].string ?? request.target
            return .whole(
                HTTPResponse(
                    status: Int(redirect["redirectCode"].int ?? 301),
                    headers: ["Location": "\(scheme)://\(authority)\(target)"]))
        case .response(let response):
            let body = response["body"]["string"].string ?? ""
            return .whole(HTTPResponse(status: Int(response["status"].int ?? 200), body: Array(body.utf8)))
        }
    }

    private static func happens(_ percentage: JSON) -> Bool {
        Double.random(in: 0..<100) < (percentage["value"].double ?? 100)
    }

    private static func faultDelay(_ fault: JSON) -> Duration? {
        guard let text = fault["delay"]["fixedDelay"].string, happens(fault["delay"]["percentage"]) else {
            return nil
        }
        return Duration.parse(goText: text)
    }

    private static func faultStatus(_ fault: JSON) -> Int? {
        guard let status = fault["abort"]["httpStatus"].int, happens(fault["abort"]["percentage"]) else {
            return nil
        }
        return Int(status)
    }

    /// Sends copies whose answers nobody reads, as `-shadow` of the host.
    private func mirror(_ request: HTTPRequest, _ route: VirtualServiceRoute, _ namespace: String) {
        for mirror in route.mirrors where Double.random(in: 0..<100) < mirror.percent {
            guard let service = MeshHost.service(mirror.destination.host, from: namespace) else { continue }
            let target = table.target(
                service, subset: mirror.destination.subset, port: mirror.destination.port, from: namespace)
            var copy = request
            copy.headers["Host"] = MeshHost.name(ofHeader: request.headers["Host"] ?? "") + "-shadow"
            let shadow = copy
            Task { _ = await pass(shadow, to: target, timeout: .seconds(15), start: .now) { _ in } }
        }
    }

    // MARK: Passing on

    /// Headers that belong to one connection (RFC 9110, section 7.6.1).
    private static let connectionHeaders: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "content-length",
    ]
    /// Answers up to that size are passed on whole, which keeps the client's connection.
    private static let wholeBytesMax = 1 << 20

    private func pass(
        _ request: HTTPRequest, to target: MeshTarget, timeout: Duration?, start: ContinuousClock.Instant,
        change: @escaping @Sendable (inout HTTPHeaders) -> Void
    ) async -> ServedResponse {
        guard let pod = target.pod else {
            count(target, 503, "UH", start)
            return .text(503, "no healthy upstream")
        }
        guard let port = ports.port(of: pod, containerPort: target.port) else {
            count(target, 503, "UF", start)
            return .text(503, "the pod \(pod) is simulated: no process answers for it")
        }
        var headers = HTTPHeaders()
        for field in request.headers.fields where !Self.connectionHeaders.contains(field.name.lowercased()) {
            headers.add(field.name, field.value)
        }
        let outgoing = HTTPRequest(
            method: request.method, target: "http://127.0.0.1:\(port)\(request.target)", headers: headers,
            body: request.body)
        var options = TransferOptions.standard
        options.connectTimeout = .seconds(5)
        options.totalTimeout = timeout
        options.acceptsCompression = false
        options.proxy = ""
        do {
            let stream = try await exchange.stream(outgoing, options: options)
            return try await take(stream, target, start, isHead: request.method == "HEAD", change: change)
        } catch let error as TransportError {
            if case .timedOut = error {
                count(target, 504, "UT", start)
                return .text(504, "upstream request timeout")
            }
            count(target, 503, error.isBeforeSending ? "UF" : "UC", start)
            return .text(503, "upstream connect error or disconnect before headers")
        } catch {
            count(target, 503, "UC", start)
            return .text(503, "upstream connection broke")
        }
    }

    private func take(
        _ stream: HTTPStream, _ target: MeshTarget, _ start: ContinuousClock.Instant, isHead: Bool,
        change: @Sendable (inout HTTPHeaders) -> Void
    ) async throws -> ServedResponse {
        var response = HTTPResponse(status: stream.head.status)
        for field in stream.head.headers.fields
        where !Self.connectionHeaders.contains(field.name.lowercased()) {
            response.headers.add(field.name, field.value)
        }
        change(&response.headers)
        let length = stream.head.headers["Content-Length"].flatMap { Int($0) }
        if isHead || [204, 304].contains(response.status) || (length ?? .max) <= Self.wholeBytesMax {
            for try await piece in stream.body { response.body += piece }
            count(target, response.status, "-", start)
            return .whole(response)
        }
        return .stream(status: response.status, headers: response.headers) { writer in
            // Counted at the end, also when the client leaves early.
            defer { count(target, stream.head.status, "-", start) }
            for try await piece in stream.body { try await writer.write(piece) }
        }
    }

    // MARK: Metrics

    private func count(_ target: MeshTarget, _ status: Int, _ flags: String, _ start: ContinuousClock.Instant)
    {
        let labels = labels(target, status, flags)
        metrics.add(.meshRequests, labels)
        metrics.observe(.meshRequestMilliseconds, labels, start.duration(to: .now).inSeconds * 1000)
    }

    private func labels(_ target: MeshTarget, _ status: Int, _ flags: String) -> [String] {
        let app = target.labels["app"] ?? target.labels["app.kubernetes.io/name"] ?? "unknown"
        let version =
            target.labels["version"] ?? target.labels["rollouts-pod-template-hash"]
            ?? target.labels["pod-template-hash"] ?? "unknown"
        let values: [String: String] = [
            "reporter": "source", "source_workload": "martlet-gateway",
            "source_workload_namespace": "istio-system",
            "source_app": "martlet-gateway", "source_canonical_service": "martlet-gateway",
            "source_canonical_revision": "latest", "source_cluster": "Kubernetes",
            "destination_workload": target.workload,
            "destination_workload_namespace": target.service.namespace,
            "destination_app": app, "destination_version": version, "destination_canonical_service": app,
            "destination_canonical_revision": version,
            "destination_service": MeshHost.fullName(target.service),
            "destination_service_name": target.service.name,
            "destination_service_namespace": target.service.namespace, "destination_cluster": "Kubernetes",
            "request_protocol": "http", "response_code": String(status), "response_flags": flags,
            "grpc_response_status": "", "connection_security_policy": "unknown",
        ]
        return Metric.meshLabels.map { values[$0] ?? "unknown" }
    }
}
