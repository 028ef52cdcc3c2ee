// Server-side apply.

import JSONTree
import KubeModel

extension ManagedFields {
    /// Server-side apply: merges `applied` into `live` (nil when it does not exist), removing what
    /// the manager applied before and no longer applies. The result is not yet defaulted; of a
    /// built-in kind it still has the nulls and empty values that normalizing drops.
    ///
    /// - Throws: 400 when the applied object has managedFields of its own; 409 with a cause
    ///   `FieldManagerConflict` for each conflict, when not forced; 500 when
    ///   the applied object does not fit the schema, as the real server has it.
    static func apply(
        live: JSON?, applied: JSON, manager: String, force: Bool, subresource: String,
        apiVersion: String, schema: TypeSchema, now: Timestamp
    ) throws(APIStatus) -> JSON {
        if !applied["metadata"]["managedFields"].elements.isEmpty {
            throw APIStatus(code: 400, reason: "BadRequest", message: "metadata.managedFields must be nil")
        }
        if let problem = TypedCheck.problem(ManagerEntries.stripped(applied), schema) {
            throw APIStatus(
                code: 500, reason: "",
                message: "failed to create typed patch object (\(objectName(applied))): \(problem)")
        }
        var request = Application(
            live: live, applied: ManagerEntries.stripped(applied), manager: manager,
            subresource: subresource, apiVersion: apiVersion, schema: schema, now: now)
        return try request.result(force: force)
    }

    /// `namespace/name; apps/v1, Kind=Deployment`.
    private static func objectName(_ object: JSON) -> String {
        let metadata = object["metadata"]
        let name = "\(metadata["namespace"].string ?? "")/\(metadata["name"].string ?? "")"
        return "\(name); \(object["apiVersion"].string ?? ""), Kind=\(object["kind"].string ?? "")"
    }
}

/// One apply on its way.
private struct Application {
    let live: JSON?
    let applied: JSON
    let manager: String
    let subresource: String
    let apiVersion: String
    let schema: TypeSchema
    let resetFields: [String]
    let now: Timestamp
    /// The live object without managedFields; for a new one, the kind's zero value.
    let before: JSON
    var managers: ManagerEntries

    init(
        live: JSON?, applied: JSON, manager: String, subresource: String, apiVersion: String,
        schema: TypeSchema, now: Timestamp
    ) {
        self.live = live
        self.applied = applied
        self.manager = manager
        self.subresource = subresource
        self.apiVersion = apiVersion
        self.schema = schema
        resetFields = ManagedFields.resetFields(schema, subresource)
        self.now = now
        before = live.map { ManagerEntries.stripped($0) } ?? ManagedFields.emptyObject(applied, schema)
        managers = ManagerEntries(live?["metadata"]["managedFields"] ?? .null)
    }

    mutating func result(force: Bool) throws(APIStatus) -> JSON {
        adoptUntracked()
        let last = entry?.fields ?? FieldSet()
        let ignored = FieldSet(topLevel: resetFields)
        let set = FieldSet.fields(of: applied, schema).subtracting(ignored)
        let merged = TypedMerge.merge(before, withoutResetFields(applied), schema)
        let pruned = prune(merged, last: last, set: set)

        let difference = FieldComparison.compare(before, pruned, schema)
        let changed = FieldSet(node: difference.modified).union(FieldSet(node: difference.added))
            .subtracting(ignored)
        let conflicts = conflicts(changed)
        if !conflicts.isEmpty, !force {
            let refused = refusedConflicts(conflicts)
            if !refused.isEmpty { throw Self.conflict(refused) }
        }
        let isChanged = pruned != before
        releaseOthers(changed.union(FieldSet(node: difference.removed)))
        managers.setApplied(
            set.subtracting(ManagedFields.serverOwned), manager: manager, subresource: subresource,
            apiVersion: apiVersion, now: now, isObjectChanged: isChanged)
        return updatingLastApplied(managers.stored(in: pruned))
    }

    private var entry: ManagerEntries.Entry? { managers.entries.first(where: isOwn) }

    private func isOwn(_ entry: ManagerEntries.Entry) -> Bool {
        entry.isSame(manager: manager, isApply: true, subresource: subresource, apiVersion: apiVersion)
    }

    /// An object without any entry gives all its fields to `before-first-apply`, so that an apply
    /// does not take them silently.
    private mutating func adoptUntracked() {
        guard let live, managers.entries.isEmpty, !live["metadata"]["uid"].isNull else { return }
        let empty = ManagedFields.emptyObject(live, schema)
        let difference = FieldComparison.compare(empty, before, schema)
        let fields = FieldSet(node: difference.modified).union(FieldSet(node: difference.added))
            .subtracting(ManagedFields.serverOwned)
        guard !fields.isEmpty else { return }
        managers.take(
            fields, manager: "before-first-apply", isApply: false, subresource: "",
            apiVersion: live["apiVersion"].string ?? apiVersion, now: now)
    }

    private func withoutResetFields(_ object: JSON) -> JSON {
        guard case .object(var members) = object else { return object }
        // Identity stays even where the rest of the metadata is ignored.
        for name in resetFields where name != "metadata" { members[name] = nil }
        return .object(members)
    }

    /// Takes out what this manager applied before and nobody names now.
    private func prune(_ merged: JSON, last: FieldSet, set: FieldSet) -> JSON {
        if last.isEmpty { return merged }
        let named = last.namingFields(schema)
        let pruned = TypedMerge.removing(named, from: merged, schema)
        var owned = set
        for entry in managers.entries where !isOwn(entry) { owned = owned.union(entry.fields) }
        let all = FieldSet.fields(of: merged, schema).namingFields(schema)
        // What somebody owns comes back …
        let kept = FieldSet.fields(of: pruned, schema).namingFields(schema).union(owned.namingFields(schema))
        let withOwned = TypedMerge.removing(all.subtracting(kept), from: merged, schema)
        // … and so does what this manager never owned.
        let left = FieldSet.fields(of: withOwned, schema).namingFields(schema)
        return TypedMerge.removing(all.subtracting(left).intersection(named), from: merged, schema)
    }

    // MARK: Other managers

    private func conflicts(_ changed: FieldSet) -> [(entry: ManagerEntries.Entry, fields: FieldSet)] {
        managers.entries.compactMap { entry in
            if isOwn(entry) { return nil }
            let fields = entry.fields.intersection(changed)
            return fields.isEmpty ? nil : (entry, fields)
        }
    }

    private mutating func releaseOthers(_ fields: FieldSet) {
        let own = entry
        managers.remove(fields)
        // The own entry is about to be replaced, and must keep its place and time until then.
        if let own { managers.restore(own) }
    }

    private static let lastAppliedKey = "kubectl.kubernetes.io/last-applied-configuration"

    /// kubectl may take over what its client-side apply set, as long as nobody changed it since.
    private func refusedConflicts(
        _ conflicts: [(entry: ManagerEntries.Entry, fields: FieldSet)]
    ) -> [(entry: ManagerEntries.Entry, fields: FieldSet)] {
        guard manager == "kubectl", let text = before["metadata"]["annotations"][Self.lastAppliedKey].string,
            let last = try? JSON.parse(text)
        else { return conflicts }
        let difference = FieldComparison.compare(last, before, schema)
        let allowed = FieldSet.fields(of: last, schema)
            .subtracting(FieldSet(node: difference.modified)).subtracting(FieldSet(node: difference.removed))
        return conflicts.compactMap { entry, fields in
            let rest = fields.subtracting(allowed)
            return rest.isEmpty ? nil : (entry, rest)
        }
    }

    /// kubectl's server-side apply keeps an existing last-applied annotation true, so that going
    /// back to client-side apply stays possible.
    private func updatingLastApplied(_ object: JSON) -> JSON {
        guard manager == "kubectl", subresource.isEmpty,
            object["metadata"]["annotations"][Self.lastAppliedKey].string != nil
        else { return object }
        var configuration = applied
        if let annotations = configuration["metadata"]["annotations"].object {
            var rest = annotations
            rest[Self.lastAppliedKey] = nil
            let kept: JSON? = rest.isEmpty ? nil : .some(.object(rest))
            configuration.set(["metadata", "annotations"], to: kept)
        }
        let options = JSON.PrintOptions(sortsKeys: true, escapesHTML: true)
        var result = object
        result.set(
            ["metadata", "annotations", Self.lastAppliedKey], to: .string(configuration.text(options) + "\n"))
        return result
    }

    // MARK: The answer to a conflict

    private static func conflict(
        _ conflicts: [(entry: ManagerEntries.Entry, fields: FieldSet)]
    ) -> APIStatus {
        var causes: [APIStatus.Cause] = []
        var groups: [(String, [String])] = []
        for (entry, fields) in conflicts {
            let name = describe(entry)
            let paths = fields.sorted.paths.map(FieldSet.text).sorted()
            groups.append((name, paths))
            for path in paths {
                causes.append(
                    APIStatus.Cause(field: path, reason: "FieldManagerConflict", message: "conflict with \(name)"))
            }
        }
        groups.sort { $0.0 < $1.0 }
        let message: String
        if causes.count == 1 {
            message = "Apply failed with 1 conflict: conflict with \(groups[0].0): \(groups[0].1[0])"
        } else {
            let parts = groups.map { "conflicts with \($0.0):\n" + $0.1.map { "- \($0)" }.joined(separator: "\n") }
            message = "Apply failed with \(causes.count) conflicts: " + parts.joined(separator: "\n")
        }
        return APIStatus(code: 409, reason: "Conflict", message: message, causes: causes)
    }

    private static func describe(_ entry: ManagerEntries.Entry) -> String {
        var text = JSON.string(entry.manager).text()
        if !entry.subresource.isEmpty { text += " with subresource \"\(entry.subresource)\"" }
        return entry.isApply ? text : text + " using \(entry.apiVersion)"
    }
}
