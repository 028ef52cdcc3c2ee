// Cluster IPs, node ports and IP families of Services (kubernetes/pkg/registry/core/service).

import JSONTree
import KubeModel

/// Allocates what a Service needs of the cluster, and keeps what it has.
enum ServiceAllocation {
    private static let portRange: ClosedRange<Int64> = 30_000...32_767
    /// 10.96.0.0/12.
    private static let firstAddress: UInt32 = 10 << 24 | 96 << 16
    private static let addressCount: UInt32 = 1 << 20
    private static let rangeText = "10.96.0.0/12"

    private static func needsAddress(_ service: JSON) -> Bool { service["spec"]["type"].string != "ExternalName" }
    private static func needsNodePort(_ service: JSON) -> Bool {
        let spec = service["spec"]
        return spec["type"].string == "NodePort"
            || (spec["type"].string == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"].bool != false)
    }
    private static func mayHaveNodePort(_ service: JSON) -> Bool {
        ["NodePort", "LoadBalancer"].contains(service["spec"]["type"].string ?? "")
    }

    // MARK: Create

    static func allocateNew(
        _ service: inout JSON, _ resource: ResourceDefinition, view: some ClusterView, isDryRun: Bool
    ) throws(APIStatus) {
        service.edit("spec") { normalize(&$0) }
        guard KindValidation.errors(in: service, old: nil, subresource: "", resource).isEmpty else { return }
        try allocate(&service, old: nil, view, isDryRun: isDryRun)
    }

    private static func normalize(_ spec: inout JSON) {
        let address = spec["clusterIP"].string ?? ""
        if address.isEmpty {
            spec.drop("clusterIP")
            if let first = spec["clusterIPs"][0].string { spec["clusterIP"] = .string(first) }
        } else if spec["clusterIPs"].elements.isEmpty {
            spec["clusterIPs"] = [.string(address)]
        }
        if spec["clusterIPs"].elements.isEmpty { spec.drop("clusterIPs") }
    }

    // MARK: Update

    static func allocateChanged(
        _ service: inout JSON, old: JSON, _ resource: ResourceDefinition, view: some ClusterView, isDryRun: Bool
    ) throws(APIStatus) {
        keepAllocated(&service, old)
        dropWhatTheTypeLacks(&service, old)
        guard KindValidation.errors(in: service, old: old, subresource: "", resource).isEmpty else { return }
        try allocate(&service, old: old, view, isDryRun: isDryRun)
    }

    /// A client that does not mention allocated values keeps them (`patchAllocatedValues`).
    private static func keepAllocated(_ service: inout JSON, _ old: JSON) {
        let before = old["spec"]
        let keepsPorts = needsNodePort(service) && needsNodePort(old)
        let keepsAddress = needsAddress(service) && needsAddress(old)
        service.edit("spec") { spec in
            if keepsAddress {
                let isUnset = (spec["clusterIP"].string ?? "").isEmpty
                if isUnset { spec["clusterIP"] = before["clusterIP"] }
                let address = spec["clusterIP"]
                if spec["clusterIPs"].elements.isEmpty {
                    spec["clusterIPs"] = address == before["clusterIP"] ? before["clusterIPs"] : [address]
                } else if spec["clusterIPs"] == before["clusterIPs"], address != before["clusterIP"] {
                    spec["clusterIPs"] = [address]
                }
                for field in ["ipFamilies", "ipFamilyPolicy"] where !spec.hasContent(field) {
                    spec.set([field], to: before[field].isNull ? nil : before[field])
                }
                if spec["clusterIP"].isNull { spec.drop("clusterIP") }
                if spec["clusterIPs"].isNull { spec.drop("clusterIPs") }
            }
            guard keepsPorts else { return }
            spec.editEach("ports") { port in
                guard port["nodePort"].int ?? 0 == 0 else { return }
                let same = before["ports"].elements.first { $0["port"] == port["port"] && $0["protocol"] == port["protocol"] }
                if let same, !same["nodePort"].isNull { port["nodePort"] = same["nodePort"] }
            }
            if spec["healthCheckNodePort"].isNull, !before["healthCheckNodePort"].isNull {
                spec["healthCheckNodePort"] = before["healthCheckNodePort"]
            }
        }
    }

    /// A change of type takes the fields with it that the new type does not have, unless the
    /// client changed them (`dropTypeDependentFields`).
    private static func dropWhatTheTypeLacks(_ service: inout JSON, _ old: JSON) {
        let before = old["spec"]
        let losesAddress = needsAddress(old) && !needsAddress(service)
        let losesPorts = mayHaveNodePort(old) && !mayHaveNodePort(service)
        let losesBalancer = before["type"].string == "LoadBalancer" && service["spec"]["type"].string != "LoadBalancer"
        let wasExternal = before["type"].string == "ExternalName" && service["spec"]["type"].string != "ExternalName"
        let isPolicyKept = mayHaveNodePort(service) || service["spec"].hasContent("externalIPs")
        service.edit("spec") { spec in
            if losesAddress {
                for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"]
                where spec[field] == before[field] { spec.drop(field) }
            }
            if losesPorts, spec["ports"].elements.map({ $0["nodePort"] }) == before["ports"].elements.map({ $0["nodePort"] }) {
                spec.editEach("ports") { $0.drop("nodePort") }
            }
            if !isPolicyKept, spec["externalTrafficPolicy"] == before["externalTrafficPolicy"] {
                spec.drop("externalTrafficPolicy")
            }
            if losesBalancer {
                for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass", "healthCheckNodePort"]
                where spec[field] == before[field] { spec.drop(field) }
            }
            if wasExternal, spec["externalName"] == before["externalName"] { spec.drop("externalName") }
        }
        if losesBalancer { service["status"] = ["loadBalancer": [:]] }
    }

    // MARK: Allocation

    private static func allocate(
        _ service: inout JSON, old: JSON?, _ view: some ClusterView, isDryRun: Bool
    ) throws(APIStatus) {
        let others = view.objects(Kinds.service.groupKind, namespace: nil).filter {
            $0.uid != service["metadata"]["uid"].string
        }
        if needsAddress(service) {
            try chooseFamilies(&service)
            try chooseAddress(&service, old: old, others)
        }
        try choosePorts(&service, old: old, others, isDryRun: isDryRun)
    }

    private static func chooseFamilies(_ service: inout JSON) throws(APIStatus) {
        let spec = service["spec"]
        let isHeadlessWithoutSelector = spec["clusterIP"].string == "None" && !spec.hasContent("selector")
        var errors: [FieldError] = []
        if spec["ipFamilyPolicy"].string == "RequireDualStack", !isHeadlessWithoutSelector {
            errors.append(
                .invalid(
                    "spec.ipFamilyPolicy", spec["ipFamilyPolicy"],
                    "this cluster is not configured for dual-stack services"))
        }
        for (position, family) in spec["ipFamilies"].elements.enumerated()
        where family.string != "IPv4" && !isHeadlessWithoutSelector {
            errors.append(.invalid("spec.ipFamilies[\(position)]", family, "not configured on this cluster"))
        }
        if !errors.isEmpty { throw invalid(service, errors) }
        service.edit("spec") { spec in
            let isDual = isHeadlessWithoutSelector && !spec.hasContent("ipFamilyPolicy") && !spec.hasContent("ipFamilies")
            spec.fillInText("ipFamilyPolicy", with: isDual ? "RequireDualStack" : "SingleStack")
            if !spec.hasContent("ipFamilies") {
                let hasBoth = isHeadlessWithoutSelector && spec["ipFamilyPolicy"].string != "SingleStack"
                spec["ipFamilies"] = hasBoth ? ["IPv4", "IPv6"] : ["IPv4"]
            }
        }
    }

    private static func chooseAddress(
        _ service: inout JSON, old: JSON?, _ others: [KubeObject]
    ) throws(APIStatus) {
        let given = service["spec"]["clusterIP"].string ?? ""
        if given == "None" {
            service.set(["spec", "clusterIPs"], to: ["None"])
            return
        }
        if let old, given == old["spec"]["clusterIP"].string { return }
        let taken = Set(others.compactMap { $0.spec["clusterIP"].string })
        if given.isEmpty {
            var hash = StableHash()
            hash.combine(service["metadata"]["uid"])
            var offset = hash.value % (addressCount - 2) + 1
            for _ in 0..<addressCount {
                let address = text(firstAddress + offset)
                if !taken.contains(address) {
                    service.set(["spec", "clusterIP"], to: .string(address))
                    service.set(["spec", "clusterIPs"], to: [.string(address)])
                    return
                }
                offset = offset % (addressCount - 2) + 1
            }
            throw APIStatus(code: 500, reason: "InternalError", message: "failed to allocate a serviceIP: range is full")
        }
        var problem: String?
        if let number = number(given), number > firstAddress, number < firstAddress + addressCount - 1 {
            if taken.contains(given) { problem = "provided IP is already allocated" }
        } else {
            problem = "the provided IP (\(given)) is not in the valid range. The range of valid IPs is \(rangeText)"
        }
        guard let problem else { return }
        throw invalid(
            service,
            [.invalid("spec.clusterIPs", service["spec"]["clusterIPs"], "failed to allocate IP \(given): \(problem)")])
    }

    private static func choosePorts(
        _ service: inout JSON, old: JSON?, _ others: [KubeObject], isDryRun: Bool
    ) throws(APIStatus) {
        var taken: Set<Int64> = []
        for other in others {
            for port in other.spec["ports"].elements { if let number = port["nodePort"].int { taken.insert(number) } }
            if let number = other.spec["healthCheckNodePort"].int { taken.insert(number) }
        }
        let kept = Set((old?["spec"]["ports"].elements ?? []).compactMap { $0["nodePort"].int })
        if !isDryRun {
            for (position, port) in service["spec"]["ports"].elements.enumerated() {
                guard let number = port["nodePort"].int, number != 0, !kept.contains(number) else { continue }
                let field = "spec.ports[\(position)].nodePort"
                if !portRange.contains(number) {
                    let why = "provided port is not in the valid range. The range of valid ports is 30000-32767"
                    throw invalid(service, [.invalid(field, .int(number), why)])
                }
                if taken.contains(number) {
                    throw invalid(service, [.invalid(field, .int(number), "provided port is already allocated")])
                }
            }
        }
        guard needsNodePort(service) else { return }
        taken.formUnion(service["spec"]["ports"].elements.compactMap { $0["nodePort"].int })
        var hash = StableHash()
        hash.combine(service["metadata"]["uid"])
        var next = Int64(hash.value) % Int64(portRange.count) + portRange.lowerBound
        func free() -> Int64 {
            for _ in portRange {
                next = next >= portRange.upperBound ? portRange.lowerBound : next + 1
                if taken.insert(next).inserted { return next }
            }
            return 0
        }
        service.edit("spec") { spec in
            spec.editEach("ports") { port in
                if port["nodePort"].int ?? 0 == 0 { port["nodePort"] = .int(free()) }
            }
            if spec["type"].string == "LoadBalancer", spec["externalTrafficPolicy"].string == "Local" {
                spec.fillIn("healthCheckNodePort", with: .int(free()))
            }
        }
    }

    private static func invalid(_ service: JSON, _ errors: [FieldError]) -> APIStatus {
        let name = service["metadata"]["name"].string ?? ""
        let sentences = errors.map(\.description)
        let text = sentences.count == 1 ? sentences[0] : "[" + sentences.joined(separator: ", ") + "]"
        return APIStatus(
            code: 422, reason: "Invalid", message: "Service \"\(name)\" is invalid: \(text)",
            causes: errors.map {
                APIStatus.Cause(field: $0.field, reason: $0.kind.rawValue, message: $0.message)
            })
    }

    private static func text(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }

    private static func number(_ address: String) -> UInt32? {
        let parts = address.split(separator: ".").compactMap { UInt8($0) }
        return parts.count == 4 ? parts.reduce(0) { $0 << 8 | UInt32($1) } : nil
    }
}
