// Field selectors: which fields a kind can be chosen by, and whether an object is chosen.

import JSONTree
import KubeModel

/// A parsed `fieldSelector`: every term must hold.
struct FieldSelector: Hashable, Sendable {
    struct Term: Hashable, Sendable {
        var field: String
        var value: String
        var isNegated: Bool
    }
    var terms: [Term] = []

    var isEmpty: Bool { terms.isEmpty }

    /// The name that `metadata.name=` asks for, if it does: such a request reads one object.
    var requiredName: String? { terms.first { $0.field == "metadata.name" && !$0.isNegated }?.value }

    /// Reads `a=b,c!=d` (apimachinery's `fields.ParseSelector`; backslash escapes).
    init(parsing text: String) throws(StatusError) {
        for item in Self.split(text) where !item.isEmpty {
            var term: Term?
            for (sign, isNegated) in [("!=", true), ("==", false), ("=", false)] {
                guard let range = item.firstRange(of: sign) else { continue }
                term = Term(
                    field: String(item[..<range.lowerBound]),
                    value: Self.unescaped(String(item[range.upperBound...])), isNegated: isNegated)
                break
            }
            guard let term else {
                throw .badRequest("invalid selector: '\(text)'; can't understand '\(item)'")
            }
            terms.append(term)
        }
    }

    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if character == ",", !isEscaped {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return parts
    }

    private static func unescaped(_ text: String) -> String {
        guard text.contains("\\") else { return text }
        var result = ""
        var isEscaped = false
        for character in text {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }

    /// Refuses fields that the kind cannot be chosen by.
    func check(_ definition: ResourceDefinition) throws(StatusError) {
        let supported = SelectableFields.fields(definition)
        for term in terms where !["metadata.name", "metadata.namespace"].contains(term.field) {
            guard !supported.contains(term.field) else { continue }
            throw .badRequest(SelectableFields.refusal(of: term.field, definition))
        }
    }

    func matches(_ object: KubeObject, _ definition: ResourceDefinition) -> Bool {
        terms.allSatisfy { term in
            let isEqual = SelectableFields.value(term.field, of: object, definition) == term.value
            return isEqual != term.isNegated
        }
    }
}

/// The fields that kinds can be chosen by (each registry's `GetAttrs`/`ToSelectableFields`).
enum SelectableFields {
    private static let builtin: [GroupKind: [String]] = [
        GroupKind("", "Pod"): [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
            "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
        ],
        GroupKind("", "Event"): [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
            "reason", "reportingComponent", "source", "type",
        ],
        GroupKind("events.k8s.io", "Event"): [
            "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid",
            "regarding.apiVersion",
            "regarding.resourceVersion", "regarding.fieldPath", "reason", "reportingController", "type",
        ],
        GroupKind("", "Namespace"): ["name", "status.phase"],
        GroupKind("", "Secret"): ["type"],
        GroupKind("", "Service"): ["spec.clusterIP", "spec.type"],
        GroupKind("", "Node"): ["spec.unschedulable"],
        GroupKind("", "ReplicationController"): ["status.replicas"],
        GroupKind("", "PersistentVolume"): ["name"],
        GroupKind("", "PersistentVolumeClaim"): ["name"],
        GroupKind("batch", "Job"): ["status.successful"],
        GroupKind("certificates.k8s.io", "CertificateSigningRequest"): ["spec.signerName"],
    ]

    static func fields(_ definition: ResourceDefinition) -> [String] {
        definition.isCustom
            ? definition.selectableFields.map { $0.hasPrefix(".") ? String($0.dropFirst()) : $0 }
            : builtin[definition.groupKind] ?? []
    }

    /// Kinds with a conversion function of their own name the label; the others list what there is.
    static func refusal(of field: String, _ definition: ResourceDefinition) -> String {
        if definition.isCustom {
            return "field label not supported: \(field)"
        }
        if let own = builtin[definition.groupKind], !own.isEmpty {
            return "field label not supported: \(field)"
        }
        return "\"\(field)\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
    }

    static func value(_ field: String, of object: KubeObject, _ definition: ResourceDefinition) -> String {
        switch field {
        case "metadata.name", "name": return object.name
        case "metadata.namespace": return object.namespace
        default: break
        }
        let tree = object.tree
        switch (definition.kind, field) {
        case ("Event", _): return eventValue(field, tree)
        case ("Job", "status.successful"): return text(tree.at("status", "succeeded"), empty: "0")
        case ("ReplicationController", "status.replicas"):
            return text(tree.at("status", "replicas"), empty: "0")
        case ("Pod", "spec.hostNetwork"), ("Node", "spec.unschedulable"):
            return text(tree.at(path(field)), empty: "false")
        default: return text(tree.at(path(field)), empty: "")
        }
    }

    private static func eventValue(_ field: String, _ tree: JSON) -> String {
        switch field {
        case "source":
            let component = text(tree.at("source", "component"), empty: "")
            return component.isEmpty ? text(tree["reportingComponent"], empty: "") : component
        case "reportingController": return text(tree["reportingComponent"], empty: "")
        default:
            var path = path(field)
            if path.first == "regarding" { path[0] = "involvedObject" }
            return text(tree.at(path), empty: "")
        }
    }

    private static func path(_ field: String) -> [String] { field.split(separator: ".").map(String.init) }

    private static func text(_ value: JSON, empty: String) -> String {
        switch value {
        case .null: empty
        case .string(let text): text
        default: value.text()
        }
    }
}
