// Which lists of Kubernetes' types are keyed, so that others may add elements to them.

import KubeModel

/// How the elements of a list belong together between what is wanted and what is.
package enum ListShape: Hashable, Sendable {
    /// One value: same count, same order.
    case atomic
    /// Elements are found by these members; others' elements may stand beside ours.
    case keyed([String])
    /// As keyed, but nobody else's elements belong there: a Service's ports.
    case closed([String])
    /// Plain values, each at most once, in any order.
    case set
}

/// The table of lists, from the `x-kubernetes-list-type` of the built-in types. Custom resources
/// have atomic lists but for pod templates.
enum ListSchema {
    /// The shape of a list by the names of members that lead to it.
    static func shape(of kind: GroupKind, path: [String]) -> ListShape {
        guard let field = path.last else { return .atomic }
        if field == "finalizers", path.dropLast().last == "metadata" { return .set }
        if field == "ownerReferences" { return .keyed(["uid"]) }
        guard KnownKinds.isBuiltIn(kind.group) || isInPodTemplate(path) else { return .atomic }
        switch field {
        case "containers", "initContainers", "ephemeralContainers", "volumes", "imagePullSecrets", "env",
            "resourceClaims", "claims":
            return .keyed(["name"])
        case "secrets" where kind.kind == "ServiceAccount": return .keyed(["name"])
        case "webhooks": return .keyed(["name"])
        case "volumeMounts": return .keyed(["mountPath"])
        case "volumeDevices": return .keyed(["devicePath"])
        case "hostAliases": return .keyed(["ip"])
        case "topologySpreadConstraints": return .keyed(["topologyKey", "whenUnsatisfiable"])
        case "conditions": return .keyed(["type"])
        case "ports":
            if kind == GroupKind("", "Service") { return .closed(["port", "protocol"]) }
            return path.dropLast().last == "containers" || path.dropLast().last == "initContainers"
                ? .keyed(["containerPort", "protocol"]) : .atomic
        default: return .atomic
        }
    }

    private static func isInPodTemplate(_ path: [String]) -> Bool {
        guard let template = path.firstIndex(of: "template"), template + 1 < path.count else { return false }
        return path[template + 1] == "spec"
    }

    /// The value of a key that is left out.
    static func defaultValue(ofKey name: String) -> String? { name == "protocol" ? "TCP" : nil }
}
