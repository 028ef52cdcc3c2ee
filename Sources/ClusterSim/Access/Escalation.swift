// Nobody can grant what they do not have.

import JSONTree
import KubeModel

extension ClusterMachine {
    /// Refuses roles and bindings that would give more than their author has, unless the author may
    /// `escalate` or `bind` (k8s.io/kubernetes, pkg/registry/rbac/…/policybased).
    func checkEscalation(
        _ tree: JSON, old: JSON?, _ definition: ResourceDefinition, user: UserInfo
    ) throws(StatusError) {
        guard definition.group == "rbac.authorization.k8s.io", !user.groups.contains("system:masters") else {
            return
        }
        let object = KubeObject(tree)
        var request = AccessRequest(
            verb: "escalate", group: definition.group, resource: definition.resource, name: object.name,
            namespace: object.namespace)
        let granted: [PolicyRule]
        if definition.kind.hasSuffix("Binding") {
            if let old, old["roleRef"] == tree["roleRef"], old["subjects"] == tree["subjects"] { return }
            let reference = tree["roleRef"]
            let isCluster = reference["kind"] == "ClusterRole"
            request.verb = "bind"
            request.resource = isCluster ? "clusterroles" : "roles"
            request.name = reference["name"].string ?? ""
            guard allowance(request, of: user) == nil else { return }
            guard let role = AccessRules.role(reference, namespace: object.namespace, self) else {
                throw .notFound(definition.group, request.resource, request.name)
            }
            granted = role.tree["rules"].elements.map(PolicyRule.init)
        } else {
            if let old, old["rules"] == tree["rules"], old["aggregationRule"] == tree["aggregationRule"] {
                return
            }
            guard allowance(request, of: user) == nil else { return }
            granted = tree["rules"].elements.map(PolicyRule.init)
        }
        let missing = missingRules(granted, user, namespace: object.namespace)
        guard !missing.isEmpty else { return }
        throw .forbidden(
            definition, object.name,
            "user \(GoText.quoted(user.name)) (groups=\(GoText.quotedList(user.groups))) is attempting to grant "
                + "RBAC permissions not currently held:\n"
                + missing.map(\.compactText).sorted().joined(separator: "\n"))
    }

    /// The parts of rules that a user does not have, those for one resource together.
    private func missingRules(_ rules: [PolicyRule], _ user: UserInfo, namespace: String) -> [PolicyRule] {
        let held = (accessRules ?? AccessRules(self)).grants(of: user, namespace: namespace).map(\.rule)
        var missing: [PolicyRule] = []
        for rule in rules {
            for part in Self.parts(of: rule) where !held.contains(where: { Self.covers($0, part) }) {
                if let at = missing.firstIndex(where: { Self.differOnlyInVerbs($0, part) }) {
                    if !missing[at].verbs.contains(part.verbs[0]) { missing[at].verbs.append(part.verbs[0]) }
                } else {
                    missing.append(part)
                }
            }
        }
        return missing
    }

    private static func differOnlyInVerbs(_ left: PolicyRule, _ right: PolicyRule) -> Bool {
        var left = left
        left.verbs = right.verbs
        return left == right
    }

    /// A rule taken apart: one verb, one group, one resource, one name each (`BreakdownRule`).
    private static func parts(of rule: PolicyRule) -> [PolicyRule] {
        var parts: [PolicyRule] = []
        for verb in rule.verbs {
            for group in rule.groups {
                for resource in rule.resources {
                    for name in rule.names.isEmpty ? [""] : rule.names {
                        var part = PolicyRule([:])
                        part.verbs = [verb]
                        part.groups = [group]
                        part.resources = [resource]
                        part.names = name.isEmpty ? [] : [name]
                        parts.append(part)
                    }
                }
            }
            for path in rule.paths {
                var part = PolicyRule([:])
                part.verbs = [verb]
                part.paths = [path]
                parts.append(part)
            }
        }
        return parts
    }

    /// Whether a rule has all that a part of another one has (`ruleCovers`).
    private static func covers(_ rule: PolicyRule, _ part: PolicyRule) -> Bool {
        func has(_ values: [String], _ wanted: [String]) -> Bool {
            values.contains("*") || wanted.allSatisfy(values.contains)
        }
        guard has(rule.verbs, part.verbs) else { return false }
        if let path = part.paths.first {
            return rule.paths.contains {
                $0 == path || $0 == "*" || ($0.hasSuffix("*") && path.hasPrefix($0.dropLast()))
            }
        }
        guard has(rule.groups, part.groups) else { return false }
        let resource = part.resources.first ?? ""
        let subresource = resource.split(separator: "/").dropFirst().first.map { "*/\($0)" }
        guard has(rule.resources, part.resources) || subresource.map(rule.resources.contains) ?? false else {
            return false
        }
        return rule.names.isEmpty || (!part.names.isEmpty && part.names.allSatisfy(rule.names.contains))
    }
}
