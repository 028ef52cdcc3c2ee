// Fields that are not compared: what users ignore, and what other controllers own.

package import JSONTree
package import KubeModel
package import MartletModel

/// What to leave out when one object is compared, and what to leave alone when it is applied.
package struct IgnoreRules: Hashable, Sendable {
    /// Not compared.
    package var paths: [FieldPath] = []
    /// Not compared: fields of these managers.
    package var managers: [String] = []
    /// Owned by a controller: neither compared nor changed.
    package var owned: [FieldPath] = []
    /// Members that a controller adds and that applying an atomic parent would take away.
    package var added: [FieldPath] = []
    /// Named elements that a controller adds to lists.
    package var addedElements: [AddedElements] = []
    /// The user's ignored fields are left alone as well (`RespectIgnoreDifferences`).
    package var respectsPaths = false

    package init() {}

    /// Elements of a list by their `name`.
    package struct AddedElements: Hashable, Sendable {
        package var list: FieldPath
        package var names: Set<String>
        package init(list: FieldPath, names: Set<String>) {
            self.list = list
            self.names = names
        }
    }

    package var isEmpty: Bool {
        paths.isEmpty && managers.isEmpty && owned.isEmpty && added.isEmpty && addedElements.isEmpty
    }

    /// Whether the user ignores something.
    var hasUserRules: Bool { !paths.isEmpty || !managers.isEmpty }
    /// The rules of controllers alone.
    var withoutUserRules: IgnoreRules {
        var rules = self
        rules.paths = []
        rules.managers = []
        return rules
    }

    /// The rules of an Application that speak of an object.
    package static func of(_ rules: [IgnoredDifference], for key: ResourceKey) -> IgnoreRules {
        var result = IgnoreRules()
        for rule in rules {
            guard Glob(rule.group).matches(key.group), Glob(rule.kind).matches(key.kind),
                rule.name.isEmpty || rule.name == key.name,
                rule.namespace.isEmpty || rule.namespace == key.namespace
            else { continue }
            result.paths += rule.jsonPointers.compactMap { FieldPath(jsonPointer: $0) }
            result.paths += rule.jqPathExpressions.compactMap { FieldPath(jq: $0) }
            result.managers += rule.managedFieldsManagers
        }
        return result
    }

    /// What of a tree is compared.
    package func compared(_ tree: JSON, live: KubeObject) -> JSON {
        var result = tree
        for path in paths + owned + added { result = path.removed(from: result) }
        result = withoutAddedElements(result)
        for manager in managers {
            result = ManagedFields.removing(fieldsOf: manager, of: live, from: result)
        }
        return result
    }

    /// What is applied: where something is to be left alone, with the live values.
    ///
    /// - Returns: The tree, and whether it carries live values, which must not be written after
    ///   they have changed.
    package func applied(_ target: JSON, live: JSON) -> (tree: JSON, carriesLiveValues: Bool) {
        var result = target
        var carries = false
        // Positions count without what the controller added.
        let base = withoutAddedElements(live)
        for path in owned + (respectsPaths ? paths : []) {
            for place in path.places(in: target) {
                guard let value = base.value(at: place), Self.isSameElement(target, base, place) else { continue }
                carries = true
                if result.value(at: place) != value { Self.replace(&result, at: place, with: value) }
            }
        }
        if respectsPaths {
            // What is not applied keeps the value that its manager gave it.
            for manager in managers {
                result = ManagedFields.removing(fieldsOf: manager, of: KubeObject(live), from: result)
            }
        }
        for path in added {
            for place in path.places(in: live) {
                guard let value = live.value(at: place), result.value(at: place) != value,
                    result.value(at: JSONPointer(tokens: Array(place.tokens.dropLast()))) != nil
                else { continue }
                carries = true
                Self.replace(&result, at: place, with: value)
            }
        }
        for added in addedElements {
            for place in added.list.places(in: live) {
                let present = live.value(at: place)?.array ?? []
                let extra = present.filter { added.names.contains($0["name"].string ?? "") }
                guard !extra.isEmpty, let wanted = result.value(at: place)?.array else { continue }
                carries = true
                let kept = wanted.filter { !added.names.contains($0["name"].string ?? "") }
                // The controller puts its routes first: the first match wins.
                Self.replace(&result, at: place, with: .array(extra + kept))
            }
        }
        return (result, carries)
    }

    private func withoutAddedElements(_ tree: JSON) -> JSON {
        var result = tree
        for added in addedElements {
            for place in added.list.places(in: result) {
                guard let elements = result.value(at: place)?.array else { continue }
                let kept = elements.filter { !added.names.contains($0["name"].string ?? "") }
                if kept.count != elements.count { Self.replace(&result, at: place, with: .array(kept)) }
            }
        }
        return result
    }

    /// Whether a value of a list's element may be carried over: Git may have put another element,
    /// another destination, in its place, and then its weight means something else.
    private static func isSameElement(_ target: JSON, _ live: JSON, _ place: JSONPointer) -> Bool {
        let parent = JSONPointer(tokens: Array(place.tokens.dropLast()))
        guard let name = place.tokens.last, let position = parent.tokens.last, Int(position) != nil else { return true }
        guard var wanted = target.value(at: parent), let present = live.value(at: parent) else { return false }
        wanted.set([name], to: nil)
        return ObjectDiff.differences(target: wanted, live: present, kind: GroupKind("", "")).isEmpty
    }

    private static func replace(_ tree: inout JSON, at place: JSONPointer, with value: JSON) {
        // `replace` adds a map's missing member, as the API server's library does.
        tree = (try? JSONPatch([.replace(place, value)]).apply(to: tree)) ?? tree
    }
}
