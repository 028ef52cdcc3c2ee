// Labels and annotations by which rollouts mark objects; they are Argo Rollouts' own.

/// Labels that rollouts set and read.
package enum RolloutLabels {
    /// On ReplicaSets, their pods, and in Services' selectors: which revision.
    package static let podTemplateHash = "rollouts-pod-template-hash"
    /// On AnalysisRuns: `Step`, `Background`, `PrePromotion` or `PostPromotion`.
    package static let analysisKind = "rollout-type"
    /// On AnalysisRuns of steps: the step's index.
    package static let stepIndex = "step-index"
}

/// Annotations that rollouts set and read.
package enum RolloutAnnotations {
    /// The number of a revision, on ReplicaSets and on the Rollout.
    package static let revision = "rollout.argoproj.io/revision"
    /// Former numbers of a ReplicaSet that came back, separated by commas.
    package static let revisionHistory = "rollout.argoproj.io/revision-history"
    /// The Rollout's replicas when the ReplicaSet was last sized.
    package static let desiredReplicas = "rollout.argoproj.io/desired-replicas"
    /// The generation of a referenced workload.
    package static let workloadGeneration = "rollout.argoproj.io/workload-generation"
    /// Which metadata was injected into a ReplicaSet's template, as JSON.
    package static let ephemeralMetadata = "rollout.argoproj.io/ephemeral-metadata"
    /// When a superseded ReplicaSet is to be scaled down.
    package static let scaleDownDeadline = "scale-down-deadline"
    /// On Services: the Rollout that writes their selector.
    package static let managedBy = "argo-rollouts.argoproj.io/managed-by-rollouts"
    /// kubectl's memory of what was applied; never copied.
    package static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
    /// The notification engine's memory; never copied.
    package static let notified = "notified.notifications.argoproj.io"
}
