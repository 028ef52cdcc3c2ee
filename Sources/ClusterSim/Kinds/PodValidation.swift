// Validation of pod specs (kubernetes/pkg/apis/core/validation).

import JSONTree
import KubeModel

/// Validates pods and the pod templates of other kinds.
enum PodValidation {
    /// A pod as a whole.
    static func pod(_ pod: JSON, isNew: Bool) -> [FieldError] {
        var errors = spec(pod["spec"], "spec")
        if !pod["spec"]["schedulingGates"].elements.isEmpty, pod["spec"].hasContent("nodeName") {
            errors.append(.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"))
        }
        if isNew, !pod["spec"]["ephemeralContainers"].elements.isEmpty {
            errors.append(.forbidden("spec.ephemeralContainers", "cannot be set on create"))
        }
        return errors
    }

    /// The template of a kind whose pods restart always.
    static func runningTemplate(_ spec: JSON, _ noun: String) -> [FieldError] {
        let path = "spec.template.spec"
        let template = spec["template"]
        var errors = Self.template(template, "spec.template")
        if Check.text(template["spec"], "restartPolicy") != "Always" {
            errors.removeAll { $0.field == "\(path).restartPolicy" }
            errors.append(.notSupported("\(path).restartPolicy", template["spec"]["restartPolicy"], ["Always"]))
        }
        if !template["spec"]["activeDeadlineSeconds"].isNull {
            errors.append(
                .forbidden("\(path).activeDeadlineSeconds", "activeDeadlineSeconds in \(noun) is not Supported"))
        }
        return errors
    }

    static func template(_ template: JSON, _ path: String) -> [FieldError] {
        MetadataRules.labels(template["metadata"]["labels"], "\(path).labels")
            + MetadataRules.annotations(template["metadata"]["annotations"], "\(path).annotations")
            + spec(template["spec"], "\(path).spec")
            + (template["spec"]["ephemeralContainers"].elements.isEmpty
                ? []
                : [.forbidden("\(path).spec.ephemeralContainers", "ephemeral containers not allowed in pod template")])
    }

    static func spec(_ spec: JSON, _ path: String) -> [FieldError] {
        let (volumeErrors, volumes) = VolumeValidation.volumes(spec["volumes"].elements, "\(path).volumes")
        var errors = volumeErrors
        errors += containers(spec, path, volumes)
        if Check.text(spec, "restartPolicy").isEmpty {
            errors.append(.required("\(path).restartPolicy"))
        } else {
            errors += Check.oneOf(spec, "restartPolicy", path, ["Always", "OnFailure", "Never"])
        }
        errors += Check.oneOf(
            spec, "dnsPolicy", path, ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"])
        errors += SecurityValidation.resolver(spec, path)
        if let seconds = spec["activeDeadlineSeconds"].int, !(1...Int64(Int32.max)).contains(seconds) {
            errors.append(
                .invalid("\(path).activeDeadlineSeconds", .int(seconds), "must be between 1 and 2147483647, inclusive"))
        }
        errors += identity(spec, path)
        errors += SchedulingValidation.errors(spec, path)
        errors += SecurityValidation.context(spec["securityContext"], "\(path).securityContext")
        errors += SecurityValidation.sharing(spec, path)
        errors += Check.oneOf(spec, "preemptionPolicy", path, ["Never", "PreemptLowerPriority"])
        errors += ContainerValidation.resources(spec["resources"], "\(path).resources")
        return errors
    }

    private static func containers(_ spec: JSON, _ path: String, _ volumes: Set<String>) -> [FieldError] {
        var errors: [FieldError] = []
        let list = spec["containers"].elements
        if list.isEmpty { errors.append(.required("\(path).containers")) }
        var names: Set<String> = []
        for (position, container) in list.enumerated() {
            let at = "\(path).containers[\(position)]"
            errors += unique(container, at, &names)
            errors += ContainerValidation.container(container, at, volumes, pod: spec)
            if let policy = container["restartPolicy"].string, !["Always", "Never", "OnFailure"].contains(policy) {
                errors.append(.notSupported("\(at).restartPolicy", .string(policy), ["Always", "OnFailure", "Never"]))
            }
        }
        for (position, container) in spec["initContainers"].elements.enumerated() {
            let at = "\(path).initContainers[\(position)]"
            errors += unique(container, at, &names)
            errors += ContainerValidation.container(container, at, volumes, pod: spec)
            if container["restartPolicy"].string != "Always" {
                for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] where !container[field].isNull {
                    errors.append(
                        .forbidden("\(at).\(field)", "may not be set for init containers without restartPolicy=Always"))
                }
            }
        }
        for (position, container) in spec["ephemeralContainers"].elements.enumerated() {
            let at = "\(path).ephemeralContainers[\(position)]"
            errors += unique(container, at, &names)
            errors += ContainerValidation.container(container, at, volumes, pod: spec)
            for field in ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"]
            where container.hasContent(field) {
                errors.append(.forbidden("\(at).\(field)", "cannot be set for an Ephemeral Container"))
            }
            if let target = container["targetContainerName"].string, !target.isEmpty,
                !list.contains(where: { $0["name"].string == target })
            {
                errors.append(.notFound("\(at).targetContainerName", .string(target)))
            }
        }
        return errors
    }

    private static func unique(_ container: JSON, _ path: String, _ names: inout Set<String>) -> [FieldError] {
        let name = Check.text(container, "name")
        guard !name.isEmpty else { return [.required("\(path).name")] }
        var errors = Check.dnsLabel(name, "\(path).name")
        if !names.insert(name).inserted { errors.append(.duplicate("\(path).name", .string(name))) }
        return errors
    }

    /// Names that a pod gives to itself and to others.
    private static func identity(_ spec: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for field in ["serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"]
        where spec.hasContent(field) { errors += Check.dnsSubdomain(Check.text(spec, field), "\(path).\(field)") }
        for field in ["hostname", "subdomain"] where spec.hasContent(field) {
            errors += Check.dnsLabel(Check.text(spec, field), "\(path).\(field)")
        }
        for (position, alias) in spec["hostAliases"].elements.enumerated() {
            errors += Check.address(Check.text(alias, "ip"), "\(path).hostAliases[\(position)].ip")
            for (index, name) in alias["hostnames"].elements.enumerated() {
                errors += Check.dnsSubdomain(name.string ?? "", "\(path).hostAliases[\(position)].hostnames[\(index)]")
            }
        }
        for (position, gate) in spec["readinessGates"].elements.enumerated() {
            errors += Check.qualifiedName(
                Check.text(gate, "conditionType"), "\(path).readinessGates[\(position)].conditionType")
        }
        var gates: Set<String> = []
        for (position, gate) in spec["schedulingGates"].elements.enumerated() {
            let name = Check.text(gate, "name")
            errors += Check.qualifiedName(name, "\(path).schedulingGates[\(position)]")
            if !gates.insert(name).inserted {
                errors.append(.duplicate("\(path).schedulingGates[\(position)]", .string(name)))
            }
        }
        return errors
    }

    // MARK: Updates

    private static let updateDetail =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
        + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"

    /// What an update of the main resource may not change.
    static func update(_ new: JSON, old: JSON) -> [FieldError] {
        var errors = pod(new, isNew: false)
        for list in ["containers", "initContainers"] {
            let before = old["spec"][list].elements
            let after = new["spec"][list].elements
            if before.count != after.count {
                return errors + [.forbidden("spec.\(list)", "pod updates may not add or remove containers")]
            }
        }
        errors += tolerations(new["spec"]["tolerations"].elements, old["spec"]["tolerations"].elements)
        errors += gates(new["spec"], old["spec"])
        if mutableParts(removedFrom: new["spec"], old: old["spec"]) != mutableParts(removedFrom: old["spec"], old: old["spec"]) {
            let difference = GoDump.difference(new["spec"], old["spec"])
            errors.append(.forbidden("spec", updateDetail + "\n" + difference))
        }
        return errors
    }

    private static func tolerations(_ new: [JSON], _ old: [JSON]) -> [FieldError] {
        let isKept = old.allSatisfy { toleration in
            new.contains { candidate in
                // The time may change where there is one.
                var left = candidate
                var right = toleration
                left.drop("tolerationSeconds")
                right.drop("tolerationSeconds")
                return left == right
            }
        }
        return isKept
            ? []
            : [.forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")]
    }

    private static func gates(_ new: JSON, _ old: JSON) -> [FieldError] {
        let before = Set(old["schedulingGates"].elements)
        guard new["schedulingGates"].elements.contains(where: { !before.contains($0) }) else { return [] }
        return [.forbidden("spec.schedulingGates", "only deletion is allowed, but found new scheduling gates")]
    }

    /// A spec without what an update may change.
    private static func mutableParts(removedFrom spec: JSON, old: JSON) -> JSON {
        var spec = spec
        for list in ["containers", "initContainers"] { spec.editEach(list) { $0.drop("image") } }
        for field in ["activeDeadlineSeconds", "tolerations", "schedulingGates"] { spec.drop(field) }
        if !old["schedulingGates"].elements.isEmpty {
            // A gated pod may still be directed elsewhere.
            spec.drop("nodeSelector")
            spec.drop("affinity")
        }
        return spec
    }
}
