// Checks that the validation of many kinds is made of (k8s.io/apimachinery's `validation`).

import JSONTree
import KubeModel

/// Small checks, each with the real server's words.
enum Check {
    static let notNegative = "must be greater than or equal to 0"
    static let immutable = "field is immutable"
    static let addressMessage = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
    static let percentMessage =
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
        + "regex used for validation is '[0-9]+%')"
    private static let configKeyMessage =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
        + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

    /// A number member that may not be negative.
    static func notNegative(_ object: JSON, _ key: String, _ path: String) -> [FieldError] {
        guard let number = object[key].int, number < 0 else { return [] }
        return [.invalid("\(path).\(key)", .int(number), notNegative)]
    }

    static func text(_ object: JSON, _ key: String) -> String { object[key].string ?? "" }

    /// A text that has to be there.
    static func required(_ object: JSON, _ key: String, _ path: String, _ detail: String = "") -> [FieldError] {
        text(object, key).isEmpty ? [.required("\(path).\(key)", detail)] : []
    }

    /// One of several texts; an empty one passes.
    static func oneOf(_ object: JSON, _ key: String, _ path: String, _ values: [String]) -> [FieldError] {
        let value = text(object, key)
        return value.isEmpty || values.contains(value)
            ? [] : [.notSupported("\(path).\(key)", .string(value), values)]
    }

    static func dnsLabel(_ value: String, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        if value.utf8.count > 63 { errors.append(.invalid(path, .string(value), "must be no more than 63 characters")) }
        if !MetadataRules.isDNSLabel(value[...]) {
            errors.append(.invalid(path, .string(value), MetadataRules.labelMessage))
        }
        return errors
    }

    static func dnsSubdomain(_ value: String, _ path: String) -> [FieldError] {
        MetadataRules.subdomainErrors(value).map { .invalid(path, .string(value), $0) }
    }

    static func qualifiedName(_ value: String, _ path: String) -> [FieldError] {
        MetadataRules.qualifiedNameErrors(value).map { .invalid(path, .string(value), $0) }
    }

    static func port(_ value: JSON, _ path: String) -> [FieldError] {
        guard let number = value.int else { return [] }
        return (1...65_535).contains(number)
            ? [] : [.invalid(path, .int(number), "must be between 1 and 65535, inclusive")]
    }

    /// A port name: at most 15 letters, digits and hyphens, with a letter.
    static func portName(_ name: String, _ path: String) -> [FieldError] {
        var errors: [String] = []
        if name.utf8.count > 15 { errors.append("must be no more than 15 characters") }
        let isLetter = { (byte: UInt8) in (97...122).contains(byte) }
        let isDigit = { (byte: UInt8) in (48...57).contains(byte) }
        if !name.utf8.allSatisfy({ isLetter($0) || isDigit($0) || $0 == 45 }) {
            errors.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        } else {
            if !name.utf8.contains(where: isLetter) { errors.append("must contain at least one letter (a-z)") }
            if name.contains("--") { errors.append("must not contain consecutive hyphens") }
            if name.hasPrefix("-") || name.hasSuffix("-") { errors.append("must not begin or end with a hyphen") }
        }
        return errors.map { .invalid(path, .string(name), $0) }
    }

    /// A port by number or name.
    static func portOrName(_ value: JSON, _ path: String) -> [FieldError] {
        if let name = value.string { return portName(name, path) }
        return port(value.isNull ? 0 : value, path)
    }

    /// A count or percentage that is not negative.
    static func intOrPercent(_ value: JSON, _ path: String) -> [FieldError] {
        switch value {
        case .int(let number): return number < 0 ? [.invalid(path, value, notNegative)] : []
        case .string(let text):
            let digits = text.dropLast()
            let isPercent = text.hasSuffix("%") && !digits.isEmpty && digits.allSatisfy { ("0"..."9").contains($0) }
            return isPercent ? [] : [.invalid(path, value, percentMessage)]
        default: return []
        }
    }

    static func atMostAllPercent(_ value: JSON, _ path: String) -> [FieldError] {
        guard let text = value.string, text.hasSuffix("%"), let percent = Int(text.dropLast()), percent > 100
        else { return [] }
        return [.invalid(path, value, "must not be greater than 100%")]
    }

    /// Whether a count or percentage is nothing at all.
    static func isZero(_ value: JSON) -> Bool { value == 0 || value == "0%" || value.isNull }

    /// A key of a ConfigMap or Secret.
    static func configKey(_ key: String, _ path: String) -> [FieldError] {
        var errors: [String] = []
        if key.utf8.count > 253 { errors.append("must be no more than 253 characters") }
        let isAllowed = { (byte: UInt8) in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || [45, 46, 95].contains(byte)
        }
        if key.isEmpty || !key.utf8.allSatisfy(isAllowed) { errors.append(configKeyMessage) }
        if key == "." {
            errors.append("must not be '.'")
        } else if key == ".." {
            errors.append("must not be '..'")
        } else if key.hasPrefix("..") {
            errors.append("must not start with '..'")
        }
        return errors.map { .invalid(path, .string(key), $0) }
    }

    // MARK: Selectors

    /// A label selector in object form.
    static func selector(_ selector: JSON, _ path: String) -> [FieldError] {
        var errors = MetadataRules.labels(selector["matchLabels"], "\(path).matchLabels")
        for (position, expression) in selector["matchExpressions"].elements.enumerated() {
            errors += requirement(expression, "\(path).matchExpressions[\(position)]")
        }
        return errors
    }

    private static func requirement(_ expression: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        let values = expression["values"].elements
        switch text(expression, "operator") {
        case "In", "NotIn":
            if values.isEmpty {
                errors.append(.required("\(path).values", "must be specified when `operator` is 'In' or 'NotIn'"))
            }
        case "Exists", "DoesNotExist":
            if !values.isEmpty {
                errors.append(
                    .forbidden("\(path).values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
            }
        default:
            errors.append(.invalid("\(path).operator", expression["operator"].isNull ? "" : expression["operator"], "not a valid selector operator"))
        }
        errors += qualifiedName(text(expression, "key"), "\(path).key")
        for (position, value) in values.enumerated() {
            errors += MetadataRules.labelValueErrors(value.string ?? "").map {
                .invalid("\(path).values[\(position)]", value, $0)
            }
        }
        return errors
    }

    /// A selector that has to be there, not empty, and choose a template's labels.
    static func workloadSelector(_ spec: JSON, _ noun: String) -> [FieldError] {
        var errors: [FieldError] = []
        if spec["selector"].isNull {
            errors.append(.required("spec.selector"))
        } else {
            errors += selector(spec["selector"], "spec.selector")
            if !spec["selector"].hasContent("matchLabels"), !spec["selector"].hasContent("matchExpressions") {
                errors.append(.invalid("spec.selector", spec["selector"], "empty selector is invalid for \(noun)"))
            }
        }
        if spec["selector"].isNull { return errors + templateLabels(spec, nil) }
        let isReadable = selector(spec["selector"], "spec.selector").isEmpty
        if !isReadable {
            return noun == "daemonset"
                ? errors : errors + [.invalid("spec.selector", spec["selector"], "invalid label selector")]
        }
        return errors + templateLabels(spec, LabelSelector(spec["selector"]))
    }

    /// A template's labels have to be chosen by its selector; nil chooses nothing.
    static func templateLabels(_ spec: JSON, _ selector: LabelSelector?) -> [FieldError] {
        let labels = spec["template"]["metadata"]["labels"]
        if let selector, selector.isEmpty || selector.matches(KubeObject.strings(labels)) { return [] }
        return [.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")]
    }

    // MARK: Addresses

    /// Whether a text is an IPv4 address as the server accepts them: no leading zeros.
    static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil && ($0 == "0" || !$0.hasPrefix("0")) && !$0.hasPrefix("+") }
    }

    /// Whether a text is an IPv6 address.
    static func isIPv6(_ text: String) -> Bool {
        guard text.contains(":"), !text.contains(":::") else { return false }
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groupCount = 0
        for half in halves where !half.isEmpty {
            let groups = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, group) in groups.enumerated() {
                let isLast = position == groups.count - 1 && half.endIndex == text.endIndex
                if isLast, isIPv4(String(group)) { groupCount += 2; continue }
                guard (1...4).contains(group.count), group.allSatisfy(\.isHexDigit) else { return false }
                groupCount += 1
            }
        }
        return halves.count == 2 ? groupCount < 8 : groupCount == 8
    }

    static func address(_ text: String, _ path: String) -> [FieldError] {
        isIPv4(text) || isIPv6(text) ? [] : [.invalid(path, .string(text), addressMessage)]
    }

    /// An address in CIDR form.
    static func isCIDR(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let length = Int(parts[1]), !parts[1].hasPrefix("+") else { return false }
        return (isIPv4(parts[0]) && (0...32).contains(length)) || (isIPv6(parts[0]) && (0...128).contains(length))
    }

    /// An endpoint's address may not be one that only means something on its own machine.
    static func endpointAddress(_ text: String, _ path: String) -> [FieldError] {
        guard isIPv4(text) || isIPv6(text) else { return [.invalid(path, .string(text), addressMessage)] }
        var errors: [String] = []
        if text == "0.0.0.0" || text == "::" { errors.append("may not be unspecified (\(text))") }
        // Differs from Kubernetes: the embedded cluster's pods live in 127.64.0.0/10.
        let second = text.split(separator: ".").dropFirst().first.flatMap { UInt8($0) } ?? 0
        if text == "::1" || (text.hasPrefix("127.") && !(64...127).contains(second)) {
            errors.append("may not be in the loopback range (127.0.0.0/8, ::1/128)")
        }
        if text.hasPrefix("169.254.") || text.lowercased().hasPrefix("fe80:") {
            errors.append("may not be in the link-local range (169.254.0.0/16, fe80::/10)")
        }
        if text.hasPrefix("224.0.0.") || text.lowercased().hasPrefix("ff02:") {
            errors.append("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
        }
        return errors.map { .invalid(path, .string(text), $0) }
    }
}

extension FieldError {
    /// `Not found: "x"`.
    static func notFound(_ field: String, _ value: JSON) -> FieldError { FieldError(.notFound, field, value: value) }
}
