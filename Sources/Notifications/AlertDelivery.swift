// Alerts as requests, and what answers mean.

package import HTTPModel
import JSONTree
import KubeModel
package import Transport

/// Why a delivery failed.
package struct AlertDeliveryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Without the URL's query, which may hold a token.
    package var description: String
    package init(description: String) { self.description = description }
}

/// Delivers alerts.
package struct AlertDelivery: Sendable {
    private let exchange: any HTTPExchange

    /// An alert that nobody resolves ends by itself after this time in Alertmanager.
    private static let alertmanagerEndsAfter = Duration.seconds(24 * 3600)
    private static let answerByteCountMax = 64 << 10

    package init(exchange: any HTTPExchange) { self.exchange = exchange }

    /// The request that tells a receiver.
    package static func request(_ alert: Alert, to receiver: AlertReceiver, headers: [String: String]) -> HTTPRequest {
        let body: [UInt8]
        var url = receiver.url
        switch receiver.kind {
        case .webhook:
            body = receiver.template.map { Array(AlertTemplate($0).filled(alert).utf8) } ?? alert.tree.bytes()
        case .alertmanager:
            while url.hasSuffix("/") { url.removeLast() }
            if !url.hasSuffix("/api/v2/alerts") { url += "/api/v2/alerts" }
            body = JSON.array([alertmanagerAlert(alert, receiver)]).bytes()
        }
        var fields: HTTPHeaders = ["Content-Type": "application/json", "X-Martlet-Alert": alert.id]
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { fields[name] = value }
        return HTTPRequest(method: "POST", target: url, headers: fields, body: body)
    }

    /// https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml: labels name the
    /// alert, so they must be the same when it is resolved.
    private static func alertmanagerAlert(_ alert: Alert, _ receiver: AlertReceiver) -> JSON {
        var labels: JSON = [
            "alertname": "RolloutAnalysisFailed", "severity": "critical", "namespace": .string(alert.namespace),
            "rollout": .string(alert.rollout), "revision": .string(alert.revision), "analysisrun": .string(alert.analysisRun),
            "metric": .string(alert.metric), "phase": .string(alert.phase),
        ]
        for (key, value) in receiver.labels.sorted(by: { $0.key < $1.key }) { labels[key] = .string(value) }
        // Alertmanager refuses empty values.
        labels = .object(JSONObject((labels.object ?? [:]).filter { $0.value.string != "" }.map { ($0.key, $0.value) }))
        let ends = alert.resolvedAt ?? alert.startedAt + alertmanagerEndsAfter
        return [
            "labels": labels,
            "annotations": [
                "summary": .string("Analysis of \(alert.namespace)/\(alert.rollout) revision \(alert.revision): \(alert.phase)"),
                "description": .string(alert.message), "value": .string(alert.value), "condition": .string(alert.condition),
            ],
            "startsAt": .string(alert.startedAt.rfc3339), "endsAt": .string(ends.rfc3339),
        ]
    }

    /// Delivers an alert once.
    package func send(
        _ alert: Alert, to receiver: AlertReceiver, headers: [String: String]
    ) async throws(AlertDeliveryError) {
        var options = TransferOptions()
        options.totalTimeout = receiver.timeout
        options.connectTimeout = receiver.timeout
        options.responseByteCountMax = Self.answerByteCountMax
        options.redirectsMax = 3
        options.tls.isInsecure = receiver.isInsecure
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await exchange.send(Self.request(alert, to: receiver, headers: headers), options: options)
        } catch {
            throw AlertDeliveryError(description: "\(error)")
        }
        guard !(200..<300).contains(response.status) else { return }
        throw AlertDeliveryError(description: "the receiver answered \(response.status)")
    }
}
