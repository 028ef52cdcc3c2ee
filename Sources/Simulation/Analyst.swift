// Analysis runs with scripted answers: good images pass, bad ones fail.

import JSONTree
import KubeModel

/// Ends runs as their images deserve: a run that counts after its count, one without a count when
/// it is told to end or has failed.
struct Analyst: Sendable {
    var badImages: Set<String>
    private static let interval: Duration = .seconds(5)

    var controller: SimulatedController {
        let analyst = self
        return SimulatedController(
            name: "analyst",
            watches: [
                SimulatedWatch(
                    GroupVersionResource(group: "argoproj.io", version: "v1alpha1", resource: "analysisruns"),
                    kind: GroupKind("argoproj.io", "AnalysisRun")
                ) { object, _ in [object.key] },
                SimulatedWatch(
                    GroupVersionResource(group: "apps", version: "v1", resource: "replicasets"), kind: GroupKind("apps", "ReplicaSet")
                ) { _, _ in [] },
            ]
        ) { key, reader, now in analyst.pass(key, reader, now) }
    }

    private func pass(_ key: ObjectKey, _ reader: any ObjectReader, _ now: Timestamp) -> SimulatedPass {
        guard let run = reader.object(GroupKind("argoproj.io", "AnalysisRun"), key) else { return .nothing }
        let status = run.status
        if ["Successful", "Failed", "Error", "Inconclusive"].contains(status["phase"].string ?? "") { return .nothing }
        guard let started = status["startedAt"].string.flatMap({ Timestamp($0) }) else {
            return write(run, ["phase": "Running", "startedAt": .string(now.rfc3339)], again: now + Self.interval)
        }
        if run.spec["terminate"].bool == true { return write(run, ["phase": "Successful"], again: nil) }
        let count = run.spec["metrics"][0]["count"].int
        let done = Int64((now - started).components.seconds / Self.interval.components.seconds)
        if done >= 1, isBad(run, reader) {
            return write(run, ["phase": "Failed", "message": "Metric \"success-rate\" assessed Failed due to failed (1) > failureLimit (0)"], again: nil)
        }
        if let count, done >= count { return write(run, ["phase": "Successful"], again: nil) }
        return SimulatedPass(changes: [], requeueAt: now + Self.interval)
    }

    private func isBad(_ run: KubeObject, _ reader: any ObjectReader) -> Bool {
        let hash = run.label("rollouts-pod-template-hash")
        let replicaSet = reader.objects(GroupKind("apps", "ReplicaSet"), namespace: run.namespace).first {
            $0.label("rollouts-pod-template-hash") == hash
        }
        return replicaSet?.spec["template"]["spec"]["containers"][0]["image"].string.map(badImages.contains) ?? false
    }

    private func write(_ run: KubeObject, _ status: JSON, again: Timestamp?) -> SimulatedPass {
        let change = Change.patch(run.reference, .merge(["status": status]), if: Precondition(uid: run.uid))
        return SimulatedPass(changes: [(change, "measured")], requeueAt: again)
    }
}
