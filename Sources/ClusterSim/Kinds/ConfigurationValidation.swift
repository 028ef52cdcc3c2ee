// Validation of ConfigMaps, Secrets, Events, Leases, Namespaces and storage.

import JSONTree
import KubeModel

/// Validates the kinds that hold configuration and records.
enum ConfigurationValidation {
    /// `MaxSecretSize`: one MiB of data.
    private static let dataSizeMax = 1_048_576

    // MARK: ConfigMap and Secret

    static func configMap(_ object: JSON, old: JSON?) -> [FieldError] {
        var errors: [FieldError] = []
        var size = 0
        for (key, value) in (object["data"].object ?? [:]).sorted() {
            errors += Check.configKey(key, "data[\(key)]")
            if !object["binaryData"][key].isNull {
                errors.append(.invalid("data[\(key)]", .string(key), "duplicate of key present in binaryData"))
            }
            size += value.string?.utf8.count ?? 0
        }
        for (key, value) in (object["binaryData"].object ?? [:]).sorted() {
            errors += Check.configKey(key, "binaryData[\(key)]")
            size += Base64.decodedCount(value.string ?? "")
        }
        if size > dataSizeMax { errors.append(FieldError(.tooLong, "", "may not be more than \(dataSizeMax) bytes")) }
        guard let old, old["immutable"].bool == true else { return errors }
        return errors + frozen(object, old, ["data", "binaryData"])
    }

    private static func frozen(_ object: JSON, _ old: JSON, _ fields: [String]) -> [FieldError] {
        var errors: [FieldError] = []
        let detail = "field is immutable when `immutable` is set"
        if object["immutable"].bool != true { errors.append(.forbidden("immutable", detail)) }
        for field in fields where object[field] != old[field] { errors.append(.forbidden(field, detail)) }
        return errors
    }

    private static let requiredKeys: [String: [String]] = [
        "kubernetes.io/tls": ["tls.crt", "tls.key"], "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
        "kubernetes.io/dockercfg": [".dockercfg"], "kubernetes.io/ssh-auth": ["ssh-privatekey"],
    ]

    static func secret(_ object: JSON, old: JSON?) -> [FieldError] {
        var errors: [FieldError] = []
        let data = object["data"]
        var size = 0
        for (key, value) in (data.object ?? [:]).sorted() {
            errors += Check.configKey(key, "data[\(key)]")
            size += Base64.decodedCount(value.string ?? "")
        }
        if size > dataSizeMax { errors.append(FieldError(.tooLong, "data", "may not be more than \(dataSizeMax) bytes")) }
        let type = Check.text(object, "type")
        for key in requiredKeys[type] ?? [] where data[key].isNull { errors.append(.required("data[\(key)]")) }
        if type == "kubernetes.io/basic-auth", data["username"].isNull, data["password"].isNull {
            errors += [.required("data[username]"), .required("data[password]")]
        }
        if type == "kubernetes.io/service-account-token" {
            let annotation = "kubernetes.io/service-account.name"
            if (object["metadata"]["annotations"][annotation].string ?? "").isEmpty {
                errors.append(.required("metadata.annotations[\(annotation)]"))
            }
        }
        guard let old else { return errors }
        if old["type"] != object["type"] { errors.append(.invalid("type", object["type"], Check.immutable)) }
        if old["immutable"].bool == true { errors += frozen(object, old, ["data"]) }
        return errors
    }

    // MARK: Event, Lease, Namespace

    static func event(_ object: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        let own = object["metadata"]["namespace"].string ?? ""
        let involved = object["involvedObject"]["namespace"].string ?? ""
        // Cluster-scoped objects have their events in `default`.
        if own != involved, !(involved.isEmpty && own == "default") {
            errors.append(.invalid("involvedObject.namespace", .string(involved), "does not match event.namespace"))
        }
        guard !object["eventTime"].isNull else { return errors }
        let component = Check.text(object, "reportingComponent")
        if component.isEmpty { errors.append(.required("reportingComponent")) }
        errors += Check.qualifiedName(component, "reportingComponent")
        for field in ["reportingInstance", "action", "reason"] where Check.text(object, field).isEmpty {
            errors.append(.required(field))
        }
        if !["Normal", "Warning"].contains(Check.text(object, "type")), object.hasContent("type") {
            errors.append(.invalid("type", object["type"], "has invalid value: \(Check.text(object, "type"))"))
        }
        return errors
    }

    static func lease(_ object: JSON) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        if let seconds = spec["leaseDurationSeconds"].int, seconds <= 0 {
            errors.append(.invalid("spec.leaseDurationSeconds", .int(seconds), "must be greater than 0"))
        }
        return errors + Check.notNegative(spec, "leaseTransitions", "spec")
    }

    static func namespace(_ object: JSON, subresource: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, finalizer) in object["spec"]["finalizers"].elements.enumerated() {
            let name = finalizer.string ?? ""
            errors += Check.qualifiedName(name, "spec.finalizers[\(position)]")
        }
        guard subresource == "status" else { return errors }
        let phase = Check.text(object["status"], "phase")
        let isDeleting = !object["metadata"]["deletionTimestamp"].isNull
        if !isDeleting, phase != "Active" {
            errors.append(
                .invalid("status.Phase", .string(phase), "may only be 'Active' if `deletionTimestamp` is empty"))
        } else if isDeleting, phase != "Terminating" {
            errors.append(
                .invalid("status.Phase", .string(phase), "may only be 'Terminating' if `deletionTimestamp` is not empty"))
        }
        return errors
    }

    // MARK: Storage

    private static let accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]

    static func volume(_ object: JSON, old: JSON?) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        if spec["accessModes"].elements.isEmpty { errors.append(.required("spec.accessModes")) }
        errors += modes(spec)
        if !spec.hasContent("capacity") {
            errors.append(.required("spec.capacity"))
        } else if spec["capacity"]["storage"].isNull {
            errors.append(.notSupported("spec.capacity", spec["capacity"], ["storage"]))
        }
        errors += Check.oneOf(spec, "persistentVolumeReclaimPolicy", "spec", ["Delete", "Recycle", "Retain"])
        errors += Check.oneOf(spec, "volumeMode", "spec", ["Block", "Filesystem"])
        if PodDefaults.volumeTypes(of: spec).isEmpty, spec["local"].isNull {
            errors.append(.required("spec", "must specify a volume type"))
        }
        if let old, old["spec"]["volumeMode"] != spec["volumeMode"] {
            errors.append(.invalid("spec.volumeMode", spec["volumeMode"], Check.immutable))
        }
        return errors
    }

    private static func modes(_ spec: JSON) -> [FieldError] {
        spec["accessModes"].elements.compactMap { mode in
            accessModes.contains(mode.string ?? "") ? nil : .notSupported("spec.accessModes", mode, accessModes)
        }
    }

    static func claim(_ object: JSON, old: JSON?) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        if spec["accessModes"].elements.isEmpty {
            errors.append(.required("spec.accessModes", "at least 1 access mode is required"))
        }
        errors += modes(spec)
        let storage = spec["resources"]["requests"]["storage"]
        if storage.isNull {
            errors.append(.required("spec.resources[storage]"))
        } else if let amount = storage.string.flatMap({ Quantity($0) }), amount.milliValue <= 0 {
            errors.append(.invalid("spec.resources[storage]", storage, "must be greater than zero"))
        }
        errors += Check.oneOf(spec, "volumeMode", "spec", ["Block", "Filesystem"])
        if spec.hasContent("storageClassName") {
            errors += Check.dnsSubdomain(Check.text(spec, "storageClassName"), "spec.storageClassName")
        }
        guard let old else { return errors }
        var before = old["spec"]
        var after = spec
        for field in ["resources", "volumeName", "volumeAttributesClassName"] where field != "volumeName" || before[field].isNull {
            before.drop(field)
            after.drop(field)
        }
        if before != after {
            errors.append(
                .forbidden(
                    "spec",
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"))
        }
        return errors
    }

    static func storageClass(_ object: JSON, old: JSON?) -> [FieldError] {
        var errors: [FieldError] = []
        if Check.text(object, "provisioner").isEmpty { errors.append(.required("provisioner")) }
        for (field, values) in [
            ("reclaimPolicy", ["Delete", "Retain"]), ("volumeBindingMode", ["Immediate", "WaitForFirstConsumer"]),
        ] where !values.contains(Check.text(object, field)) {
            errors.append(.notSupported(field, object[field], values))
        }
        guard let old else { return errors }
        for field in ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"] where old[field] != object[field] {
            errors.append(.forbidden(field, "updates to \(field) are forbidden."))
        }
        return errors
    }
}
