// Validation of Ingresses, IngressClasses and NetworkPolicies.

import JSONTree
import KubeModel

/// Validates the kinds of networking.k8s.io.
enum NetworkValidation {
    private static let wildcardMessage =
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must "
        + "consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character "
        + "(e.g. '*.example.com', regex used for validation is "
        + #"'\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#

    // MARK: Ingress

    static func ingress(_ object: JSON, isNew: Bool) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        if spec["rules"].elements.isEmpty, spec["defaultBackend"].isNull {
            errors.append(.invalid("spec", spec["rules"], "either `defaultBackend` or `rules` must be specified"))
        }
        if !spec["defaultBackend"].isNull { errors += backend(spec["defaultBackend"], "spec.defaultBackend") }
        for (position, rule) in spec["rules"].elements.enumerated() {
            let path = "spec.rules[\(position)]"
            if rule.hasContent("host") { errors += host(Check.text(rule, "host"), "\(path).host") }
            guard !rule["http"].isNull else { continue }
            if rule["http"]["paths"].elements.isEmpty { errors.append(.required("\(path).http.paths")) }
            for (index, entry) in rule["http"]["paths"].elements.enumerated() {
                errors += ingressPath(entry, "\(path).http.paths[\(index)]")
            }
        }
        for (position, tls) in spec["tls"].elements.enumerated() {
            let path = "spec.tls[\(position)]"
            for (index, name) in tls["hosts"].elements.enumerated() {
                let text = name.string ?? ""
                let at = "\(path).hosts[\(index)]"
                errors += text.contains("*") ? wildcard(text, at) : Check.dnsSubdomain(text, at)
            }
            if tls.hasContent("secretName") { errors += Check.dnsSubdomain(Check.text(tls, "secretName"), "\(path).secretName") }
        }
        if spec.hasContent("ingressClassName") {
            errors += Check.dnsSubdomain(Check.text(spec, "ingressClassName"), "spec.ingressClassName")
        }
        let annotation = "kubernetes.io/ingress.class"
        let given = object["metadata"]["annotations"][annotation]
        if isNew, !given.isNull, !spec["ingressClassName"].isNull, given != spec["ingressClassName"] {
            errors.append(
                .invalid("annotations.\(annotation)", given, "can not be set when the class field is also set"))
        }
        return errors
    }

    private static func host(_ host: String, _ path: String) -> [FieldError] {
        if Check.isIPv4(host) || Check.isIPv6(host) {
            return [.invalid(path, .string(host), "must be a DNS name, not an IP address")]
        }
        return host.contains("*") ? wildcard(host, path) : Check.dnsSubdomain(host, path)
    }

    private static func wildcard(_ host: String, _ path: String) -> [FieldError] {
        let isValid = host.hasPrefix("*.") && MetadataRules.isDNSSubdomain(String(host.dropFirst(2)))
        return isValid ? [] : [.invalid(path, .string(host), wildcardMessage)]
    }

    private static func ingressPath(_ entry: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        let type = Check.text(entry, "pathType")
        let value = Check.text(entry, "path")
        switch type {
        case "": errors.append(.required("\(path).pathType", "pathType must be specified"))
        case "Exact", "Prefix":
            if !value.hasPrefix("/") {
                errors.append(.invalid("\(path).path", .string(value), "must be an absolute path"))
            }
            for wrong in ["//", "/./", "/../", "%2f", "%2F"] where value.contains(wrong) {
                errors.append(.invalid("\(path).path", .string(value), "must not contain '\(wrong)'"))
            }
            for wrong in ["/..", "/."] where value.hasSuffix(wrong) {
                errors.append(.invalid("\(path).path", .string(value), "cannot end with '\(wrong)'"))
            }
        case "ImplementationSpecific":
            if !value.isEmpty, !value.hasPrefix("/") {
                errors.append(.invalid("\(path).path", .string(value), "must be an absolute path"))
            }
        default:
            errors.append(.notSupported("\(path).pathType", .string(type), ["Exact", "ImplementationSpecific", "Prefix"]))
        }
        return errors + backend(entry["backend"], "\(path).backend")
    }

    private static func backend(_ backend: JSON, _ path: String) -> [FieldError] {
        let service = backend["service"]
        let resource = backend["resource"]
        if !service.isNull, !resource.isNull {
            return [.invalid(path, "", "cannot set both resource and service backends")]
        }
        if !resource.isNull {
            return Check.required(resource, "kind", "\(path).resource") + Check.required(resource, "name", "\(path).resource")
        }
        guard !service.isNull else { return [.invalid(path, "", "resource or service backend is required")] }
        var errors: [FieldError] = []
        let name = Check.text(service, "name")
        if name.isEmpty {
            errors.append(.required("\(path).service.name"))
        } else {
            errors += MetadataRules.labelErrors(name).map { .invalid("\(path).service.name", .string(name), $0) }
        }
        let port = service["port"]
        let number = port["number"].int ?? 0
        if port.hasContent("name"), number != 0 {
            errors.append(.invalid(path, "", "cannot set both port name & port number"))
        } else if port.hasContent("name") {
            errors += Check.portName(Check.text(port, "name"), "\(path).service.port.name")
        } else if number != 0 {
            errors += Check.port(port["number"], "\(path).service.port.number")
        } else {
            errors.append(.required(path, "port name or number is required"))
        }
        return errors
    }

    static func ingressClass(_ object: JSON, old: JSON?) -> [FieldError] {
        let controller = Check.text(object["spec"], "controller")
        var errors: [FieldError] = []
        if controller.isEmpty {
            errors.append(.required("spec.controller"))
        } else {
            errors += Check.prefixedPath(controller, "spec.controller")
        }
        errors += parameters(object["spec"]["parameters"], "spec.parameters")
        if let old, old["spec"]["controller"] != object["spec"]["controller"] {
            errors.append(.invalid("spec.controller", object["spec"]["controller"], Check.immutable))
        }
        return errors
    }

    private static func parameters(_ reference: JSON, _ path: String) -> [FieldError] {
        guard !reference.isNull else { return [] }
        var errors: [FieldError] = []
        if reference.hasContent("apiGroup") {
            errors += Check.dnsSubdomain(Check.text(reference, "apiGroup"), "\(path).apiGroup")
        }
        for field in ["kind", "name"] {
            let text = Check.text(reference, field)
            if text.isEmpty {
                errors.append(.required("\(path).\(field)"))
            } else {
                errors += MetadataRules.pathSegmentErrors(text).map { .invalid("\(path).\(field)", .string(text), $0) }
            }
        }
        let namespace = Check.text(reference, "namespace")
        switch Check.text(reference, "scope") {
        case "Namespace":
            if namespace.isEmpty {
                errors.append(.required("\(path).namespace", "`parameters.scope` is set to 'Namespace'"))
            } else {
                errors += Check.dnsLabel(namespace, "\(path).namespace")
            }
        case "Cluster":
            if !reference["namespace"].isNull {
                errors.append(.forbidden("\(path).namespace", "`parameters.scope` is set to 'Cluster'"))
            }
        case "": errors.append(.required("\(path).scope"))
        default: errors += Check.oneOf(reference, "scope", path, ["Cluster", "Namespace"])
        }
        return errors
    }

    // MARK: NetworkPolicy

    static func networkPolicy(_ object: JSON) -> [FieldError] {
        let spec = object["spec"]
        var errors = Check.selector(spec["podSelector"], "spec.podSelector")
        for (direction, peer) in [("ingress", "from"), ("egress", "to")] {
            for (position, rule) in spec[direction].elements.enumerated() {
                let path = "spec.\(direction)[\(position)]"
                for (index, port) in rule["ports"].elements.enumerated() {
                    errors += policyPort(port, "\(path).ports[\(index)]")
                }
                for (index, entry) in rule[peer].elements.enumerated() {
                    errors += policyPeer(entry, "\(path).\(peer)[\(index)]")
                }
            }
        }
        let types = spec["policyTypes"].elements
        if types.count > 2 { errors.append(.invalid("spec.policyTypes", spec["policyTypes"], "may not specify more than two policyTypes")) }
        for (position, type) in types.enumerated() where type != "Ingress" && type != "Egress" {
            errors.append(.notSupported("spec.policyTypes[\(position)]", type, ["Egress", "Ingress"]))
        }
        return errors
    }

    private static func policyPort(_ port: JSON, _ path: String) -> [FieldError] {
        var errors = Check.oneOf(port, "protocol", path, ["SCTP", "TCP", "UDP"])
        if !port["port"].isNull { errors += Check.portOrName(port["port"], "\(path).port") }
        guard let end = port["endPort"].int else { return errors }
        if port["port"].isNull {
            errors.append(.required("\(path).port", "must be specified if `endPort` is specified"))
        } else if let start = port["port"].int {
            if end < start { errors.append(.invalid("\(path).endPort", .int(end), "must be greater than or equal to `port`")) }
        } else {
            errors.append(.invalid("\(path).endPort", .int(end), "may not be specified when `port` is non-numeric"))
        }
        return errors
    }

    private static func policyPeer(_ peer: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for field in ["podSelector", "namespaceSelector"] where !peer[field].isNull {
            errors += Check.selector(peer[field], "\(path).\(field)")
        }
        let block = peer["ipBlock"]
        let hasSelector = !peer["podSelector"].isNull || !peer["namespaceSelector"].isNull
        if block.isNull, !hasSelector { errors.append(.required(path, "must specify a peer")) }
        guard !block.isNull else { return errors }
        if hasSelector {
            errors.append(.forbidden(path, "may not specify both ipBlock and another peer"))
        }
        let range = Check.text(block, "cidr")
        if range.isEmpty {
            errors.append(.required("\(path).ipBlock.cidr"))
        } else if !Check.isCIDR(range) {
            errors.append(.invalid("\(path).ipBlock.cidr", .string(range), "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"))
        }
        let whole = CELAddressRange(range)
        for (position, except) in block["except"].elements.enumerated() {
            let at = "\(path).ipBlock.except[\(position)]"
            guard let part = CELAddressRange(except.string ?? "") else {
                errors.append(
                    .invalid(at, except, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"))
                continue
            }
            if let whole, !whole.contains(part) || whole.length == part.length {
                errors.append(.invalid(at, except, "must be a strict subset of `cidr`"))
            }
        }
        return errors
    }
}
