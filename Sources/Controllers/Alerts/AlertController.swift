// Tells receivers of failed analyses.

import AnalysisCore
package import ControllerKit
import JSONTree
import KubeClient
package import KubeModel
import Logging
import MartletModel
import Notifications
package import Transport

/// Watches AnalysisRuns of Rollouts; of one that ends badly it tells the receivers in the ConfigMap
/// `martlet-alerts`, and Alertmanager again when a later revision is healthy.
package struct AlertController: Controller {
    package let name = "alerts"
    package let kind = AnalysisKinds.run
    private let namespace: String
    private let desk: AlertDesk

    private static let group = "argoproj.io"
    private static let rolloutKind = GroupKind("argoproj.io", "Rollout")
    /// Runs that ended longer ago than this are not told anew: they were there before we were.
    private static let ageMax = Duration.seconds(600)
    /// How soon a configuration that cannot be read is looked at again.
    private static let configurationRetry = Duration.seconds(30)

    /// - Parameters:
    ///   - namespace: Where the ConfigMap and its Secrets are.
    ///   - exchange: Carries alerts.
    package init(namespace: String, exchange: any HTTPExchange, runtime: any Runtime = SystemRuntime()) {
        self.namespace = namespace
        desk = AlertDesk(namespace: namespace, exchange: exchange, runtime: runtime)
    }

    package var watches: [Watch] {
        let runs = GroupVersionResource(group: Self.group, version: "v1alpha1", resource: "analysisruns")
        let rollouts = GroupVersionResource(group: Self.group, version: "v1alpha1", resource: "rollouts")
        return [
            // Most changes are measurements of runs that go on: they are nobody's alert.
            Watch(runs, kind: AnalysisKinds.run) { run, _ in
                let phase = run.status["phase"].string.flatMap(AnalysisPhase.init(rawValue:))
                return phase?.isCompleted ?? false ? [run.key] : []
            },
            Watch(rollouts, kind: Self.rolloutKind) { rollout, reader in
                reader.objects(AnalysisKinds.run, namespace: rollout.namespace, ownedBy: rollout.uid)
                    .filter { $0.annotation(AlertBook.annotation) != nil }.map(\.key)
            },
        ]
    }

    package func reconcile(_ key: ObjectKey, _ pass: Pass) async throws(Failure) -> Reconciliation {
        guard let run = pass.reader.object(AnalysisKinds.run, key), !run.isDeleting,
            let owner = run.controller, owner.kind == Self.rolloutKind.kind,
            let evidence = AnalysisEvidence(run)
        else { return .nothing }
        let text = run.annotation(AlertBook.annotation)
        let isNew = isRecent(run, pass.now)
        if text == nil, !isNew { return .nothing }
        guard let configuration = try await configuration(pass, run) else { return .nothing }
        let receivers = configuration.receivers.filter { $0.phases.contains(evidence.phase.rawValue) }
        let book = AlertBook(text)
        let rollout = pass.reader.object(Self.rolloutKind, ObjectKey(namespace: key.namespace, name: owner.name))
        let plan = book.plan(
            receivers: receivers.map {
                AlertBook.Receiver(name: $0.name, isIdempotent: $0.kind == .alertmanager, retries: $0.retries)
            },
            isNew: isNew, isResolved: Self.isResolved(run, rollout), process: desk.process,
            progress: desk.progress(of: run.uid), now: pass.now)
        let alert = Self.alert(run, owner.name, evidence)
        for delivery in plan.deliveries {
            guard let receiver = receivers.first(where: { $0.name == delivery.receiver }) else { continue }
            desk.start(delivery, alert, receiver, run.uid, pass.api) { [enqueue = pass.enqueue] in enqueue(key, nil) }
        }
        var changes: [PlannedChange] = []
        if plan.book != book {
            let patch: JSON = ["metadata": ["annotations": [AlertBook.annotation: .string(plan.book.text)]]]
            let condition = Precondition(uid: run.uid, resourceVersion: run.resourceVersion)
            changes.append(
                PlannedChange(
                    .patch(run.reference, .merge(patch), if: condition), priority: .status, reason: "alerts",
                    events: Self.events(run, book, plan.book)))
        }
        return Reconciliation(changes: changes, requeueAt: plan.next, why: "alerts of \(evidence.phase.rawValue) analysis")
    }

    private func isRecent(_ run: KubeObject, _ now: Timestamp) -> Bool {
        let status = AnalysisRun(run).status
        let end = status.completedAt ?? status.startedAt ?? run.creationTimestamp ?? .epoch
        return now < end + Self.ageMax
    }

    // MARK: Configuration

    private func configuration(_ pass: Pass, _ run: KubeObject) async throws(Failure) -> AlertConfiguration? {
        let yaml: String?
        do throws(KubeError) {
            yaml = try await desk.configurationText(pass.api)
        } catch {
            throw .transient(error, doing: "reading ConfigMap \(namespace)/\(AlertDesk.configurationName)")
        }
        guard let yaml else { return nil }
        do throws(AlertConfigurationError) {
            return try AlertConfiguration(yaml: yaml)
        } catch {
            let place = "ConfigMap \(namespace)/\(AlertDesk.configurationName)"
            pass.logger.warning("alerts are not configured rightly", metadata: ["error": "\(error)"])
            throw .waiting(
                reason: "AlertConfiguration", for: "a repair of \(place): \(error)",
                until: pass.now + Self.configurationRetry)
        }
    }

    // MARK: What is told

    /// A later revision, or this one after all, is healthy.
    private static func isResolved(_ run: KubeObject, _ rollout: KubeObject?) -> Bool {
        guard let rollout else { return true }
        guard rollout.status["phase"].string == "Healthy", rollout.status["abort"].bool != true else { return false }
        let tried = run.annotation(RolloutAnnotations.revision).flatMap { Int($0) } ?? 0
        return (Rollout(rollout).revision ?? 0) >= tried
    }

    private static func alert(_ run: KubeObject, _ rollout: String, _ evidence: AnalysisEvidence) -> Alert {
        let status = AnalysisRun(run).status
        return Alert(
            id: run.uid, rollout: rollout, namespace: run.namespace,
            revision: run.annotation(RolloutAnnotations.revision) ?? "", analysisRun: run.name,
            phase: evidence.phase.rawValue, metric: evidence.metric, value: evidence.value,
            condition: evidence.condition, message: evidence.message,
            startedAt: status.completedAt ?? run.creationTimestamp ?? .epoch)
    }

    private static func events(_ run: KubeObject, _ before: AlertBook, _ after: AlertBook) -> [KubeEvent] {
        var events: [KubeEvent] = []
        for (name, entry) in after.entries.sorted(by: { $0.key < $1.key }) where entry.state != before.entries[name]?.state {
            switch entry.state {
            case .sent:
                events.append(event(run, .normal, "AlertSent", "Told \(name) (\(entry.subject.rawValue))"))
            case .failed:
                events.append(event(run, .warning, "AlertFailed", "\(name) could not be told: \(entry.error)"))
            case .pending where entry.attempt == 1:
                events.append(event(run, .warning, "AlertDelayed", "\(name) cannot be told: \(entry.error); trying again"))
            case .pending, .sending, .unknown: break
            }
        }
        return events
    }

    private static func event(
        _ run: KubeObject, _ type: KubeEvent.EventType, _ reason: String, _ message: String
    ) -> KubeEvent {
        KubeEvent(regarding: run.reference, uid: run.uid, type: type, reason: reason, message: message)
    }
}
