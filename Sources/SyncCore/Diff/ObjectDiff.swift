// Whether a live object is as wanted, and if not, where.
//
// What is wanted names some fields; the server fills in others, and other controllers write theirs.
// So a live object is as wanted when each wanted field is there with an equal value (quantities by
// amount, empty like absent), lists match by their keys, and no field that we applied before and no
// longer want is left. The last comes from `managedFields`: it names what we applied.

package import JSONTree
package import KubeModel

/// One place where an object is not as wanted.
package struct FieldDifference: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable { case missing, changed, unwanted }
    package var path: String
    package var kind: Kind
    package var description: String { "\(path) is \(kind.rawValue)" }
}

/// Compares one object.
package struct ObjectDiff {
    private let kind: GroupKind
    private var found: [FieldDifference] = []
    /// More differences than these say nothing more.
    private static let countMax = 20

    private init(kind: GroupKind) { self.kind = kind }

    /// The places where a live object differs; empty when it is as wanted.
    ///
    /// - Parameter applied: What we own of the live object by its `managedFields`, or nil.
    package static func differences(
        target: JSON, live: JSON, kind: GroupKind, applied: JSON? = nil
    ) -> [FieldDifference] {
        var diff = ObjectDiff(kind: kind)
        diff.compare(target, live, path: [], shown: "")
        if diff.found.isEmpty, let applied {
            diff.findUnwanted(owned: applied, target: target, live: live, path: [], shown: "")
        }
        return diff.found
    }

    private mutating func report(_ path: String, _ kind: FieldDifference.Kind) {
        if found.count < Self.countMax { found.append(FieldDifference(path: path, kind: kind)) }
    }

    private mutating func compare(_ target: JSON, _ live: JSON, path: [String], shown: String) {
        guard found.count < Self.countMax else { return }
        switch (target, live) {
        case (.object(let wanted), .object(let present)):
            for (name, value) in wanted {
                if path.isEmpty, Self.unread.contains(name) { continue }
                if path == ["metadata"], Self.unreadMetadata.contains(name) { continue }
                let place = shown + "." + name
                if let other = present[name] {
                    compare(value, other, path: path + [name], shown: place)
                } else if !Self.isEmpty(value) {
                    report(place, .missing)
                }
            }
        case (.array(let wanted), .array(let present)):
            compareLists(wanted, present, path: path, shown: shown)
        default:
            if !isEqual(target, live, path: path) { report(shown, live.isNull ? .missing : .changed) }
        }
    }

    private static let unread: Set<String> = ["apiVersion", "kind", "status"]
    private static let unreadMetadata: Set<String> = [
        "resourceVersion", "uid", "generation", "creationTimestamp", "managedFields", "name", "namespace",
        "generateName", "selfLink",
    ]

    private mutating func compareLists(_ wanted: [JSON], _ present: [JSON], path: [String], shown: String) {
        switch ListSchema.shape(of: kind, path: path) {
        case .atomic:
            guard wanted.count == present.count else { return report(shown, .changed) }
            for (position, (one, other)) in zip(wanted, present).enumerated() {
                compare(one, other, path: path, shown: "\(shown)[\(position)]")
            }
        case .set:
            for value in wanted where !present.contains(value) { report(shown, .missing) }
        case .keyed(let keys): compareKeyed(wanted, present, keys, path: path, shown: shown)
        case .closed(let keys):
            compareKeyed(wanted, present, keys, path: path, shown: shown)
            for element in present where Self.element(like: element, in: wanted, keys) == nil {
                report("\(shown)[\(Self.label(element, keys))]", .unwanted)
            }
        }
    }

    private mutating func compareKeyed(
        _ wanted: [JSON], _ present: [JSON], _ keys: [String], path: [String], shown: String
    ) {
        for element in wanted {
            let place = "\(shown)[\(Self.label(element, keys))]"
            guard let other = Self.element(like: element, in: present, keys) else {
                report(place, .missing)
                continue
            }
            compare(element, other, path: path, shown: place)
        }
    }

    private static func label(_ element: JSON, _ keys: [String]) -> String {
        keys.compactMap { element[$0].isNull ? nil : element[$0].string ?? element[$0].text() }
            .joined(separator: "/")
    }

    static func element(like wanted: JSON, in list: [JSON], _ keys: [String]) -> JSON? {
        list.first { candidate in
            keys.allSatisfy { key in
                let fallback: JSON = ListSchema.defaultValue(ofKey: key).map { .string($0) } ?? .null
                let one = wanted[key].isNull ? fallback : wanted[key]
                let other = candidate[key].isNull ? fallback : candidate[key]
                return one.isEquivalent(to: other)
            }
        }
    }

    // MARK: Values

    private func isEqual(_ target: JSON, _ live: JSON, path: [String]) -> Bool {
        if target.isEquivalent(to: live) { return true }
        if Self.isEmpty(target), Self.isEmpty(live) { return true }
        guard Self.isQuantityPlace(path, kind), let one = Self.quantity(target), let other = Self.quantity(live)
        else { return false }
        return one == other
    }

    /// What Go leaves out of its text: the server does not keep it apart from absence.
    static func isEmpty(_ value: JSON) -> Bool {
        switch value {
        case .null: true
        case .bool(let flag): !flag
        case .int(let number): number == 0
        case .number(let number): number.double == 0
        case .string(let text): text.isEmpty
        case .array(let list): list.isEmpty
        case .object(let object): object.allSatisfy { isEmpty($0.value) }
        }
    }

    private static func quantity(_ value: JSON) -> Quantity? {
        switch value {
        case .string(let text): Quantity(text)
        case .int(let number): Quantity(String(number))
        case .number(let number): Quantity(number.literal)
        default: nil
        }
    }

    private static let quantityParents: Set<String> = [
        "limits", "requests", "capacity", "hard", "overhead", "min", "max", "default", "defaultRequest",
        "maxLimitRequestRatio", "used", "allocatable",
    ]
    private static let quantityNames: Set<String> = ["sizeLimit", "divisor", "averageValue"]

    /// Only where the types have quantities: elsewhere `1000m` and `1` are different texts.
    private static func isQuantityPlace(_ path: [String], _ kind: GroupKind) -> Bool {
        guard let name = path.last, !path.contains("metadata"),
            KnownKinds.isBuiltIn(kind.group) || isInTemplate(path)
        else { return false }
        if quantityNames.contains(name) { return true }
        if name == "value", path.contains("metrics") { return true }
        return path.dropLast().last.map(quantityParents.contains) ?? false
    }

    private static func isInTemplate(_ path: [String]) -> Bool { path.contains("template") }

    // MARK: What we applied and want no more

    /// Walks `fieldsV1` of our own apply beside what is wanted.
    private mutating func findUnwanted(owned: JSON, target: JSON, live: JSON, path: [String], shown: String) {
        guard let fields = owned.object, found.count < Self.countMax else { return }
        for (key, rest) in fields where key != "." {
            if key.hasPrefix("f:") {
                let name = String(key.dropFirst(2))
                if path.isEmpty, Self.unread.contains(name) { continue }
                if path == ["metadata"], Self.unreadMetadata.contains(name) { continue }
                let place = "\(shown).\(name)"
                if live[name].isNull { continue }
                if target[name].isNull {
                    report(place, .unwanted)
                } else {
                    findUnwanted(
                        owned: rest, target: target[name], live: live[name], path: path + [name], shown: place)
                }
            } else if key.hasPrefix("k:"), let identity = try? JSON.parse(String(key.dropFirst(2))) {
                let keys = identity.object?.keys ?? []
                let place = "\(shown)[\(Self.label(identity, keys))]"
                guard let present = Self.element(like: identity, in: live.elements, keys) else { continue }
                if let wanted = Self.element(like: identity, in: target.elements, keys) {
                    findUnwanted(owned: rest, target: wanted, live: present, path: path, shown: place)
                } else {
                    report(place, .unwanted)
                }
            } else if key.hasPrefix("v:"), let value = try? JSON.parse(String(key.dropFirst(2))) {
                if live.elements.contains(value), !target.elements.contains(value) {
                    report("\(shown)[\(value.text())]", .unwanted)
                }
            }
        }
    }
}
