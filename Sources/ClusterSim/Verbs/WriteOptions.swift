// The options of writes: dry run, field manager, validation of fields, and how to delete.

import HTTPModel
import JSONTree
import KubeModel

/// `CreateOptions`, `UpdateOptions` and `PatchOptions`.
struct WriteOptions: Sendable {
    var isDryRun = false
    var fieldManager = ""
    var fieldValidation = FieldValidation.warn
    var isForced: Bool?
    /// Whether managedFields are left alone (restores and bootstrap).
    var skipsManagedFields = false

    /// What controllers write with.
    init(fieldManager: String) {
        self.fieldManager = fieldManager
        fieldValidation = .ignore
    }

    /// Reads and checks a request's parameters (`ValidateCreateOptions` and its like).
    init(_ kind: String, _ query: QueryOptions, _ headers: HTTPHeaders, isApply: Bool = false)
        throws(StatusError)
    {
        var errors: [FieldError] = []
        let dryRun = query.all("dryRun")
        if !dryRun.isEmpty {
            isDryRun = true
            if dryRun.contains(where: { $0 != "All" }) {
                errors.append(.notSupported("dryRun", JSON(dryRun), ["All"]))
            }
        }
        fieldManager = query["fieldManager"] ?? ""
        if query["force"] != nil {
            isForced = query.flag("force")
            if kind == "PatchOptions", !isApply {
                errors.append(.forbidden("force", "may not be specified for non-apply patch"))
            }
        }
        if isApply, fieldManager.isEmpty {
            errors.append(.required("fieldManager", "is required for apply patch"))
        }
        if fieldManager.utf8.count > Limits.fieldManagerByteCountMax {
            errors.append(
                FieldError(
                    .tooLong, "fieldManager",
                    "may not be more than \(Limits.fieldManagerByteCountMax) bytes"))
        }
        for (position, scalar) in fieldManager.unicodeScalars.enumerated()
        where scalar.properties.generalCategory == .control {
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let code = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            errors.append(
                .invalid(
                    "fieldManager", .string(fieldManager),
                    "invalid character U+\(code) (at position \(position))"))
        }
        if let text = query["fieldValidation"], !text.isEmpty {
            if let value = FieldValidation(rawValue: text) {
                fieldValidation = value
            } else {
                errors.append(
                    .notSupported("fieldValidation", .string(text), ["", "Ignore", "Strict", "Warn"]))
            }
        }
        if !errors.isEmpty { throw .invalidOptions(kind, errors) }
        if fieldManager.isEmpty { fieldManager = Self.manager(userAgent: headers["User-Agent"]) }
    }

    /// The field manager of a request that names none: what its User-Agent starts with.
    private static func manager(userAgent: String?) -> String {
        let first = (userAgent ?? "").prefix { $0 != "/" }
        return first.isEmpty ? "unknown" : String(first.prefix(Limits.fieldManagerByteCountMax))
    }
}

/// `DeleteOptions`, from the body or the query.
struct DeleteOptions: Sendable {
    var graceSeconds: Int64?
    var precondition = Precondition.none
    var propagation: Change.Propagation?
    var isDryRun = false
    /// The deprecated way to say it: true is Orphan, false is Background.
    var orphanDependents: Bool?

    init() {}

    init(_ body: JSON, _ query: QueryOptions) throws(StatusError) {
        var body = body
        if body.isNull {
            body = [:]
            if let seconds = try query.integer("gracePeriodSeconds") {
                body["gracePeriodSeconds"] = .int(seconds)
            }
            if let policy = query["propagationPolicy"] { body["propagationPolicy"] = .string(policy) }
            if query["orphanDependents"] != nil {
                body["orphanDependents"] = .bool(query.flag("orphanDependents"))
            }
            if !query.all("dryRun").isEmpty { body["dryRun"] = JSON(query.all("dryRun")) }
        }
        graceSeconds = body["gracePeriodSeconds"].int
        precondition.uid = body["preconditions"]["uid"].string
        precondition.resourceVersion = body["preconditions"]["resourceVersion"].string
        orphanDependents = body["orphanDependents"].bool
        var errors: [FieldError] = []
        if let policy = body["propagationPolicy"].string {
            propagation = Change.Propagation(rawValue: policy)
            if orphanDependents != nil {
                errors.append(
                    .invalid(
                        "propagationPolicy", .string(policy),
                        "orphanDependents and deletionPropagation cannot be both set"))
            }
            if propagation == nil {
                errors.append(
                    .notSupported(
                        "propagationPolicy", .string(policy), ["Foreground", "Background", "Orphan", "nil"]))
            }
        }
        let dryRun = body["dryRun"].elements
        isDryRun = !dryRun.isEmpty
        if dryRun.contains(where: { $0 != "All" }) {
            errors.append(.notSupported("dryRun", .array(dryRun), ["All"]))
        }
        if !errors.isEmpty { throw .invalidOptions("DeleteOptions", errors) }
        if propagation == nil, let orphanDependents { propagation = orphanDependents ? .orphan : .background }
    }
}
