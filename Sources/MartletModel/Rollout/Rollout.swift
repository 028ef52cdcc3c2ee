// A Rollout as decisions read it.

package import JSONTree
package import KubeModel

/// The parts of a Rollout that decisions read, with defaults filled in.
package struct Rollout: Hashable, Sendable {
    package var spec: RolloutSpec
    package var status: RolloutStatus
    /// The number of its present revision, from its annotation.
    package var revision: Int?

    package static let kind = GroupVersionKind(group: "argoproj.io", version: "v1alpha1", kind: "Rollout")

    package init(_ object: KubeObject) {
        spec = RolloutSpec(object.spec)
        status = RolloutStatus(object.status)
        revision = object.annotation(RolloutAnnotations.revision).flatMap { Int($0) }
    }
}

/// A Rollout's `spec` (rollout-crd.md, section 1). The pod template stays in the object's tree.
package struct RolloutSpec: Hashable, Sendable {
    package var replicas: Int
    /// Whether the user wrote the number.
    package var hasReplicas: Bool
    /// Nil when it is missing or not legal.
    package var selector: LabelSelector?
    package var workloadReference: WorkloadReference?
    package var minReadySeconds: Int
    package var rollbackWindowRevisions: Int?
    package var strategy: RolloutStrategy
    package var revisionHistoryLimit: Int
    package var isPaused: Bool
    package var progressDeadlineSeconds: Int
    package var progressDeadlineAborts: Bool
    package var restartAt: Timestamp?
    package var successfulRunHistoryLimit: Int
    package var unsuccessfulRunHistoryLimit: Int

    /// A workload whose template is the Rollout's.
    package struct WorkloadReference: Hashable, Sendable {
        package var apiVersion: String
        package var kind: String
        package var name: String
        /// `never`, `onsuccess` or `progressively`; anything else is `never`.
        package var scaleDown: String
        package init(_ tree: JSON) {
            apiVersion = tree["apiVersion"].string ?? ""
            kind = tree["kind"].string ?? ""
            name = tree["name"].string ?? ""
            scaleDown = tree["scaleDown"].string ?? "never"
        }
    }

    package init(_ tree: JSON) {
        hasReplicas = tree["replicas"].int != nil
        replicas = tree["replicas"].int.map { Int($0) } ?? 1
        selector = tree["selector"].isNull ? nil : LabelSelector(tree["selector"])
        workloadReference = tree["workloadRef"].isNull ? nil : WorkloadReference(tree["workloadRef"])
        minReadySeconds = tree["minReadySeconds"].int.map { Int($0) } ?? 0
        rollbackWindowRevisions = tree["rollbackWindow"]["revisions"].int.map { Int($0) }.flatMap {
            $0 > 0 ? $0 : nil
        }
        let canary = tree["strategy"]["canary"]
        let blueGreen = tree["strategy"]["blueGreen"]
        switch (canary.isNull, blueGreen.isNull) {
        case (false, true): strategy = .canary(CanaryStrategy(canary))
        case (true, false): strategy = .blueGreen(BlueGreenStrategy(blueGreen))
        default: strategy = .invalid
        }
        revisionHistoryLimit = tree["revisionHistoryLimit"].int.map { Int($0) } ?? 10
        isPaused = tree["paused"].bool ?? false
        progressDeadlineSeconds = tree["progressDeadlineSeconds"].int.map { Int($0) } ?? 600
        progressDeadlineAborts = tree["progressDeadlineAbort"].bool ?? false
        restartAt = tree["restartAt"].string.flatMap { Timestamp($0) }
        successfulRunHistoryLimit = tree["analysis"]["successfulRunHistoryLimit"].int.map { Int($0) } ?? 5
        unsuccessfulRunHistoryLimit = tree["analysis"]["unsuccessfulRunHistoryLimit"].int.map { Int($0) } ?? 5
    }

    package var canary: CanaryStrategy? { if case .canary(let strategy) = strategy { strategy } else { nil } }
    package var blueGreen: BlueGreenStrategy? {
        if case .blueGreen(let strategy) = strategy { strategy } else { nil }
    }

    /// Whether any part of the strategy runs analyses.
    package var hasAnalyses: Bool {
        switch strategy {
        case .canary(let canary):
            canary.backgroundAnalysis != nil
                || canary.steps.contains { step in
                    if case .analysis = step { true } else { false }
                }
        case .blueGreen(let blueGreen):
            blueGreen.prePromotionAnalysis != nil || blueGreen.postPromotionAnalysis != nil
        case .invalid: false
        }
    }
}
