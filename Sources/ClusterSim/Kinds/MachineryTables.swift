// Tables of the kinds that drive storage, admission and the API server itself.

import JSONTree
import KubeModel

/// The tables of kinds that people rarely list.
enum MachineryTables {
    static let shapes: [GroupKind: TableShape] = storage.merging(admission) { first, _ in first }
        .merging(server) { first, _ in first }

    private static func columns(_ names: String...) -> [TableColumn] {
        names.map { name in
            let parts = name.split(separator: ":")
            return parts.count == 2
                ? TableColumn(String(parts[0]), String(parts[1])) : TableColumn(String(parts[0]))
        }
    }

    private static func joined(_ list: JSON, ifEmpty: String) -> JSON {
        let texts = list.elements.compactMap(\.string)
        return .string(texts.isEmpty ? ifEmpty : texts.joined(separator: ","))
    }

    // MARK: Storage

    private static let storage: [GroupKind: TableShape] = [
        GroupKind("storage.k8s.io", "VolumeAttributesClass"): TableShape(
            columns: columns("Name", "DriverName", "Age")
        ) { object, now in
            var name = object["metadata"]["name"].string ?? ""
            let annotation = "storageclass.kubernetes.io/is-default-class"
            if object["metadata"]["annotations"][annotation] == "true" { name += " (default)" }
            return [.string(name), object["driverName"], TableText.age(object, now)]
        },
        GroupKind("storage.k8s.io", "VolumeAttachment"): TableShape(
            columns: columns("Name", "Attacher", "PV", "Node", "Attached:boolean", "Age")
        ) { object, now in
            let volume = object["spec"]["source"]["persistentVolumeName"]
            return [
                TableText.name(object), object["spec"]["attacher"], volume.isNull ? "" : volume,
                object["spec"]["nodeName"], .bool(object["status"]["attached"].bool ?? false),
                TableText.age(object, now),
            ]
        },
        GroupKind("storage.k8s.io", "CSINode"): TableShape(
            columns: columns("Name", "Drivers:integer", "Age")
        ) { object, now in
            [
                TableText.name(object), .int(Int64(object["spec"]["drivers"].elements.count)),
                TableText.age(object, now),
            ]
        },
        GroupKind("storage.k8s.io", "CSIDriver"): TableShape(
            columns: columns(
                "Name", "AttachRequired:boolean", "PodInfoOnMount:boolean", "StorageCapacity:boolean",
                "TokenRequests", "RequiresRepublish:boolean", "Modes", "Age")
        ) { object, now in
            let spec = object["spec"]
            let audiences = spec["tokenRequests"].elements.map { $0["audience"] }
            return [
                TableText.name(object), .bool(spec["attachRequired"].bool ?? true),
                .bool(spec["podInfoOnMount"].bool ?? false), .bool(spec["storageCapacity"].bool ?? false),
                joined(.array(audiences), ifEmpty: "<unset>"), .bool(spec["requiresRepublish"].bool ?? false),
                joined(spec["volumeLifecycleModes"], ifEmpty: "<none>"), TableText.age(object, now),
            ]
        },
        GroupKind("storage.k8s.io", "CSIStorageCapacity"): TableShape(
            columns: columns("Name", "StorageClassName", "Capacity")
        ) { object, _ in
            let capacity = object["capacity"]
            return [
                TableText.name(object), object["storageClassName"], capacity.isNull ? "<unset>" : capacity,
            ]
        },
    ]

    // MARK: Admission

    private static let admission: [GroupKind: TableShape] = [
        GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): TableShape(
            columns: columns("Name", "Validations:integer", "ParamKind", "Age")
        ) { object, now in
            let kind = object["spec"]["paramKind"]
            let text: JSON = kind.isNull
                ? "<unset>" : .string("\(kind["apiVersion"].string ?? "")/\(kind["kind"].string ?? "")")
            return [
                TableText.name(object), .int(Int64(object["spec"]["validations"].elements.count)), text,
                TableText.age(object, now),
            ]
        },
        GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): TableShape(
            columns: columns("Name", "PolicyName", "ParamRef", "Age")
        ) { object, now in
            [
                TableText.name(object), object["spec"]["policyName"], parameters(object["spec"]["paramRef"]),
                TableText.age(object, now),
            ]
        },
    ]

    private static func parameters(_ reference: JSON) -> JSON {
        guard !reference.isNull else { return "<unset>" }
        let name = reference["name"].string ?? ""
        guard let namespace = reference["namespace"].string, !namespace.isEmpty else {
            return .string(name.isEmpty ? "*" : "*/\(name)")
        }
        return .string("\(namespace)/\(name.isEmpty ? "*" : name)")
    }

    // MARK: The server

    private static let server: [GroupKind: TableShape] = [
        GroupKind("flowcontrol.apiserver.k8s.io", "FlowSchema"): TableShape(
            columns: columns(
                "Name", "PriorityLevel", "MatchingPrecedence:integer", "DistinguisherMethod", "Age", "MissingPL")
        ) { object, now in
            let spec = object["spec"]
            let method = spec["distinguisherMethod"]["type"]
            let dangling = object["status"]["conditions"].elements.first { $0["type"] == "Dangling" }
            return [
                TableText.name(object), spec["priorityLevelConfiguration"]["name"],
                TableText.number(spec["matchingPrecedence"]), method.isNull ? "<none>" : method,
                TableText.age(object, now), dangling?["status"] ?? "?",
            ]
        },
        GroupKind("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"): TableShape(
            columns: columns(
                "Name", "Type", "NominalConcurrencyShares", "Queues", "HandSize", "QueueLengthLimit", "Age"),
            cells: level),
        GroupKind("networking.k8s.io", "ServiceCIDR"): TableShape(
            columns: columns("Name", "CIDRs", "Age")
        ) { object, now in
            [TableText.name(object), joined(object["spec"]["cidrs"], ifEmpty: ""), TableText.age(object, now)]
        },
        GroupKind("networking.k8s.io", "IPAddress"): TableShape(
            columns: columns("Name", "ParentRef", "Age")
        ) { object, now in
            let parent = object["spec"]["parentRef"]
            let parts = ["resource", "group", "namespace", "name"].map { parent[$0].string ?? "" }
            let resource = parts[1].isEmpty ? parts[0] : "\(parts[0]).\(parts[1])"
            let text = [resource, parts[2], parts[3]].filter { !$0.isEmpty }.joined(separator: "/")
            return [TableText.name(object), .string(text), TableText.age(object, now)]
        },
        GroupKind("", "ComponentStatus"): TableShape(
            columns: columns("Name", "Status", "Message", "Error")
        ) { object, _ in [TableText.name(object), "Unknown", "", ""] },
        GroupKind("apiregistration.k8s.io", "APIService"): TableShape(
            columns: columns("Name", "Service", "Available", "Age")
        ) { object, now in
            let service = object["spec"]["service"]
            let text: JSON = service.isNull
                ? "Local" : .string("\(service["namespace"].string ?? "")/\(service["name"].string ?? "")")
            let condition = object["status"]["conditions"].elements.first { $0["type"] == "Available" }
            let isAvailable = condition?["status"] == "True"
            let why = condition.map { " (\($0["reason"].string ?? ""))" } ?? ""
            return [
                TableText.name(object), text,
                .string(isAvailable ? "True" : "\(condition?["status"].string ?? "Unknown")\(why)"),
                TableText.age(object, now),
            ]
        },
    ]

    private static func level(_ object: JSON, _ now: Timestamp) -> [JSON] {
        let spec = object["spec"]
        let queuing = spec["limited"]["limitResponse"]["queuing"]
        let text = { (value: JSON) -> JSON in value.int.map { .string(String($0)) } ?? "<none>" }
        let shares = spec["type"] == "Exempt"
            ? spec["exempt"]["nominalConcurrencyShares"] : spec["limited"]["nominalConcurrencyShares"]
        return [
            TableText.name(object), spec["type"], text(shares), text(queuing["queues"]),
            text(queuing["handSize"]), text(queuing["queueLengthLimit"]), TableText.age(object, now),
        ]
    }
}
