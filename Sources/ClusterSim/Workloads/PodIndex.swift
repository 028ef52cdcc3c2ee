// Pods by label and by owner, so that no controller looks through all of them.

import JSONTree
import KubeModel

/// What the controllers remember of each pod.
struct PodIndex: Sendable {
    /// The part of a pod that others than its kubelet react to.
    struct Record: Hashable, Sendable {
        var uid: UID
        var labels: [String: String]
        var owner: OwnerReference?
        var address: String
        var nodeName: String
        var isReady: Bool
        var isDeleting: Bool
        var isFinished: Bool

        init(_ pod: KubeObject) {
            uid = pod.uid
            labels = pod.labels
            owner = pod.controller
            address = pod.status["podIP"].string ?? ""
            nodeName = pod.spec["nodeName"].string ?? ""
            isReady = Pods.isReady(pod)
            isDeleting = pod.isDeleting
            isFinished = Pods.isFinished(pod)
        }
    }

    private var records: [ObjectKey: Record] = [:]
    private var byLabel: [String: [String: Set<String>]] = [:]
    private var orphansByNamespace: [String: Set<String>] = [:]
    private var unscheduled: Set<ObjectKey> = []
    private(set) var addresses: Set<String> = []

    subscript(_ key: ObjectKey) -> Record? { records[key] }
    var keys: [ObjectKey] { records.keys.sorted() }
    /// Pods without a node, in order.
    var unscheduledKeys: [ObjectKey] { unscheduled.sorted() }

    /// Remembers a pod, or forgets it when `record` is nil.
    ///
    /// - Returns: What was known before.
    mutating func set(_ key: ObjectKey, _ record: Record?) -> Record? {
        let old = records[key]
        if old == record { return old }
        if let old { unlink(key, old, keepsLabels: old.labels == record?.labels) }
        records[key] = record
        guard let record else { return old }
        if old?.labels != record.labels {
            for (name, value) in record.labels {
                byLabel[key.namespace, default: [:]]["\(name)=\(value)", default: []].insert(key.name)
            }
        }
        if record.owner == nil { orphansByNamespace[key.namespace, default: []].insert(key.name) }
        if record.nodeName.isEmpty, !record.isDeleting { unscheduled.insert(key) }
        if !record.address.isEmpty { addresses.insert(record.address) }
        return old
    }

    private mutating func unlink(_ key: ObjectKey, _ old: Record, keepsLabels: Bool) {
        if !keepsLabels {
            for (name, value) in old.labels {
                let word = "\(name)=\(value)"
                byLabel[key.namespace]?[word]?.remove(key.name)
                if byLabel[key.namespace]?[word]?.isEmpty == true { byLabel[key.namespace]?[word] = nil }
            }
        }
        orphansByNamespace[key.namespace]?.remove(key.name)
        unscheduled.remove(key)
        addresses.remove(old.address)
    }

    /// Pods of a namespace without a controlling owner that a selector chooses, by name.
    func orphans(in namespace: String, matching selector: LabelSelector) -> [ObjectKey] {
        (orphansByNamespace[namespace] ?? []).sorted().map { ObjectKey(namespace: namespace, name: $0) }
            .filter { key in records[key].map { selector.matches($0.labels) } ?? false }
    }

    /// Pods of a namespace that a selector chooses, by name. An empty selector chooses all.
    ///
    /// - Complexity: The number of pods that have the selector's rarest plain label; all of the
    ///   namespace's where it has none.
    func keys(in namespace: String, matching selector: LabelSelector) -> [ObjectKey] {
        var fewest: Set<String>?
        for requirement in selector.requirements where requirement.operation == .isIn && requirement.values.count == 1 {
            let names = byLabel[namespace]?["\(requirement.key)=\(requirement.values[0])"] ?? []
            if names.count < fewest?.count ?? .max { fewest = names }
        }
        let candidates =
            fewest.map { $0.map { ObjectKey(namespace: namespace, name: $0) } }
            ?? records.keys.filter { $0.namespace == namespace }
        return candidates.filter { key in records[key].map { selector.matches($0.labels) } ?? false }.sorted()
    }

    /// All pods on a node, by key.
    func keys(onNode name: String) -> [ObjectKey] {
        records.filter { $0.value.nodeName == name }.map(\.key).sorted()
    }
}

/// Objects that choose pods by labels, found from a pod's labels.
struct SelectorIndex: Sendable {
    private var selectors: [ObjectKey: LabelSelector] = [:]
    private var byLabel: [String: [String: Set<ObjectKey>]] = [:]
    private var general: [String: Set<ObjectKey>] = [:]

    subscript(_ key: ObjectKey) -> LabelSelector? { selectors[key] }

    /// Remembers an object's selector, or forgets it when nil.
    mutating func set(_ key: ObjectKey, _ selector: LabelSelector?) {
        if selectors[key] == selector { return }
        if let old = selectors[key] {
            if let word = Self.word(old) {
                byLabel[key.namespace]?[word]?.remove(key)
                if byLabel[key.namespace]?[word]?.isEmpty == true { byLabel[key.namespace]?[word] = nil }
            } else {
                general[key.namespace]?.remove(key)
            }
        }
        selectors[key] = selector
        guard let selector else { return }
        if let word = Self.word(selector) {
            byLabel[key.namespace, default: [:]][word, default: []].insert(key)
        } else {
            general[key.namespace, default: []].insert(key)
        }
    }

    private static func word(_ selector: LabelSelector) -> String? {
        selector.requirements.first { $0.operation == .isIn && $0.values.count == 1 }
            .map { "\($0.key)=\($0.values[0])" }
    }

    /// The objects of a namespace whose selectors choose these labels, by key.
    func keys(in namespace: String, choosing labels: [String: String]) -> [ObjectKey] {
        var found = (general[namespace] ?? []).filter { selectors[$0]?.matches(labels) ?? false }
        if let words = byLabel[namespace] {
            for (name, value) in labels {
                for key in words["\(name)=\(value)"] ?? [] where selectors[key]?.matches(labels) ?? false {
                    found.insert(key)
                }
            }
        }
        return found.sorted()
    }

    /// All objects of a namespace that have a selector, by key.
    func keys(in namespace: String) -> [ObjectKey] {
        selectors.keys.filter { $0.namespace == namespace }.sorted()
    }
}

/// What controllers read in pods.
enum Pods {
    static func condition(_ object: KubeObject, _ type: String) -> JSON {
        object.status["conditions"].elements.first { $0["type"].string == type } ?? .null
    }
    static func phase(_ pod: KubeObject) -> String { pod.status["phase"].string ?? "" }
    static func isReady(_ pod: KubeObject) -> Bool { condition(pod, "Ready")["status"].string == "True" }
    static func isFinished(_ pod: KubeObject) -> Bool { ["Succeeded", "Failed"].contains(phase(pod)) }
    /// Neither finished nor being deleted.
    static func isActive(_ pod: KubeObject) -> Bool { !isFinished(pod) && !pod.isDeleting }
    /// When it became ready, if it is.
    static func readySince(_ pod: KubeObject) -> Timestamp? {
        guard isReady(pod) else { return nil }
        return condition(pod, "Ready")["lastTransitionTime"].string.flatMap { Timestamp($0) } ?? .epoch
    }
    /// Ready for at least that long.
    static func isAvailable(_ pod: KubeObject, minReadySeconds: Int64, now: Timestamp) -> Bool {
        guard let since = readySince(pod) else { return false }
        return minReadySeconds == 0 || since + .seconds(minReadySeconds) <= now
    }
    static func restartCount(_ pod: KubeObject) -> Int64 {
        pod.status["containerStatuses"].elements.reduce(0) { $0 + ($1["restartCount"].int ?? 0) }
    }
}
