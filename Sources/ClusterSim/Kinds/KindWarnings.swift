// Warnings that the server gives for accepted objects.

import JSONTree
import KubeModel

/// Makes the texts of `Warning` headers (kubernetes/pkg/api/pod/warnings.go and others).
enum KindWarnings {
    static func warnings(_ object: JSON, old: JSON?, _ resource: ResourceDefinition) -> [String] {
        switch (resource.group, resource.kind) {
        case ("", "Pod"): return pod(object["spec"], "spec", isNew: old == nil)
        case ("apps", "Deployment"), ("apps", "ReplicaSet"), ("apps", "StatefulSet"), ("apps", "DaemonSet"),
            ("batch", "Job"), ("", "ReplicationController"):
            // A template's warnings are repeated only when it changes.
            if let old, old["spec"]["template"] == object["spec"]["template"] { return [] }
            return pod(object["spec"]["template"]["spec"], "spec.template.spec", isNew: true)
        case ("batch", "CronJob"):
            let template = object["spec"]["jobTemplate"]["spec"]["template"]
            if let old, old["spec"]["jobTemplate"]["spec"]["template"] == template { return [] }
            return pod(template["spec"], "spec.jobTemplate.spec.template.spec", isNew: true)
        case ("", "Service"):
            guard object["spec"].hasContent("externalIPs") else { return [] }
            return ["spec.externalIPs is deprecated and may no longer be implemented in some clusters"]
        default: return []
        }
    }

    private static func pod(_ spec: JSON, _ path: String, isNew: Bool) -> [String] {
        guard isNew else { return [] }
        var result: [String] = []
        for list in ["initContainers", "containers"] {
            for (position, container) in spec[list].elements.enumerated() {
                let field = "\(path).\(list)[\(position)]"
                result += environment(container, field) + ports(container, field) + quantities(container, field)
            }
        }
        for (position, secret) in spec["imagePullSecrets"].elements.enumerated()
        where (secret["name"].string ?? "").isEmpty {
            result.append("\(path).imagePullSecrets[\(position)].name: invalid empty name \"\"")
        }
        if let grace = spec["terminationGracePeriodSeconds"].int, grace < 0 {
            result.append(
                "\(path).terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be "
                    + "treated as 1")
        }
        if spec["serviceAccount"].string != spec["serviceAccountName"].string, !spec["serviceAccount"].isNull {
            result.append("\(path).serviceAccount: deprecated since v1.0, use \"serviceAccountName\"")
        }
        return result
    }

    private static func environment(_ container: JSON, _ field: String) -> [String] {
        var seen: Set<String> = []
        var result: [String] = []
        for (position, variable) in container["env"].elements.enumerated() {
            guard let name = variable["name"].string, !seen.insert(name).inserted else { continue }
            let quoted = JSON.string(name).text()
            result.append(
                "\(field).env[\(position)]: hides previous definition of \(quoted), which may be dropped when using apply")
        }
        return result
    }

    private static func ports(_ container: JSON, _ field: String) -> [String] {
        let ports = container["ports"].elements
        var result: [String] = []
        for (position, port) in ports.enumerated() {
            for earlier in 0..<position
            where ports[earlier]["containerPort"] == port["containerPort"]
                && ports[earlier]["protocol"] == port["protocol"] && ports[earlier]["hostPort"] == port["hostPort"]
            {
                result.append("\(field).ports[\(position)]: duplicate port definition with \(field).ports[\(earlier)]")
                break
            }
        }
        return result
    }

    /// Fractions of bytes mean nothing.
    private static func quantities(_ container: JSON, _ field: String) -> [String] {
        var result: [String] = []
        for list in ["limits", "requests"] {
            for name in ["memory", "ephemeral-storage"] {
                guard let text = container["resources"][list][name].string, let amount = Quantity(text),
                    amount.milliValue % 1000 != 0
                else { continue }
                result.append(
                    "\(field).resources.\(list)[\(name)]: fractional byte value \"\(amount)\" is invalid, must be an integer")
            }
        }
        return result
    }
}
