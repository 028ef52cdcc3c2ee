// Measurements under way: asked beside the passes, as the live desk does, and lost when it dies.

import AnalysisCore
import ClusterSim
import HTTPModel
import JSONTree
import KubeModel
import MartletModel
import MetricProviders

/// What one life of the analysis controller knows of measurements beyond the runs' statuses.
struct SimulatedDesk: Sendable {
    private var runs: [ObjectKey: (uid: UID, activities: [String: [MeasurementActivity]])] = [:]

    func activities(_ key: ObjectKey, _ uid: UID) -> [String: [MeasurementActivity]] {
        guard let entry = runs[key], entry.uid == uid else { return [:] }
        return entry.activities
    }

    /// Notes a measurement; false when it is known already. What the run's status has recorded and
    /// another one has followed is forgotten.
    mutating func begin(_ run: KubeObject, _ metric: String, number: Int, at now: Timestamp) -> Bool {
        let recorded = AnalysisRunStatus(run.status).result(metric)?.taken ?? 0
        if runs[run.key]?.uid != run.uid { runs[run.key] = (run.uid, [:]) }
        var known = runs[run.key]?.activities[metric] ?? []
        if let last = known.last, last.number >= number { return false }
        known.removeAll { $0.number < recorded }
        known.append(MeasurementActivity(number: number, startedAt: now))
        runs[run.key]?.activities[metric] = known
        return true
    }

    mutating func end(_ key: ObjectKey, _ uid: UID, _ metric: String, number: Int, _ outcome: MeasurementOutcome) {
        guard runs[key]?.uid == uid,
            let at = runs[key]?.activities[metric]?.firstIndex(where: { $0.number == number })
        else { return }
        runs[key]?.activities[metric]?[at].outcome = outcome
    }
}

/// A measurement that waits for an answer.
struct PendingMeasurement: Sendable {
    var key: ObjectKey
    var uid: UID
    var metric: String
    var number: Int
    var procedure: MeasurementProcedure
    /// Nil when the connection broke.
    var response: HTTPResponse?
}

extension World {
    /// Begins the measurements that a pass wants.
    mutating func measure(_ requests: [MeasurementRequest], _ controller: Int, _ key: ObjectKey) {
        guard let run = controllers[controller].cache.object(AnalysisKinds.run, key) else { return }
        let uid = run.uid
        for request in requests
        where controllers[controller].desk.begin(run, request.metric, number: request.number, at: now) {
            let prepared = MeasurementProcedure.prepare(request, secrets: [:], prometheusAddress: "", now: now)
            switch prepared {
            case .failure(let failure):
                controllers[controller].desk.end(key, uid, request.metric, number: request.number, failure.outcome)
                invariants.noteAnswer(uid, request.metric)
                enqueue(controller, key, at: now + .milliseconds(1))
            case .success(let procedure):
                let pending = PendingMeasurement(
                    key: key, uid: uid, metric: request.metric, number: request.number, procedure: procedure)
                proceed(pending, nil, controller)
            }
        }
    }

    /// An answer has come, or will not.
    mutating func answered(_ pending: PendingMeasurement, _ controller: Int) {
        guard let response = pending.response else {
            let outcome = pending.procedure.failed("the connection broke", now: now)
            return finish(pending, outcome, controller)
        }
        proceed(pending, response, controller)
    }

    private mutating func proceed(_ pending: PendingMeasurement, _ response: HTTPResponse?, _ controller: Int) {
        var pending = pending
        switch pending.procedure.step(response, now: now) {
        case .done(let outcome): finish(pending, outcome, controller)
        case .send(let call):
            let answer = metrics.answer(call.request, image: image(in: call.request), &dice, isCalm: isCalm)
            pending.response = answer.response
            let life = controllers[controller].life
            events.push(.answer(controller: controller, life: life, pending), at: now + answer.after)
        }
    }

    private mutating func finish(_ pending: PendingMeasurement, _ outcome: MeasurementOutcome, _ controller: Int) {
        controllers[controller].desk.end(pending.key, pending.uid, pending.metric, number: pending.number, outcome)
        invariants.noteAnswer(pending.uid, pending.metric)
        enqueue(controller, pending.key, at: now + .milliseconds(1))
    }

    /// The image of the revision whose hash the request names.
    private func image(in request: HTTPRequest) -> String? {
        let sets = machine.objects(GroupKind("apps", "ReplicaSet"), namespace: subject.namespace)
        let named = sets.first { set in
            set.label(RolloutLabels.podTemplateHash).map { request.target.contains($0) } ?? false
        }
        return named?.spec["template"]["spec"]["containers"][0]["image"].string
    }
}
