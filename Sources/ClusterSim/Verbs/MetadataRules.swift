// What metadata may look like, and how the server keeps it.

import JSONTree
import KubeModel

/// Validation of names, labels, annotations, finalizers and owner references, in the words of
/// k8s.io/apimachinery's `validation` packages.
enum MetadataRules {
    // MARK: Names

    enum NameRule { case subdomain, label, pathSegment }

    static func nameRule(_ definition: ResourceDefinition) -> NameRule {
        if definition.group == "rbac.authorization.k8s.io" { return .pathSegment }
        switch definition.groupKind {
        case GroupKind("", "Namespace"), GroupKind("", "Service"): return .label
        default: return .subdomain
        }
    }

    static let labelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    static let subdomainPattern = #"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"#
    static let subdomainMessage =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
        + "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
        + "validation is '\(subdomainPattern)')"
    static let labelMessage =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
        + "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
        + "validation is '\(labelPattern)')"
    private static let qualifiedNamePart =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    private static let labelValueMessage =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
        + "must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
        + "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte)
    }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerOrDigit(byte) || (65...90).contains(byte)
    }

    static func isDNSLabel(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isLowerOrDigit(first) && isLowerOrDigit(last)
            && text.utf8.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    static func isDNSSubdomain(_ text: String) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isDNSLabel($0) }
    }

    private static func isNamePart(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 45 || $0 == 46 || $0 == 95 }
    }

    static func subdomainErrors(_ text: String) -> [String] {
        var errors: [String] = []
        if text.utf8.count > 253 { errors.append("must be no more than 253 bytes") }
        if !isDNSSubdomain(text) { errors.append(subdomainMessage) }
        return errors
    }

    static func labelErrors(_ text: String) -> [String] {
        var errors: [String] = []
        if text.utf8.count > 63 { errors.append("must be no more than 63 bytes") }
        if !isDNSLabel(text[...]) {
            errors.append(isDNSSubdomain(text) ? "must not contain dots" : labelMessage)
        }
        return errors
    }

    static func pathSegmentErrors(_ text: String) -> [String] {
        if text == "." || text == ".." { return ["may not be '\(text)'"] }
        return ["/", "%"].filter { text.contains($0) }.map { "may not contain '\($0)'" }
    }

    private static func nameErrors(_ text: String, _ rule: NameRule) -> [String] {
        switch rule {
        case .subdomain: subdomainErrors(text)
        case .label: labelErrors(text)
        case .pathSegment: pathSegmentErrors(text)
        }
    }

    /// `IsQualifiedName`: an optional DNS subdomain and a slash, then a name.
    static func qualifiedNameErrors(_ text: String) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            return [
                "a valid label key \(qualifiedNamePart) with an optional DNS subdomain prefix and '/' "
                    + "(e.g. 'example.com/MyName')"
            ]
        }
        var errors: [String] = []
        if parts.count == 2 {
            if parts[0].isEmpty {
                errors.append("prefix part must be non-empty")
            } else {
                errors += subdomainErrors(String(parts[0])).map { "prefix part \($0)" }
            }
        }
        let name = parts[parts.count - 1]
        if name.isEmpty {
            errors.append("name part must be non-empty")
        } else if name.utf8.count > 63 {
            errors.append("name part must be no more than 63 bytes")
        }
        if !isNamePart(name) { errors.append("name part \(qualifiedNamePart)") }
        return errors
    }

    static func labelValueErrors(_ text: String) -> [String] {
        var errors: [String] = []
        if text.utf8.count > 63 { errors.append("must be no more than 63 bytes") }
        if !text.isEmpty, !isNamePart(text[...]) { errors.append(labelValueMessage) }
        return errors
    }

    // MARK: Objects

    /// Validates a new object's metadata (`ValidateObjectMeta`).
    static func validate(_ metadata: JSON, _ definition: ResourceDefinition) -> [FieldError] {
        var errors: [FieldError] = []
        let rule = nameRule(definition)
        if let base = metadata["generateName"].string, !base.isEmpty {
            // Only the part that is kept, without a dash at its end, has to be valid.
            let checked = rule == .pathSegment ? base : base.hasSuffix("-") ? base + "a" : base
            errors += nameErrors(checked, rule).map { .invalid("metadata.generateName", .string(base), $0) }
        }
        let name = metadata["name"].string ?? ""
        if name.isEmpty {
            errors.append(.required("metadata.name", "name or generateName is required"))
        } else {
            errors += nameErrors(name, rule).map { .invalid("metadata.name", .string(name), $0) }
        }
        if definition.isNamespaced {
            let namespace = metadata["namespace"].string ?? ""
            if namespace.isEmpty {
                errors.append(.required("metadata.namespace"))
            } else {
                errors += labelErrors(namespace).map {
                    .invalid("metadata.namespace", .string(namespace), $0)
                }
            }
        }
        return errors + validateCommon(metadata)
    }

    /// The finalizer names that need no domain.
    private static let standardFinalizers: Set<String> = ["kubernetes", "orphan", "foregroundDeletion"]

    /// The kinds of k8s.io/kubernetes itself take qualified or standard finalizers only (k8s.io/kubernetes,
    /// `validateKubeFinalizerName`).
    static func validateFinalizerNames(_ metadata: JSON) -> [FieldError] {
        metadata["finalizers"].elements.enumerated().compactMap { position, finalizer in
            let name = finalizer.string ?? ""
            guard !name.contains("/"), !standardFinalizers.contains(name) else { return nil }
            return .invalid(
                "metadata.finalizers[\(position)]", finalizer,
                "name is neither a standard finalizer name nor is it fully qualified")
        }
    }

    /// Custom resources take any; new ones without a domain are warned of.
    static func finalizerWarnings(_ metadata: JSON, old: JSON) -> [String] {
        let before = Set(old["finalizers"].elements)
        return metadata["finalizers"].elements.compactMap { finalizer in
            guard let name = finalizer.string, !before.contains(finalizer), !name.contains("/"),
                !standardFinalizers.contains(name)
            else { return nil }
            return
                "metadata.finalizers: \(GoText.quoted(name)): prefer a domain-qualified finalizer name including "
                + "a path (/) to avoid accidental conflicts with other finalizer writers"
        }
    }

    /// What is checked at creations and updates alike.
    private static func validateCommon(_ metadata: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        if let generation = metadata["generation"].int, generation < 0 {
            errors.append(
                .invalid("metadata.generation", .int(generation), "must be greater than or equal to 0"))
        }
        errors += labels(metadata["labels"], "metadata.labels")
        errors += annotations(metadata["annotations"], "metadata.annotations")
        errors += ownerReferences(metadata["ownerReferences"], "metadata.ownerReferences")
        errors += finalizers(metadata["finalizers"], "metadata.finalizers")
        return errors
    }

    static func labels(_ labels: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (key, value) in labels.object?.sorted() ?? [:] {
            errors += qualifiedNameErrors(key).map { .invalid(path, .string(key), $0) }
            errors += labelValueErrors(value.string ?? "").map { .invalid(path, value, $0) }
        }
        return errors
    }

    static func annotations(_ annotations: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        var byteCount = 0
        for (key, value) in annotations.object?.sorted() ?? [:] {
            errors += qualifiedNameErrors(key.lowercased()).map { .invalid(path, .string(key), $0) }
            byteCount += key.utf8.count + (value.string ?? "").utf8.count
        }
        if byteCount > Limits.annotationsByteCountMax {
            errors.append(
                FieldError(
                    .tooLong, path, "may not be more than \(Limits.annotationsByteCountMax) bytes"))
        }
        return errors
    }

    private static func ownerReferences(_ references: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        var controllers: [String] = []
        for (position, reference) in references.elements.enumerated() {
            let at = "\(path)[\(position)]"
            let kind = GroupVersionKind(
                apiVersion: reference["apiVersion"].string ?? "", kind: reference["kind"].string ?? "")
            if kind.version.isEmpty {
                errors.append(
                    .invalid(
                        "\(at).apiVersion", reference["apiVersion"].isNull ? "" : reference["apiVersion"],
                        "version must not be empty"))
            }
            if kind.kind.isEmpty { errors.append(.invalid("\(at).kind", "", "must not be empty")) }
            if (reference["name"].string ?? "").isEmpty {
                errors.append(.invalid("\(at).name", "", "must not be empty"))
            }
            if (reference["uid"].string ?? "").isEmpty {
                errors.append(.invalid("\(at).uid", "", "must not be empty"))
            }
            if kind.group.isEmpty, kind.kind == "Event" {
                errors.append(
                    .invalid("\(at)", .string(kind.description), "\(kind) is disallowed from being an owner"))
            }
            if reference["controller"].bool ?? false { controllers.append(reference["name"].string ?? "") }
        }
        if controllers.count > 1 {
            errors.append(
                .invalid(
                    path, references,
                    "Only one reference can have Controller set to true. Found \"true\" in references for "
                        + "\(controllers[0]) and \(controllers[1])"))
        }
        return errors
    }

    private static func finalizers(_ finalizers: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        var hasOrphan = false
        var hasForeground = false
        for finalizer in finalizers.elements {
            let name = finalizer.string ?? ""
            errors += qualifiedNameErrors(name).map { .invalid(path, finalizer, $0) }
            hasOrphan = hasOrphan || name == "orphan"
            hasForeground = hasForeground || name == "foregroundDeletion"
        }
        if hasOrphan && hasForeground {
            errors.append(
                .invalid(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set"))
        }
        return errors
    }

    /// Validates an update (`ValidateObjectMetaUpdate`). Built-in kinds check twice: generally and in
    /// their own strategy; so each error is a cause twice.
    static func validateUpdate(_ new: JSON, old: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        if !old["deletionTimestamp"].isNull {
            let before = Set(old["finalizers"].elements)
            let added = new["finalizers"].elements.filter { !before.contains($0) }.compactMap(\.string)
            if !added.isEmpty {
                errors.append(
                    .forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers "
                            + GoText.literal(added)))
            }
        }
        for field in [
            "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds",
        ]
        where new[field] != old[field] {
            errors.append(.invalid("metadata.\(field)", new[field], "field is immutable"))
        }
        return errors + validateCommon(new)
    }

    // MARK: Keeping

    private static let order = [
        "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation",
        "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations",
        "ownerReferences", "finalizers", "managedFields",
    ]

    /// The object with kind, apiVersion and metadata first, and metadata's members in Go's order and
    /// without empty ones, as a round trip through `ObjectMeta` leaves them.
    static func ordered(_ tree: JSON) -> JSON {
        guard let members = tree.object else { return tree }
        var result = JSONObject().reserving(members.count)
        for name in ["kind", "apiVersion"] { if let value = members[name] { result[name] = value } }
        var metadata = JSONObject().reserving(order.count)
        for name in order {
            guard let value = members["metadata"]?[name], !isEmpty(value) else { continue }
            metadata[name] = value
        }
        result["metadata"] = .object(metadata)
        for (name, value) in members where result[name] == nil { result[name] = value }
        return .object(result)
    }

    private static func isEmpty(_ value: JSON) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        default: false
        }
    }
}

extension ResourceDefinition {
    /// Whether finalizers without a domain are refused: by the kinds of k8s.io/kubernetes, not by
    /// custom resources nor by the servers of definitions and API services.
    var checksFinalizers: Bool {
        !isCustom && !["apiextensions.k8s.io", "apiregistration.k8s.io"].contains(group)
    }
}
