// managedFields: who owns what.

import JSONTree
import KubeModel

/// Field ownership, after Kubernetes' "Server-Side Apply" documentation and the merge rules that
/// its structured-merge-diff library documents.
///
/// 1. Every change makes the changed fields its manager's; other managers lose them.
/// 2. An apply owns exactly what it names; what it named before and nobody else owns goes.
/// 3. An apply that would change a field of another manager is a conflict unless forced.
enum ManagedFields {
    /// Records a create, update or patch: fields whose values changed become `manager`'s. `old` is
    /// nil at a create. Call it with defaults filled in, but before the server sets fields itself.
    ///
    /// Entries that the request carries replace the stored ones; a single empty entry resets them;
    /// none at all keeps those of `old`.
    ///
    /// - Returns: The new object with its `metadata.managedFields` set.
    static func recordUpdate(
        old: JSON?, new: JSON, manager: String, subresource: String, apiVersion: String,
        schema: TypeSchema, now: Timestamp
    ) -> JSON {
        var managers = ManagerEntries.live(old: old, new: new, subresource: subresource)
        if managers.entries.isEmpty, let old, !old["metadata"]["uid"].isNull {
            // Nobody tracks an existing object without entries, until the first apply.
            return managers.stored(in: new)
        }
        let before = old.map { ManagerEntries.stripped($0) } ?? emptyObject(new, schema)
        let after = ManagerEntries.stripped(new)
        let difference = FieldComparison.compare(before, after, schema)
        let taken = FieldSet(node: difference.modified).union(FieldSet(node: difference.added))
        managers.remove(taken.union(FieldSet(node: difference.removed)))
        let owned = taken.subtracting(serverOwned).subtracting(FieldSet(topLevel: resetFields(schema, subresource)))
        if !owned.isEmpty {
            managers.take(
                owned, manager: manager, isApply: false, subresource: subresource, apiVersion: apiVersion,
                now: now)
            managers.limitUpdates()
        }
        return managers.stored(in: new)
    }

    /// The top-level fields that an endpoint ignores: the main one the status, where that has an
    /// endpoint of its own; the status endpoint the spec.
    static func resetFields(_ schema: TypeSchema, _ subresource: String) -> [String] {
        switch subresource {
        case "": schema.shape.separatesStatus ? ["status"] : []
        case "status": schema.shape.isBuiltin ? ["spec"] : ["spec", "metadata"]
        default: []
        }
    }

    /// What a new object is compared with: Go's zero value of a built-in kind, nothing of another.
    static func emptyObject(_ new: JSON, _ schema: TypeSchema) -> JSON {
        var empty: JSON = ["apiVersion": new["apiVersion"], "kind": new["kind"]]
        SchemaOperations.normalize(&empty, schema)
        return empty
    }

    /// Paths that the server sets and nobody owns.
    static let serverOwned = FieldSet([
        "f:apiVersion": [:], "f:kind": [:],
        "f:metadata": [
            ".": [:], "f:name": [:], "f:namespace": [:], "f:creationTimestamp": [:], "f:selfLink": [:],
            "f:uid": [:], "f:clusterName": [:], "f:generation": [:], "f:managedFields": [:],
            "f:resourceVersion": [:],
        ],
    ])
}

extension FieldSet {
    /// Those top-level fields with everything below them; to be subtracted only.
    init(topLevel names: [String]) {
        var tree = JSONObject()
        for name in names { tree["f:" + name] = .bool(true) }
        self.init(tree)
    }
}

/// The entries of an object's managedFields.
struct ManagerEntries: Sendable {
    /// One manager's fields.
    struct Entry: Sendable {
        var manager: String
        var isApply: Bool
        var apiVersion: String
        var subresource: String
        /// RFC 3339, to the second; empty when unknown.
        var time: String
        var fields: FieldSet

        func isSame(manager: String, isApply: Bool, subresource: String, apiVersion: String) -> Bool {
            self.manager == manager && self.isApply == isApply && self.subresource == subresource
                && (isApply || self.apiVersion == apiVersion)
        }
    }

    var entries: [Entry] = []
    /// Whether anything differs from what was read.
    private(set) var isChanged = false

    init(_ tree: JSON) {
        for entry in tree.elements {
            guard case .object(let fields) = entry["fieldsV1"] else { continue }
            entries.append(
                Entry(
                    manager: entry["manager"].string ?? "", isApply: entry["operation"] == "Apply",
                    apiVersion: entry["apiVersion"].string ?? "",
                    subresource: entry["subresource"].string ?? "", time: entry["time"].string ?? "",
                    fields: FieldSet(fields)))
        }
    }

    /// The entries to start from: those that the request brings, else the stored ones.
    static func live(old: JSON?, new: JSON, subresource: String) -> ManagerEntries {
        let sent = new["metadata"]["managedFields"]
        let stored = old?["metadata"]["managedFields"] ?? .null
        if subresource.isEmpty {
            if sent.elements.count == 1, sent[0].object?.isEmpty ?? false {
                var reset = ManagerEntries(.null)
                reset.isChanged = true
                return reset
            }
            let entries = ManagerEntries(sent)
            if !entries.entries.isEmpty { return entries }
        }
        var entries = ManagerEntries(stored)
        entries.isChanged = sent != stored
        return entries
    }

    /// Takes paths from every manager.
    mutating func remove(_ fields: FieldSet) {
        if fields.isEmpty { return }
        for index in entries.indices {
            let rest = entries[index].fields.subtracting(fields)
            guard rest != entries[index].fields else { continue }
            entries[index].fields = rest
            isChanged = true
        }
        if isChanged { entries.removeAll { $0.fields.isEmpty } }
    }

    /// Adds paths to a manager's entry, which is made when it is missing.
    mutating func take(
        _ fields: FieldSet, manager: String, isApply: Bool, subresource: String, apiVersion: String,
        now: Timestamp
    ) {
        isChanged = true
        let position = entries.firstIndex {
            $0.isSame(manager: manager, isApply: isApply, subresource: subresource, apiVersion: apiVersion)
        }
        if let position {
            entries[position].fields = entries[position].fields.union(fields)
            entries[position].time = now.rfc3339
        } else {
            entries.append(
                Entry(
                    manager: manager, isApply: isApply, apiVersion: apiVersion, subresource: subresource,
                    time: now.rfc3339, fields: fields))
        }
    }

    /// Replaces what a manager applies. The time is that of the last change of the object: an apply
    /// that only adds an owner leaves it, and a new entry without one.
    mutating func setApplied(
        _ fields: FieldSet, manager: String, subresource: String, apiVersion: String,
        now: Timestamp, isObjectChanged: Bool
    ) {
        let position = entries.firstIndex {
            $0.isSame(manager: manager, isApply: true, subresource: subresource, apiVersion: apiVersion)
        }
        guard let position else {
            if fields.isEmpty { return }
            isChanged = true
            entries.append(
                Entry(
                    manager: manager, isApply: true, apiVersion: apiVersion, subresource: subresource,
                    time: isObjectChanged ? now.rfc3339 : "", fields: fields))
            return
        }
        let entry = entries[position]
        if !isObjectChanged, entry.fields == fields, entry.apiVersion == apiVersion { return }
        isChanged = true
        if fields.isEmpty {
            entries.remove(at: position)
        } else {
            entries[position].fields = fields
            entries[position].apiVersion = apiVersion
            if isObjectChanged { entries[position].time = now.rfc3339 }
        }
    }

    /// Puts back an entry that `remove` has changed.
    mutating func restore(_ entry: Entry) {
        let position = entries.firstIndex {
            $0.isSame(
                manager: entry.manager, isApply: entry.isApply, subresource: entry.subresource,
                apiVersion: entry.apiVersion)
        }
        if let position { entries[position] = entry } else { entries.append(entry) }
    }

    /// Merges the oldest update entries of one version when there are more than ten, as the server
    /// does, so that objects touched by many short-lived managers stay small.
    mutating func limitUpdates() {
        let updatesMax = 10
        var updates = entries.indices.filter { !entries[$0].isApply }
        guard updates.count > updatesMax else { return }
        updates.sort { entries[$0].time < entries[$1].time }
        let excess = updates.count - updatesMax
        var merged: [String: FieldSet] = [:]
        var times: [String: String] = [:]
        let removed = updates.prefix(excess + 1)
        for index in removed {
            let entry = entries[index]
            merged[entry.apiVersion] = (merged[entry.apiVersion] ?? FieldSet()).union(entry.fields)
            times[entry.apiVersion] = entry.time
        }
        for index in removed.sorted(by: >) { entries.remove(at: index) }
        for (apiVersion, fields) in merged.sorted(by: { $0.key < $1.key }) {
            entries.append(
                Entry(
                    manager: "ancient-changes", isApply: false, apiVersion: apiVersion, subresource: "",
                    time: times[apiVersion] ?? "", fields: fields))
        }
    }

    /// The object with these entries, in the server's order: applies before updates, then by time,
    /// manager, version and subresource.
    func stored(in object: JSON) -> JSON {
        var result = object
        if !isChanged, result["metadata"]["managedFields"].array != nil || entries.isEmpty { return result }
        let ordered = entries.sorted { left, right in
            if left.isApply != right.isApply { return left.isApply }
            if left.time != right.time { return left.time < right.time }
            if left.manager != right.manager { return left.manager < right.manager }
            if left.apiVersion != right.apiVersion { return left.apiVersion < right.apiVersion }
            return left.subresource < right.subresource
        }
        let tree: JSON? = ordered.isEmpty ? nil : .some(.array(ordered.map(Self.tree)))
        result.set(["metadata", "managedFields"], to: tree)
        return result
    }

    private static func tree(_ entry: Entry) -> JSON {
        var tree: JSONObject = [
            "manager": .string(entry.manager), "operation": entry.isApply ? "Apply" : "Update",
            "apiVersion": .string(entry.apiVersion),
        ]
        if !entry.time.isEmpty { tree["time"] = .string(entry.time) }
        tree["fieldsType"] = "FieldsV1"
        tree["fieldsV1"] = .object(entry.fields.sorted.tree)
        if !entry.subresource.isEmpty { tree["subresource"] = .string(entry.subresource) }
        return .object(tree)
    }

    /// The object without its managedFields.
    static func stripped(_ object: JSON) -> JSON {
        var result = object
        result.set(["metadata", "managedFields"], to: nil)
        return result
    }
}
