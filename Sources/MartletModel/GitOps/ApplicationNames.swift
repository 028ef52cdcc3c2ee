// Names by which people and tools steer Applications and what they manage.

/// Annotations, labels and finalizers of the Git core. They are Argo CD's, so that repositories
/// written for it work unchanged.
package enum ApplicationNames {
    /// The group and kind of an Application.
    package static let group = "argoproj.io"
    package static let kind = "Application"

    // On the Application.
    /// `normal` or `hard`: compare once now; removed when done.
    package static let refresh = "argocd.argoproj.io/refresh"
    /// `true`: the controller leaves the Application alone.
    package static let skipReconcile = "argocd.argoproj.io/skip-reconcile"
    /// A time at or after the operation's start approves pruning of what asks for it.
    package static let deletionApproved = "argocd.argoproj.io/deletion-approved"
    /// Delete what the Application manages before it goes itself; `/background` may follow.
    package static let resourcesFinalizer = "resources-finalizer.argocd.argoproj.io"

    // On managed objects.
    /// `<application>:<group>/<kind>:<namespace>/<name>`.
    package static let trackingID = "argocd.argoproj.io/tracking-id"
    /// The label that the `label` tracking method writes.
    package static let instanceLabel = "app.kubernetes.io/instance"
    package static let syncWave = "argocd.argoproj.io/sync-wave"
    package static let syncOptions = "argocd.argoproj.io/sync-options"
    package static let compareOptions = "argocd.argoproj.io/compare-options"
    package static let ignoreHealthCheck = "argocd.argoproj.io/ignore-healthcheck"
    package static let hook = "argocd.argoproj.io/hook"
    package static let hookDeletePolicy = "argocd.argoproj.io/hook-delete-policy"
    package static let helmHook = "helm.sh/hook"
    package static let helmHookWeight = "helm.sh/hook-weight"
    package static let helmHookDeletePolicy = "helm.sh/hook-delete-policy"
    package static let helmResourcePolicy = "helm.sh/resource-policy"
    /// What `kubectl apply` remembers of its last manifest.
    package static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    // On Secrets.
    package static let secretTypeLabel = "argocd.argoproj.io/secret-type"

    /// The server of the cluster in which the controller runs.
    package static let inClusterServer = "https://kubernetes.default.svc"
    package static let inClusterName = "in-cluster"
}
