// What a CustomResourceDefinition may say, outside its schemas.

import JSONTree
import KubeModel

/// Validates one definition.
///
/// The real server first lifts what all versions share to the definition's top: errors in a schema
/// that every version has are told at `spec.validation`, else at the version.
struct DefinitionValidation {
    private let definition: JSON
    private let old: JSON?
    private let spec: JSON
    private let versions: [JSON]
    private var errors: [FieldError] = []

    init(_ definition: JSON, old: JSON?) {
        self.definition = definition
        self.old = old
        spec = definition["spec"]
        versions = spec["versions"].elements
    }

    mutating func run() -> [FieldError] {
        if old == nil { checkName() }
        checkGroup()
        checkScope()
        checkVersions()
        checkNames()
        checkConversion()
        checkStoredVersions()
        if let old { checkImmutable(old) }
        return errors
    }

    static var label: String {
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
            + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
            + "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
    }

    private static func isLabel(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
        func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
        func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
        return isLetter(first) && last != UInt8(ascii: "-")
            && bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private mutating func checkLabel(_ text: String, _ field: String, mixedCase: Bool = false) {
        if Self.isLabel(mixedCase ? text.lowercased() : text) { return }
        let detail = mixedCase ? "may have mixed case, but should otherwise match: \(Self.label)" : Self.label
        errors.append(.invalid(field, .string(text), detail))
    }

    // MARK: Names

    private mutating func checkName() {
        let name = definition["metadata"]["name"].string ?? ""
        let wanted = "\(spec["names"]["plural"].string ?? "").\(spec["group"].string ?? "")"
        if name != wanted {
            errors.append(.invalid("metadata.name", .string(name), "must be spec.names.plural+\".\"+spec.group"))
        }
    }

    private mutating func checkGroup() {
        let group = spec["group"].string ?? ""
        if group.isEmpty {
            errors.append(.required("spec.group"))
        } else if !group.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ part in
            !part.isEmpty && part.first != "-" && part.last != "-"
                && part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        }) {
            errors.append(
                .invalid(
                    "spec.group", .string(group),
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
                        + "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
                        + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"))
        } else if !group.contains(".") {
            errors.append(.invalid("spec.group", .string(group), "should be a domain with at least one dot"))
        }
        if old == nil { checkApproval(group) }
    }

    /// Groups of the Kubernetes community are approved of by annotation
    /// (kubernetes/enhancements, pull 1111).
    private mutating func checkApproval(_ group: String) {
        let protected = ["k8s.io", "kubernetes.io"]
        guard protected.contains(where: { group == $0 || group.hasSuffix("." + $0) }) else { return }
        let annotation = "api-approved.kubernetes.io"
        let field = "metadata.annotations[\(annotation)]"
        let given = definition["metadata"]["annotations"][annotation].string ?? ""
        let link = "see https://github.com/kubernetes/enhancements/pull/1111"
        if given.isEmpty {
            errors.append(
                .required(field, "protected groups must have approval annotation \"\(annotation)\", \(link)"))
        } else if !given.hasPrefix("unapproved"), !given.contains("://") {
            errors.append(
                .invalid(
                    field, .string(given),
                    "protected groups must have approval annotation \"\(annotation)\" with either a URL or a "
                        + "reason starting with \"unapproved\", \(link)"))
        }
    }

    private mutating func checkScope() {
        let scope = spec["scope"].string ?? ""
        if scope.isEmpty {
            errors.append(.required("spec.scope"))
        } else if scope != "Cluster" && scope != "Namespaced" {
            errors.append(.notSupported("spec.scope", .string(scope), ["Cluster", "Namespaced"]))
        }
        if spec["preserveUnknownFields"] == true {
            errors.append(
                .invalid(
                    "spec.preserveUnknownFields", true,
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
                        + "spec.versions[*].schema instead"))
        }
    }

    private mutating func checkNames() {
        let names = spec["names"]
        for field in ["plural", "singular", "kind", "listKind"] {
            let name = names[field].string ?? ""
            if name.isEmpty {
                errors.append(.required("spec.names.\(field)"))
            } else {
                checkLabel(name, "spec.names.\(field)", mixedCase: field.lowercased().hasSuffix("kind"))
            }
        }
        for field in ["shortNames", "categories"] {
            for (index, name) in names[field].elements.enumerated() {
                checkLabel(name.string ?? "", "spec.names.\(field)[\(index)]")
            }
        }
        let kind = names["kind"]
        if kind == names["listKind"], !(kind.string ?? "").isEmpty {
            errors.append(.invalid("spec.names.listKind", kind, "kind and listKind may not be the same"))
        }
    }

    // MARK: Versions

    /// A part of the versions and where it is told, once if all versions have it equal.
    private func places(_ field: String, lifted: String) -> [(value: JSON, index: Int, path: String)] {
        let values = versions.map { $0[field] }
        if let first = values.first, values.allSatisfy({ $0 == first }) {
            return first.isNull ? [] : [(first, 0, "spec.\(lifted)")]
        }
        return values.enumerated().filter { !$0.element.isNull }
            .map { ($0.element, $0.offset, "spec.versions[\($0.offset)].\(field)") }
    }

    private mutating func checkVersions() {
        for (index, version) in versions.enumerated() {
            checkLabel(version["name"].string ?? "", "spec.versions[\(index)].name")
            if version["schema"]["openAPIV3Schema"].isNull {
                errors.append(.required("spec.versions[\(index)].schema.openAPIV3Schema"))
            }
            if !version["deprecationWarning"].isNull, version["deprecated"] != true {
                errors.append(
                    .invalid(
                        "spec.versions[\(index)].deprecationWarning", version["deprecationWarning"],
                        "can only be set for deprecated versions"))
            }
        }
        let names = versions.map { $0["name"] }
        if Set(names).count < names.count {
            errors.append(.invalid("spec.versions", goVersions, "must contain unique version names"))
        }
        if versions.filter({ $0["storage"] == true }).count != 1 {
            errors.append(
                .invalid("spec.versions", goVersions, "must have exactly one version marked as storage version"))
        }
        if let first = names.first?.string { checkLabel(first, "spec.version") }
        for (schema, index, path) in places("schema", lifted: "validation") {
            let root = schema["openAPIV3Schema"]
            if root.isNull { continue }
            let before = old?["spec"]["versions"].elements.first { $0["name"] == versions[index]["name"] }
            if before?["schema"]["openAPIV3Schema"] == root { continue }
            errors += SchemaDefinitionValidation.validate(root, "\(path).openAPIV3Schema")
        }
        for (subresources, _, path) in places("subresources", lifted: "subresources") {
            checkScale(subresources["scale"], "\(path).scale")
        }
        for (columns, _, path) in places("additionalPrinterColumns", lifted: "additionalPrinterColumns") {
            for (index, column) in columns.elements.enumerated() { checkColumn(column, "\(path)[\(index)]") }
        }
        for (fields, index, path) in places("selectableFields", lifted: "selectableFields") {
            checkSelectable(fields.elements, versions[index]["schema"]["openAPIV3Schema"], path)
        }
    }

    /// The versions as Go prints the server's internal type.
    private var goVersions: JSON {
        let isLifted = versions.allSatisfy { $0["schema"] == versions.first?["schema"] }
        return .array(
            versions.map { version in
                [
                    "Name": version["name"], "Served": version["served"], "Storage": version["storage"],
                    "Deprecated": .bool(version["deprecated"] == true),
                    "DeprecationWarning": version["deprecationWarning"],
                    "Schema": isLifted ? .null : version["schema"], "Subresources": .null,
                    "AdditionalPrinterColumns": .null, "SelectableFields": .null,
                ]
            })
    }

    private func isSimplePath(_ path: String) -> Bool {
        guard path.first == ".", path.count > 1 else { return false }
        return path.dropFirst().split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
            && !path.contains("[")
    }

    private mutating func checkScale(_ scale: JSON, _ path: String) {
        if scale.isNull { return }
        for (field, roots) in [
            ("specReplicasPath", [".spec."]), ("statusReplicasPath", [".status."]),
            ("labelSelectorPath", [".status.", ".spec."]),
        ] {
            let value = scale[field].string ?? ""
            let place = "\(path).\(field)"
            if value.isEmpty {
                if field != "labelSelectorPath" { errors.append(.required(place)) }
            } else if !isSimplePath(value) {
                errors.append(.invalid(place, .string(value), "must be a simple json path starting with ."))
            } else if !roots.contains(where: value.hasPrefix) {
                let root = roots.count == 1 ? String(roots[0].dropLast()) : "either .status or .spec"
                errors.append(.invalid(place, .string(value), "should be a json path under \(root)"))
            }
        }
    }

    private static let columnTypes = ["boolean", "date", "integer", "number", "string"]
    private static let columnFormats = [
        "byte", "date", "date-time", "double", "float", "int32", "int64", "password",
    ]

    private mutating func checkColumn(_ column: JSON, _ path: String) {
        if (column["name"].string ?? "").isEmpty { errors.append(.required("\(path).name")) }
        let type = column["type"].string ?? ""
        let types = Self.columnTypes
        if type.isEmpty {
            errors.append(.required("\(path).type", "must be one of \(types.joined(separator: ","))"))
        } else if !types.contains(type) {
            errors.append(.invalid("\(path).type", .string(type), "must be one of \(types.joined(separator: ","))"))
        }
        if let format = column["format"].string, !format.isEmpty, !Self.columnFormats.contains(format) {
            errors.append(
                .invalid(
                    "\(path).format", .string(format),
                    "must be one of \(Self.columnFormats.joined(separator: ","))"))
        }
        let jsonPath = column["jsonPath"].string ?? ""
        if jsonPath.isEmpty {
            errors.append(.required("\(path).JSONPath"))
        } else if jsonPath.first != "." {
            errors.append(.invalid("\(path).JSONPath", .string(jsonPath), "must be a simple json path starting with ."))
        }
    }

    /// The server's limit on selectable fields of a version.
    private static let selectableMax = 8

    private mutating func checkSelectable(_ fields: [JSON], _ schema: JSON, _ path: String) {
        if fields.count > Self.selectableMax {
            errors.append(
                FieldError(.tooMany, path, value: JSON(fields.count), "must have at most \(Self.selectableMax) items"))
        }
        var seen: Set<String> = []
        for (index, field) in fields.enumerated() {
            let jsonPath = field["jsonPath"].string ?? ""
            let place = "\(path)[\(index)].jsonPath"
            if jsonPath.isEmpty {
                errors.append(.required(place))
            } else if !isSimplePath(jsonPath) {
                errors.append(.invalid(place, .string(jsonPath), "is an invalid path: must be a simple json path starting with ."))
            } else if jsonPath.hasPrefix(".metadata.") {
                errors.append(.invalid(place, .string(jsonPath), "must not point to fields in metadata"))
            } else if let problem = Self.problem(ofSelecting: jsonPath, schema) {
                errors.append(.invalid(place, .string(jsonPath), "is an invalid path: \(problem)"))
            }
            if !seen.insert(jsonPath).inserted { errors.append(.duplicate(place, .string(jsonPath))) }
        }
    }

    /// Why a field cannot be selected by; nil when it can: it is declared, and of a simple type.
    private static func problem(ofSelecting path: String, _ schema: JSON) -> String? {
        var node = schema
        for name in path.split(separator: ".") {
            guard !node["properties"][String(name)].isNull else { return "does not refer to a valid field" }
            node = node["properties"][String(name)]
        }
        let isSimple = ["string", "boolean", "integer"].contains(node["type"].string ?? "")
        return isSimple ? nil : "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed."
    }

    // MARK: The rest

    private mutating func checkConversion() {
        let conversion = spec["conversion"]
        if conversion.isNull { return }
        let strategy = conversion["strategy"].string ?? ""
        switch strategy {
        case "None":
            if !conversion["webhook"].isNull {
                errors.append(
                    .forbidden("spec.conversion.webhookClientConfig", "should not be set when strategy is not set to Webhook"))
            }
        case "Webhook":
            if conversion["webhook"]["clientConfig"].isNull {
                errors.append(
                    .required("spec.conversion.webhookClientConfig", "required when strategy is set to Webhook"))
            }
            if conversion["webhook"]["conversionReviewVersions"].elements.isEmpty {
                errors.append(.required("spec.conversion.conversionReviewVersions"))
            }
        case "": errors.append(.required("spec.conversion.strategy"))
        default:
            errors.append(.notSupported("spec.conversion.strategy", .string(strategy), ["None", "Webhook"]))
        }
    }

    private mutating func checkStoredVersions() {
        let stored = definition["status"]["storedVersions"].elements
        let names = versions.map { $0["name"] }
        if stored.isEmpty, !versions.contains(where: { $0["storage"] == true }) {
            errors.append(.invalid("status.storedVersions", .null, "must have at least one stored version"))
        }
        for (index, version) in stored.enumerated() where !names.contains(version) {
            errors.append(.invalid("status.storedVersions[\(index)]", version, "missing from spec.versions; "
                + "\(version.string ?? "") was previously a storage version, and must remain in spec.versions "
                + "until a storage migration ensures no data remains persisted in \(version.string ?? "") and "
                + "removes \(version.string ?? "") from status.storedVersions"))
        }
    }

    private mutating func checkImmutable(_ old: JSON) {
        let isEstablished = old["status"]["conditions"].elements.contains {
            $0["type"] == "Established" && $0["status"] == "True"
        }
        var paths = [["group"], ["names", "plural"]]
        if isEstablished { paths += [["scope"], ["names", "kind"]] }
        for path in paths where old["spec"].at(path) != spec.at(path) {
            errors.append(
                .invalid("spec." + path.joined(separator: "."), spec.at(path), "field is immutable"))
        }
    }
}
