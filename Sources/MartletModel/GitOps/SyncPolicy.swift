// When an Application is synced, and how.

package import JSONTree
package import KubeModel

/// Sync without anybody asking.
package struct AutomatedSync: Hashable, Sendable {
    package var isEnabled: Bool
    package var prunes: Bool
    package var selfHeals: Bool
    package var allowsEmpty: Bool

    package init(_ tree: JSON) {
        isEnabled = tree["enabled"].bool ?? true
        prunes = tree["prune"].bool ?? false
        selfHeals = tree["selfHeal"].bool ?? false
        allowsEmpty = tree["allowEmpty"].bool ?? false
    }
}

/// Options as `Name=value` texts; of equal names the last counts.
package struct SyncOptions: Hashable, Sendable {
    package var texts: [String]
    package init(_ texts: [String]) { self.texts = texts }
    /// Reads the comma-separated list of an annotation.
    package init(annotation: String?) {
        texts = (annotation ?? "").split(separator: ",").map { String($0).trimmingBlanks() }
    }

    /// The value of an option, or nil when it is not given.
    package subscript(_ name: String) -> String? {
        texts.last { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }
    package func isOn(_ name: String) -> Bool { self[name] == "true" }

    package var createsNamespace: Bool { isOn("CreateNamespace") }
    package var prunesLast: Bool { isOn("PruneLast") }
    package var appliesOutOfSyncOnly: Bool { isOn("ApplyOutOfSyncOnly") }
    package var respectsIgnoredDifferences: Bool { isOn("RespectIgnoreDifferences") }
    package var skipsDryRunOnMissingResource: Bool { isOn("SkipDryRunOnMissingResource") }
    package var failsOnSharedResource: Bool { isOn("FailOnSharedResource") }
    package var replaces: Bool { isOn("Replace") }
    package var forces: Bool { isOn("Force") }
    package var neverPrunes: Bool { self["Prune"] == "false" }
    package var prunesWithConfirmation: Bool { self["Prune"] == "confirm" }
    package var neverDeletes: Bool { self["Delete"] == "false" }
    /// What becomes of dependents of a pruned object.
    package var prunePropagation: Change.Propagation {
        switch self["PrunePropagationPolicy"] {
        case "background": .background
        case "orphan": .orphan
        default: .foreground
        }
    }
}

/// How a failed sync is tried again.
package struct RetryPolicy: Hashable, Sendable {
    /// How often; negative is without end.
    package var limit: Int64
    package var firstDelay: Duration
    package var factor: Int64
    package var delayMax: Duration
    /// Each retry looks for the newest commit.
    package var refreshes: Bool

    /// What automated syncs have where the policy says nothing (gitops-argocd.md, section 1.3).
    package static let automatic = RetryPolicy(["limit": 5])

    package init(_ tree: JSON) {
        limit = tree["limit"].int ?? 0
        let backoff = tree["backoff"]
        firstDelay = Self.duration(backoff["duration"]) ?? .seconds(5)
        factor = backoff["factor"].int ?? 2
        delayMax = Self.duration(backoff["maxDuration"]) ?? .seconds(180)
        refreshes = tree["refresh"].bool ?? false
    }

    /// Go's text; a bare number is seconds.
    private static func duration(_ value: JSON) -> Duration? {
        guard let text = value.string, !text.isEmpty else { return value.int.map { .seconds($0) } }
        return Int64(text).map { .seconds($0) } ?? Duration.parse(goText: text)
    }

    /// How long to wait before the attempt of that number, from 0.
    package func delay(beforeAttempt attempt: Int64) -> Duration {
        var delay = firstDelay
        for _ in 0..<max(0, min(attempt, 62)) {
            if delay >= delayMax { break }
            delay = delay * Int(max(1, min(factor, 1000)))
        }
        return min(delay, delayMax)
    }
}

/// `spec.syncPolicy`.
package struct SyncPolicy: Hashable, Sendable {
    /// Nil is manual.
    package var automated: AutomatedSync?
    package var options: SyncOptions
    /// Nil where the Application says nothing.
    package var retryTree: JSON?
    package var namespaceLabels: [String: String]
    package var namespaceAnnotations: [String: String]
    package var hasNamespaceMetadata: Bool

    package init(_ tree: JSON) {
        automated = tree["automated"].object != nil ? AutomatedSync(tree["automated"]) : nil
        options = SyncOptions(tree["syncOptions"].elements.compactMap(\.string))
        retryTree = tree["retry"].object.map(JSON.object)
        let metadata = tree["managedNamespaceMetadata"]
        hasNamespaceMetadata = metadata.object != nil
        namespaceLabels = KubeObject.strings(metadata["labels"])
        namespaceAnnotations = KubeObject.strings(metadata["annotations"])
    }
}
