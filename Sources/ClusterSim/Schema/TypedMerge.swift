// Merging and pruning values along their schema, for server-side apply.

import JSONTree

/// Operations of server-side apply on values. Lists with keys and sets are merged by element, maps
/// by member, everything else is replaced.
enum TypedMerge {
    /// `live` with everything that `applied` names.
    static func merge(_ live: JSON, _ applied: JSON, _ schema: TypeSchema) -> JSON {
        merge(live, applied, schema, isAtomic: schema.isAtomic)
    }

    private static func merge(
        _ live: JSON, _ applied: JSON, _ schema: TypeSchema, isAtomic: Bool
    ) -> JSON {
        switch FieldShape.of(applied, schema, isAtomic: isAtomic) {
        case .leaf: return applied
        case .map:
            guard case .object(var result) = live, !result.isEmpty else { return applied }
            guard case .object(let changes) = applied else { return applied.isNull ? live : applied }
            for (key, value) in changes {
                guard let before = result[key] else {
                    result[key] = value
                    continue
                }
                let field = schema.field(key)
                let type = field?.schema ?? schema.shape.additional?.target ?? .any
                result[key] = merge(before, value, type, isAtomic: field?.isAtomic ?? false || type.isAtomic)
            }
            return .object(result)
        case .list:
            guard case .array(let before) = live, !before.isEmpty else { return applied }
            guard case .array(let after) = applied else { return applied.isNull ? live : applied }
            guard let left = ListElement.index(before, schema), let right = ListElement.index(after, schema)
            else { return applied }
            return .array(mergeLists(left, right, schema.items))
        }
    }

    /// The order of structured-merge-diff: elements that only `left` has keep their places before
    /// the next shared one, shared and new ones come in the order of `right`.
    private static func mergeLists(
        _ left: [(path: String, value: JSON)], _ right: [(path: String, value: JSON)], _ items: TypeSchema
    ) -> [JSON] {
        var inLeft: [String: JSON] = [:]
        for (path, value) in left where inLeft[path] == nil { inLeft[path] = value }
        let inRight = Set(right.map(\.path))
        var shared = right.map(\.path).filter { inLeft[$0] != nil }[...]
        var nextShared = shared.popFirst()
        var merged: Set<String> = []
        var result: [JSON] = []
        var (l, r) = (0, 0)
        func takeRight() {
            let (path, value) = right[r]
            merged.insert(path)
            result.append(inLeft[path].map { merge($0, value, items, isAtomic: items.isAtomic) } ?? value)
            r += 1
            if nextShared == path { nextShared = shared.popFirst() }
        }
        while l < left.count || r < right.count {
            if l < left.count, r < right.count {
                let path = left[l].path
                if path == right[r].path {
                    takeRight()
                    l += 1
                    continue
                }
                if inRight.contains(path), let nextShared, nextShared != path {
                    l += 1
                    continue
                }
            }
            if l < left.count {
                let (path, value) = left[l]
                if !inRight.contains(path) {
                    result.append(value)
                    l += 1
                    continue
                }
                if merged.contains(path) { l += 1 }
            }
            if r < right.count { takeRight() }
        }
        return result
    }

    /// The value without the members and elements that the set has. What becomes empty that way
    /// stays, empty: the set names it if it has to go as well.
    static func removing(_ set: FieldSet, from value: JSON, _ schema: TypeSchema) -> JSON {
        set.isEmpty ? value : removing(set.tree, from: value, schema, isAtomic: schema.isAtomic)
    }

    private static func removing(
        _ node: JSONObject, from value: JSON, _ schema: TypeSchema, isAtomic: Bool
    ) -> JSON {
        switch FieldShape.of(value, schema, isAtomic: isAtomic) {
        case .leaf: return value
        case .map:
            guard case .object(let members) = value else { return value }
            var result = JSONObject()
            for (key, member) in members {
                guard let child = node["f:" + key]?.object else {
                    result[key] = member
                    continue
                }
                if FieldSet.isMember(child) { continue }
                let field = schema.field(key)
                let type = field?.schema ?? schema.shape.additional?.target ?? .any
                result[key] = removing(
                    child, from: member, type, isAtomic: field?.isAtomic ?? false || type.isAtomic)
            }
            return .object(result)
        case .list:
            guard let elements = ListElement.index(value.elements, schema) else { return value }
            let items = schema.items
            var result: [JSON] = []
            for (path, element) in elements {
                guard let child = node[path]?.object else {
                    result.append(element)
                    continue
                }
                if FieldSet.isMember(child) { continue }
                result.append(removing(child, from: element, items, isAtomic: items.isAtomic))
            }
            return .array(result)
        }
    }
}

extension FieldSet {
    /// The set with every declared field that has longer paths below it: removing those paths then
    /// removes the fields as well.
    func namingFields(_ schema: TypeSchema) -> FieldSet {
        FieldSet(Self.namingFields(tree, schema))
    }

    private static func namingFields(_ node: JSONObject, _ schema: TypeSchema) -> JSONObject {
        var result = JSONObject()
        for (key, value) in node {
            guard let child = value.object, key != ".", !child.isEmpty else {
                result[key] = value
                continue
            }
            var named: JSONObject?
            if key.hasPrefix("f:") {
                let name = String(key.dropFirst(2))
                let field = schema.field(name)
                named = namingFields(child, field?.schema ?? schema.shape.additional?.target ?? .any)
                if field != nil { markMember(&named) }
            } else {
                named = namingFields(child, schema.items)
            }
            result[key] = .object(named ?? child)
        }
        return result
    }
}

/// Checks that an applied object fits its schema as far as merging needs it.
struct TypedCheck {
    private(set) var problems: [String] = []
    private var path: [String] = []

    /// The problems as the server writes them: one, or a list below `errors:`; nil without any.
    static func problem(_ value: JSON, _ schema: TypeSchema) -> String? {
        var check = TypedCheck()
        check.visit(value, schema, isAtomic: schema.isAtomic)
        switch check.problems.count {
        case 0: return nil
        case 1: return check.problems[0]
        default: return "errors:\n" + check.problems.map { "  " + $0 }.joined(separator: "\n")
        }
    }

    private mutating func report(_ text: String) {
        // Enough to see what is wrong; a hostile document does not get a long answer.
        if problems.count < 20 { problems.append("\(FieldSet.text(path)): \(text)") }
    }

    private mutating func visit(_ value: JSON, _ schema: TypeSchema, isAtomic: Bool) {
        if value.isNull { return }
        switch schema.form {
        case .any: return
        case .object:
            guard case .object(let members) = value else {
                return report("expected map, got \(Self.value(value))")
            }
            for (key, member) in members { visitMember(key, member, schema) }
        case .array:
            guard case .array(let elements) = value else {
                return report("expected list, got \(Self.value(value))")
            }
            visitElements(elements, schema)
        case .string, .bytes:
            if value.string == nil {
                report("expected string, got &value.valueUnstructured{Value:\(value.text())}")
            }
        case .integer, .number:
            if value.double == nil { report("expected numeric (int or float), got \(Self.goType(value))") }
        case .boolean:
            if value.bool == nil { report("expected boolean, got \(Self.value(value))") }
        case .intOrString, .quantity, .time:
            if value.object != nil || value.array != nil {
                report("expected any scalar, got \(Self.value(value))")
            }
        }
    }

    private mutating func visitMember(_ key: String, _ member: JSON, _ schema: TypeSchema) {
        path.append("f:" + key)
        defer { path.removeLast() }
        if let field = schema.field(key) {
            visit(member, field.schema, isAtomic: field.ownsWhole)
        } else if let values = schema.shape.additional?.target {
            visit(member, values, isAtomic: false)
        } else if !schema.keepsUnknown {
            report("field not declared in schema")
        }
    }

    private mutating func visitElements(_ elements: [JSON], _ schema: TypeSchema) {
        let items = schema.items
        guard schema.shape.listType != .atomic else {
            for (index, element) in elements.enumerated() {
                path.append("i:\(index)")
                visit(element, items, isAtomic: false)
                path.removeLast()
            }
            return
        }
        var seen: Set<String> = []
        for (index, element) in elements.enumerated() {
            guard let elementPath = ListElement.path(element, schema) else {
                report("element \(index): \(Self.missingKey(element, schema))")
                continue
            }
            if !seen.insert(elementPath).inserted {
                report("duplicate entries for key \(FieldSet.text([elementPath]))")
                continue
            }
            path.append(elementPath)
            visit(element, items, isAtomic: false)
            path.removeLast()
        }
    }

    private static func missingKey(_ element: JSON, _ schema: TypeSchema) -> String {
        if schema.shape.listType == .set { return "associative list without keys may not have a null element" }
        guard let members = element.object else {
            return element.isNull
                ? "associative list with keys may not have a null element"
                : "associative list with keys may not have non-map elements"
        }
        let missing = schema.shape.listMapKeys.first {
            members[$0] == nil && schema.items.field($0)?.schema.shape.defaultValue == nil
        }
        return "associative list with keys has an element that omits key field \"\(missing ?? "")\" "
            + "(and doesn't have default value)"
    }

    /// The value as Go prints its wrapper.
    private static func value(_ value: JSON) -> String { "&{\(GoFormat.value(value))}" }

    private static func goType(_ value: JSON) -> String {
        switch value {
        case .object: "map[string]interface {}"
        case .array: "[]interface {}"
        case .bool: "bool"
        case .int: "int64"
        case .number: "float64"
        case .string: "string"
        case .null: "<nil>"
        }
    }
}
