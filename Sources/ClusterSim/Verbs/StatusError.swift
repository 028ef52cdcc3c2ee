// Refusals with everything that a `Status` body tells about them.

import JSONTree
import KubeModel

/// A refusal: the status and whom it is about.
struct StatusError: Error, Hashable, Sendable {
    var status: APIStatus
    /// `details`' members; empty ones are left out.
    var name = ""
    var group = ""
    /// The resource (`configmaps`) or, for invalid objects, the kind.
    var kind = ""
    /// Whether the body has a `details` member even when it is empty.
    var hasDetails = false
    init(
        _ code: Int, _ reason: String, _ message: String, name: String = "", group: String = "",
        kind: String = "", hasDetails: Bool = false, causes: [APIStatus.Cause] = []
    ) {
        status = APIStatus(code: code, reason: reason, message: message, causes: causes)
        self.name = name
        self.group = group
        self.kind = kind
        self.hasDetails = hasDetails
    }

    /// Takes a refusal from the rules of a kind or schema and says which object it is about.
    init(_ status: APIStatus, _ definition: ResourceDefinition, name: String) {
        self.status = status
        switch status.reason {
        case "Invalid":
            self.name = name
            group = definition.group
            kind = definition.kind
        // A conflict of field managers tells its causes only.
        case "Conflict" where !status.causes.isEmpty: break
        case "NotFound", "AlreadyExists", "Conflict", "Forbidden":
            self.name = name
            group = definition.group
            kind = definition.resource
        default: hasDetails = !status.causes.isEmpty
        }
        if status.retryAfterSeconds != nil { hasDetails = true }
    }

    /// The `Status` object (https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#Status).
    var tree: JSON {
        var tree: JSON = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
            "message": .string(status.message),
        ]
        if !status.reason.isEmpty { tree["reason"] = .string(status.reason) }
        var details: JSON = [:]
        if !name.isEmpty { details["name"] = .string(name) }
        if !group.isEmpty { details["group"] = .string(group) }
        if !kind.isEmpty { details["kind"] = .string(kind) }
        if !status.causes.isEmpty {
            details["causes"] = .array(
                status.causes.map { cause in
                    var tree: JSON = [:]
                    if !cause.reason.isEmpty { tree["reason"] = .string(cause.reason) }
                    if !cause.message.isEmpty { tree["message"] = .string(cause.message) }
                    if !cause.field.isEmpty { tree["field"] = .string(cause.field) }
                    return tree
                })
        }
        if let seconds = status.retryAfterSeconds { details["retryAfterSeconds"] = JSON(seconds) }
        if hasDetails || !(details.object?.isEmpty ?? true) { tree["details"] = details }
        tree["code"] = JSON(status.code)
        return tree
    }
}

extension StatusError {
    static func badRequest(_ message: String) -> StatusError { StatusError(400, "BadRequest", message) }
    /// The server's own errors, without a reason.
    static func plain(_ message: String, code: Int = 500) -> StatusError { StatusError(code, "", message) }
    static let unauthorized = StatusError(401, "Unauthorized", "Unauthorized")
    static let pathNotFound = StatusError(
        404, "NotFound", "the server could not find the requested resource", hasDetails: true)
    /// A path that no handler has: answered in plain text.
    static let noPage = StatusError(404, "", "404 page not found")
    static let methodNotAllowed = StatusError(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
        hasDetails: true)

    static func notFound(_ definition: ResourceDefinition, _ name: String) -> StatusError {
        notFound(definition.group, definition.resource, name)
    }
    static func notFound(_ group: String, _ resource: String, _ name: String) -> StatusError {
        let qualified = group.isEmpty ? resource : "\(resource).\(group)"
        return StatusError(
            404, "NotFound", "\(qualified) \"\(name)\" not found", name: name, group: group, kind: resource)
    }
    static func alreadyExists(_ definition: ResourceDefinition, _ name: String) -> StatusError {
        StatusError(
            409, "AlreadyExists", "\(definition.qualifiedResource) \"\(name)\" already exists", name: name,
            group: definition.group, kind: definition.resource)
    }
    static func conflict(_ definition: ResourceDefinition, _ name: String, _ why: String) -> StatusError {
        StatusError(
            409, "Conflict",
            "Operation cannot be fulfilled on \(definition.qualifiedResource) \"\(name)\": \(why)",
            name: name, group: definition.group, kind: definition.resource)
    }
    static let modified =
        "the object has been modified; please apply your changes to the latest version and try again"

    static func forbidden(_ definition: ResourceDefinition, _ name: String, _ why: String) -> StatusError {
        StatusError(
            403, "Forbidden",
            name.isEmpty
                ? "\(definition.qualifiedResource) is forbidden: \(why)"
                : "\(definition.qualifiedResource) \"\(name)\" is forbidden: \(why)",
            name: name, group: definition.group, kind: definition.resource)
    }

    /// 422 with a cause an error. Equal errors are told once in the message but each is a cause
    /// (`errors.NewInvalid` over `field.ErrorList.ToAggregate`).
    static func invalid(_ kind: GroupKind, _ name: String, _ errors: [FieldError]) -> StatusError {
        var seen: Set<String> = []
        let texts = errors.map(\.description).filter { seen.insert($0).inserted }
        let list = texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
        let causes = errors.map {
            APIStatus.Cause(field: $0.field, reason: $0.kind.rawValue, message: $0.message)
        }
        return StatusError(
            422, "Invalid", "\(kind) \"\(name)\" is invalid: \(list)", name: name, group: kind.group,
            kind: kind.kind, causes: causes)
    }

    /// 422 for the options of a request.
    static func invalidOptions(_ kind: String, _ errors: [FieldError]) -> StatusError {
        invalid(GroupKind("meta.k8s.io", kind), "", errors)
    }
}
