// Validation of what a pod may do on its node: security contexts, system calls, operating system.

import JSONTree
import KubeModel

/// Validates the security fields of pods and containers.
enum SecurityValidation {
    private static let sysctlPattern =
        "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"

    /// A pod's or container's security context.
    static func context(_ context: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for field in ["runAsUser", "runAsGroup", "fsGroup"] {
            errors += identity(context[field], "\(path).\(field)")
        }
        for (position, group) in context["supplementalGroups"].elements.enumerated() {
            errors += identity(group, "\(path).supplementalGroups[\(position)]")
        }
        for (field, values) in [
            ("fsGroupChangePolicy", ["Always", "OnRootMismatch"]), ("supplementalGroupsPolicy", ["Merge", "Strict"]),
            ("seLinuxChangePolicy", ["MountOption", "Recursive"]), ("procMount", ["Default", "Unmasked"]),
        ] { errors += Check.oneOf(context, field, path, values) }
        errors += profile(context["seccompProfile"], "\(path).seccompProfile", "seccompProfile", "seccomp")
        errors += profile(context["appArmorProfile"], "\(path).appArmorProfile", "appArmorProfile", "AppArmor")
        errors += sysctls(context["sysctls"].elements, "\(path).sysctls")
        guard context["allowPrivilegeEscalation"].bool == false else { return errors }
        if context["privileged"].bool == true {
            errors.append(
                .invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
        }
        if context["capabilities"]["add"].elements.contains("CAP_SYS_ADMIN") {
            errors.append(
                .invalid(
                    path, context,
                    "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"))
        }
        return errors
    }

    private static func identity(_ value: JSON, _ path: String) -> [FieldError] {
        guard let number = value.int, !(0...Int64(Int32.max)).contains(number) else { return [] }
        return [.invalid(path, value, "must be between 0 and 2147483647, inclusive")]
    }

    /// A profile of system calls or files.
    private static func profile(_ profile: JSON, _ path: String, _ field: String, _ noun: String) -> [FieldError] {
        guard !profile.isNull else { return [] }
        let type = Check.text(profile, "type")
        if type.isEmpty { return [.required("\(path).type", "type is required when \(field) is set")] }
        var errors = Check.oneOf(profile, "type", path, ["Localhost", "RuntimeDefault", "Unconfined"])
        let local = profile["localhostProfile"]
        if type == "Localhost" {
            if Check.text(profile, "localhostProfile").isEmpty {
                errors.append(
                    .required("\(path).localhostProfile", "must be set when \(noun) type is Localhost"))
            } else if noun == "seccomp" {
                errors += Check.descendingPath(Check.text(profile, "localhostProfile"), "\(path).localhostProfile")
            }
        } else if !local.isNull, errors.isEmpty {
            errors.append(
                .invalid("\(path).localhostProfile", local, "can only be set when \(noun) type is Localhost"))
        }
        return errors
    }

    private static func sysctls(_ sysctls: [JSON], _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (position, sysctl) in sysctls.enumerated() {
            let name = Check.text(sysctl, "name")
            let at = "\(path)[\(position)].name"
            if name.isEmpty {
                errors.append(.required(at))
            } else if !isSysctl(name) {
                errors.append(
                    .invalid(
                        at, .string(name), "must have at most 253 characters and match regex \(sysctlPattern)"))
            } else if !seen.insert(name).inserted {
                errors.append(.duplicate(at, .string(name)))
            }
        }
        return errors
    }

    private static func isSysctl(_ name: String) -> Bool {
        name.utf8.count <= 253
            && name.split(whereSeparator: { $0 == "." || $0 == "/" }).count
                == name.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "/" }).count
            && name.split(whereSeparator: { $0 == "." || $0 == "/" }).allSatisfy { part in
                part.first != "-" && part.first != "_" && part.last != "-" && part.last != "_"
                    && part.utf8.allSatisfy {
                        (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95
                    }
            }
    }

    // MARK: The node's namespaces and system

    /// What a pod shares with its node.
    static func sharing(_ spec: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        if spec["shareProcessNamespace"].bool == true, spec["hostPID"].bool == true {
            errors.append(
                .invalid(
                    "\(path).securityContext.shareProcessNamespace", true,
                    "ShareProcessNamespace and HostPID cannot both be enabled"))
        }
        if spec["hostUsers"].bool == false {
            for field in ["hostNetwork", "hostPID", "hostIPC"] where spec[field].bool == true {
                errors.append(.forbidden("\(path).\(field)", "when `hostUsers` is false"))
            }
        }
        let system = spec["os"]
        guard !system.isNull else { return errors }
        let name = Check.text(system, "name")
        if name.isEmpty {
            errors.append(.required("\(path).os.name", "cannot be empty"))
        } else if !["linux", "windows"].contains(name) {
            errors.append(.notSupported("\(path).os", .string(name), ["linux", "windows"]))
        }
        return name == "windows" ? errors + windows(spec, path) : errors
    }

    /// What Windows does not know.
    private static func windows(_ spec: JSON, _ path: String) -> [FieldError] {
        let detail = "cannot be set for a windows pod"
        var errors: [FieldError] = []
        for field in ["hostPID", "hostIPC", "shareProcessNamespace"] where spec[field].bool == true {
            errors.append(.forbidden("\(path).\(field)", detail))
        }
        let common = ["seLinuxOptions", "seccompProfile", "appArmorProfile", "runAsUser", "runAsGroup"]
        let ofPod = ["fsGroup", "fsGroupChangePolicy", "sysctls", "supplementalGroups", "supplementalGroupsPolicy"]
        for field in common + ofPod where !spec["securityContext"][field].isNull {
            errors.append(.forbidden("\(path).securityContext.\(field)", detail))
        }
        let ofContainer = ["capabilities", "readOnlyRootFilesystem", "privileged", "allowPrivilegeEscalation", "procMount"]
        for list in ["initContainers", "containers"] {
            for (position, container) in spec[list].elements.enumerated() {
                for field in common + ofContainer where !container["securityContext"][field].isNull {
                    errors.append(.forbidden("\(path).\(list)[\(position)].securityContext.\(field)", detail))
                }
            }
        }
        return errors
    }

    // MARK: Names for others

    /// A pod's own resolver.
    static func resolver(_ spec: JSON, _ path: String) -> [FieldError] {
        let config = spec["dnsConfig"]
        var errors: [FieldError] = []
        let servers = config["nameservers"].elements
        if spec["dnsPolicy"] == "None", servers.isEmpty {
            errors.append(
                .required(
                    "\(path).dnsConfig.nameservers",
                    "must provide at least one DNS nameserver when `dnsPolicy` is None"))
        }
        guard !config.isNull else { return errors }
        if servers.count > 3 {
            errors.append(
                .invalid("\(path).dnsConfig.nameservers", config["nameservers"], "must not have more than 3 nameservers"))
        }
        for (position, server) in servers.enumerated() {
            errors += Check.address(server.string ?? "", "\(path).dnsConfig.nameservers[\(position)]")
        }
        let searches = config["searches"].elements
        if searches.count > 32 {
            errors.append(
                .invalid("\(path).dnsConfig.searches", config["searches"], "must not have more than 32 search paths"))
        }
        for (position, search) in searches.enumerated() {
            let text = search.string ?? ""
            let name = text == "." ? "" : text.hasSuffix(".") ? String(text.dropLast()) : text
            let plain = String(name.map { $0 == "_" ? "a" : $0 })
            if !name.isEmpty, !MetadataRules.subdomainErrors(plain).isEmpty {
                errors += Check.dnsSubdomain(name, "\(path).dnsConfig.searches[\(position)]").map {
                    .invalid($0.field, search, $0.detail)
                }
            }
        }
        for (position, option) in config["options"].elements.enumerated() where Check.text(option, "name").isEmpty {
            errors.append(.required("\(path).dnsConfig.options[\(position)]", "must not be empty"))
        }
        return errors
    }
}

extension Check {
    /// A relative path that does not climb.
    static func descendingPath(_ text: String, _ path: String) -> [FieldError] {
        if text.hasPrefix("/") { return [.invalid(path, .string(text), "must be a relative path")] }
        if text.split(separator: "/").contains("..") {
            return [.invalid(path, .string(text), "must not contain '..'")]
        }
        return []
    }
}
