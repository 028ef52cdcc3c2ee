// A container's environment and arguments, as a kubelet makes them of the pod's spec.

import JSONTree
import KubeModel

/// Builds what a container is started with.
struct ContainerEnvironment: Sendable {
    var pod: KubeObject
    var container: JSON
    /// The loopback port that is the container's own.
    var port: Int

    /// A reference that cannot be resolved: the container waits with `CreateContainerConfigError`.
    struct Missing: Error { var message: String }

    /// Looks up the `data` of a ConfigMap, or the decoded data of a Secret, by name.
    typealias Lookup = (_ isSecret: Bool, _ name: String) -> [String: String]?

    /// The environment: the references' values, the container's own, and on top of them what only
    /// the local cluster knows (`PORT`, `IMAGE`, `IMAGE_TAG`).
    func variables(base: [String: String], lookup: Lookup) throws(Missing) -> [String: String] {
        var result = base
        result["HOSTNAME"] = pod.name
        result["POD_NAME"] = pod.name
        result["POD_NAMESPACE"] = pod.namespace
        result["POD_UID"] = pod.uid
        result["POD_IP"] = address
        for source in container["envFrom"].elements {
            let prefix = source["prefix"].string ?? ""
            for isSecret in [false, true] {
                let reference = source[isSecret ? "secretRef" : "configMapRef"]
                guard let name = reference["name"].string else { continue }
                guard let data = lookup(isSecret, name) else {
                    if reference["optional"].bool == true { continue }
                    throw missing(isSecret, name)
                }
                for (key, value) in data { result[prefix + key] = value }
            }
        }
        for variable in container["env"].elements {
            guard let name = variable["name"].string else { continue }
            if let text = variable["value"].string {
                result[name] = Self.expanded(text, result)
            } else if let value = try value(variable["valueFrom"], lookup) {
                result[name] = value
            } else if variable["valueFrom"].isNull {
                result[name] = ""
            }
        }
        result["PORT"] = String(port)
        result["IMAGE"] = image
        result["IMAGE_TAG"] = Self.tag(image)
        return result
    }

    /// The arguments after the executable. A `command` replaces an image's entry point: its first
    /// word gives way to the executable, the others are kept.
    func arguments(_ variables: [String: String]) -> [String] {
        let words = container["command"].elements.dropFirst() + container["args"].elements[...]
        return words.compactMap(\.string).map { Self.expanded($0, variables) }
    }

    private var image: String { container["image"].string ?? "" }
    private var address: String { pod.status["podIP"].string ?? "127.0.0.1" }

    private func missing(_ isSecret: Bool, _ name: String) -> Missing {
        Missing(message: "\(isSecret ? "secret" : "configmap") \"\(name)\" not found")
    }

    private func value(_ source: JSON, _ lookup: Lookup) throws(Missing) -> String? {
        if let path = source["fieldRef"]["fieldPath"].string { return field(path) }
        if let resource = source["resourceFieldRef"]["resource"].string {
            return resourceValue(resource, divisor: source["resourceFieldRef"]["divisor"].string)
        }
        for isSecret in [false, true] {
            let reference = source[isSecret ? "secretKeyRef" : "configMapKeyRef"]
            guard let name = reference["name"].string, let key = reference["key"].string else { continue }
            let isOptional = reference["optional"].bool == true
            guard let data = lookup(isSecret, name) else {
                if isOptional { return nil }
                throw missing(isSecret, name)
            }
            if let value = data[key] { return value }
            if isOptional { return nil }
            let kind = isSecret ? "Secret" : "ConfigMap"
            throw Missing(message: "couldn't find key \(key) in \(kind) \(pod.namespace)/\(name)")
        }
        return nil
    }

    /// The text of a downward API volume's item.
    func text(of item: JSON) -> String {
        if let path = item["fieldRef"]["fieldPath"].string { return field(path) }
        let reference = item["resourceFieldRef"]
        return reference["resource"].string.map { resourceValue($0, divisor: reference["divisor"].string) } ?? ""
    }

    /// The downward API's fields
    /// (https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields).
    private func field(_ path: String) -> String {
        switch path {
        case "metadata.name": return pod.name
        case "metadata.namespace": return pod.namespace
        case "metadata.uid": return pod.uid
        case "spec.nodeName": return pod.spec["nodeName"].string ?? ""
        case "spec.serviceAccountName": return pod.spec["serviceAccountName"].string ?? "default"
        case "status.podIP", "status.podIPs": return address
        case "status.hostIP", "status.hostIPs": return pod.status["hostIP"].string ?? "127.0.0.1"
        default: break
        }
        for (prefix, values) in [
            ("metadata.labels['", pod.labels), ("metadata.annotations['", pod.annotations),
        ]
        where path.hasPrefix(prefix) && path.hasSuffix("']") {
            return values[String(path.dropFirst(prefix.count).dropLast(2))] ?? ""
        }
        return ""
    }

    /// `limits.cpu` and the like, in units of the divisor, rounded up.
    private func resourceValue(_ resource: String, divisor: String?) -> String {
        let path = resource.split(separator: ".", maxSplits: 1).map(String.init)
        guard path.count == 2,
            let amount = container["resources"][path[0]][path[1]].string.flatMap({ Quantity($0) })
        else { return "0" }
        let unit = divisor.flatMap { Quantity($0) }?.milliValue ?? 1000
        let size = unit > 0 ? unit : 1000
        return String((amount.milliValue + size - 1) / size)
    }

    /// Kubernetes' `$(NAME)` expansion: unknown names stay, `$$` is a dollar
    /// (k8s.io/kubernetes, third_party/forked/golang/expansion).
    static func expanded(_ text: String, _ variables: [String: String]) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest.removeFirst()
            } else if rest.first == "(", let end = rest.firstIndex(of: ")") {
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                result += variables[name] ?? "$(\(name))"
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
            }
        }
        return result + rest
    }

    /// An image's name without tag and digest: what `--image` names.
    static func name(_ image: String) -> String { split(image).name }
    /// An image's tag; `latest` when it has none.
    static func tag(_ image: String) -> String { split(image).tag ?? "latest" }

    private static func split(_ image: String) -> (name: String, tag: String?) {
        let bare = image.prefix { $0 != "@" }
        let lastPart = bare.lastIndex(of: "/").map { bare.index(after: $0) } ?? bare.startIndex
        guard let colon = bare[lastPart...].lastIndex(of: ":") else { return (String(bare), nil) }
        return (String(bare[..<colon]), String(bare[bare.index(after: colon)...]))
    }
}
