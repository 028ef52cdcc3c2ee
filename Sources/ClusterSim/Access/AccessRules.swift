// Role-based access control: the rules of all roles and bindings, and whether they allow.

import JSONTree
import KubeModel

/// What somebody wants to do.
struct AccessRequest: Hashable, Sendable {
    var verb: String
    var group = ""
    var resource = ""
    var subresource = ""
    var name = ""
    var namespace = ""
    /// The path of a request that is for no resource; empty for resources.
    var path = ""

    var isResource: Bool { path.isEmpty }
    /// `pods/log` or `pods`.
    var fullResource: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }
}

/// One `PolicyRule`.
struct PolicyRule: Hashable, Sendable {
    var verbs: [String]
    var groups: [String]
    var resources: [String]
    var names: [String]
    var paths: [String]

    init(_ tree: JSON) {
        func texts(_ key: String) -> [String] { tree[key].elements.compactMap(\.string) }
        verbs = texts("verbs")
        groups = texts("apiGroups")
        resources = texts("resources")
        names = texts("resourceNames")
        paths = texts("nonResourceURLs")
    }

    /// `RuleAllows` of k8s.io/kubernetes' RBAC authorizer.
    func allows(_ request: AccessRequest) -> Bool {
        guard verbs.contains("*") || verbs.contains(request.verb) else { return false }
        guard request.isResource else {
            return paths.contains { path in
                path == "*" || path == request.path
                    || (path.hasSuffix("*") && request.path.hasPrefix(path.dropLast()))
            }
        }
        guard groups.contains("*") || groups.contains(request.group) else { return false }
        guard names.isEmpty || names.contains(request.name) else { return false }
        return resources.contains { resource in
            resource == "*" || resource == request.fullResource
                || (!request.subresource.isEmpty && resource == "*/\(request.subresource)")
        }
    }

    /// How messages write a rule (`rbacv1helpers.CompactString`).
    var compactText: String {
        let parts = [
            ("APIGroups", groups), ("Resources", resources), ("NonResourceURLs", paths),
            ("ResourceNames", names), ("Verbs", verbs),
        ]
        return "{"
            + parts.filter { !$0.1.isEmpty }
            .map { name, values in
                "\(name):[" + values.map(GoText.quoted).joined(separator: " ") + "]"
            }.joined(separator: ", ") + "}"
    }

    var tree: JSON {
        var tree: JSON = ["verbs": JSON(verbs)]
        if !groups.isEmpty { tree["apiGroups"] = JSON(groups) }
        if !resources.isEmpty { tree["resources"] = JSON(resources) }
        if !names.isEmpty { tree["resourceNames"] = JSON(names) }
        if !paths.isEmpty { tree["nonResourceURLs"] = JSON(paths) }
        return tree
    }
}

/// The rules of all roles and bindings, found by subject.
struct AccessRules: Sendable {
    /// Whom a binding is for; service accounts are users.
    enum Subject: Hashable, Sendable {
        case user(String)
        case group(String)
    }
    /// A rule and why somebody has it.
    struct Grant: Sendable {
        var rule: PolicyRule
        var reason: String
    }
    /// By namespace (empty for the whole cluster) and subject.
    private var grants: [String: [Subject: [Grant]]] = [:]

    init(_ view: some ClusterView) {
        let group = "rbac.authorization.k8s.io"
        for binding in view.objects(GroupKind(group, "ClusterRoleBinding"), namespace: nil) {
            add(binding, namespace: "", view)
        }
        for binding in view.objects(GroupKind(group, "RoleBinding"), namespace: nil) {
            add(binding, namespace: binding.namespace, view)
        }
    }

    private mutating func add(_ binding: KubeObject, namespace: String, _ view: some ClusterView) {
        let reference = binding.tree["roleRef"]
        guard let role = Self.role(reference, namespace: namespace, view) else { return }
        let rules = role.tree["rules"].elements.map(PolicyRule.init)
        for subject in binding.tree["subjects"].elements {
            guard let key = Self.subject(subject, namespace: namespace) else { continue }
            let reason = Self.reason(binding, reference, subject)
            grants[namespace, default: [:]][key, default: []] += rules.map { Grant(rule: $0, reason: reason) }
        }
    }

    /// The role that a binding names.
    static func role(_ reference: JSON, namespace: String, _ view: some ClusterView) -> KubeObject? {
        let kind = reference["kind"].string ?? ""
        let isCluster = kind == "ClusterRole"
        return view.object(
            GroupKind("rbac.authorization.k8s.io", kind),
            ObjectKey(namespace: isCluster ? "" : namespace, name: reference["name"].string ?? ""))
    }

    private static func subject(_ tree: JSON, namespace: String) -> Subject? {
        let name = tree["name"].string ?? ""
        switch tree["kind"].string {
        case "User": return .user(name)
        case "Group": return .group(name)
        case "ServiceAccount":
            let own = tree["namespace"].string ?? ""
            return .user("system:serviceaccount:\(own.isEmpty ? namespace : own):\(name)")
        default: return nil
        }
    }

    private static func reason(_ binding: KubeObject, _ reference: JSON, _ subject: JSON) -> String {
        let place = binding.namespace.isEmpty ? "" : "/\(binding.namespace)"
        let name = binding.namespace.isEmpty ? binding.name : "\(binding.name)\(place)"
        let kind = subject["kind"].string ?? ""
        var who = subject["name"].string ?? ""
        if kind == "ServiceAccount" { who += "/" + (subject["namespace"].string ?? "") }
        return "RBAC: allowed by \(binding.kindName) \"\(name)\" of \(reference["kind"].string ?? "") "
            + "\"\(reference["name"].string ?? "")\" to \(kind) \"\(who)\""
    }

    /// What a user has been granted in a namespace, the cluster's grants first.
    func grants(of user: UserInfo, namespace: String) -> [Grant] {
        let subjects = [Subject.user(user.name)] + user.groups.map(Subject.group)
        let places = namespace.isEmpty ? [""] : ["", namespace]
        return places.flatMap { place in subjects.flatMap { grants[place]?[$0] ?? [] } }
    }

    /// Why a request is allowed; nil when it is not.
    func reason(_ request: AccessRequest, of user: UserInfo) -> String? {
        grants(of: user, namespace: request.namespace).first { $0.rule.allows(request) }?.reason
    }
}
