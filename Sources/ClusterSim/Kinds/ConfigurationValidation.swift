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
}
