// Validation of Services and of endpoints.

import JSONTree
import KubeModel

/// Validates Services (kubernetes/pkg/apis/core/validation, `ValidateService`).
enum ServiceValidation {
    private static let types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
    private static let stickinessMax: Int64 = 86_400

    static func service(_ object: JSON, old: JSON?) -> [FieldError] {
        let spec = object["spec"]
        let type = Check.text(spec, "type")
        var errors: [FieldError] = []
        if spec["ports"].elements.isEmpty, spec["clusterIP"].string != "None", type != "ExternalName" {
            errors.append(.required("spec.ports"))
        }
        errors += byType(spec, type) + ports(spec, type)
        errors += MetadataRules.labels(spec["selector"], "spec.selector")
        errors += affinity(spec)
        errors += addresses(spec, type)
        errors += policies(spec, type)
        errors += balancer(spec, type)
        if type.isEmpty { errors.append(.required("spec.type")) }
        errors += Check.oneOf(spec, "type", "spec", types)
        if let old { errors += update(spec, old["spec"], type) }
        return errors
    }

    private static func byType(_ spec: JSON, _ type: String) -> [FieldError] {
        var errors: [FieldError] = []
        switch type {
        case "LoadBalancer", "NodePort":
            if spec["clusterIP"].string == "None" {
                errors.append(.invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for \(type) services"))
            }
        case "ExternalName":
            let address = spec["clusterIP"].string ?? ""
            if !address.isEmpty {
                errors.append(.forbidden("spec.clusterIPs", "may not be set when `type` is 'ExternalName'"))
            }
            if spec.hasContent("externalName") {
                let name = Check.text(spec, "externalName")
                errors += Check.dnsSubdomain(name.hasSuffix(".") ? String(name.dropLast()) : name, "spec.externalName")
            } else {
                errors.append(.required("spec.externalName"))
            }
        default: break
        }
        return errors
    }

    // MARK: Ports

    private static func ports(_ spec: JSON, _ type: String) -> [FieldError] {
        let list = spec["ports"].elements
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, port) in list.enumerated() {
            errors += Self.port(port, "spec.ports[\(position)]", needsName: list.count > 1, &names)
        }
        if type == "ClusterIP" {
            for (position, port) in list.enumerated() where port["nodePort"].int ?? 0 != 0 {
                errors.append(
                    .forbidden("spec.ports[\(position)].nodePort", "may not be used when `type` is 'ClusterIP'"))
            }
        }
        var seen: Set<String> = []
        var nodePorts: Set<String> = []
        for (position, port) in list.enumerated() {
            let transport = Check.text(port, "protocol")
            if !seen.insert("\(transport) \(port["port"].int ?? 0)").inserted {
                let value: JSON = [
                    "Name": "", "Protocol": .string(transport), "AppProtocol": .null, "Port": port["port"],
                    "TargetPort": 0, "NodePort": 0,
                ]
                errors.append(.duplicate("spec.ports[\(position)]", value))
            }
            if let number = port["nodePort"].int, number != 0, !nodePorts.insert("\(transport) \(number)").inserted {
                errors.append(.duplicate("spec.ports[\(position)].nodePort", .int(number)))
            }
        }
        return errors
    }

    private static func port(
        _ port: JSON, _ path: String, needsName: Bool, _ names: inout Set<String>
    ) -> [FieldError] {
        var errors: [FieldError] = []
        let name = Check.text(port, "name")
        if name.isEmpty {
            if needsName { errors.append(.required("\(path).name")) }
        } else {
            errors += Check.dnsLabel(name, "\(path).name")
            if !names.insert(name).inserted { errors.append(.duplicate("\(path).name", .string(name))) }
        }
        errors += Check.port(port["port"].isNull ? 0 : port["port"], "\(path).port")
        if Check.text(port, "protocol").isEmpty { errors.append(.required("\(path).protocol")) }
        errors += Check.oneOf(port, "protocol", path, ["SCTP", "TCP", "UDP"])
        errors += Check.portOrName(port["targetPort"], "\(path).targetPort")
        if port.hasContent("appProtocol") {
            errors += Check.qualifiedName(Check.text(port, "appProtocol"), "\(path).appProtocol")
        }
        return errors
    }

    // MARK: Addresses, affinity, policies

    private static func affinity(_ spec: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        if Check.text(spec, "sessionAffinity").isEmpty { errors.append(.required("spec.sessionAffinity")) }
        errors += Check.oneOf(spec, "sessionAffinity", "spec", ["ClientIP", "None"])
        let seconds = spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"]
        errors += Check.oneOf(
            spec, "trafficDistribution", "spec", ["PreferClose", "PreferSameNode", "PreferSameZone"])
        if spec["type"] == "LoadBalancer", spec.hasContent("loadBalancerClass") {
            errors += Check.qualifiedName(Check.text(spec, "loadBalancerClass"), "spec.loadBalancerClass")
        }
        if spec["sessionAffinity"] == "ClientIP", let number = seconds.int, !(1...stickinessMax).contains(number) {
            errors.append(
                .invalid(
                    "spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds,
                    "must be greater than 0 and less than \(stickinessMax)"))
        }
        return errors
    }

    private static func addresses(_ spec: JSON, _ type: String) -> [FieldError] {
        var errors: [FieldError] = []
        let list = spec["clusterIPs"].elements.compactMap(\.string)
        for (position, address) in list.enumerated() {
            if address == "None" {
                if position > 0 {
                    errors.append(.invalid("spec.clusterIPs[\(position)]", "None", "'None' must be the first and only value"))
                }
                continue
            }
            errors += Check.address(address, "spec.clusterIPs[\(position)]")
        }
        if let first = list.first, let address = spec["clusterIP"].string, !address.isEmpty, address != first {
            errors.append(.invalid("spec.clusterIP", .string(address), "first value of `clusterIPs` must match value of `clusterIP`"))
        }
        for (position, value) in spec["externalIPs"].elements.enumerated() {
            errors += Check.endpointAddress(value.string ?? "", "spec.externalIPs[\(position)]")
        }
        var families: Set<JSON> = []
        for (position, family) in spec["ipFamilies"].elements.enumerated() {
            let path = "spec.ipFamilies[\(position)]"
            if family != "IPv4", family != "IPv6" { errors.append(.notSupported(path, family, ["IPv4", "IPv6"])) }
            if !families.insert(family).inserted { errors.append(.duplicate(path, family)) }
        }
        return errors
            + Check.oneOf(spec, "ipFamilyPolicy", "spec", ["PreferDualStack", "RequireDualStack", "SingleStack"])
    }

    private static func policies(_ spec: JSON, _ type: String) -> [FieldError] {
        var errors: [FieldError] = []
        let isExternal = ["NodePort", "LoadBalancer"].contains(type) || (type == "ClusterIP" && spec.hasContent("externalIPs"))
        let policy = Check.text(spec, "externalTrafficPolicy")
        if isExternal {
            if policy.isEmpty { errors.append(.required("spec.externalTrafficPolicy")) }
            errors += Check.oneOf(spec, "externalTrafficPolicy", "spec", ["Cluster", "Local"])
        } else if !policy.isEmpty {
            errors.append(
                .invalid("spec.externalTrafficPolicy", .string(policy), "may only be set for externally-accessible services"))
        }
        if type == "ExternalName" || type.isEmpty { return errors }
        return errors + Check.oneOf(spec, "internalTrafficPolicy", "spec", ["Cluster", "Local"])
    }

    private static func balancer(_ spec: JSON, _ type: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, range) in spec["loadBalancerSourceRanges"].elements.enumerated()
        where !Check.isCIDR((range.string ?? "").trimmingBlanks()) {
            errors.append(
                .invalid(
                    "spec.loadBalancerSourceRanges[\(position)]", range,
                    "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"))
        }
        guard type != "LoadBalancer" else { return errors }
        for field in ["loadBalancerSourceRanges", "allocateLoadBalancerNodePorts", "loadBalancerClass"]
        where spec.hasContent(field) {
            errors.append(.forbidden("spec.\(field)", "may only be used when `type` is 'LoadBalancer'"))
        }
        if let port = spec["healthCheckNodePort"].int, port != 0 {
            errors.append(
                .invalid(
                    "spec.healthCheckNodePort", .int(port),
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"))
        }
        return errors
    }

    /// A cluster IP stays, as long as the Service has one.
    private static func update(_ spec: JSON, _ old: JSON, _ type: String) -> [FieldError] {
        guard type != "ExternalName", old["type"].string != "ExternalName" else { return [] }
        let before = old["clusterIPs"]
        guard !before.elements.isEmpty, before[0] != spec["clusterIPs"][0] else { return [] }
        return [.invalid("spec.clusterIPs[0]", spec["clusterIPs"], "may not change once set")]
    }

    // MARK: Endpoints

    static func endpointSlice(_ object: JSON, old: JSON?) -> [FieldError] {
        var errors: [FieldError] = []
        let type = Check.text(object, "addressType")
        if type.isEmpty { errors.append(.required("addressType")) }
        if !type.isEmpty, !["FQDN", "IPv4", "IPv6"].contains(type) {
            errors.append(.notSupported("addressType", .string(type), ["FQDN", "IPv4", "IPv6"]))
        }
        if let old, old["addressType"] != object["addressType"] {
            errors.append(.invalid("addressType", object["addressType"], Check.immutable))
        }
        // The API server's own addresses may be loopback in the embedded cluster.
        let isOwn = object["metadata"]["name"] == "kubernetes" && object["metadata"]["namespace"] == "default"
        if object["endpoints"].elements.count > 1000 {
            errors.append(FieldError(.tooMany, "endpoints", value: JSON(object["endpoints"].elements.count), "must have at most 1000 items"))
        }
        for (position, endpoint) in object["endpoints"].elements.enumerated() {
            errors += Self.endpoint(endpoint, "endpoints[\(position)]", type, isOwn: isOwn)
        }
        var names: Set<String> = []
        for (position, port) in object["ports"].elements.enumerated() {
            let path = "ports[\(position)]"
            let name = Check.text(port, "name")
            if !name.isEmpty { errors += Check.dnsLabel(name, "\(path).name") }
            if !names.insert(name).inserted { errors.append(.duplicate("\(path).name", .string(name))) }
            if Check.text(port, "protocol").isEmpty { errors.append(.required("\(path).protocol")) }
            errors += Check.oneOf(port, "protocol", path, ["SCTP", "TCP", "UDP"])
            if !port["port"].isNull { errors += Check.port(port["port"], "\(path).port") }
        }
        return errors
    }

    private static func endpoint(_ endpoint: JSON, _ path: String, _ type: String, isOwn: Bool) -> [FieldError] {
        var errors: [FieldError] = []
        let addresses = endpoint["addresses"].elements
        if addresses.isEmpty { errors.append(.required("\(path).addresses", "must contain at least 1 address")) }
        if addresses.count > 100 {
            errors.append(FieldError(.tooMany, "\(path).addresses", value: JSON(addresses.count), "must have at most 100 items"))
        }
        for (position, address) in addresses.enumerated() {
            let at = "\(path).addresses[\(position)]"
            let text = address.string ?? ""
            switch type {
            case "IPv4", "IPv6":
                let problems = Check.endpointAddress(text, at)
                errors += isOwn ? [] : problems
                if problems.isEmpty, Check.isIPv4(text) != (type == "IPv4") {
                    errors.append(.invalid(at, address, "must be an \(type) address"))
                }
            case "FQDN":
                let name = text.hasSuffix(".") ? String(text.dropLast()) : text
                errors += Check.dnsSubdomain(name, at)
                if name.split(separator: ".").count < 2 {
                    errors.append(.invalid(at, address, "should be a domain with at least two segments separated by dots"))
                }
            default: break
            }
        }
        if endpoint.hasContent("hostname") { errors += Check.dnsLabel(Check.text(endpoint, "hostname"), "\(path).hostname") }
        if endpoint.hasContent("nodeName") {
            errors += Check.dnsSubdomain(Check.text(endpoint, "nodeName"), "\(path).nodeName")
        }
        return errors
    }

    static func endpoints(_ object: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        let isOwn = object["metadata"]["name"] == "kubernetes" && object["metadata"]["namespace"] == "default"
        for (position, subset) in object["subsets"].elements.enumerated() {
            let path = "subsets[\(position)]"
            if subset["addresses"].elements.isEmpty, subset["notReadyAddresses"].elements.isEmpty {
                errors.append(.required(path, "must specify `addresses` or `notReadyAddresses`"))
            }
            for list in ["addresses", "notReadyAddresses"] where !isOwn {
                for (index, address) in subset[list].elements.enumerated() {
                    let at = "\(path).\(list)[\(index)]"
                    errors += Check.endpointAddress(Check.text(address, "ip"), "\(at).ip")
                    if address.hasContent("hostname") {
                        errors += Check.dnsLabel(Check.text(address, "hostname"), "\(at).hostname")
                    }
                    if address.hasContent("nodeName") {
                        errors += Check.dnsSubdomain(Check.text(address, "nodeName"), "\(at).nodeName")
                    }
                }
            }
            let ports = subset["ports"].elements
            for (index, port) in ports.enumerated() {
                let at = "\(path).ports[\(index)]"
                if Check.text(port, "name").isEmpty {
                    if ports.count > 1 { errors.append(.required("\(at).name")) }
                } else {
                    errors += Check.dnsLabel(Check.text(port, "name"), "\(at).name")
                }
                errors += Check.port(port["port"].isNull ? 0 : port["port"], "\(at).port")
                errors += Check.oneOf(port, "protocol", at, ["SCTP", "TCP", "UDP"])
            }
        }
        return errors
    }
}
