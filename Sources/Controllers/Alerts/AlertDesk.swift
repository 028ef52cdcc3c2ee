// Where alerts are under way.

import AnalysisCore
import ControllerKit
import JSONTree
import KubeClient
import KubeModel
import Notifications
import Synchronization
import Transport

/// Makes deliveries beside the passes and knows what has become of them. A class because passes and
/// deliveries share it.
final class AlertDesk: Sendable {
    /// The ConfigMap of receivers.
    static let configurationName = "martlet-alerts"

    private struct State {
        var progress: [UID: [AlertBook.Delivery: AlertBook.Progress]] = [:]
        var configuration: (text: String?, until: Timestamp)?
    }

    /// This process; deliveries that another one began are not ours.
    let process: String
    private let namespace: String
    private let delivery: AlertDelivery
    private let runtime: any Runtime
    private let state = Mutex(State())

    /// How long the ConfigMap is believed.
    private static let configurationAge = Duration.seconds(5)
    /// Runs whose deliveries are remembered; the annotation knows what was finished.
    private static let runCountMax = 10_000

    init(namespace: String, exchange: any HTTPExchange, runtime: any Runtime) {
        self.namespace = namespace
        delivery = AlertDelivery(exchange: exchange)
        self.runtime = runtime
        process = String(runtime.random(), radix: 36)
    }

    /// What has become of a run's deliveries.
    func progress(of run: UID) -> [AlertBook.Delivery: AlertBook.Progress] {
        state.withLock { $0.progress[run] ?? [:] }
    }

    /// The ConfigMap's list of receivers; nil when there is none.
    func configurationText(_ api: any KubeAPI) async throws(KubeError) -> String? {
        let now = runtime.now()
        if let known = state.withLock({ $0.configuration }), known.until > now { return known.text }
        let kind = GroupVersionKind(group: "", version: "v1", kind: "ConfigMap")
        var text: String?
        do throws(KubeError) {
            let map = try await api.get(ObjectReference(kind, namespace: namespace, name: Self.configurationName))
            text = map.tree["data"]["receivers"].string ?? ""
        } catch {
            if !error.isNotFound { throw error }
        }
        let read = text
        state.withLock { $0.configuration = (read, now + Self.configurationAge) }
        return text
    }

    /// Makes a delivery beside the caller, once, and tells when it has ended.
    func start(
        _ wanted: AlertBook.Delivery, _ alert: Alert, _ receiver: AlertReceiver, _ run: UID, _ api: any KubeAPI,
        finished: @escaping @Sendable () -> Void
    ) {
        let isNew = state.withLock { state in
            if state.progress[run]?[wanted] != nil { return false }
            if state.progress.count > Self.runCountMax { state.progress = [:] }
            // Only the newest delivery to a receiver is of interest.
            state.progress[run] = state.progress[run]?.filter { $0.key.receiver != wanted.receiver }
            state.progress[run, default: [:]][wanted] = .underWay
            return true
        }
        guard isNew else { return }
        Task { [self] in
            let outcome = await deliver(wanted, alert, receiver, api)
            state.withLock { $0.progress[run]?[wanted] = outcome }
            finished()
        }
    }

    private func deliver(
        _ wanted: AlertBook.Delivery, _ alert: Alert, _ receiver: AlertReceiver, _ api: any KubeAPI
    ) async -> AlertBook.Progress {
        var alert = alert
        if wanted.subject == .resolved { alert.resolvedAt = runtime.now() }
        do throws(AlertDeliveryError) {
            let headers = try await headers(receiver, api)
            try await delivery.send(alert, to: receiver, headers: headers)
            return .delivered
        } catch {
            return .failed(error.description)
        }
    }

    private func headers(
        _ receiver: AlertReceiver, _ api: any KubeAPI
    ) async throws(AlertDeliveryError) -> [String: String] {
        guard let name = receiver.headersSecret else { return [:] }
        let kind = GroupVersionKind(group: "", version: "v1", kind: "Secret")
        let secret: KubeObject
        do throws(KubeError) {
            secret = try await api.get(ObjectReference(kind, namespace: namespace, name: name))
        } catch {
            throw AlertDeliveryError(description: "Secret \(namespace)/\(name) cannot be read: \(error)")
        }
        var headers: [String: String] = [:]
        for (key, value) in secret.tree["data"].object ?? [:] {
            guard let bytes = value.string.flatMap(Base64.decode) else { continue }
            // A line break would end the header and begin another.
            let text = String(decoding: bytes, as: UTF8.self)
            headers[key] = String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init))
        }
        return headers
    }
}
