// Validation of containers: images, ports, environment, probes, resources, mounts.

import JSONTree
import KubeModel

/// Validates one container; names are checked with their lists.
enum ContainerValidation {
    private static let fieldPaths: Set<String> = [
        "metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid",
        "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP",
        "status.podIPs",
    ]
    private static let sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]
    private static let standardResources: Set<String> = ["cpu", "memory", "ephemeral-storage"]

    static func container(
        _ container: JSON, _ path: String, _ volumes: Set<String>, pod: JSON
    ) -> [FieldError] {
        var errors: [FieldError] = []
        let image = Check.text(container, "image")
        if image.isEmpty {
            errors.append(.required("\(path).image"))
        } else if image.first?.isWhitespace == true || image.last?.isWhitespace == true {
            errors.append(.invalid("\(path).image", .string(image), "must not have leading or trailing whitespace"))
        }
        errors += Check.oneOf(container, "terminationMessagePolicy", path, ["File", "FallbackToLogsOnError"])
        errors += Check.oneOf(container, "imagePullPolicy", path, ["Always", "IfNotPresent", "Never"])
        errors += ports(container["ports"].elements, "\(path).ports", usesHostNetwork: pod["hostNetwork"].bool == true)
        errors += environment(container, path)
        errors += mounts(container, "\(path).volumeMounts", volumes)
        errors += devices(container["volumeDevices"].elements, "\(path).volumeDevices", volumes)
        errors += LifecycleValidation.probes(container, path)
        errors += LifecycleValidation.hooks(container, path, grace: pod["terminationGracePeriodSeconds"].int ?? 30)
        errors += resources(container["resources"], "\(path).resources")
        errors += resizing(container, "\(path).resizePolicy", pod)
        errors += SecurityValidation.context(container["securityContext"], "\(path).securityContext")
        return errors
    }

    private static func ports(_ ports: [JSON], _ path: String, usesHostNetwork: Bool) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, port) in ports.enumerated() {
            let at = "\(path)[\(position)]"
            let name = Check.text(port, "name")
            if !name.isEmpty {
                errors += Check.portName(name, "\(at).name")
                if !names.insert(name).inserted { errors.append(.duplicate("\(at).name", .string(name))) }
            }
            if port["containerPort"].int ?? 0 == 0 {
                errors.append(.required("\(at).containerPort"))
            } else {
                errors += Check.port(port["containerPort"], "\(at).containerPort")
            }
            if let host = port["hostPort"].int, host != 0 {
                errors += Check.port(port["hostPort"], "\(at).hostPort")
                if usesHostNetwork, host != port["containerPort"].int {
                    errors.append(
                        .invalid("\(at).containerPort", port["containerPort"], "must match `hostPort` when `hostNetwork` is true"))
                }
            }
            if Check.text(port, "protocol").isEmpty { errors.append(.required("\(at).protocol")) }
            errors += Check.oneOf(port, "protocol", at, ["SCTP", "TCP", "UDP"])
        }
        return errors
    }

    // MARK: Environment

    private static func environment(_ container: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, variable) in container["env"].elements.enumerated() {
            let at = "\(path).env[\(position)]"
            let name = Check.text(variable, "name")
            if name.isEmpty {
                errors.append(.required("\(at).name"))
            } else if !isVariableName(name) {
                errors.append(
                    .invalid(
                        "\(at).name", .string(name),
                        "a valid environment variable name must consist only of printable ASCII characters other than '='"))
            }
            if !variable["valueFrom"].isNull { errors += valueSource(variable, "\(at).valueFrom") }
        }
        for (position, source) in container["envFrom"].elements.enumerated() {
            let at = "\(path).envFrom[\(position)]"
            let prefix = Check.text(source, "prefix")
            if !prefix.isEmpty, !isVariableName(prefix) {
                errors.append(
                    .invalid(
                        "\(at).prefix", .string(prefix),
                        "a valid environment variable name must consist only of printable ASCII characters other than '='"))
            }
            let types = ["configMapRef", "secretRef"].filter { !source[$0].isNull }
            if types.isEmpty {
                errors.append(.invalid(at, "", "must specify one of: `configMapRef` or `secretRef`"))
            } else if types.count > 1 {
                errors.append(.invalid(at, "", "may not have more than one field specified at a time"))
            }
            for type in types { errors += Check.required(source[type], "name", "\(at).\(type)") }
        }
        return errors
    }

    private static func isVariableName(_ name: String) -> Bool {
        name.utf8.allSatisfy { (32...126).contains($0) && $0 != UInt8(ascii: "=") }
    }

    private static func valueSource(_ variable: JSON, _ path: String) -> [FieldError] {
        let source = variable["valueFrom"]
        let types = sources.filter { !source[$0].isNull }
        if types.isEmpty {
            return [
                .invalid(
                    path, "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`")
            ]
        }
        var errors: [FieldError] = []
        if !Check.text(variable, "value").isEmpty {
            errors.append(.invalid(path, "", "may not be specified when `value` is not empty"))
        } else if types.count > 1 {
            errors.append(.invalid(path, "", "may not have more than one field specified at a time"))
        }
        for type in types {
            let at = "\(path).\(type)"
            switch type {
            case "fieldRef": errors += fieldReference(source[type], at, fieldPaths)
            case "resourceFieldRef": errors += Check.required(source[type], "resource", at)
            case "fileKeyRef":
                for field in ["key", "path", "volumeName"] { errors += Check.required(source[type], field, at) }
            default:
                errors += Check.required(source[type], "name", at)
                if Check.text(source[type], "key").isEmpty {
                    errors.append(.required("\(at).key"))
                } else {
                    errors += Check.configKey(Check.text(source[type], "key"), "\(at).key")
                }
            }
        }
        return errors
    }

    /// A reference to a field of the pod.
    static func fieldReference(_ reference: JSON, _ path: String, _ allowed: Set<String>) -> [FieldError] {
        let field = Check.text(reference, "fieldPath")
        if field.isEmpty { return [.required("\(path).fieldPath")] }
        for map in ["metadata.labels", "metadata.annotations"] where field.hasPrefix("\(map)['") && field.hasSuffix("']") {
            let key = String(field.dropFirst(map.count + 2).dropLast(2))
            return Check.qualifiedName(map == "metadata.annotations" ? key.lowercased() : key, path)
        }
        if !allowed.contains(field) || !fieldPaths.contains(field) {
            return [
                .invalid(
                    "\(path).fieldPath", .string(field),
                    "error converting fieldPath: field label not supported: \(field)")
            ]
        }
        return []
    }

    // MARK: Mounts, probes, resources

    private static func mounts(_ container: JSON, _ path: String, _ volumes: Set<String>) -> [FieldError] {
        var errors: [FieldError] = []
        var paths: Set<String> = []
        let isPrivileged = container["securityContext"]["privileged"].bool == true
        for (position, mount) in container["volumeMounts"].elements.enumerated() {
            let at = "\(path)[\(position)]"
            let name = Check.text(mount, "name")
            if name.isEmpty {
                errors.append(.required("\(at).name"))
            } else if !volumes.contains(name) {
                errors.append(.notFound("\(at).name", .string(name)))
            }
            let target = Check.text(mount, "mountPath")
            if target.isEmpty { errors.append(.required("\(at).mountPath")) }
            if !paths.insert(target).inserted {
                errors.append(.invalid("\(at).mountPath", .string(target), "must be unique"))
            }
            for field in ["subPath", "subPathExpr"] where mount.hasContent(field) {
                errors += Check.descendingPath(Check.text(mount, field), "\(at).\(field)")
            }
            if mount.hasContent("subPath"), mount.hasContent("subPathExpr") {
                errors.append(.invalid("\(at).subPathExpr", mount["subPathExpr"], "subPathExpr and subPath are mutually exclusive"))
            }
            errors += propagation(mount, at, isPrivileged: isPrivileged)
        }
        return errors
    }

    private static func propagation(_ mount: JSON, _ path: String, isPrivileged: Bool) -> [FieldError] {
        var errors = Check.oneOf(mount, "mountPropagation", path, ["Bidirectional", "HostToContainer", "None"])
        if mount["mountPropagation"] == "Bidirectional", !isPrivileged {
            errors.append(
                .forbidden(
                    "\(path).mountPropagation",
                    "Bidirectional mount propagation is available only to privileged containers"))
        }
        errors += Check.oneOf(mount, "recursiveReadOnly", path, ["Disabled", "Enabled", "IfPossible"])
        guard ["Enabled", "IfPossible"].contains(Check.text(mount, "recursiveReadOnly")) else { return errors }
        if mount["readOnly"].bool != true {
            errors.append(.forbidden("\(path).recursiveReadOnly", "may only be specified when readOnly is true"))
        }
        if !["", "None"].contains(Check.text(mount, "mountPropagation")) {
            errors.append(
                .forbidden(
                    "\(path).recursiveReadOnly",
                    "may only be specified when mountPropagation is None or not specified"))
        }
        return errors
    }

    private static func devices(_ devices: [JSON], _ path: String, _ volumes: Set<String>) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        var paths: Set<String> = []
        for (position, device) in devices.enumerated() {
            let at = "\(path)[\(position)]"
            let name = Check.text(device, "name")
            if name.isEmpty { errors.append(.required("\(at).name")) }
            if !names.insert(name).inserted { errors.append(.invalid("\(at).name", .string(name), "must be unique")) }
            if !name.isEmpty, !volumes.contains(name) { errors.append(.notFound("\(at).name", .string(name))) }
            let target = Check.text(device, "devicePath")
            if target.isEmpty { errors.append(.required("\(at).devicePath")) }
            if !target.isEmpty, !paths.insert(target).inserted {
                errors.append(.invalid("\(at).devicePath", .string(target), "must be unique"))
            }
            if target.split(separator: "/").contains("..") {
                errors.append(.invalid("\(at).devicePath", .string(target), "can not contain backsteps ('..')"))
            }
        }
        return errors
    }

    /// What happens to a container whose resources change.
    private static func resizing(_ container: JSON, _ path: String, _ pod: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (position, entry) in container["resizePolicy"].elements.enumerated() {
            let name = Check.text(entry, "resourceName")
            let policy = Check.text(entry, "restartPolicy")
            if !seen.insert(name).inserted { errors.append(.duplicate("\(path)[\(position)]", .string(name))) }
            for (value, values) in [
                (name, ["cpu", "memory"]), (policy, ["NotRequired", "RestartContainer"]),
            ] where !values.contains(value) {
                errors.append(value.isEmpty ? .required(path) : .notSupported(path, .string(value), values))
            }
            if pod["restartPolicy"] == "Never", policy == "RestartContainer" {
                errors.append(
                    .invalid(path, .string(policy), "must be 'NotRequired' when `restartPolicy` is 'Never'"))
            }
        }
        return errors
    }

    static func resources(_ resources: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for list in ["limits", "requests"] {
            for (name, amount) in (resources[list].object ?? [:]).sorted() {
                let at = "\(path).\(list)[\(name)]"
                errors += resourceName(name, at)
                guard let quantity = amount.string.flatMap({ Quantity($0) }) else { continue }
                if quantity.milliValue < 0 { errors.append(.invalid(at, amount, Check.notNegative)) }
                guard list == "requests" else { continue }
                let limit = resources["limits"][name].string.flatMap { Quantity($0) }
                if let limit, limit < quantity {
                    errors.append(
                        .invalid("\(path).requests", amount, "must be less than or equal to \(name) limit of \(limit)"))
                } else if let limit, limit != quantity, isExtended(name) {
                    errors.append(.invalid("\(path).requests", amount, "must be equal to \(name) limit of \(limit)"))
                } else if limit == nil, isExtended(name) {
                    errors.append(.required("\(path).limits", "Limit must be set for non overcommitable resources"))
                }
            }
        }
        return errors
    }

    private static func isExtended(_ name: String) -> Bool {
        (name.contains("/") && !name.hasPrefix("kubernetes.io/")) || name.hasPrefix("hugepages-")
    }

    /// The name of a resource that containers may ask for.
    static func resourceName(_ name: String, _ path: String) -> [FieldError] {
        var errors = Check.qualifiedName(name, path)
        if !errors.isEmpty { return errors }
        guard !name.contains("/") else { return [] }
        if !standardResources.contains(name), !name.hasPrefix("hugepages-") {
            errors.append(.invalid(path, .string(name), "must be a standard resource type or fully qualified"))
            errors.append(.invalid(path, .string(name), "must be a standard resource for containers"))
        }
        return errors
    }
}
