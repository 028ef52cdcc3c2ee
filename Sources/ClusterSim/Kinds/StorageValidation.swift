// Validation of persistent volumes, their claims and storage classes.

import JSONTree
import KubeModel

/// Validates the kinds of storage.
enum StorageValidation {
    private static let accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
    /// The sources in the order in which the server looks for them: of two, the later one is wrong.
    private static let sources = [
        "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte",
        "cephfs", "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk",
        "portworxVolume", "azureDisk", "scaleIO", "local", "storageos", "csi",
    ]
    private static let requiredFields: [String: [String]] = [
        "hostPath": ["path"], "nfs": ["server", "path"], "local": ["path"], "csi": ["driver", "volumeHandle"],
        "gcePersistentDisk": ["pdName"], "awsElasticBlockStore": ["volumeID"], "iscsi": ["targetPortal", "iqn"],
        "flexVolume": ["driver"], "cinder": ["volumeID"], "azureFile": ["secretName", "shareName"],
        "azureDisk": ["diskName", "diskURI"], "glusterfs": ["endpoints", "path"],
    ]

    // MARK: Volumes

    static func volume(_ object: JSON, old: JSON?) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        if spec["accessModes"].elements.isEmpty { errors.append(.required("spec.accessModes")) }
        errors += modes(spec)
        errors += capacity(spec)
        errors += Check.oneOf(spec, "persistentVolumeReclaimPolicy", "spec", ["Delete", "Recycle", "Retain"])
        errors += Check.oneOf(spec, "volumeMode", "spec", ["Block", "Filesystem"])
        if spec.hasContent("storageClassName") {
            errors += Check.dnsSubdomain(Check.text(spec, "storageClassName"), "spec.storageClassName")
        }
        let affinity = spec["nodeAffinity"]
        if !affinity.isNull { errors += nodes(affinity) }
        errors += source(spec)
        guard let old else { return errors }
        let (new, was) = (sourceOnly(spec), sourceOnly(old["spec"]))
        if new != was {
            errors.append(
                .forbidden(
                    "spec.persistentvolumesource",
                    "spec.persistentvolumesource is immutable after creation\n"
                        + GoDump.difference(new, was, type: "core.v1.PersistentVolumeSpec")))
        }
        if old["spec"]["volumeMode"] != spec["volumeMode"] {
            errors.append(.invalid("spec.volumeMode", spec["volumeMode"], Check.immutable))
        }
        if !old["spec"]["nodeAffinity"].isNull, old["spec"]["nodeAffinity"] != affinity {
            errors.append(.invalid("spec.nodeAffinity", affinity, "field is immutable, except for updating from beta label to GA"))
        }
        return errors
    }

    private static func sourceOnly(_ spec: JSON) -> JSON {
        var only: JSON = [:]
        for source in sources where !spec[source].isNull { only[source] = spec[source] }
        return only
    }

    private static func capacity(_ spec: JSON) -> [FieldError] {
        let amounts = spec["capacity"].object ?? [:]
        var errors: [FieldError] = amounts.isEmpty ? [.required("spec.capacity")] : []
        if spec["capacity"]["storage"].isNull || amounts.count > 1 {
            errors.append(.notSupported("spec.capacity", spec["capacity"], ["storage"]))
        }
        for (name, amount) in amounts.sorted() {
            guard let quantity = amount.string.flatMap({ Quantity($0) }), quantity.milliValue <= 0 else { continue }
            if quantity.milliValue < 0 {
                errors.append(.invalid("spec.capacity[\(name)]", amount, Check.notNegative))
            }
            errors.append(.invalid("spec.capacity[\(name)]", amount, "must be greater than zero"))
        }
        return errors
    }

    private static func source(_ spec: JSON) -> [FieldError] {
        let found = sources.filter { !spec[$0].isNull }
        guard let type = found.first else { return [.required("spec", "must specify a volume type")] }
        var errors = found.dropFirst().map {
            FieldError.forbidden("spec.\($0)", "may not specify more than 1 volume type")
        }
        let at = "spec.\(type)"
        for field in requiredFields[type] ?? [] { errors += Check.required(spec[type], field, at) }
        let target = Check.text(spec[type], "path")
        switch type {
        case "hostPath", "local":
            if target.split(separator: "/").contains("..") {
                errors.append(.invalid("\(at).path", .string(target), "must not contain '..'"))
            }
        case "nfs":
            if !target.isEmpty, !target.hasPrefix("/") {
                errors.append(.invalid("\(at).path", .string(target), "must be an absolute path"))
            }
        default: break
        }
        if type == "hostPath", target == "/", spec["persistentVolumeReclaimPolicy"] == "Recycle" {
            errors.append(
                .forbidden("spec.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'"))
        }
        if type == "local", spec["nodeAffinity"].isNull {
            errors.append(.required("spec.nodeAffinity", "Local volume requires node affinity"))
        }
        return errors
    }

    private static func nodes(_ affinity: JSON) -> [FieldError] {
        let path = "spec.nodeAffinity.required"
        if affinity["required"].isNull { return [.required(path, "must specify required node constraints")] }
        return SchedulingValidation.nodeTerms(affinity["required"], path)
    }

    private static func modes(_ spec: JSON) -> [FieldError] {
        let modes = spec["accessModes"].elements
        var errors: [FieldError] = modes.compactMap { mode in
            accessModes.contains(mode.string ?? "") ? nil : .notSupported("spec.accessModes", mode, accessModes)
        }
        if modes.contains("ReadWriteOncePod"), modes.contains(where: { $0 != "ReadWriteOncePod" }) {
            errors.append(
                .forbidden("spec.accessModes", "may not use ReadWriteOncePod with other access modes"))
        }
        return errors
    }

    // MARK: Claims

    static func claim(_ object: JSON, old: JSON?) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        if spec["accessModes"].elements.isEmpty {
            errors.append(.required("spec.accessModes", "at least 1 access mode is required"))
        }
        errors += modes(spec)
        if !spec["selector"].isNull { errors += Check.selector(spec["selector"], "spec.selector") }
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
        return errors + changes(spec, old)
    }

    private static func changes(_ spec: JSON, _ old: JSON) -> [FieldError] {
        var before = old["spec"]
        var after = spec
        var ignored = ["volumeAttributesClassName"]
        if before["volumeName"].isNull { ignored.append("volumeName") }
        if old["status"]["phase"] == "Bound" { ignored.append("resources") }
        for field in ignored {
            before.drop(field)
            after.drop(field)
        }
        var errors: [FieldError] = []
        if before != after {
            errors.append(
                .forbidden(
                    "spec",
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
                        + "bound claims\n" + GoDump.difference(after, before, type: "core.v1.PersistentVolumeClaimSpec")))
        }
        let amount = { (list: JSON) in list["storage"].string.flatMap { Quantity($0) } }
        if let new = amount(spec["resources"]["requests"]), let was = amount(old["spec"]["resources"]["requests"]),
            new < was, let held = amount(old["status"]["capacity"]), !(held < new)
        {
            errors.append(
                .forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"))
        }
        return errors
    }

    // MARK: Classes

    static func storageClass(_ object: JSON, old: JSON?) -> [FieldError] {
        var errors: [FieldError] = []
        let provisioner = Check.text(object, "provisioner")
        if provisioner.isEmpty {
            errors.append(.required("provisioner"))
        } else {
            errors += Check.qualifiedName(provisioner.lowercased(), "provisioner").map {
                .invalid($0.field, .string(provisioner), $0.detail)
            }
        }
        for (field, values) in [
            ("reclaimPolicy", ["Delete", "Retain"]), ("volumeBindingMode", ["Immediate", "WaitForFirstConsumer"]),
        ] where !values.contains(Check.text(object, field)) {
            errors.append(.notSupported(field, object[field], values))
        }
        for (key, _) in object["parameters"].object ?? [:] where key.isEmpty {
            errors.append(.invalid("parameters", "", "field can not be empty."))
        }
        errors += topologies(object["allowedTopologies"].elements)
        guard let old else { return errors }
        for field in ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"] where old[field] != object[field] {
            errors.append(.forbidden(field, "updates to \(field) are forbidden."))
        }
        return errors
    }

    private static func topologies(_ terms: [JSON]) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, term) in terms.enumerated() {
            for (index, expression) in term["matchLabelExpressions"].elements.enumerated() {
                let at = "allowedTopologies[\(position)].matchLabelExpressions[\(index)]"
                let values = expression["values"].elements
                if values.isEmpty { errors.append(.required("\(at).values")) }
                var seen: Set<JSON> = []
                for (order, value) in values.enumerated() where !seen.insert(value).inserted {
                    errors.append(.duplicate("\(at).values[\(order)]", value))
                }
                errors += Check.qualifiedName(Check.text(expression, "key"), "\(at).key")
            }
        }
        return errors
    }
}
