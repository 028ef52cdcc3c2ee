// What an Application shows of itself.

package import JSONTree
package import KubeModel

/// Whether the cluster is as Git says.
package enum SyncCode: String, Hashable, Sendable {
    case synced = "Synced", outOfSync = "OutOfSync", unknown = "Unknown"
}

/// How an object or an Application fares, from best to worst.
package enum HealthCode: String, Hashable, Sendable, CaseIterable, Comparable {
    case healthy = "Healthy"
    case suspended = "Suspended"
    case progressing = "Progressing"
    case missing = "Missing"
    case degraded = "Degraded"
    case unknown = "Unknown"

    package static func < (left: HealthCode, right: HealthCode) -> Bool {
        let order = allCases
        return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
    }
}

/// Health with its reason.
package struct HealthStatus: Hashable, Sendable {
    package var code: HealthCode
    package var message: String
    package init(_ code: HealthCode, _ message: String = "") {
        self.code = code
        self.message = message
    }
}

/// One managed object in `status.resources`.
package struct ResourceStatus: Hashable, Sendable {
    package var group: String
    package var version: String
    package var kind: String
    package var namespace: String
    package var name: String
    /// Nil for hooks and objects without a sync status of their own.
    package var status: SyncCode?
    /// Nil where health is kept out of the status.
    package var health: HealthStatus?
    package var isHook: Bool
    package var requiresPruning: Bool
    package var syncWave: Int64

    package init(
        group: String, version: String, kind: String, namespace: String, name: String, status: SyncCode?,
        health: HealthStatus? = nil, isHook: Bool = false, requiresPruning: Bool = false, syncWave: Int64 = 0
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.status = status
        self.health = health
        self.isHook = isHook
        self.requiresPruning = requiresPruning
        self.syncWave = syncWave
    }

    package var tree: JSON {
        var tree: JSON = [:]
        if !group.isEmpty { tree["group"] = .string(group) }
        tree["version"] = .string(version)
        tree["kind"] = .string(kind)
        if !namespace.isEmpty { tree["namespace"] = .string(namespace) }
        tree["name"] = .string(name)
        if let status { tree["status"] = .string(status.rawValue) }
        if let health {
            var value: JSON = ["status": .string(health.code.rawValue)]
            if !health.message.isEmpty { value["message"] = .string(health.message) }
            tree["health"] = value
        }
        if isHook { tree["hook"] = true }
        if requiresPruning { tree["requiresPruning"] = true }
        if syncWave != 0 { tree["syncWave"] = .int(syncWave) }
        return tree
    }
}

/// A condition: present while it holds.
package struct ApplicationCondition: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case deletionError = "DeletionError"
        case invalidSpecError = "InvalidSpecError"
        case comparisonError = "ComparisonError"
        case syncError = "SyncError"
        case sharedResourceWarning = "SharedResourceWarning"
        case repeatedResourceWarning = "RepeatedResourceWarning"
        case excludedResourceWarning = "ExcludedResourceWarning"
    }
    package var kind: Kind
    package var message: String
    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

/// An entry of `status.history`.
package struct RevisionHistory: Hashable, Sendable {
    package var tree: JSON
    package init(_ tree: JSON) { self.tree = tree }
    package var id: Int64 { tree["id"].int ?? 0 }
    package var revision: String { tree["revision"].string ?? "" }
}

/// The parts of `status` that decisions read and write. Members we do not know are kept.
package struct ApplicationStatus: Hashable, Sendable {
    /// The whole status as it stands.
    package var tree: JSON

    package init(_ tree: JSON) { self.tree = tree.object == nil ? [:] : tree }

    package var syncCode: SyncCode? { tree["sync"]["status"].string.flatMap(SyncCode.init) }
    package var revision: String { tree["sync"]["revision"].string ?? "" }
    /// What the present sync status was compared with.
    package var comparedTo: JSON { tree["sync"]["comparedTo"] }
    package var healthCode: HealthCode? { tree["health"]["status"].string.flatMap(HealthCode.init) }
    package var operationState: OperationState? { OperationState(tree["operationState"]) }
    package var history: [RevisionHistory] { tree["history"].elements.map(RevisionHistory.init) }
    package var conditions: [ApplicationCondition] {
        tree["conditions"].elements.compactMap { entry in
            entry["type"].string.flatMap(ApplicationCondition.Kind.init).map {
                ApplicationCondition($0, entry["message"].string ?? "")
            }
        }
    }

    // MARK: Writing

    /// Sets the health; its time changes only with its code.
    package mutating func setHealth(_ health: HealthStatus, now: Timestamp) {
        let previous = tree["health"]
        var value: JSON = ["status": .string(health.code.rawValue)]
        if !health.message.isEmpty { value["message"] = .string(health.message) }
        let isSame = previous["status"].string == health.code.rawValue && !previous["lastTransitionTime"].isNull
        value["lastTransitionTime"] = isSame ? previous["lastTransitionTime"] : .string(now.rfc3339)
        tree["health"] = value
    }

    /// Replaces the conditions of kinds that this pass evaluates; others stay. A condition's time
    /// changes only with its message.
    package mutating func setConditions(
        _ conditions: [ApplicationCondition], evaluated: Set<ApplicationCondition.Kind>, now: Timestamp
    ) {
        let previous = tree["conditions"].elements
        var kept = previous.filter { entry in
            guard let kind = entry["type"].string.flatMap(ApplicationCondition.Kind.init) else { return true }
            return !evaluated.contains(kind)
        }
        for condition in conditions {
            let same = previous.first {
                $0["type"].string == condition.kind.rawValue && $0["message"].string == condition.message
            }
            kept.append([
                "type": .string(condition.kind.rawValue), "message": .string(condition.message),
                "lastTransitionTime": same?["lastTransitionTime"] ?? .string(now.rfc3339),
            ])
        }
        kept.sort { ($0["type"].string ?? "") < ($1["type"].string ?? "") }
        set("conditions", kept.isEmpty ? nil : .array(kept))
    }

    /// Sets or, with nil, removes a member.
    package mutating func set(_ name: String, _ value: JSON?) { tree.set([name], to: value) }
}
