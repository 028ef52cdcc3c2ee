// Strategic merge patch: merge patches that know which lists are maps.

import JSONTree
import KubeModel

extension SchemaOperations {
    /// Strategic merge patch, by the schema's patch strategies and merge keys.
    ///
    /// Source: kubernetes.io, "Update API Objects in Place Using kubectl patch", and the design document
    /// "strategic merge patch" of the community repository.
    ///
    /// - Throws: 400 for a malformed directive, 422 for a list of lists, 500 for a missing merge key
    ///   or an unknown `$patch`, as the real server answers.
    static func applyStrategicPatch(
        _ patch: JSON, to target: JSON, _ schema: TypeSchema
    ) throws(APIStatus) -> JSON {
        guard case .object(let changes) = patch else {
            throw APIStatus(
                code: 400, reason: "BadRequest",
                message: "json: cannot unmarshal \(patch.typeName) into Go value of type map[string]interface {}")
        }
        return try StrategicMerge.mergeMap(target, changes, schema)
    }
}

/// The merge itself. All functions are pure; recursion follows the patch's depth, which the parser
/// has bounded.
private enum StrategicMerge {
    static let directive = "$patch"
    static let retainKeys = "$retainKeys"
    static let orderPrefix = "$setElementOrder/"
    static let deletePrefix = "$deleteFromPrimitiveList/"

    // MARK: Objects

    static func mergeMap(
        _ original: JSON, _ patch: JSONObject, _ schema: TypeSchema
    ) throws(APIStatus) -> JSON {
        if let kind = patch[directive] { return try mapDirective(kind, patch) }
        var result = original.object ?? JSONObject()
        var changes = patch
        try applyRetainKeys(&result, &changes)
        try applyElementOrders(&result, &changes, schema)
        for (key, change) in changes {
            if key.hasPrefix(deletePrefix) {
                let name = String(key.dropFirst(deletePrefix.count))
                guard case .array(let removals) = change else { throw badPrimitiveList }
                if case .array(let elements)? = result[name] {
                    result[name] = .array(elements.filter { !removals.contains($0) })
                }
                continue
            }
            if change.isNull {
                result[key] = nil
                continue
            }
            guard let before = result[key] else {
                result[key] = withoutDirectives(withoutNulls(change)) ?? .object([:])
                continue
            }
            result[key] = try mergeValue(before, change, key, schema)
        }
        return .object(result)
    }

    /// A member that both have.
    private static func mergeValue(
        _ before: JSON, _ change: JSON, _ key: String, _ schema: TypeSchema
    ) throws(APIStatus) -> JSON {
        let patch = schema.field(key)?.patch ?? TypeSchema.Patch()
        let member = schema.member(key) ?? .any
        switch (before, change) {
        case (.object, .object(let changes)):
            if patch.replaces { return change }
            return try mergeMap(before, changes, member)
        case (.array(let elements), .array(let changes)):
            guard patch.merges else { return change }
            return .array(try mergeList(elements, changes, patch.mergeKey, member.items))
        case (.object, _), (.array, _), (_, .object), (_, .array):
            return withoutDirectives(withoutNulls(change)) ?? .object([:])
        default: return change
        }
    }

    private static func mapDirective(_ kind: JSON, _ patch: JSONObject) throws(APIStatus) -> JSON {
        switch kind {
        case "replace":
            var rest = patch
            rest[directive] = nil
            return .object(rest)
        case "delete": return .object([:])
        default: throw unknownDirective(kind, patch)
        }
    }

    private static func applyRetainKeys(
        _ result: inout JSONObject, _ changes: inout JSONObject
    ) throws(APIStatus) {
        guard let directive = changes[retainKeys] else { return }
        changes[retainKeys] = nil
        guard case .array(let names) = directive else { throw badRetainKeys }
        var retained: Set<String> = []
        for name in names { if let name = name.string { retained.insert(name) } }
        for (key, value) in changes
        where !value.isNull && !key.hasPrefix(deletePrefix) && !key.hasPrefix(orderPrefix) {
            guard retained.contains(key) else { throw badRetainKeys }
        }
        result.removeAll { key, _ in !retained.contains(key) }
    }

    /// Merges the lists for which the patch gives an order, and takes them out of it.
    private static func applyElementOrders(
        _ result: inout JSONObject, _ changes: inout JSONObject, _ schema: TypeSchema
    ) throws(APIStatus) {
        for (key, directive) in changes where key.hasPrefix(orderPrefix) {
            changes[key] = nil
            guard case .array(let order) = directive else { throw badElementOrder }
            let name = String(key.dropFirst(orderPrefix.count))
            let patch = schema.field(name)?.patch ?? TypeSchema.Patch()
            let member = schema.member(name) ?? .any
            let before = result[name]?.array
            let change = changes[name]?.array
            if let change { try checkOrder(change, order, patch.mergeKey) }
            let merged: [JSON]
            switch (before, change) {
            case (let before?, nil): merged = before
            case (nil, let change?): merged = change.compactMap { withoutDirectives($0) }
            case (let before?, let change?):
                merged = patch.merges
                    ? try mergeList(before, change, patch.mergeKey, member.items) : change
            case (nil, nil): continue
            }
            result[name] = .array(ordered(merged, by: order, server: before ?? [], patch.mergeKey))
            changes[name] = nil
        }
    }

    /// A patch's elements have to come in the order that it asks for.
    private static func checkOrder(_ change: [JSON], _ order: [JSON], _ mergeKey: String?) throws(APIStatus) {
        var position = 0
        for element in change where element[directive] != "delete" {
            let key = identity(element, mergeKey)
            while position < order.count, identity(order[position], mergeKey) != key { position += 1 }
            guard position < order.count else {
                throw APIStatus(
                    code: 500, reason: "",
                    message: "The order in patch list:\n\(JSON.array(change).text())\n doesn't match "
                        + "$setElementOrder list:\n\(JSON.array(order).text())\n")
            }
            position += 1
        }
    }

    // MARK: Lists

    private static func mergeList(
        _ original: [JSON], _ patch: [JSON], _ mergeKey: String?, _ items: TypeSchema
    ) throws(APIStatus) -> [JSON] {
        guard !original.isEmpty || !patch.isEmpty else { return [] }
        if (original + patch).contains(where: { $0.array != nil }) {
            throw APIStatus(code: 422, reason: "", message: "lists of lists are not supported")
        }
        guard (original.first ?? patch[0]).object != nil else {
            var merged: [JSON] = []
            var seen: Set<JSON> = []
            for element in original + patch where seen.insert(element).inserted { merged.append(element) }
            return ordered(merged, by: patch, server: original, nil)
        }
        guard let mergeKey else {
            throw APIStatus(
                code: 500, reason: "", message: "cannot merge lists without merge key for \(items.goName)")
        }
        let (server, changes) = try applyListDirectives(original, patch, mergeKey)
        var merged = server
        for change in changes {
            guard case .object(let members) = change, let key = members[mergeKey] else {
                throw missingKey(change, mergeKey)
            }
            if let position = merged.firstIndex(where: { $0[mergeKey] == key }) {
                merged[position] = try mergeMap(merged[position], members, items)
            } else if let added = withoutDirectives(withoutNulls(change)) {
                merged.append(added)
            }
        }
        return ordered(merged, by: changes, server: server, mergeKey)
    }

    /// Carries out `$patch: delete` and `replace` elements; returns the rest.
    private static func applyListDirectives(
        _ original: [JSON], _ patch: [JSON], _ mergeKey: String
    ) throws(APIStatus) -> ([JSON], [JSON]) {
        var server = original
        var rest: [JSON] = []
        var replaces = false
        for element in patch {
            guard case .object(let members) = element, let kind = members[directive] else {
                rest.append(element)
                continue
            }
            switch kind {
            case "delete":
                guard let key = members[mergeKey] else { throw missingKey(element, mergeKey) }
                server.removeAll { $0[mergeKey] == key }
            case "replace": replaces = true
            case "merge":
                throw APIStatus(
                    code: 500, reason: "", message: "merging lists cannot yet be specified in the patch")
            default: throw unknownDirective(kind, members)
            }
        }
        return replaces ? (rest, []) : (server, rest)
    }

    private static func identity(_ element: JSON, _ mergeKey: String?) -> JSON {
        mergeKey.map { element[$0] } ?? element
    }

    /// Elements that the order names, in its order, merged with the server's own ones, which keep
    /// their places relative to elements that the server had too.
    private static func ordered(
        _ merged: [JSON], by order: [JSON], server: [JSON], _ mergeKey: String?
    ) -> [JSON] {
        func positions(_ list: [JSON]) -> [JSON: Int] {
            var result: [JSON: Int] = [:]
            for (position, element) in list.enumerated() {
                let key = identity(element, mergeKey)
                if result[key] == nil { result[key] = position }
            }
            return result
        }
        let wanted = positions(order)
        let before = positions(server)
        var named: [(Int, JSON)] = []
        var own: [(Int, JSON)] = []
        for element in merged {
            let key = identity(element, mergeKey)
            if let place = wanted[key] {
                named.append((place, element))
            } else {
                own.append((before[key] ?? .max, element))
            }
        }
        named.sort { $0.0 < $1.0 }
        own.sort { $0.0 < $1.0 }
        var result: [JSON] = []
        result.reserveCapacity(merged.count)
        var left = own[...]
        for (_, element) in named {
            if let place = before[identity(element, mergeKey)] {
                while let next = left.first, next.0 < place {
                    result.append(next.1)
                    left.removeFirst()
                }
            }
            result.append(element)
        }
        return result + left.map(\.1)
    }

    // MARK: Cleaning what a patch adds

    /// The value without its directives; nil for an element that says to delete, or nothing else.
    private static func withoutDirectives(_ value: JSON) -> JSON? {
        switch value {
        case .array(let elements): return .array(elements.compactMap(withoutDirectives))
        case .object(let members):
            if members[directive] == "delete" || members[directive] == "replace" && members.count == 1 { return nil }
            var result = JSONObject()
            for (key, member) in members {
                if key == directive || key == retainKeys || key.hasPrefix(orderPrefix)
                    || key.hasPrefix(deletePrefix)
                {
                    continue
                }
                if let kept = withoutDirectives(member) { result[key] = kept }
            }
            return .object(result)
        default: return value
        }
    }

    /// The value without members that are null: there is nothing for them to remove.
    private static func withoutNulls(_ value: JSON) -> JSON {
        switch value {
        case .array(let elements): return .array(elements.map(withoutNulls))
        case .object(var members):
            members.removeAll { _, member in member.isNull }
            return .object(members.mapValues(withoutNulls))
        default: return value
        }
    }

    // MARK: Errors

    private static var badRetainKeys: APIStatus {
        APIStatus(code: 400, reason: "BadRequest", message: "invalid patch format of retainKeys")
    }
    private static var badPrimitiveList: APIStatus {
        APIStatus(code: 400, reason: "BadRequest", message: "invalid patch format of primitive list")
    }
    private static var badElementOrder: APIStatus {
        APIStatus(code: 400, reason: "BadRequest", message: "invalid patch format of setElementOrder list")
    }
    private static func missingKey(_ element: JSON, _ key: String) -> APIStatus {
        APIStatus(
            code: 500, reason: "",
            message: "map: \(GoFormat.value(element)) does not contain declared merge key: \(key)")
    }
    private static func unknownDirective(_ kind: JSON, _ members: JSONObject) -> APIStatus {
        APIStatus(
            code: 500, reason: "",
            message: "unknown patch type: \(GoFormat.value(kind)) in map: \(GoFormat.value(.object(members)))")
    }
}
