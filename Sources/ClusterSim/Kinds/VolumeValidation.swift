// Validation of volumes.

import JSONTree
import KubeModel

/// Validates the volumes of a pod.
enum VolumeValidation {
    /// The types in the order in which the server looks for them: of two, the later one is wrong.
    private static let order = [
        "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi",
        "glusterfs", "persistentVolumeClaim", "rbd", "flexVolume", "cinder", "cephfs", "flocker", "downwardAPI",
        "fc", "configMap", "azureFile", "vsphereVolume", "quobyte", "azureDisk", "storageos",
        "photonPersistentDisk", "portworxVolume", "scaleIO", "projected", "csi", "ephemeral", "image",
    ]
    private static let hostPathTypes = [
        "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
    ]
    private static let requiredFields: [String: [String]] = [
        "secret": ["secretName"], "configMap": ["name"], "persistentVolumeClaim": ["claimName"],
        "nfs": ["server", "path"], "hostPath": ["path"], "csi": ["driver"], "gitRepo": ["repository"],
        "awsElasticBlockStore": ["volumeID"], "gcePersistentDisk": ["pdName"], "cinder": ["volumeID"],
        "iscsi": ["targetPortal", "iqn"], "glusterfs": ["endpoints", "path"], "flexVolume": ["driver"],
        "azureFile": ["secretName", "shareName"], "azureDisk": ["diskName", "diskURI"],
    ]
    private static let downwardPaths: Set<String> = [
        "metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid",
    ]

    /// The errors of a list of volumes, and the names of those that containers may mount: a volume
    /// with an error is not there for them.
    static func volumes(_ volumes: [JSON], _ path: String) -> (errors: [FieldError], names: Set<String>) {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, volume) in volumes.enumerated() {
            let at = "\(path)[\(position)]"
            let name = Check.text(volume, "name")
            var found = source(volume, at)
            if name.isEmpty {
                found.append(.required("\(at).name"))
            } else {
                found += Check.dnsLabel(name, "\(at).name")
                if names.contains(name) { found.append(.duplicate("\(at).name", .string(name))) }
            }
            if found.isEmpty { names.insert(name) }
            errors += found
        }
        return (errors, names)
    }

    private static func source(_ volume: JSON, _ path: String) -> [FieldError] {
        let types = order.filter { !volume[$0].isNull }
        var errors = types.dropFirst().map {
            FieldError.forbidden("\(path).\($0)", "may not specify more than 1 volume type")
        }
        if types.isEmpty { errors.append(.required(path, "must specify a volume type")) }
        guard let type = types.first else { return errors }
        let source = volume[type]
        let at = "\(path).\(type)"
        for field in requiredFields[type] ?? [] { errors += Check.required(source, field, at) }
        switch type {
        case "emptyDir":
            if let limit = source["sizeLimit"].string.flatMap({ Quantity($0) }), limit.milliValue < 0 {
                errors.append(.forbidden("\(at).sizeLimit", "SizeLimit field must be a valid resource quantity"))
            }
        case "hostPath":
            if Check.text(source, "path").split(separator: "/").contains("..") {
                errors.append(.invalid("\(at).path", source["path"], "must not contain '..'"))
            }
            if let kind = source["type"].string, !hostPathTypes.contains(kind) {
                errors.append(.notSupported("\(at).type", .string(kind), hostPathTypes))
            }
        case "nfs":
            if !Check.text(source, "path").hasPrefix("/"), source.hasContent("path") {
                errors.append(.invalid("\(at).path", source["path"], "must be an absolute path"))
            }
        case "secret", "configMap":
            errors += mode(source["defaultMode"], "\(at).defaultMode") + items(source["items"].elements, "\(at).items")
        case "downwardAPI":
            errors += mode(source["defaultMode"], "\(at).defaultMode") + downward(source["items"].elements, "\(at).items")
        case "projected": errors += projected(source, at)
        default: break
        }
        return errors
    }

    private static func mode(_ value: JSON, _ path: String) -> [FieldError] {
        guard let mode = value.int, !(0...0o777).contains(mode) else { return [] }
        return [
            .invalid(path, value, "must be a number between 0 and 0777 (octal), both inclusive")
        ]
    }

    private static func items(_ items: [JSON], _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, item) in items.enumerated() {
            let at = "\(path)[\(position)]"
            errors += Check.required(item, "key", at) + relativePath(item, at) + mode(item["mode"], "\(at).mode")
        }
        return errors
    }

    private static func relativePath(_ item: JSON, _ path: String) -> [FieldError] {
        let value = Check.text(item, "path")
        if value.isEmpty { return [.required("\(path).path")] }
        if value.hasPrefix("/") { return [.invalid("\(path).path", .string(value), "must be a relative path")] }
        if value.split(separator: "/").contains("..") {
            return [.invalid("\(path).path", .string(value), "must not contain '..'")]
        }
        return []
    }

    private static func downward(_ items: [JSON], _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, item) in items.enumerated() {
            let at = "\(path)[\(position)]"
            errors += relativePath(item, at)
            if !item["fieldRef"].isNull {
                errors += ContainerValidation.fieldReference(item["fieldRef"], "\(at).fieldRef", downwardPaths)
                if !item["resourceFieldRef"].isNull {
                    errors.append(.invalid(at, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"))
                }
            } else if item["resourceFieldRef"].isNull {
                errors.append(.required(at, "one of fieldRef and resourceFieldRef is required"))
            }
        }
        return errors
    }

    private static func projected(_ source: JSON, _ path: String) -> [FieldError] {
        var errors = mode(source["defaultMode"], "\(path).defaultMode")
        for (position, entry) in source["sources"].elements.enumerated() {
            let at = "\(path).sources[\(position)]"
            let types = ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"]
                .filter { !entry[$0].isNull }
            for type in types.dropFirst() {
                errors.append(.forbidden("\(at).\(type)", "may not specify more than 1 volume type"))
            }
            if types.isEmpty { errors.append(.required(at, "must specify a source type")) }
            for type in ["secret", "configMap"] where !entry[type].isNull {
                errors += Check.required(entry[type], "name", "\(at).\(type)")
                errors += items(entry[type]["items"].elements, "\(at).\(type).items")
            }
            if !entry["downwardAPI"].isNull {
                errors += downward(entry["downwardAPI"]["items"].elements, "\(at).downwardAPI.items")
            }
            let token = entry["serviceAccountToken"]
            if !token.isNull {
                if let seconds = token["expirationSeconds"].int, seconds < 600 {
                    errors.append(
                        .invalid("\(at).serviceAccountToken.expirationSeconds", .int(seconds), "may not specify a duration less than 10 minutes"))
                }
                errors += Check.required(token, "path", "\(at).serviceAccountToken")
            }
        }
        return errors
    }
}
