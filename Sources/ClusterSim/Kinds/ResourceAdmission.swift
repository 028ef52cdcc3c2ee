// What LimitRanges and ResourceQuotas make of new objects.

import JSONTree
import KubeModel

/// LimitRanges: defaults and bounds of containers' resources.
enum LimitRanger {
    static func admit(_ pod: inout JSON, _ range: KubeObject) throws(APIStatus) {
        let limits = range.spec["limits"].elements
        var notes: [String] = []
        for limit in limits where limit["type"].string == "Container" { fill(&pod, limit, &notes) }
        if !notes.isEmpty {
            pod.set(
                ["metadata", "annotations", "kubernetes.io/limit-ranger"],
                to: .string("LimitRanger plugin set: " + notes.joined(separator: "; ")))
        }
        var problems: [String] = []
        for limit in limits {
            let type = limit["type"].string ?? ""
            if type == "Container" {
                for container in pod["spec"]["containers"].elements + pod["spec"]["initContainers"].elements {
                    problems += violations(of: limit, type, amounts(container, "requests"), amounts(container, "limits"))
                }
            } else if type == "Pod" {
                let containers = pod["spec"]["containers"].elements
                problems += violations(of: limit, type, sum(containers, "requests"), sum(containers, "limits"))
            }
        }
        guard !problems.isEmpty else { return }
        throw PodAdmission.forbidden(
            pod, "pods", problems.count == 1 ? problems[0] : "[" + problems.joined(separator: ", ") + "]")
    }

    private static func fill(_ pod: inout JSON, _ limit: JSON, _ notes: inout [String]) {
        var found: [String] = []
        pod.edit("spec") { spec in
            for (list, word) in [("containers", "container"), ("initContainers", "init container")] {
                spec.editEach(list) { container in
                    let name = container["name"].string ?? ""
                    for (target, source, noun) in [("requests", "defaultRequest", "request"), ("limits", "default", "limit")] {
                        var set: [String] = []
                        for (resource, amount) in limit[source].object ?? [:]
                        where container["resources"][target][resource].isNull {
                            container.set(["resources", target, resource], to: amount)
                            set.append(resource)
                        }
                        if !set.isEmpty {
                            found.append("\(set.sorted().joined(separator: ", ")) \(noun) for \(word) \(name)")
                        }
                    }
                }
            }
        }
        notes += found
    }

    private static func amounts(_ container: JSON, _ list: String) -> [String: Quantity] {
        var result: [String: Quantity] = [:]
        for (name, amount) in container["resources"][list].object ?? [:] {
            result[name] = amount.string.flatMap { Quantity($0) }
        }
        return result
    }

    private static func sum(_ containers: [JSON], _ list: String) -> [String: Quantity] {
        var result: [String: Quantity] = [:]
        for container in containers {
            for (name, amount) in amounts(container, list) { result[name] = result[name].map { $0 + amount } ?? amount }
        }
        return result
    }

    private static func violations(
        of limit: JSON, _ type: String, _ requests: [String: Quantity], _ limits: [String: Quantity]
    ) -> [String] {
        var problems: [String] = []
        for (name, amount) in (limit["min"].object ?? [:]).sorted() {
            guard let least = amount.string.flatMap({ Quantity($0) }) else { continue }
            if let request = requests[name] {
                if request < least { problems.append("minimum \(name) usage per \(type) is \(least), but request is \(request)") }
            } else {
                problems.append("minimum \(name) usage per \(type) is \(least).  No request is specified")
            }
        }
        for (name, amount) in (limit["max"].object ?? [:]).sorted() {
            guard let most = amount.string.flatMap({ Quantity($0) }) else { continue }
            if let given = limits[name] {
                if most < given { problems.append("maximum \(name) usage per \(type) is \(most), but limit is \(given)") }
            } else {
                problems.append("maximum \(name) usage per \(type) is \(most).  No limit is specified")
            }
            if let request = requests[name], most < request {
                problems.append("maximum \(name) usage per \(type) is \(most), but request is \(request)")
            }
        }
        return problems
    }
}

/// ResourceQuotas: refuses what would exceed one.
enum QuotaAdmission {
    static func admit(
        _ object: JSON, _ resource: ResourceDefinition, view: some ClusterView
    ) throws(APIStatus) {
        guard resource.isNamespaced, let namespace = object["metadata"]["namespace"].string,
            resource.groupKind != Kinds.resourceQuota.groupKind, resource.groupKind != Kinds.event.groupKind
        else { return }
        var tree = object
        tree["apiVersion"] = .string(resource.groupVersionKind.apiVersion)
        tree["kind"] = .string(resource.kind)
        let new = KubeObject(tree)
        for quota in view.objects(Kinds.resourceQuota.groupKind, namespace: namespace) {
            var asked: [(name: String, asked: Quantity, used: Quantity, hard: Quantity)] = []
            for (name, amount) in (quota.spec["hard"].object ?? [:]).sorted() {
                let usage = QuotaUsage.usage(name, of: new)
                guard !usage.isZero, let hard = amount.string.flatMap({ Quantity($0) }) else { continue }
                let used = QuotaUsage.used(name, namespace: namespace, view)
                if hard < used + usage { asked.append((name, usage, used, hard)) }
            }
            guard !asked.isEmpty else { continue }
            func list(_ amount: KeyPath<(name: String, asked: Quantity, used: Quantity, hard: Quantity), Quantity>) -> String {
                asked.map { "\($0.name)=\($0[keyPath: amount])" }.joined(separator: ",")
            }
            throw PodAdmission.forbidden(
                object, resource.qualifiedResource,
                "exceeded quota: \(quota.name), requested: \(list(\.asked)), used: \(list(\.used)), limited: \(list(\.hard))")
        }
    }
}
