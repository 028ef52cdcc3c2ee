// Walks over values along their schema: what differs between two, and which fields one sets.

import JSONTree

/// How a value is walked: whole, member by member, or element by element.
enum FieldShape {
    case leaf, map, list

    /// The shape of a value of that schema. Where the schema says nothing the value decides:
    /// objects are walked, lists are whole, as in structured-merge-diff's deduced types.
    static func of(_ value: JSON?, _ schema: TypeSchema, isAtomic: Bool) -> FieldShape {
        if isAtomic { return .leaf }
        switch schema.form {
        case .object: return .map
        case .array: return schema.shape.listType == .atomic ? .leaf : .list
        case .any: return value?.object != nil ? .map : .leaf
        default: return .leaf
        }
    }
}

/// Path elements of associative lists.
enum ListElement {
    /// `k:{"name":"c"}` or `v:"x"`; nil when the element has no identity.
    static func path(_ element: JSON, _ list: TypeSchema) -> String? {
        if list.shape.listType == .set {
            if element.isNull { return nil }
            return "v:" + element.text()
        }
        guard let keys = keys(element, list) else { return nil }
        return "k:" + JSON.object(keys).text()
    }

    /// The values of a map list's keys, ordered by name; nil when one is missing without a default.
    static func keys(_ element: JSON, _ list: TypeSchema) -> JSONObject? {
        guard case .object(let members) = element else { return nil }
        var keys = JSONObject()
        let items = list.items
        for name in list.shape.listMapKeys {
            if let value = members[name] {
                keys[name] = value
            } else if let fallback = items.field(name)?.schema.shape.defaultValue {
                keys[name] = fallback
            } else {
                return nil
            }
        }
        return keys.count > 1 ? keys.sorted() : keys
    }

    /// Finds, for an element of a map list, the one of an older list that it has become; elements of
    /// other lists cannot be told to be the same.
    static func correlated(_ old: JSON?, _ list: TypeSchema) -> (JSON) -> JSON? {
        guard list.shape.listType == .map, let elements = old?.array else { return { _ in JSON?.none } }
        var before: [String: JSON] = [:]
        for element in elements { if let key = path(element, list) { before[key] = element } }
        return { element in path(element, list).flatMap { before[$0] } }
    }

    /// The elements by their paths, in order; nil when one has none.
    static func index(_ elements: [JSON], _ list: TypeSchema) -> [(path: String, value: JSON)]? {
        var result: [(path: String, value: JSON)] = []
        result.reserveCapacity(elements.count)
        for element in elements {
            guard let path = path(element, list) else { return nil }
            result.append((path, element))
        }
        return result
    }
}

/// What changed between two values, as sets of paths.
struct FieldComparison {
    var added: JSONObject?
    var modified: JSONObject?
    var removed: JSONObject?

    /// Compares along a schema; nil values are absent.
    static func compare(_ old: JSON?, _ new: JSON?, _ schema: TypeSchema) -> FieldComparison {
        compare(old, new, schema, isAtomic: schema.isAtomic)
    }

    private static func compare(
        _ old: JSON?, _ new: JSON?, _ schema: TypeSchema, isAtomic: Bool
    ) -> FieldComparison {
        var result = FieldComparison()
        switch FieldShape.of(new ?? old, schema, isAtomic: isAtomic) {
        case .leaf: return leaf(old, new)
        case .map:
            let before = old?.object, after = new?.object
            if before?.isEmpty ?? true, after?.isEmpty ?? true { return leaf(old, new) }
            if schema.form == .any, let old, before == nil, !old.isNull { return leaf(old, new) }
            result.addMembers(before ?? JSONObject(), after ?? JSONObject(), schema)
        case .list:
            let before = old?.array ?? [], after = new?.array ?? []
            if before.isEmpty, after.isEmpty { return leaf(old, new) }
            guard let left = ListElement.index(before, schema), let right = ListElement.index(after, schema)
            else { return leaf(old, new) }
            result.addElements(left, right, schema.items)
        }
        if old == nil {
            FieldSet.markMember(&result.added)
        } else if new == nil {
            FieldSet.markMember(&result.removed)
        }
        return result
    }

    private static func leaf(_ old: JSON?, _ new: JSON?) -> FieldComparison {
        var result = FieldComparison()
        switch (old, new) {
        case (nil, nil): break
        case (nil, _): result.added = JSONObject()
        case (_, nil): result.removed = JSONObject()
        case (let old?, let new?): if !old.isEquivalent(to: new) { result.modified = JSONObject() }
        }
        return result
    }

    private mutating func addMembers(_ before: JSONObject, _ after: JSONObject, _ schema: TypeSchema) {
        for (key, value) in before { add(key, value, after[key], schema) }
        for (key, value) in after where before[key] == nil { add(key, nil, value, schema) }
    }

    private mutating func add(_ key: String, _ old: JSON?, _ new: JSON?, _ schema: TypeSchema) {
        let child: FieldComparison
        if let field = schema.field(key) {
            let type = field.schema
            child = Self.compare(old, new, type, isAtomic: field.isAtomic || type.isAtomic)
        } else {
            let type = schema.shape.additional?.target ?? .any
            child = Self.compare(old, new, type, isAtomic: type.isAtomic)
        }
        add(child, at: "f:", key)
    }

    private mutating func addElements(
        _ before: [(path: String, value: JSON)], _ after: [(path: String, value: JSON)],
        _ items: TypeSchema
    ) {
        let isAtomic = items.isAtomic
        var old: [String: JSON] = [:]
        for (path, value) in before { old[path] = value }
        var seen: Set<String> = []
        for (path, value) in after where seen.insert(path).inserted {
            add(Self.compare(old[path], value, items, isAtomic: isAtomic), at: "", path)
        }
        for (path, value) in before where !seen.contains(path) {
            add(Self.compare(value, nil, items, isAtomic: isAtomic), at: "", path)
        }
    }

    private mutating func add(_ child: FieldComparison, at prefix: String, _ name: String) {
        if child.added == nil, child.modified == nil, child.removed == nil { return }
        let key = prefix + name
        FieldSet.add(child.added, at: key, to: &added)
        FieldSet.add(child.modified, at: key, to: &modified)
        FieldSet.add(child.removed, at: key, to: &removed)
    }
}

extension FieldSet {
    /// The fields that a value sets, as server-side apply counts them: leaves, map entries, list
    /// elements, and what is null or an empty object.
    static func fields(of value: JSON, _ schema: TypeSchema) -> FieldSet {
        FieldSet(node: fields(of: value, schema, isAtomic: schema.isAtomic))
    }

    private static func fields(of value: JSON, _ schema: TypeSchema, isAtomic: Bool) -> JSONObject? {
        var node: JSONObject?
        switch FieldShape.of(value, schema, isAtomic: isAtomic) {
        case .leaf: return JSONObject()
        case .map:
            guard case .object(let members) = value else { return nil }
            for (key, member) in members {
                let field = schema.field(key)
                let type = field?.schema ?? schema.shape.additional?.target ?? .any
                let atomic = field?.isAtomic ?? false || type.isAtomic
                var child = fields(of: member, type, isAtomic: atomic)
                if member.isNull || member.object?.isEmpty ?? false || field == nil { markMember(&child) }
                add(child, at: "f:" + key, to: &node)
            }
        case .list:
            guard let elements = ListElement.index(value.elements, schema) else { return JSONObject() }
            let items = schema.items
            for (path, element) in elements {
                var child = fields(of: element, items, isAtomic: items.isAtomic)
                markMember(&child)
                add(child, at: path, to: &node)
            }
        }
        return node
    }
}
